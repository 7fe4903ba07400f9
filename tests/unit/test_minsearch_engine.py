"""The reference's engine behind our seam."""

from __future__ import annotations

import pytest

from customer_assist.errors import UnknownFilter
from customer_assist.model import Mention, Query
from customer_assist.search.index import COVERED, SIGNALS, build
from customer_assist.search.minsearch_engine import MinsearchRetriever
from stand_ins import HashingEmbedder, make_document

SHOP = [
    make_document("b", "How do I cancel my order?", text="Press Cancel.", category="ORDER", intent="cancel"),
    make_document(
        "a", "When does my parcel come?", text="In three days.", category="SHIPPING", intent="track"
    ),
    make_document("c", "Where is my invoice?", text="In your account.", category="ORDER", intent="invoice"),
    make_document("d", "A field of its own", text="Here.", language="en"),
]
INDEX = build(1, SHOP, None)


def found(question: str, depth: int = 5, **filters: str) -> list[str]:
    hits = MinsearchRetriever(INDEX, None).retrieve(Query(question, filters), depth)
    return [hit.document.id for hit in hits]


def test_the_document_with_the_words_comes_first_by_rank() -> None:
    hits = MinsearchRetriever(INDEX, None).retrieve(Query("when does the parcel come"), 5)
    assert hits[0].document.id == "a"
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score.value for hit in hits] == [1 / hit.rank for hit in hits]
    assert {hit.score.kind for hit in hits} == {"minsearch"}


def test_its_hits_carry_the_signals_that_the_gate_reads() -> None:
    embedder = HashingEmbedder()
    index = build(1, SHOP, embedder.encode)
    hit = MinsearchRetriever(index, embedder).retrieve(Query("when does the parcel come"), 1)[0]
    assert set(hit.signals) == {*SIGNALS, COVERED}
    assert hit.signals["dense_question"] > 0.5
    assert hit.signals["word_question"] > 0


def test_depth_bounds_what_is_found() -> None:
    assert len(found("my order invoice parcel", depth=2)) == 2
    assert found("my order", depth=0) == []


def test_filters_are_kept_and_unknown_ones_are_errors() -> None:
    assert found("my order invoice parcel", category="SHIPPING") == ["a"]
    assert found("a field of its own", language="en") == ["d"]
    with pytest.raises(UnknownFilter):
        found("parcel", colour="red")
    with pytest.raises(UnknownFilter):
        found("parcel", category="ACCOUNT")


def test_boosts_change_the_order() -> None:
    made = [
        make_document("q", "lamp colours", text="Nothing here."),
        make_document("t", "Nothing here", text="lamp colours"),
    ]
    index = build(1, made, None)

    def first(**boost: float) -> str:
        return MinsearchRetriever(index, None, boost).retrieve(Query("lamp colours"), 2)[0].document.id

    assert first(question=9.0) == "q"
    assert first(response=9.0) == "t"


def test_an_empty_index_finds_nothing() -> None:
    assert MinsearchRetriever(build(0, [], None), None).retrieve(Query("parcel"), 5) == []


def test_only_documents_of_the_thing_spoken_of_or_of_none_are_found() -> None:
    made = [make_document(name, "Can I park?", text="Yes.", entity=name) for name in ("a", "b", "c")]
    index = build(1, [*made, make_document("d", "Can I park here?", text="Yes.")], None)
    query = Query("can I park", about=(Mention("entity", "b", 0.9),))
    found_of_b = [hit.document.id for hit in MinsearchRetriever(index, None).retrieve(query, 2)]
    assert sorted(found_of_b) == ["b", "d"]

"""The index: the same however it came about, and of every shape of document."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_assist.errors import UnknownFilter
from customer_assist.model import Document, DocumentId, Hit, Mention, Query
from customer_assist.ports import Encoded
from customer_assist.search.fusion import HYBRID, LEXICAL, FusionRetriever
from customer_assist.search.index import Index, Worded, build, updated, worded
from stand_ins import HashingEmbedder, make_document

EMBEDDER = HashingEmbedder()
QUERIES = ("return the lamp", "parcel", "where is my invoice? when does the blue parcel come", "unheard of")
WORDS = st.lists(st.sampled_from(["lamp", "parcel", "invoice", "return", "when", "blue"]), max_size=4)
PHRASES = WORDS.map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return make_document(
        draw(st.sampled_from("abcdefgh")),
        *draw(st.lists(PHRASES, max_size=2)),
        title=draw(PHRASES),
        text=draw(PHRASES),
        intent=draw(st.sampled_from(["one", "two"])),
    )


CHANGES = st.lists(
    st.tuples(
        st.lists(documents(), max_size=4, unique_by=lambda d: d.id), st.sets(st.sampled_from("abcdefgh"))
    ),
    max_size=4,
)


class CountingVectors:
    """Which texts were fetched, in which calls."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> Encoded:
        self.calls.append(list(texts))
        return EMBEDDER.encode(texts)

    @property
    def texts(self) -> list[str]:
        return [text for call in self.calls for text in call]


def hits(index: Index, query: Query | str, depth: int = 10, *, dense: bool = True) -> list[Hit]:
    weights = HYBRID if dense else LEXICAL
    asked = Query(query) if isinstance(query, str) else query
    return FusionRetriever("test", index, weights, EMBEDDER if dense else None).retrieve(asked, depth)


def ids(found: list[Hit]) -> list[str]:
    return [hit.document.id for hit in found]


@settings(deadline=None)
@given(st.lists(documents(), max_size=6, unique_by=lambda d: d.id), CHANGES, st.booleans())
def test_an_updated_index_finds_what_one_built_anew_finds(
    first: list[Document], steps: list[tuple[list[Document], set[str]]], dense: bool
) -> None:
    vectors_of = EMBEDDER.encode if dense else None
    known = {document.id: document for document in first}
    index = build(0, first, vectors_of)
    for version, (upserted, deleted) in enumerate(steps, start=1):
        gone = {DocumentId(id_) for id_ in deleted} - {document.id for document in upserted}
        index = updated(index, version, upserted, gone, vectors_of)
        known = {id_: d for id_, d in known.items() if id_ not in gone} | {d.id: d for d in upserted}
    anew = build(len(steps), known.values(), vectors_of)
    assert index.documents == anew.documents
    assert index.version == anew.version
    for query in QUERIES:
        after, fresh = (hits(each, query, dense=dense) for each in (index, anew))
        assert ids(after) == ids(fresh)
        assert [hit.passage for hit in after] == [hit.passage for hit in fresh]
        assert [hit.score for hit in after] == [hit.score for hit in fresh]
        assert [hit.signals for hit in after] == [hit.signals for hit in fresh]


@settings(deadline=None)
@given(st.lists(documents(), max_size=6, unique_by=lambda d: d.id), CHANGES)
def test_lexical_evidence_is_the_same_to_the_last_bit_however_the_index_came_about(
    first: list[Document], steps: list[tuple[list[Document], set[str]]]
) -> None:
    known = {document.id: document for document in first}
    index = build(0, first, None)
    for upserted, deleted in steps:
        gone = {DocumentId(id_) for id_ in deleted} - {document.id for document in upserted}
        index = updated(index, 0, upserted, gone, None)
        known = {id_: d for id_, d in known.items() if id_ not in gone} | {d.id: d for d in upserted}
    anew = build(0, known.values(), None)
    for query in QUERIES:
        after, fresh = (each.evidence(Worded(query)).documents for each in (index, anew))
        assert after.tobytes() == fresh.tobytes()


def test_a_text_that_many_documents_have_is_embedded_once() -> None:
    counting = CountingVectors()
    shared = [make_document(f"d{i}", f"question {i}", text="The same reply.") for i in range(5)]
    index = build(1, shared, counting)
    assert sorted(counting.texts) == sorted([f"question {i}" for i in range(5)] + ["The same reply."])
    assert index.said.texts == ("The same reply.",)


def test_an_update_fetches_only_new_texts() -> None:
    counting = CountingVectors()
    index = build(1, [make_document("a", "one"), make_document("b", "two", text="Reply.")], counting)
    counting.calls.clear()
    updated(index, 2, [make_document("b", "one", "three", text="Reply.")], [DocumentId("a")], counting)
    assert counting.texts == ["three"]
    counting.calls.clear()
    updated(index, 2, [], [DocumentId("a")], counting)
    assert counting.texts == []


def test_the_index_before_an_update_stays_as_it_was() -> None:
    index = build(1, [make_document("a", "lamp"), make_document("b", "parcel")], EMBEDDER.encode)
    before = [hits(index, query) for query in QUERIES]
    updated(index, 2, [make_document("c", "parcel lamp")], [DocumentId("a")], EMBEDDER.encode)
    assert [hits(index, query) for query in QUERIES] == before


@pytest.mark.parametrize("dense", [True, False])
def test_an_empty_index_finds_nothing(dense: bool) -> None:
    index = build(0, [], EMBEDDER.encode if dense else None)
    assert hits(index, "lamp", dense=dense) == []
    grown = updated(index, 1, [make_document("a", "lamp")], [], EMBEDDER.encode if dense else None)
    assert ids(hits(grown, "lamp", dense=dense)) == ["a"]
    emptied = updated(grown, 2, [], [DocumentId("a")], EMBEDDER.encode if dense else None)
    assert hits(emptied, "lamp", dense=dense) == []


@pytest.mark.parametrize("text", ["", " ", "---"])
def test_a_document_in_which_nothing_can_be_searched_is_never_found(text: str) -> None:
    nothing, lamp = make_document("a", text=text), make_document("b", "lamp")
    assert hits(build(1, [nothing], EMBEDDER.encode), "lamp") == []
    assert ids(hits(build(1, [nothing, lamp], EMBEDDER.encode), "lamp")) == ["b"]
    after = updated(
        build(1, [make_document("a", "lamp"), lamp], EMBEDDER.encode), 2, [nothing], [], EMBEDDER.encode
    )
    assert ids(hits(after, "lamp")) == ["b"]


def test_documents_with_only_questions_and_with_only_text_are_both_found() -> None:
    index = build(1, [make_document("q", "return a lamp"), make_document("t", text="Return the lamp.")], None)
    found = hits(index, "return lamp", dense=False)
    assert {hit.document.id: hit.passage.id for hit in found} == {"q": "q#q0", "t": "t#t0"}


def test_the_passage_of_a_hit_is_the_one_that_speaks_for_it() -> None:
    document = make_document("a", "when does the parcel come", "return a lamp", title="Help", text="Send it.")
    index = build(1, [document], EMBEDDER.encode)
    assert hits(index, "return a lamp")[0].passage.text == "return a lamp"
    assert hits(index, "when does the parcel come")[0].passage.text == "when does the parcel come"


def test_equal_documents_come_in_the_order_of_their_ids() -> None:
    made = [make_document(id_, "return a lamp", text="Send it.") for id_ in ("b", "a", "Z", "c")]
    assert ids(hits(build(1, made, EMBEDDER.encode), "return a lamp")) == ["Z", "a", "b", "c"]
    assert ids(hits(build(1, made, EMBEDDER.encode), "return a lamp", depth=2)) == ["Z", "a"]


def test_ties_beyond_the_voters_still_go_by_id() -> None:
    made = [make_document(f"d{i:03}", "return a lamp") for i in reversed(range(120))]
    assert ids(hits(build(1, made, None), "lamp", depth=3, dense=False)) == ["d000", "d001", "d002"]


@pytest.mark.parametrize(("depth", "count"), [(-1, 0), (0, 0), (1, 1), (2, 2), (3, 3), (99, 3)])
def test_no_more_hits_than_asked_for_and_ranked_from_one(depth: int, count: int) -> None:
    index = build(1, [make_document(id_, "lamp") for id_ in "abc"], EMBEDDER.encode)
    found = hits(index, "lamp", depth=depth)
    assert [hit.rank for hit in found] == list(range(1, count + 1))


def test_filters_keep_only_documents_that_match_all_of_them() -> None:
    made = [
        make_document("a", "lamp", category="X", language="en"),
        make_document("b", "lamp", category="X", language="de"),
        make_document("c", "lamp", category="Y", language="en"),
        make_document("d", "lamp"),
    ]
    index = build(1, made, EMBEDDER.encode)
    assert ids(hits(index, Query("lamp", {"category": "X"}))) == ["a", "b"]
    assert ids(hits(index, Query("lamp", {"category": "X", "language": "en"}))) == ["a"]
    assert hits(index, Query("lamp", {"category": "Y", "language": "de"})) == []


@pytest.mark.parametrize(
    ("filters", "named"), [({"colour": "red"}, "'colour'.*category"), ({"category": "Z"}, "'Z'.*X, Y")]
)
def test_a_filter_on_an_unknown_field_or_value_is_an_error(filters: dict[str, str], named: str) -> None:
    made = [make_document("a", "lamp", category="X"), make_document("b", "lamp", category="Y")]
    with pytest.raises(UnknownFilter, match=named):
        hits(build(1, made, EMBEDDER.encode), Query("lamp", filters))


HOUSES = [
    make_document("a", "parking for guests", entity="Harbour Hotel"),
    make_document("b", "parking for guests", entity="Castle Hotel"),
    make_document("c", "parking for guests", entity="Mill Hotel"),
    make_document("d", "parking for guests and all others", category="X"),
]


def about(*named: tuple[str, float], filters: dict[str, str] | None = None) -> list[str]:
    mentions = tuple(Mention("entity", value, strength) for value, strength in named)
    return ids(hits(build(1, HOUSES, EMBEDDER.encode), Query("parking for guests", filters or {}, mentions)))


def test_of_documents_that_name_things_only_those_of_the_things_spoken_of_answer() -> None:
    assert about(("Castle Hotel", 0.9)) == ["b", "d"]
    assert about() == ["a", "b", "c", "d"]


def test_the_thing_that_was_named_more_surely_comes_first() -> None:
    assert about(("Castle Hotel", 0.9), ("Harbour Hotel", 0.8)) == ["b", "a", "d"]
    assert about(("Castle Hotel", 0.8), ("Harbour Hotel", 0.9)) == ["a", "b", "d"]
    assert about(("Castle Hotel", 0.9), ("Harbour Hotel", 0.3)) == ["b", "d", "a"]


def test_a_document_of_the_thing_goes_before_one_of_none_that_fits_as_well() -> None:
    made = [make_document("a", "parking for guests"), make_document("b", "parking for guests", entity="Mill")]
    index = build(1, made, EMBEDDER.encode)
    spoken_of = (Mention("entity", "Mill", 0.9),)
    assert ids(hits(index, Query("parking for guests"))) == ["a", "b"]
    assert ids(hits(index, Query("parking for guests", about=spoken_of))) == ["b", "a"]


def test_a_filter_says_more_than_what_was_spoken_of() -> None:
    assert about(("Castle Hotel", 0.9), filters={"entity": "Mill Hotel"}) == ["c"]


def test_a_thing_whose_documents_went_shuts_none_out_but_those_of_others() -> None:
    assert about(("Bridge Hotel", 0.9)) == ["d"]


def test_things_of_two_fields_both_count() -> None:
    made = [
        make_document("a", "parking", product="Lamp", store="Galway"),
        make_document("b", "parking", product="Lamp", store="Sligo"),
        make_document("c", "parking", product="Stove", store="Galway"),
        make_document("d", "parking", store="Galway"),
    ]
    spoken_of = (Mention("product", "Lamp", 0.9), Mention("store", "Galway", 0.9))
    assert ids(hits(build(1, made, EMBEDDER.encode), Query("parking", about=spoken_of))) == ["a", "d"]


def test_a_filter_value_that_went_with_its_last_document_is_unknown() -> None:
    made = [make_document("a", "lamp", category="X"), make_document("b", "lamp", category="Y")]
    index = updated(build(1, made, None), 2, [], [DocumentId("b")], None)
    with pytest.raises(UnknownFilter):
        hits(index, Query("lamp", {"category": "Y"}), dense=False)


def test_a_held_out_question_is_not_found_by_its_own_words() -> None:
    made = [make_document("a", "return a lamp", text="Send it."), make_document("b", "parcel", text="Wait.")]
    index = build(1, made, EMBEDDER.encode)
    query = worded("return a lamp", EMBEDDER)
    assert index.evidence(query).documents[0, 0] == pytest.approx(1.0, abs=1e-5)
    assert np.all(index.evidence(query, held_out=True).documents[0, :3] == 0)


def test_a_held_out_question_is_not_found_by_another_that_means_the_same() -> None:
    index = build(1, [make_document("a", "return a lamp", text="Send it.")], EMBEDDER.encode)
    same_meaning = Worded("give something back", EMBEDDER.vectors(["return a lamp"])[0])
    assert index.evidence(same_meaning).documents[0, 0] > 0.99
    assert index.evidence(same_meaning, held_out=True).documents[0, 0] == 0

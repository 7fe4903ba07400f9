"""Evidence to one ranking."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from customer_assist.indexing import retriever
from customer_assist.model import DocumentId, Hit, Query
from customer_assist.ports import Vectors
from customer_assist.search import fusion
from customer_assist.search.fusion import DENSE, HYBRID, LEXICAL, FusionRetriever, Weights
from customer_assist.search.index import COVERED, SIGNALS, Evidence, Index, Worded, build, worded
from stand_ins import HashingEmbedder, make_document

EMBEDDER = HashingEmbedder()
SHOP = [
    make_document("cancel", "How do I cancel my order?", text="Open My orders and press Cancel."),
    make_document("invoice", "Where is the invoice of my order?", text="In your account."),
    make_document("parcel", "When does my parcel come?", text="It takes three days."),
    make_document("return", "How do I return a lamp?", text="Send the lamp back within 30 days."),
    make_document("track", "Where is order number so and so?", text="Track it by its number."),
]
INDEX = build(1, SHOP, EMBEDDER.encode)
SHOP_HITS = FusionRetriever("hybrid", INDEX, HYBRID, EMBEDDER)


def found(question: str, depth: int = 5) -> list[Hit]:
    return SHOP_HITS.retrieve(Query(question), depth)


@settings(deadline=None)
@given(st.integers(1000, 10**9), st.integers(1000, 10**9))
def test_which_order_it_is_does_not_matter(one: int, other: int) -> None:
    assert found(f"where is order {one}?") == found(f"where is order #{other}?")


def test_a_request_is_found_in_the_middle_of_its_story() -> None:
    story = (
        "My aunt gave us something nice for the new house last week. How do I return a lamp? "
        "The children are at school and the cat sleeps on the chair all day."
    )
    assert found(story)[0].document.id == "return"
    whole = FusionRetriever("hybrid", INDEX, HYBRID, EMBEDDER)._index.evidence(worded(story, EMBEDDER))
    alone = dict(zip((d.id for d in INDEX.documents), whole.documents[:, 1], strict=True))
    assert found(story)[0].signals["word_question"] > 1.3 * alone[DocumentId("return")]


def test_fragments_are_not_taken_for_sentences() -> None:
    counting = HashingEmbedder()
    FusionRetriever("hybrid", INDEX, HYBRID, counting).retrieve(Query("Hi! Hello. How do I pay? Thanks."), 5)
    assert counting.texts == ["Hi! Hello. How do I pay? Thanks."]


def test_sentences_taken_one_by_one_are_bounded() -> None:
    counting = HashingEmbedder()
    question = " ".join(f"This is sentence {i} of it." for i in range(40))
    FusionRetriever("hybrid", INDEX, HYBRID, counting).retrieve(Query(question), 5)
    assert len(counting.texts) == 7


def test_how_far_a_message_is_covered_is_said_of_every_hit_alike() -> None:
    for question in ("how do I return a lamp?", "where is the lamp of my order?", "zebra crossing ahead"):
        assert len({hit.signals.get(COVERED) for hit in found(question)}) == 1
    own, lacking = found("how do I return a lamp?")[0], found("how do I return a kettle?")[0]
    assert own.signals[COVERED] == pytest.approx(1, abs=0.02)
    assert lacking.signals.get(COVERED, 0) < 0.5


def test_words_alone_say_nothing_of_what_is_covered() -> None:
    hits = FusionRetriever("lexical", build(1, SHOP, None), LEXICAL, None).retrieve(Query("return a lamp"), 5)
    assert all(set(hit.signals) == set(SIGNALS) for hit in hits)


def test_of_equal_documents_those_win_whose_intent_has_more_near_ones() -> None:
    made = [
        make_document("a", "lamp red green", intent="lone"),
        *(make_document(f"k{i}", "lamp red green", intent="kin") for i in range(4)),
    ]
    index = build(1, made, None)
    alone = FusionRetriever("none", index, Weights(dense_question=0, dense_text=0, kin=0), None)
    voted = FusionRetriever("kin", index, Weights(dense_question=0, dense_text=0, kin=0.3), None)
    assert alone.retrieve(Query("red green lamp"), 5)[0].document.id == "a"
    assert voted.retrieve(Query("red green lamp"), 5)[0].document.id == "k0"


def test_documents_without_an_intent_are_each_their_own_kin() -> None:
    made = [make_document(f"d{i}", f"lamp {i}x") for i in range(4)]
    hits = FusionRetriever("lexical", build(1, made, None), LEXICAL, None).retrieve(Query("lamp"), 4)
    assert {hit.score.value for hit in hits} == {hits[0].score.value}


def test_signals_of_the_best_hit_add_up_to_its_score() -> None:
    plain = FusionRetriever("plain", INDEX, Weights(kin=0.0), EMBEDDER)
    for hit in plain.retrieve(Query("where is my parcel"), 5):
        total = sum(hit.signals[name] * getattr(HYBRID, name) for name in SIGNALS)
        assert hit.score.value == pytest.approx(total, abs=0.001)
        assert hit.score.kind == "plain"


def test_a_lexical_search_embeds_nothing() -> None:
    counting = HashingEmbedder()
    FusionRetriever("lexical", INDEX, LEXICAL, counting).retrieve(Query("where is my parcel"), 5)
    assert counting.batches == []


def test_each_engine_has_the_signals_that_it_weighs() -> None:
    def weighed(weights: Weights) -> set[str]:
        return {name.split("_")[0] for name, w in zip(SIGNALS, weights.array(), strict=True) if w}

    assert weighed(LEXICAL) == {"word", "gram"}
    assert weighed(DENSE) == {"dense"}
    assert weighed(HYBRID) == {"dense", "word", "gram", "late"}


@pytest.mark.parametrize("engine", ["hybrid", "dense", "lexical", "minsearch"])
def test_without_an_embedding_model_every_engine_still_finds(engine: str) -> None:
    lexical = build(1, SHOP, None)
    assert (
        retriever(engine, lexical, None).retrieve(Query("when does my parcel come"), 3)[0].document.id
        == "parcel"
    )


def test_held_out_hits_leave_hidden_documents_out() -> None:
    hits = SHOP_HITS.retrieve_held_out("How do I return a lamp?", 10, hidden=[DocumentId("return")])
    assert [hit.document.id for hit in hits].count(DocumentId("return")) == 0
    assert len(hits) == len(SHOP) - 1


def test_the_same_question_finds_the_same_again_and_in_another_process(tmp_path: Path) -> None:
    questions = ["where is my order 123456", "lamp? It came broken yesterday. I want to return it.", "xyz"]

    def told(hits: list[Hit]) -> list[list[object]]:
        return [[hit.document.id, hit.passage.id, hit.score.value] for hit in hits]

    here = [told(found(question)) for question in questions]
    assert [told(found(question)) for question in reversed(questions)][::-1] == here
    program = f"""
import json, sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_fusion import found
told = [[[h.document.id, h.passage.id, h.score.value] for h in found(q)] for q in {questions!r}]
print(json.dumps(told))
"""
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        )
        assert json.loads(done.stdout) == here


def test_late_interaction_finds_the_text_that_has_every_word_in_its_place() -> None:
    """Two articles that are equal by everything but their tokens."""

    class Blind(HashingEmbedder):
        def vectors(self, texts: Sequence[str]) -> Vectors:
            return np.full((len(texts), self.dimension), self.dimension**-0.5, dtype=np.float32)

    blind = Blind()
    weights = Weights(**{name: 0.0 for name in SIGNALS if not name.startswith("late")}, kin=0.0)
    index = build(1, SHOP, blind.encode)
    hits = FusionRetriever("late", index, weights, blind).retrieve(Query("send back a lamp"), 5)
    assert hits[0].document.id == "return"
    assert hits[0].signals["late_text"] > hits[1].signals["late_text"] > 0


def test_only_the_best_documents_are_scored_by_late_interaction(monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[list[str]] = []
    add_late = Index.add_late

    def counted(index: Index, evidence: Evidence, query: Worded, positions: NDArray[np.int64]) -> None:
        scored.append([str(index.documents[p].id) for p in positions])
        add_late(index, evidence, query, positions)

    monkeypatch.setattr(Index, "add_late", counted)
    monkeypatch.setattr(fusion, "CANDIDATES", 2)
    assert found("how do I return a lamp?", depth=1)[0].document.id == "return"
    found("how do I return a lamp?", depth=4)
    assert [len(ids) for ids in scored] == [2, 4]  # at least as deep as was asked for
    assert scored[1][:2] == scored[0] and "return" in scored[0]


def test_a_held_out_question_gives_no_late_evidence_either() -> None:
    hits = SHOP_HITS.retrieve_held_out("How do I return a lamp?", 5)
    assert next(hit for hit in hits if hit.document.id == "return").signals["late_document"] < 0.9

"""Whether the evidence is enough: fitted from a knowledge base, the same every time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_assist.answering.gate import FEATURES, Example, Gate, features, fit, off_topic, unfitted
from customer_assist.indexing import WEIGHTS, fitted_gate, retriever
from customer_assist.knowledge.reading import read
from customer_assist.llm.minilm import MiniLM
from customer_assist.model import Document, Hit, Passage, PassageId, PassageKind, Query, Score
from customer_assist.ports import Embedder, Retriever
from customer_assist.search.fusion import HYBRID
from customer_assist.search.index import SIGNALS, Index, build
from stand_ins import HashingEmbedder, make_document

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
shares = st.floats(0, 1, width=16)
signals = st.lists(st.tuples(*[shares] * len(SIGNALS)), min_size=1, max_size=10)


def make_hits(rows: list[tuple[float, ...]], intent: str = "") -> list[Hit]:
    """One hit of a document of its own for each row of signals."""
    made = []
    for rank, row in enumerate(rows, start=1):
        document = make_document(f"d{rank}", f"q{rank}", **({"intent": intent} if intent else {}))
        passage = Passage(PassageId(f"d{rank}#q0"), document.id, PassageKind.QUESTION, f"q{rank}")
        score = Score(sum(row), "test")
        made.append(Hit(document, passage, rank, score, dict(zip(SIGNALS, row, strict=True))))
    return made


def make_examples(count: int = 60, seed: int = 0) -> list[Example]:
    """Right ones have more evidence than wrong ones, with some overlap."""
    random = np.random.default_rng(seed)
    return [
        Example(
            make_hits(
                [tuple(random.uniform(0.25 if i % 2 else 0.0, 0.8 if i % 2 else 0.5, len(SIGNALS)))] * 3
            ),
            right=bool(i % 2),
        )
        for i in range(count)
    ]


FITTED = fit(make_examples())


@pytest.fixture(scope="module")
def shop() -> list[Document]:
    """The sample shop's articles, with fewer ways of asking, which embeds sooner."""
    read_documents = [item for item in read(EXAMPLES / "brindle") if isinstance(item, Document)]
    return [replace(document, questions=document.questions[:3]) for document in read_documents]


@pytest.fixture(scope="module")
def shop_index(shop: list[Document], embedder: MiniLM) -> Index:
    return build(1, shop, embedder.encode)


@pytest.fixture(scope="module")
def shop_gate(shop_index: Index, embedder: MiniLM) -> Gate:
    return fitted_gate(shop_index, embedder)


def accepted(gate: Gate, searcher: Retriever, questions: list[str]) -> float:
    verdicts = [gate.judge(searcher.retrieve(Query(question), 10)) for question in questions]
    return sum(verdict.accepted for verdict in verdicts) / len(verdicts)


def questions_of(file: str, kind: str | None = None) -> list[str]:
    rows = [json.loads(line) for line in (EXAMPLES / "questions" / file).read_text("utf-8").splitlines()]
    return [row["question"] for row in rows if kind in (None, row.get("kind"))]


@pytest.mark.parametrize("engine", ["hybrid", "dense", "minsearch"])
def test_whatever_engine_ranks_the_gate_is_fitted_for_its_hits(
    shop: list[Document], shop_index: Index, embedder: MiniLM, engine: str
) -> None:
    """The evidence of served hits has to be of the kind that the gate was fitted on."""
    gate = fitted_gate(shop_index, embedder, WEIGHTS.get(engine, HYBRID))
    searcher = retriever(engine, shop_index, embedder)
    own = [document.questions[0] for document in shop[::4]]
    assert accepted(gate, searcher, own) > 0.9
    least = 0.4 if engine == "minsearch" else 0.7  # its best hit is more often a wrong one
    assert accepted(gate, searcher, questions_of("questions.jsonl")[::3]) > least


def test_a_gate_fitted_to_the_sample_shop_answers_its_customers_and_declines_other_subjects(
    shop_index: Index, shop_gate: Gate, embedder: MiniLM
) -> None:
    searcher = retriever("hybrid", shop_index, embedder)
    assert accepted(shop_gate, searcher, questions_of("questions.jsonl")) > 0.7
    assert accepted(shop_gate, searcher, questions_of("unanswerable.jsonl", "far")) < 0.3
    assert accepted(shop_gate, searcher, off_topic()) < 0.25


def test_a_gate_fitted_to_words_alone_tells_them_apart_too(shop: list[Document]) -> None:
    index = build(1, shop, None)
    gate, searcher = fitted_gate(index, None), retriever("lexical", index, None)
    known = [document.questions[0] for document in shop]
    assert accepted(gate, searcher, known) > 0.95
    assert accepted(gate, searcher, off_topic()) < 0.5


def test_the_same_knowledge_gives_the_same_gate(
    shop: list[Document], shop_index: Index, shop_gate: Gate, embedder: MiniLM
) -> None:
    assert fitted_gate(shop_index, embedder) == shop_gate
    lexical = [fitted_gate(build(1, documents, None), None) for documents in (shop, shop[::-1])]
    assert lexical[0] == lexical[1]


def test_the_off_topic_questions_are_many_and_none_is_a_test_question() -> None:
    assert len(off_topic()) >= 50
    assert len(set(off_topic())) == len(off_topic())
    assert not set(off_topic()) & set(questions_of("unanswerable.jsonl"))


@pytest.mark.parametrize("gate", [FITTED, unfitted(), unfitted(dense=False)])
def test_nothing_found_is_declined(gate: Gate) -> None:
    verdict = gate.judge([])
    assert not verdict.accepted
    assert verdict.confidence == 0.0


@settings(deadline=None)
@given(signals, st.integers(0, len(SIGNALS) - 1), shares, st.sampled_from(["", "kin"]))
def test_more_evidence_for_the_best_hit_never_lowers_the_confidence(
    rows: list[tuple[float, ...]], which: int, more: float, intent: str
) -> None:
    raised = tuple(max(value, more) if i == which else value for i, value in enumerate(rows[0]))
    for gate in (FITTED, unfitted(), unfitted(dense=False)):
        before = gate.judge(make_hits(rows, intent))
        after = gate.judge(make_hits([raised, *rows[1:]], intent))
        assert after.confidence >= before.confidence
        assert 0 <= before.confidence <= 1
        assert before.accepted == (before.confidence >= before.threshold)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(signals, st.booleans()), min_size=20, max_size=40))
def test_whatever_the_examples_no_weight_is_negative_and_all_are_finite(
    made: list[tuple[list[tuple[float, ...]], bool]],
) -> None:
    examples = [Example(make_hits(rows), right) for rows, right in made]
    gate = fit(examples)
    assert all(weight >= 0 for weight in gate.weights)
    assert np.isfinite([*gate.means, *gate.scales, *gate.weights, gate.bias, gate.threshold]).all()


def test_evidence_that_speaks_against_right_answers_gets_no_weight() -> None:
    turned = [replace(example, right=not example.right) for example in make_examples()]
    assert fit(turned).weights == (0.0,) * len(FEATURES)


def test_examples_that_are_told_apart_perfectly_still_give_a_gate() -> None:
    examples = [
        Example(make_hits([(0.9,) * 8 if right else (0.1,) * 8] * 2), right) for right in [True, False] * 30
    ]
    gate = fit(examples)
    assert gate.judge(make_hits([(0.9,) * 8] * 2)).accepted
    assert not gate.judge(make_hits([(0.1,) * 8] * 2)).accepted


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.95, 1.0])
def test_the_threshold_lets_about_the_wanted_share_of_right_examples_through(coverage: float) -> None:
    examples = make_examples(400)
    gate = fit(examples, coverage)
    passed = [gate.judge(example.hits).accepted for example in examples if example.right]
    assert np.mean(passed) == pytest.approx(coverage, abs=0.011)


def test_the_kinds_of_examples_weigh_the_same_however_many_there_are() -> None:
    balanced = make_examples(200)
    many_wrong = balanced + [example for example in balanced if not example.right] * 9
    few, many = fit(balanced), fit(many_wrong)
    ratio = np.mean([many.judge(e.hits).confidence for e in balanced])
    assert ratio == pytest.approx(np.mean([few.judge(e.hits).confidence for e in balanced]), abs=0.05)


def test_examples_for_which_nothing_was_found_teach_nothing() -> None:
    nothing = [Example([], right=False)] * 500
    assert fit([*make_examples(), *nothing]) == FITTED


def test_too_few_examples_of_a_kind_are_not_fitted() -> None:
    right = [example for example in make_examples(40) if example.right]
    wrong = [example for example in make_examples(40) if not example.right]
    assert fit([]) in (unfitted(), unfitted(dense=False))
    assert fit(right[:9] + wrong) == unfitted()
    assert fit(right + wrong[:9]) == unfitted()
    assert fit(right[:10] + wrong[:10]) != unfitted()


LAMPS = [
    make_document("return", "How do I return a lamp?", text="Send the lamp back within 30 days."),
    make_document("parcel", "When does my parcel come?", text="It takes three days."),
    make_document("invoice", "Where is my invoice?", text="In your account."),
]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("model", [HashingEmbedder(), None], ids=["dense", "lexical"])
def test_the_smallest_knowledge_bases_answer_what_they_know_and_decline_the_rest(
    count: int, model: Embedder | None
) -> None:
    index = build(1, LAMPS[:count], model.encode if model else None)
    gate, searcher = fitted_gate(index, model), retriever("hybrid", index, model)
    assert gate.judge(searcher.retrieve(Query("How do I return a lamp?"), 10)).accepted
    if model is None:
        assert accepted(gate, searcher, off_topic()) < 0.1


def test_without_knowledge_everything_is_declined() -> None:
    index = build(0, [], None)
    gate = fitted_gate(index, None)
    assert not gate.judge(
        retriever("lexical", index, None).retrieve(Query("How do I return a lamp?"), 10)
    ).accepted


def test_the_lead_is_over_the_best_hit_of_another_intent() -> None:
    rows = [(0.6,) * 8, (0.5,) * 8, (0.2,) * 8]
    alone, kin = make_hits(rows), make_hits(rows, "same")
    lead = FEATURES.index("lead")
    agreement = FEATURES.index("agreement")
    assert features(alone)[lead] == pytest.approx(0.1)
    assert features(kin)[lead] == pytest.approx(0.6)
    assert features(alone)[agreement] == pytest.approx(1 / 3)
    assert features(kin)[agreement] == 1

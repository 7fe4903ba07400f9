"""Measuring what the gate lets through and declines: every figure as worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_assist.answering.gate import Target
from customer_assist.errors import InvalidInput
from customer_assist.evaluation import abstention
from customer_assist.evaluation.abstention import AbstentionRun, Judged, evaluate_abstention
from customer_assist.evaluation.measures import share_interval
from customer_assist.indexing import retriever, serving_gate
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.model import Decision, Document, Query
from customer_assist.search.index import build
from stand_ins import HashingEmbedder, make_document

THRESHOLD, CLARIFY_FROM = 0.6, 0.4
confidences = st.lists(st.sampled_from([i / 8 for i in range(9)]), min_size=1, max_size=12)


def judged(confidence: float, right: bool | None = None) -> Judged:
    """As a gate with these two points decides."""
    below = Decision.CLARIFY if confidence >= CLARIFY_FROM else Decision.DECLINE
    return Judged("?", Decision.ANSWER if confidence >= THRESHOLD else below, confidence, "", right)


def make_run(answerable: list[Judged], unanswerable: list[Judged]) -> AbstentionRun:
    return AbstentionRun(
        "lexical", 3, "abc", Target(), THRESHOLD, CLARIFY_FROM, tuple(answerable), tuple(unanswerable)
    )


BY_HAND = make_run(
    [judged(0.9, True), judged(0.8, False), judged(0.7), judged(0.5, True), judged(0.1, True)],
    [judged(0.8), judged(0.5), judged(0.2), judged(0.1)],
)


# --- figures ---------------------------------------------------------------------------------------------


def test_shares_are_those_worked_out_by_hand() -> None:
    assert BY_HAND.answerable_accepted == 3 / 5
    assert BY_HAND.unanswerable_declined == 3 / 4  # the one asked back included
    assert BY_HAND.clarified == 2 / 9
    assert BY_HAND.accepted_correct == 1 / 2  # the third was accepted, but nobody said what is right


def test_the_area_under_the_curve_is_that_of_all_pairs_ties_half() -> None:
    # 0.9 is above 4; 0.8 above 3 and like 1; 0.7 above 3; 0.5 above 2 and like 1; 0.1 like 1
    assert BY_HAND.auroc == pytest.approx((4 + 3.5 + 3 + 2.5 + 0.5) / 20)


@given(confidences, confidences)
def test_the_area_is_the_share_of_pairs_in_the_right_order(known: list[float], unknown: list[float]) -> None:
    run = make_run([judged(c) for c in known], [judged(c) for c in unknown])
    pairs = [(k > u) + 0.5 * (k == u) for k in known for u in unknown]
    assert run.auroc == pytest.approx(float(np.mean(pairs)))


@pytest.mark.parametrize(
    ("known", "unknown", "area"), [([0.9], [0.1], 1.0), ([0.1], [0.9], 0.0), ([0.5, 0.5], [0.5] * 3, 0.5)]
)
def test_the_area_of_perfect_reversed_and_equal_confidences(
    known: list[float], unknown: list[float], area: float
) -> None:
    assert make_run([judged(c) for c in known], [judged(c) for c in unknown]).auroc == area


def test_where_nobody_said_what_is_right_nothing_is_said_of_it() -> None:
    assert make_run([judged(0.9), judged(0.1)], [judged(0.2)]).accepted_correct is None
    assert make_run([judged(0.9), judged(0.1, True)], [judged(0.2)]).accepted_correct is None
    figures = make_run([judged(0.9)], [judged(0.2)]).as_json()
    assert figures["accepted_correct"] is None


def test_the_curve_is_worked_out_by_hand_at_the_answerables_confidences() -> None:
    points = [(p.threshold, p.coverage, p.risk, p.declined) for p in BY_HAND.curve]
    assert points == [
        (0.1, 1.0, pytest.approx(5 / 9), 0.0),  # wrong: the second, and all four unanswerable ones
        (0.5, pytest.approx(0.8), pytest.approx(3 / 6), 0.5),
        (0.7, pytest.approx(0.6), pytest.approx(2 / 4), 0.75),
        (0.8, pytest.approx(0.4), pytest.approx(2 / 3), 0.75),
        (0.9, pytest.approx(0.2), 0.0, 1.0),
    ]


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([True, False, None])), min_size=1), confidences)
def test_along_the_curve_less_is_answered_and_more_declined(
    known: list[tuple[float, bool | None]], unknown: list[float]
) -> None:
    curve = make_run([judged(*each) for each in known], [judged(c) for c in unknown]).curve
    thresholds = [point.threshold for point in curve]
    coverages = [point.coverage for point in curve]
    declined = [point.declined for point in curve]
    assert thresholds == sorted(set(thresholds))
    assert coverages == sorted(coverages, reverse=True)
    assert declined == sorted(declined)
    assert coverages[0] == 1  # from answering all
    assert coverages[-1] > 0  # to answering the surest
    assert all(point.risk is not None and 0 <= point.risk <= 1 for point in curve)


def test_a_curve_of_many_questions_has_few_points() -> None:
    run = make_run([judged(c) for c in np.linspace(0, 1, 5000)], [judged(0.5)])
    assert len(run.curve) == 101


def test_the_object_has_what_the_contract_names_and_can_be_printed() -> None:
    figures: dict[str, Any] = json.loads(json.dumps(BY_HAND.as_json()))
    assert figures["answerable_accepted"] == 0.6
    assert figures["unanswerable_declined"] == 0.75
    assert figures["auroc"] == 0.675
    assert figures["accepted_correct"] == 0.5
    assert figures["clarified"] == 0.2222
    assert (figures["answerable_clarified"], figures["unanswerable_clarified"]) == (0.2, 0.25)
    assert (figures["answerable"], figures["unanswerable"], figures["documents"]) == (5, 4, 3)
    assert (figures["threshold"], figures["clarify_from"]) == (THRESHOLD, CLARIFY_FROM)
    assert figures["target"] == {"coverage": 0.95, "risk": None}
    assert figures["ci95"] == {
        "answerable_accepted": [round(edge, 4) for edge in share_interval(3, 5)],
        "unanswerable_declined": [round(edge, 4) for edge in share_interval(3, 4)],
    }
    assert [list(point) for point in figures["curve"]] == [["threshold", "coverage", "risk", "declined"]] * 5


# --- runs ------------------------------------------------------------------------------------------------

SHOP = [
    make_document("cancel", "How do I cancel my order?", text="Press Cancel.", intent="cancel"),
    make_document("parcel", "When does my parcel come?", text="In a week.", intent="track"),
    make_document("invoice", "Where is my invoice?", text="In your account.", intent="bill"),
    make_document("invoice-2", "May I have the invoice again?", text="In your account.", intent="bill"),
]
KNOWN = [
    LabelledQuestion("How do I cancel my order?", ("cancel",)),
    LabelledQuestion("When does my parcel come?", ("invoice",)),  # judged wrongly: it finds the parcel
    LabelledQuestion("Where is my invoice?", intent="bill"),
    LabelledQuestion("Who was first on the moon?", ("cancel",)),
]
UNKNOWN = [
    LabelledQuestion("Which planet has rings?"),
    LabelledQuestion("Where is my invoice?"),
    LabelledQuestion("xyzzy"),
]


def evaluate(
    answerable: list[LabelledQuestion] = KNOWN,
    unanswerable: list[LabelledQuestion] = UNKNOWN,
    documents: list[Document] = SHOP,
    **options: Any,
) -> AbstentionRun:
    return evaluate_abstention(
        documents, answerable, unanswerable, **{"engine": "lexical", "embedder": None, **options}
    )


def test_a_run_on_a_shop_of_four_articles_is_right_by_hand() -> None:
    run = evaluate()
    assert [each.decision is Decision.ANSWER for each in run.answerable] == [True, True, True, False]
    assert [each.right for each in run.answerable] == [True, False, True, False]
    assert run.answerable[0].found == "How do I cancel my order?"
    assert (run.answerable_accepted, run.unanswerable_declined) == (3 / 4, pytest.approx(2 / 3))
    assert run.accepted_correct == pytest.approx(2 / 3)
    assert {each.right for each in run.unanswerable} == {None}
    assert (run.engine, run.documents, run.target) == ("lexical", 4, Target())


def test_the_article_that_is_named_counts_and_not_another_of_its_intent() -> None:
    asked = [LabelledQuestion("Where is my invoice?", (name,)) for name in ("invoice", "invoice-2")]
    by_intent = [LabelledQuestion("Where is my invoice?", intent=name) for name in ("bill", "track")]
    assert [each.right for each in evaluate(asked + by_intent).answerable] == [True, False, True, False]


def test_of_questions_that_say_nothing_of_what_is_right_none_is_right_or_wrong() -> None:
    bare = [
        make_document(d.id, *d.questions, text=d.text)
        for d in SHOP[:3]  # without intents
    ]
    asked = [LabelledQuestion("Where is my invoice?"), LabelledQuestion("zzz", intent="bill")]
    run = evaluate(asked, documents=bare)
    assert [each.right for each in run.answerable] == [None, None]
    assert run.accepted_correct is None


@pytest.mark.parametrize("engine", ["hybrid", "minsearch"])
def test_every_question_is_judged_as_production_judges_it(engine: str) -> None:
    model = HashingEmbedder()
    index = build(0, SHOP, model.encode)
    gate, search = serving_gate(engine, index, model), retriever(engine, index, model)
    run = evaluate(engine=engine, embedder=model)
    asked = [each.question for each in (*KNOWN, *UNKNOWN)]
    verdicts = [gate.judge(search.retrieve(Query(question), 10)) for question in asked]
    made = [*run.answerable, *run.unanswerable]
    assert [(each.question, each.decision, each.confidence) for each in made] == [
        (question, verdict.decision, verdict.confidence)
        for question, verdict in zip(asked, verdicts, strict=True)
    ]
    assert (run.threshold, run.clarify_from) == (gate.threshold, gate.clarify_from)


def test_the_questions_never_move_the_gate() -> None:
    """They only measure it."""
    assert evaluate().threshold == evaluate(KNOWN[:1] * 30, UNKNOWN[:1] * 30).threshold


def test_the_target_reaches_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Target | None] = []

    def spied(*args: Any, **options: Any) -> Any:
        seen.append(options["target"])
        return serving_gate(*args, **options)

    monkeypatch.setattr(abstention, "serving_gate", spied)
    run = evaluate(target=Target(risk=0.05))
    assert seen == [run.target] == [Target(risk=0.05)]
    assert run.as_json()["target"] == {"coverage": 0.95, "risk": 0.05}


def test_the_same_knowledge_has_the_same_mark_and_other_knowledge_another() -> None:
    assert evaluate().corpus == evaluate(KNOWN[:1]).corpus
    assert evaluate().corpus != evaluate(KNOWN[:1], documents=SHOP[:3]).corpus


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    evaluate(KNOWN * 20, progress=lambda *step: told.append(step))
    assert told == [("asking", 50, 83), ("asking", 83, 83)]


# --- errors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["answerable", "unanswerable", "documents"])
def test_with_nothing_to_measure_it_says_what_is_needed(empty: str) -> None:
    with pytest.raises(InvalidInput, match="at least one document, one answerable and one unanswerable"):
        evaluate(**{empty: []})


def test_a_judgment_that_names_an_unknown_document_is_an_error_before_anything_is_embedded() -> None:
    model = HashingEmbedder()
    asked = [*KNOWN, LabelledQuestion("Where is it?", ("nowhere",))]
    with pytest.raises(InvalidInput, match=r"no document or intent here is 'nowhere'"):
        evaluate(asked, engine="hybrid", embedder=model)
    assert model.batches == []


def test_a_judgment_that_names_an_unknown_intent_is_an_error() -> None:
    with pytest.raises(InvalidInput, match=r"no document or intent here is 'refund'"):
        evaluate([LabelledQuestion("Where is it?", intent="refund")])


def test_what_an_unanswerable_question_names_is_not_looked_at() -> None:
    unknown = [LabelledQuestion("Which planet has rings?", ("nowhere",), "oos")]
    assert {each.right for each in evaluate(unanswerable=unknown).unanswerable} == {None}

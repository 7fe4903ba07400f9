"""What the gate makes of evidence: more of it never hurts, and the threshold keeps what it is to keep."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from customer_assist.answering import subjects
from customer_assist.answering.gate import (
    FEATURES,
    MEANING,
    SHARES,
    WORDS,
    Examples,
    Gate,
    Kind,
    Target,
    Telling,
    features,
    fit,
    off_topic,
    unfitted,
)
from customer_assist.model import Decision, Hit, Passage, PassageId, PassageKind, Score
from customer_assist.search.index import COVERED, SIGNALS
from stand_ins import make_document

ALL_SIGNALS = (*SIGNALS, COVERED)
HIT_FEATURES = FEATURES[: -len(subjects.MEASURES)]
shares = st.floats(0, 1, width=16)
rows_strategy = st.lists(st.tuples(*[shares] * len(ALL_SIGNALS)), min_size=1, max_size=10)


def make_hits(rows: list[tuple[float, ...]], intent: str = "") -> list[Hit]:
    """One hit of a document of its own for each row of signals."""
    made = []
    for rank, row in enumerate(rows, start=1):
        document = make_document(f"d{rank}", f"q{rank}", **({"intent": intent} if intent else {}))
        passage = Passage(PassageId(f"d{rank}#q0"), document.id, PassageKind.QUESTION, f"q{rank}")
        signals = dict(zip(ALL_SIGNALS, row, strict=False))
        made.append(Hit(document, passage, rank, Score(sum(row), "test"), signals))
    return made


def make_examples(count: int = 800, seed: int = 0) -> Examples:
    """Half of them known, of these three quarters right; the better the more of every feature, with some overlap."""
    random = np.random.default_rng(seed)
    kinds = np.array(
        [(Kind.KNOWN, Kind.NEAR, Kind.KNOWN, Kind.FAR)[i % 4] for i in range(count)], dtype=np.int8
    )
    known = kinds == Kind.KNOWN
    right = known & (np.arange(count) % 8 != 0)
    listed = right | (known & (np.arange(count) % 16 == 0))
    middle = np.select([right, listed, known, kinds == Kind.NEAR], [0.7, 0.5, 0.45, 0.4], 0.2)
    found = middle[:, None] + random.normal(0, 0.4, (count, len(FEATURES)))
    return Examples(found, kinds, right, listed, np.ones(count))


def fitted(examples: Examples, **options: object) -> Gate:
    gate = fit(examples, options.pop("target", Target()), **options)  # type: ignore[arg-type]
    assert gate is not None
    return gate


def answered(gate: Gate, examples: Examples) -> NDArray[np.bool_]:
    return gate.confidences(examples.features) >= gate.threshold


EXAMPLES = make_examples()
FITTED = fitted(EXAMPLES)
GATES = [FITTED, unfitted(), unfitted(dense=False)]


# --- judging -------------------------------------------------------------------------------------


@pytest.mark.parametrize("gate", [*GATES, replace(FITTED, threshold=0.0, clarify_from=0.0)])
def test_nothing_found_is_declined(gate: Gate) -> None:
    verdict = gate.judge([])
    assert (verdict.decision, verdict.confidence) == (Decision.DECLINE, 0.0)
    assert verdict.threshold == gate.threshold


@settings(deadline=None)
@given(rows_strategy, st.integers(0, len(ALL_SIGNALS) - 1), shares, st.sampled_from(["", "kin"]))
def test_more_evidence_for_the_best_hit_never_lowers_the_confidence(
    rows: list[tuple[float, ...]], which: int, more: float, intent: str
) -> None:
    raised = tuple(max(value, more) if i == which else value for i, value in enumerate(rows[0]))
    for gate in GATES:
        before = gate.judge(make_hits(rows, intent))
        after = gate.judge(make_hits([raised, *rows[1:]], intent))
        assert after.confidence >= before.confidence
        assert 0 <= before.confidence <= 1
        assert before.accepted == (before.confidence >= before.threshold)


def test_the_fitted_gate_of_these_tests_looks_at_every_feature() -> None:
    assert all(weight > 0 for weight in FITTED.weights)


def test_all_that_the_gate_looked_at_is_told() -> None:
    hits = make_hits([(0.5,) * 9, (0.25,) * 9])
    told = FITTED.judge(hits).features
    assert tuple(told) == FEATURES
    assert told == {name: round(v, 4) for name, v in zip(FEATURES, features(hits), strict=True)}


def test_only_below_the_threshold_is_asked_back_and_only_where_there_is_a_choice() -> None:
    hits = make_hits([(0.7,) * 9, (0.5,) * 9])
    kin = make_hits([(0.7,) * 9, (0.5,) * 9], "same")
    confidence = FITTED.judge(hits).confidence
    assert 0.01 < confidence < 0.99

    def decided(found: list[Hit], threshold: float, clarify_from: float) -> Decision:
        return replace(FITTED, threshold=threshold, clarify_from=clarify_from).judge(found).decision

    assert decided(hits, confidence, 0.0) is Decision.ANSWER
    assert decided(hits, confidence + 0.001, confidence) is Decision.CLARIFY
    assert decided(hits, confidence + 0.002, confidence + 0.001) is Decision.DECLINE
    assert decided(hits, 1.0, 1.0) is Decision.DECLINE
    assert decided(kin, 1.0, 0.0) is Decision.DECLINE
    assert decided(hits[:1], 1.0, 0.0) is Decision.DECLINE


def test_a_verdict_says_from_where_is_answered_and_asked_back() -> None:
    gate = replace(FITTED, threshold=0.75, clarify_from=0.25)
    verdict = gate.judge(make_hits([(0.5,) * 9]))
    assert (verdict.threshold, verdict.clarify_from) == (0.75, 0.25)


def test_how_a_question_lies_among_the_subjects_counts_where_the_gate_knows_them() -> None:
    corners = np.eye(4, dtype=np.float32)
    model = subjects.learn(np.repeat(corners[:3], 5, axis=0), np.repeat(np.arange(3), 5))
    gate, hits = replace(FITTED, subjects=model), make_hits([(0.5,) * 9, (0.4,) * 9])
    inside, outside = gate.judge(hits, corners[0]), gate.judge(hits, corners[3])
    assert inside.features["subject_cosine"] == pytest.approx(1)
    assert outside.features["subject_cosine"] == pytest.approx(0)
    assert (
        inside.features["subject_clarity"]
        > outside.features["subject_clarity"]
        == pytest.approx(np.log(1 / 3), abs=1e-3)
    )
    assert inside.confidence > outside.confidence
    others = [name for name in FEATURES if name not in subjects.MEASURES]
    assert [inside.features[name] for name in others] == [outside.features[name] for name in others]
    assert gate.judge([], corners[0]).decision is Decision.DECLINE


# --- what it looks at ----------------------------------------------------------------------------


def test_the_lead_is_over_the_best_hit_of_another_intent() -> None:
    rows = [(0.6,) * 8, (0.5,) * 8, (0.2,) * 8]
    alone, kin = make_hits(rows), make_hits(rows, "same")
    lead, late_lead = FEATURES.index("lead"), FEATURES.index("late_lead")
    agreement = FEATURES.index("agreement")
    assert features(alone)[[lead, late_lead]] == pytest.approx([0.1, 0.1])
    assert features(kin)[[lead, late_lead]] == pytest.approx([0.6, 0.6])
    assert features(alone)[agreement] == pytest.approx(1 / 3)
    assert features(kin)[agreement] == 1


def test_how_clear_the_best_subject_is_is_the_logarithm_of_its_share() -> None:
    def clarity(late: list[float], intent: str = "") -> float:
        rows = [tuple(each if name == "late_document" else 0.3 for name in ALL_SIGNALS) for each in late]
        return float(features(make_hits(rows, intent))[FEATURES.index("clarity")])

    assert clarity([0.5]) == clarity([0.5, 0.5, 0.5], "same") == 0
    assert clarity([0.5, 0.5]) == pytest.approx(np.log(1 / 2))
    assert clarity([0.5, 0.4, 0.3]) == pytest.approx(-np.log(1 + np.exp(-2) + np.exp(-4)))


def test_what_is_covered_is_a_feature_of_its_own_and_no_evidence_for_a_document() -> None:
    row = (0.5,) * len(SIGNALS)
    without, little, much = (features(make_hits([(*row, *more)])) for more in ((), (0.125,), (1.0,)))
    place = FEATURES.index("covered")
    assert (without[place], little[place], much[place]) == (0, 0.125, 1)
    assert np.delete(little, place).tolist() == np.delete(much, place).tolist()
    assert np.delete(little, place).tolist() == np.delete(without, place).tolist()


def test_every_feature_has_its_place() -> None:
    found = features(make_hits([(0.5,) * 9, (0.25,) * 9]))
    assert found.shape == (len(FEATURES),)
    assert (*WORDS, *MEANING, *subjects.MEASURES) == FEATURES
    by_hand = {
        "evidence": 0.5,
        "lead": 0.25,
        "agreement": 0.5,
        "dense_question": 0.5,
        "dense_text": 0.5,
        "nearest_five": 0.375,
        "late": 0.5,
        "late_lead": 0.25,
        "clarity": -np.log(1 + np.exp(-5)),
        "covered": 0.5,
        "subject_cosine": 0,
        "subject_clarity": 0,
    }
    assert dict(zip(FEATURES, found, strict=True)) == pytest.approx(by_hand)


def test_the_off_topic_questions_are_many_and_each_is_another() -> None:
    assert len(off_topic()) >= 50
    assert len(set(off_topic())) == len(off_topic())


# --- examples ------------------------------------------------------------------------------------


def test_mixed_examples_weigh_what_their_kind_is_to_weigh() -> None:
    mixed = EXAMPLES.mixed(1000)
    of_kind = {kind: mixed.weights[mixed.kinds == kind].sum() for kind in Kind}
    assert of_kind == pytest.approx({kind: 1000 * share for kind, share in SHARES.items()})
    assert sum(SHARES.values()) == pytest.approx(1)


@pytest.mark.parametrize("missing", list(Kind))
def test_kinds_that_are_missing_leave_their_share_to_the_others(missing: Kind) -> None:
    mixed = EXAMPLES.these(EXAMPLES.kinds != missing).mixed(1000)
    rest = {kind: share for kind, share in SHARES.items() if kind != missing}
    of_kind = {kind: mixed.weights[mixed.kinds == kind].sum() for kind in rest}
    assert of_kind == pytest.approx({kind: 1000 * s / sum(rest.values()) for kind, s in rest.items()})


def test_within_a_kind_the_weights_keep_their_proportions() -> None:
    uneven = replace(EXAMPLES, weights=np.random.default_rng(1).uniform(0.5, 2, len(EXAMPLES)))
    mixed = uneven.mixed(100)
    for kind in Kind:
        ratios = (mixed.weights / uneven.weights)[mixed.kinds == kind]
        assert ratios == pytest.approx(np.full(len(ratios), ratios[0]))


def test_examples_put_together_and_taken_apart_are_the_same() -> None:
    known = EXAMPLES.kinds == Kind.KNOWN
    together = Examples.together([EXAMPLES.these(known), EXAMPLES.these(~known)])
    order = np.concatenate([np.flatnonzero(known), np.flatnonzero(~known)])
    for part in fields(Examples):
        assert np.array_equal(getattr(together, part.name), getattr(EXAMPLES, part.name)[order])


def test_of_unknown_questions_no_answer_is_right() -> None:
    unknown = Examples.unknown(np.ones((3, len(FEATURES))), Kind.NEAR)
    assert not unknown.right.any() and not unknown.listed.any()
    assert unknown.kinds.tolist() == [Kind.NEAR] * 3


# --- fitting -------------------------------------------------------------------------------------


def test_the_same_examples_give_the_same_gate() -> None:
    assert fitted(make_examples()) == FITTED
    order = np.random.default_rng(2).permutation(len(EXAMPLES))
    turned = fitted(replace(EXAMPLES, **{f.name: getattr(EXAMPLES, f.name)[order] for f in fields(Examples)}))
    assert turned.weights == pytest.approx(FITTED.weights, abs=1e-5)
    assert turned.threshold == pytest.approx(FITTED.threshold, abs=1e-5)


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(20, 60),
    st.sampled_from([Target(), Target(coverage=0.5), Target(risk=0.1), Target(risk=0.0)]),
    st.tuples(shares, shares, shares),
    st.booleans(),
)
def test_whatever_the_examples_no_weight_is_negative_and_all_are_finite(
    seed: int, count: int, target: Target, telling: tuple[float, float, float], coarse: bool
) -> None:
    random = np.random.default_rng(seed)
    found = random.normal(0, 1, (count, len(FEATURES)))
    kinds = random.integers(0, 3, count).astype(np.int8)
    right = (np.arange(count) < 10) | (random.uniform(size=count) < 0.3)
    right[-10:] = False
    examples = Examples(
        np.round(found) if coarse else found, kinds, right, right, random.uniform(0.1, 2, count)
    )
    gate = fitted(examples, target=target, telling=Telling(*telling))
    assert all(weight >= 0 for weight in gate.weights)
    numbers = [*gate.means, *gate.scales, *gate.weights, gate.bias, gate.threshold, gate.clarify_from]
    assert np.isfinite(numbers).all()
    assert 0 <= gate.threshold <= 1
    assert gate.clarify_from == 1.0 or gate.clarify_from < gate.threshold


def test_evidence_that_speaks_against_right_answers_gets_no_weight() -> None:
    turned = replace(EXAMPLES, features=-EXAMPLES.features)
    assert fitted(turned).weights == (0.0,) * len(FEATURES)


def test_features_that_are_not_used_get_no_weight() -> None:
    gate = fitted(EXAMPLES, using=WORDS)
    used = {name for name, weight in zip(FEATURES, gate.weights, strict=True) if weight}
    assert used == set(WORDS)


def test_examples_that_are_told_apart_perfectly_still_give_a_gate() -> None:
    right = np.arange(60) % 2 == 0
    found = np.where(right, 0.9, 0.1)[:, None] * np.ones(len(FEATURES))
    kinds = np.where(right, Kind.KNOWN, Kind.NEAR).astype(np.int8)
    examples = Examples(found, kinds, right, right, np.ones(60))
    assert answered(fitted(examples), examples).tolist() == right.tolist()


def test_the_confidence_is_a_probability_for_the_mix_of_the_examples() -> None:
    examples = make_examples(4000).mixed(4000)
    gate = fitted(examples)
    confidences = gate.confidences(examples.features)
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.0)):
        within = (confidences >= low) & (confidences <= high)
        weights = examples.weights[within]
        assert weights.sum() > 20
        right = np.average(examples.right[within], weights=weights)
        assert right == pytest.approx(np.average(confidences[within], weights=weights), abs=0.06)


def test_what_is_not_to_be_told_apart_moves_no_weight() -> None:
    """Where only far questions count, a feature that tells near ones alone is worth nothing."""
    random = np.random.default_rng(3)
    found = np.zeros((400, len(FEATURES)))
    kinds = np.array([Kind.KNOWN, Kind.KNOWN, Kind.NEAR, Kind.FAR] * 100, dtype=np.int8)
    of_near, of_far = FEATURES.index("late"), FEATURES.index("covered")
    found[:, of_near] = (kinds != Kind.NEAR) + random.normal(0, 0.5, 400)
    found[:, of_far] = (kinds != Kind.FAR) + random.normal(0, 0.5, 400)
    right = kinds == Kind.KNOWN
    examples = Examples(found, kinds, right, right, np.ones(400))
    only_far = fitted(examples, telling=Telling(wrong=0, near=0, far=1))
    only_near = fitted(examples, telling=Telling(wrong=0, near=1, far=0))
    assert only_far.weights[of_far] > 4 * only_far.weights[of_near]
    assert only_near.weights[of_near] > 4 * only_near.weights[of_far]


def test_what_is_to_be_told_apart_but_missing_leaves_its_share_to_the_others() -> None:
    examples = EXAMPLES.these(EXAMPLES.kinds != Kind.FAR)
    without, with_far = (fitted(examples, telling=Telling(wrong=1, near=1, far=far)) for far in (0.0, 98.0))
    assert with_far == without


@pytest.mark.parametrize("number", [9, 10])
@pytest.mark.parametrize("few", ["right", "other"])
def test_too_few_examples_of_a_kind_are_not_fitted(few: str, number: int) -> None:
    rare = EXAMPLES.right if few == "right" else ~EXAMPLES.right
    kept = ~rare | (np.cumsum(rare) <= number)
    assert (fit(EXAMPLES.these(kept), Target()) is None) == (number < 10)


# --- thresholds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.95, 1.0])
def test_the_threshold_lets_the_wanted_share_of_known_questions_through(coverage: float) -> None:
    examples = make_examples(800)
    gate = fitted(examples, target=Target(coverage))
    passed = answered(gate, examples)[examples.kinds == Kind.KNOWN].mean()
    assert coverage <= passed <= coverage + 0.01


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.95, 1.0])
def test_where_there_are_questions_to_aim_at_the_coverage_is_reached_on_these(coverage: float) -> None:
    harder = make_examples(800, seed=7)
    aims = replace(harder, features=harder.features - 0.2).these(harder.kinds == Kind.KNOWN)
    gate = fitted(EXAMPLES, target=Target(coverage), aims=aims)
    assert coverage <= answered(gate, aims).mean() <= coverage + 0.01
    assert answered(gate, EXAMPLES)[EXAMPLES.kinds == Kind.KNOWN].mean() > min(coverage + 0.1, 0.99)
    assert gate.weights == FITTED.weights


def test_questions_that_stand_for_more_count_for_more_of_the_coverage() -> None:
    examples = make_examples(800)
    known = examples.these(examples.kinds == Kind.KNOWN)
    heavy = replace(known, weights=np.where(known.right, 1.0, 9.0))
    gate = fitted(examples, target=Target(0.8), aims=heavy)
    share = np.average(answered(gate, heavy), weights=heavy.weights)
    assert 0.8 <= share <= 0.83
    assert answered(gate, known).mean() > 0.85


@pytest.mark.parametrize("risk", [0.02, 0.1, 0.3])
def test_at_most_the_wanted_share_of_what_is_answered_is_wrong(risk: float) -> None:
    examples = make_examples(800).mixed(800)
    gate = fitted(examples, target=Target(risk=risk))
    let_through = answered(gate, examples)
    wrong = np.average(~examples.right[let_through], weights=examples.weights[let_through])
    assert wrong <= risk
    confidences = gate.confidences(examples.features)
    for next_lower in np.sort(np.unique(confidences[~let_through]))[::-1]:
        more = confidences >= next_lower
        assert np.average(~examples.right[more], weights=examples.weights[more]) > risk


def test_a_stricter_risk_never_answers_more() -> None:
    thresholds = [fitted(EXAMPLES, target=Target(risk=risk)).threshold for risk in (0.0, 0.01, 0.1, 0.3, 0.5)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[0] > thresholds[-1]


def test_where_no_threshold_keeps_the_risk_nothing_is_answered() -> None:
    """The surest examples are wrong, and equally sure ones stand or fall together."""
    right = np.arange(200) % 2 == 0
    found = np.tile(np.repeat([0.2, 0.9], 2)[:, None], (50, len(FEATURES)))
    kinds = np.where(right, Kind.KNOWN, Kind.NEAR).astype(np.int8)
    examples = Examples(found, kinds, right, right, np.ones(200))
    gate = fitted(examples, target=Target(risk=0.1))
    assert gate.threshold == 1.0
    assert not answered(gate, examples).any()


def test_a_confidence_that_is_too_low_is_not_answered_whatever_the_coverage() -> None:
    freely = fitted(EXAMPLES, target=Target(1.0))
    assert freely.threshold < 0.3
    assert fitted(EXAMPLES, target=Target(1.0), least=0.6).threshold == 0.6
    higher = fitted(EXAMPLES, target=Target(0.5))
    assert higher.threshold > 0.6
    assert fitted(EXAMPLES, target=Target(0.5), least=0.6) == higher


def test_is_asked_back_from_where_the_answer_is_as_likely_among_the_first_as_not() -> None:
    """By construction the best hit is right with its confidence, and else in half of the cases listed."""
    examples = make_examples(8000).mixed(8000)
    listed = examples.right | (np.random.default_rng(5).uniform(size=8000) < 0.5)
    gate = fitted(replace(examples, listed=listed), target=Target(0.5))
    confidences = gate.confidences(examples.features)
    near = np.argsort(np.abs(confidences - gate.clarify_from))[:600]
    assert gate.clarify_from < gate.threshold
    assert np.average(listed[near], weights=examples.weights[near]) == pytest.approx(0.5, abs=0.12)


def test_where_the_answer_is_listed_only_if_it_is_first_is_asked_back_from_even_odds() -> None:
    examples = make_examples(4000).mixed(4000)
    gate = fitted(replace(examples, listed=examples.right), target=Target(0.5))
    assert gate.threshold > 0.6
    assert gate.clarify_from == pytest.approx(0.5, abs=0.02)


def test_where_all_that_may_be_asked_back_is_answered_nothing_is_asked_back() -> None:
    gate = fitted(replace(EXAMPLES, listed=EXAMPLES.right), target=Target(1.0))
    assert gate.threshold < 0.4
    assert gate.clarify_from == 1.0


def test_where_the_surer_is_the_less_often_listed_nothing_is_asked_back() -> None:
    gate = fitted(replace(EXAMPLES, listed=~EXAMPLES.right), target=Target(0.5))
    assert gate.clarify_from == 1.0


def test_a_gate_that_nothing_was_fitted_for_keeps_a_risk_by_its_odds() -> None:
    assert unfitted(target=Target(risk=0.1)).threshold == 0.9
    assert unfitted(target=Target(risk=0.5)).threshold == unfitted(target=Target()).threshold == 0.5


def test_a_document_that_is_a_text_alone_is_asked_for_by_what_it_says() -> None:
    row = tuple(0.8 if name == "dense_text" else 0.0 for name in SIGNALS)
    titled = make_hits([row])
    alone = [replace(hit, document=replace(hit.document, title="", questions=())) for hit in titled]
    place = FEATURES.index("dense_question")
    assert (features(titled)[place], features(alone)[place]) == (0.0, 0.8)
    assert unfitted().judge(alone).accepted and not unfitted().judge(titled).accepted

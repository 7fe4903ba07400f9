"""Weights that are fitted, and reported on what they were not fitted on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from customer_assist.errors import InvalidInput
from customer_assist.evaluation import tuning
from customer_assist.evaluation.runs import Asked, Found, Run
from customer_assist.evaluation.tuning import (
    FEWEST,
    FOLDS,
    REPORTED,
    Candidates,
    Experiment,
    check_unseen,
    fitted,
    grouped,
    keys,
    mark,
    split,
    tune,
)
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.search.fusion import HYBRID, Weights
from customer_assist.search.index import SIGNALS, build
from stand_ins import HashingEmbedder, make_document

THINGS = [
    a + b for a in ("lamp", "chair", "table", "shelf", "rug", "sofa") for b in ("red", "blue", "oak", "big")
]
# What is said of a thing names it; what is asked about it never does, so that the title misleads.
SHOP = [
    make_document(f"d{i:02d}", f"Note {Random(i).choice(THINGS)}", text=f"The {thing} costs {i} euro.")
    for i, thing in enumerate(THINGS)
]
ASKED = [LabelledQuestion(f"price of the {thing}", (f"d{i:02d}",)) for i, thing in enumerate(THINGS)] + [
    LabelledQuestion(f"how much is a {thing}", (f"d{i:02d}",)) for i, thing in enumerate(THINGS)
]


def question(text: str, *documents: str) -> LabelledQuestion:
    return LabelledQuestion(text, documents)


def test_questions_with_a_document_in_common_stay_together() -> None:
    asked = [
        question("1", "a"),
        question("2", "b"),
        question("3", "c"),
        question("4", "a", "b"),
        question("C", "d"),
    ]
    groups = grouped([*asked, question("c")])
    assert sorted(sorted(each.question for each in group) for group in groups) == [
        ["1", "2", "4"],
        ["3"],
        ["C", "c"],
    ]


def test_no_document_is_on_two_sides_of_a_split() -> None:
    sides = [{d for each in part for d in each.documents} for part in split(ASKED)]
    assert len(sides) == 1 + FOLDS and sum(map(len, sides)) == len(set.union(*sides)) == len(SHOP)
    assert len(sides[0]) == round(len(SHOP) * REPORTED)


def test_an_intent_is_a_group_where_no_document_is_known() -> None:
    asked = [LabelledQuestion(f"words {i}", (), f"intent{i % 25}") for i in range(100)]
    sides = [{each.intent for each in part} for part in split(asked)]
    assert sum(map(len, sides)) == len(set.union(*sides)) == 25
    with pytest.raises(InvalidInput, match="3 different documents or intents"):
        split([LabelledQuestion(f"words {i}", (), f"intent{i % 3}") for i in range(100)])


def experiment_of(*gains: float) -> Experiment:
    """With the right document in first place for some questions more, and for others less, than before."""

    def run(name: str, ranks: list[int]) -> Run:
        asked = []
        for i, rank in enumerate(ranks):
            found = tuple(Found(f"d{i}" if at == rank else "other", "", None, 0.0) for at in (1, 2))
            asked.append(Asked(f"q{i}", (f"d{i}",), (), found))
        return Run(name, 1, "corpus", 10, tuple(asked), {})

    before = run("default", [2 if gain > 0 else 1 for gain in gains])
    after = run("tuned", [2 if gain < 0 else 1 for gain in gains])
    return Experiment("hybrid", "stamp", HYBRID, 0.1, {}, before, after, frozenset())


def test_weights_help_only_where_the_gain_is_more_than_chance() -> None:
    assert experiment_of(*[1] * 12, *[0] * 8).helps
    assert not experiment_of(*[1] * 6, *[-1] * 5, *[0] * 9).helps  # better, but who knows
    assert not experiment_of(*[0] * 20).helps
    assert not experiment_of(*[-1] * 12, *[0] * 8).helps
    assert not replace(experiment_of(*[1] * 20), pull=None).helps  # the defaults themselves


def test_what_an_engine_does_not_weigh_stays_without_weight() -> None:
    embedder = HashingEmbedder()
    weights = tune(build(1, SHOP, embedder.encode), ASKED, embedder, engine="dense").weights
    assert weights.word_text == weights.gram_text == weights.late_text == weights.late_document == 0


def test_too_few_questions_are_an_error_that_says_how_many_are_wanted() -> None:
    few = [question(str(i), f"d{i:02d}") for i in range(FEWEST - 1)]
    with pytest.raises(InvalidInput, match=f"at least {FEWEST}"):
        split(few)


def test_evidence_that_misleads_loses_its_weight() -> None:
    """One signal tells the right candidate, one the wrong one, the others are noise."""
    random = np.random.default_rng(0)

    def pool() -> Candidates:
        evidence = random.random((10, len(SIGNALS))) * 0.1
        evidence[0, SIGNALS.index("word_text")] = 0.5
        evidence[1, SIGNALS.index("dense_question")] = 0.9
        return Candidates(evidence, np.arange(10) == 0, tuple(map(str, range(10))))

    weights, pull = fitted([[pool() for _ in range(10)] for _ in range(4)])
    assert pull is not None
    assert weights.word_text > 3 * HYBRID.word_text and weights.dense_question < HYBRID.dense_question / 3
    assert min(weights.array()) >= 0
    assert weights.array().sum() == pytest.approx(HYBRID.array().sum(), abs=0.01)  # scores stay as large


def test_where_the_defaults_are_right_they_stay() -> None:
    evidence = np.zeros((2, len(SIGNALS)))
    evidence[0] = 1
    pool = Candidates(evidence, np.array([True, False]), ("a", "b"))
    assert fitted([[pool] * 5] * 4) == (HYBRID, None)
    assert fitted([[pool], []]) == (HYBRID, None)  # a fold that teaches nothing


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    random = np.random.default_rng(1)
    pools = [
        Candidates(random.random((k, len(SIGNALS))), np.arange(k) % 3 == 0, tuple(map(str, range(k))))
        for k in (4, 7, 5)
    ]
    padded = tuning._Padded.of(pools)
    at = random.random(len(SIGNALS))
    _, gradient = padded.loss(at)
    for i in range(len(SIGNALS)):
        step = np.eye(len(SIGNALS))[i] * 1e-6
        slope = (padded.loss(at + step)[0] - padded.loss(at - step)[0]) / 2e-6
        assert gradient[i] == pytest.approx(slope, abs=1e-5)


def test_an_experiment_reports_on_questions_that_it_was_not_fitted_on() -> None:
    embedder = HashingEmbedder()
    counted: list[tuple[int, int]] = []
    index = build(1, SHOP, embedder.encode)
    experiment = tune(index, ASKED, embedder, progress=lambda done, of: counted.append((done, of)))
    asked = [LabelledQuestion(each.question, each.documents) for each in experiment.after.asked]
    reported = {mark(key) for each in asked for key in keys(each)}
    assert reported and not reported & experiment.fitted_on
    everything = {mark(key) for each in ASKED for key in keys(each)}
    assert reported | experiment.fitted_on == everything
    assert len(asked) == experiment.questions["reported"] and sum(experiment.questions.values()) == len(ASKED)
    assert counted[-1][0] == counted[-1][1] and counted == sorted(counted)
    again = tune(index, list(ASKED), embedder)
    assert again.as_json() == experiment.as_json()


def test_a_saved_experiment_refuses_to_report_on_what_it_was_fitted_on(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    experiment = tune(build(1, SHOP, embedder.encode), ASKED, embedder)
    file = tmp_path / "tuned.json"
    tuning.save(experiment, file)
    weights, fitted_on = tuning.load(file)
    assert weights == experiment.weights
    check_unseen([question(asked.question) for asked in experiment.after.asked], fitted_on)
    seen = next(each for each in ASKED if mark(keys(each)[0]) in fitted_on)
    with pytest.raises(InvalidInput, match="1 of 2 questions"):
        check_unseen([question(f"  {seen.question.upper()}"), question("a new one")], fitted_on)
    with pytest.raises(InvalidInput, match="1 of 1 questions"):
        check_unseen([question("in other words", *seen.documents)], fitted_on)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"weights": {"no_such": 1}, "fitted_on": []}'])
def test_another_file_is_no_experiment(tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    with pytest.raises(InvalidInput, match="no saved experiment"):
        tuning.load(file)
    with pytest.raises(InvalidInput, match="cannot be read"):
        tuning.load(tmp_path / "none.json")
    with pytest.raises(InvalidInput, match="cannot be written"):
        tuning.save(tune(build(1, SHOP, None), ASKED, None, engine="lexical"), tmp_path / "no" / "x.json")


@pytest.mark.parametrize("weight", [-0.1, float("nan"), float("inf"), "1", None])
def test_what_is_no_weight_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="kin"):
        Weights(kin=weight)


def test_an_experiment_is_json() -> None:
    experiment = tune(build(1, SHOP, None), ASKED, None, engine="lexical")
    told = json.loads(json.dumps(experiment.as_json()))
    assert told["engine"] == "lexical" and told["weights"]["dense_text"] == 0
    assert set(told["before"]) == set(told["after"]) >= {"mrr@10", "hit_rate@10", "ci95"}

"""Measures, by hand and against ir_measures."""

from __future__ import annotations

from math import log2

import ir_measures
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from customer_assist.evaluation.measures import (
    hit_rate,
    interval,
    ndcg,
    percentiles,
    reciprocal_rank,
    share_interval,
)

RANKING = ["a", "b", "c", "d", "e"]
IDS = [f"d{i:02}" for i in range(15)]
OURS = {"RR@": reciprocal_rank, "Success@": hit_rate, "nDCG@": ndcg}


@pytest.mark.parametrize(
    ("relevant", "depth", "hit", "rr"),
    [
        ({"a"}, 1, 1, 1),
        ({"c"}, 5, 1, 1 / 3),
        ({"c"}, 2, 0, 0),
        ({"c", "b"}, 5, 1, 1 / 2),
        ({"z"}, 5, 0, 0),
        (set(), 5, 0, 0),
    ],
)
def test_hit_rate_and_reciprocal_rank_by_hand(relevant: set[str], depth: int, hit: float, rr: float) -> None:
    assert hit_rate(RANKING, relevant, depth) == hit
    assert reciprocal_rank(RANKING, relevant, depth) == pytest.approx(rr)


@pytest.mark.parametrize(
    ("relevant", "depth", "expected"),
    [
        ({"a"}, 10, 1.0),
        ({"b"}, 10, 1 / log2(3)),
        ({"b", "d"}, 10, (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))),
        ({"a", "b", "c"}, 2, 1.0),
        ({"e"}, 4, 0.0),
        ({"a", "absent"}, 10, 1 / (1 + 1 / log2(3))),
        (set(), 10, 0.0),
    ],
)
def test_ndcg_by_hand(relevant: set[str], depth: int, expected: float) -> None:
    assert ndcg(RANKING, relevant, depth) == pytest.approx(expected)


def test_an_empty_ranking_has_failed() -> None:
    for measure in OURS.values():
        assert measure([], {"a"}, 10) == 0


@given(st.permutations(IDS), st.sets(st.sampled_from([*IDS, "absent"]), min_size=1), st.integers(0, 15))
def test_all_measures_equal_ir_measures(ranking: list[str], relevant: set[str], length: int) -> None:
    assume(length)  # ir_measures leaves out a query of which nothing was found; ours counts it as failed
    ranking = ranking[:length]
    qrels = [ir_measures.Qrel("q", document, 1) for document in relevant]
    run = [ir_measures.ScoredDoc("q", document, -float(rank)) for rank, document in enumerate(ranking)]
    for depth in (1, 5, 10):
        for name, ours in OURS.items():
            measure = ir_measures.parse_measure(f"{name}{depth}")
            (theirs,) = ir_measures.iter_calc([measure], qrels, run)
            assert ours(ranking, relevant, depth) == pytest.approx(theirs.value), f"{name}{depth}"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_interval_holds_the_mean_and_is_always_the_same(values: list[float]) -> None:
    low, high = interval(values)
    assert low - 1e-9 <= np.mean(values) <= high + 1e-9
    assert interval(values) == (low, high)


def test_the_interval_is_about_that_of_the_normal_distribution() -> None:
    values = [1.0] * 300 + [0.0] * 700
    low, high = interval(values)
    half = 1.96 * (0.3 * 0.7 / 1000) ** 0.5
    assert (low, high) == pytest.approx((0.3 - half, 0.3 + half), abs=0.005)


def test_more_questions_narrow_the_interval() -> None:
    few, many = interval([0.0, 1.0] * 10), interval([0.0, 1.0] * 500)
    assert many[1] - many[0] < few[1] - few[0]


@pytest.mark.parametrize(
    ("yes", "of", "expected"),
    [(5, 10, (0.2366, 0.7634)), (81, 263, (0.2553, 0.3662)), (0, 20, (0.0, 0.1611)), (20, 20, (0.8389, 1.0))],
)  # the second is Newcombe's (1998), for Wilson's method without a correction
def test_the_interval_of_a_share_is_wilsons(yes: int, of: int, expected: tuple[float, float]) -> None:
    assert share_interval(yes, of) == pytest.approx(expected, abs=0.0001)


def test_percentiles_by_hand() -> None:
    assert percentiles([float(i) for i in range(1, 102)]) == {"p50": 51.0, "p95": 96.0, "p99": 100.0}

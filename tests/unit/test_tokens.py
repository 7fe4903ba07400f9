"""Late interaction, against the definition written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_assist.ports import TOKEN_UNIT, TokenVectors
from customer_assist.search.tokens import covered, index_tokens, late_score


def made(pieces: list[int], width: int = 6) -> TokenVectors:
    """Each piece with a vector of its own, the same wherever it stands."""
    rows = np.array([np.random.default_rng(piece).standard_normal(width) for piece in pieces])
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True) if pieces else rows.reshape(0, width)
    return TokenVectors(np.array(pieces, dtype=np.uint16), np.rint(unit * TOKEN_UNIT).astype(np.int8))


texts_strategy = st.lists(st.lists(st.integers(0, 40), max_size=6), min_size=1, max_size=8)


@settings(deadline=None, max_examples=50)
@given(texts_strategy, st.lists(st.integers(0, 40), min_size=1, max_size=5), st.randoms())
def test_a_score_is_the_weighted_mean_of_each_query_tokens_best_match(
    texts: list[list[int]], asked: list[int], random: np.random.Generator
) -> None:
    index, query = index_tokens([made(text) for text in texts]), made(asked)
    rows = sorted(random.sample(range(len(texts)), k=max(1, len(texts) // 2)))
    scores = late_score(index.matches(np.array(rows), query), index.rarity[query.pieces])
    frequency = {piece: sum(piece in text for text in texts) for piece in asked}
    weights = [np.sqrt(np.log1p((len(texts) - frequency[p] + 0.5) / (frequency[p] + 0.5))) for p in asked]
    for row, score in zip(rows, scores, strict=True):
        text = made(texts[row]).matrix.astype(float)
        best = [(text @ q).max(initial=0.0 if not len(text) else -np.inf) for q in query.matrix.astype(float)]
        expected = np.clip(np.dot(best, weights) / sum(weights) / TOKEN_UNIT**2, 0, 1) if len(text) else 0
        assert score == pytest.approx(expected, abs=1e-4)


def test_a_text_with_every_token_of_the_query_scores_one() -> None:
    index = index_tokens([made([5, 6, 7]), made([1, 2])])
    query = made([7, 5])
    scores = late_score(index.matches(np.array([0, 1]), query), index.rarity[query.pieces])
    assert 0.97 < scores[0] <= 1 and scores[1] < 0.9


def test_no_text_and_no_query_score_nothing() -> None:
    index, none = index_tokens([made([]), made([1])]), np.array([], dtype=np.float32)
    assert index.matches(np.array([0]), made([1])).tolist() == [[0]]
    assert index.matches(np.array([0, 1]), made([])).shape == (2, 0)
    assert index_tokens([]).matches(np.array([], dtype=np.int64), made([1])).shape == (0, 1)
    assert late_score(np.zeros((2, 0), dtype=np.float32), none).tolist() == [0, 0]


matches_strategy = st.integers(1, 5).flatmap(
    lambda width: st.tuples(
        st.lists(
            st.lists(st.floats(-1, 1, width=16), min_size=width, max_size=width), min_size=1, max_size=4
        ),
        st.lists(st.floats(0.125, 2, width=16), min_size=width, max_size=width),
    )
)


@settings(deadline=None, max_examples=100)
@given(matches_strategy)
def test_what_is_covered_lies_between_the_worst_and_the_mean_of_each_pieces_best_match(
    made_up: tuple[list[list[float]], list[float]],
) -> None:
    matches, rarity = (np.array(part, dtype=np.float32) for part in made_up)
    best = matches.max(axis=0)
    found = covered(matches, rarity)
    assert max(0.0, best.min()) - 1e-5 <= found <= max(0.0, np.average(best, weights=rarity)) + 1e-5


@settings(deadline=None, max_examples=100)
@given(matches_strategy, st.floats(0, 1, width=16), st.integers(0, 100))
def test_a_better_match_anywhere_never_covers_less(
    made_up: tuple[list[list[float]], list[float]], more: float, which: int
) -> None:
    matches, rarity = (np.array(part, dtype=np.float32) for part in made_up)
    raised = matches.copy()
    place = which % raised.size
    raised.flat[place] = max(raised.flat[place], more)
    assert covered(raised, rarity) >= covered(matches, rarity) - 1e-6


def test_each_piece_may_be_met_by_another_row_and_one_that_none_meets_counts_for_much() -> None:
    even = np.ones(4, dtype=np.float32)
    scattered = np.array([[1, 1, 0, 0], [0, 0, 1, 1]], dtype=np.float32)
    assert covered(scattered, even) == pytest.approx(1)
    missing = np.array([[1, 1, 1, 0]], dtype=np.float32)
    by_hand = -np.log((3 * np.exp(-8) + 1) / 4) / 8
    assert covered(missing, even) == pytest.approx(by_hand)
    assert by_hand < 0.2  # the mean would be 0.75


def test_a_rare_piece_that_none_meets_counts_for_more_than_a_common_one() -> None:
    rarity = np.array([2, 0.5], dtype=np.float32)
    rare, common = np.array([[0, 1]], dtype=np.float32), np.array([[1, 0]], dtype=np.float32)
    assert covered(rare, rarity) < covered(common, rarity)


def test_nothing_asked_and_nothing_there_is_not_covered() -> None:
    assert covered(np.zeros((0, 3), dtype=np.float32), np.ones(3, dtype=np.float32)) == 0
    assert covered(np.zeros((2, 0), dtype=np.float32), np.array([], dtype=np.float32)) == 0

"""How a question lies among subjects: prototypes and a classifier, learned the same every time."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from customer_assist.answering.subjects import MEASURES, SubjectModel, learn

Made = tuple[NDArray[np.float32], NDArray[np.int64]]


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def made(count: int, dimension: int, subjects: int, seed: int = 0) -> Made:
    """`count` unit vectors, each near the middle of its subject; every subject occurs."""
    random = np.random.default_rng(seed)
    numbers = np.concatenate([np.arange(subjects), random.integers(0, subjects, count - subjects)])
    middles = random.normal(0, 1, (subjects, dimension))
    return unit(middles[numbers] + random.normal(0, 0.5, (count, dimension))), numbers


shapes = st.tuples(st.integers(6, 40), st.integers(2, 8), st.integers(1, 6), st.integers(0, 10**6))


@settings(deadline=None, max_examples=40)
@given(shapes)
def test_a_model_has_a_row_for_each_subject_and_is_finite(shape: tuple[int, int, int, int]) -> None:
    count, dimension, subjects, seed = shape
    model = learn(*made(count, dimension, subjects, seed))
    assert model.prototypes.shape == model.weights.shape == (subjects, dimension)
    assert model.bias.shape == (subjects,)
    for part in fields(SubjectModel):
        assert np.isfinite(getattr(model, part.name)).all()
        assert getattr(model, part.name).dtype == np.float32
    assert np.linalg.norm(model.prototypes, axis=1) == pytest.approx(np.ones(subjects), abs=1e-5)


@settings(deadline=None, max_examples=40)
@given(shapes, st.integers(0, 5))
def test_measures_are_finite_and_within_their_bounds(shape: tuple[int, int, int, int], asked: int) -> None:
    count, dimension, subjects, seed = shape
    model = learn(*made(count, dimension, subjects, seed))
    questions = unit(np.random.default_rng(seed + 1).normal(0, 1, (asked, dimension)))
    found = model.measures(questions)
    assert found.shape == (asked, len(MEASURES))
    assert np.isfinite(found).all()
    assert (np.abs(found[:, 0]) <= 1 + 1e-5).all()
    assert (found[:, 1] <= 0).all()
    assert (found[:, 1] >= -np.log(subjects) - 1e-6).all()  # the likeliest of k subjects has at least 1/k


def test_the_measures_are_as_defined() -> None:
    model = learn(*made(30, 5, 3))
    question = unit(np.array([[1.0, 2, 0, -1, 0.5]]))
    logits = (model.weights @ question[0] + model.bias).astype(np.float64)
    expected = [(model.prototypes @ question[0]).max(), np.log(np.exp(logits).max() / np.exp(logits).sum())]
    assert model.measures(question)[0] == pytest.approx(expected, abs=1e-5)


def test_the_same_vectors_give_the_same_model() -> None:
    first, second = (learn(*made(40, 6, 4)) for _ in range(2))
    for part in fields(SubjectModel):
        assert np.array_equal(getattr(first, part.name), getattr(second, part.name))


def test_the_prototype_of_one_text_is_itself_and_that_of_several_their_middle() -> None:
    vectors = unit(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]))
    model = learn(vectors, [0, 1, 1])
    assert model.prototypes[0].tolist() == [1, 0, 0]
    assert model.prototypes[1] == pytest.approx(np.array([0, 0.5**0.5, 0.5**0.5]))


def test_texts_that_cancel_each_other_out_have_a_prototype_near_nothing() -> None:
    model = learn(np.array([[1, 0], [-1, 0], [0, 1]], dtype=np.float32), [0, 0, 1])
    assert model.prototypes[0].tolist() == [0, 0]


def test_one_subject_alone_is_always_clear() -> None:
    model = learn(*made(8, 3, 1))
    assert model.measures(unit(np.eye(3)))[:, 1] == pytest.approx(np.zeros(3), abs=1e-9)


def test_what_was_learned_is_told_apart_and_what_lies_between_is_unclear() -> None:
    vectors, numbers = made(120, 8, 4)
    model = learn(vectors, numbers)
    assert (model.logits(vectors).argmax(axis=1) == numbers).mean() > 0.95
    between = unit(model.prototypes.astype(np.float64).sum(axis=0, keepdims=True))
    assert model.measures(between)[0, 1] < np.quantile(model.measures(vectors)[:, 1], 0.1)


def test_a_subject_with_more_texts_is_the_likelier_one_where_nothing_else_speaks() -> None:
    corners = np.eye(3, dtype=np.float32)
    model = learn(corners[[0] * 9 + [1]], [0] * 9 + [1])
    likely, rare = model.logits(corners[2:])[0]
    assert likely > rare

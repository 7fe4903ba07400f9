"""Questions put together by likeness, and the edge that the knowledge's own ways of asking give."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest

from customer_assist.insights.grouping import fitted_edge, grouped
from customer_assist.insights.likeness import ByMeaning, ByWords
from customer_assist.llm.minilm import MiniLM

WAYS = {
    "refund": [
        "when do i get my money back",
        "is my money back on its way",
        "money back please",
        "money back when",
    ],
    "kettle": [
        "the kettle leaks",
        "water leaks from my kettle",
        "kettle leaks at the lid",
        "my kettle leaks",
    ],
    "voucher": [
        "voucher code is refused",
        "my voucher code fails",
        "voucher code will not work",
        "code of voucher",
    ],
    "visit": [
        "visit the workshop",
        "can we visit your workshop",
        "workshop visit on monday",
        "a workshop visit",
    ],
    "beans": [
        "beans taste bitter",
        "bitter beans",
        "why are the beans so bitter",
        "my beans came out bitter",
    ],
}


class Stepped:
    """Likenesses as a test lays them down: 1 - distance on a line."""

    by = "meaning"

    def between(self, some: Sequence[str], others: Sequence[str]) -> np.ndarray:
        places = [[float(text.split()[-1]) for text in texts] for texts in (some, others)]
        return np.clip(1 - abs(np.subtract.outer(*places)), 0, 1).astype(np.float32)


def line(*places: float) -> np.ndarray:
    texts = [f"at {place}" for place in places]
    return Stepped().between(texts, texts)


def test_what_is_close_is_together_and_what_is_far_apart() -> None:
    numbers = grouped(line(0.0, 0.05, 0.9, 0.1, 0.95), 0.3)
    assert numbers[0] == numbers[1] == numbers[3] != numbers[2] == numbers[4]


def test_a_question_between_two_subjects_does_not_chain_them() -> None:
    numbers = grouped(line(0.0, 0.02, 0.04, 0.3, 0.56, 0.58, 0.6), 0.3)
    assert numbers[0] != numbers[-1]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_question_are_no_trouble(count: int) -> None:
    assert len(grouped(line(*range(count)), 0.3)) == count


def test_the_edge_comes_from_how_far_apart_ways_of_asking_for_one_document_are() -> None:
    def ways(spread: float) -> dict[str, list[str]]:
        return {f"s{n:02d}": [f"at {n + spread * i / 10}" for i in range(8)] for n in range(12)}

    narrow, wide = fitted_edge(ways(0.1), Stepped()), fitted_edge(ways(0.6), Stepped())
    assert narrow < wide < 0.8


def test_with_few_ways_of_asking_the_usual_edge_is_taken() -> None:
    few = {subject: WAYS[subject] for subject in list(WAYS)[:4]}
    assert fitted_edge(few, Stepped()) == fitted_edge({}, Stepped())


def test_by_words_alone_the_subjects_come_out() -> None:
    texts = [way for own in WAYS.values() for way in own]
    likeness = ByWords(texts)
    numbers = grouped(likeness.between(texts, texts), fitted_edge(WAYS, likeness))
    found = [set(numbers[start : start + 4].tolist()) for start in range(0, len(texts), 4)]
    assert all(len(own) == 1 for own in found) and len(set.union(*found)) == len(WAYS)


def test_a_text_is_as_like_itself_as_can_be_and_not_like_one_without_its_words() -> None:
    likeness = ByWords(["the kettle leaks", "voucher"])
    assert likeness.between(["the kettle leaks"], ["the kettle leaks", "voucher", "xyz"])[
        0
    ].tolist() == pytest.approx([1, 0, 0])


def test_by_meaning_other_words_for_the_same_are_closer_than_the_same_words_for_something_else(
    embedder: MiniLM,
) -> None:
    likeness = ByMeaning(embedder)
    asked = "Do you sell capsules for my machine?"
    [[same, other]] = likeness.between(
        [asked], ["are there coffee pods i can buy", "my machine leaks"]
    ).tolist()
    assert same > other


def test_a_vector_is_computed_once(embedder: MiniLM, monkeypatch: pytest.MonkeyPatch) -> None:
    likeness = ByMeaning(embedder)
    first = likeness.between(["tea?"], ["tea?", "coffee?"])
    monkeypatch.setattr(likeness, "_embedder", None)  # would fail if it were asked again
    assert (likeness.between(["tea?"], ["tea?", "coffee?"]) == first).all()


def test_five_thousand_questions_are_grouped_in_seconds() -> None:
    vectors = np.random.default_rng(0).normal(size=(5000, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    likenesses = np.clip(vectors @ vectors.T, 0, 1)
    began = time.thread_time()
    grouped(likenesses, 0.5)
    assert time.thread_time() - began < 20

"""The learned decision to look up: what it may learn from, and what search within a named thing must give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from bench.lookup import Conversation, read_conversations
from bench.retrieval import read_documents

from customer_assist.evaluation.lookup import (
    Seen,
    _ridge,
    f1,
    fit,
    folds,
    grouped_interval,
    out_of_fold,
    seen,
)
from customer_assist.indexing import retriever
from customer_assist.model import Mention, Move, Query, Trace
from customer_assist.search.index import build
from customer_assist.search.things import NamedThings
from stand_ins import HashingEmbedder


def messages(count: int, telling: float, seed: int = 0) -> tuple[Seen, np.ndarray]:
    """Random ones, of which the first measure and one direction of meaning tell which want a look-up."""
    random = np.random.default_rng(seed)
    wants = random.random(count) < 0.4
    measures, meaning = random.normal(size=(count, 4)), random.normal(size=(count, 8)) / 8
    measures[:, 0] += telling * wants
    meaning[:, 0] += telling / 8 * wants
    return Seen(measures, meaning.astype(np.float32)), wants


def test_what_tells_messages_apart_is_learned() -> None:
    learned_from, wanted = messages(200, telling=3)
    others, right = messages(200, telling=3, seed=1)
    assert f1(fit(learned_from, wanted).wants(others), right) > 0.9


def test_the_threshold_does_not_come_from_what_was_fitted() -> None:
    found, wants = messages(60, telling=0)  # nothing to learn: F1 by always looking up is the best there is
    always = f1(np.ones(60, dtype=bool), wants)
    wide = Seen(found.measures, np.random.default_rng(2).normal(size=(60, 400)).astype(np.float32))
    others, right = messages(400, telling=0, seed=3)
    blank = Seen(others.measures, np.random.default_rng(4).normal(size=(400, 400)).astype(np.float32))
    assert f1(fit(wide, wants).wants(blank), right) > always - 0.15


def test_the_same_messages_give_the_same_decision() -> None:
    found, wants = messages(80, telling=1)
    assert (fit(found, wants).scores(found) == fit(found, wants).scores(found)).all()


def test_each_left_out_prediction_is_that_of_a_model_without_the_message() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(20, 30)), np.sign(random.normal(size=20))
    _, _, left_out = _ridge(x, y, 5.0)
    others = np.arange(20) != 7
    weights, bias, _ = _ridge(x[others], y[others], 5.0)
    assert left_out[7] == pytest.approx(x[7] @ weights + bias, abs=1e-9)


def test_one_conversation_is_never_in_two_folds() -> None:
    groups = [f"c{number // 3}" for number in range(60)]
    fold = folds(groups)
    assert {group: set(fold[np.array(groups) == group]) for group in groups} == {
        group: {fold[groups.index(group)]} for group in groups
    }
    assert sorted(np.unique(fold)) == [0, 1, 2, 3, 4]


def test_nothing_is_learned_from_the_messages_own_conversation() -> None:
    """Conversations that look alike inside and whose label is chance: known only to who has seen one of them."""
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 4)
    looks, labels = random.normal(size=(40, 50)), random.random(40) < 0.5
    found = Seen(np.zeros((160, 1)), looks[groups].astype(np.float32))
    wants = labels[groups]
    apart, mixed = folds(groups.tolist()), random.permutation(160) % 5
    accuracy = [float((out_of_fold(found, wants, fold) == wants).mean()) for fold in (apart, mixed)]
    assert accuracy[0] < 0.7 < 0.95 < accuracy[1]


def test_messages_of_one_conversation_say_little_more_than_one() -> None:
    values = np.repeat(np.random.default_rng(0).random(20) < 0.5, 5).astype(float)

    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    alone, together = grouped_interval(range(100), mean), grouped_interval([i // 5 for i in range(100)], mean)
    assert together[1] - together[0] > 1.5 * (alone[1] - alone[0])
    assert grouped_interval(range(100), mean) == alone


@pytest.mark.parametrize(
    ("decided", "right", "figure"),
    [([1, 1, 0, 0], [1, 0, 1, 0], 0.5), ([0, 0], [1, 1], 0.0), ([0, 0], [0, 0], 0.0), ([1, 1], [1, 1], 1.0)],
)
def test_f1_by_hand(decided: list[int], right: list[int], figure: float) -> None:
    assert f1(np.array(decided, dtype=bool), np.array(right, dtype=bool)) == figure


def test_a_message_without_hits_or_one_before_it_is_seen_all_the_same() -> None:
    about = (Mention("entity", "Castle", 0.8),)
    traces = [Trace("x", 1, "hybrid", move=Move.SMALL_TALK), Trace("y", 1, "hybrid", about=about)]
    found = seen([("thanks", ""), ("can I park", "The Castle.")], traces, HashingEmbedder())
    assert found.measures.shape[0] == found.meaning.shape[0] == 2
    assert not found.meaning[0, HashingEmbedder.dimension :].any() and found.meaning[1].any()
    assert found.measures[1, -3:].tolist() == pytest.approx([0.8, 1.0, np.log1p(3)])


def test_past_turns_are_pairs_of_question_and_answer() -> None:
    past = Conversation(("a", "b", "c", "d", "e"), "").past()
    assert [(turn.question, turn.answer) for turn in past] == [("a", "b"), ("c", "d")]


@pytest.mark.slow
def test_in_spoken_conversations_the_business_is_found_and_so_is_its_entry(
    data_file: Callable[[str], Path],
) -> None:
    """By words alone: what must hold on any machine, with room below the figures of the benchmark."""
    documents = read_documents(data_file("dstc10_faq/corpus.jsonl"))
    wanting = [c for c in read_conversations(data_file("dstc10_faq/queries_val.jsonl")) if c.gold]
    entity_of = {str(document.id): document.fields.get("entity") for document in documents}
    things, search = NamedThings(documents), retriever("lexical", build(1, documents, None), None)
    about = [things.about(c.said) for c in wanting]
    named = [
        named[:1] and named[0].value == entity_of[c.gold] for c, named in zip(wanting, about, strict=True)
    ]
    assert np.mean([bool(each) for each in named]) > 0.9
    within, alone = (
        np.mean(
            [
                search.retrieve(query, 1)[0].document.id == c.gold
                for query, c in zip(asked, wanting, strict=True)
            ]
        )
        for asked in (
            [Query(c.said[-1], about=named) for c, named in zip(wanting, about, strict=True)],
            [Query(c.said[-1]) for c in wanting],
        )
    )
    assert alone < 0.1 and within > 0.6

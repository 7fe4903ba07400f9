"""A message made to stand alone by what the customer said before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from customer_assist.dialogue.follow_ups import LOOKED_BACK, Earlier, chosen_topic, earlier, in_context
from customer_assist.dialogue.rewriting import RuleRewriter
from customer_assist.model import (
    Alternative,
    Citation,
    ConversationId,
    DocumentId,
    Guide,
    Move,
    Outcome,
    RecordedTurn,
    TurnId,
)


def turn(
    question: str,
    *,
    query: str = "",
    outcome: Outcome = Outcome.ANSWERED,
    move: Move = Move.QUESTION,
    cited: tuple[str, ...] = (),
    offered: tuple[str, ...] = (),
    guide: Guide | None = None,
) -> RecordedTurn:
    return RecordedTurn(
        id=TurnId("t"),
        conversation_id=ConversationId("c"),
        question=question,
        answer="An answer.",
        outcome=outcome.value,
        answered_by="extractive",
        degraded=False,
        confidence=0.9,
        citations=tuple(Citation(DocumentId(each), each, "quote") for each in cited),
        steps=(),
        alternatives=tuple(Alternative(DocumentId(each), each) for each in offered),
        asked_at=datetime(2026, 3, 1, tzinfo=UTC),
        knowledge_version=1,
        query=query,
        move=move,
        guide=guide,
    )


@pytest.mark.parametrize(
    ("message", "before", "query"),
    [
        ("what about to Norway?", "shipping to France possible?", "shipping to Norway possible"),
        ("and cashmere?", "how do I wash wool", "how do I wash wool cashmere"),
        ("no, I meant the kettle", "how long is the guarantee", "how long is the guarantee the kettle"),
        ("same question for the shade", "how do I clean the lamp?", "how do I clean the lamp for the shade"),
        ("when will they come?", "I ordered two lamps", "when will they come ordered two lamps"),
        ("how much is it", "how do I return a lamp", "how much is it return lamp"),
    ],
)
def test_what_is_left_out_is_put_in(message: str, before: str, query: str) -> None:
    assert in_context(message, Earlier(before, frozenset())) == query


def test_a_word_is_not_put_in_twice() -> None:
    assert (
        in_context("is the lamp in it", Earlier("order the lamp", frozenset())) == "is the lamp in it order"
    )


def test_the_subject_is_what_was_searched_last_not_what_was_typed() -> None:
    past = [
        turn("how do I return a lamp"),
        turn("how much is it", query="how much is it return lamp", cited=("fee",)),
    ]
    before = earlier(past)
    assert before == Earlier("how much is it return lamp", frozenset({"fee"}))


def test_small_talk_and_what_a_person_said_are_no_subject() -> None:
    past = [
        turn("how do I return a lamp"),
        turn("thanks", query="thanks", outcome=Outcome.SMALL_TALK, move=Move.SMALL_TALK),
        turn("", outcome=Outcome.WITH_HUMAN),
    ]
    before = earlier(past)
    assert before is not None and before.question == "how do I return a lamp"


def test_a_guide_that_goes_on_is_the_subject() -> None:
    guide = Guide(DocumentId("descale"), "Descaling the machine", ("Fill it.", "Wait."), 1)
    assert earlier([turn("next", move=Move.NEXT, guide=guide)]) == Earlier(
        "Descaling the machine", frozenset({"descale"})
    )


def test_it_is_not_looked_back_for_ever() -> None:
    chatter = [turn("thanks", outcome=Outcome.SMALL_TALK, move=Move.SMALL_TALK)] * LOOKED_BACK
    assert earlier([turn("how do I return a lamp"), *chatter]) is None


@pytest.mark.parametrize(
    ("message", "title"), [("the second one", "Refunds"), ("1", "Returns"), ("last one please", "Refunds")]
)
def test_one_of_the_topics_offered_is_chosen_by_its_place(message: str, title: str) -> None:
    past = [turn("money?", outcome=Outcome.CLARIFYING, offered=("Returns", "Refunds"))]
    assert chosen_topic(message, past) == title
    assert RuleRewriter().rewrite(message, past).query == title


def test_nothing_is_chosen_where_nothing_was_offered() -> None:
    assert chosen_topic("the second one", [turn("money?", offered=("Returns", "Refunds"))]) is None
    assert (
        chosen_topic("the third one", [turn("money?", outcome=Outcome.CLARIFYING, offered=("A", "B"))])
        is None
    )


def test_what_stands_alone_is_not_touched_by_history() -> None:
    past = [turn("how do I return a lamp", cited=("return",))]
    assert (
        RuleRewriter().rewrite("How do I change my password?", past).query == "How do I change my password?"
    )


def test_without_history_nothing_is_put_in() -> None:
    assert RuleRewriter().rewrite("how much is it", []).query == "how much is it"

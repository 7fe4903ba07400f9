"""What is read of a conversation for the things it names, and the answer to "which one?"."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from customer_assist.dialogue.naming import meant, messages
from customer_assist.model import ConversationId, Mention, Outcome, RecordedTurn, TurnId

CASTLE = (Mention("entity", "Castle Hotel", 1.0, "castle hotel"),)


def turn(question: str, answer: str, outcome: Outcome = Outcome.ANSWERED, query: str = "") -> RecordedTurn:
    return RecordedTurn(
        TurnId("t"), ConversationId("c"), question, answer, outcome.value, "extractive", False, 0.9, (), (), (),
        datetime(2026, 3, 1, tzinfo=UTC), 1, query=query,
    )  # fmt: skip


ASKED_WHICH = turn("can I park", "Which one do you mean: Castle, Mill?", Outcome.CLARIFYING, "Can I park?")


def test_the_customer_and_the_assistant_both_name_things() -> None:
    past = [turn("a room please", "The Castle has one.")]
    assert messages(past, "can I park") == ["a room please", "The Castle has one.", "can I park"]


def test_what_the_assistant_offers_to_choose_from_is_not_yet_spoken_of() -> None:
    assert messages([ASKED_WHICH], "the mill") == ["can I park", "the mill"]


@pytest.mark.parametrize(
    "message", ["castle hotel", "the Castle Hotel please", "um at the castle hotel", "Castle"]
)
def test_a_name_alone_answers_which_one_was_meant(message: str) -> None:
    assert meant(message, [ASKED_WHICH], CASTLE) == "Can I park?"


def test_a_question_beside_the_name_is_asked_itself() -> None:
    message = "is there breakfast at the castle hotel"
    assert meant(message, [ASKED_WHICH], CASTLE) == message


def test_a_name_alone_says_nothing_more_where_nothing_was_asked_back() -> None:
    assert meant("castle hotel", [turn("hello", "Hello.")], CASTLE) == "castle hotel"
    assert meant("castle hotel", [], CASTLE) == "castle hotel"


def test_no_name_is_no_answer_to_which_one() -> None:
    assert meant("yes please", [ASKED_WHICH], ()) == "yes please"

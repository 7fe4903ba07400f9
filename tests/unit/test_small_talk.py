"""Greetings and thanks are met without a search; everything with a request in it is searched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_assist.dialogue.small_talk import small_talk_reply


@pytest.mark.parametrize(
    "message",
    [
        "hi",
        "Hello!",
        "HEY THERE",
        "good morning team",
        "Hi, how are you?",
        "how’s it going",
        "thanks",
        "Thank you so much for your help!!",
        "ok, thanks",
        "bye",
        "Have a nice day :)",
        "great",
        "that helped",
        "are you a robot?",
        "Hi, are you a real person or a bot?",
        "Am I talking to a human?",
        "  hello \n",
        "ok great thank you, bye!",
        "no thanks, that's all",
        "thx so much!!",
        "lovely, thanks for your help",
        "morning",
        "great, it works now. thank you",
        "never mind",
        "have a nice weekend",
    ],
)
def test_small_talk_is_answered(message: str) -> None:
    assert small_talk_reply(message, "")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "?",
        "👍",
        "hi, where is my order?",
        "thanks but it did not work",
        "Can I talk to a human?",
        "are you open on sunday",
        "who are you shipping with",
        "great lamps, do you have more",
        "ok so how do I pay",
        "hello kitty mug",
        "is there a human I can call",
        "bye bye baby blanket",
        "thanks, and how do I return it",
        "ok and now?",
        "thanks for the reply but it's still broken",
        "good beans?",
        "no",
        "yes",
    ],
)
def test_a_request_is_never_taken_for_small_talk(message: str) -> None:
    assert small_talk_reply(message, "") is None


@pytest.mark.parametrize("message", ["hello", "are you a robot?", "are you human", "who are you"])
def test_who_asks_or_greets_is_told_that_no_person_is_speaking(message: str) -> None:
    reply = small_talk_reply(message, "Brindle & Bean")
    assert reply is not None
    assert "automated assistant of Brindle & Bean" in reply


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("hi, thanks", "You are welcome"),
        ("thanks, bye", "Goodbye"),
        ("ok, sorry", "No problem"),
        ("no thanks", "All right"),
    ],
)
def test_of_several_phrases_the_one_that_says_most_is_met(message: str, reply: str) -> None:
    assert (small_talk_reply(message, "") or "").startswith(reply)


def test_without_a_name_none_is_made_up() -> None:
    assert (
        small_talk_reply("hello", "") == "Hello, I am the automated assistant. What would you like to know?"
    )


@pytest.mark.parametrize("piece", ["hi ", "hi, ", "thanks there ", "ok all ", "for the help ", "' , "])
def test_the_longest_message_is_looked_at_in_no_time(piece: str) -> None:
    started = time.perf_counter()
    small_talk_reply((piece * 4000)[:4000] + "x", "")
    assert time.perf_counter() - started < 0.5


@given(st.text(max_size=80))
def test_any_message_gets_a_reply_or_none(message: str) -> None:
    reply = small_talk_reply(message, "Shop")
    assert reply is None or reply.endswith((".", "?"))

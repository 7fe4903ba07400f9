"""A message taken apart into its requests by its form."""

from __future__ import annotations

import time

import pytest

from customer_assist.dialogue.requests import MOST, split


def texts(message: str) -> list[str]:
    return [request.text for request in split(message)]


@pytest.mark.parametrize(
    ("message", "requests"),
    [
        (
            "where is my order and how do I change my address?",
            ["where is my order", "how do I change my address?"],
        ),
        ("Where is my lamp? And can I pay by card?", ["Where is my lamp?", "can I pay by card?"]),
        ("1. do you ship to Malta 2. is there a discount", ["do you ship to Malta", "is there a discount"]),
        ("please cancel my order and delete my account", ["cancel my order", "delete my account"]),
        ("I lost my password, also the lamp flickers", ["I lost my password", "the lamp flickers"]),
        (
            "my lamp flickers. Also where do I find my bill?",
            ["my lamp flickers.", "where do I find my bill?"],
        ),
        (
            "Two questions: do you gift wrap, and do you ship abroad?",
            ["do you gift wrap", "do you ship abroad?"],
        ),
    ],
)
def test_several_requests_are_taken_apart(message: str, requests: list[str]) -> None:
    assert texts(message) == requests


@pytest.mark.parametrize(
    "message",
    [
        "return the lamp and the shade",
        "can I pay by card and PayPal",
        "I bought a lamp and it flickers",
        "I moved house. How do I change my address?",
        "My lamp came yesterday. The box was crushed and the shade is bent. What do I do?",
        "How do I return a lamp?",
        "thanks, and how do I return a lamp?",
        "",
        "and and and",
    ],
)
def test_one_request_stays_whole(message: str) -> None:
    assert split(message) == ()


def test_a_complaint_is_told_from_what_is_asked() -> None:
    assert [request.asked for request in split("I want my money back, also the lamp flickers")] == [
        True,
        False,
    ]


def test_who_asks_for_more_than_can_be_told_apart_is_answered_as_a_whole() -> None:
    message = "? ".join(["How do I return a lamp"] * (MOST + 1)) + "?"
    assert split(message) == ()
    assert len(split("? ".join(["How do I return a lamp"] * MOST) + "?")) == MOST


def test_what_is_told_stays_with_the_request_behind_it() -> None:
    assert texts("Do you gift wrap? And my flat has no bell, how will the courier reach me?") == [
        "Do you gift wrap?",
        "my flat has no bell, how will the courier reach me?",
    ]


@pytest.mark.parametrize("piece", ["and ", "how do i and ", "1. a ", ", also ", "can you please "])
def test_the_longest_message_is_looked_at_in_no_time(piece: str) -> None:
    started = time.perf_counter()
    split((piece * 4000)[:1000])
    split((piece * 4000)[:4000])
    assert time.perf_counter() - started < 0.5

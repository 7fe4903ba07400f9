"""Whether a message leans on the conversation before it, told by its words."""

from __future__ import annotations

import time

import pytest

from customer_assist.dialogue.standing import Standing, points_outside, standing


@pytest.mark.parametrize(
    "message",
    [
        "and for the lamp?",
        "what about Norway",
        "how much is it",
        "ok and do they expire",
        "until when?",
        "why",
        "same question for the shade",
        "no, I meant the table",
        "does that cost anything",
        "how long do I have",
        "thanks! and where do I find it?",
    ],
)
def test_what_points_elsewhere_or_names_nothing_leans(message: str) -> None:
    assert standing(message) is Standing.LEANS


@pytest.mark.parametrize(
    "message",
    [
        "How do I return a lamp?",
        "my lamp flickers, how do I mend it",  # "it" is the lamp
        "is it possible to pay by invoice",  # "it" is nothing
        "are there student discounts on lamps",
        "do you ship lamps this week",
        "that lamp flickers since Monday",
        "cancel subscription",
    ],
)
def test_what_names_its_subject_stands_alone(message: str) -> None:
    assert standing(message) is Standing.ALONE


@pytest.mark.parametrize(
    "message", ["lampshades", "it flickers whenever dimmed at night", "will they fit table lamps"]
)
def test_between_the_two_the_evidence_decides(message: str) -> None:
    assert standing(message) is Standing.UNSURE


def test_that_is_a_pointer_behind_a_verb_and_not_before_its_noun() -> None:
    assert points_outside("is that covered")
    assert not points_outside("does the guarantee include that lampshade")


@pytest.mark.parametrize("piece", ["ok ", "it ", "the the ", "and what about ", "is it "])
def test_the_longest_message_is_looked_at_in_no_time(piece: str) -> None:
    started = time.perf_counter()
    standing((piece * 4000)[:4000])
    assert time.perf_counter() - started < 0.5

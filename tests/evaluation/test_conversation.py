"""What is promised of conversations with the sample business, without a language model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench.conversation import follow_ups, sample_desk, two_requests

from customer_assist.desk import Desk
from customer_assist.llm.minilm import MiniLM

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(embedder: MiniLM) -> Iterator[Desk]:
    """Of a server of its own."""
    with sample_desk() as opened:
        yield opened


def test_seventeen_of_twenty_follow_ups_are_answered_from_the_right_article(desk: Desk) -> None:
    right, of, missed = follow_ups(desk)
    assert (right >= 17, of) == (True, 20), missed


def test_of_twenty_messages_with_two_requests_seventeen_get_both_answers(desk: Desk) -> None:
    right, of, missed = two_requests(desk)
    assert (right >= 17, of) == (True, 20), missed

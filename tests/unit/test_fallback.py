"""One answer, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog.testing

from customer_assist.answering.fallback import FallbackAnswerer
from customer_assist.errors import GeneratorUnavailable
from customer_assist.model import Answer
from customer_assist.ports import Answerer, AnswerRequest

REQUEST = AnswerRequest("Is Mallory Quill's parcel lost?", (), {})


class Saying(Answerer):
    """Yields its items; an error among them is raised."""

    def __init__(self, *items: str | Answer | Exception) -> None:
        self.items = items

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        for item in self.items:
            if isinstance(item, Exception):
                raise item
            yield item


BACKUP = Saying("Approved words.", Answer("Approved words."))
DOWN = GeneratorUnavailable("the server is down")


def test_a_primary_that_answers_is_passed_on_as_it_is() -> None:
    primary = Saying("Good. ", Answer("Good.", answered_by="m"))
    assert list(FallbackAnswerer(primary, BACKUP).stream(REQUEST)) == [
        "Good. ",
        Answer("Good.", answered_by="m"),
    ]


def test_a_primary_that_fails_at_once_gives_way_to_the_backup_and_its_sentences() -> None:
    items = list(FallbackAnswerer(Saying(DOWN), BACKUP).stream(REQUEST))
    degraded = Answer("Approved words.", degraded=True, degraded_because="the server is down")
    assert items == ["Approved words.", degraded]


def test_after_a_shown_sentence_the_backup_gives_its_answer_alone() -> None:
    items = list(FallbackAnswerer(Saying("Good. ", DOWN), BACKUP).stream(REQUEST))
    degraded = Answer("Approved words.", degraded=True, degraded_because="the server is down")
    assert items == ["Good. ", degraded]


def test_a_primary_that_ends_without_an_answer_counts_as_failed() -> None:
    assert list(FallbackAnswerer(Saying(), BACKUP).stream(REQUEST))[-1] == Answer(
        "Approved words.", degraded=True, degraded_because="it ended without an answer"
    )


def test_a_fault_of_another_kind_is_nobodys_to_hide() -> None:
    with pytest.raises(ZeroDivisionError):
        list(FallbackAnswerer(Saying(ZeroDivisionError()), BACKUP).stream(REQUEST))


def test_the_reason_is_logged_and_the_customers_words_are_not() -> None:
    with structlog.testing.capture_logs() as logs:
        list(FallbackAnswerer(Saying(DOWN), BACKUP).stream(REQUEST))
    assert logs == [{"event": "answer_degraded", "reason": "the server is down", "log_level": "warning"}]

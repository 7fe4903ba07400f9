"""Replies kept under an Idempotency-Key, on a real PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from customer_assist.errors import IdempotencyKeyReused, InvalidInput, RequestInProgress
from customer_assist.storage.database import Database
from customer_assist.storage.replies import GIVEN_UP_AFTER, KEPT_FOR, ReplyStore, StoredReply

REQUEST = b"r" * 32
BODY = {"zebra": "é\0\ud800", "answer": 1.10, "list": [None, True]}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> ReplyStore:
    return ReplyStore(database, clock)


def test_a_finished_request_gets_its_first_reply_again_as_it_was(store: ReplyStore) -> None:
    assert store.claim("/question", "k", REQUEST) is None
    store.finish("/question", "k", status=200, body=BODY)
    again = store.claim("/question", "k", REQUEST)
    assert again == StoredReply(200, BODY)
    assert again is not None
    assert list(again.body) == list(BODY)


def test_keys_of_two_endpoints_are_two_keys(store: ReplyStore) -> None:
    assert store.claim("/question", "k", REQUEST) is None
    assert store.claim("/feedback", "k", b"other") is None


def test_of_requests_at_once_one_does_the_work(store: ReplyStore) -> None:
    together = threading.Barrier(6)

    def claim(_: int) -> str:
        together.wait()
        try:
            return "work" if store.claim("/question", "k", REQUEST) is None else "reply"
        except RequestInProgress:
            return "wait"

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(claim, range(6))) == ["wait"] * 5 + ["work"]


def test_a_key_that_comes_with_another_request_is_refused_before_and_after_the_reply(
    store: ReplyStore,
) -> None:
    store.claim("/question", "k", REQUEST)
    with pytest.raises(IdempotencyKeyReused):
        store.claim("/question", "k", b"other")
    store.finish("/question", "k", status=200, body={})
    with pytest.raises(IdempotencyKeyReused):
        store.claim("/question", "k", b"other")


def test_an_abandoned_request_can_be_made_again(store: ReplyStore) -> None:
    store.claim("/question", "k", REQUEST)
    store.abandon("/question", "k")
    assert store.claim("/question", "k", REQUEST) is None


def test_a_reply_is_not_lost_by_abandoning_or_finishing_late(store: ReplyStore) -> None:
    store.claim("/question", "k", REQUEST)
    store.finish("/question", "k", status=200, body={"first": True})
    store.finish("/question", "k", status=500, body={})
    store.abandon("/question", "k")
    assert store.claim("/question", "k", REQUEST) == StoredReply(200, {"first": True})


def test_a_claim_whose_owner_crashed_is_given_to_the_next_after_two_minutes(
    store: ReplyStore, clock: Clock
) -> None:
    store.claim("/question", "k", REQUEST)
    clock.now += GIVEN_UP_AFTER
    with pytest.raises(RequestInProgress):
        store.claim("/question", "k", REQUEST)
    clock.now += timedelta(seconds=1)
    assert store.claim("/question", "k", REQUEST) is None
    with pytest.raises(RequestInProgress):  # it is claimed anew
        store.claim("/question", "k", REQUEST)


def test_replies_are_forgotten_after_a_day(store: ReplyStore, database: Database, clock: Clock) -> None:
    store.claim("/question", "k", REQUEST)
    store.finish("/question", "k", status=200, body={})
    clock.now += KEPT_FOR + timedelta(seconds=1)
    assert store.claim("/question", "another", REQUEST) is None
    with database.connection() as connection:
        assert connection.execute("SELECT key FROM replies").fetchall() == [("another",)]


def test_both_refusals_are_faults_of_the_input(store: ReplyStore) -> None:
    assert issubclass(RequestInProgress, InvalidInput)
    assert {RequestInProgress.code, IdempotencyKeyReused.code} == {
        "request_in_progress",
        "idempotency_key_reused",
    }
    assert store.claim("/question", "odd\0key", REQUEST) is None

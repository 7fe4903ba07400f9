"""The worker: what becomes of a job, whatever its handler does, and how long is waited."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from customer_assist.errors import DeliveryFailed, StorageUnavailable
from customer_assist.storage.database import Database
from customer_assist.storage.jobs import Handler, Job, JobStore, add, job_id
from customer_assist.worker import DONE, FAILED, GIVEN_UP, POSTPONED, Pace, Worker

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return JobStore(database)


@pytest.fixture
def make_worker(jobs: JobStore, database: Database, clock: Clock) -> Callable[..., Worker]:
    """make_worker(mail=handler): with one job of each kind that is due."""

    def make(**handlers: Handler) -> Worker:
        with database.connection() as connection:
            add(connection, [Job(job_id(kind, "1"), kind, {}, NOW, NOW) for kind in handlers])
        return Worker(jobs, handlers, clock, Pace(look=0.01), chance=lambda: 0.5)

    return make


def refuses(refused: bool) -> Handler:
    def handler(job: Job) -> None:
        raise DeliveryFailed("not today", refused=refused)

    return handler


def test_what_is_done_is_done_once(make_worker: Callable[..., Worker], jobs: JobStore) -> None:
    seen: list[str] = []
    worker = make_worker(mail=lambda job: seen.append(job.id))
    assert worker.once() == {DONE: 1}
    assert worker.once() == {}
    assert seen == [job_id("mail", "1")] and jobs.backlog(NOW - DAY) == []


def test_what_fails_is_tried_again_after_longer_and_longer_and_its_reason_is_kept(
    make_worker: Callable[..., Worker], jobs: JobStore, clock: Clock
) -> None:
    worker = make_worker(mail=refuses(False))
    for wait in (5, 10, 20):
        assert worker.once() == {FAILED: 1}
        clock.now += timedelta(seconds=wait - 1)
        assert worker.once() == {}
        clock.now += timedelta(seconds=1)
    [backlog] = jobs.backlog(NOW - DAY)
    assert (backlog.failing, backlog.most_attempts, backlog.failure) == (1, 3, "not today")


def test_what_can_never_be_delivered_is_given_up_and_said(
    make_worker: Callable[..., Worker], jobs: JobStore, clock: Clock
) -> None:
    worker = make_worker(mail=refuses(True))
    with structlog.testing.capture_logs() as logs:
        assert worker.once() == {GIVEN_UP: 1}
    assert [line["log_level"] for line in logs] == ["error"]
    clock.now += 400 * DAY
    assert worker.once() == {}
    assert jobs.backlog(NOW - DAY)[0].given_up == 1


def test_a_handler_that_breaks_is_logged_without_its_words_and_its_job_stays(
    make_worker: Callable[..., Worker], jobs: JobStore
) -> None:
    words = "Ann wrote that her lamp is broken"

    def handler(job: Job) -> None:
        raise KeyError(words)

    with structlog.testing.capture_logs() as logs:
        assert make_worker(mail=handler).once() == {FAILED: 1}
    assert words not in str(logs) and "KeyError" in str(logs)
    assert jobs.backlog(NOW - DAY)[0].failure == "unexpected KeyError"


def test_a_job_that_is_too_early_waits_without_counting(
    make_worker: Callable[..., Worker], jobs: JobStore
) -> None:
    assert make_worker(mail=lambda job: NOW + DAY).once() == {POSTPONED: 1}
    [backlog] = jobs.backlog(NOW - DAY)
    assert (backlog.waiting, backlog.failing) == (1, 0)


def test_what_it_cannot_do_is_left_to_others(make_worker: Callable[..., Worker], jobs: JobStore) -> None:
    make_worker(mail=lambda job: None, judge=lambda job: None)
    worker = make_worker(mail=lambda job: None)
    assert worker.kinds == ("mail",)
    assert worker.once() == {DONE: 1}
    assert [backlog.kind for backlog in jobs.backlog(NOW - DAY)] == ["judge"]


def test_a_short_outage_after_the_work_does_not_have_it_done_twice(
    make_worker: Callable[..., Worker], jobs: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    outages, done = [StorageUnavailable("down"), StorageUnavailable("down")], jobs.done

    def late(ids: list[str], now: datetime) -> None:
        if outages:
            raise outages.pop()
        done(ids, now)

    monkeypatch.setattr(jobs, "done", late)
    assert make_worker(mail=lambda job: None).once() == {DONE: 1}
    assert jobs.backlog(NOW - DAY) == []


def test_running_it_works_until_the_block_ends_and_then_no_more(
    make_worker: Callable[..., Worker], jobs: JobStore, database: Database
) -> None:
    came, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def handler(job: Job) -> None:
        came.set()
        go_on.wait(10)
        ended.set()

    with make_worker(mail=handler).running():
        assert came.wait(10)
        go_on.set()
    assert ended.is_set()  # what was under way was finished
    with database.connection() as connection:
        add(connection, [Job(job_id("mail", "2"), "mail", {}, NOW, NOW)])
    assert not [thread for thread in threading.enumerate() if thread.name == "worker-mail"]
    assert jobs.backlog(NOW - DAY)[0].waiting == 1


def test_without_anything_to_do_there_is_no_thread(jobs: JobStore, clock: Clock) -> None:
    before = threading.active_count()
    with Worker(jobs, {}, clock).running():
        assert threading.active_count() == before


def test_waits_double_to_a_quarter_of_an_hour_then_one_a_day_and_are_spread() -> None:
    pace = Pace()
    waits = [pace.wait(attempts, 0.5).total_seconds() for attempts in range(1, 12)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert pace.wait(100, 0.5).total_seconds() == 900
    assert pace.wait(101, 0.5) == pace.wait(10**6, 0.5) == DAY
    assert pace.wait(1, 0).total_seconds() == 4 and pace.wait(1, 1).total_seconds() == 6
    a_day_of_tries = sum(pace.wait(attempts, 0.5).total_seconds() for attempts in range(1, 101))
    assert 22 < a_day_of_tries / 3600 < 25

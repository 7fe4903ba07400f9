"""Jobs: one worker's at a time, back when that one crashed, and kept with what they belong to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from customer_assist.storage.database import Database
from customer_assist.storage.jobs import Job, JobStore, add, job_id

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
LONG_AGO = NOW - timedelta(days=7)


def make_job(number: int = 0, kind: str = "mail", run_at: datetime = NOW) -> Job:
    return Job(job_id(kind, str(number)), kind, {"handoff_id": str(number)}, NOW, run_at)


@pytest.fixture
def store(any_database: Database) -> JobStore:
    return JobStore(any_database)


@pytest.fixture
def keep(any_database: Database) -> Callable[..., None]:
    def kept(*jobs: Job) -> None:
        with any_database.connection() as connection:
            add(connection, jobs)

    return kept


def test_a_job_comes_back_as_it_was_kept_with_its_attempt_counted(
    store: JobStore, keep: Callable[..., None]
) -> None:
    keep(make_job())
    claimed = store.claim(["mail"], NOW, LEASE)
    assert claimed is not None
    assert (claimed.id, claimed.kind, claimed.payload) == (
        make_job().id,
        "mail",
        {"handoff_id": "0"},
    )
    assert (claimed.created_at, claimed.run_at, claimed.attempts) == (NOW, NOW + LEASE, 1)


def test_the_id_is_the_same_whoever_makes_it_and_another_for_another_kind_or_thing() -> None:
    assert job_id("mail", "1") == job_id("mail", "1")
    assert len({job_id("mail", "1"), job_id("mail", "2"), job_id("hook", "1")}) == 3


def test_a_job_that_is_there_already_is_left_as_it_is(store: JobStore, keep: Callable[..., None]) -> None:
    keep(make_job())
    store.done([make_job().id], NOW)
    keep(make_job())
    assert store.claim(["mail"], NOW, LEASE) is None


def test_a_job_is_gone_with_the_transaction_that_it_belonged_to(
    any_database: Database, store: JobStore
) -> None:
    with pytest.raises(ZeroDivisionError), any_database.connection() as connection:
        add(connection, [make_job()])
        _ = 1 / 0
    assert store.claim(["mail"], NOW, LEASE) is None


def test_a_job_is_nobody_elses_until_its_lease_ends_and_then_anybodys(
    store: JobStore, keep: Callable[..., None]
) -> None:
    keep(make_job())
    assert store.claim(["mail"], NOW, LEASE) is not None
    assert store.claim(["mail"], NOW + LEASE - timedelta(seconds=1), LEASE) is None
    again = store.claim(["mail"], NOW + LEASE, LEASE)
    assert again is not None and (again.id, again.attempts) == (make_job().id, 2)


def test_what_is_due_longest_comes_first_and_what_is_not_due_or_of_another_kind_not_at_all(
    store: JobStore, keep: Callable[..., None]
) -> None:
    second = timedelta(seconds=1)
    keep(
        make_job(1, run_at=NOW - second),
        make_job(2, run_at=NOW - 2 * second),
        make_job(3, run_at=NOW + second),
        make_job(4, kind="judge", run_at=NOW - 3 * second),
    )
    claimed = [store.claim(["mail", "hook"], NOW, LEASE) for _ in range(3)]
    assert [job and job.payload["handoff_id"] for job in claimed] == ["2", "1", None]


def test_many_who_claim_at_once_never_get_the_same_and_do_not_wait_for_each_other(
    store: JobStore, keep: Callable[..., None], any_database: Database
) -> None:
    keep(*(make_job(number) for number in range(60)))
    claimed: list[str] = []

    def work() -> None:
        while (job := store.claim(["mail"], NOW, LEASE)) is not None:
            claimed.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 60
    keep(make_job(100, run_at=NOW - LEASE), make_job(101))
    with any_database.connection() as connection:
        connection.execute("SELECT 1 FROM jobs WHERE id = %s FOR UPDATE", [make_job(100).id])
        job = store.claim(["mail"], NOW, LEASE)  # while another holds the first
    assert job is not None and job.id == make_job(101).id


def test_a_failed_job_is_due_when_it_is_said_to_be_with_its_reason_kept(
    store: JobStore, keep: Callable[..., None]
) -> None:
    keep(make_job())
    claimed = store.claim(["mail"], NOW, LEASE)
    assert claimed is not None
    store.failed(claimed, "nobody there\0", NOW + timedelta(seconds=5))
    assert store.claim(["mail"], NOW + timedelta(seconds=4), LEASE) is None
    [backlog] = store.backlog(LONG_AGO)
    assert (backlog.waiting, backlog.failing, backlog.most_attempts) == (1, 1, 1)
    assert backlog.failure.startswith("nobody there") and backlog.oldest == NOW
    assert store.claim(["mail"], NOW + timedelta(seconds=5), LEASE) is not None


def test_one_that_ran_over_its_lease_does_not_disturb_the_next(
    store: JobStore, keep: Callable[..., None]
) -> None:
    keep(make_job())
    slow = store.claim(["mail"], NOW, LEASE)
    later = NOW + LEASE
    assert slow is not None and store.claim(["mail"], later, LEASE) is not None
    store.failed(slow, "too slow", later)
    store.postponed(slow, later)
    assert store.claim(["mail"], later, LEASE) is None
    store.done([slow.id], later)  # but what it did is done
    assert store.backlog(LONG_AGO) == []


def test_a_postponed_job_was_not_attempted(store: JobStore, keep: Callable[..., None]) -> None:
    keep(make_job())
    claimed = store.claim(["mail"], NOW, LEASE)
    assert claimed is not None
    store.postponed(claimed, NOW + timedelta(seconds=1))
    assert store.claim(["mail"], NOW, LEASE) is None
    again = store.claim(["mail"], NOW + timedelta(seconds=1), LEASE)
    assert again is not None and again.attempts == 1


def test_what_is_given_up_is_not_tried_again_and_shown_for_a_while(
    store: JobStore, keep: Callable[..., None]
) -> None:
    keep(make_job())
    claimed = store.claim(["mail"], NOW, LEASE)
    assert claimed is not None
    store.given_up(claimed, "unknown there", NOW)
    assert store.claim(["mail"], NOW + timedelta(days=400), LEASE) is None
    [backlog] = store.backlog(LONG_AGO)
    assert (backlog.waiting, backlog.given_up, backlog.failure) == (0, 1, "unknown there")
    assert store.backlog(NOW + timedelta(seconds=1)) == []


def test_retry_takes_what_failed_and_leaves_what_is_under_way_or_has_its_time(
    store: JobStore, keep: Callable[..., None]
) -> None:
    keep(make_job(1), make_job(2, run_at=NOW - LEASE), make_job(3, run_at=NOW + LEASE))
    failing = store.claim(["mail"], NOW, LEASE)
    assert failing is not None and failing.id == make_job(2).id
    store.failed(failing, "down", NOW + timedelta(days=1))
    under_way = store.claim(["mail"], NOW, LEASE)
    assert under_way is not None and under_way.id == make_job(1).id
    assert store.retry(["hook"], NOW) == 0
    assert store.retry(["mail"], NOW) == 1
    again = store.claim(["mail"], NOW, LEASE)
    assert again is not None and again.id == failing.id
    assert store.claim(["mail"], NOW, LEASE) is None


def test_an_id_of_no_job_is_done_without_harm(store: JobStore) -> None:
    store.done([str(uuid4())], NOW)
    store.done([], NOW)
    assert store.backlog(LONG_AGO) == []

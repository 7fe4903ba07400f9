"""Work that is done after the answer: kept with what it belongs to, done at least once, given up by nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg.rows import dict_row

from customer_assist.storage.conversations import Connection
from customer_assist.storage.database import Database, storable_json, storable_text

_ADD = """
INSERT INTO jobs (id, kind, payload, created_at, run_at)
VALUES (%(id)s, %(kind)s, %(payload)s, %(created_at)s, %(run_at)s)
ON CONFLICT (id) DO NOTHING
"""
# Two who claim at once: the second passes over the row that the first has locked and takes the next.
_CLAIM = """
UPDATE jobs SET attempts = attempts + 1, run_at = %(until)s, failure = ''
WHERE id = (
    SELECT id FROM jobs WHERE done_at IS NULL AND kind = ANY(%(kinds)s) AND run_at <= %(now)s
    ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id::text, kind, payload, created_at, run_at, attempts
"""
# `attempts` tells whose claim it is: one that ran over its lease must not disturb the next one's.
_FAILED = """
UPDATE jobs SET run_at = %(run_at)s, failure = %(failure)s
WHERE id = %(id)s AND attempts = %(attempts)s AND done_at IS NULL
"""
_POSTPONED = """
UPDATE jobs SET run_at = %(run_at)s, attempts = attempts - 1
WHERE id = %(id)s AND attempts = %(attempts)s AND done_at IS NULL
"""
_DONE = "UPDATE jobs SET done_at = %s, failure = '' WHERE id = ANY(%s) AND done_at IS NULL"
_GIVEN_UP = "UPDATE jobs SET done_at = %s, failure = %s WHERE id = %s AND done_at IS NULL"
_RETRY = """
UPDATE jobs SET run_at = %(now)s
WHERE done_at IS NULL AND failure <> '' AND kind = ANY(%(kinds)s) AND run_at > %(now)s
"""
_BACKLOG = """
SELECT kind,
    count(*) FILTER (WHERE done_at IS NULL) AS waiting,
    count(*) FILTER (WHERE done_at IS NULL AND attempts > 0) AS failing,
    count(*) FILTER (WHERE done_at IS NOT NULL) AS given_up,
    min(created_at) FILTER (WHERE done_at IS NULL) AS oldest,
    coalesce(max(attempts) FILTER (WHERE done_at IS NULL), 0) AS most_attempts,
    coalesce((array_agg(failure ORDER BY created_at DESC) FILTER (WHERE failure <> ''))[1], '') AS failure
FROM jobs WHERE done_at IS NULL OR (failure <> '' AND done_at > %s) GROUP BY kind ORDER BY kind
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. Its payload names what it is about, by ids: nothing that a customer wrote."""

    id: str  # a UUID, the same at every attempt
    kind: str
    payload: Mapping[str, str]
    created_at: datetime
    run_at: datetime  # not before; of a claimed one: when others may take it
    attempts: int = 0  # with the one that is under way


Handler = Callable[[Job], datetime | None]
"""Does a job. None: it is done. A time: it is too early, until then. Raises DeliveryFailed, or whatever it likes."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not done of one kind."""

    kind: str
    waiting: int
    failing: int  # of those, tried at least once
    given_up: int  # lately: the receiver wants none of it, ever
    oldest: datetime | None  # of those that wait
    most_attempts: int
    failure: str  # the latest reason; "" where nothing failed


class JobStore:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, kinds: Sequence[str], now: datetime, lease: timedelta) -> Job | None:
        """The job that is due longest, as the caller's alone until `now + lease`; None: nothing is due.

        If the caller neither ends nor postpones it until then, it is due again: so a crashed worker's come back.
        """
        values = {"kinds": list(kinds), "now": now, "until": now + lease}
        with self._database.connection() as connection:
            row = connection.cursor(row_factory=dict_row).execute(_CLAIM, values).fetchone()
        return None if row is None else Job(**row)

    def done(self, ids: Iterable[str], now: datetime) -> None:
        """They are done, whoever did them; again does nothing."""
        with self._database.connection() as connection:
            connection.execute(_DONE, [now, [UUID(each) for each in ids]])

    def failed(self, job: Job, failure: str, again: datetime) -> None:
        """The claimed job is due at `again`. `failure` says why, without personal data."""
        with self._database.connection() as connection:
            connection.execute(_FAILED, _claimed(job, again) | {"failure": storable_text(failure)})

    def postponed(self, job: Job, again: datetime) -> None:
        """The claimed job's time has not come: due at `again`, and not counted as an attempt."""
        with self._database.connection() as connection:
            connection.execute(_POSTPONED, _claimed(job, again))

    def given_up(self, job: Job, failure: str, now: datetime) -> None:
        """It can never be done: not tried again, and shown as given up."""
        with self._database.connection() as connection:
            connection.execute(_GIVEN_UP, [now, storable_text(failure), UUID(job.id)])

    def retry(self, kinds: Sequence[str], now: datetime) -> int:
        """Everything that failed and waits for its next attempt is due now; how many."""
        with self._database.connection() as connection:
            return connection.execute(_RETRY, {"kinds": list(kinds), "now": now}).rowcount

    def backlog(self, since: datetime) -> list[Backlog]:
        """Of each kind, what waits, and what was given up after `since`; kinds without either are left out."""
        with self._database.connection() as connection:
            rows = connection.cursor(row_factory=dict_row).execute(_BACKLOG, [since]).fetchall()
        return [Backlog(**row) for row in rows]


def add(connection: Connection, jobs: Sequence[Job]) -> None:
    """Within the transaction of what they belong to, so that either both are kept or neither; one whose id is
    there already is left as it is."""
    for job in jobs:
        connection.execute(
            _ADD,
            {
                "id": UUID(job.id),
                "kind": job.kind,
                "payload": storable_json(job.payload),
                "created_at": job.created_at,
                "run_at": job.run_at,
            },
        )


def job_id(kind: str, about: str) -> str:
    """The id of the one job of `kind` about the thing with the id `about`: the same whoever asks, and when."""
    return str(uuid5(NAMESPACE_URL, f"customer-assist:{kind}:{about}"))


def _claimed(job: Job, again: datetime) -> dict[str, object]:
    return {"id": UUID(job.id), "attempts": job.attempts, "run_at": again}

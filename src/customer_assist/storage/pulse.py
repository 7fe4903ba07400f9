"""What those who run the assistant want to know of the database from minute to minute, in one quick query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from customer_assist.storage.database import Database

_QUERY = """
SELECT
    (SELECT version FROM knowledge) AS knowledge_version,
    coalesce((
        SELECT calls FROM model_calls WHERE day = (%(now)s AT TIME ZONE 'UTC')::date AND kind = 'answering'
    ), 0) AS model_calls,
    waiting, taken, longest_wait, due, longest_due, failing, given_up
FROM (
    SELECT
        count(*) FILTER (WHERE status = 'waiting') AS waiting,
        count(*) FILTER (WHERE status = 'taken') AS taken,
        coalesce(extract(epoch FROM %(now)s - min(created_at) FILTER (WHERE status = 'waiting')), 0)::float8
            AS longest_wait
    FROM handoffs WHERE status IN ('waiting', 'taken')
) AS handoff, (
    SELECT
        count(*) FILTER (WHERE run_at <= %(now)s) AS due,
        coalesce(extract(epoch FROM %(now)s - min(run_at) FILTER (WHERE run_at <= %(now)s)), 0)::float8
            AS longest_due,
        count(*) FILTER (WHERE failure <> '' OR attempts > 1) AS failing
    FROM jobs WHERE done_at IS NULL
) AS job, (
    SELECT count(*) AS given_up FROM jobs WHERE failure <> '' AND done_at > %(now)s - interval '24 hours'
) AS lost
"""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds are 0 where nothing waits."""

    knowledge_version: int
    model_calls: int  # today, in UTC
    waiting: int  # handoffs that nobody took yet
    taken: int
    longest_wait: float
    due: int  # jobs that nobody is at work on though their time has come
    longest_due: float
    failing: int  # tried in vain, and to be tried again
    given_up: int  # failed for good within 24 hours


def read_pulse(database: Database, now: datetime) -> Pulse:
    """As it is at `now`, which is aware. Raises StorageUnavailable."""
    with database.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Pulse))
        pulse = cursor.execute(_QUERY.encode(), {"now": now}).fetchone()
    assert pulse is not None, "aggregates have a row"
    return pulse

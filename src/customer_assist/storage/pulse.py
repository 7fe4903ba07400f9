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
    coalesce((
        SELECT calls FROM model_calls WHERE day = (%(now)s AT TIME ZONE 'UTC')::date AND kind = 'judging'
    ), 0) AS judge_calls,
    coalesce((
        SELECT sum(cost) FROM model_costs
        WHERE day = (%(now)s AT TIME ZONE 'UTC')::date
            AND currency = (SELECT currency FROM prices WHERE model = %(model)s)
    ), 0)::float8 AS money,
    waiting, taken, longest_wait, due, longest_due, failing, given_up,
    to_judge, longest_to_judge, not_judged, relevant, partly_relevant, non_relevant
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
    FROM jobs WHERE done_at IS NULL AND kind <> 'judgment'
) AS job, (
    SELECT count(*) AS to_judge, coalesce(extract(epoch FROM %(now)s - min(created_at)), 0)::float8 AS longest_to_judge
    FROM jobs WHERE done_at IS NULL AND kind = 'judgment'
) AS judge, (
    SELECT
        count(*) FILTER (WHERE kind <> 'judgment') AS given_up,
        count(*) FILTER (WHERE kind = 'judgment') AS not_judged
    FROM jobs WHERE failure <> '' AND done_at > %(now)s - interval '24 hours'
) AS lost, (
    SELECT
        count(*) FILTER (WHERE relevance = 'RELEVANT') AS relevant,
        count(*) FILTER (WHERE relevance = 'PARTLY_RELEVANT') AS partly_relevant,
        count(*) FILTER (WHERE relevance = 'NON_RELEVANT') AS non_relevant
    FROM turns WHERE judged_at > %(now)s - interval '24 hours'
) AS judged
"""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds are 0 where nothing waits."""

    knowledge_version: int
    model_calls: int  # for answers, today in UTC
    judge_calls: int
    money: float  # that today's calls cost, in the currency of the model's price
    waiting: int  # handoffs that nobody took yet
    taken: int
    longest_wait: float
    due: int  # jobs, but for judgments, that nobody is at work on though their time has come
    longest_due: float
    failing: int  # tried in vain, and to be tried again
    given_up: int  # failed for good within 24 hours
    to_judge: int  # answers that wait for a judge
    longest_to_judge: float
    not_judged: int  # given up within 24 hours
    relevant: int  # judged so within 24 hours
    partly_relevant: int
    non_relevant: int


def read_pulse(database: Database, now: datetime, model: str = "") -> Pulse:
    """As it is at `now`, which is aware; `model` is the one that answers. Raises StorageUnavailable."""
    with database.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Pulse))
        pulse = cursor.execute(_QUERY.encode(), {"now": now, "model": model}).fetchone()
    assert pulse is not None, "aggregates have a row"
    return pulse

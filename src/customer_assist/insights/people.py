"""Conversations that went to people: how many, why, and how long customers waited for the first word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from customer_assist.insights.channels import Channels
from customer_assist.insights.period import Period
from customer_assist.insights.reading import reading
from customer_assist.insights.turns import Seconds
from customer_assist.model import HUMAN
from customer_assist.storage.database import Database

_OPENED = f"""
SELECT count(*), count(seconds), percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY seconds)
FROM (
    SELECT (
        SELECT extract(epoch FROM min(turns.timestamp) - handoffs.created_at)::float8
        FROM turns
        WHERE turns.conversation_id = handoffs.conversation_id AND turns.handoff_id = handoffs.id
            AND turns.answered_by = '{HUMAN}'
    ) AS seconds
    FROM handoffs
    WHERE created_at >= %(since)s AND created_at < %(until)s AND {{channel}}
) AS waited
"""
_REASONS = """
SELECT reason, count(*) FROM handoffs
WHERE created_at >= %(since)s AND created_at < %(until)s AND {channel}
GROUP BY reason ORDER BY count(*) DESC, reason
"""
_OF_CHANNEL = """
coalesce((
    SELECT {channel} FROM turns
    WHERE turns.conversation_id = handoffs.conversation_id AND answered_by <> %(human)s
    ORDER BY position LIMIT 1
), true)
"""
_NOW = """
SELECT count(*) FILTER (WHERE status = 'waiting'), count(*) FILTER (WHERE status = 'taken'),
    extract(epoch FROM %(now)s - min(created_at) FILTER (WHERE status = 'waiting'))::float8
FROM handoffs WHERE status IN ('waiting', 'taken')
"""


@dataclass(frozen=True, slots=True)
class People:
    opened: int  # in the period
    reasons: Mapping[str, int]  # most first
    replied: int  # of those, that a person has written in
    first_word: Seconds  # of those, from the handover on
    waiting_now: int  # whatever period is looked at, and whatever channel
    taken_now: int
    longest_wait_now: float | None  # seconds; None: nobody waits


def read_people(database: Database, period: Period, channels: Channels, now: datetime) -> People:
    """Raises StorageUnavailable. A handoff whose conversation was not recorded is a customer's."""
    condition = "true" if channels.sql == "true" else _OF_CHANNEL.format(channel=channels.sql)
    values = {"since": period.since, "until": period.until, "now": now, "human": HUMAN, **channels.values}
    with reading(database) as connection:
        opened = connection.execute(_OPENED.format(channel=condition).encode(), values).fetchone()
        reasons = connection.execute(_REASONS.format(channel=condition).encode(), values).fetchall()
        waiting = connection.execute(_NOW, values).fetchone()
    count, replied, seconds = opened or (0, 0, None)
    return People(
        count, dict(reasons), replied, Seconds(*(seconds or (None, None))), *(waiting or (0, 0, None))
    )

"""All that happened in a period, counted: what `GET /stats` gives and the console's Insights page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from customer_assist.asking import DEMO
from customer_assist.insights.articles import Articles, read_articles
from customer_assist.insights.channels import Channels
from customer_assist.insights.cost import Cost, read_cost
from customer_assist.insights.endings import Endings, read_endings
from customer_assist.insights.people import People, read_people
from customer_assist.insights.period import Period
from customer_assist.insights.reading import reading
from customer_assist.insights.turns import (
    Cube,
    Relevance,
    Seconds,
    Thumbs,
    read_cube,
    read_relevance,
    read_seconds,
    read_thumbs,
)
from customer_assist.storage.clocks import ClockReport, check_clocks
from customer_assist.storage.database import Database
from customer_assist.storage.jobs import Backlog, JobStore

_GIVEN_UP_WITHIN = timedelta(days=7)
_LATEST = """
SELECT conversation_id::text, timestamp AS asked_at, question, answer, outcome, answered_by, relevance
FROM turns
WHERE timestamp >= %(since)s AND timestamp < %(until)s AND {channel}
ORDER BY timestamp DESC LIMIT 5
"""
_PRETENDED = f"""
SELECT EXISTS (
    SELECT FROM turns WHERE timestamp >= %(since)s AND timestamp < %(until)s AND channel = '{DEMO}' AND {{channel}}
)
"""


@dataclass(frozen=True, slots=True)
class LatestTurn:
    conversation_id: str
    asked_at: datetime
    question: str
    answer: str
    outcome: str
    answered_by: str
    relevance: str


@dataclass(frozen=True, slots=True)
class Stats:
    period: Period
    channels: Channels
    read_at: datetime
    turns: Cube
    endings: Endings
    thumbs: Thumbs
    seconds: Mapping[str, Seconds]  # by stage
    people: People
    relevance: Relevance
    cost: Cost
    articles: Articles
    backlog: Sequence[Backlog]  # jobs by kind; given up within the last week
    latest: Sequence[LatestTurn]  # five, the newest first
    demo: bool  # pretended customers are among those counted


class Insights:
    """Reads the journal and changes nothing. Every method raises StorageUnavailable."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def stats(self, period: Period, channels: Channels) -> Stats:
        database, now = self._database, self._now()
        turns = read_cube(database, period, channels)
        return Stats(
            period=period,
            channels=channels,
            read_at=now,
            turns=turns,
            endings=read_endings(database, period, channels),
            thumbs=read_thumbs(database, period, channels),
            seconds=read_seconds(database, period, channels),
            people=read_people(database, period, channels, now),
            relevance=read_relevance(database, period, channels),
            cost=read_cost(database, period, channels, turns.conversations),
            articles=read_articles(database, period, channels),
            backlog=JobStore(database).backlog(now - _GIVEN_UP_WITHIN),
            latest=self._latest(period, channels),
            demo=self._pretended(period, channels),
        )

    def _latest(self, period: Period, channels: Channels) -> Sequence[LatestTurn]:
        values = {"since": period.since, "until": period.until, **channels.values}
        with reading(self._database) as connection:
            cursor = connection.cursor(row_factory=class_row(LatestTurn))
            return cursor.execute(_LATEST.format(channel=channels.sql).encode(), values).fetchall()

    def _pretended(self, period: Period, channels: Channels) -> bool:
        values = {"since": period.since, "until": period.until, **channels.values}
        with reading(self._database) as connection:
            row = connection.execute(_PRETENDED.format(channel=channels.sql).encode(), values).fetchone()
        return bool(row and row[0])

    def clocks(self, zone: ZoneInfo) -> ClockReport:
        """The database's clock beside ours."""
        with self._database.connection() as connection:
            return check_clocks(connection, zone, self._now)

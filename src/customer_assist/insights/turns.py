"""What customers wrote, and how it was met: counted by day, by how it ended, by who answered, and how well.

Asked as the panels of the dashboards are (dashboards/customers.py, running.py), so that their figures are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg.rows import class_row

from customer_assist.insights.channels import Channels
from customer_assist.insights.period import Period
from customer_assist.insights.reading import reading
from customer_assist.model import HUMAN, Outcome
from customer_assist.storage.database import Database

# Read from the index turns_figures alone.
_CUBE = """
SELECT day, outcome, answered_by, degraded, first, count(*) AS turns
FROM (
    SELECT (timestamp AT TIME ZONE %(zone)s)::date AS day, outcome, answered_by, degraded, position = 1 AS first
    FROM turns WHERE timestamp >= %(since)s AND timestamp < %(until)s AND ({channel} OR answered_by = %(human)s)
) AS turn
GROUP BY day, outcome, answered_by, degraded, first
"""
# What a judge found, and apart from it what the gate expected (the view tells which).
_RELEVANCE = """
SELECT source, relevance, count(*), avg(estimate)
FROM turn_relevance
WHERE timestamp >= %(since)s AND timestamp < %(until)s AND {channel}
GROUP BY source, relevance ORDER BY count(*) DESC, relevance
"""
STAGES = ("retrieve", "answer", "all")
_SECONDS = f"""
SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY retrieve_time),
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY answer_time),
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY response_time)
FROM turns
WHERE timestamp >= %(since)s AND timestamp < %(until)s AND outcome <> '{Outcome.WITH_HUMAN}' AND {{channel}}
"""
_THUMBS = """
SELECT count(*) FILTER (WHERE feedback > 0), count(*) FILTER (WHERE feedback < 0)
FROM feedback
WHERE timestamp >= %(since)s AND timestamp < %(until)s AND {channel}
"""
_OF_CHANNEL = "EXISTS (SELECT FROM turns WHERE turns.id = feedback.conversation_id::uuid AND {channel})"


@dataclass(frozen=True, slots=True)
class Cell:
    """Turns of one kind on one day of the zone."""

    day: date
    outcome: str
    answered_by: str
    degraded: bool
    first: bool  # of their conversations
    turns: int

    @property
    def by_human(self) -> bool:
        return self.answered_by == HUMAN


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    messages: int  # that customers wrote
    conversations: int  # that began


@dataclass(frozen=True, slots=True)
class Seconds:
    """Half, and 95 of 100, took no longer. None where nothing was answered."""

    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Thumbs:
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Relevance:
    """Of the assistant's answers."""

    judged: Mapping[str, int]  # by what a judge found, most first
    estimated: int  # not judged; the gate has said how probably it answers
    expected: float | None  # share of those that answer, by the gate's estimate; None: there are none
    neither: int  # a guide's next step


@dataclass(frozen=True, slots=True)
class Cube:
    """All turns of a period, those that people of the business wrote among them."""

    cells: Sequence[Cell]
    period: Period

    def by_day(self) -> list[Day]:
        """Every day, also one without a message."""
        messages: Counter[date] = Counter()
        conversations: Counter[date] = Counter()
        for cell in self._asked():
            messages[cell.day] += cell.turns
            conversations[cell.day] += cell.turns if cell.first else 0
        return [Day(day, messages[day], conversations[day]) for day in self.period.days]

    @property
    def messages(self) -> int:
        return sum(cell.turns for cell in self._asked())

    @property
    def conversations(self) -> int:
        return sum(cell.turns for cell in self._asked() if cell.first)

    def by_outcome(self) -> Mapping[str, int]:
        """Every outcome, also one that no message had."""
        counts: Counter[str] = Counter(dict.fromkeys(Outcome, 0))
        for cell in self._asked():
            counts[cell.outcome] += cell.turns
        return {str(outcome): count for outcome, count in counts.items()}

    def by_writer(self) -> Mapping[str, int]:
        """Who answered: a language model by its name, extractive, human; most first."""
        return _counted((cell.answered_by, cell.turns) for cell in self.cells)

    def degraded(self) -> tuple[int, int]:
        """Answers that the language model should have written and could not, of all that the assistant gave."""
        given = [cell for cell in self.cells if cell.outcome != Outcome.WITH_HUMAN]
        return sum(cell.turns for cell in given if cell.degraded), sum(cell.turns for cell in given)

    def _asked(self) -> Iterable[Cell]:
        return (cell for cell in self.cells if not cell.by_human)


def read_cube(database: Database, period: Period, channels: Channels) -> Cube:
    """Raises StorageUnavailable, as all here do."""
    values = _values(period, channels) | {"zone": period.zone.key, "human": HUMAN}
    with reading(database) as connection:
        cursor = connection.cursor(row_factory=class_row(Cell))
        return Cube(cursor.execute(_CUBE.format(channel=channels.sql).encode(), values).fetchall(), period)


def read_relevance(database: Database, period: Period, channels: Channels) -> Relevance:
    with reading(database) as connection:
        query = _RELEVANCE.format(channel=channels.sql)
        rows = connection.execute(query.encode(), _values(period, channels)).fetchall()
    apart = {source: (count, estimate) for source, _, count, estimate in rows if source != "judged"}
    estimated, expected = apart.get("estimated", (0, None))
    return Relevance(
        judged={label: count for source, label, count, _ in rows if source == "judged"},
        estimated=estimated,
        expected=expected,
        neither=apart.get("none", (0, None))[0],
    )


def read_seconds(database: Database, period: Period, channels: Channels) -> Mapping[str, Seconds]:
    """By stage: search, writing, and all of it."""
    with reading(database) as connection:
        query = _SECONDS.format(channel=channels.sql)
        row = connection.execute(query.encode(), _values(period, channels)).fetchone()
    return {stage: Seconds(*(each or (None, None))) for stage, each in zip(STAGES, row or (), strict=True)}


def read_thumbs(database: Database, period: Period, channels: Channels) -> Thumbs:
    """By when they were given; of several on one answer the last counts."""
    condition = "true" if channels.sql == "true" else _OF_CHANNEL.format(channel=channels.sql)
    with reading(database) as connection:
        query = _THUMBS.format(channel=condition)
        row = connection.execute(query.encode(), _values(period, channels)).fetchone()
    return Thumbs(*(row or (0, 0)))


def _values(period: Period, channels: Channels) -> dict[str, object]:
    return {"since": period.since, "until": period.until, **channels.values}


def _counted(pairs: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for name, count in pairs:
        counts[name] += count
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))

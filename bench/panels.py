"""Every panel of the dashboards over 1,000,000 turns, as the account that Grafana uses; a week of them is looked at.

The server is the embedded one with its own settings, in a folder that goes afterwards. Beside the panels the
reference's own queries are run as they stand: their figures must be the panels', whatever they take.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from bench.grafana_macros import TimeRange, expand, seconds
from customer_assist.dashboards.files import DASHBOARDS
from customer_assist.dashboards.panels import Panel
from customer_assist.dashboards.reference import CONVERSATIONS
from customer_assist.storage.database import Database
from customer_assist.storage.embedded import EmbeddedServer, throwaway_home
from customer_assist.storage.migrate import migrate
from customer_assist.storage.reader import Reader, make_reader

TURNS, DAYS = 1_000_000, 90
LIMIT_MS = 200
TIMES = 5  # each query; the median counts
NOW = datetime(2026, 6, 1, tzinfo=UTC)
WEEK = TimeRange(NOW - timedelta(days=7), NOW, "10m")  # what Grafana takes for a panel of a thousand points
READER = Reader("bench_reader", "only for this bench")

# The reference's dashboard and text, word for word but for `response`, which its table calls so.
_AS_SEEN = "timestamp BETWEEN $__timeFrom() AND $__timeTo()"
REFERENCE = {
    "Last 5 Conversations": f"SELECT timestamp AS time, question, response, relevance FROM conversations "
    f"WHERE {_AS_SEEN} ORDER BY timestamp DESC LIMIT 5",
    "+1/-1": "SELECT SUM(CASE WHEN feedback > 0 THEN 1 ELSE 0 END) as thumbs_up, "
    f"SUM(CASE WHEN feedback < 0 THEN 1 ELSE 0 END) as thumbs_down FROM feedback WHERE {_AS_SEEN}",
    "Relevancy": f"SELECT relevance, COUNT(*) as count FROM conversations WHERE {_AS_SEEN} GROUP BY relevance",
    "Tokens": "SELECT timestamp AS time, total_tokens FROM conversations ORDER BY timestamp",
    "Model Used": f"SELECT model_used, COUNT(*) as count FROM conversations WHERE {_AS_SEEN} GROUP BY model_used",
    "Response time": "SELECT timestamp AS time, response_time FROM conversations ORDER BY timestamp",
}

_FILL_TURNS = """
INSERT INTO turns (
    id, conversation_id, position, timestamp, question, answer, outcome, answered_by, degraded, confidence,
    citations, steps, alternatives, trace, knowledge_version, channel, locale, customer_ref,
    response_time, retrieve_time, answer_time, prompt_tokens, completion_tokens, total_tokens, relevance, judged_by,
    eval_prompt_tokens, eval_completion_tokens, eval_total_tokens
)
SELECT
    md5('turn' || n)::uuid, md5('turn' || n - n %% 2)::uuid, 1 + n %% 2,
    %(now)s::timestamptz - (%(turns)s - n) * (%(days)s * interval '1 day' / %(turns)s),
    'How do I return order ' || n || ', which came on Tuesday with a broken lid?',
    repeat('Send it back within thirty days; the label is in the parcel. ', 5),
    CASE WHEN n %% 10 = 3 THEN 'abstained' WHEN n %% 10 = 4 THEN 'clarifying' WHEN n %% 100 = 5 THEN 'handed_off'
        WHEN n %% 100 IN (6, 7) THEN 'with_human' ELSE 'answered' END,
    CASE WHEN n %% 100 = 7 THEN 'human' WHEN n %% 3 = 0 THEN 'gpt-4o-mini' ELSE 'extractive' END,
    n %% 50 = 0, 0.5, '[{"document_id": "return", "title": "Returns", "quote": "within thirty days"}]', '[]', '[]',
    jsonb_build_object('query', 'return order ' || n, 'engine', 'hybrid', 'hits', repeat(md5(n::text), 20)),
    1, CASE WHEN n %% 4 = 0 THEN 'api' ELSE 'chat' END, 'en', '',
    0.02 + (n * 7919 %% 1000) / 500.0, 0.01 + (n * 104729 %% 1000) / 20000.0, 0.01 + (n * 7919 %% 1000) / 600.0,
    CASE WHEN n %% 3 = 0 THEN 900 + n %% 300 ELSE 0 END, CASE WHEN n %% 3 = 0 THEN 80 + n %% 60 ELSE 0 END,
    CASE WHEN n %% 3 = 0 THEN 980 + n %% 300 + n %% 60 ELSE 0 END,
    CASE WHEN n %% 20 = 0 THEN 'RELEVANT' WHEN n %% 20 = 1 THEN 'PARTLY_RELEVANT' WHEN n %% 20 = 2 THEN 'NON_RELEVANT'
        ELSE 'UNKNOWN' END,
    CASE WHEN n %% 20 < 3 THEN 'gpt-4o-mini' ELSE '' END, CASE WHEN n %% 20 < 3 THEN 700 + n %% 200 ELSE 0 END,
    CASE WHEN n %% 20 < 3 THEN 40 ELSE 0 END, CASE WHEN n %% 20 < 3 THEN 740 + n %% 200 ELSE 0 END
FROM generate_series(1, %(turns)s::bigint) AS n
"""
_FILL_REST = (
    """
    INSERT INTO ratings (turn_id, conversation_id, value, timestamp)
    SELECT id, conversation_id, CASE WHEN total_tokens %% 4 = 1 THEN -1 ELSE 1 END, timestamp + interval '1 minute'
    FROM turns WHERE ('x' || left(id::text, 2))::bit(8)::int < 51 ORDER BY timestamp
    """,
    """
    INSERT INTO ratings (turn_id, conversation_id, value, timestamp)
    SELECT turn_id, conversation_id, -value, timestamp + interval '1 minute' FROM ratings WHERE id %% 20 = 0
    """,
    """
    INSERT INTO handoffs (
        id, conversation_id, reason, detail, summary, transcript, message, email, customer_ref, status, created_at
    )
    SELECT md5('handoff' || id)::uuid, conversation_id, 'customer_wish', '', '', '[]', '', '', '',
        CASE WHEN timestamp > %(now)s::timestamptz - interval '1 hour' THEN 'waiting' ELSE 'resolved' END, timestamp
    FROM turns WHERE outcome = 'handed_off'
    """,
    """
    UPDATE turns SET handoff_id = handoffs.id FROM handoffs
    WHERE turns.conversation_id = handoffs.conversation_id AND turns.answered_by = 'human'
    """,
    """
    INSERT INTO jobs (id, kind, payload, created_at, run_at, attempts, done_at)
    SELECT id, 'email', '{}', created_at, created_at, 1,
        CASE WHEN status = 'resolved' THEN created_at + interval '5 seconds' END
    FROM handoffs
    """,
    "INSERT INTO prices VALUES ('gpt-4o-mini', 1, 2, 'EUR')",  # a round figure, nobody's price
    "INSERT INTO model_calls SELECT (%(now)s::timestamptz)::date - n, 400 FROM generate_series(0, 89) AS n",
)


def run(_data: Path) -> dict[str, object]:
    """Ends with status 1 where a panel takes longer than LIMIT_MS, or its figures are not the reference's."""
    with throwaway_home() as home, EmbeddedServer(home) as endpoint:
        database = Database(endpoint.conninfo).open()
        try:
            migrate(database)
            filled = fill(endpoint.conninfo)
            make_reader(database, READER)
        finally:
            database.close()
        with psycopg.connect(
            endpoint.conninfo, user=READER.user, password=READER.password, autocommit=True
        ) as connection:
            return {"turns": TURNS, "days": DAYS, "fill_seconds": filled, **_measure(connection)}


def fill(conninfo: str) -> float:
    started = time.perf_counter()
    values = {"now": NOW, "turns": TURNS, "days": DAYS}
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        for statement in (_FILL_TURNS, *_FILL_REST):
            connection.execute(statement.encode(), values)
        connection.execute("VACUUM ANALYZE")  # as the server does by itself, a minute after so many rows
        [size] = connection.execute("SELECT pg_size_pretty(pg_total_relation_size('turns'))").fetchone() or [
            ""
        ]
    seconds = round(time.perf_counter() - started, 1)
    print(f"filled in {seconds} s: {TURNS} turns of {DAYS} days, {size} with indexes", flush=True)
    return seconds


def _measure(connection: psycopg.Connection[TupleRow]) -> dict[str, object]:
    figures: dict[str, object] = {}
    for dashboard in DASHBOARDS:
        taken = {
            panel.title: _timed(connection, expand(panel.sql, seen_by(panel)))[0]
            for panel in dashboard.panels
        }
        figures[dashboard.uid] = taken
        for title, ms in taken.items():
            print(f"{ms:7.1f} ms  {title}")
    slow = [
        f"{title} {ms} ms"
        for dashboard in DASHBOARDS
        for title, ms in dict(figures[dashboard.uid]).items()  # type: ignore[call-overload]
        if ms > LIMIT_MS
    ]
    figures["reference"] = _reference(connection)
    if slow:
        raise SystemExit(f"slower than {LIMIT_MS} ms: {', '.join(slow)}")
    return figures


def seen_by(panel: Panel) -> TimeRange:
    """The week, in points no closer than the panel has them."""
    return replace(WEEK, interval=max(WEEK.interval, panel.interval or WEEK.interval, key=seconds))


def _reference(connection: psycopg.Connection[TupleRow]) -> dict[str, float]:
    taken: dict[str, float] = {}
    for panel in CONVERSATIONS.panels:
        ms, rows = _timed(connection, expand(REFERENCE[panel.title], WEEK), times=1)
        _, ours = _timed(connection, expand(panel.sql, WEEK), times=1)
        if panel.title in ("Tokens", "Response time"):
            rows = averages(rows, WEEK)
        same = comparable(rows) == comparable(ours)
        print(f"{ms:7.1f} ms  the reference's {panel.title}: {'the same' if same else 'OTHER FIGURES'}")
        if not same:
            raise SystemExit(f"{panel.title}: the reference's query gives other figures")
        taken[panel.title] = ms
    return taken


def averages(rows: Sequence[TupleRow], seen: TimeRange) -> list[TupleRow]:
    """What the rows of single conversations come to for each interval of the time that is looked at."""
    size = seconds(seen.interval)
    points: dict[float, list[float]] = {}
    for moment, value in rows:
        if seen.since <= moment <= seen.until:
            points.setdefault(moment.timestamp() // size * size, []).append(float(value))
    return [(point, statistics.fmean(values)) for point, values in sorted(points.items())]


def comparable(rows: Sequence[TupleRow]) -> list[tuple[object, ...]]:
    """In an order of their own, with numbers of one kind, to nine digits."""
    plain = [
        tuple(
            value if isinstance(value, str | datetime) else float(f"{float(value or 0):.9g}") for value in row
        )
        for row in rows
    ]
    return sorted(plain, key=repr)


def _timed(
    connection: psycopg.Connection[TupleRow], query: str, times: int = TIMES
) -> tuple[float, list[TupleRow]]:
    """Milliseconds from asking to having all rows, the median; and the rows."""
    taken, rows = [], []
    for _ in range(times):
        started = time.perf_counter()
        rows = connection.execute(query.encode()).fetchall()
        taken.append(1000 * (time.perf_counter() - started))
    return round(statistics.median(taken), 1), rows

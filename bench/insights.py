"""Every figure of `GET /stats` over 1,000,000 turns of 90 days; a week of them is looked at.

The turns are those of the panels' benchmark, with thanks and changes of subject among the week's conversations: only
these make the texts be read. Beside the wall clock the processor time is told, of the database's process and ours
together: on a machine that does other things, too, it alone can be compared.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from bench.panels import DAYS, LIMIT_MS, NOW, TURNS, fill
from customer_assist.insights.articles import read_articles
from customer_assist.insights.channels import Channels
from customer_assist.insights.cost import read_cost
from customer_assist.insights.endings import read_endings
from customer_assist.insights.people import read_people
from customer_assist.insights.period import Period
from customer_assist.insights.stats import Insights
from customer_assist.insights.turns import read_cube, read_relevance, read_seconds, read_thumbs
from customer_assist.storage.database import Database
from customer_assist.storage.embedded import EmbeddedServer, throwaway_home
from customer_assist.storage.jobs import JobStore
from customer_assist.storage.migrate import migrate

TIMES = 5
WEEK = Period(NOW - timedelta(days=7), NOW, ZoneInfo("Europe/Berlin"))
# Of the conversations' second messages a tenth says thanks, a tenth is about something else.
_TALK = """
UPDATE turns SET outcome = 'small_talk', move = 'small_talk', question = 'Thanks, that helped!', citations = '[]'
WHERE timestamp >= %(since)s AND position = 2 AND left(conversation_id::text, 1) = '0' AND outcome = 'answered'
"""
_OTHER = """
UPDATE turns SET question = 'When does the shop in Galway open on day ' || extract(day FROM timestamp) || '?',
    citations = '[{"document_id": "hours", "title": "Hours", "quote": "nine"}]'
WHERE timestamp >= %(since)s AND position = 2 AND left(conversation_id::text, 1) = '1' AND outcome = 'answered'
"""


def run(_data: Path) -> dict[str, object]:
    """Prints and returns milliseconds by figure, for all channels and for customers' alone."""
    with throwaway_home() as home, EmbeddedServer(home) as endpoint:
        database = Database(endpoint.conninfo, max_size=1).open()
        try:
            migrate(database)
            fill(endpoint.conninfo)
            with psycopg.connect(endpoint.conninfo, autocommit=True) as connection:
                connection.execute(_TALK, {"since": WEEK.since})
                connection.execute(_OTHER, {"since": WEEK.since})
                connection.execute("VACUUM ANALYZE turns")
            return {"turns": TURNS, "days": DAYS, **measure(database)}
        finally:
            database.close()


def measure(database: Database) -> dict[str, object]:
    """`database` has one connection, so that its process is known."""
    with database.connection() as connection:
        [process] = connection.execute("SELECT pg_backend_pid()").fetchone() or [0]
    found: dict[str, object] = {}
    for name in ("all", "customers"):
        channels = Channels(name)
        figures: dict[str, Callable[[], object]] = {
            "messages by day, outcome, writer": partial(read_cube, database, WEEK, channels),
            "what came of conversations": partial(read_endings, database, WEEK, channels),
            "thumbs": partial(read_thumbs, database, WEEK, channels),
            "relevance": partial(read_relevance, database, WEEK, channels),
            "seconds by stage": partial(read_seconds, database, WEEK, channels),
            "people": partial(read_people, database, WEEK, channels, NOW),
            "cost": partial(read_cost, database, WEEK, channels, 1),
            "articles": partial(read_articles, database, WEEK, channels),
            "backlog": partial(JobStore(database).backlog, NOW),
            "all of /stats": partial(Insights(database, lambda: NOW).stats, WEEK, channels),
        }
        taken = {title: timed(figure, int(process)) for title, figure in figures.items()}
        found[name] = taken
        for title, (wall, processor) in taken.items():
            mark = " *" if processor > LIMIT_MS else ""
            print(f"{wall:7.1f} ms, {processor:7.1f} ms of processor  {title} ({name}){mark}", flush=True)
    return found


def timed(figure: Callable[[], object], process: int) -> tuple[float, float]:
    """Medians of TIMES: by the clock on the wall, and by the processor."""
    walls, processors = [], []
    for _ in range(TIMES):
        started, used = time.perf_counter(), _used(process)
        figure()
        walls.append(1000 * (time.perf_counter() - started))
        processors.append(1000 * (_used(process) - used))
    return round(statistics.median(walls), 1), round(statistics.median(processors), 1)


def _used(process: int) -> float:
    """Seconds of processor time, of the database's process and of this one (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    of_database = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return of_database + time.process_time()

"""Pretended customers, and being rid of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bench.grafana_macros import TimeRange, expand
from program import Command, is_one_line

from customer_assist.bootstrap import open_assistant, open_database
from customer_assist.config import load_settings
from customer_assist.dashboards.files import DASHBOARDS
from customer_assist.desk import Ask
from customer_assist.sample_traffic import MODEL
from customer_assist.storage.database import Database

# What is kept of real calls and notices is not pretended: a budget and an outbox hang on it.
NOT_PRETENDED = {
    "Model calls by day",
    "Model calls today",
    "Models without a price",
    "Notices and other jobs that are not done",
    "Given up",
}


@pytest.fixture
def played(command: Command, loaded: Path) -> dict[str, int]:
    result = command("demo-traffic", "--conversations", "120", "--json")
    assert result.status == 0, result.err
    counts: dict[str, int] = json.loads(result.out)
    return counts


@contextmanager
def opened() -> Iterator[Database]:
    with open_database(load_settings()) as database:
        yield database


def rows(query: str) -> list[tuple[object, ...]]:
    with opened() as database, database.connection() as connection:
        return connection.execute(query.encode()).fetchall()


def test_sample_traffic_is_marked_and_lies_in_the_days_that_were_asked_for(played: dict[str, int]) -> None:
    assert played["conversations"] == 120 < played["turns"]
    assert played["handoffs"] > 0
    now = datetime.now(UTC)
    for channel, timestamp in rows("SELECT channel, timestamp FROM turns"):
        assert channel in ("demo", "human")  # what a person replied
        assert isinstance(timestamp, datetime) and now - timedelta(days=7, minutes=5) < timestamp <= now


def test_every_panel_has_something_to_show(played: dict[str, int]) -> None:
    now = datetime.now(UTC)
    seen = TimeRange(now - timedelta(days=7), now)
    empty = set()
    with opened() as database, database.connection() as connection:
        for panel in (panel for dashboard in DASHBOARDS for panel in dashboard.panels):
            if not connection.execute(expand(panel.sql, seen).encode()).fetchall():
                empty.add(panel.title)
    assert empty <= NOT_PRETENDED


def test_nobody_is_sent_a_notice(command: Command, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMER_ASSIST_WEBHOOK_URL", "http://127.0.0.1:9/hook")
    monkeypatch.setenv("CUSTOMER_ASSIST_WEBHOOK_SECRET", "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert command("demo-traffic", "--conversations", "40").status == 0
    assert rows("SELECT 1 FROM handoffs")
    assert rows("SELECT kind FROM jobs") == []


def test_remove_takes_all_of_it_and_nothing_else(played: dict[str, int], command: Command) -> None:
    with open_assistant(load_settings()) as assistant:
        real = assistant.desk.ask(Ask("I want a human please"))
        assistant.desk.rate(real.conversation_id, 1)
    assert command("demo-traffic", "--remove").status == 0
    assert rows("SELECT conversation_id::text FROM turns") == [(real.conversation_id,)]
    assert rows("SELECT conversation_id::text FROM handoffs") == [(real.conversation_id,)]
    assert rows("SELECT value FROM ratings") == [(1,)]
    assert rows("SELECT model FROM prices") == []


def test_played_again_it_replaces_what_was_there(played: dict[str, int], command: Command) -> None:
    assert command("demo-traffic", "--conversations", "5").status == 0
    assert rows("SELECT count(DISTINCT conversation_id) FROM turns") == [(5,)]


def test_pretended_ratings_are_not_learned_from(played: dict[str, int]) -> None:
    assert rows("SELECT 1 FROM ratings WHERE value = 1")
    with open_assistant(load_settings()) as assistant:
        assert assistant.journal.helped() == []


def test_pretended_answers_carry_the_name_of_no_real_model(played: dict[str, int]) -> None:
    names = {row[0] for row in rows("SELECT DISTINCT answered_by FROM turns")}
    assert names == {"extractive", MODEL, "human"}


def test_without_knowledge_there_is_nothing_to_ask(command: Command) -> None:
    result = command("demo-traffic")
    assert result.status == 1 and is_one_line(result.err)


def test_so_many_days_back_is_a_usage_error(command: Command) -> None:
    assert command("demo-traffic", "--days", "0").status == 2

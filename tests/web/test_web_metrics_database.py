"""GET /metrics: what is read of the database at that moment, and what is shown when it is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from customer_assist.bootstrap import Assistant
from customer_assist.model import ConversationId, Handoff, HandoffReason, HandoffStatus
from customer_assist.signals import names
from customer_assist.signals.state import PATIENCE
from customer_assist.storage.database import Database
from customer_assist.web.app import create_app
from web.readings import Readings

ANSWERED = {"question": "Can I return opened coffee?"}


def test_what_waits_in_the_database_is_shown(empty: Assistant) -> None:
    now = datetime.now(UTC)
    handoffs = [
        make_handoff(now - timedelta(minutes=minutes), status)
        for minutes, status in ((5, "waiting"), (50, "waiting"), (90, "taken"), (200, "resolved"))
    ]
    for handoff in handoffs:
        empty.handoffs.open(handoff)
    with empty.database.connection() as connection:
        for handoff in handoffs:
            connection.execute("UPDATE handoffs SET status = %s WHERE id = %s", [handoff.detail, handoff.id])
        connection.execute("DELETE FROM jobs")
        for run_at, done, attempts, failure in (
            (now - timedelta(minutes=7), None, 0, ""),
            (now - timedelta(minutes=2), None, 3, "no server"),
            (now + timedelta(minutes=2), None, 1, ""),  # under way, for the first time
            (now + timedelta(minutes=9), None, 2, ""),  # under way again
            (now - timedelta(hours=2), now - timedelta(hours=1), 1, ""),
            (now - timedelta(hours=2), now - timedelta(hours=1), 1, "no such address"),
            (now - timedelta(hours=90), now - timedelta(hours=80), 1, "no such address"),
        ):
            connection.execute(
                "INSERT INTO jobs (id, kind, payload, created_at, run_at, done_at, attempts, failure)"
                " VALUES (%s, 'notice', '{}', %s, %s, %s, %s, %s)",
                [uuid4(), now, run_at, done, attempts, failure],
            )
    shown = Readings(create_app(empty).test_client())
    assert shown.of("database_up") == 1
    assert shown.of("handoffs_open", status="waiting") == 2 and shown.of("handoffs_open", status="taken") == 1
    assert shown.of("handoffs_longest_wait_seconds") == pytest.approx(50 * 60, abs=20)
    assert (shown.of("jobs_due"), shown.of("jobs_failing"), shown.of("jobs_given_up")) == (2, 2, 1)
    assert shown.of("jobs_longest_due_seconds") == pytest.approx(7 * 60, abs=20)


def test_the_knowledge_is_the_one_that_is_answered_from(empty: Assistant, sample: Path) -> None:
    client = create_app(empty).test_client()
    assert Readings(client).of("knowledge_documents") is None  # nothing was looked at yet
    client.get("/meta").get_data()
    assert Readings(client).of("knowledge_documents") == 0
    empty.ingest(sample)
    before = Readings(create_app(empty).test_client())
    assert (before.of("knowledge_version") or 0) < (before.of("knowledge_version_stored") or 0)
    client.get("/meta").get_data()
    after = Readings(client)
    assert after.of("knowledge_documents") == empty.documents.count() > 0
    assert after.of("knowledge_version") == before.of("knowledge_version_stored")


def test_in_an_outage_the_metrics_are_shown_and_turns_that_are_not_logged_counted(
    empty: Assistant, sample: Path, outage: Callable[[], None]
) -> None:
    empty.ingest(sample)
    client = create_app(empty).test_client()
    assert client.post("/question", json=ANSWERED).get_json()["logged"] is True
    outage()
    assert client.post("/question", json=ANSWERED).get_json()["logged"] is False
    started = time.monotonic()
    shown = Readings(client)
    assert time.monotonic() - started < PATIENCE + 1
    assert shown.of("database_up") == 0
    assert not {name for name, _ in shown} & {
        signal.name.removeprefix(names.PREFIX) for signal in names.ASKED if signal is not names.DATABASE_UP
    }
    assert shown.of("turns_not_logged_total") == 1
    assert shown.of("turns_total", outcome="answered", answered_by="extracted", degraded="false") == 2


def test_a_pool_that_is_used_up_holds_nobody_up_who_asks_for_the_metrics(
    empty: Assistant, database: Database
) -> None:
    client = create_app(empty).test_client()
    with ExitStack() as held:
        for _ in range(10):
            held.enter_context(database.connection())
        started = time.monotonic()
        shown = Readings(client)
        assert PATIENCE <= time.monotonic() - started < PATIENCE + 1
        assert shown.of("database_up") == 0
        assert shown.of("database_connections", state="in_use") == shown.of("database_connections_max") == 10
        assert shown.of("database_waiting") in (0, 1)  # read before or after ours asked for one
    assert Readings(create_app(empty).test_client()).of("database_up") == 1


def make_handoff(created_at: datetime, status: str) -> Handoff:
    """The status stands in `detail`, to be set afterwards: all are opened as waiting."""
    return Handoff(
        id=str(uuid4()),
        conversation_id=ConversationId(str(uuid4())),
        reason=HandoffReason.WISH,
        detail=status,
        summary="",
        message="",
        email="",
        customer_ref="",
        status=HandoffStatus.WAITING,
        created_at=created_at,
    )

"""The table of metrics, and what is read of the database without ever waiting for it."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from customer_assist.errors import StorageUnavailable
from customer_assist.signals.names import COUNTER, HISTOGRAM, SIGNALS
from customer_assist.signals.state import RecentPulse
from customer_assist.storage.database import Database
from customer_assist.storage.pulse import Pulse, read_pulse
from fakes import HandClock, seconds_of

ROOT = Path(__file__).resolve().parents[2]
NOTHING = Pulse(*[0] * len(fields(Pulse)))


def test_the_table_of_metrics_on_its_page_is_what_the_code_says() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "metrics_table"], capture_output=True, text=True, check=True
    ).stdout
    page = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
    assert made in page and page.count("| `customer_assist_") == len(SIGNALS)


def test_names_are_as_prometheus_wants_them() -> None:
    names = [signal.name for signal in SIGNALS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"customer_assist_[a-z]+(_[a-z]+)*", name) for name in names)
    for signal in SIGNALS:
        assert (signal.kind == COUNTER) == signal.name.endswith("_total")
        assert signal.kind != HISTOGRAM or signal.name.endswith("_seconds")


def test_commands_that_count_nothing_load_no_client_of_prometheus() -> None:
    said = "import sys, customer_assist.cli, customer_assist.bootstrap; print('prometheus_client' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


# --- the database's pulse ----------------------------------------------------------------------------


def test_of_an_empty_database_nothing_waits(any_database: Database) -> None:
    assert read_pulse(any_database, datetime.now(UTC)) == NOTHING


def test_calls_of_the_model_are_those_of_the_day_in_utc(database: Database) -> None:
    with database.connection() as connection:
        connection.execute("INSERT INTO model_calls VALUES ('2026-03-01', 7), ('2026-03-02', 9)")
    midnight = datetime.fromisoformat("2026-03-02T00:00:00+00:00")
    east = datetime.fromisoformat("2026-03-02T01:30:00+02:00")
    assert [read_pulse(database, now).model_calls for now in (midnight, east)] == [9, 7]


def test_what_was_read_is_kept_for_a_while_and_then_read_again() -> None:
    clock, reads = HandClock(), iter(range(1, 9))
    pulse = RecentPulse(lambda: replace(NOTHING, knowledge_version=next(reads)), kept=5.0, clock=clock)
    seen = []
    for pause in (0.0, 4.9, 0.2, 1.0):
        clock.passes(pause)
        seen.append(found.knowledge_version if (found := pulse()) else None)
    assert seen == [1, 1, 2, 2]


@pytest.mark.parametrize("error", [StorageUnavailable("gone"), TypeError("odd")])
def test_a_database_that_fails_says_nothing_until_it_answers_again(error: Exception) -> None:
    clock, outage = HandClock(), [error]

    def read() -> Pulse:
        if outage:
            raise outage.pop()
        return NOTHING

    pulse = RecentPulse(read, kept=5.0, clock=clock)
    assert pulse() is None
    clock.passes(5.1)
    assert pulse() is NOTHING


def test_nobody_waits_for_a_database_that_falls_silent_and_it_is_asked_once() -> None:
    silent, calls = threading.Event(), []

    def read() -> Pulse:
        calls.append(1)
        silent.wait(20)
        return NOTHING

    pulse = RecentPulse(read, patience=0.1)
    asking: Callable[[], object] = lambda: [thread.join(5) for thread in started(pulse, 8)]  # noqa: E731
    assert seconds_of(asking) < 2 and pulse() is None and len(calls) == 1
    silent.set()
    for _ in range(100):
        if pulse() is NOTHING:
            break
    assert pulse() is NOTHING and len(calls) == 1


def started(work: Callable[[], object], threads: int) -> list[threading.Thread]:
    asking = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    for thread in asking:
        thread.start()
    return asking

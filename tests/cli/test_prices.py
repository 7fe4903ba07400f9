"""`prices`, `judge`, and what `doctor` says about the language model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from program import Command, is_one_line

from answered_turns import answered, kept, recorded
from customer_assist.bootstrap import open_database
from customer_assist.config import load_settings
from customer_assist.sampling import Sampling
from customer_assist.storage.database import Database
from customer_assist.storage.jobs import JobStore
from fakes import FakeOpenAI

SET = ("prices", "set", "gpt", "--prompt", "0.15", "--completion", "0.6", "--currency")
GOOD = json.dumps({"explanation": "It says how long.", "relevance": "RELEVANT"})


@pytest.fixture
def database(environment: dict[str, str]) -> Iterator[Database]:
    with open_database(load_settings()) as opened:
        yield opened


@pytest.fixture
def model(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI(GOOD) as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.base_url)
        monkeypatch.setenv("CUSTOMER_ASSIST_MODEL", "gpt")
        yield fake


def test_a_price_is_entered_changed_listed_and_deleted(command: Command) -> None:
    assert command(*SET, "eur").out == "gpt: 0.15 sent, 0.6 written, EUR for a million tokens\n"
    changed = json.loads(
        command(*SET[:3], "--prompt", "2", "--completion", "4.5", "--currency", "USD", "--json").out
    )
    assert changed == {
        "model": "gpt",
        "prompt_per_million": 2.0,
        "completion_per_million": 4.5,
        "currency": "USD",
    }
    assert command("prices", "list").out == "gpt\t2\t4.5\tUSD\n"
    assert json.loads(command("prices", "list", "--json").out) == {"prices": [changed], "without_price": []}
    assert command("prices", "delete", "gpt").status == 0
    assert command("prices", "list").out == ""
    gone = command("prices", "delete", "gpt")
    assert gone.status == 2 and is_one_line(gone.err) and "prices list" in gone.err


@pytest.mark.parametrize("amount", ["-1", "cheap", "nan", "inf", "1e9", ""])
def test_what_is_no_amount_is_refused_and_nothing_is_kept(command: Command, amount: str) -> None:
    refused = command("prices", "set", "gpt", "--prompt", amount, "--completion", "1", "--currency", "EUR")
    assert refused.status == 2 and is_one_line(refused.err) and "0.15" in refused.err
    assert command("prices", "list").out == ""


@pytest.mark.parametrize("currency", ["EURO", "E1R", "€"])
def test_what_is_no_currency_is_refused(command: Command, currency: str) -> None:
    refused = command(*SET, currency)
    assert refused.status == 2 and is_one_line(refused.err) and "such as EUR" in refused.err


@pytest.mark.parametrize("name", ["", "  ", "a\x1b[31mb", "x" * 201])
def test_what_is_no_models_name_is_refused(command: Command, name: str) -> None:
    refused = command("prices", "set", name, "--prompt", "1", "--completion", "1", "--currency", "EUR")
    assert refused.status == 2 and is_one_line(refused.err) and "CUSTOMER_ASSIST_MODEL" in refused.err


def test_a_model_that_was_called_and_has_no_price_is_named(command: Command, database: Database) -> None:
    with database.connection() as connection:
        connection.execute("INSERT INTO model_usage VALUES ('2026-05-04', 'answering', 'gpt', 10, 1)")
    listed = command("prices", "list")
    assert listed.out == "" and "gpt was called and has no price" in listed.err
    assert json.loads(command("prices", "list", "--json").out)["without_price"] == ["gpt"]


def test_answers_of_days_gone_by_are_judged_once_asked_for(
    command: Command, database: Database, model: FakeOpenAI
) -> None:
    turns = [answered() for _ in range(3)]
    recorded(database, *turns, sampling=Sampling(1.0))
    recorded(database, tried := answered(channel="console"), sampling=Sampling(1.0, ("console",)))
    with database.connection() as connection:
        connection.execute("DELETE FROM jobs")
    assert command("judge", "--share", "0").out == "0 answers of 4 that nobody judged will be judged\n"
    assert json.loads(command("judge", "--days", "1", "--json").out) == {"unjudged": 4, "added": 3}
    assert json.loads(command("judge", "--json").out) == {"unjudged": 4, "added": 0}
    assert command("worker", "--once").out == "3 jobs done\n"
    assert [kept(database, turn)[0] for turn in turns] == ["RELEVANT"] * 3 and kept(database, tried)[
        0
    ] == "UNKNOWN"
    assert json.loads(command("judge", "--json").out) == {"unjudged": 1, "added": 0}
    assert len(model.requests) == 3


def test_what_was_given_up_can_be_asked_for_again(
    command: Command, database: Database, model: FakeOpenAI
) -> None:
    recorded(database, turn := answered(), sampling=Sampling(1.0))
    jobs, now = JobStore(database), datetime.now(UTC)
    with database.connection() as connection:
        connection.execute("UPDATE jobs SET done_at = now(), failure = 'no judgment', attempts = 9")
    assert json.loads(command("judge", "--json").out)["added"] == 1
    assert command("worker", "--once").out == "1 job done\n"
    assert kept(database, turn)[0] == "RELEVANT" and jobs.backlog(now) == []


def test_without_a_model_nobody_can_judge(command: Command) -> None:
    refused = command("judge")
    assert refused.status == 1 and is_one_line(refused.err) and "OPENAI_API_KEY" in refused.err


def test_the_doctor_tells_what_is_spent_and_which_price_a_budget_lacks(
    command: Command, loaded: Path, database: Database, model: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY", "2.50")
    found = command("doctor")
    assert "needs the price of gpt: enter it with `customer-assist prices set`" in found.err
    assert (
        "gpt today: 0 of 500 calls\n" in found.out
        and "gpt judges 10% of answers: 0 of 50 calls today" in found.out
    )
    assert command(*SET, "EUR").status == 0
    with database.connection() as connection:
        connection.execute(
            "INSERT INTO model_usage VALUES (now() AT TIME ZONE 'UTC', 'answering', 'gpt', 1000000, 0)"
        )
        connection.execute("INSERT INTO model_calls VALUES (now() AT TIME ZONE 'UTC', 3)")
    recorded(database, answered(), sampling=Sampling(1.0))
    found = command("doctor")
    assert "needs the price" not in found.err
    assert "gpt today: 3 of 500 calls; 0.1500 of 2.50 EUR\n" in found.out and "1 answer waiting" in found.out
    told = json.loads(command("doctor", "--json").out)
    assert told["model"]["spent_today"] == 0.15 and told["model"]["judge"]["waiting"] == 1
    assert told["notices"]["backlog"] == [] and model.requests == []

"""`customer-assist gaps` and `conflicts`, as one types them."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from program import Command, is_one_line

from customer_assist.bootstrap import open_assistant
from customer_assist.config import load_settings
from customer_assist.desk import Ask
from customer_assist.insights.gap_book import LastDays

BICYCLES = ("do you rent bicycles", "bicycles to rent?", "can i rent bicycles")


def asked_by_customers() -> None:
    with open_assistant(load_settings()) as opened:
        for question in BICYCLES:
            opened.desk.ask(Ask(question))


def test_what_nobody_could_answer_is_shown_with_what_to_do(command: Command, loaded: Path) -> None:
    asked_by_customers()
    result = command("gaps")
    assert result.status == 0 and "bicycles" in result.out and "3 declined" in " ".join(result.out.split())


def test_gaps_as_json_is_what_the_api_replies(command: Command, loaded: Path) -> None:
    asked_by_customers()
    found = json.loads(command("gaps", "--json").out)
    [gap] = found["gaps"]
    assert found["days"] == 30 and gap["conversations"] == 3 and set(gap["ways"]) == set(BICYCLES)


def test_where_there_is_no_gap_one_line_says_so(command: Command, loaded: Path) -> None:
    result = command("gaps", "--days", "1")
    assert result.status == 0 and is_one_line(result.out) and "No gap in the last 1 day" in result.out


def test_a_period_of_no_days_is_refused(command: Command, loaded: Path) -> None:
    result = command("gaps", "--days", "0")
    assert result.status == 2 and is_one_line(result.err)


def test_a_contradiction_is_shown_and_the_doctor_points_to_it(
    command: Command, loaded: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "more.csv"
    wrong.write_text(
        "id,question,answer\nlamps,How do I send lamps back?,Send the lamp back within 14 days.\n"
    )
    assert command("conflicts").out.startswith("No document contradicts another")
    assert command("ingest", str(wrong)).status == 0
    found = json.loads(command("conflicts", "--json").out)
    [conflict] = found["conflicts"]
    assert {conflict["one"]["document_id"], conflict["other"]["document_id"]} == {"lamps", "return"}
    assert "Contradict each other" in command("conflicts").out
    assert "customer-assist conflicts" in command("doctor").out
    assert json.loads(command("doctor", "--json").out)["conflicts"] == 1


def test_nothing_is_at_work_on_a_database_that_was_closed(command: Command, loaded: Path) -> None:
    before = set(threading.enumerate())
    with open_assistant(load_settings()) as opened:
        assert opened.gaps.standing(LastDays(), 60).fresh and opened.conflicts.standing(60)
        at_work = {thread.name.partition("_")[0] for thread in set(threading.enumerate()) - before}
    assert at_work >= {"gaps", "conflicts"}
    left = {thread.name.partition("_")[0] for thread in set(threading.enumerate()) - before}
    assert opened and left.isdisjoint({"gaps", "conflicts"})

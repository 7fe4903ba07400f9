"""`evaluate answers`: files in, figures out, by the assistant that serves and on a database of its own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from program import Command, Result, is_one_line

from fakes import COMPLETION_TOKENS, PROMPT_TOKENS, FakeOpenAI, Reply

UNKNOWN = "Which mountain is the highest in Peru?"
ANSWER = "Parcels to Malta take nine days [1]."
# Three are answered from their own documents, one of which is not the right one; one is of no business of the shop.
ASKED = f"""\
question,document
Do you ship to Malta?,malta
How do I pay for my order?,gift
{UNKNOWN},
I forgot my password,password
"""


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    file = tmp_path / "asked.csv"
    file.write_text(ASKED, encoding="utf-8")
    return file


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    def reply(request: dict[str, Any]) -> str:
        if "response_format" not in request:
            return ANSWER
        right = "Malta?" in request["messages"][-1]["content"].split("</question>")[0]
        label = "RELEVANT" if right else "NON_RELEVANT"
        return json.dumps({"explanation": "So it seems.", "relevance": label})

    with FakeOpenAI(Reply(reply)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("CUSTOMER_ASSIST_MODEL", "model-x")
        yield server


def measure(command: Command, faq: Path, asked: Path, *options: str) -> Result:
    return command("evaluate", "answers", "--documents", str(faq), "--questions", str(asked), *options)


def test_the_figures_are_those_of_the_desk_and_the_live_database_sees_nothing(
    command: Command, loaded: Path, asked: Path, environment: dict[str, str], scratch: Path
) -> None:
    before = _live(environment)
    done = measure(command, loaded, asked, "--json")
    told = json.loads(done.out)
    assert done.status == 0 and "no language model is set" in done.err
    assert (told["documents"], told["questions"], told["judge"]) == (12, 4, None)
    assert told["outcomes"]["answered"] == 3 and told["answered"] == 0.75
    assert told["right_document"] == round(2 / 3, 4) and told["right_intent"] is None
    assert (told["checks_passed"], told["degraded"], told["leaked_placeholders"]) == (1.0, 0.0, 0.0)
    assert told["answered_by"] == {"extractive": 3} and told["of"]["right_document"] == 3
    assert told["relevant"] is None and told["ci95"]["answered"][0] < 0.75 < told["ci95"]["answered"][1]
    assert _live(environment) == before and before[0] == 12
    assert list(scratch.iterdir()) == [], "the temporary database is still there"


def test_a_model_answers_and_judges_and_a_page_and_a_run_are_written(
    bare_command: Command, faq: Path, asked: Path, model: FakeOpenAI, tmp_path: Path
) -> None:
    page, kept = tmp_path / "report.html", tmp_path / "run.jsonl"
    done = measure(bare_command, faq, asked, "--report", str(page), "--save", str(kept))
    assert done.status == 0 and "8 calls of model-x, 4 to answer and 4 to judge" in done.err
    table = {row[1]: row for line in done.out.splitlines() if len(row := line.split("│")) == 6}
    table = {name.strip(): [cell.strip() for cell in row[2:5]] for name, row in table.items()}
    assert table["answered"][0] == "0.750" and table["answered"][2] == "4"
    # "nine days" stands in no other document, so two answers failed their checks and were taken word for word.
    assert table["degraded"][0] == "0.667" and table["relevant"][0] == "0.333"
    assert table["relevant_of_asked"] == ["0.250", table["relevant_of_asked"][1], "4"]
    assert max(map(len, done.out.splitlines())) <= 80
    assert "this run, judged by model-x" in page.read_text(encoding="utf-8")
    head, *rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert (
        len(rows) == 4 and rows[0]["relevance"]["label"] == "RELEVANT" and rows[0]["answered_by"] == "model-x"
    )
    assert head["tokens"]["judge"] == {"prompt": 3 * PROMPT_TOKENS, "completion": 3 * COMPLETION_TOKENS}
    assert head["tokens"]["answers"]["prompt"] == PROMPT_TOKENS


def test_a_spent_budget_leaves_answers_extracted_and_unscored_and_is_said(
    bare_command: Command, faq: Path, asked: Path, model: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY", "1")
    asked.write_text(ASKED + "Where is my parcel?,parcel\n", encoding="utf-8")
    done = measure(bare_command, faq, asked, "--json", "--limit", "3")
    told = json.loads(done.out)
    assert done.status == 0 and len(model.requests) == 1 and told["questions"] == 3
    assert "CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY" in done.err and "--limit" in done.err
    assert told["outcomes"]["answered"] == 3 and told["degraded"] >= round(2 / 3, 4)
    assert (told["judged"], told["unscored"], told["relevant"]) == (0, 3, None)
    assert "3 answers not judged" in done.err and "are spent" in done.err


def test_the_profile_of_the_option_is_the_one_that_counts(
    bare_command: Command, faq: Path, asked: Path, tmp_path: Path
) -> None:
    asked.write_text("question\nWhen is somebody on the phone?\n", encoding="utf-8")
    (tmp_path / "business.toml").write_text('[contact]\nphone = "555 100"\n', encoding="utf-8")
    other, kept = tmp_path / "other.toml", tmp_path / "run.jsonl"
    other.write_text('[contact]\nphone = "555 200"\n', encoding="utf-8")
    assert measure(bare_command, faq, asked, "--save", str(kept), "--profile", str(other)).status == 0
    assert json.loads(kept.read_text(encoding="utf-8").splitlines()[1])["text"] == "Call 555 200."


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("no questions", "nothing to measure"),
        ("unknown document", "'nowhere'"),
        ("no file", "does not exist"),
        ("bad row", "faq.csv"),
        ("wrong profile", "unknown key"),
        ("no profile", "cannot be read"),
        ("too long", "too long"),
        ("report over a question", "overwritten"),
        ("save nowhere", "cannot be written"),
        ("limit of none", "limit"),
    ],
)
def test_what_cannot_be_measured_is_one_line_before_any_work(
    bare_command: Command, faq: Path, asked: Path, tmp_path: Path, scratch: Path, change: str, told: str
) -> None:
    profile, options = tmp_path / "wrong.toml", []
    match change:
        case "no questions":
            asked.write_text("question,document\n")
        case "unknown document":
            asked.write_text("question,document\nWhy?,nowhere\n")
        case "no file":
            faq.unlink()
        case "bad row":
            faq.write_text(faq.read_text() + "lost,,,\n")
        case "wrong profile":
            profile.write_text('nmae = "Typo"\n')
            options = ["--profile", str(profile)]
        case "no profile":
            options = ["--profile", str(profile)]
        case "too long":
            asked.write_text(f"question\n{'y' * 5000}\n")
        case "report over a question":
            options = ["--report", str(asked)]
        case "save nowhere":
            options = ["--save", str(tmp_path / "no" / "run.jsonl")]
        case "limit of none":
            options = ["--limit", "0"]
    done = measure(bare_command, faq, asked, *options)
    assert done.status in (1, 2) and done.out == "" and is_one_line(done.err)
    assert told in done.err and "unexpected" not in done.err
    assert list(scratch.iterdir()) == []


def test_its_help_has_an_example(bare_command: Command) -> None:
    done = bare_command("evaluate", "answers", "--help")
    assert done.status == 0 and "Example: customer-assist evaluate answers --documents" in done.out


def _live(environment: dict[str, str]) -> tuple[int, ...]:
    """Documents, the knowledge's version, turns and calls of the database in the settings."""
    address = {
        ours: environment[f"POSTGRES_{theirs}"]
        for ours, theirs in (("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"))
    }
    with psycopg.connect(**address, dbname=environment["POSTGRES_DB"]) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM documents), (SELECT version FROM knowledge),"
            " (SELECT count(*) FROM turns), (SELECT count(*) FROM model_calls)"
        ).fetchone()
    assert row is not None
    return tuple(row)

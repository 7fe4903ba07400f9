"""`evaluate … --keep` writes its figures and nothing else; `digest` prints the last days."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from program import Command, is_one_line


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    file = tmp_path / "asked.csv"
    file.write_text(
        "question,document\nis a parcel to Malta slow?,malta\nmoney back when?,refund\ncard?,pay\n"
    )
    return file


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    file = tmp_path / "unknown.csv"
    file.write_text("question\nwho wrote Ulysses?\nhow tall is the tower?\n")
    return file


def rows(environment: dict[str, str], table: str) -> list[tuple[object, ...]]:
    address = {name: environment[f"POSTGRES_{name.upper()}"] for name in ("host", "port", "user", "password")}
    with psycopg.connect(dbname=environment["POSTGRES_DB"], **address) as connection:  # type: ignore[arg-type]
        return connection.execute(f"SELECT * FROM {table}".encode()).fetchall()


def test_kept_runs_are_in_the_database_and_nothing_else_is(
    command: Command, environment: dict[str, str], faq: Path, asked: Path, unknown: Path
) -> None:
    files = ("--documents", str(faq))
    retrieval = ("evaluate", "retrieval", *files, "--questions", str(asked))
    done = command(*retrieval, "--engine", "lexical", "--engine", "minsearch", "--keep", "first", "--json")
    assert done.status == 0 and "kept as 'first'" in done.err
    abstention = (
        "evaluate",
        "abstention",
        *files,
        "--answerable",
        str(asked),
        "--unanswerable",
        str(unknown),
    )
    assert command(*abstention, "--engine", "lexical", "--keep", "gate").status == 0
    answers = ("evaluate", "answers", *files, "--questions", str(asked))
    assert command(*answers, "--keep", "whole").status == 0
    kept = rows(environment, "evaluations")
    assert [(row[2], row[3], row[4]) for row in kept] == [
        ("first", "retrieval", "lexical"),
        ("first", "retrieval", "minsearch"),
        ("gate", "abstention", "lexical"),
        ("whole", "answers", "lexical"),
    ]
    told = json.loads(done.out)
    assert kept[0][8] == told["runs"][0] and kept[0][7] == {
        "documents": faq.name,
        "questions": asked.name,
        "depth": 10,
        "filter": "",
    }
    for table in ("turns", "documents", "sources", "tunings"):
        assert rows(environment, table) == []


def test_without_keep_nothing_is_kept(
    command: Command, environment: dict[str, str], faq: Path, asked: Path
) -> None:
    command(
        "evaluate", "retrieval", "--documents", str(faq), "--questions", str(asked), "--engine", "lexical"
    )
    assert rows(environment, "evaluations") == []


def test_a_name_that_is_none_is_refused_before_anything_is_measured(
    command: Command, faq: Path, asked: Path
) -> None:
    files = ("--documents", str(faq), "--questions", str(asked))
    for name in ("", " ", "x" * 81):
        done = command("evaluate", "retrieval", *files, "--engine", "lexical", "--keep", name)
        assert done.status == 2 and is_one_line(done.err) and "--keep" in done.err


def test_a_digest_of_nothing_says_so(command: Command) -> None:
    done = command("digest")
    assert done.status == 0 and "Nobody wrote (before: 0)." in done.out


def test_a_digest_counts_the_terminal_when_asked_and_is_one_document(command: Command, loaded: Path) -> None:
    command("ask", "Do you ship to Malta?")
    assert "Nobody wrote" in command("digest", "--days", "1").out
    told = json.loads(command("digest", "--days", "1", "--channel", "all", "--json").out)
    assert told["before_since"] < told["before_until"] <= told["since"] < told["until"]
    figures = {figure["name"]: figure["now"] for figure in told["figures"]}
    assert figures["messages"] == figures["conversations"] == 1
    assert "1 conversation" in told["lines"][0] and len(told["next"]) <= 3


def test_a_digest_of_a_channel_that_can_be_none_is_refused(command: Command) -> None:
    done = command("digest", "--channel", "x" * 40)
    assert done.status == 1 and is_one_line(done.err)

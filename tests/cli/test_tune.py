"""`tune`: weights fitted on a file of questions or on ratings, and used from then on."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random
from unittest.mock import ANY

import psycopg
import pytest
from program import Command, is_one_line
from test_commands import rows

THINGS = [
    a + b for a in ("lamp", "chair", "table", "shelf", "rug", "sofa") for b in ("red", "blue", "oak", "big")
]

NAMED = [Random(i).choice(THINGS) for i in range(len(THINGS))]  # by the title of each article


@pytest.fixture
def misleading(command: Command, tmp_path: Path) -> Path:
    """Articles whose titles name another thing than their texts are about, and questions about the things."""
    articles = tmp_path / "articles.csv"
    with articles.open("w", newline="") as out:
        write = csv.writer(out)
        write.writerow(("id", "title", "question", "answer"))
        for i, thing in enumerate(THINGS):
            write.writerow(
                (f"d{i:02d}", f"Note {NAMED[i]}", f"What about the {NAMED[i]}?", f"The {thing} costs {i}.")
            )
    assert command("ingest", str(articles)).status == 0
    questions = tmp_path / "questions.jsonl"
    asked = [
        (f"{words} {thing}", f"d{i:02d}")
        for words in ("price of", "cost of")
        for i, thing in enumerate(THINGS)
    ]
    questions.write_text("\n".join(json.dumps({"question": q, "document": d}) for q, d in asked))
    return questions


def test_weights_that_help_are_adopted_with_their_experiment(
    command: Command, misleading: Path, environment: dict[str, str]
) -> None:
    done = command("tune", "--questions", str(misleading), "--json")
    told = json.loads(done.out)
    assert done.status == 0 and told["adopted"] and told["after"]["mrr@10"] > told["before"]["mrr@10"]
    said, asked = (
        sum(told["weights"][f"{kind}_{side}"] for kind in ("word", "gram")) for side in ("text", "question")
    )
    assert said > asked  # the defaults have it the other way round
    kept = rows(
        environment, "SELECT engine, weights, experiment FROM tunings JOIN knowledge ON tuning = tunings.id"
    )
    assert kept == [("lexical", told["weights"], ANY)]
    assert kept[0][2]["fitted_on"]  # type: ignore[index]


def test_what_is_adopted_changes_what_is_found_until_it_is_undone(
    command: Command, misleading: Path, environment: dict[str, str]
) -> None:
    def scores() -> list[tuple[object, ...]]:
        turn = json.loads(command("ask", f"cost of {THINGS[3]}", "--json").out)["turn_id"]
        return rows(
            environment, f"SELECT jsonb_path_query(trace, '$.hits[*].score') FROM turns WHERE id = '{turn}'"
        )

    before = scores()
    assert command("tune", "--questions", str(misleading)).status == 0
    assert scores() != before
    assert "default weights again" in command("tune", "--undo").err
    assert scores() == before
    assert "already" in command("tune", "--undo").err
    assert json.loads(command("tune", "--undo", "--json").out) == {"undone": False}


def test_a_dry_run_reports_and_changes_nothing(
    command: Command, misleading: Path, environment: dict[str, str]
) -> None:
    done = command("tune", "--questions", str(misleading), "--dry-run")
    assert done.status == 0 and "nothing was fitted on" in done.out and "dry run" in done.err
    assert rows(environment, "SELECT count(*) FROM tunings") == [(0,)]


def test_an_experiment_that_was_kept_is_measured_on_other_questions_only(
    command: Command, misleading: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "tuned.json"
    assert command("tune", "--questions", str(misleading), "--dry-run", "--save", str(kept)).status == 0
    measure = ("evaluate", "retrieval", "--documents", str(tmp_path / "articles.csv"), "--engine", "lexical")
    done = command(*measure, "--questions", str(misleading), "--tuned", str(kept))
    assert done.status == 1 and is_one_line(done.err) and "took part in fitting" in done.err


def test_ratings_are_questions_too(
    command: Command, loaded: Path, misleading: Path, environment: dict[str, str]
) -> None:
    turn = json.loads(command("ask", "Do you ship to Malta?", "--json").out)
    assert turn["outcome"] == "answered"
    host, port, user, password = (environment[f"POSTGRES_{n}"] for n in ("HOST", "PORT", "USER", "PASSWORD"))
    name = environment["POSTGRES_DB"]
    with psycopg.connect(host=host, port=port, user=user, password=password, dbname=name) as connection:
        connection.execute(
            "INSERT INTO ratings (turn_id, conversation_id, value, timestamp) VALUES (%s, %s, 1, now())",
            [turn["turn_id"], turn["conversation_id"]],
        )
    alone = command("tune", "--questions", str(misleading), "--dry-run", "--json")
    both = command("tune", "--questions", str(misleading), "--ratings", "--dry-run", "--json")
    counted = [sum(json.loads(done.out)["questions"].values()) for done in (alone, both)]
    assert counted[1] == counted[0] + 1


@pytest.mark.parametrize(
    ("arguments", "status", "hint"),
    [
        ((), 2, "--questions"),
        (("--undo", "--ratings"), 2, "--undo"),
        (("--undo", "--dry-run"), 2, "--undo"),
        (("--ratings",), 1, "rated"),
        (("--questions", "none.jsonl"), 1, "none.jsonl"),
    ],
)
def test_what_cannot_be_tuned_is_one_line(
    command: Command, loaded: Path, arguments: tuple[str, ...], status: int, hint: str
) -> None:
    done = command("tune", *arguments)
    assert (done.status, done.out) == (status, "") and is_one_line(done.err) and hint in done.err


def test_too_few_questions_say_how_many_are_wanted(command: Command, loaded: Path, tmp_path: Path) -> None:
    questions = tmp_path / "few.jsonl"
    questions.write_text('{"question": "to Malta?", "document": "malta"}\n')
    done = command("tune", "--questions", str(questions))
    assert done.status == 1 and is_one_line(done.err) and "too few" in done.err

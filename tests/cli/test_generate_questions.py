"""`generate-questions`, against a language model on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from program import Command, Result, is_one_line

from fakes import COMPLETION_TOKENS, PROMPT_TOKENS, FakeOpenAI, Reply

DOCUMENTS = 12  # of the FAQ


def questions(request: dict[str, Any]) -> str:
    """Five about the article, one of them twice and one empty."""
    title = request["messages"][-1]["content"].splitlines()[1]
    return json.dumps({"questions": [f"{title} {i}" for i in (1, 2, 2)] + [" ", f"so, {title}", "x", "y"]})


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI(Reply(questions)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        yield server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "questions.jsonl"


def written(file: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in file.read_text().splitlines():
        row = json.loads(line)
        found.setdefault(row["document"], []).append(row["question"])
    return found


def generate(command: Command, file: Path, *options: str) -> Result:
    return command("generate-questions", str(file), "--yes", *options)


def test_each_document_gets_its_questions(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    done = generate(command, file, "--count", "4", "--json")
    assert done.status == 0
    assert json.loads(done.out) == {
        "documents": DOCUMENTS,
        "questions": DOCUMENTS * 4,
        "failed": [],
        "left": 0,
        "prompt_tokens": DOCUMENTS * PROMPT_TOKENS,
        "completion_tokens": DOCUMENTS * COMPLETION_TOKENS,
    }
    title = "Do you ship to Malta?"
    assert written(file)["malta"] == [f"{title} 1", f"{title} 2", f"so, {title}", "x"]
    sent = model.requests[0]["messages"]
    assert "4 different customers" in sent[0]["content"] and sent[1]["content"].startswith("<article>")


def test_what_it_will_take_is_said_before_it_starts(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    done = command("generate-questions", str(file), "--input-price", "1000", "--output-price", "1000")
    assert done.status == 2 and "--yes" in done.err  # nobody is there to agree
    assert "12 calls" in done.err and "tokens of input" in done.err and "in the currency" in done.err
    assert model.requests == [] and not file.exists()


def test_the_estimate_is_near_what_is_sent(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    done = generate(command, file)
    said = int(done.err.split("about ")[1].split(" tokens")[0].replace(",", ""))
    sent = sum(len(m["content"]) for request in model.requests for m in request["messages"])
    assert said == pytest.approx(sent / 4, rel=0.01)


def test_a_run_that_was_cut_off_goes_on_where_it_ended(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    assert generate(command, file, "--limit", "5").status == 0
    model.says(Reply(status=401))
    failed = generate(command, file)
    assert failed.status == 1 and "7 documents left" in failed.err and "run it again" in failed.err
    before = file.read_text()
    model.says(Reply(questions))
    asked = len(model.requests)
    assert generate(command, file).status == 0
    assert len(model.requests) - asked == DOCUMENTS - 5
    assert file.read_text().startswith(before) and len(written(file)) == DOCUMENTS
    assert "every one of 12 documents" in generate(command, file).err


def test_a_line_that_was_cut_off_is_written_anew_with_its_document(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    generate(command, file, "--limit", "2")
    whole = written(file)
    file.write_text(file.read_text()[:-9])
    assert generate(command, file, "--limit", "1").status == 0
    assert written(file) == whole


def test_a_file_of_ones_own_without_a_last_line_end_loses_nothing(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    file.write_text('{"question": "to Malta?", "document": "malta"}')
    generate(command, file)
    assert written(file)["malta"] == ["to Malta?"] and len(written(file)) == DOCUMENTS


@pytest.mark.parametrize(
    "own",
    [
        '{"question": "to Malta?", "document_id": "malta"}',
        '{"question": "a bill?", "intent": "invoice"}',
        '{"question": "where?", "documents": ["parcel"]}\n{"question": "how?", "documents": ["parcel"]}',
    ],
)
def test_lines_of_ones_own_are_kept_whatever_their_columns(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path, own: str
) -> None:
    file.write_text(own)
    assert generate(command, file, "--limit", "1").status == 0
    assert file.read_text().startswith(own + "\n")


def test_a_document_that_the_model_will_not_read_stops_no_other(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    model.says(Reply(finish="content_filter"), Reply(questions))
    done = generate(command, file)
    assert done.status == 0 and "no usable reply for account" in done.err
    assert len(written(file)) == DOCUMENTS - 1


def test_a_document_without_a_usable_reply_is_named_and_tried_again(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    model.says("I would rather not.", "No.", Reply(questions))
    done = generate(command, file)
    assert done.status == 0 and "no usable reply for account" in done.err
    assert "account" not in written(file)
    generate(command, file)
    assert "account" in written(file)


def test_a_model_that_never_gives_anything_usable_is_given_up(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    model.says("No.")
    done = generate(command, file)
    assert done.status == 1 and "3 times in a row" in done.err and len(model.requests) == 6


def test_the_days_budget_is_kept(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY", "4")
    done = generate(command, file)
    assert done.status == 1 and "spent" in done.err and len(model.requests) == 4 == len(written(file))


def test_without_a_model_or_a_fitting_file_it_says_what_to_do(
    command: Command, loaded: Path, file: Path, tmp_path: Path
) -> None:
    done = generate(command, file)
    assert done.status == 1 and is_one_line(done.err) and "OPENAI_API_KEY" in done.err
    done = generate(command, tmp_path / "questions.csv")
    assert done.status == 2 and is_one_line(done.err) and ".jsonl" in done.err
    done = generate(command, file, "--input-price", "1")
    assert done.status == 2 and is_one_line(done.err) and "--output-price" in done.err


def test_a_file_of_something_else_is_left_alone(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    file.write_text("no questions\n")
    done = generate(command, file)
    assert done.status == 1 and is_one_line(done.err) and "line 1" in done.err
    assert file.read_text() == "no questions\n"


def test_a_file_that_cannot_be_used_costs_nothing(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path, tmp_path: Path
) -> None:
    file.write_bytes(b"\xff\x00\x81")
    (tmp_path / "folder.jsonl").mkdir()
    for wrong in (file, tmp_path / "folder.jsonl", tmp_path / "no" / "x.jsonl"):
        done = generate(command, wrong)
        assert done.status in (1, 2) and is_one_line(done.err) and "unexpected" not in done.err
    assert model.requests == []


def test_no_usable_reply_at_all_is_a_failure(
    command: Command, loaded: Path, model: FakeOpenAI, file: Path
) -> None:
    model.says(json.dumps({"questions": []}))
    done = generate(command, file, "--limit", "2")
    assert done.status == 1 and "no usable reply" in done.err and not file.exists()


def test_without_knowledge_it_says_how_to_get_some(command: Command, model: FakeOpenAI, file: Path) -> None:
    for done in (generate(command, file), command("tune", "--ratings")):
        assert done.status == 1 and is_one_line(done.err) and "ingest" in done.err

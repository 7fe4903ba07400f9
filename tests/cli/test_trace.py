"""`customer-assist trace`, over a real database."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from program import Command, Result, is_one_line

MALTA = "Do you ship to Malta?"


def asked(command: Command, question: str = MALTA, *options: str) -> str:
    turn_id: str = json.loads(command("ask", question, "--json", *options).out)["turn_id"]
    return turn_id


def told(done: Result, label: str) -> str:
    (line,) = (line for line in done.out.splitlines() if line.startswith(label))
    return line.removeprefix(label).strip()


def change_malta(loaded: Path, command: Command) -> None:
    loaded.write_text(loaded.read_text("utf-8").replace("nine days", "eleven days"), "utf-8")
    assert command("ingest", str(loaded)).status == 0


def test_a_trace_tells_a_person_what_was_decided_and_why(command: Command, loaded: Path) -> None:
    turn_id = asked(command, "My order is 4711-22, do you ship to Malta?")
    done = command("trace", turn_id)
    assert (done.status, done.err) == (0, "")
    assert told(done, "Turn").startswith(turn_id)
    assert told(done, "Question") == "My order is 4711-22, do you ship to Malta?"
    assert told(done, "Outcome") == "answered, word for word from the knowledge"
    assert "the best candidate answers with a probability of 0." in told(done, "Why")
    assert "Yes, parcels to Malta take nine days." in done.out
    assert told(done, "Sources") == "malta"
    assert "words" in done.out and "letters" in done.out
    assert told(done, "Gate").startswith("answer: confidence 0.")
    assert "held" in told(done, "Checks")
    assert told(done, "Prompt") == "none: no language model wrote this"
    assert told(done, "Knowledge") == "version 1, the present one"
    assert "engine lexical, embedding model none, weights " in told(done, "Decided with")
    assert "Asked again" not in done.out


def test_a_declined_question_and_small_talk_say_why(command: Command, loaded: Path) -> None:
    declined = command("trace", asked(command, "Which mountain is the highest in Peru?"))
    assert told(declined, "Outcome") == "abstained"
    assert "not the 0." in told(declined, "Why") or told(declined, "Why") == "nothing was found"
    talk = command("trace", asked(command, "Hello!"))
    assert told(talk, "Outcome") == "small talk" and "without a search" in told(talk, "Why")
    assert "Gate" not in talk.out


def test_last_is_the_turn_that_was_asked_last(command: Command, loaded: Path) -> None:
    asked(command, "How do I pay for my order?")
    turn_id = asked(command)
    assert told(command("trace", "last"), "Turn").startswith(turn_id)


def test_json_is_exactly_one_document_with_all_that_decides_a_turn_again(
    command: Command, loaded: Path
) -> None:
    turn_id = asked(command, MALTA, "--filter", "category=SHIPPING")
    done = command("trace", turn_id, "--json")
    found = json.loads(done.out)
    assert done.status == 0 and done.err == ""
    assert set(found) == {
        *("turn_id", "conversation_id", "asked_at", "question", "query", "filters", "said", "outcome"),
        "about",
        *(
            "answer",
            "answered_by",
            "degraded",
            "degraded_because",
            "citations",
            "alternatives",
            "candidates",
            "gate",
        ),
        *("requests", "checks"),
        *("prompt", "decided_with", "since", "rerun"),
        *("why", "move", "written_by", "tongue", "translated_by", "timing", "tokens"),
    }
    assert (found["turn_id"], found["question"], found["filters"]) == (
        turn_id,
        MALTA,
        {"category": "SHIPPING"},
    )
    first = found["candidates"][0]
    assert (first["rank"], first["document_id"], first["title"], first["since"]) == (
        1,
        "malta",
        MALTA,
        "same",
    )
    assert first["score"] > 0 and first["signals"]["word_question"] > 0
    assert set(found["gate"]) == {"decision", "confidence", "threshold", "clarify_from", "features"}
    assert found["gate"]["decision"] == "answer" and found["gate"]["features"]
    assert all(
        found["decided_with"][name]
        for name in ("knowledge_version", "engine", "gate", "weights", "profile", "program")
    )
    assert found["checks"] and found["rerun"] is None and found["prompt"] is None
    assert found["since"] == {"knowledge_version": 1, "documents_changed": 0, "documents_deleted": 0}


def test_the_documents_of_each_of_two_requests_are_known(command: Command, loaded: Path) -> None:
    turn_id = asked(command, f"{MALTA.rstrip('?')} and how do I pay for my order?")
    done = command("trace", turn_id)
    assert told(done, "Request 2") == "how do I pay for my order?"
    assert "no longer" not in done.out
    requests = json.loads(command("trace", turn_id, "--json").out)["requests"]
    assert [each["candidates"][0]["since"] for each in requests] == ["same", "same"]
    change_malta(loaded, command)
    again = json.loads(command("trace", turn_id, "--rerun", "--json").out)["rerun"]
    assert again["documents"] == {"malta": "changed"}


def test_asked_again_on_the_same_knowledge_it_decides_the_same(command: Command, loaded: Path) -> None:
    turn_id = asked(command)
    done = command("trace", turn_id, "--rerun")
    assert done.status == 0 and told(done, "Asked again").startswith("decides the same")
    assert "Since then" not in done.out
    again = json.loads(command("trace", turn_id, "--rerun", "--json").out)["rerun"]
    assert again == {"same": True, "differences": [], "changed_since": [], "documents": {}}


def test_changed_knowledge_is_said_plainly_and_named_when_asked_again(command: Command, loaded: Path) -> None:
    turn_id = asked(command)
    change_malta(loaded, command)
    command("documents", "delete", "parcel", "--yes")
    shown = command("trace", turn_id)
    assert told(shown, "Knowledge") == (
        "version 1; version 3 now: 1 document added or changed since, 1 deleted"
    )
    assert shown.out.count("(changed since)") == shown.out.count("(deleted since)") == 1
    assert "nine days" in shown.out and "eleven" not in shown.out
    done = command("trace", turn_id, "--rerun")
    assert told(done, "Asked again") == "differs"
    assert (
        "- answer: Yes, parcels to Malta take nine days. → Yes, parcels to Malta take eleven days."
        in done.out
    )
    assert told(done, "Since then") == "the knowledge: version 1 → 3"
    assert "malta was changed" in done.out and "parcel was deleted" in done.out
    again = json.loads(command("trace", turn_id, "--rerun", "--json").out)["rerun"]
    assert again["same"] is False
    assert {"answer", "citations"} <= {difference["what"] for difference in again["differences"]}
    assert {"what": "knowledge", "then": 1, "now": 3} in again["changed_since"]
    assert again["documents"] == {"malta": "changed", "parcel": "deleted"}


@pytest.mark.parametrize("wrong", [str(uuid4()), "moon", "{" + str(uuid4()) + "}", "x" * 3000, "a\nb"])
@pytest.mark.parametrize("options", [(), ("--json",), ("--rerun",)])
def test_an_unknown_turn_is_one_clear_line(
    command: Command, loaded: Path, wrong: str, options: tuple[str, ...]
) -> None:
    done = command("trace", wrong, *options)
    assert (done.status, done.out) == (1, "") and is_one_line(done.err)
    assert "there is no turn" in done.err and "turn_id" in done.err and len(done.err) < 200


def test_last_of_nothing_is_one_clear_line(command: Command, loaded: Path) -> None:
    done = command("trace", "last")
    assert (done.status, done.out) == (1, "") and is_one_line(done.err) and "ask" in done.err


def test_a_turn_that_an_earlier_version_recorded_is_shown_and_asked_again(
    command: Command, loaded: Path, environment: dict[str, str]
) -> None:
    turn_id = asked(command)
    with psycopg.connect(command("db", "url").out.strip()) as connection:
        connection.execute(
            "UPDATE turns SET trace = (trace - '{said,basis,prompt_version}'::text[]) || jsonb_build_object("
            "'verdict', (trace->'verdict') - '{decision,clarify_from}'::text[] || '{\"accepted\": true}')"
        )
    done = command("trace", turn_id, "--rerun")
    assert done.status == 0 and told(done, "Gate").startswith("answer: ")
    assert "did not keep more" in told(done, "Decided with")
    assert told(done, "Asked again").startswith("decides the same")
    assert "did not keep them" in told(done, "Not known")


def test_what_could_steer_a_terminal_is_left_out(command: Command, loaded: Path) -> None:
    done = command("trace", asked(command, "Do you ship \x1b[31mto [bold]Malta[/bold]?"))
    assert "\x1b" not in done.out and "[bold]Malta[/bold]" in told(done, "Question")

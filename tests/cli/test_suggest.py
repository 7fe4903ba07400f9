"""Suggestions and drafts in the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from program import Command, is_one_line

from customer_assist.bootstrap import open_assistant
from customer_assist.config import load_settings
from customer_assist.desk import Ask

ASKED = "Can you engrave my granny's name on a lamp?"


@pytest.fixture
def drafted(loaded: Path) -> Callable[[str], str]:
    """drafted(reply) is the id of the draft made from a person's reply."""

    def make(reply: str) -> str:
        with open_assistant(load_settings()) as opened:
            turn = opened.desk.ask(Ask(ASKED))
            handoff = opened.desk.hand_over(turn.conversation_id)
            return opened.learning.draft_reply(opened.desk.reply(handoff.id, reply, "Tom").id).id

    return make


def test_suggest_prints_drafts_the_best_first(command: Command, loaded: Path) -> None:
    result = command("suggest", "How long is the warranty?")
    assert result.status == 0 and result.err == ""
    assert "1. How long is the warranty? (warranty," in result.out
    assert "In short: The warranty is three years." in result.out and "Kind regards" in result.out


def test_suggest_as_json_is_what_the_api_replies(command: Command, loaded: Path) -> None:
    found = json.loads(command("suggest", "How long is the warranty?", "--json").out)
    assert found["drafts"][0]["document_id"] == "warranty" and found["unsure"] is False


def test_suggest_reads_the_message_of_a_conversation(command: Command, loaded: Path) -> None:
    turn = json.loads(command("ask", "How long is the warranty?", "--json").out)
    found = json.loads(command("suggest", "--conversation", turn["conversation_id"], "--json").out)
    assert found["message"] == "How long is the warranty?"
    unknown = command("suggest", "--handoff", "nothing")
    assert unknown.status == 1 and is_one_line(unknown.err)


def test_suggest_without_a_message_is_a_usage_error(bare_command: Command) -> None:
    result = bare_command("suggest")
    assert result.status == 2 and is_one_line(result.err)


def test_suggest_says_where_nothing_comes_close(command: Command, loaded: Path) -> None:
    result = command("suggest", "Which mountain is the highest in Peru?")
    assert result.status == 0 and "write the reply yourself" in result.out


def test_a_draft_is_listed_shown_and_published(command: Command, drafted: Callable[[str], str]) -> None:
    draft = drafted("Hi Maeve,\n\nyes, we engrave lamps for 15 euro.\n\nCheers\nTom")
    listed = command("drafts", "list")
    assert listed.out == f"{draft}\topen\t{ASKED}\n"
    shown = command("drafts", "show", draft)
    assert "Yes, we engrave lamps for 15 euro." in shown.out and shown.err == ""
    published = command("drafts", "publish", draft)
    document = published.out.split()[-1]
    assert published.status == 0 and document.startswith("learned-")
    assert f"learned: draft {draft}" in command("documents", "show", document).out
    detail = json.loads(command("documents", "show", document, "--json").out)
    assert detail["learned_from"]["draft_id"] == draft
    again = command("drafts", "publish", draft)
    assert again.status == 1 and is_one_line(again.err) and "published already" in again.err
    assert (
        json.loads(command("drafts", "list", "--status", "published", "--json").out)["drafts"][0]["id"]
        == draft
    )


def test_what_is_personal_is_told_and_needs_to_be_confirmed(
    command: Command, drafted: Callable[[str], str]
) -> None:
    draft = drafted("Write to Pat at pat.burke@mail.example for engraving.")
    assert "pat.burke@mail.example (e-mail)" in command("drafts", "show", draft).err
    refused = command("drafts", "publish", draft)
    assert refused.status == 1 and is_one_line(refused.err) and "pat.burke@mail.example" in refused.err
    assert command("drafts", "publish", draft, "--confirm").status == 0


def test_a_draft_is_rejected(command: Command, drafted: Callable[[str], str]) -> None:
    draft = drafted("No.")
    assert command("drafts", "reject", draft).out == f"Rejected: {draft}\n"
    assert command("drafts", "list").out == ""


def test_a_status_that_there_is_not_is_a_usage_error(bare_command: Command) -> None:
    result = bare_command("drafts", "list", "--status", "lost")
    assert result.status == 2 and is_one_line(result.err)

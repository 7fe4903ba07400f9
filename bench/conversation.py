"""Conversations with the sample business, through the desk and without a language model: follow-ups, a change of
subject, and messages that ask for two things.

What was developed on are conversations of two other invented businesses (bench/conversations).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from customer_assist.bootstrap import open_assistant
from customer_assist.config import load_settings
from customer_assist.desk import Ask, Desk
from customer_assist.model import Outcome, Turn

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def run(_data: Path) -> dict[str, object]:
    with sample_desk() as desk:
        figures = {
            "follow-ups answered from the right article": follow_ups(desk),
            "first questions after another subject that come to the same": subject_changes(desk),
            "questions after another subject that come to the same": questions_after_another(desk),
            "messages with two requests, both answered": two_requests(desk),
            "messages with one request that are taken for several": taken_apart(desk),
        }
    for name, (number, of, missed) in figures.items():
        print(f"{name}: {number} of {of}")
        for line in missed:
            print(f"    {line}")
    return {name: {"number": number, "of": of} for name, (number, of, _) in figures.items()}


@contextmanager
def sample_desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        with open_assistant(load_settings({"CUSTOMER_ASSIST_HOME": home})) as assistant:
            assistant.load_first_knowledge(EXAMPLES / "brindle")
            yield assistant.desk


Figure = tuple[int, int, list[str]]


def follow_ups(desk: Desk) -> Figure:
    """Each asked after its first question."""
    right, missed, rows = 0, [], _lines("followups")
    for row in rows:
        first = desk.ask(Ask(row["first"]))
        turn = desk.ask(Ask(row["followup"], first.conversation_id))
        answered = turn.outcome is Outcome.ANSWERED and row["document"] in _cited(turn)
        right += answered
        if not answered:
            missed.append(
                f"{row['first']} | {row['followup']} -> {turn.outcome.value} {sorted(_cited(turn))}, "
                f"searched: {turn.trace.query!r}"
            )
    return right, len(rows), missed


def subject_changes(desk: Desk) -> Figure:
    """Each first question asked after that of every other row, and alone."""
    firsts = [row["first"] for row in _lines("followups")]
    return _same_after(desk, [(other, first) for first in firsts for other in firsts if other != first])


def questions_after_another(desk: Desk) -> Figure:
    """Each single question of customers after another one, seven further on in the file."""
    asked = [row["question"] for row in _lines("questions")]
    return _same_after(
        desk, [(asked[(place + 7) % len(asked)], question) for place, question in enumerate(asked)]
    )


def _same_after(desk: Desk, pairs: list[tuple[str, str]]) -> Figure:
    same, missed = 0, []
    alone: dict[str, Turn] = {}
    for before, question in pairs:
        if question not in alone:
            alone[question] = desk.ask(Ask(question))
        first = desk.ask(Ask(before))
        if first.outcome is Outcome.HANDED_OFF:  # from then on a person speaks
            first = desk.ask(Ask("Hello"))
        turn = desk.ask(Ask(question, first.conversation_id))
        equal = (turn.outcome, _cited(turn)) == (alone[question].outcome, _cited(alone[question]))
        same += equal
        if not equal:
            missed.append(f"{before} | {question} -> searched: {turn.trace.query!r}")
    return same, len(pairs), missed


def two_requests(desk: Desk) -> Figure:
    right, missed, rows = 0, [], _lines("two_requests")
    for row in rows:
        turn = desk.ask(Ask(row["question"]))
        both = turn.outcome is Outcome.ANSWERED and set(row["documents"]) <= _cited(turn)
        right += both
        if not both:
            missed.append(
                f"{row['question']} -> {turn.outcome.value} {sorted(_cited(turn))}, "
                f"requests: {[part.query for part in turn.trace.parts]}"
            )
    return right, len(rows), missed


def taken_apart(desk: Desk) -> Figure:
    """None should be."""
    taken, missed = 0, []
    rows = [row for row in _lines("questions") if row.get("requests", 1) == 1]
    for row in rows:
        turn = desk.ask(Ask(row["question"]))
        taken += bool(turn.trace.parts)
        if turn.trace.parts:
            missed.append(f"{row['question']} -> {[part.query for part in turn.trace.parts]}")
    return taken, len(rows), missed


def _cited(turn: Turn) -> frozenset[str]:
    return frozenset(str(citation.document_id) for citation in turn.answer.citations)


def _lines(name: str) -> list[dict[str, Any]]:
    path = EXAMPLES / "questions" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

"""The sample business, asked through the desk as its customers would."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from customer_assist.bootstrap import open_assistant
from customer_assist.config import load_settings
from customer_assist.desk import Ask
from customer_assist.model import Outcome

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
REACHING_A_PERSON = "human-agent"  # the article on it: whoever clearly wants one is handed over, not told how


def run(_data: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        with open_assistant(load_settings({"CUSTOMER_ASSIST_HOME": home})) as assistant:
            assistant.load_first_knowledge(EXAMPLES / "brindle")
            answered = right = handed_off = asked_for = 0
            asked = lines("questions")
            for line in asked:
                turn = assistant.desk.ask(Ask(line["question"]))
                gold = line["document"] if isinstance(line["document"], list) else [line["document"]]
                answered += turn.outcome is Outcome.ANSWERED
                right += any(citation.document_id in gold for citation in turn.answer.citations)
                handed_off += turn.outcome is Outcome.HANDED_OFF
                asked_for += turn.outcome is Outcome.HANDED_OFF and REACHING_A_PERSON in gold
            declined = {"near": 0, "far": 0}
            unknown = lines("unanswerable")
            for line in unknown:
                turn = assistant.desk.ask(Ask(line["question"]))
                declined[line["kind"]] += turn.outcome is not Outcome.ANSWERED
    of = {kind: sum(line["kind"] == kind for line in unknown) for kind in declined}
    print(f"answered {answered} of {len(asked)}, from the right article {right}")
    print(f"handed to a person {handed_off}, of which {asked_for} asked for one")
    print(
        "declined or asked back " + ", ".join(f"{declined[kind]} of {of[kind]} {kind}" for kind in declined)
    )
    return {
        "answered": answered,
        "right": right,
        "handed_off": handed_off,
        "handed_off_asked_for": asked_for,
        "asked": len(asked),
        "declined": declined,
        "unknown": of,
    }


def lines(name: str) -> list[dict[str, Any]]:
    path = EXAMPLES / "questions" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

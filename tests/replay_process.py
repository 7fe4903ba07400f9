"""A process that asks the sample shop's questions, or one that asks again what another had recorded.

python replay_process.py ask|replay FILE: `ask` writes to FILE what came of each turn; `replay` reads the ids there and
writes what would come of each today, beside FILE. CUSTOMER_ASSIST_HOME names the database.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from customer_assist.bootstrap import Assistant, open_assistant
from customer_assist.config import load_settings
from customer_assist.desk import Ask
from customer_assist.ingestion import DEMO_SOURCE
from customer_assist.model import Turn
from customer_assist.questions import Decided

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def ask(assistant: Assistant) -> list[dict[str, Any]]:
    """On an index of half the articles that took in the others, which the next process builds in one go."""
    assistant.load_first_knowledge(EXAMPLES / "brindle")
    whole = assistant.documents.load().documents
    assistant.documents.delete([document.id for document in whole[::2]])
    assistant.library.current()
    assistant.documents.sync_source(DEMO_SOURCE, whole, demo=True)
    return [{"id": turn.id, **came(turn)} for turn in _turns(assistant)]


def replay(assistant: Assistant, turn_ids: list[str]) -> list[dict[str, Any]]:
    found = []
    for turn_id in turn_ids:
        replayed = assistant.replayer.replay(assistant.journal.traced(turn_id))
        assert replayed.now is not None
        told = [[each.what, each.then, each.now] for each in (*replayed.differences, *replayed.changes)]
        found.append({"id": turn_id, **came(replayed.now), "told": told})
    return found


def came(of: Turn | Decided) -> dict[str, Any]:
    """What was decided, and by what."""
    verdict = of.trace.verdict
    return {
        "outcome": of.outcome.value,
        "decision": verdict and verdict.decision.value,
        "confidence": verdict and verdict.confidence,
        "features": verdict and dict(verdict.features),
        "hits": [
            [hit.document.id, hit.passage.id, hit.score.value, dict(hit.signals)] for hit in of.trace.hits
        ],
        "answer": of.answer.text,
        "citations": [[citation.document_id, citation.quote] for citation in of.answer.citations],
        "alternatives": [each.document_id for each in of.alternatives],
        "gate": of.trace.basis.gate,
    }


def _turns(assistant: Assistant) -> Iterator[Turn]:
    for name in ("questions", "unanswerable"):
        for line in _lines(name):
            yield assistant.desk.ask(Ask(line["question"]))
    for line in _lines("followups"):
        first = assistant.desk.ask(Ask(f"{line['first']} (my order is BB-20417)"))
        yield first
        yield assistant.desk.ask(Ask(line["followup"], first.conversation_id))
    yield assistant.desk.ask(Ask("hello"))
    yield assistant.desk.ask(Ask("do you ship abroad", filters={"category": "DELIVERY"}))


def _lines(name: str) -> list[dict[str, Any]]:
    with (EXAMPLES / "questions" / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


if __name__ == "__main__":
    mode, file = sys.argv[1], Path(sys.argv[2])
    with open_assistant(load_settings()) as opened:
        if mode == "ask":
            file.write_text(json.dumps(ask(opened)), encoding="utf-8")
        else:
            known = [line["id"] for line in json.loads(file.read_text("utf-8"))]
            file.with_suffix(".again").write_text(json.dumps(replay(opened, known)), encoding="utf-8")

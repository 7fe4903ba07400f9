"""The sample business, asked through the desk as its customers would."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from bench.retrieval import UNSEEN, business
from customer_assist.bootstrap import choose_embedder, open_assistant
from customer_assist.calibration import fitted_gate
from customer_assist.config import load_settings
from customer_assist.desk import Ask
from customer_assist.indexing import retriever
from customer_assist.model import Outcome, Query
from customer_assist.search.index import build

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES, BUSINESSES = ROOT / "examples", ROOT / "training" / "businesses"


def run(_data: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        with open_assistant(load_settings({"CUSTOMER_ASSIST_HOME": home})) as assistant:
            assistant.load_first_knowledge(EXAMPLES / "brindle")
            answered = right = 0
            asked = _lines("questions")
            for line in asked:
                turn = assistant.desk.ask(Ask(line["question"]))
                gold = line["document"] if isinstance(line["document"], list) else [line["document"]]
                answered += turn.outcome is Outcome.ANSWERED
                right += any(citation.document_id in gold for citation in turn.answer.citations)
            declined = {"near": 0, "far": 0}
            unknown = _lines("unanswerable")
            for line in unknown:
                turn = assistant.desk.ask(Ask(line["question"]))
                declined[line["kind"]] += turn.outcome is Outcome.ABSTAINED
    found = {name: _gate(name) for name in UNSEEN}
    of = {kind: sum(line["kind"] == kind for line in unknown) for kind in declined}
    print(f"answered {answered} of {len(asked)}, from the right article {right}")
    print("declined " + ", ".join(f"{declined[kind]} of {of[kind]} {kind}" for kind in declined))
    return {
        "answered": answered,
        "right": right,
        "asked": len(asked),
        "declined": declined,
        "unknown": of,
        "unseen businesses": found,
    }


def _gate(name: str) -> dict[str, int]:
    """What the gate makes of a business with nothing but titles and texts, whose messages nothing was fitted on."""
    file = BUSINESSES / f"{name}.jsonl"
    documents, asked = business(file)
    unknown = [
        json.loads(line)["message"] for line in file.with_suffix(".unanswerable.jsonl").open(encoding="utf-8")
    ]
    embedder = choose_embedder(load_settings({}))
    index = build(0, documents, None if embedder is None else embedder.encode)
    gate, search = fitted_gate(index, embedder), retriever("hybrid", index, embedder)
    answered = right = 0
    for question in asked:
        hits = search.retrieve(Query(question.question), 10)
        if gate.judge(hits).accepted:
            answered += 1
            right += hits[0].document.id in question.documents
    declined = sum(not gate.judge(search.retrieve(Query(message), 10)).accepted for message in unknown)
    told = f"answered {answered} of {len(asked)}, from the right article {right}"
    print(f"{name}: {told}; declined {declined} of {len(unknown)}")
    return {
        "asked": len(asked),
        "answered": answered,
        "right": right,
        "unknown": len(unknown),
        "declined": declined,
    }


def _lines(name: str) -> list[dict[str, Any]]:
    path = EXAMPLES / "questions" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

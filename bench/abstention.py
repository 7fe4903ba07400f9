"""What the gate lets through and what it declines, where it was fitted on the knowledge alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.retrieval import SHOP, UNSEEN, business, read_documents
from customer_assist.bootstrap import choose_embedder
from customer_assist.config import load_settings
from customer_assist.evaluation.abstention import evaluate_abstention, share
from customer_assist.knowledge.questions import LabelledQuestion, read_questions
from customer_assist.model import Decision, Document

ROOT = Path(__file__).resolve().parents[1]
BUSINESSES = ROOT / "training" / "businesses"
BANKING = "banking77_oos"

Case = tuple[str, Sequence[Document], Sequence[LabelledQuestion], Sequence[LabelledQuestion]]


def run(data: Path) -> dict[str, object]:
    embedder = choose_embedder(load_settings({}))
    found: dict[str, object] = {}
    print(f"{'corpus':34s}{'accepted':>10s}{'declined':>10s}{'auroc':>8s}{'right':>8s}{'asked back':>20s}")
    for name, documents, answerable, unanswerable in _cases(data):
        result = evaluate_abstention(documents, answerable, unanswerable, engine="hybrid", embedder=embedder)
        figures = result.as_json()
        back = " / ".join(
            f"{share(j, Decision.CLARIFY):.3f}" for j in (result.answerable, result.unanswerable)
        )
        print(
            f"{name:34s}{result.answerable_accepted:10.3f}{result.unanswerable_declined:10.3f}{result.auroc:8.3f}"
            f"{result.accepted_correct or 0:8.3f}{back:>20s}",
            flush=True,
        )
        found[name] = figures
    return found


def _cases(data: Path) -> Iterator[Case]:
    """An online bank's customers, near and far unknowns; the sample shop; businesses that nothing was fitted on."""
    if (data / BANKING).is_dir():
        known = read_documents(data / BANKING / "in_scope_train.csv")
        asked = read_questions(data / BANKING / "in_scope_valid.csv")
        for name, file in (("near", "id_oos_valid.csv"), ("far", "ood_oos_valid.csv")):
            yield f"{BANKING}, {name}", known, asked, read_questions(data / BANKING / file)
    else:
        print(f"{BANKING}: skipped, {data / BANKING} is not there")
    articles, asked = read_documents(SHOP / "brindle"), read_questions(SHOP / "questions" / "questions.jsonl")
    unknown = read_questions(SHOP / "questions" / "unanswerable.jsonl")
    yield "shop", articles, asked, unknown
    yield "shop, titles and texts only", [replace(d, questions=()) for d in articles], asked, unknown
    for name in UNSEEN:
        documents, asked = business(BUSINESSES / f"{name}.jsonl")
        lines = (BUSINESSES / f"{name}.unanswerable.jsonl").read_text(encoding="utf-8").splitlines()
        yield (
            f"unseen: {name}",
            documents,
            asked,
            [LabelledQuestion(json.loads(line)["message"]) for line in lines],
        )

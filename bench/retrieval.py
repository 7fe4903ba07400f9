"""Search side by side: every engine on the same questions, in one run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from customer_assist.bootstrap import choose_embedder
from customer_assist.config import load_settings
from customer_assist.evaluation.retrieval import ENGINES, evaluate_engines
from customer_assist.knowledge.questions import LabelledQuestion, read_questions
from customer_assist.knowledge.reading import read
from customer_assist.model import Document, DocumentId

ROOT = Path(__file__).resolve().parents[1]
SHOP = ROOT / "examples"
# Businesses written for the adapter, whose messages neither it nor any setting ever saw.
UNSEEN = ("tea-and-spices", "furniture-maker", "budgeting-app")
PUBLIC = {
    "orders_rag": ("orders_rag/documents-with-ids.json", "orders_rag/ground-truth-data.csv"),
    "bitext_8k_test": ("bitext/bitext_responses_partial.jsonl", "bitext/bitext_8k_test.csv"),
}
SHOWN = ("hit_rate@1", "hit_rate@5", "hit_rate@10", "mrr@10", "intent_precision@1")

Corpus = tuple[list[Document], list[LabelledQuestion]]


def run(data: Path) -> dict[str, object]:
    return {name: compare(name, *corpus) for name, corpus in corpora(data)}


def corpora(data: Path) -> Iterator[tuple[str, Corpus]]:
    """The public ones where they are there, and those written for this project."""
    for name, (documents, questions) in PUBLIC.items():
        if (data / documents).is_file():
            yield name, (read_documents(data / documents), read_questions(data / questions))
        else:
            print(f"{name}: skipped, {data / documents} is not there")
    articles, asked = read_documents(SHOP / "brindle"), read_questions(SHOP / "questions" / "questions.jsonl")
    yield "shop", (articles, asked)
    yield "shop, titles and texts only", ([replace(d, questions=()) for d in articles], asked)
    for name in UNSEEN:
        yield f"unseen: {name}", business(ROOT / "training" / "businesses" / f"{name}.jsonl")


def compare(
    name: str, documents: Sequence[Document], questions: Sequence[LabelledQuestion]
) -> dict[str, object]:
    """Every engine, printed as it is done."""
    print(f"{name}: {len(questions)} questions, {len(documents)} documents")
    print(f"{'engine':18s}" + "".join(f"{shown:>20s}" for shown in SHOWN) + f"{'ms p50':>10s}")
    found: dict[str, object] = {}
    embedder = choose_embedder(load_settings({}))
    for run in evaluate_engines(documents, questions, engines=ENGINES, embedder=embedder):
        figures = [run.measures.get(shown) for shown in SHOWN]
        row = "".join(f"{'' if figure is None else f'{figure:.4f}':>20s}" for figure in figures)
        print(f"{run.engine:18s}{row}{run.latency['p50']:10.1f}", flush=True)
        found[run.engine] = run.as_json()
    return found


def read_documents(path: Path) -> list[Document]:
    return [document for document in read(path) if isinstance(document, Document)]


def business(file: Path) -> Corpus:
    """Articles with a title and a text, and each one's messages as questions."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    documents = [
        Document(DocumentId(f"{i:02d}"), file.stem, row["title"], (), row["text"])
        for i, row in enumerate(rows)
    ]
    asked = [
        LabelledQuestion(message, (f"{i:02d}",)) for i, row in enumerate(rows) for message in row["messages"]
    ]
    return documents, asked

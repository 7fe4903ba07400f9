"""Search side by side: every engine on the same questions, in one run."""

from __future__ import annotations

from pathlib import Path

from customer_assist.bootstrap import choose_embedder
from customer_assist.config import load_settings
from customer_assist.evaluation.retrieval import ENGINES, evaluate_retrieval
from customer_assist.knowledge.questions import read_questions
from customer_assist.knowledge.reading import read
from customer_assist.model import Document

CORPORA = {
    "orders_rag": ("orders_rag/documents-with-ids.json", "orders_rag/ground-truth-data.csv"),
    "bitext_8k_test": ("bitext/bitext_responses_partial.jsonl", "bitext/bitext_8k_test.csv"),
}
SHOWN = ("hit_rate@1", "hit_rate@5", "hit_rate@10", "mrr@10", "intent_precision@1")


def compare(documents: Path, questions: Path) -> dict[str, object]:
    corpus = [document for document in read(documents) if isinstance(document, Document)]
    asked = read_questions(questions)
    embedder = choose_embedder(load_settings({}))
    print(f"{'engine':18s}" + "".join(f"{name:>20s}" for name in SHOWN) + f"{'ms p50':>10s}")
    found: dict[str, object] = {}
    for engine in ENGINES:
        needs = None if engine == "lexical" or engine.startswith("minsearch") else embedder
        experiment = evaluate_retrieval(corpus, asked, engine=engine, embedder=needs)
        figures = [experiment.measures.get(name) for name in SHOWN]
        row = "".join(f"{'' if figure is None else f'{figure:.4f}':>20s}" for figure in figures)
        print(f"{engine:18s}{row}{experiment.latency['p50']:10.1f}", flush=True)
        found[engine] = experiment.as_json()
    return found


def run(data: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, (documents, questions) in CORPORA.items():
        if not (data / documents).is_file():
            print(f"{name}: skipped, {data / documents} is not there")
            continue
        print(name)
        found[name] = compare(data / documents, data / questions)
    return found

"""What `tune` gives on questions that it never saw: five folds, grouped by document, everything chosen inside."""

from __future__ import annotations

from pathlib import Path
from random import Random

from bench.retrieval import PUBLIC, read_documents
from customer_assist.bootstrap import choose_embedder
from customer_assist.config import load_settings
from customer_assist.evaluation.comparison import compare
from customer_assist.evaluation.retrieval import embedding, measure
from customer_assist.evaluation.runs import Asked, Run, fingerprint
from customer_assist.evaluation.tuning import FOLDS, candidates, fitted, grouped
from customer_assist.knowledge.questions import LabelledQuestion, read_questions
from customer_assist.search.fusion import HYBRID, FusionRetriever
from customer_assist.search.index import build

OUTER = 5


def run(data: Path) -> dict[str, object]:
    documents_file, questions_file = (data / name for name in PUBLIC["orders_rag"])
    if not documents_file.is_file():
        print(f"skipped, {documents_file} is not there")
        return {}
    documents, questions = read_documents(documents_file), read_questions(questions_file)
    embedder = choose_embedder(load_settings({}))
    assert embedder is not None, "tuning is measured with the embedding model"
    index = build(0, documents, embedding(embedder, None))
    groups = grouped(questions)
    Random(0).shuffle(groups)
    asked: dict[str, list[Asked]] = {"default": [], "tuned": []}
    chosen: list[dict[str, object]] = []
    for outer in range(OUTER):
        held_out = _flat(groups[outer::OUTER])
        inner = [group for i, group in enumerate(groups) if i % OUTER != outer]
        folds = [list(candidates(index, _flat(inner[i::FOLDS]), embedder)) for i in range(FOLDS)]
        weights, pull = fitted(folds)
        chosen.append({"pull": pull, "weights": weights.array().tolist(), "kin": weights.kin})
        print(f"fold {outer + 1}: pull {pull}, {weights}", flush=True)
        for name, of in (("default", HYBRID), ("tuned", weights)):
            asked[name] += measure(
                FusionRetriever(name, index, of, embedder, candidates_by=HYBRID), documents, held_out
            ).asked
    runs = {
        name: Run(name, len(documents), fingerprint(documents), 10, tuple(each), {})
        for name, each in asked.items()
    }
    for name, one in runs.items():
        print(f"{name:8s}", {measured: round(value, 4) for measured, value in one.measures.items()})
    comparisons = compare(runs["tuned"], runs["default"])
    for each in comparisons:
        print(f"{each.measure}: {each.difference:+.4f}, p {each.p:.4f}")
    return {
        **{name: one.as_json() for name, one in runs.items()},
        "comparisons": [each.as_json() for each in comparisons],
        "chosen": chosen,
    }


def _flat(groups: list[list[LabelledQuestion]]) -> list[LabelledQuestion]:
    return [question for group in groups for question in group]

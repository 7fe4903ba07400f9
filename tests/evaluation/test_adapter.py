"""The adapter earns its place: on customers whom it never heard, it helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from customer_assist.evaluation.retrieval import evaluate_engines
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.llm.minilm import ADAPTER, MiniLM, find_weights
from customer_assist.model import Document
from stand_ins import make_document

BUSINESSES = Path(__file__).resolve().parents[2] / "training" / "businesses"
UNSEEN = "tea-and-spices"


@pytest.fixture(scope="module")
def shop() -> tuple[list[Document], list[LabelledQuestion]]:
    """A business that is kept apart: its articles, and three messages for each."""
    rows = [json.loads(line) for line in (BUSINESSES / f"{UNSEEN}.jsonl").read_text("utf-8").splitlines()]
    documents = [make_document(f"{i:02d}", text=row["text"]) for i, row in enumerate(rows)]
    asked = [LabelledQuestion(m, (f"{i:02d}",)) for i, row in enumerate(rows) for m in row["messages"][:3]]
    return documents, asked


def first(shop: tuple[list[Document], list[LabelledQuestion]], adapter: Path | None, engine: str) -> float:
    weights = find_weights(None)
    assert weights is not None
    documents, asked = shop
    embedder = MiniLM(weights, adapter=adapter)
    (run,) = evaluate_engines(documents, asked, engines=[engine], embedder=embedder)
    return run.measures["hit_rate@1"]


@pytest.mark.parametrize("engine", ["dense", "hybrid"])
def test_it_finds_more_of_what_customers_mean(
    shop: tuple[list[Document], list[LabelledQuestion]], engine: str
) -> None:
    assert first(shop, ADAPTER, engine) > first(shop, None, engine) + 0.05


def test_the_businesses_that_are_reported_on_are_none_that_it_learned_from() -> None:
    train = (BUSINESSES.parent / "train.py").read_text(encoding="utf-8")
    kept_apart = train[train.index("VALIDATION = ") : train.index("TEMPERATURE")]
    bench = (BUSINESSES.parents[1] / "bench" / "retrieval.py").read_text(encoding="utf-8")
    unseen = json.loads(bench.split("UNSEEN = ")[1].split("\n")[0].replace("(", "[").replace(")", "]"))
    assert all(f'"{name}"' in kept_apart.split("REPORTED")[1] for name in [*unseen, UNSEEN])


def test_every_business_is_whole() -> None:
    """36 articles with seven messages each, and messages that nothing answers."""
    files = sorted(file for file in BUSINESSES.glob("*.jsonl") if ".unanswerable" not in file.name)
    assert len(files) == 16
    for file in files:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        assert len(rows) == 36 and {len(set(row["messages"])) for row in rows} == {7}, file.name
        assert len({row["title"] for row in rows}) == 36
        assert file.with_suffix(".unanswerable.jsonl").read_text("utf-8").count("\n") >= 20
    assert ADAPTER.stat().st_size < 800_000

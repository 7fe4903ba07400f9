"""How customers ask for articles, as examples for the gate: made anew whenever the search or its adapter changes.

    .venv/bin/python training/gate.py            # writes src/customer_assist/answering/customers.npz

Each business is asked what its customers wrote to it, and what none of its articles answers. It stands in two forms:
its articles as titles and texts, and with two of the seven messages as ways of asking, the others being asked.
The businesses that the README reports on are left out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from customer_assist.answering import gate as gates
from customer_assist.answering.customers import FILE, save
from customer_assist.answering.gate import TOPICS, Examples, Kind
from customer_assist.bootstrap import choose_embedder
from customer_assist.config import load_settings
from customer_assist.indexing import retriever
from customer_assist.model import Document, DocumentId, Query
from customer_assist.ports import Embedder
from customer_assist.search.index import build

BUSINESSES = Path(__file__).resolve().parent / "businesses"
REPORTED = ("tea-and-spices", "furniture-maker", "budgeting-app")
LISTED = (0, 2)  # messages that stand as ways of asking
DEPTH = 10


def main() -> None:
    target = Path(gates.__file__).parent / FILE
    embedder = choose_embedder(load_settings({}))
    assert embedder is not None, "the embedding model is not installed"
    names = sorted(file.stem for file in BUSINESSES.glob("*.jsonl") if ".unanswerable" not in file.name)
    kept = [name for name in names if name not in REPORTED]
    save(target, {embedder.stamp: examples_of(kept, embedder)})
    print(f"{target.name}: {target.stat().st_size} bytes", file=sys.stderr)


def examples_of(names: list[str], embedder: Embedder) -> Examples:
    return Examples.together(
        [part for name in names for listed in LISTED for part in _asked(name, listed, embedder)]
    )


def _asked(name: str, listed: int, embedder: Embedder) -> Iterator[Examples]:
    rows = _rows(f"{name}.jsonl")
    documents = [
        Document(DocumentId(f"{i:02d}"), name, row["title"], tuple(row["messages"][:listed]), row["text"])
        for i, row in enumerate(rows)
    ]
    index = build(0, documents, embedder.encode)
    search = retriever("hybrid", index, embedder)
    for document, row in zip(documents, rows, strict=True):
        for message in row["messages"][listed:]:
            hits = search.retrieve(Query(message), DEPTH)
            first = list(dict.fromkeys(hit.document.subject for hit in hits))[:TOPICS]
            if hits:
                right, in_first = first[0] == document.subject, document.subject in first
                yield Examples.known(gates.features(hits)[None], np.array([right]), np.array([in_first]))
    for row in _rows(f"{name}.unanswerable.jsonl"):
        hits = search.retrieve(Query(row["message"]), DEPTH)
        if hits:
            yield Examples.unknown(gates.features(hits)[None], Kind.NEAR)


def _rows(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (BUSINESSES / file).read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()

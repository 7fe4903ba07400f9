"""minsearch, the reference's engine, behind the same seam: an alternative, and the baseline of every report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from customer_assist.model import Document, Hit, Query, Score
from customer_assist.ports import Embedder
from customer_assist.search.fusion import HYBRID, describe
from customer_assist.search.index import Index, worded
from customer_assist.search.terms import without_references

TEXT_FIELDS = ("question", "response", "category", "intent")
REFERENCE_BOOST: Mapping[str, float] = {"intent": 2.85, "category": 0.12, "question": 0.03, "response": 0.96}


class MinsearchRetriever:
    """TF-IDF cosine per field, summed with boosts (a Retriever).

    minsearch ranks and gives no scores, so a hit's score is its reciprocal rank; its signals are read from
    `index`, so that the gate judges the same evidence whatever the engine.
    """

    def __init__(
        self,
        index: Index,
        embedder: Embedder | None,
        boost: Mapping[str, float] | None = None,
        name: str = "minsearch",
    ) -> None:
        from minsearch import Index as Engine

        self.name = name
        self._index = index
        self._embedder = embedder
        self._boost = dict(boost or {})
        self._engine: Any = None
        if len(index):
            self._engine = Engine(
                text_fields=list(TEXT_FIELDS), keyword_fields=[_keyword(f) for f in index.fields]
            )
            self._engine.fit([_row(document, index) for document in index.documents])

    def retrieve(self, query: Query, depth: int) -> list[Hit]:
        allowed = self._index.matching(query.filters.items())  # an unknown field or value is an error
        allowed &= self._index.about([m for m in query.about if m.field not in query.filters])[0]
        if self._engine is None or depth < 1:
            return []
        found = self._engine.search(
            query.text,
            filter_dict={_keyword(field): value for field, value in query.filters.items()},
            boost_dict=self._boost,
            num_results=len(self._index) if query.about else depth,
            output_ids=True,
        )
        found = [row for row in found if allowed[row["_id"]]][:depth]
        asked = worded(without_references(query.text), self._embedder)
        evidence = self._index.evidence(asked)  # what the gate judges by, whatever ranked
        met = self._index.add_late(evidence, asked, np.array([row["_id"] for row in found], dtype=np.int64))
        return [
            describe(
                self._index, row["_id"], rank, Score(1.0 / rank, self.name), evidence, HYBRID.array(), met
            )
            for rank, row in enumerate(found, start=1)
        ]


def _keyword(field: str) -> str:
    return f"is_{field}"


def _row(document: Document, index: Index) -> dict[str, str]:
    fields = {name: document.fields.get(name, "") for name in ("category", "intent")}
    keywords = {_keyword(name): document.fields.get(name, "") for name in index.fields}
    question = "\n".join((document.title, *document.questions)).strip()
    return {"question": question, "response": document.text, **fields, **keywords}

"""How well an engine finds the right document: an experiment on a corpus of its own, never the live one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from customer_assist.config import ENGINES as SERVING_ENGINES
from customer_assist.errors import InvalidInput
from customer_assist.evaluation.measures import hit_rate, interval, ndcg, percentiles, reciprocal_rank
from customer_assist.indexing import retriever
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.model import Document, Hit, Query
from customer_assist.ports import Embedder, Vectors
from customer_assist.search import index as indexes
from customer_assist.search.minsearch_engine import REFERENCE_BOOST, MinsearchRetriever

Measure = Callable[[Sequence[str], frozenset[str]], float]
MEASURES: dict[str, Measure] = {
    "hit_rate@1": lambda ranking, relevant: hit_rate(ranking, relevant, 1),
    "hit_rate@5": lambda ranking, relevant: hit_rate(ranking, relevant, 5),
    "hit_rate@10": lambda ranking, relevant: hit_rate(ranking, relevant, 10),
    "mrr@5": lambda ranking, relevant: reciprocal_rank(ranking, relevant, 5),
    "mrr@10": lambda ranking, relevant: reciprocal_rank(ranking, relevant, 10),
    "ndcg@10": lambda ranking, relevant: ndcg(ranking, relevant, 10),
}
BOOSTED = "minsearch-boosted"  # with the boosts that the reference tuned on its own benchmark
ENGINES = (*SERVING_ENGINES, BOOSTED)
_DEEPEST = 10  # what the measures look at
_EMBED_AT_ONCE = 512
Progress = Callable[[str, int, int], None]  # what, done, of


@dataclass(frozen=True, slots=True)
class RetrievalExperiment:
    """What one engine found for each question, and how that measures."""

    engine: str
    documents: int
    questions: int
    measures: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    latency: dict[str, float]  # milliseconds per query
    by_intent: dict[str, float]  # intent → share of its questions whose first hit has it

    def as_json(self) -> dict[str, object]:
        """The contract's object (§2), and `by_intent` where intents are known."""
        return {
            "engine": self.engine,
            "documents": self.documents,
            "questions": self.questions,
            **{name: round(value, 4) for name, value in self.measures.items()},
            "ci95": {name: [round(low, 4), round(high, 4)] for name, (low, high) in self.intervals.items()},
            "ms_per_query": self.latency,
            **({"by_intent": self.by_intent} if self.by_intent else {}),
        }


def evaluate_retrieval(
    documents: Sequence[Document],
    questions: Sequence[LabelledQuestion],
    *,
    engine: str,
    embedder: Embedder | None,
    depth: int = _DEEPEST,
    filter_field: str | None = None,
    progress: Progress | None = None,
) -> RetrievalExperiment:
    """Index `documents` as production does and ask every question once.

    `filter_field`: each question searches only documents with its own value of that field. Raises InvalidInput
    where there is nothing to measure, UnknownFilter for a field or value that no document has.
    """
    if not documents or not questions:
        raise InvalidInput("there is nothing to measure: give at least one document and one question")
    vectors_of = None if embedder is None else _embedding(embedder, progress)
    index = indexes.build(0, documents, vectors_of)
    engine_under_test = (
        MinsearchRetriever(index, embedder, REFERENCE_BOOST, BOOSTED)
        if engine == BOOSTED
        else retriever(engine, index, embedder)
    )
    found: list[list[Hit]] = []
    seconds: list[float] = []
    for done, question in enumerate(questions, start=1):
        query = Query(question.question, _filters(question, filter_field))
        started = perf_counter()
        found.append(engine_under_test.retrieve(query, max(depth, _DEEPEST)))
        seconds.append(perf_counter() - started)
        if progress and (done % 50 == 0 or done == len(questions)):
            progress("asking", done, len(questions))
    values = _values(documents, questions, found)
    return RetrievalExperiment(
        engine=engine,
        documents=len(documents),
        questions=len(questions),
        measures={name: float(np.mean(each)) for name, each in values.items()},
        intervals={name: interval(each) for name, each in values.items()},
        latency=dict(percentiles([1000 * each for each in seconds])),
        by_intent=_by_intent(questions, found) if "intent_precision@1" in values else {},
    )


def _values(
    documents: Sequence[Document], questions: Sequence[LabelledQuestion], found: Sequence[Sequence[Hit]]
) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    judged = [(q, [str(h.document.id) for h in hits]) for q, hits in zip(questions, found, strict=True)]
    for question, ranking in judged:
        if question.documents:
            relevant = frozenset(question.documents)
            for name, measure in MEASURES.items():
                values.setdefault(name, []).append(measure(ranking, relevant))
    intent_of = {str(d.id): d.fields["intent"] for d in documents if "intent" in d.fields}
    for question, ranking in judged:
        wanted = _intents(question, intent_of)
        if wanted:
            right = bool(ranking) and intent_of.get(ranking[0]) in wanted
            values.setdefault("intent_precision@1", []).append(float(right))
    if not values:
        raise InvalidInput("no question names a document or an intent: add a column 'document' or 'intent'")
    return values


def _intents(question: LabelledQuestion, intent_of: dict[str, str]) -> set[str]:
    """The question's own intent where documents have intents at all, else those of its documents."""
    if not intent_of:
        return set()
    if question.intent:
        return {question.intent}
    return {intent_of[document] for document in question.documents if document in intent_of}


def _by_intent(questions: Sequence[LabelledQuestion], found: Sequence[Sequence[Hit]]) -> dict[str, float]:
    rights: dict[str, list[bool]] = {}
    for question, hits in zip(questions, found, strict=True):
        if question.intent:
            right = bool(hits) and hits[0].document.fields.get("intent") == question.intent
            rights.setdefault(question.intent, []).append(right)
    return {intent: round(float(np.mean(each)), 4) for intent, each in sorted(rights.items())}


def _filters(question: LabelledQuestion, field: str | None) -> dict[str, str]:
    if field is None:
        return {}
    if field not in question.fields:
        raise InvalidInput(f"a question has no field {field!r} to filter by: {question.question[:60]!r}")
    return {field: question.fields[field]}


def _embedding(embedder: Embedder, progress: Progress | None) -> indexes.VectorsOf:
    def vectors_of(texts: Sequence[str]) -> Vectors:
        parts: list[Vectors] = [np.empty((0, embedder.dimension), dtype=np.float32)]
        for start in range(0, len(texts), _EMBED_AT_ONCE):
            parts.append(embedder.embed(texts[start : start + _EMBED_AT_ONCE]))
            if progress:
                progress("embedding", min(start + _EMBED_AT_ONCE, len(texts)), len(texts))
        return np.concatenate(parts)

    return vectors_of

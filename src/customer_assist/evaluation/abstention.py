"""How well the gate tells what the knowledge answers from what it does not: accepted, declined, and the whole curve.

The gate is fitted from the documents alone, as in production; the questions only measure it. Asking back counts as not
accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from customer_assist.answering.gate import Target
from customer_assist.calibration import DEPTH, judge
from customer_assist.errors import InvalidInput
from customer_assist.evaluation.measures import share_interval
from customer_assist.evaluation.retrieval import check_known, embedding, right_intents
from customer_assist.evaluation.runs import fingerprint
from customer_assist.indexing import retriever, serving_gate
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.model import Decision, Document, Hit, Query
from customer_assist.ports import Embedder
from customer_assist.search import index as indexes

_POINTS = 101  # of a curve
Progress = Callable[[str, int, int], None]  # what, done, of


@dataclass(frozen=True, slots=True)
class Judged:
    """One question as the gate saw it."""

    question: str
    decision: Decision
    confidence: float
    found: str  # heading of the best hit; "" where nothing was found
    right: bool | None = None  # the best hit answers; None where nobody said what does


@dataclass(frozen=True, slots=True)
class Point:
    """What answering from one confidence on gives."""

    threshold: float
    coverage: float  # of the answerable questions, answered
    risk: float | None  # of what is answered, wrong: unanswerable, or from a document that is not right
    declined: float  # of the unanswerable questions, not answered


@dataclass(frozen=True)
class AbstentionRun:
    engine: str
    documents: int
    corpus: str
    target: Target
    threshold: float
    clarify_from: float
    answerable: tuple[Judged, ...]
    unanswerable: tuple[Judged, ...]

    @property
    def answerable_accepted(self) -> float:
        return share(self.answerable, Decision.ANSWER)

    @property
    def unanswerable_declined(self) -> float:
        """Asked back included."""
        return 1 - share(self.unanswerable, Decision.ANSWER)

    @property
    def clarified(self) -> float:
        """Of all questions, those asked back about."""
        return share((*self.answerable, *self.unanswerable), Decision.CLARIFY)

    @property
    def accepted_correct(self) -> float | None:
        """Of the accepted answerable questions of which somebody said what is right; None where there are none."""
        judged = [
            each.right
            for each in self.answerable
            if each.decision is Decision.ANSWER and each.right is not None
        ]
        return sum(judged) / len(judged) if judged else None

    @cached_property
    def auroc(self) -> float:
        """Probability that an answerable question has the higher confidence than an unanswerable one, ties half."""
        known, unknown = _confidences(self.answerable), np.sort(_confidences(self.unanswerable))
        below = np.searchsorted(unknown, known, side="left")
        not_above = np.searchsorted(unknown, known, side="right")
        return float((below + not_above).mean() / 2 / len(unknown))

    @cached_property
    def curve(self) -> tuple[Point, ...]:
        """From answering all to answering the surest, at the confidences of the answerable questions."""
        known, unknown = _confidences(self.answerable), _confidences(self.unanswerable)
        right = np.array([each.right is not False for each in self.answerable])
        edges = np.unique(np.quantile(known, np.linspace(0, 1, _POINTS), method="lower"))
        return tuple(_point(float(edge), known, unknown, right) for edge in edges)

    def as_json(self) -> dict[str, object]:
        accepted, declined = self.answerable_accepted, self.unanswerable_declined
        correct = self.accepted_correct
        return {
            "answerable_accepted": round(accepted, 4),
            "unanswerable_declined": round(declined, 4),
            "auroc": round(self.auroc, 4),
            "accepted_correct": None if correct is None else round(correct, 4),
            "clarified": round(self.clarified, 4),
            "answerable_clarified": round(share(self.answerable, Decision.CLARIFY), 4),
            "unanswerable_clarified": round(share(self.unanswerable, Decision.CLARIFY), 4),
            "ci95": {
                "answerable_accepted": _interval(accepted, len(self.answerable)),
                "unanswerable_declined": _interval(declined, len(self.unanswerable)),
            },
            "engine": self.engine,
            "documents": self.documents,
            "corpus": self.corpus,
            "answerable": len(self.answerable),
            "unanswerable": len(self.unanswerable),
            "target": {"coverage": self.target.coverage, "risk": self.target.risk},
            "threshold": self.threshold,
            "clarify_from": self.clarify_from,
            "curve": [
                {
                    "threshold": round(point.threshold, 6),
                    "coverage": round(point.coverage, 4),
                    "risk": None if point.risk is None else round(point.risk, 4),
                    "declined": round(point.declined, 4),
                }
                for point in self.curve
            ],
        }


def evaluate_abstention(
    documents: Sequence[Document],
    answerable: Sequence[LabelledQuestion],
    unanswerable: Sequence[LabelledQuestion],
    *,
    engine: str,
    embedder: Embedder | None,
    target: Target | None = None,
    progress: Progress | None = None,
) -> AbstentionRun:
    """Index `documents` and fit the gate as production does, then judge every question once.

    Raises InvalidInput where there is nothing to measure or a judgment names a document that is not there.
    """
    if not documents or not answerable or not unanswerable:
        raise InvalidInput(
            "there is nothing to measure: give at least one document, one answerable and one unanswerable question"
        )
    check_known(documents, answerable)
    target = target or Target()
    index = indexes.build(0, documents, None if embedder is None else embedding(embedder, progress))
    gate = serving_gate(engine, index, embedder, target=target)
    search = retriever(engine, index, embedder)
    intent_of = {str(d.id): d.fields["intent"] for d in documents if "intent" in d.fields}
    asked = [*answerable, *unanswerable]
    judged: list[Judged] = []
    for done, each in enumerate(asked, start=1):
        hits = search.retrieve(Query(each.question), DEPTH)
        verdict = judge(gate, each.question, hits, embedder)
        found = hits[0].document.heading if hits else ""
        right = _is_right(each, hits, intent_of) if done <= len(answerable) else None
        judged.append(Judged(each.question, verdict.decision, verdict.confidence, found, right))
        if progress and (done % 50 == 0 or done == len(asked)):
            progress("asking", done, len(asked))
    return AbstentionRun(
        engine=engine,
        documents=len(documents),
        corpus=fingerprint(documents),
        target=target,
        threshold=gate.threshold,
        clarify_from=gate.clarify_from,
        answerable=tuple(judged[: len(answerable)]),
        unanswerable=tuple(judged[len(answerable) :]),
    )


def _is_right(question: LabelledQuestion, hits: Sequence[Hit], intent_of: dict[str, str]) -> bool | None:
    """By the documents that it names, else by its intent where documents have one; None where neither is known."""
    intents = right_intents(question, intent_of)
    if not hits:
        return False if question.documents or intents else None
    if question.documents:
        return hits[0].document.id in question.documents
    return hits[0].document.fields.get("intent") in intents if intents else None


def _confidences(judged: Sequence[Judged]) -> NDArray[np.float64]:
    return np.array([each.confidence for each in judged], dtype=np.float64)


def _point(
    edge: float, known: NDArray[np.float64], unknown: NDArray[np.float64], right: NDArray[np.bool_]
) -> Point:
    answered, wrongly = known >= edge, unknown >= edge
    total = int(answered.sum() + wrongly.sum())
    wrong = int((answered & ~right).sum() + wrongly.sum())
    return Point(edge, float(answered.mean()), wrong / total if total else None, float(1 - wrongly.mean()))


def share(judged: Sequence[Judged], decision: Decision) -> float:
    """Of the questions, at least one, those that came to this decision."""
    return sum(each.decision is decision for each in judged) / len(judged)


def _interval(value: float, of: int) -> list[float]:
    return [round(edge, 4) for edge in share_interval(value * of, of)]

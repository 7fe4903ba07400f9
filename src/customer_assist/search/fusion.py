"""Evidence of several kinds to one score, and scores to hits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from customer_assist.model import DocumentId, Hit, Query, Score
from customer_assist.ports import Embedder
from customer_assist.search.index import COVERED, SIGNALS, Evidence, Index, Worded, blend, worded
from customer_assist.search.terms import without_references
from customer_assist.text.sentences import sentences as split

CANDIDATES = 50  # best documents by all else, to which late interaction and the vote of kin are added
_TEMPERATURE = 0.2  # of fused score: how fast a voter's weight falls with its distance to the best
_SENTENCES_SHARE = 0.35  # of a message's evidence that its sentences have, taken one by one
_ABOUT = 0.12  # of the highest score there can be: what a document has for naming the thing that is spoken of
_FEWEST_WORDS, _MOST_SENTENCES = 3, 6
_DIGITS = 5  # scores are rounded so that float noise never decides an order


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts; all signals are absolute, so the weights hold across corpora.

    How the defaults were chosen, and which figures are therefore not blind: docs/design/0003-search.md.
    """

    dense_question: float = 1.0
    word_question: float = 1.0
    gram_question: float = 0.35
    late_document: float = 3.0
    dense_text: float = 1.0
    word_text: float = 0.35
    gram_text: float = 0.5
    late_text: float = 1.0
    kin: float = 0.3  # what the documents of the same subject add

    def __post_init__(self) -> None:
        """Raises ValueError for what is no weight."""
        for name, weight in asdict(self).items():
            if not isinstance(weight, int | float) or not 0 <= weight < float("inf"):
                raise ValueError(
                    f"the weight {name} is {weight!r}: it has to be a number that is not negative"
                )

    @property
    def is_dense(self) -> bool:
        """Whether it weighs anything that an embedding model gives."""
        return any((self.dense_question, self.dense_text, self.late_document, self.late_text))

    @property
    def is_late(self) -> bool:
        """Whether the best documents are looked at by late interaction."""
        return bool(self.late_document or self.late_text)

    def array(self) -> NDArray[np.float32]:
        return np.array(astuple(self)[: len(SIGNALS)], dtype=np.float32)


HYBRID = Weights()
LEXICAL = Weights(dense_question=0.0, late_document=0.0, dense_text=0.0, late_text=0.0)
DENSE = Weights(
    word_question=0.0, gram_question=0.0, late_document=0.0, word_text=0.0, gram_text=0.0, late_text=0.0
)


class FusionRetriever:
    """Ranks all documents of an index by the weighted sum of their evidence (a Retriever)."""

    def __init__(
        self,
        name: str,
        index: Index,
        weights: Weights,
        embedder: Embedder | None,
        candidates_by: Weights | None = None,
    ) -> None:
        """`candidates_by` choose the documents that are ranked by `weights`; none: these themselves."""
        self.name = name
        self._index = index
        self._kin = weights.kin
        self._weights = weights.array()
        first = candidates_by or weights
        self._candidates_by = first.array()
        self._late = weights.is_late
        self._embedder = embedder if weights.is_dense or first.is_dense else None

    def retrieve(self, query: Query, depth: int) -> list[Hit]:
        allowed = self._index.matching(query.filters.items())
        if not len(self._index) or depth < 1:
            return []
        favour = None
        if query.about:
            about, favour = self._index.about([m for m in query.about if m.field not in query.filters])
            allowed &= about
        return self._rank(self._wordings(without_references(query.text)), allowed, depth, favour=favour)

    def retrieve_held_out(
        self, question: str, depth: int, *, hidden: Collection[DocumentId] = ()
    ) -> list[Hit]:
        """As if nobody had ever asked in these words or close to them, and `hidden` did not exist.

        `question` is one of the index's own: so the gate's examples are made.
        """
        allowed = np.ones(len(self._index), dtype=bool)
        allowed[[self._index.positions[document_id] for document_id in hidden]] = False
        return self._rank([worded(question, self._embedder)], allowed, depth, held_out=True)

    def _wordings(self, text: str) -> list[Worded]:
        """The whole message, and where it has several sentences these too: one of them is the request,
        the others its story, and which is which need not be known."""
        sentences = [s.strip() for s in split(text) if len(s.split()) >= _FEWEST_WORDS][:_MOST_SENTENCES]
        texts = [text, *sentences] if len(sentences) > 1 else [text]
        return [worded(each, self._embedder) for each in texts]

    def _rank(
        self,
        queries: Sequence[Worded],
        allowed: NDArray[np.bool_],
        depth: int,
        *,
        held_out: bool = False,
        favour: NDArray[np.float64] | None = None,
    ) -> list[Hit]:
        """`favour`: what speaks for each document beside its evidence, 1 as much as _ABOUT of all the weights."""
        found = [self._index.evidence(query, held_out=held_out) for query in queries]
        evidence = blend(found, _SENTENCES_SHARE)
        first = np.where(allowed, _scores(evidence.documents, self._candidates_by, favour), -np.inf)
        best = _best(first, max(depth, CANDIDATES))
        met = 0.0
        if self._late and len(best):
            met, *_ = [
                self._index.add_late(each, query, best) for query, each in zip(queries, found, strict=True)
            ]  # the whole message's
            evidence = blend(found, _SENTENCES_SHARE)
        scores = _scores(evidence.documents[best], self._weights, None if favour is None else favour[best])
        if self._kin and len(best):
            vote = kin_vote(scores, [self._index.documents[position].subject for position in best])
            scores = np.round(scores + self._kin * vote, _DIGITS)
        order = np.lexsort((best, -scores))[:depth]  # documents stand in the order of their ids
        return [
            describe(
                self._index,
                int(best[i]),
                rank,
                Score(float(scores[i]), self.name),
                evidence,
                self._weights,
                met,
            )
            for rank, i in enumerate(order, start=1)
        ]


def _scores(
    evidence: NDArray[np.float32], weights: NDArray[np.float32], favour: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    scores = (evidence @ weights).astype(np.float64)
    if favour is not None:
        scores += _ABOUT * float(weights.sum()) * favour
    return np.asarray(np.round(scores, _DIGITS), dtype=np.float64)


def kin_vote(scores: NDArray[np.float64], subjects: Sequence[str]) -> NDArray[np.float64]:
    """For each of the best documents, the share of their weight that is about its subject, itself included."""
    votes = np.exp((scores - scores.max()) / _TEMPERATURE)
    share: dict[str, float] = {}
    for subject, vote in zip(subjects, votes, strict=True):
        share[subject] = share.get(subject, 0.0) + float(vote)
    return np.asarray([share[subject] for subject in subjects], dtype=np.float64) / float(votes.sum())


def _best(scores: NDArray[np.float64], depth: int) -> NDArray[np.int64]:
    """Positions of the finite ones among the `depth` highest scores, best first, ties by position."""
    wanted = min(depth, len(scores))
    edge = np.partition(scores, -wanted)[-wanted]
    best = np.flatnonzero((scores >= edge) & np.isfinite(scores))
    return best[np.argsort(-scores[best], kind="stable")][:wanted]


def describe(
    index: Index,
    position: int,
    rank: int,
    score: Score,
    evidence: Evidence,
    weights: NDArray[np.float32],
    met: float = 0.0,
) -> Hit:
    """The document at `position` as a hit, with its best passage and its signals; `met` is COVERED."""
    values = zip(SIGNALS, evidence.documents[position], strict=True)
    return Hit(
        document=index.documents[position],
        passage=index.best_passage(position, evidence, weights),
        rank=rank,
        score=score,
        signals={name: round(float(value), 4) for name, value in values}
        | ({COVERED: round(met, 4)} if met else {}),
    )

"""The gate of a knowledge base: examples made from what it holds, and the gate that is fitted on them.

A *collection* has many ways of asking for each subject: customers' own messages. Held out in turn, they show how
customers ask; with their whole subject held out, what a near unknown question looks like. *Articles* list a few ways
of asking, or none, in the words of who wrote them; what they list is held out with everything close to it, and how
customers ask for articles is learned from invented businesses (training/gate.py). Questions of other subjects are
unknown to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from customer_assist.answering import gate as gates
from customer_assist.answering import subjects
from customer_assist.answering.customers import customers
from customer_assist.answering.gate import (
    COSINES,
    FEATURES,
    MEANING,
    TOPICS,
    WORDS,
    Examples,
    Features,
    Gate,
    Kind,
    Target,
    Telling,
)
from customer_assist.answering.subjects import SubjectModel
from customer_assist.model import DocumentId, Hit, Query, Verdict
from customer_assist.ports import Embedder
from customer_assist.search.fusion import HYBRID, LEXICAL, FusionRetriever, Weights
from customer_assist.search.index import Index
from customer_assist.search.terms import without_references

_OWN_WORDS = 20  # ways of asking that a subject has on average, from which they are customers' own
_SUBJECTS = (5, 500)  # of which a model is learned
_TEXTS = 6000  # at most that many ways of asking are learned from
_FOLDS = 4
_SAMPLED = 100  # articles whose questions are held out
_ENOUGH = 30  # held-out questions by which the threshold is set
_FEWEST = 10  # documents; with fewer, how far the best one leads says nothing
_LEAST = 2 / 3  # confidence below which no article is an answer: to ask back costs less than to be wrong
_LEAST_ALONE = 0.3  # the same where customers' words are not known: the examples are harder than they
DEPTH = 10  # hits of a query that a gate is fitted on, and judges
# What the coefficients have to tell apart. Settled as docs/design/0005-gate.md says.
_UNKNOWN = Telling(wrong=0.0, near=1.0, far=1.0)
_CUSTOMERS = Telling(wrong=0.2, near=0.8, far=0.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A gate, and the questions that it was fitted on."""

    gate: Gate
    examples: Examples | None = None  # None: too few to fit anything
    aims: Examples | None = None  # known ones that the threshold was set by; None: those of the examples


def fitted_gate(
    index: Index,
    embedder: Embedder | None,
    weights: Weights | None = None,
    candidates_by: Weights | None = None,
    target: Target | None = None,
) -> Gate:
    """See `calibrated`."""
    return calibrated(index, embedder, weights, candidates_by, target).gate


def calibrated(
    index: Index,
    embedder: Embedder | None,
    weights: Weights | None = None,
    candidates_by: Weights | None = None,
    target: Target | None = None,
) -> Calibration:
    """The gate for this knowledge and a FusionRetriever with these weights. Deterministic.

    `target`: what the threshold is to keep; None: the default coverage.
    """
    target = target or Target()
    collection = None if embedder is None else _collection(index)
    if collection is not None and embedder is not None:
        off_topic = embedder.encode(gates.off_topic()).vectors
        fitted = _of_collection(collection, off_topic, target)
        if fitted is not None:
            return fitted
    weights = weights or (HYBRID if embedder else LEXICAL)
    searcher = FusionRetriever("gate", index, weights, embedder, candidates_by)
    using = WORDS if embedder is None else MEANING if weights.is_late else COSINES
    return _of_articles(index, searcher, embedder, using, target) or Calibration(
        gates.unfitted(dense=embedder is not None, target=target)
    )


def judge(gate: Gate, question: str, hits: Sequence[Hit], embedder: Embedder | None) -> Verdict:
    """The gate's decision about a question as it was searched, and what was found for it."""
    if gate.subjects is None or embedder is None or not hits:
        return gate.judge(hits)
    return gate.judge(hits, embedder.encode([without_references(question)]).vectors[0])


# --- collections of customers' messages ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Collection:
    """n ways of asking, each with the number of its subject."""

    vectors: NDArray[np.float32]  # (n, dimension)
    subjects: NDArray[np.int64]  # (n,)

    def model(self, chosen: NDArray[np.bool_] | None = None) -> tuple[SubjectModel, NDArray[np.int64]]:
        """Learned from the `chosen` ones, or all; and the number that each subject of the model has here."""
        chosen = np.ones(len(self.subjects), dtype=bool) if chosen is None else chosen
        kept, numbers = np.unique(self.subjects[chosen], return_inverse=True)
        return subjects.learn(self.vectors[chosen], numbers), kept


def _collection(index: Index) -> _Collection | None:
    """Where the knowledge is one, its ways of asking, sampled where there are more than are learned from."""
    if index.asked.vectors is None or index.said.vectors is None:
        return None
    every = np.concatenate([index.asked.vectors, index.said.vectors])
    subject_of: dict[int, str] = {}
    for position, document in enumerate(index.documents):
        # A document that is a text alone stands for what customers ask by that text.
        rows = index.asked.rows_of(position) or [
            len(index.asked.texts) + row for row in index.said.rows_of(position)
        ]
        for row in rows:
            subject_of.setdefault(row, document.subject)
    rows, names = list(subject_of), list(subject_of.values())
    if not _SUBJECTS[0] <= len(set(names)) <= _SUBJECTS[1]:
        return None
    if len(names) < _OWN_WORDS * len(set(names)):
        return None
    chosen = sorted(Random(0).sample(range(len(rows)), min(_TEXTS, len(rows))))
    _, numbers = np.unique([names[i] for i in chosen], return_inverse=True)
    return _Collection(every[[rows[i] for i in chosen]], np.asarray(numbers, dtype=np.int64))


def _of_collection(
    collection: _Collection, off_topic: NDArray[np.float32], target: Target
) -> Calibration | None:
    """Fitted on questions held out in turn: some from a subject that stays, the others with all of theirs."""
    random = np.random.default_rng(0)
    fold_of_text = random.permutation(len(collection.subjects)) % _FOLDS
    fold_of_subject = random.permutation(int(collection.subjects.max()) + 1) % _FOLDS
    hidden_in = fold_of_subject[collection.subjects]
    parts: list[Examples] = []
    for fold in range(_FOLDS):
        model, kept = collection.model((fold_of_text != fold) & (hidden_in != fold))
        asked = (fold_of_text == fold) & (hidden_in != fold) & np.isin(collection.subjects, kept)
        vectors, wanted = collection.vectors[asked], collection.subjects[asked]
        order = np.argsort(-model.logits(vectors), axis=1)[:, :TOPICS]
        right = kept[order[:, 0]] == wanted
        listed = (kept[order] == wanted[:, None]).any(axis=1)
        hidden = collection.vectors[hidden_in == fold]
        parts += [
            Examples.known(_by_subjects(model, vectors), right, listed),
            Examples.unknown(_by_subjects(model, hidden), Kind.NEAR),
            Examples.unknown(_by_subjects(model, off_topic), Kind.FAR),
        ]
    examples = Examples.together(parts)
    mixed = examples.mixed(len(examples))
    gate = gates.fit(mixed, target, using=subjects.MEASURES, telling=_UNKNOWN)
    return None if gate is None else Calibration(replace(gate, subjects=collection.model()[0]), mixed)


def _by_subjects(model: SubjectModel, vectors: NDArray[np.float32]) -> Features:
    found = np.zeros((len(vectors), len(FEATURES)))
    found[:, -len(subjects.MEASURES) :] = model.measures(vectors)
    return found


# --- articles ----------------------------------------------------------------------------------------------


def _of_articles(
    index: Index,
    searcher: FusionRetriever,
    embedder: Embedder | None,
    using: Sequence[str],
    target: Target,
) -> Calibration | None:
    """What tells right from wrong is learned from other businesses' customers where that is known, else from what
    these articles list; how much of it there is to expect here, by what they list. `using`: the features that
    this search fills in; those businesses were searched with all of them."""
    learned = customers(embedder.stamp) if embedder and len(index) >= _FEWEST else None
    own = _held_out(index, searcher, alone=learned is None)
    if own is None:
        return None
    if learned is None:
        mixed = own.mixed(len(own))
        alone = gates.fit(mixed, target, using=using, least=_LEAST_ALONE)
        return None if alone is None else Calibration(alone, mixed)
    known = own.these(own.kinds == Kind.KNOWN)
    examples = Examples.together([learned, own.these(own.kinds == Kind.FAR)])
    aims = known if len(known) >= _ENOUGH else None
    mixed = examples.mixed(len(examples))
    gate = gates.fit(mixed, target, using=using, aims=aims, telling=_CUSTOMERS, least=_LEAST)
    return None if gate is None else Calibration(gate, mixed, aims)


def _held_out(index: Index, searcher: FusionRetriever, *, alone: bool) -> Examples | None:
    """Of articles that list ways of asking one of these, with everything close to it held out, and questions of other
    subjects. Where nothing else is learned from (`alone`), titles count as ways of asking, and each question is also
    asked with its whole article hidden: the nearest unknown there can be.
    """
    kin: dict[str, list[DocumentId]] = {}
    for document in index.documents:
        kin.setdefault(document.subject, []).append(document.id)
    random = Random(0)
    listing = [document for document in index.documents if document.questions or (alone and document.title)]
    parts: list[Examples] = []
    for document in random.sample(listing, min(_SAMPLED, len(listing))):
        question = random.choice(document.questions or (document.title,))
        hits = searcher.retrieve_held_out(question, DEPTH)
        first = list(dict.fromkeys(hit.document.subject for hit in hits))[:TOPICS]
        if hits:
            right = np.array([first[0] == document.subject])
            parts.append(Examples.known(_rows(hits), right, np.array([document.subject in first])))
        hits = searcher.retrieve_held_out(question, DEPTH, hidden=kin[document.subject]) if alone else []
        if hits:
            parts.append(Examples.unknown(_rows(hits), Kind.NEAR))
    for question in gates.off_topic():
        hits = searcher.retrieve(Query(question), DEPTH)
        if hits:
            parts.append(Examples.unknown(_rows(hits), Kind.FAR))
    return Examples.together(parts) if parts else None


def _rows(hits: Sequence[Hit]) -> Features:
    return gates.features(hits)[None]

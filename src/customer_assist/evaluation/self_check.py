"""Whether a knowledge base stands in its own way: questions that find another document, and documents too alike.

What a customer asks in the very words that the business wrote down must find the document that has them. Where it
does not, another document says the same, or something else, to the same question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from random import Random

import numpy as np

from customer_assist.model import Document, Hit, Query
from customer_assist.ports import Retriever
from customer_assist.search.index import Index, Side

_DEPTH = 5  # hits among which others that are asked alike are looked for
_ALIKE = {"dense_question": 0.95, "gram_question": 0.9}  # signals from which two questions are one
_SAYS_THE_SAME = 0.97  # cosine of two texts
_ROWS_AT_ONCE = 512
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Lost:
    """A stored question whose first hit is a document that says something else."""

    document: str
    question: str
    found: str  # id of the document found instead; empty: none


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents that are more alike than a customer can tell apart; `one` < `other`."""

    one: str
    other: str
    similarity: float


@dataclass(frozen=True, slots=True)
class SelfCheck:
    documents: int
    questions: int  # asked
    lost: tuple[Lost, ...]
    never_first: tuple[str, ...]  # documents that neither their questions nor their own words find
    asked_alike: tuple[Pair, ...]  # one question, two different texts
    said_alike: tuple[Pair, ...]  # two documents, nearly one text

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def self_check(
    index: Index, retriever: Retriever, *, limit: int | None = None, progress: Progress | None = None
) -> SelfCheck:
    """Ask `retriever`, which searches `index`, every stored question of every document, or of `limit` of them."""
    documents = list(index.documents)
    if limit is not None and len(documents) > limit:
        documents = sorted(Random(0).sample(documents, limit), key=lambda document: document.id)
    lost: list[Lost] = []
    never_first: list[str] = []
    asked_alike: dict[tuple[str, str], float] = {}
    questions = 0
    for done, document in enumerate(documents, start=1):
        won = False
        for question in _questions(document):
            hits = retriever.retrieve(Query(question), _DEPTH)
            questions += 1
            if _finds(hits, document):
                won = True
            else:
                lost.append(Lost(document.id, question, hits[0].document.id if hits else ""))
            for hit in hits:
                if (
                    hit.document.id != document.id
                    and hit.document.text != document.text
                    and (how := _alike(hit))
                ):
                    pair = _ordered(document.id, hit.document.id)
                    asked_alike[pair] = max(asked_alike.get(pair, 0.0), how)
        if not won and not _finds(retriever.retrieve(Query(_opening(document)), 1), document):
            never_first.append(document.id)
        if progress and (done % 20 == 0 or done == len(documents)):
            progress(done, len(documents))
    return SelfCheck(
        documents=len(documents),
        questions=questions,
        lost=tuple(lost),
        never_first=tuple(never_first),
        asked_alike=_pairs(asked_alike),
        said_alike=_pairs(dict(_alike_texts(index))),
    )


def _questions(document: Document) -> list[str]:
    return list(dict.fromkeys(text for text in (document.title, *document.questions) if text.strip()))


def _finds(hits: Sequence[Hit], document: Document) -> bool:
    """The document, or another that gives the same answer."""
    return bool(hits) and (hits[0].document.id == document.id or hits[0].document.text == document.text)


def _opening(document: Document) -> str:
    return " ".join(document.text.split()[:30]) or document.heading


def _alike(hit: Hit) -> float:
    """How alike the hit's question is to the one asked, where it is the same to a customer; else 0."""
    return max(
        (hit.signals.get(name, 0.0) for name, edge in _ALIKE.items() if hit.signals.get(name, 0.0) >= edge),
        default=0.0,
    )


def _alike_texts(index: Index) -> Iterator[tuple[tuple[str, str], float]]:
    """Each document that says nearly what another one says, with the nearest such."""
    side = index.said
    if side.vectors is None:
        return
    first = _first_documents(index, side)
    for start in range(0, len(side.texts), _ROWS_AT_ONCE):
        cosines = side.vectors[start : start + _ROWS_AT_ONCE] @ side.vectors.T
        for row, own in enumerate(cosines, start=start):
            own[row] = -1
            nearest = int(own.argmax())
            one, other = first.get(row), first.get(nearest)
            if own[nearest] >= _SAYS_THE_SAME and one and other and one != other:
                yield _ordered(one, other), float(own[nearest])


def _first_documents(index: Index, side: Side) -> dict[int, str]:
    """For each text that is the whole of a document's, the first document that has it."""
    found: dict[int, str] = {}
    for position, document in enumerate(index.documents):
        rows = side.rows_of(position)
        if len(rows) == 1:
            found.setdefault(rows[0], document.id)
    return found


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _pairs(found: dict[tuple[str, str], float]) -> tuple[Pair, ...]:
    """The most alike first."""
    pairs = [Pair(*names, round(float(np.clip(how, 0, 1)), 3)) for names, how in found.items()]
    return tuple(sorted(pairs, key=lambda pair: (-pair.similarity, pair.one, pair.other)))

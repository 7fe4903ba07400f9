"""The documents of one knowledge version, ready to be scored: an immutable index.

Passages are kept by distinct text, so that a reply which answers a thousand questions is weighed and embedded
once. Each side (what customers ask, what the business says) has four kinds of evidence for a query: cosine
of sentence embeddings, coverage by words (BM25) and by character n-grams, and, for the best documents of these,
late interaction of tokens. A document has, of each kind, what its best passage has; but late interaction of a
document as a whole lets each word of the query find its best match on either side.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from customer_assist.errors import UnknownFilter
from customer_assist.knowledge.passages import passages
from customer_assist.model import Document, DocumentId, Mention, Passage, PassageKind
from customer_assist.ports import Embedder, Encoded, TokenVectors, Vectors
from customer_assist.search.lexical import TermIndex, Weighting, WordCounts, count_words
from customer_assist.search.terms import ngrams, stems
from customer_assist.search.tokens import TokenIndex, covered, index_tokens, late_score

KINDS = ("dense", "word", "gram", "late")
SIGNALS = (
    *("dense_question", "word_question", "gram_question", "late_document"),
    *("dense_text", "word_text", "gram_text", "late_text"),
)
COVERED = "covered"  # one more signal, of no document but of all candidates: how far the query's words are met at all
DENSE, WORD, GRAM, LATE = range(len(KINDS))  # columns of evidence
_SAME_MEANING, _SAME_LETTERS = 0.65, 0.5  # cosines from which a question is no news to who knows the other
_LESS_SURE = (
    4.0  # against naming a thing at all: how much a thing loses that is e times less surely spoken of
)
VectorsOf = Callable[[Sequence[str]], Encoded]


@dataclass(frozen=True, slots=True)
class Worded:
    """A query's text, and what the embedding model makes of it where there is one."""

    text: str
    vector: NDArray[np.float32] | None = None
    tokens: TokenVectors | None = None


def worded(text: str, embedder: Embedder | None) -> Worded:
    """`text`, encoded."""
    if embedder is None:
        return Worded(text)
    encoded = embedder.encode([text])
    return Worded(text, encoded.vectors[0], encoded.tokens[0])


@dataclass(frozen=True, slots=True)
class Side:
    """The distinct texts of one kind of passage, and which of them each document has."""

    texts: tuple[str, ...]
    vectors: Vectors | None  # (texts, dimension); None, and no tokens: the index is lexical only
    tokens: TokenIndex | None
    counted: WordCounts
    by_words: TermIndex
    by_grams: TermIndex
    members: NDArray[np.int32]  # rows in `texts`, list after list; len(texts) stands for none
    starts: NDArray[np.int64]  # where in `members` each list begins
    list_of: NDArray[np.int32]  # the list that each document has; those with the same passages share one

    def texts_of(self, position: int) -> list[str]:
        """The passages of the document at `position`, in order."""
        return [self.texts[row] for row in self.rows_of(position)]

    def rows_of(self, position: int) -> list[int]:
        """Where the document at `position` has its passages in `texts`."""
        return [int(row) for row in self._members(position) if row < len(self.texts)]

    def _members(self, position: int) -> NDArray[np.int32]:
        number = self.list_of[position]
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.members)
        return self.members[self.starts[number] : end]

    def evidence(self, query: Worded) -> NDArray[np.float32]:
        """Evidence of every text but that by late interaction, shape (texts + 1, 4); the last row, of none, is 0."""
        scores = np.zeros((len(self.texts) + 1, len(KINDS)), dtype=np.float32)
        if query.vector is not None and self.vectors is not None:
            scores[:-1, DENSE] = self.vectors @ query.vector
        scores[:-1, WORD] = self.by_words.scores(query.text)
        scores[:-1, GRAM] = self.by_grams.scores(query.text)
        return scores

    def add_late(
        self, evidence: NDArray[np.float32], query: TokenVectors, positions: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Fill in late interaction for the texts of the documents at `positions`.

        The best match of each of the query's word pieces in each of these documents, shape (positions, word
        pieces). A text that was held out of `evidence` stays out.
        """
        assert self.tokens is not None
        lists = [self._members(int(position)) for position in positions]
        members = np.concatenate(lists).astype(np.int64)
        rows, places = np.unique(members, return_inverse=True)
        known = evidence[rows, DENSE] != 0
        matches = np.zeros((len(rows), len(query)), dtype=np.float32)
        matches[known] = self.tokens.matches(rows[known], query)
        evidence[rows, LATE] = late_score(matches, self.tokens.rarity[query.pieces])
        starts = np.cumsum([0, *(len(each) for each in lists[:-1])])
        return np.asarray(np.maximum.reduceat(matches[places], starts, axis=0), dtype=np.float32)

    def best_of_each(self, evidence: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the best passage of each document has of each kind, shape (documents, 4)."""
        if len(self.starts) == len(self.members):  # one passage each
            return np.asarray(evidence[self.members[self.list_of]], dtype=np.float32)
        best = np.maximum.reduceat(evidence[self.members], self.starts, axis=0)
        return np.asarray(best[self.list_of], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each document, for one query."""

    documents: NDArray[np.float32]  # (documents, 8), columns as in SIGNALS
    asked: NDArray[np.float32]  # (texts + 1, 4), columns as in KINDS
    said: NDArray[np.float32]


def blend(found: Sequence[Evidence], share: float) -> Evidence:
    """The first, with the mean of the others in `share` of its place; alone it stays as it is."""
    whole, parts = found[0], found[1:]
    if not parts:
        return whole

    def mixed(of: Callable[[Evidence], NDArray[np.float32]]) -> NDArray[np.float32]:
        mean = sum((of(part) for part in parts), np.zeros_like(of(whole))) / len(parts)
        return np.asarray((1 - share) * of(whole) + share * mean, dtype=np.float32)

    return Evidence(mixed(lambda e: e.documents), mixed(lambda e: e.asked), mixed(lambda e: e.said))


@dataclass(frozen=True)
class Index:
    """All documents in which anything can be searched, in the order of their ids."""

    version: int
    documents: tuple[Document, ...]
    asked: Side  # titles and questions
    said: Side  # parts of the texts

    def __len__(self) -> int:
        return len(self.documents)

    def evidence(self, query: Worded, *, held_out: bool = False) -> Evidence:
        """All evidence for one query but late interaction, whose columns are 0.

        `held_out`: as if nobody had ever asked in these words or close to them.
        """
        asked, said = self.asked.evidence(query), self.said.evidence(query)
        if held_out:
            asked[(asked[:, DENSE] > _SAME_MEANING) | (asked[:, GRAM] > _SAME_LETTERS)] = 0
        documents = np.empty((len(self), len(SIGNALS)), dtype=np.float32)
        documents[:, : len(KINDS)] = self.asked.best_of_each(asked)
        documents[:, len(KINDS) :] = self.said.best_of_each(said)
        return Evidence(documents, asked, said)

    def add_late(self, evidence: Evidence, query: Worded, positions: NDArray[np.int64]) -> float:
        """Fill in what late interaction says of the documents at `positions`; how far they cover the query's words."""
        asked, said, tokens = self.asked, self.said, query.tokens
        if (
            tokens is None
            or asked.tokens is None
            or said.tokens is None
            or not len(tokens)
            or not len(positions)
        ):
            return 0.0
        matches = np.maximum(
            asked.add_late(evidence.asked, tokens, positions), said.add_late(evidence.said, tokens, positions)
        )
        rarity = asked.tokens.rarity[tokens.pieces] + said.tokens.rarity[tokens.pieces]
        evidence.documents[positions, LATE] = late_score(matches, rarity)
        texts = [evidence.said[said.rows_of(int(position)), LATE].max(initial=0.0) for position in positions]
        evidence.documents[positions, LATE + len(KINDS)] = texts
        return covered(matches, rarity)

    def best_passage(self, position: int, evidence: Evidence, weights: NDArray[np.float32]) -> Passage:
        """The passage of one document that speaks most for it; the first among equals."""
        rated: list[float] = []
        asked, said = weights[: len(KINDS)].copy(), weights[len(KINDS) :]
        asked[LATE] = said[LATE]  # the document's own is no passage's
        for side, found, share in ((self.asked, evidence.asked, asked), (self.said, evidence.said, said)):
            rated.extend(float(found[row] @ share) for row in side.rows_of(position))
        found_passages = passages(self.documents[position])
        return max(zip(rated, found_passages, strict=True), key=lambda pair: pair[0])[1]

    @cached_property
    def positions(self) -> dict[DocumentId, int]:
        return {document.id: i for i, document in enumerate(self.documents)}

    @cached_property
    def fields(self) -> dict[str, dict[str, NDArray[np.int64]]]:
        """field → value → positions of the documents that have it."""
        found: dict[str, dict[str, list[int]]] = {}
        for i, document in enumerate(self.documents):
            for name, value in document.fields.items():
                found.setdefault(name, {}).setdefault(value, []).append(i)
        return {f: {v: np.array(p, dtype=np.int64) for v, p in by.items()} for f, by in found.items()}

    def about(self, mentions: Sequence[Mention]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Which documents may answer what is asked of these things, and what speaks for each; two of (documents,).

        Shut out are those that name other things in the same fields, never those that name none. For one that names
        a thing spoken of speaks 1, and less by the logarithm of how much less surely it was named than the first.
        """
        allowed, speaking = np.ones(len(self), dtype=bool), np.zeros(len(self))
        for name in {mention.field for mention in mentions} & self.fields.keys():
            naming, chosen = np.zeros(len(self), dtype=bool), np.zeros(len(self), dtype=bool)
            for positions in self.fields[name].values():
                naming[positions] = True
            own = [mention for mention in mentions if mention.field == name]
            surest = max(mention.strength for mention in own)
            for mention in own:
                positions = self.fields[name].get(mention.value, np.empty(0, dtype=np.int64))
                chosen[positions] = True
                speaking[positions] += 1 + _LESS_SURE * log(mention.strength / surest)
            allowed &= chosen | ~naming
        return allowed, speaking

    def matching(self, filters: Iterable[tuple[str, str]]) -> NDArray[np.bool_]:
        """Which documents have all these field values. Raises UnknownFilter, never matches nothing silently."""
        mask = np.ones(len(self), dtype=bool)
        for name, value in filters:
            if name not in self.fields:
                raise UnknownFilter(f"no document has a field {name!r}; there are: {_some(self.fields)}")
            if value not in self.fields[name]:
                raise UnknownFilter(
                    f"no document has {name}={value!r}; there are: {_some(self.fields[name])}"
                )
            having = np.zeros(len(self), dtype=bool)
            having[self.fields[name][value]] = True
            mask &= having
        return mask


def build(version: int, documents: Iterable[Document], vectors_of: VectorsOf | None) -> Index:
    """Index `documents`; `vectors_of` gives unit vectors for distinct texts, None makes it lexical only."""
    ordered = _ordered(document for document in documents if passages(document))
    asked = _side([_texts(document, PassageKind.QUESTION) for document in ordered], vectors_of, None)
    said = _side([_texts(document, PassageKind.TEXT) for document in ordered], vectors_of, None)
    return Index(version, ordered, asked, said)


def updated(
    index: Index,
    version: int,
    upserted: Iterable[Document],
    deleted: Collection[DocumentId],
    vectors_of: VectorsOf | None,
) -> Index:
    """The same as building anew from the changed documents, but only new texts are analysed and fetched."""
    changed = {document.id: document for document in upserted}
    kept = (d for d in index.documents if d.id not in changed and d.id not in deleted)
    ordered = _ordered([*kept, *(document for document in changed.values() if passages(document))])

    def side(before: Side, kind: PassageKind) -> Side:
        texts = [
            _texts(d, kind) if d.id in changed else before.texts_of(index.positions[d.id]) for d in ordered
        ]
        return _side(texts, vectors_of, before)

    return Index(
        version, ordered, side(index.asked, PassageKind.QUESTION), side(index.said, PassageKind.TEXT)
    )


def _ordered(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(sorted(documents, key=lambda document: document.id))


def _texts(document: Document, kind: PassageKind) -> list[str]:
    return [passage.text for passage in passages(document) if passage.kind is kind]


def _side(texts_of_each: list[list[str]], vectors_of: VectorsOf | None, before: Side | None) -> Side:
    rows: dict[str, int] = {}
    lists: dict[tuple[int, ...], int] = {}
    list_of: list[int] = []
    for own in texts_of_each:
        members = tuple(rows.setdefault(text, len(rows)) for text in own) or (-1,)
        list_of.append(lists.setdefault(members, len(lists)))
    texts = tuple(rows)
    counted = _counted(texts, before)
    member_rows = np.array([row for members in lists for row in members], dtype=np.int32)
    member_rows[member_rows < 0] = len(texts)
    encoded = None if vectors_of is None else _encoded(texts, vectors_of, before)
    return Side(
        texts=texts,
        vectors=None if encoded is None else encoded.vectors,
        tokens=None if encoded is None else index_tokens(encoded.tokens),
        counted=counted,
        by_words=TermIndex(counted, stems, Weighting.BM25),
        by_grams=TermIndex(counted, ngrams, Weighting.COSINE),
        members=member_rows,
        starts=np.cumsum([0, *(len(members) for members in lists)][: len(lists)], dtype=np.int64),
        list_of=np.array(list_of, dtype=np.int32),
    )


def _counted(texts: tuple[str, ...], before: Side | None) -> WordCounts:
    if before is None:
        return count_words(texts)
    known = {text: row for row, text in enumerate(before.texts)}
    fresh = [text for text in texts if text not in known]
    counted = count_words(fresh, onto=before.counted)
    known.update((text, row) for row, text in enumerate(fresh, start=len(before.texts)))
    return WordCounts(counted.vocabulary, counted.matrix[[known[text] for text in texts]])


def _encoded(texts: tuple[str, ...], vectors_of: VectorsOf, before: Side | None) -> Encoded:
    if before is None or before.vectors is None or before.tokens is None:
        return vectors_of(texts)
    known = {text: row for row, text in enumerate(before.texts)}
    fresh = [text for text in texts if text not in known]
    tokens = [before.tokens.of(row) for row in range(len(before.texts))]
    table = before.vectors
    if fresh:
        new = vectors_of(fresh)
        table, tokens = np.concatenate((table, new.vectors)), [*tokens, *new.tokens]
    known.update((text, row) for row, text in enumerate(fresh, start=len(before.texts)))
    rows = [known[text] for text in texts]
    return Encoded(np.asarray(table[rows], dtype=np.float32), tuple(tokens[row] for row in rows))


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")

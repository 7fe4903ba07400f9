"""Documents that contradict each other, and documents that say the same.

Two statements of different documents contradict each other where they are of the same thing and give different values
of one kind, or where one denies what the other says. An owner reads every pair that is named, so rather none than a
wrong one: that two statements are of the same thing must show in their words and in their meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from customer_assist.answering.polarity import contradicted, read_clauses
from customer_assist.insights.statements import Kind, Statement, Value, statements
from customer_assist.model import Document
from customer_assist.ports import Embedder
from customer_assist.text.words import content_words

MOST = 6000  # statements that are compared: half a minute, most of it their embedding
# Settled on the sample business, the articles of examples/contradictions and businesses of training/.
_MEANING = 0.72  # cosine, numbers left out
_COVERED, _COVERED_BACK = 0.6, 0.25  # share of the words, the rarer the weightier, that stand in the other
_OVERALL = 1.6  # meaning and both shares together
_WORDS_ALONE = 0.75  # the first share, where there is no embedding model
_NAMED = 0.9  # share of a denial's words that the other has, where they share a name
_SAME_TEXT = 0.8  # share of content words
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Side:
    document_id: str
    title: str
    text: str  # the sentence
    values: tuple[str, ...]  # what differs, as written there


@dataclass(frozen=True, slots=True)
class Conflict:
    kind: Kind
    one: Side
    other: Side
    strength: float  # how surely they are of the same thing


@dataclass(frozen=True, slots=True)
class Duplicate:
    one: str  # ids; one < other
    other: str
    alike: float


@dataclass(frozen=True, slots=True)
class Conflicts:
    documents: int
    statements: int  # that were compared
    conflicts: tuple[Conflict, ...]  # the surest first
    duplicates: tuple[Duplicate, ...]


def find_conflicts(
    documents: Sequence[Document], facts: Mapping[str, str], embedder: Embedder | None
) -> Conflicts:
    """`facts` fill the placeholders. Deterministic; a second for a hundred articles, most of it their embedding."""
    ordered = sorted(documents, key=lambda document: document.id)
    stated = [each for document in ordered for each in statements(document, facts)]
    stated = [each for each in stated if each.values or each.denies or each.names][:MOST]
    return Conflicts(
        documents=len(ordered),
        statements=len(stated),
        conflicts=tuple(_strongest(_conflicts(stated, embedder))),
        duplicates=tuple(_duplicates(ordered)),
    )


def _conflicts(stated: Sequence[Statement], embedder: Embedder | None) -> Iterator[Conflict]:
    rarity = _rarity(stated)
    for i, j, meaning in _candidates(stated, embedder):
        one, other = stated[i], stated[j]
        if one.document.id == other.document.id or one.document.subject == other.document.subject:
            continue
        shares = sorted((_covered(one, other, rarity), _covered(other, one, rarity)), reverse=True)
        if _is_one_thing(meaning, shares):
            yield from _different_values(one, other, (meaning or 0.0) + sum(shares))
        if one.denies != other.denies:
            yield from _denied(one, other, rarity, (meaning or 0.0) + sum(shares), meaning)


def _is_one_thing(meaning: float | None, shares: Sequence[float]) -> bool:
    first, second = shares
    if second < _COVERED_BACK:
        return False
    if meaning is None:
        return first >= _WORDS_ALONE
    return meaning >= _MEANING and first >= _COVERED and meaning + first + second >= _OVERALL


def _different_values(one: Statement, other: Statement, strength: float) -> Iterator[Conflict]:
    for kind in Kind:
        for bounds in ({"least"}, {"", "most"}) if kind is not Kind.MONEY else ({"least"}, {"most"}, {""}):
            own, others = (
                [value for value in each.values if value.kind is kind and value.bound in bounds]
                for each in (one, other)
            )
            if own and others and _comparable(own, others) and not _share_a_value(own, others):
                yield Conflict(kind, _side(one, own), _side(other, others), round(strength, 3))


def _comparable(own: Sequence[Value], others: Sequence[Value]) -> bool:
    """Of what is counted, the same must be."""
    if own[0].kind is not Kind.COUNT:
        return True
    return not {unit for v in own for _, unit in v.readings}.isdisjoint(
        {unit for v in others for _, unit in v.readings}
    )


def _share_a_value(own: Sequence[Value], others: Sequence[Value]) -> bool:
    return any(not one.readings.isdisjoint(other.readings) for one in own for other in others)


def _denied(
    one: Statement, other: Statement, rarity: Mapping[str, float], strength: float, meaning: float | None
) -> Iterator[Conflict]:
    """Of a thing with a name the denial's own words suffice; else clause must answer clause."""
    denial, claim = (one, other) if one.denies else (other, one)
    named = bool(denial.names & claim.names) and _share(denial.words, claim.words, rarity) >= _NAMED
    clauses = (
        meaning is not None and meaning >= _MEANING and contradicted(denial.plain, read_clauses(claim.plain))
    )
    if named or clauses:
        yield Conflict(Kind.YES_OR_NO, _side(one, ()), _side(other, ()), round(strength, 3))


def _side(statement: Statement, values: Sequence[Value]) -> Side:
    document = statement.document
    written = tuple(dict.fromkeys(value.written for value in values))
    return Side(str(document.id), document.heading, statement.text, written)


def _strongest(found: Iterator[Conflict]) -> Iterator[Conflict]:
    """Of each statement the surest only: where one article is wrong, it is against many."""
    taken: set[tuple[str, str]] = set()
    for conflict in sorted(
        found, key=lambda c: (-c.strength, c.one.document_id, c.other.document_id, c.kind)
    ):
        sides = {(side.document_id, side.text) for side in (conflict.one, conflict.other)}
        if taken.isdisjoint(sides):
            taken |= sides
            yield conflict


# --- how alike two statements are ------------------------------------------------------------------------


def _candidates(
    stated: Sequence[Statement], embedder: Embedder | None
) -> Iterator[tuple[int, int, float | None]]:
    """Pairs i < j that may be of one thing, with the cosine of their meaning where it can be had."""
    if embedder is None:
        yield from ((i, j, None) for i, j in _sharing_words(stated))
        return
    alone, in_place = (
        _vectors([prefix(each) + each.bare for each in stated], embedder)
        for prefix in (lambda _: "", lambda each: each.document.title + ": ")
    )
    for start in range(0, len(stated), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        meaning = np.maximum(alone[rows] @ alone.T, in_place[rows] @ in_place.T)
        for i, j in np.argwhere(meaning >= _MEANING):
            if start + i < j:
                yield int(start + i), int(j), float(meaning[i, j])
    for i, j in _denials_of_names(stated):
        near = max(float(alone[i] @ alone[j]), float(in_place[i] @ in_place[j]))
        if near < _MEANING:
            yield i, j, near


def _denials_of_names(stated: Sequence[Statement]) -> Iterator[tuple[int, int]]:
    """Pairs that may mean less alike: "we do not ship to Norway" is a small part of a list of countries."""
    having: dict[str, list[int]] = {}
    for place, each in enumerate(stated):
        for name in each.names:
            having.setdefault(name, []).append(place)
    found = {
        (i, j)
        for places in having.values()
        for i in places
        for j in places
        if i < j and stated[i].denies != stated[j].denies
    }
    yield from sorted(found)


def _sharing_words(stated: Sequence[Statement]) -> Iterator[tuple[int, int]]:
    for j, other in enumerate(stated):
        for i in range(j):
            if len(stated[i].words & other.words) > 1:
                yield i, j


def _vectors(texts: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    if not texts:
        return np.empty((0, embedder.dimension), dtype=np.float32)
    return embedder.encode(texts).vectors


def _rarity(stated: Sequence[Statement]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for each in stated:
        for word in each.words | each.about:
            counts[word] = counts.get(word, 0) + 1
    return {word: log((len(stated) + 1) / (count + 0.5)) for word, count in counts.items()}


def _covered(one: Statement, other: Statement, rarity: Mapping[str, float]) -> float:
    """Of `one`'s words, those that stand in the other or in the title above it."""
    return _share(one.words, other.words | other.about, rarity)


def _share(words: frozenset[str], among: frozenset[str], rarity: Mapping[str, float]) -> float:
    whole = sum(rarity[word] for word in words)
    return sum(rarity[word] for word in words & among) / whole if whole else 0.0


# --- documents that say the same -------------------------------------------------------------------------


def _duplicates(documents: Sequence[Document]) -> Iterator[Duplicate]:
    """Each document with the earlier one that it shares nearly all content words with; of texts that are equal to the
    letter each with the first."""
    first: dict[str, Document] = {}
    for document in documents:
        text = " ".join(document.text.split())
        if not text:
            continue
        if text in first:
            yield Duplicate(str(first[text].id), str(document.id), 1.0)
        else:
            first[text] = document
    yield from _nearly(list(first.values()))


def _nearly(documents: Sequence[Document]) -> Iterator[Duplicate]:
    words = [content_words(document.text) for document in documents]
    nearest: dict[int, tuple[float, int]] = {}  # of a thousand that are alike not each with each
    for earlier, place in may_be_alike(words):
        one, other = words[earlier], words[place]
        alike = len(one & other) / max(len(one | other), 1)
        if alike >= max(_SAME_TEXT, nearest.get(place, (0.0,))[0] + 1e-9):
            nearest[place] = (alike, earlier)
    for place, (alike, earlier) in nearest.items():
        yield Duplicate(str(documents[earlier].id), str(documents[place].id), round(alike, 3))


def may_be_alike(words: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """All pairs, the earlier first, that can share _SAME_TEXT of their words: then they share one of the rarest of
    each, as more than these cannot be missing (Chaudhuri, Ganti and Kaushik 2006). Few others do."""
    counts = Counter(word for own in words for word in own)
    having: dict[str, list[int]] = {}
    for place, own in enumerate(words):
        may_miss = int(len(own) * (1 - _SAME_TEXT) + 1e-9)
        rarest = sorted(own, key=lambda word: (counts[word], word))[: may_miss + 1]
        near = {earlier for word in rarest for earlier in having.get(word, ())}
        yield from ((earlier, place) for earlier in sorted(near))
        for word in rarest:
            having.setdefault(word, []).append(place)

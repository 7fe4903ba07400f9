"""Which of the things that documents name a conversation speaks of.

A business with many branches, houses or products answers the same question for each of them, and its customers name
the thing once and then say "it". What was said is compared with all names at once, in every run of a few words, by
the letters that they share: names are misheard, cut short and spelled in other ways. What tells names apart counts:
a word that the documents of many things use ("hotel", "good", the city) says little about which one is meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from customer_assist.knowledge.columns import NAMING_COLUMNS
from customer_assist.model import Document, Hit, Mention
from customer_assist.search.terms import stems
from customer_assist.text.spoken import NUMBER_WORDS, spoken_words
from customer_assist.text.words import is_everyday

_LONGEST = 7  # words of a run that is compared with a name
_LIKE = 0.75  # cosine from which a run may be the name of a thing that nobody spoke of yet
_LIKE_KNOWN = 0.5  # the same of one that somebody did: names are cut short when they are said again
_TELLING = 0.8  # what a run has to weigh; a long word that only this thing's documents use weighs 1
_TELLING_AT_LEAST = 0.6  # the same of a name that was said as it is, or of a thing that was spoken of before
_WHOLE = 0.95  # cosine from which a name was said as it is
_SIZES = (2, 3)  # letters of an n-gram
_CUT_SHORT = 3  # power of the cosine: what a name is worth that was said with fewer words, or more
_MISHEARD = 2  # the same with as many: it was said whole, with other letters
_FADING = 0.88  # what a mention is worth after each message that came later
_ANOTHER = 0.5  # strength from which a mention changes the subject
_PUSHED = 0.8  # what such a mention leaves of those before
_WITHIN = 0.95  # the same within a message, of one at its beginning
_LEFT_OUT = 0.8  # what a name is worth whose addition nobody has said: another branch may have the same name
_PLACE = 0.4  # what a name is worth that says where something is
_WHERE = frozenset(("in", "near", "around", "on", *NUMBER_WORDS))  # "in Union Square", "nine Hyde Street"
_NEW = 0.85  # what a thing that nobody spoke of counts beside one that somebody did, for the same words
_AS_GOOD = 0.9  # of the best name for the same words: which one is meant is not certain
_SURE = 0.9  # strength of a thing that was just named whole: then no other is meant
_BESIDE = 0.3  # of the strongest mention's strength, from which another thing may be meant as well
_FORGOTTEN = 0.05  # strength below which nothing is spoken of any more
_CLOSE = 0.9  # of the best hit's score, from which another thing's document would answer as well
_NUMBER = 0.5  # of its weight is what a number tells: they stand in addresses and telephone numbers, too
_EVERYDAY = 0.5  # of its rarity is the weight of a word that any friendly answer may use
_LONG = 3  # letters from which a word weighs what its rarity says
_READ = 400  # words of a message
_REMEMBERED = 256  # messages
_ADDITION = re.compile(r"\s+[-–—|]\s+|\s*[/(,:]")


@dataclass(frozen=True, slots=True)
class Thing:
    """What a field of some documents names."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of a message that may be a thing's name."""

    thing: int
    start: int
    end: int
    words: str
    likeness: float  # cosine
    weight: float  # of its words
    worth: float  # less where it stands early in its message, or says where something is
    rest: frozenset[str]  # words of the name that are left out
    power: int

    def strength(self, before: float, said: frozenset[str]) -> float:
        """`before`: how surely the thing was spoken of in earlier messages; part of its name says it again.

        `said`: all words so far; what is left out of a name may have been said before it.
        """
        alike = self.likeness**self.power
        if self.rest:
            alike *= _LEFT_OUT + (1 - _LEFT_OUT) * len(self.rest & said) / len(self.rest)
        return self.worth * max(alike, before)


class NamedThings:
    """All things that the fields in NAMING_COLUMNS name. Without any, nothing is looked for."""

    def __init__(self, documents: Iterable[Document]) -> None:
        used = _words_of_things(documents)
        self.things = tuple(used)
        self._used_by = Counter(stem for stems_of_thing in used.values() for stem in stems_of_thing)
        forms = [(number, *form) for number, thing in enumerate(self.things) for form in _forms(thing.value)]
        self._forms = [(number, len(words), rest) for number, words, rest in forms]
        names = [words for _, words, _ in forms]
        grams = sorted({gram for name in names for word in name for gram in _letters(word)})
        self._columns = {gram: column for column, gram in enumerate(grams)}
        self._names = self._of_names(names) if grams else None
        self._heard: dict[str, list[_Run]] = {}

    def spoken_of(self, said: Sequence[str]) -> list[Mention]:
        """The things named in these messages, whoever said them, oldest first: the strongest mention first."""
        if self._names is None:
            return []
        surest: dict[int, float] = {}  # ever
        now: dict[int, tuple[float, str]] = {}
        words_said: frozenset[str] = frozenset()
        for text in said:
            words_said |= frozenset(spoken_words(text))
            found = list(_apart(self._runs(text), surest, words_said))
            another = max((strength for _, strength in found), default=0.0) >= _ANOTHER
            left = _FADING * (_PUSHED if another else 1.0)
            now = {thing: (strength * left, words) for thing, (strength, words) in now.items()}
            for run, strength in found:
                surest[run.thing] = max(strength, surest.get(run.thing, 0.0))
                if strength >= now.get(run.thing, (0.0, ""))[0]:
                    now[run.thing] = strength, run.words
        mentions = [
            Mention(self.things[n].field, self.things[n].value, round(strength, 4), words)
            for n, (strength, words) in now.items()
        ]
        return sorted(mentions, key=lambda mention: (-mention.strength, mention.field, mention.value))

    def about(self, said: Sequence[str]) -> tuple[Mention, ...]:
        """What a question at the end of these messages may be about: of each field the things most spoken of."""
        chosen: list[Mention] = []
        most: dict[str, float] = {}
        for mention in self.spoken_of(said):
            first = most.setdefault(mention.field, mention.strength)
            least = _AS_GOOD if first >= _SURE else _BESIDE
            if first >= _FORGOTTEN and mention.strength >= least * first:
                chosen.append(mention)
        return tuple(chosen)

    def _runs(self, text: str) -> list[_Run]:
        """What may be a name in one message; remembered, as a conversation's messages come with each question."""
        runs = self._heard.get(text)
        if runs is None:
            runs = list(self._candidates(spoken_words(text)[:_READ]))
            if len(self._heard) >= _REMEMBERED:
                self._heard = {}
            self._heard[text] = runs
        return runs

    def _candidates(self, words: list[str]) -> Iterator[_Run]:
        """For each form of a name the run of words that is most like it, where one is like it."""
        if not words:
            return
        telling = [self._weight(word) * (_NUMBER if word in NUMBER_WORDS else 1.0) for word in words]
        sums = np.concatenate([[0.0], np.cumsum(telling)])
        best, starts, ends = self._closest(words)
        for form in np.flatnonzero(best >= _LIKE_KNOWN):
            start, end = int(starts[form]), int(ends[form])
            weight = float(sums[end] - sums[start])
            if weight >= _TELLING_AT_LEAST:
                worth = _WITHIN ** (1 - end / len(words)) * (_PLACE if _says_where(words, start) else 1.0)
                heard = " ".join(words[start:end])
                likeness = min(1.0, float(best[form]))
                thing, length, rest = self._forms[form]
                power = _MISHEARD if end - start == length else _CUT_SHORT
                yield _Run(thing, start, end, heard, likeness, weight, worth, rest, power)

    def _closest(self, words: list[str]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """The highest cosine of any run of `words` with each form, and where that run begins and ends.

        A run is the sum of its words, so that all runs are had from sums over the words' products.
        """
        count = len(words)
        matrix = self._of_words(words)
        known = matrix[:, : len(self._columns)]
        shared = np.vstack([np.zeros(len(self._forms)), np.cumsum((known @ self._names).toarray(), axis=0)])
        own = np.zeros((count + 1, count + 1))
        own[1:, 1:] = (matrix @ matrix.T).toarray().cumsum(axis=0).cumsum(axis=1)
        best = np.zeros(len(self._forms))
        starts, ends = np.zeros(len(best), dtype=np.int64), np.zeros(len(best), dtype=np.int64)
        for length in range(1, min(_LONGEST, count) + 1):
            start = np.arange(count - length + 1)
            end = start + length
            squares = own[end, end] - own[start, end] - own[end, start] + own[start, start]
            cosines = (shared[end] - shared[start]) / np.sqrt(np.maximum(squares, 1e-9))[:, None]
            first = cosines.argmax(axis=0)
            highest = cosines.max(axis=0)
            better = highest > best + 1e-9
            best[better] = highest[better]
            starts[better], ends[better] = first[better], first[better] + length
        return best, starts, ends

    def _weight(self, word: str) -> float:
        """From 1 for a word that one thing's documents use, or none, to nearly 0 for one that those of all do."""
        things = len(self.things) + 1
        rarity = log(things / max(self._used_by[_stem(word)], 1)) / log(things)
        return rarity * (_EVERYDAY if is_everyday(word) else 1.0) * min(1.0, len(word) / _LONG)

    def _of_names(self, names: Sequence[list[str]]) -> Any:
        """Letters of the names as columns of unit length, shape (n-grams, names)."""
        words = list(dict.fromkeys(word for name in names for word in name))
        row = {word: number for number, word in enumerate(words)}
        ones = [(thing, row[word]) for thing, name in enumerate(names) for word in name]
        has = sp.csr_array((np.ones(len(ones)), tuple(np.array(ones).T)), shape=(len(names), len(words)))
        summed = has @ self._of_words(words)
        lengths = np.sqrt(np.asarray(summed.multiply(summed).sum(axis=1)).ravel())
        return (sp.diags_array(1 / np.maximum(lengths, 1e-9)) @ summed).T.tocsr()

    def _of_words(self, words: Sequence[str]) -> Any:
        """Each word's n-grams, as long as the word's weight; columns after those of the names are of no name."""
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        others: dict[str, int] = {}
        for row, word in enumerate(words):
            grams = Counter(_letters(word))
            unit = self._weight(word) / np.sqrt(sum(count * count for count in grams.values()))
            for gram, count in grams.items():
                column = self._columns.get(gram)
                if column is None:
                    column = len(self._columns) + others.setdefault(gram, len(others))
                rows.append(row)
                columns.append(column)
                values.append(count * unit)
        return sp.csr_array((values, (rows, columns)), shape=(len(words), len(self._columns) + len(others)))


def _forms(name: str) -> Iterator[tuple[list[str], frozenset[str]]]:
    """The words of the name; and of what stands before an addition, with the words of the addition, where it has one.

    "Lamp House - Harbour" is the Lamp House, and so is another of them.
    """
    words = spoken_words(name)
    yield words, frozenset()
    short = spoken_words(_ADDITION.split(name, maxsplit=1)[0])
    if short and short != words:
        yield short, frozenset(words[len(short) :])


def _letters(word: str) -> list[str]:
    """Its n-grams without an ending: customers say "the palace of fine art" of one of arts.

    They are short: of a word in which one letter is wrong few long ones are left.
    """
    marked = f" {_stem(word)} "
    return [marked[i : i + size] for size in _SIZES for i in range(len(marked) - size + 1)]


def _stem(word: str) -> str:
    return stems(word)[0]


def left_open(
    hits: Sequence[Hit], filters: Mapping[str, str], about: Sequence[Mention]
) -> list[tuple[str, Document]]:
    """The things that a question may be about, the likeliest first, each with its document; none where it says which.

    It does not where the best document names a thing in a field that nothing limits, and another thing's is close.
    """
    limited = {*filters, *(mention.field for mention in about)}
    close = [hit for hit in hits if hit.score.value >= _CLOSE * hits[0].score.value]
    for field in NAMING_COLUMNS:
        if close and field in close[0].document.fields and field not in limited:
            of_each: dict[str, Document] = {}
            for hit in close:
                if field in hit.document.fields:
                    of_each.setdefault(hit.document.fields[field], hit.document)
            if len(of_each) > 1:
                return list(of_each.items())
    return []


def _words_of_things(documents: Iterable[Document]) -> Mapping[Thing, set[str]]:
    """Each thing, in the order of the documents, with the stems of the words that it and its documents use."""
    found: dict[Thing, set[str]] = {}
    for document in documents:
        for field in NAMING_COLUMNS:
            if field in document.fields:
                thing = Thing(field, document.fields[field])
                used = found.setdefault(thing, set())
                for text in (thing.value, document.title, *document.questions, document.text):
                    used.update(map(_stem, spoken_words(text)))
    return found


def _says_where(words: Sequence[str], start: int) -> bool:
    """Whether what begins at `start` says where something is. An "in" may be heard as the first word of an "Inn"."""
    before = [word for word in words[max(0, start - 2) : start] if word != "the"]
    return words[start] == "in" or (bool(before) and before[-1] in _WHERE)


def _apart(
    runs: Iterable[_Run], surest: Mapping[int, float], said: frozenset[str]
) -> Iterator[tuple[_Run, float]]:
    """Those that name a thing, each with its strength, without those whose words another name explains better.

    `surest`: how surely things were spoken of before.
    """
    heard = []
    for run in runs:
        before = surest.get(run.thing, 0.0)
        if before or run.likeness >= _WHOLE or (run.likeness >= _LIKE and run.weight >= _TELLING):
            strength = run.strength(before, said)
            heard.append((strength * run.weight * (1.0 if before else _NEW), strength, run))
    kept: list[tuple[float, _Run]] = []  # and their ranks
    for rank, strength, run in sorted(heard, key=lambda each: (-each[0], each[2].thing)):
        over = [other for other in kept if run.start < other[1].end and other[1].start < run.end]
        known = any(run.thing == other.thing for _, other in kept)
        if not known and all(rank >= _AS_GOOD * other for other, _ in over):
            kept.append((rank, run))
            yield run, strength

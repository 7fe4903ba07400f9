"""What each sentence states: claims together with the words they stand among.

A number that occurs in a source may still be said of the wrong thing: "standard delivery costs €8.90" where that
is the price of express. A claim is out of its place where another sentence of the sources is clearly of the same
thing and states another value of the same kind, and none that states this value is as much of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from customer_assist.answering.claims import Claims, read_claims
from customer_assist.answering.stems import stems
from customer_assist.answering.units import Reading
from customer_assist.text.sentences import sentences

_ALIKE = 0.6  # share of the answer's words that a source's sentence must hold to be of the same thing
_FEWEST = 2  # and how many


@dataclass(frozen=True, slots=True)
class Stated:
    """One sentence: its claims, their readings by kind, and its content words."""

    text: str
    claims: Claims
    words: frozenset[str]
    readings: frozenset[Reading]


def read_stated(text: str, *, generous: bool = False) -> Iterator[Stated]:
    """Each sentence of an answer or, `generous`, of what a customer typed: nothing of it is kept."""
    for sentence in sentences(text):
        claims = read_claims(sentence, generous=generous)
        measured = [reading for each in claims.quantities for reading in each.readings]
        moments = [(reading, reading.split()[0]) for each in claims.moments for reading in each.readings]
        yield Stated(sentence, claims, stems(claims.text), frozenset([*measured, *moments]))


@lru_cache(maxsize=2048)
def read_source(text: str) -> tuple[Stated, ...]:
    """Each sentence of a source. A source is read once, however many answers rest on it."""
    return tuple(read_stated(text, generous=True))


def is_misplaced(readings: frozenset[Reading], stated: Stated, known: Iterable[Stated]) -> bool:
    """Whether a claim with `readings` is said of something of which the sources say otherwise."""
    kinds = {kind for _, kind in readings}
    if not kinds or len(stated.words) < _FEWEST:
        return False
    here = elsewhere = 0.0
    for other in known:
        if not any(kind in kinds for _, kind in other.readings):
            continue
        shared = len(stated.words & other.words)
        alike = shared / len(stated.words)
        if readings & other.readings:
            here = max(here, alike)
        elif shared >= _FEWEST:
            elsewhere = max(elsewhere, alike)
    return elsewhere >= _ALIKE and elsewhere > here

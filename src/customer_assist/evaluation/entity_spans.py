"""How exactly entities are found in questions: a span counts only with its type, its start and its end."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from customer_assist.text.entities import find

Span = tuple[str, int, int]  # type, start, end


@dataclass(frozen=True, slots=True)
class SpanScore:
    right: int
    wrong: int  # found, and not stated so
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)


@dataclass(frozen=True, slots=True)
class EntityScores:
    by_type: Mapping[str, SpanScore]
    without: int  # questions that state nothing
    in_vain: int  # of these, in which something is found

    def of(self, types: Iterable[str]) -> SpanScore:
        """The types together (micro)."""
        scores = [self.by_type[each] for each in types]
        return SpanScore(
            sum(score.right for score in scores),
            sum(score.wrong for score in scores),
            sum(score.missed for score in scores),
        )


def entity_scores(questions: Iterable[tuple[str, frozenset[Span]]], types: Mapping[str, str]) -> EntityScores:
    """`questions` with the spans they state; `types`: the name that `find` gives → the type it is called here."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    without = in_vain = 0
    for question, stated in questions:
        found = {(types[each.name], each.start, each.end) for each in find(question) if each.name in types}
        right.update(span[0] for span in found & stated)
        wrong.update(span[0] for span in found - stated)
        missed.update(span[0] for span in stated - found)
        without += not stated
        in_vain += not stated and bool(found)
    scores = {each: SpanScore(right[each], wrong[each], missed[each]) for each in types.values()}
    return EntityScores(scores, without, in_vain)


def read_spans(path: Path) -> Iterator[tuple[str, frozenset[Span]]]:
    """Questions of a CSV file with the columns utterance, entity_type, start_offset and end_offset, one span a row."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            spans: frozenset[Span] = frozenset()
            if row["entity_type"]:
                spans = frozenset({(row["entity_type"], int(row["start_offset"]), int(row["end_offset"]))})
            yield row["utterance"], spans

"""Two runs over the same questions: is one better, or was it luck?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_assist.errors import InvalidInput
from customer_assist.evaluation.measures import interval
from customer_assist.evaluation.runs import Asked, Run

_FLIPS = 10_000
_FLIPS_AT_ONCE = 500  # bounds memory: 500 × questions signs


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of run a and run b, question by question; the difference is a - b."""

    measure: str
    a: str
    b: str
    difference: float
    interval: tuple[float, float]  # 95 %, of the difference
    p: float  # two-sided, by randomisation
    better: int  # questions for which a is better
    worse: int
    same: int

    def as_json(self) -> dict[str, object]:
        return {
            "measure": self.measure,
            "a": self.a,
            "b": self.b,
            "difference": round(self.difference, 4),
            "ci95": [round(edge, 4) for edge in self.interval],
            "p": round(self.p, 4),
            "better": self.better,
            "worse": self.worse,
            "same": self.same,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One question that the two runs answered differently."""

    question: str
    right: tuple[str, ...]
    a: str | None  # the document that a found first
    b: str | None
    gain: float  # in reciprocal rank, or in whether the intent is right


def compare(a: Run, b: Run) -> list[Comparison]:
    """Every measure that both runs have. Raises InvalidInput where they are not over the same questions."""
    _check(a, b)
    found: list[Comparison] = []
    for name, values in a.values.items():
        if len(b.values.get(name, ())) != len(values):
            continue  # documents got or lost their intents between the two
        differences = np.array(values) - np.array(b.values[name])
        better, worse = int((differences > 0).sum()), int((differences < 0).sum())
        found.append(
            Comparison(
                measure=name,
                a=a.engine,
                b=b.engine,
                difference=float(differences.mean()),
                interval=interval(differences.tolist()),
                p=randomisation_test(differences),
                better=better,
                worse=worse,
                same=len(differences) - better - worse,
            )
        )
    return found


def changes(a: Run, b: Run) -> list[Change]:
    """The questions that changed, the greatest loss of `a` first, the greatest gain last."""
    _check(a, b)
    found: list[Change] = []
    for one, other in zip(a.asked, b.asked, strict=True):
        gain = _worth(one) - _worth(other)
        if gain:
            right = one.documents or one.intents
            found.append(Change(one.question, right, _first(one), _first(other), gain))
    return sorted(found, key=lambda change: change.gain)


def randomisation_test(differences: NDArray[np.float64]) -> float:
    """How likely a mean difference as large is if it were chance which run is which (two-sided).

    Fisher's paired test by sign flips, as Smucker, Allan and Carterette (2007) advise for search; 10,000
    draws, always the same. At least 1 / 10,001.
    """
    changed = differences[differences != 0]
    if not len(changed):
        return 1.0
    observed = abs(changed.sum()) - 1e-9  # sums of the same numbers in another order count as equal
    random = np.random.default_rng(0)
    as_large = 0
    for _ in range(_FLIPS // _FLIPS_AT_ONCE):
        signs = random.integers(0, 2, size=(_FLIPS_AT_ONCE, len(changed))) * 2 - 1
        as_large += int((np.abs(signs @ changed) >= observed).sum())
    return (as_large + 1) / (_FLIPS + 1)


def _check(a: Run, b: Run) -> None:
    if _judgments(a.asked) != _judgments(b.asked):
        raise InvalidInput("the two runs were asked different questions: only runs over the same compare")


def _judgments(asked: Sequence[Asked]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(each.question, each.documents, () if each.documents else each.intents) for each in asked]


def _worth(asked: Asked) -> float:
    values = asked.values()
    return values.get("mrr@10", next(iter(values.values()), 0.0))


def _first(asked: Asked) -> str | None:
    return asked.found[0].document if asked.found else None

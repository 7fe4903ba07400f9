"""What the gate would let through at each threshold, on the questions that it was fitted on: the price of answering
more. Seen questions flatter: `evaluate abstention` measures on others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_assist.answering.gate import Examples, Gate, Kind

_POINTS = 60


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Answering from `threshold` on. None where there is no such question."""

    threshold: float
    coverage: float | None  # of known questions, answered
    risk: float | None  # of what is answered in a customary mix, wrong
    near: float | None  # of unknown questions of the same field, answered all the same
    far: float | None  # of questions that are no business of this one


def curve(gate: Gate, examples: Examples, aims: Examples | None) -> tuple[CurvePoint, ...]:
    """From answering all to answering the surest. `aims`: known questions that the threshold was set by; None: those
    of the `examples`."""
    known = examples.these(examples.kinds == Kind.KNOWN) if aims is None else aims
    every = gate.confidences(examples.features)
    edges = np.unique(np.quantile(every, np.linspace(0, 1, _POINTS), method="lower"))
    return tuple(_at(float(edge), gate, examples, every, known) for edge in edges)


def today(gate: Gate, examples: Examples, aims: Examples | None) -> CurvePoint:
    """At the gate's own threshold."""
    known = examples.these(examples.kinds == Kind.KNOWN) if aims is None else aims
    return _at(gate.threshold, gate, examples, gate.confidences(examples.features), known)


def _at(
    edge: float, gate: Gate, examples: Examples, confidences: NDArray[np.float64], known: Examples
) -> CurvePoint:
    answered = confidences >= edge
    unknown = {
        kind: _share(answered[examples.kinds == kind], examples.weights[examples.kinds == kind])
        for kind in (Kind.NEAR, Kind.FAR)
    }
    return CurvePoint(
        threshold=edge,
        coverage=_share(gate.confidences(known.features) >= edge, known.weights),
        risk=_share(~examples.right[answered], examples.weights[answered]),
        near=unknown[Kind.NEAR],
        far=unknown[Kind.FAR],
    )


def _share(yes: NDArray[np.bool_], weights: NDArray[np.float64]) -> float | None:
    return float(np.average(yes, weights=weights)) if len(yes) and weights.sum() > 0 else None

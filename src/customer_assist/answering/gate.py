"""The gate: whether the evidence is enough to answer.

A logistic model of what search found, fitted from the knowledge base itself (indexing.py makes the examples:
its own questions held out, the same with their documents hidden, and questions of other subjects). Its output
is the probability that the best hit answers; the threshold is where a stated share of answerable questions is
let through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from customer_assist.model import Decision, Hit, Verdict

FEATURES = ("evidence", "dense", "nearest_five", "lead", "agreement")
COVERAGE = 0.95  # share of answerable questions that should be answered
_RIDGE = 1.0  # pulls every coefficient to 0, in units of standardised features
_FEWEST = 10  # examples of each kind below which nothing is fitted


@dataclass(frozen=True, slots=True)
class Example:
    """What search found for one question, and whether its best hit is right."""

    hits: Sequence[Hit]
    right: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """`confidence` = sigmoid(bias + weights · (features - means) / scales)."""

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float

    def judge(self, hits: Sequence[Hit]) -> Verdict:
        """Nothing found is declined."""
        if not hits:
            return Verdict(Decision.DECLINE, 0.0, self.threshold)
        found = features(hits)
        z = self.bias + float(np.dot(self.weights, (found - self.means) / self.scales))
        confidence = round(1 / (1 + float(np.exp(-np.clip(z, -30, 30)))), 6)
        named = {name: round(float(value), 4) for name, value in zip(FEATURES, found, strict=True)}
        decision = Decision.ANSWER if confidence >= self.threshold else Decision.DECLINE
        return Verdict(decision, confidence, self.threshold, features=named)


def unfitted(*, dense: bool = True) -> Gate:
    """For a knowledge base too small to fit from: even odds where a search that is sure of itself begins.

    `dense`: there are vectors, and a cosine of 0.5 is that point; else it is the share of matching words.
    """
    deciding, point, slope = ("dense", 0.5, 12.0) if dense else ("evidence", 0.15, 40.0)
    weights = tuple(slope if name == deciding else 0.0 for name in FEATURES)
    means = tuple(point if name == deciding else 0.0 for name in FEATURES)
    return Gate(means, tuple(1.0 for _ in FEATURES), weights, 0.0, 0.5)


def fit(examples: Sequence[Example], coverage: float = COVERAGE) -> Gate:
    """Fit on held-out examples; answerable and unanswerable ones count alike in sum.

    The threshold lets `coverage` of the rightly found ones through. Too few of either kind: `unfitted()`.
    """
    usable = [example for example in examples if example.hits]
    labels = np.array([example.right for example in usable], dtype=np.float64)
    if min(labels.sum(), len(labels) - labels.sum()) < _FEWEST:
        return unfitted(
            dense=any(name.startswith("dense") and value for e in usable for name, value in _signals(e))
        )
    found = np.stack([features(example.hits) for example in usable])
    means, scales = found.mean(axis=0), found.std(axis=0)
    scales[scales < 1e-6] = 1.0
    shares = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum()) * len(labels)
    bias, weights = _logistic((found - means) / scales, labels, shares)
    gate = Gate(_plain(means), _plain(scales), _plain(weights), round(float(bias), 6), 0.0)
    accepted = [gate.judge(example.hits).confidence for example in usable if example.right]
    threshold = round(float(np.quantile(accepted, 1 - coverage)), 6)
    return Gate(gate.means, gate.scales, gate.weights, gate.bias, threshold)


def features(hits: Sequence[Hit]) -> NDArray[np.float64]:
    """What the gate looks at, shape (len(FEATURES),); `hits` is not empty. More of each speaks for answering."""
    best = hits[0]
    dense = [max(hit.signals.get("dense_question", 0.0), hit.signals.get("dense_text", 0.0)) for hit in hits]
    others = [hit for hit in hits[1:] if hit.document.subject != best.document.subject]
    lead = _evidence(best) - _evidence(others[0]) if others else _evidence(best)
    first_five = hits[:5]
    agreement = sum(hit.document.subject == best.document.subject for hit in first_five) / len(first_five)
    return np.array([_evidence(best), max(dense), float(np.mean(dense[:5])), lead, agreement])


def off_topic() -> list[str]:
    """Questions that no shop's help pages answer, written for this project."""
    content = files("customer_assist.answering").joinpath("off_topic.txt").read_text(encoding="utf-8")
    return [line for line in content.splitlines() if line.strip()]


def _signals(example: Example) -> list[tuple[str, float]]:
    return [signal for hit in example.hits for signal in hit.signals.items()]


def _evidence(hit: Hit) -> float:
    return sum(hit.signals.values()) / max(len(hit.signals), 1)


def _plain(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _logistic(
    x: NDArray[np.float64], labels: NDArray[np.float64], shares: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Weighted ridge logistic regression whose weights are not negative: more evidence never speaks against an
    answer, whatever a small sample says. Features that would, go, the worst first."""
    kept = list(range(x.shape[1]))
    while True:
        theta = _newton(np.column_stack([np.ones(len(x)), x[:, kept]]), labels, shares)
        if not kept or theta[1:].min() >= 0:
            weights = np.zeros(x.shape[1])
            weights[kept] = theta[1:]
            return float(theta[0]), weights
        del kept[int(theta[1:].argmin())]


def _newton(
    design: NDArray[np.float64], labels: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Coefficients of a logistic model; the first column's, the bias, is not penalised."""
    penalty = np.diag([1e-9] + [_RIDGE] * (design.shape[1] - 1))
    theta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ theta, -30, 30)))
        gradient = design.T @ (shares * (p - labels)) + penalty @ theta
        curvature = (design * (shares * p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature, gradient)
        theta -= step
        if np.abs(step).max() < 1e-8:
            break
    return theta

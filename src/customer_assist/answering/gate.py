"""The gate: whether the evidence is enough to answer, to ask back, or neither.

A logistic model of what search found. What it is fitted on is made in calibration.py from the knowledge base itself.
Its output is the probability that the best hit answers, for a stated mix of questions; the threshold is where a
stated share of the answerable questions is let through, or where at most a stated share of what is answered is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from customer_assist.answering.subjects import MEASURES as SUBJECT_MEASURES
from customer_assist.answering.subjects import SubjectModel
from customer_assist.model import Decision, Hit, Verdict

# What the words of the hits say, what their embeddings say, and how the question lies among all subjects.
WORDS = ("evidence", "lead", "agreement")
COSINES = ("dense_question", "dense_text", "nearest_five")
MEANING = (*COSINES, "late", "late_lead", "clarity", "covered")
FEATURES = (*WORDS, *MEANING, *SUBJECT_MEASURES)
COVERAGE = 0.95  # share of answerable questions that should be answered
TOPICS = 3  # offered when asking back
_RIDGE = 1.0  # pulls every coefficient to 0, in units of standardised features
_FEWEST = 10  # examples of each kind below which nothing is fitted
_TEMPERATURE = 0.05  # of late interaction: how fast a subject's share falls with its distance to the best
Features = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Target:
    """What the threshold is to keep: a coverage, or where `risk` is given, at most that share wrong among answered."""

    coverage: float = COVERAGE
    risk: float | None = None


class Kind(IntEnum):
    """What a question is to the knowledge."""

    KNOWN = 0
    NEAR = 1  # of the same field, but not answered
    FAR = 2  # of no business of this one


@dataclass(frozen=True, slots=True)
class Telling:
    """How much each kind of question that is not rightly answered counts when the coefficients are fitted."""

    wrong: float  # known, but another document came first
    near: float
    far: float


EVENLY = Telling(wrong=1.0, near=1.0, far=1.0)

# Of a hundred messages of customers, as an assumption: the confidence is a probability for this mix.
SHARES = {Kind.KNOWN: 0.8, Kind.NEAR: 0.1, Kind.FAR: 0.1}


@dataclass(frozen=True, slots=True)
class Examples:
    """n questions of which is known what should come of them; all arrays have n rows."""

    features: Features  # (n, len(FEATURES))
    kinds: NDArray[np.int8]
    right: NDArray[np.bool_]  # the best hit answers
    listed: NDArray[np.bool_]  # one of the first TOPICS subjects does
    weights: NDArray[np.float64]  # how many each stands for

    def __len__(self) -> int:
        return len(self.kinds)

    @staticmethod
    def known(found: Features, right: NDArray[np.bool_], listed: NDArray[np.bool_]) -> Examples:
        return Examples(
            found, np.full(len(found), Kind.KNOWN, dtype=np.int8), right, listed, np.ones(len(found))
        )

    @staticmethod
    def unknown(found: Features, kind: Kind) -> Examples:
        no = np.zeros(len(found), dtype=bool)
        return Examples(found, np.full(len(found), kind, dtype=np.int8), no, no, np.ones(len(found)))

    def these(self, chosen: NDArray[np.bool_]) -> Examples:
        """The chosen rows."""
        return Examples(
            self.features[chosen],
            self.kinds[chosen],
            self.right[chosen],
            self.listed[chosen],
            self.weights[chosen],
        )

    @staticmethod
    def together(parts: Sequence[Examples]) -> Examples:
        """Of all `parts`, at least one, in order."""
        return Examples(
            np.concatenate([part.features for part in parts]),
            np.concatenate([part.kinds for part in parts]),
            np.concatenate([part.right for part in parts]),
            np.concatenate([part.listed for part in parts]),
            np.concatenate([part.weights for part in parts]),
        )

    def mixed(self, total: float) -> Examples:
        """Weighing `total` in sum, and each kind its share; kinds that are missing leave theirs to the others."""
        sums = np.array([self.weights[self.kinds == kind].sum() for kind in Kind])
        shares = np.array([SHARES[kind] for kind in Kind]) * (sums > 0)
        factors = total * shares / max(shares.sum(), 1e-12) / np.maximum(sums, 1e-12)
        return replace(self, weights=self.weights * factors[self.kinds])


@dataclass(frozen=True, slots=True)
class Gate:
    """`confidence` = sigmoid(bias + weights · (features - means) / scales)."""

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float
    clarify_from: float = 1.0  # confidence from which is asked back; above the threshold: never
    subjects: SubjectModel | None = None

    def judge(self, hits: Sequence[Hit], vector: NDArray[np.float32] | None = None) -> Verdict:
        """`vector`: the question's, of unit length, where the gate has `subjects`. Nothing found is declined."""
        if not hits:
            return Verdict(Decision.DECLINE, 0.0, self.threshold, self.clarify_from)
        found = features(hits)
        if self.subjects is not None and vector is not None:
            found[-len(SUBJECT_MEASURES) :] = self.subjects.measures(vector[None])[0]
        confidence = float(self.confidences(found[None])[0])
        named = {name: round(float(value), 4) for name, value in zip(FEATURES, found, strict=True)}
        decision = self._decide(confidence, several=len({hit.document.subject for hit in hits}) > 1)
        return Verdict(decision, confidence, self.threshold, self.clarify_from, named)

    def _decide(self, confidence: float, *, several: bool) -> Decision:
        if confidence >= self.threshold:
            return Decision.ANSWER
        return Decision.CLARIFY if several and confidence >= self.clarify_from else Decision.DECLINE

    def confidences(self, found: Features) -> NDArray[np.float64]:
        """Of n questions by their features, (n, len(FEATURES))."""
        z = self.bias + ((found - np.array(self.means)) / np.array(self.scales)) @ np.array(self.weights)
        return np.asarray(np.round(1 / (1 + np.exp(-np.clip(z, -30, 30))), 6), dtype=np.float64)


def unfitted(*, dense: bool = True, target: Target | None = None) -> Gate:
    """For a knowledge base too small to fit from: even odds where a search that is sure of itself begins.

    `dense`: there are vectors, and a cosine of 0.5 is that point; else it is the share of matching words. Of a
    `target` only the risk is kept, as far as the odds are true.
    """
    risk = target.risk if target else None
    point, slope = (0.5, 12.0) if dense else (0.15, 40.0)
    deciding = ("dense_question", "dense_text") if dense else ("evidence",)
    weights = tuple(slope / len(deciding) if name in deciding else 0.0 for name in FEATURES)
    means = tuple(point if name in deciding else 0.0 for name in FEATURES)
    return Gate(
        means, tuple(1.0 for _ in FEATURES), weights, 0.0, 0.5 if risk is None else max(0.5, 1 - risk)
    )


def fit(
    examples: Examples,
    target: Target,
    *,
    using: Sequence[str] = FEATURES,
    aims: Examples | None = None,
    telling: Telling = EVENLY,
    least: float = 0.0,
) -> Gate | None:
    """Fit `using` these features; None where there are too few right or too few other examples.

    `aims`: known questions by which a coverage is set; None: those of the examples. `least`: a confidence below
    which is not answered, whatever the coverage.
    """
    if min(examples.right.sum(), (~examples.right).sum()) < _FEWEST:
        return None
    means, scales = _moments(examples)
    columns = [FEATURES.index(name) for name in using]
    standard = ((examples.features - means) / scales)[:, columns]
    weights = np.zeros(len(FEATURES))
    bias, weights[columns] = _calibrated(standard, examples, telling)
    gate = Gate(_plain(means), _plain(scales), _plain(weights), round(bias, 6), 0.0)
    confidences = gate.confidences(examples.features)
    if target.risk is not None:
        threshold = _within_risk(confidences, examples, target.risk)
    else:
        aims = aims or examples.these(examples.kinds == Kind.KNOWN)
        reached = _quantile(gate.confidences(aims.features), aims.weights, 1 - target.coverage)
        threshold = round(max(reached, least), 6)
    return replace(gate, threshold=threshold, clarify_from=_clarify_from(confidences, examples, threshold))


def _calibrated(
    x: NDArray[np.float64], examples: Examples, telling: Telling
) -> tuple[float, NDArray[np.float64]]:
    """Coefficients that tell right answers from all else, either half weighing the same in sum; then the sigmoid
    through their sum that gives probabilities for the examples as they are mixed (Platt 1999)."""
    labels = examples.right.astype(np.float64)
    group = np.where(examples.right, 0, 1 + examples.kinds)
    shares = np.array([0.0, telling.wrong, telling.near, telling.far])
    sums = np.array([examples.weights[group == number].sum() for number in range(4)])
    shares *= sums > 0
    shares /= max(shares.sum(), 1e-12)
    shares[0] = 1.0
    even = examples.weights * (shares / np.maximum(sums, 1e-12))[group] * examples.weights.sum() / 2
    _, direction = _logistic(x, labels, even)
    bias, slope = _newton(np.column_stack([np.ones(len(x)), x @ direction]), labels, examples.weights)
    return float(bias), direction * max(slope, 0.0)


def _moments(examples: Examples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    means = np.average(examples.features, axis=0, weights=examples.weights)
    scales = np.sqrt(np.average((examples.features - means) ** 2, axis=0, weights=examples.weights))
    scales[scales < 1e-6] = 1.0
    return means, scales


def _within_risk(confidences: NDArray[np.float64], examples: Examples, risk: float) -> float:
    """The lowest confidence from which at most this share of the answers is wrong; above all where there is none."""
    order = np.argsort(-confidences, kind="stable")
    weights = examples.weights[order]
    wrong = np.cumsum(weights * ~examples.right[order]) / np.cumsum(weights)
    last = np.append(np.diff(confidences[order]) != 0, True)  # equal confidences stand or fall together
    within = np.flatnonzero(last & (wrong <= risk))
    return round(float(confidences[order][within[-1]]), 6) if len(within) else 1.0


def _clarify_from(confidences: NDArray[np.float64], examples: Examples, threshold: float) -> float:
    """Where the answer is as likely among the topics offered as not; above the threshold: nowhere below it."""
    odds = np.log(np.clip(confidences, 1e-6, 1 - 1e-6) / (1 - np.clip(confidences, 1e-6, 1 - 1e-6)))
    bias, slope = _newton(
        np.column_stack([np.ones(len(odds)), odds]), examples.listed.astype(np.float64), examples.weights
    )
    if slope <= 0:
        return 1.0
    even = round(float(1 / (1 + np.exp(np.clip(bias / slope, -30, 30)))), 6)
    return even if even < threshold else 1.0


def _quantile(values: NDArray[np.float64], weights: NDArray[np.float64], share: float) -> float:
    """The value below which `share` of the weight lies."""
    order = np.argsort(values, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    place = int(np.searchsorted(before, share * weights.sum() - 1e-9, side="right")) - 1
    return float(values[order][max(place, 0)])


def features(hits: Sequence[Hit]) -> Features:
    """What the gate looks at, shape (len(FEATURES),); `hits` is not empty. More of each speaks for answering.

    Those of a SubjectModel are 0 here. A document that is a text alone is asked for by what it says.
    """
    best = hits[0]
    others = [hit for hit in hits[1:] if hit.document.subject != best.document.subject]
    lead = _evidence(best) - max((_evidence(hit) for hit in others[:1]), default=0.0)
    late = _signal(best, "late_document")
    late_lead = late - max((_signal(hit, "late_document") for hit in others), default=0.0)
    dense = [hit.cosine for hit in hits[:5]]
    agreement = sum(hit.document.subject == best.document.subject for hit in hits[:5]) / len(hits[:5])
    return np.array(
        [
            _evidence(best),
            lead,
            agreement,
            _signal(
                best, "dense_question" if best.document.title or best.document.questions else "dense_text"
            ),
            _signal(best, "dense_text"),
            float(np.mean(dense)),
            late,
            late_lead,
            _clarity(hits),
            _signal(best, "covered"),
            *(0.0 for _ in SUBJECT_MEASURES),
        ]
    )


def _clarity(hits: Sequence[Hit]) -> float:
    """Logarithm of the share that the best hit's subject has of all subjects' late interaction; at most 0."""
    best: dict[str, float] = {}
    for hit in hits:
        subject = hit.document.subject
        best[subject] = max(best.get(subject, 0.0), _signal(hit, "late_document"))
    own = best[hits[0].document.subject]
    return -float(np.log(sum(np.exp((late - own) / _TEMPERATURE) for late in best.values())))


def off_topic() -> list[str]:
    """Questions that no shop's help pages answer, written for this project."""
    content = files("customer_assist.answering").joinpath("off_topic.txt").read_text(encoding="utf-8")
    return [line for line in content.splitlines() if line.strip()]


def _evidence(hit: Hit) -> float:
    own = [value for name, value in hit.signals.items() if name != "covered"]
    return sum(own) / max(len(own), 1)


def _signal(hit: Hit, name: str) -> float:
    return hit.signals.get(name, 0.0)


def _plain(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _logistic(
    x: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Weighted ridge logistic regression whose weights are not negative: more evidence never speaks against an
    answer, whatever a small sample says. Features that would, go, the worst first."""
    kept = list(range(x.shape[1]))
    while True:
        theta = _newton(np.column_stack([np.ones(len(x)), x[:, kept]]), labels, weights)
        if not kept or theta[1:].min() >= 0:
            found = np.zeros(x.shape[1])
            found[kept] = theta[1:]
            return float(theta[0]), found
        del kept[int(theta[1:].argmin())]


def _newton(
    design: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Coefficients of a logistic model; the first column's, the bias, is not penalised."""
    penalty = np.diag([1e-9] + [_RIDGE] * (design.shape[1] - 1))
    theta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ theta, -30, 30)))
        gradient = design.T @ (weights * (p - labels)) + penalty @ theta
        curvature = (design * (weights * p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature, gradient)
        theta -= step
        if np.abs(step).max() < 1e-8:
            break
    return theta

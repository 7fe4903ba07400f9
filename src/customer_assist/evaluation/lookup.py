"""Whether a message wants the knowledge looked up, learned from labelled conversations: experiments, never the desk.

Customers also ask for a booking, for what stands in another system, or for nothing. Where a business has conversations
of which is known what they wanted, the decision can be fitted on what the house knows of a message anyway: the evidence
that search found, the thing spoken of, and the embeddings of the message and of the one before it. Everything is chosen
within the conversations that are learned from; the others only measure it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_assist.answering import gate
from customer_assist.answering.subjects import MEASURES
from customer_assist.model import Move, Trace
from customer_assist.ports import Embedder, Vectors

FOLDS = 5
_EVIDENCE = len(gate.FEATURES) - len(MEASURES)
_SCALES = (3.0, 6.0, 12.0)  # of embeddings beside standardised measures; one is chosen, as is the penalty
_PENALTIES = tuple(10.0**power for power in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0))
_RESAMPLES = 1000
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """n messages as they came, each with what is known of it; all arrays have n rows."""

    measures: Numbers  # (n, k)
    meaning: Vectors  # (n, 2 · dimension): of the message, and of the one before it

    def rows(self, chosen: Flags) -> Seen:
        return Seen(self.measures[chosen], self.meaning[chosen])


def seen(messages: Sequence[tuple[str, str]], traces: Sequence[Trace], embedder: Embedder) -> Seen:
    """`messages`: each with the assistant's before it, "" where there is none; `traces`: what the desk found."""
    vectors = [
        np.concatenate([_vector(text, embedder), _vector(before, embedder)]) for text, before in messages
    ]
    measures = [_measures(text, trace) for (text, _), trace in zip(messages, traces, strict=True)]
    return Seen(np.array(measures, dtype=np.float64), np.array(vectors, dtype=np.float32))


def _vector(text: str, embedder: Embedder) -> NDArray[np.float32]:
    return embedder.encode([text]).vectors[0] if text else np.zeros(embedder.dimension, dtype=np.float32)


def _measures(message: str, trace: Trace) -> list[float]:
    """What the gate looks at, how surely a thing is spoken of, what the message does, and how long it is."""
    evidence = gate.features(trace.hits)[:_EVIDENCE] if trace.hits else np.zeros(_EVIDENCE)
    spoken_of = max((mention.strength for mention in trace.about), default=0.0)
    length = float(np.log1p(len(message.split())))
    return [*map(float, evidence), spoken_of, float(trace.move is Move.QUESTION), length]


@dataclass(frozen=True, slots=True)
class Decision:
    """Ridge regression of whether a message wants a look-up, and the score from which it is taken to."""

    means: Numbers
    deviations: Numbers
    scale: float
    weights: Numbers
    bias: float
    threshold: float

    def scores(self, found: Seen) -> Numbers:
        return _joined(found, self.means, self.deviations, self.scale) @ self.weights + self.bias

    def wants(self, found: Seen) -> Flags:
        return np.asarray(self.scores(found) >= self.threshold)


def fit(found: Seen, wants: Flags) -> Decision:
    """Scale and penalty with the least squared error when each message is left out in turn, then the threshold with
    the best F1 of these predictions (Allen 1974: they need no refitting)."""
    means, deviations = found.measures.mean(axis=0), np.maximum(found.measures.std(axis=0), 1e-6)
    wanted = np.where(wants, 1.0, -1.0)
    tried = [
        (*_ridge(_joined(found, means, deviations, scale), wanted, penalty), scale)
        for scale in _SCALES
        for penalty in _PENALTIES
    ]
    weights, bias, left_out, scale = min(tried, key=lambda each: float(((each[2] - wanted) ** 2).mean()))
    threshold = max(np.sort(left_out), key=lambda edge: f1(left_out >= edge, wants))
    return Decision(means, deviations, scale, weights, bias, float(threshold))


def _joined(found: Seen, means: Numbers, deviations: Numbers, scale: float) -> Numbers:
    return np.hstack([(found.measures - means) / deviations, scale * found.meaning.astype(np.float64)])


def _ridge(x: Numbers, y: Numbers, penalty: float) -> tuple[Numbers, float, Numbers]:
    """Weights, bias, and the prediction of each row by all the others. In the dual: rows are fewer than columns."""
    middle = x.mean(axis=0)
    centred = x - middle
    kernel = centred @ centred.T
    inverse = np.linalg.inv(kernel + penalty * np.eye(len(y)))
    hat = kernel @ inverse + 1 / len(y)
    own = np.diag(hat)
    left_out = (hat @ y - own * y) / np.maximum(1 - own, 1e-9)
    weights = centred.T @ (inverse @ (y - y.mean()))
    return weights, float(y.mean() - middle @ weights), left_out


def folds(groups: Sequence[Hashable], seed: int = 0) -> NDArray[np.int64]:
    """A fold for each row; those of one group share it."""
    distinct = list(dict.fromkeys(groups))
    place = np.random.default_rng(seed).permutation(len(distinct)) % FOLDS
    fold_of = dict(zip(distinct, place, strict=True))
    return np.array([fold_of[group] for group in groups], dtype=np.int64)


def out_of_fold(found: Seen, wants: Flags, fold: NDArray[np.int64]) -> Flags:
    """What is decided of each message by what was learned from the other folds."""
    decided = np.zeros(len(wants), dtype=bool)
    for number in np.unique(fold):
        held = fold == number
        decided[held] = fit(found.rows(~held), wants[~held]).wants(found.rows(held))
    return decided


def f1(decided: Flags, right: Flags) -> float:
    """Harmonic mean of precision and recall; 0 where nothing was rightly decided."""
    both = int((decided & right).sum())
    return 2 * both / max(int(decided.sum() + right.sum()), 1)


def grouped_interval(
    groups: Sequence[Hashable], statistic: Callable[[NDArray[np.int64]], float]
) -> tuple[float, float]:
    """95 % interval of a `statistic` of rows by the percentile bootstrap over whole groups, always the same."""
    rows_of: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        rows_of.setdefault(group, []).append(row)
    members = [np.array(rows, dtype=np.int64) for rows in rows_of.values()]
    draws = np.random.default_rng(0).integers(0, len(members), size=(_RESAMPLES, len(members)))
    drawn = [statistic(np.concatenate([members[number] for number in draw])) for draw in draws]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)

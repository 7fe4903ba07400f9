"""How a question lies among the subjects of a collection of customers' messages.

Where a knowledge base has many ways of asking for each subject, these are a picture of how customers ask, and a
model of all subjects says more than the nearest message: how close a question is to the middle of a subject, and
how surely a linear classifier tells which one it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

_PENALTY = 0.5  # of the squared weights, against the summed loss: vectors are of unit length
_STEPS = 40
MEASURES = ("subject_cosine", "subject_clarity")


@dataclass(frozen=True, slots=True, eq=False)
class SubjectModel:
    """A prototype and a softmax regression over k subjects, of vectors of unit length."""

    prototypes: NDArray[np.float32]  # (k, dimension), unit length
    weights: NDArray[np.float32]  # (k, dimension)
    bias: NDArray[np.float32]  # (k,)

    def measures(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Shape (n, 2), columns as in MEASURES, each of the subject for which it is highest."""
        cosine = (vectors @ self.prototypes.T).max(axis=1)
        logits = self.logits(vectors)
        return np.column_stack([cosine, logits.max(axis=1) - _log_sum(logits)])

    def logits(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.asarray(vectors @ self.weights.T + self.bias, dtype=np.float64)


def learn(vectors: NDArray[np.float32], subjects: Sequence[int] | NDArray[np.int64]) -> SubjectModel:
    """From `vectors` (n, dimension) and the number of each one's subject; every number from 0 on occurs."""
    numbers = np.asarray(subjects, dtype=np.int64)
    count = int(numbers.max()) + 1
    member = np.zeros((len(numbers), count), dtype=np.float32)
    member[np.arange(len(numbers)), numbers] = 1
    middle = member.T @ vectors
    prototypes = middle / np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-9)
    weights, bias = _softmax_regression(np.ascontiguousarray(vectors, dtype=np.float32), member)
    return SubjectModel(prototypes, weights, bias)


def _softmax_regression(
    x: NDArray[np.float32], member: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Summed cross-entropy and a penalty on the weights, by L-BFGS from zero: the same input, the same model."""
    shape = (member.shape[1], x.shape[1])

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = theta[: shape[0] * shape[1]].reshape(shape)
        logits = x @ weights.T.astype(np.float32) + theta[shape[0] * shape[1] :].astype(np.float32)
        highest = logits.max(axis=1, keepdims=True)
        odds = np.exp(logits - highest)
        total = odds.sum(axis=1, keepdims=True)
        log_likelihood = ((logits - highest) * member).sum(dtype=np.float64) - np.log(total).sum(
            dtype=np.float64
        )
        wrong = odds / total - member
        gradient = (wrong.T @ x).astype(np.float64) + 2 * _PENALTY * weights
        penalty = _PENALTY * float((weights**2).sum())
        return penalty - float(log_likelihood), np.concatenate(
            [gradient.ravel(), wrong.sum(axis=0, dtype=np.float64)]
        )

    start = np.zeros(shape[0] * shape[1] + shape[0])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    weights = found[: shape[0] * shape[1]].reshape(shape)
    return weights.astype(np.float32), found[shape[0] * shape[1] :].astype(np.float32)


def _log_sum(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    highest = logits.max(axis=1)
    return np.asarray(highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1)), dtype=np.float64)

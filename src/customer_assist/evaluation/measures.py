"""Measures of one ranking against its judgments; a question without any found document counts as failed.

Definitions as in trec_eval (binary relevance), checked against ir_measures in the tests.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import log2

import numpy as np
from numpy.typing import NDArray

from customer_assist.shares import share_interval as share_interval

_RESAMPLES = 1000


def hit_rate(ranking: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """1 when a relevant document is among the first `depth`, else 0 (Success@k)."""
    return float(any(document in relevant for document in ranking[:depth]))


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """1 / rank of the first relevant document, 0 when it is not among the first `depth` (RR@k)."""
    return next((1 / rank for rank, d in enumerate(ranking[:depth], start=1) if d in relevant), 0.0)


def ndcg(ranking: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """Discounted gain over that of an ideal ranking (nDCG@k, Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / log2(rank + 1) for rank, d in enumerate(ranking[:depth], start=1) if d in relevant)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(len(relevant), depth) + 1))
    return gain / ideal if ideal else 0.0


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of the mean by the percentile bootstrap over questions (Efron 1979), always the same."""
    data: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(0).integers(0, len(data), size=(_RESAMPLES, len(data)))
    low, high = np.quantile(data[draws].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def percentiles(values: Sequence[float]) -> Mapping[str, float]:
    p50, p95, p99 = np.percentile(np.asarray(values, dtype=np.float64), [50, 95, 99])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2), "p99": round(float(p99), 2)}

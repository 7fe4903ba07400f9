"""Questions that ask the same, put together; and from how alike on two do, learned from what the knowledge has.

Groups are merged by the mean likeness of their members (average linkage, Sokal and Michener 1958), which chains no
two subjects by one question between them. Where to stop is fitted: the ways of asking that documents list are put
together at every edge, and the edge is taken at which the groups are most like the documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from customer_assist.insights.likeness import Likeness, Likenesses

_EDGES = np.linspace(0.02, 0.98, 49)  # distances, 1 - likeness
_OF_EACH, _SUBJECTS = 8, 150  # ways of asking of a subject, and subjects, that are put together to learn from
_ROUNDS = 3
_FEWEST = 5  # subjects with several ways of asking, from which something is learned
# What the sample shop's articles give, for knowledge that lists no ways of asking.
_USUAL: Mapping[str, float] = {"meaning": 0.5, "words": 0.8}

Numbers = NDArray[np.int64]


def grouped(likenesses: Likenesses, edge: float) -> Numbers:
    """The number of each text's group, from 0; `likenesses` (n, n) of n texts to each other. Deterministic."""
    if len(likenesses) < 2:
        return np.zeros(len(likenesses), dtype=np.int64)
    return _cut(_merged(likenesses), edge)


def fitted_edge(ways: Mapping[str, Sequence[str]], likeness: Likeness) -> float:
    """The distance up to which groups are merged. `ways`: subject → ways of asking for it."""
    several = {subject: list(dict.fromkeys(own)) for subject, own in ways.items()}
    several = {subject: own for subject, own in sorted(several.items()) if len(own) > 1}
    if len(several) < _FEWEST:
        return _USUAL[likeness.by]
    agreeing = np.zeros(len(_EDGES))
    for seed in range(_ROUNDS):
        texts, subjects = _sample(several, np.random.default_rng(seed))
        merges = _merged(likeness.between(texts, texts))
        agreeing += [_agreement(_cut(merges, edge), subjects) for edge in _EDGES]
    return float(_EDGES[int(agreeing.argmax())])


def _sample(ways: Mapping[str, Sequence[str]], random: np.random.Generator) -> tuple[list[str], list[str]]:
    names = list(ways)
    chosen = sorted(random.permutation(len(names))[:_SUBJECTS])
    texts: list[str] = []
    subjects: list[str] = []
    for place in chosen:
        own = ways[names[place]]
        taken = [own[i] for i in random.permutation(len(own))[:_OF_EACH]]
        texts += taken
        subjects += [names[place]] * len(taken)
    return texts, subjects


def _merged(likenesses: Likenesses) -> NDArray[np.float64]:
    distances = np.clip(1 - (likenesses + likenesses.T) / 2, 0, None)
    np.fill_diagonal(distances, 0)
    return np.asarray(linkage(squareform(distances, checks=False), "average"), dtype=np.float64)


def _cut(merges: NDArray[np.float64], edge: float) -> Numbers:
    return np.asarray(fcluster(merges, edge, "distance"), dtype=np.int64) - 1


def _agreement(numbers: Numbers, subjects: Sequence[str]) -> float:
    """F1 over pairs: of those put together, and of those that belong together."""
    both = _pairs(Counter(zip(numbers.tolist(), subjects, strict=True)).values())
    together, belonging = _pairs(Counter(numbers.tolist()).values()), _pairs(Counter(subjects).values())
    return 2 * both / max(together + belonging, 1)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)

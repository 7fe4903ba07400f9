"""How alike texts are: by meaning where there is an embedding model, else by their words."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from customer_assist.ports import Embedder, Vectors
from customer_assist.search.terms import ngrams, stems, without_references, words

Likenesses = NDArray[np.float32]  # (n, m), 1: the same, 0: nothing in common
_REMEMBERED = 20_000  # vectors of texts: thirty megabytes
_AT_ONCE = 64  # texts that are embedded together


class Likeness(Protocol):
    @property
    def by(self) -> str:
        """ "meaning" or "words"."""

    def between(self, some: Sequence[str], others: Sequence[str]) -> Likenesses:
        """Of each of the `some` to each of the `others`."""


class ByMeaning:
    """Cosines of the embedding model's vectors, each of which is computed once and remembered for a while. They are
    kept nowhere else: they are made of what customers wrote."""

    by = "meaning"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def between(self, some: Sequence[str], others: Sequence[str]) -> Likenesses:
        cosines: Likenesses = self._vectors(some) @ self._vectors(others).T
        return np.clip(cosines, 0, 1, out=cosines)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        plain = [without_references(text) for text in texts]
        new = sorted(
            {text for text in plain if text not in self._known}, key=len
        )  # alike in length: no padding
        for start in range(0, len(new), _AT_ONCE):
            batch = new[start : start + _AT_ONCE]
            self._known.update(zip(batch, self._embedder.encode(batch).vectors, strict=True))
        found = [self._known[text] for text in plain]
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return np.stack(found) if found else np.empty((0, self._embedder.dimension), dtype=np.float32)


class ByWords:
    """Cosines of word stems and character n-grams; the rarer one is among the `known` texts, the more it weighs."""

    by = "words"

    def __init__(self, known: Sequence[str]) -> None:
        found: Counter[str] = Counter()
        for text in known:
            found.update(set(_terms(text)))
        self._columns = {term: column for column, term in enumerate(sorted(found))}
        rarity = [np.log((len(known) + 1) / (found[term] + 0.5)) for term in self._columns]
        self._rarity = np.array(rarity, dtype=np.float32)
        self._known: dict[str, tuple[list[int], NDArray[np.float32]]] = {}

    def between(self, some: Sequence[str], others: Sequence[str]) -> Likenesses:
        product = self._rows(some) @ self._rows(others).T
        return np.clip(np.asarray(product.toarray(), dtype=np.float32), 0, 1)

    def _rows(self, texts: Sequence[str]) -> sp.csr_array:
        rows = [self._row(text) for text in texts]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = [column for own, _ in rows for column in own]
        values = np.concatenate([weights for _, weights in rows]) if rows else np.empty(0, dtype=np.float32)
        return sp.csr_array((values, columns, starts), shape=(len(texts), len(self._columns)))

    def _row(self, text: str) -> tuple[list[int], NDArray[np.float32]]:
        """The columns of its terms, and their weights, of length 1."""
        if text not in self._known:
            counts = Counter(_terms(text))
            own = {self._columns[term]: 1 + np.log(n) for term, n in counts.items() if term in self._columns}
            weights = np.array([n * self._rarity[column] for column, n in own.items()], dtype=np.float32)
            self._known[text] = list(own), weights / max(float(np.linalg.norm(weights)), 1e-9)
        return self._known[text]


def _terms(text: str) -> list[str]:
    """Word stems, marked by a sign that no n-gram begins with, and n-grams."""
    found = words(without_references(text))
    return [f"\t{stem}" for word in found for stem in stems(word)] + [
        g for word in found for g in ngrams(word)
    ]

"""Lexical evidence as absolute measures: how much of a query a text covers, from 0 (nothing) to at most 1.

A sum of BM25 weights grows with the query and a standardised one loses how much evidence there was; divided
by the most that any text could score, the words that a customer and a document share count by their
share of *this* query. A query in the customer's own words then has little lexical evidence for any document,
and other evidence decides (docs/design/0003-search.md has the measurements).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from customer_assist.search.terms import words

TermsOf = Callable[[str], list[str]]  # the terms of one word
_K1, _B = 1.2, 0.5  # BM25's saturation and length normalisation (Robertson and Zaragoza 2009)


class Weighting(Enum):
    BM25 = "bm25"  # coverage of the query by rare terms; every query term counts once
    COSINE = "cosine"  # angle between sublinear tf-idf vectors (Salton and Buckley 1988)


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How often each text has each word; a word's column is its number in the vocabulary."""

    vocabulary: dict[str, int]
    matrix: Any  # scipy.sparse.csr_array, (texts, words), float32


def count_words(texts: Sequence[str], onto: WordCounts | None = None) -> WordCounts:
    """Count the words of `texts`, as rows after those of `onto`, which stays as it is."""
    vocabulary = dict(onto.vocabulary) if onto else {}
    columns: list[int] = []
    counts: list[int] = []
    starts = [0]
    for text in texts:
        for word, count in Counter(words(text)).items():
            columns.append(vocabulary.setdefault(word, len(vocabulary)))
            counts.append(count)
        starts.append(len(columns))
    width = len(vocabulary)
    rows = (
        np.array(counts, dtype=np.float32),
        np.array(columns, dtype=np.int32),
        np.array(starts, dtype=np.int32),
    )
    matrix = sp.csr_array(rows, shape=(len(texts), width))
    if onto is None:
        return WordCounts(vocabulary, matrix)
    before = sp.csr_array(
        (onto.matrix.data, onto.matrix.indices, onto.matrix.indptr), shape=(onto.matrix.shape[0], width)
    )
    return WordCounts(vocabulary, sp.vstack([before, matrix], format="csr"))


class TermIndex:
    """Scores every text for a query; one pass over the postings of the query's terms.

    Terms are made from words, so that only the distinct words of a corpus are ever taken apart.
    """

    def __init__(self, counted: WordCounts, terms_of: TermsOf, weighting: Weighting) -> None:
        self._terms_of = terms_of
        self._weighting = weighting
        self._vocabulary, counts = _counts_of_terms(counted, terms_of)
        self._rows = counts.shape[0]
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        self._idf = np.log1p((self._rows - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        self._unseen_idf = float(np.log1p((self._rows + 0.5) / 0.5))  # a term that no text has
        self._postings = self._weighed(counts).tocsc()

    def scores(self, text: str) -> NDArray[np.float32]:
        """One score per text, in order, 0 where nothing is shared."""
        asked = Counter(term for word in words(text) for term in self._terms_of(word))
        known = sorted((self._vocabulary[t], n) for t, n in asked.items() if t in self._vocabulary)
        columns = np.array([column for column, _ in known], dtype=np.int64)
        idf = self._idf[columns]
        times = np.array([count for _, count in known], dtype=np.float32)
        unseen = np.array([n for t, n in asked.items() if t not in self._vocabulary], dtype=np.float32)
        if self._weighting is Weighting.BM25:
            weights = np.ones(len(columns), dtype=np.float32)
            best = (_K1 + 1) * float(idf.sum() + len(unseen) * self._unseen_idf)
        else:
            weights = (1 + np.log(times)) * idf
            missed = (1 + np.log(unseen)) * self._unseen_idf
            best = float(np.sqrt((weights**2).sum() + (missed**2).sum()))
        if not len(columns) or best <= 0:
            return np.zeros(self._rows, dtype=np.float32)
        return np.asarray(self._postings[:, columns] @ (weights / best), dtype=np.float32)

    def _weighed(self, counts: Any) -> Any:
        lengths = np.diff(counts.indptr)
        row_of = np.repeat(np.arange(self._rows, dtype=np.int32), lengths)
        tf, idf = counts.data, self._idf[counts.indices]
        if self._weighting is Weighting.BM25:
            sizes = np.bincount(row_of, weights=tf, minlength=self._rows).astype(np.float32)
            mean = float(sizes.mean()) if self._rows else 1.0
            norm = _K1 * (1 - _B + _B * sizes / max(mean, 1e-9))
            weights = tf * (_K1 + 1) / (tf + norm[row_of]) * idf
        else:
            weights = (1 + np.log(tf)) * idf
            squares = np.bincount(row_of, weights=weights.astype(np.float64) ** 2, minlength=self._rows)
            weights = weights / np.maximum(np.sqrt(squares), 1e-9)[row_of].astype(np.float32)
        return sp.csr_array((weights.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)


def _counts_of_terms(counted: WordCounts, terms_of: TermsOf) -> tuple[dict[str, int], Any]:
    """How often each text has each term. The same to the last bit however the counts came about: terms stand in
    the order of the alphabet, and words that only earlier texts had are none."""
    is_there = np.bincount(counted.matrix.indices, minlength=len(counted.vocabulary)) > 0
    found: dict[str, int] = {}
    columns: list[int] = []
    counts: list[int] = []
    starts = [0]
    for word, there in zip(counted.vocabulary, is_there, strict=True):
        for term, count in Counter(terms_of(word)).items() if there else ():
            columns.append(found.setdefault(term, len(found)))
            counts.append(count)
        starts.append(len(columns))
    vocabulary = {term: column for column, term in enumerate(sorted(found))}
    place = np.array([vocabulary[term] for term in found], dtype=np.int32)
    rows = (
        np.array(counts, dtype=np.float32),
        place[np.array(columns, dtype=np.int32)],
        np.array(starts, dtype=np.int32),
    )
    taken_apart = sp.csr_array(rows, shape=(len(counted.vocabulary), len(vocabulary)))
    product = (counted.matrix @ taken_apart).tocsr()
    product.sort_indices()  # sums run in that order
    return vocabulary, product

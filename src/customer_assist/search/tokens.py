"""Late interaction: each word of a query looks for its best match in a text (ColBERT, Khattab and Zaharia 2020).

A text's one vector says what it is about, its token vectors what it says in each place. Rare word pieces count
more, and the sum is divided by what a perfect match would have, so that it is absolute, from 0 to 1, as the
lexical measures are. Only the best documents of the other measures are scored so: it costs a product with every
token of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_assist.ports import TOKEN_UNIT, TokenVectors

_HARDNESS = 8.0  # of the soft minimum: 0 is the mean, more is nearer to the least
_PIECES = 1 << 16  # more than any vocabulary of word pieces that two bytes can number


@dataclass(frozen=True, slots=True)
class TokenIndex:
    """The token vectors of n texts, one after the other."""

    tokens: TokenVectors  # of all texts
    starts: NDArray[np.int64]  # (n + 1): text i has the tokens from starts[i] to before starts[i + 1]
    rarity: NDArray[np.float32]  # word piece → weight: square root of its inverse document frequency

    def of(self, row: int) -> TokenVectors:
        """The tokens of one text."""
        return self.tokens[self.starts[row] : self.starts[row + 1]]

    def matches(self, rows: NDArray[np.int64], query: TokenVectors) -> NDArray[np.float32]:
        """Cosine of each word piece of the query with its best match in each of the texts at `rows`.

        Shape (rows, word pieces); 0 where a text has no tokens.
        """
        best = np.zeros((len(rows), len(query)), dtype=np.float32)
        lengths = self.starts[rows + 1] - self.starts[rows]
        filled = lengths > 0
        rows, lengths = rows[filled], lengths[filled]
        if not len(rows) or not len(query):
            return best
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) + np.repeat(self.starts[rows] - (ends - lengths), lengths)
        with np.errstate(invalid="ignore"):  # whole numbers are finite, whatever a vectorised product flags
            found = self.tokens.matrix[places].astype(np.float32) @ query.matrix.T.astype(np.float32)
        best[filled] = np.maximum.reduceat(found, ends - lengths, axis=0) / TOKEN_UNIT**2
        return best


def late_score(matches: NDArray[np.float32], rarity: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of each row of `matches`, rare word pieces counting more; from 0 to 1."""
    total = rarity.sum()
    if total <= 0:
        return np.zeros(len(matches), dtype=np.float32)
    mean = np.einsum("rk,k->r", matches, rarity / total)
    return np.asarray(np.clip(mean, 0, 1), dtype=np.float32)


def covered(matches: NDArray[np.float32], rarity: NDArray[np.float32]) -> float:
    """Whether each word piece of a query is met by any of the rows of `matches`, from 0 to 1.

    A soft minimum over the pieces, rare ones counting more: one word that nothing there means is enough for little.
    """
    total = rarity.sum()
    if total <= 0 or not len(matches):
        return 0.0
    best = matches.max(axis=0)
    return float(max(0.0, -np.log((rarity / total * np.exp(-_HARDNESS * best)).sum()) / _HARDNESS))


def index_tokens(texts: Sequence[TokenVectors]) -> TokenIndex:
    """Lay the tokens of `texts` out, and count in how many of these each word piece is."""
    lengths = np.array([len(tokens) for tokens in texts], dtype=np.int64)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)))
    together = TokenVectors.together(texts)
    once = np.unique(np.repeat(np.arange(len(texts)), lengths) * _PIECES + together.pieces)
    frequency = np.bincount(once % _PIECES, minlength=_PIECES)
    rarity = np.sqrt(np.log1p((len(texts) - frequency + 0.5) / (frequency + 0.5)))
    return TokenIndex(together, starts, rarity.astype(np.float32))

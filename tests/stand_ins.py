"""Documents made in a line, and an embedding model that needs no weights."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from customer_assist.model import Document, DocumentId
from customer_assist.ports import TOKEN_UNIT, Encoded, TokenVectors, Vectors


def make_document(
    id_: str, *questions: str, text: str = "", title: str = "", source: str = "faq", **fields: str
) -> Document:
    return Document(DocumentId(id_), source, title, questions, text, fields)


class HashingEmbedder:
    """Unit vectors of hashed words: the same in every process. `batches` are the texts it was given."""

    stamp = "hashing/1"
    dimension = 24

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    @property
    def texts(self) -> list[str]:
        return [text for batch in self.batches for text in batch]

    def forget(self) -> None:
        pass

    def encode(self, texts: Sequence[str]) -> Encoded:
        self.batches.append(list(texts))
        return Encoded(self.vectors(texts), tuple(self.tokens(text) for text in texts))

    def tokens(self, text: str) -> TokenVectors:
        """Each word with a vector of its own."""
        pieces = np.array([crc32(word.encode()) % 1000 for word in text.lower().split()], dtype=np.uint16)
        matrix = np.zeros((len(pieces), self.dimension), dtype=np.int8)
        matrix[np.arange(len(pieces)), pieces % self.dimension] = TOKEN_UNIT
        return TokenVectors(pieces, matrix)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        matrix = np.full((len(texts), self.dimension), 0.1, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                matrix[row, crc32(word.encode()) % self.dimension] += 1
        return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), dtype=np.float32)

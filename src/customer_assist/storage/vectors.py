"""Embeddings by content: each text's vector is computed once for each embedding model, and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from customer_assist.ports import Encoded, TokenVectors, Vectors
from customer_assist.storage.database import Database, storable_text

_STORED = np.dtype("<f4")  # whatever the machine
_PIECE = np.dtype("<u2")
_AT_ONCE = 2000  # vectors per query: a few megabytes


class VectorMissing(LookupError):
    """A vector was asked for that was never saved: save what `missing` names first."""


def text_hash(text: str) -> bytes:
    """The key of a text: SHA-256 of its UTF-8."""
    return hashlib.sha256(storable_text(text).encode()).digest()


class VectorStore:
    """Keyed by the embedder's stamp and `text_hash`. Every method raises StorageUnavailable where the
    database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def missing(self, stamp: str, hashes: Sequence[bytes]) -> set[bytes]:
        """Those of `hashes` for which nothing is stored."""
        query = """
            SELECT hash FROM unnest(%b::bytea[]) AS asked (hash)
            WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE stamp = %s AND text_hash = hash)
        """
        with self._database.connection(bulk=True) as connection, connection.cursor(binary=True) as cursor:
            return {row[0] for row in cursor.execute(query, [list(hashes), stamp])}

    def save(self, stamp: str, hashes: Sequence[bytes], encoded: Encoded) -> None:
        """Keep what the model made of the n texts that have these hashes. What is there already stays."""
        if encoded.vectors.ndim != 2 or not len(encoded.vectors) == len(encoded.tokens) == len(hashes):
            raise ValueError(f"{len(hashes)} hashes do not fit vectors of shape {encoded.vectors.shape}")
        with self._database.connection(bulk=True) as connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE staged (text_hash bytea, vector bytea, tokens bytea) ON COMMIT DROP"
            )
            with cursor.copy("COPY staged FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["bytea", "bytea", "bytea"])
                rows = zip(hashes, encoded.vectors.astype(_STORED, copy=False), encoded.tokens, strict=True)
                for key, vector, tokens in rows:
                    copy.write_row([key, vector.tobytes(), _packed(tokens)])
            # In one order, so that two who save the same do not wait for each other in a circle.
            cursor.execute(
                "INSERT INTO vectors (stamp, text_hash, vector, tokens)"
                " SELECT %s, text_hash, vector, tokens FROM staged ORDER BY text_hash ON CONFLICT DO NOTHING",
                [stamp],
            )

    def load(self, stamp: str, hashes: Sequence[bytes]) -> Encoded:
        """What is kept for each hash, in the order asked: vectors (n, dimension); (0, 0) where nothing is asked.

        Raises VectorMissing where one is not stored.
        """
        query = """
            SELECT place, vector, tokens
            FROM unnest(%b::bytea[]) WITH ORDINALITY AS asked (hash, place)
            JOIN vectors ON stamp = %s AND text_hash = hash
        """
        matrix: Vectors = np.empty((0, 0), dtype=np.float32)
        of_tokens: dict[int, TokenVectors] = {}
        with self._database.connection(bulk=True) as connection, connection.cursor(binary=True) as cursor:
            for start in range(0, len(hashes), _AT_ONCE):
                asked = [list(hashes[start : start + _AT_ONCE]), stamp]
                for place, vector, tokens in cursor.execute(query, asked):
                    row = np.frombuffer(vector, dtype=_STORED)
                    if not of_tokens:
                        matrix = np.empty((len(hashes), len(row)), dtype=np.float32)
                    matrix[start + place - 1] = row
                    of_tokens[start + place - 1] = _unpacked(tokens)
        if len(of_tokens) < len(hashes):
            missing = len(hashes) - len(of_tokens)
            raise VectorMissing(f"{missing} of {len(hashes)} vectors of {stamp} are not stored")
        return Encoded(matrix, tuple(of_tokens[place] for place in range(len(hashes))))


def _packed(tokens: TokenVectors) -> bytes:
    """How many there are, their word pieces, and their vectors one after the other."""
    pieces = tokens.pieces.astype(_PIECE)
    return _PIECE.type(len(tokens)).astype(_PIECE).tobytes() + pieces.tobytes() + tokens.matrix.tobytes()


def _unpacked(stored: bytes) -> TokenVectors:
    count = int(np.frombuffer(stored, dtype=_PIECE, count=1)[0])
    pieces = np.frombuffer(stored, dtype=_PIECE, offset=_PIECE.itemsize, count=count)
    vectors = np.frombuffer(stored, dtype=np.int8, offset=_PIECE.itemsize * (1 + count))
    return TokenVectors(
        pieces.astype(np.uint16), vectors.reshape(count, -1) if count else vectors.reshape(0, 0)
    )

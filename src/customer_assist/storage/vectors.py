"""Embeddings by content: each text's vector is computed once for each embedding model, and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from customer_assist.ports import Vectors
from customer_assist.storage.database import Database, storable_text

_STORED = np.dtype("<f4")  # whatever the machine
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

    def save(self, stamp: str, hashes: Sequence[bytes], matrix: Vectors) -> None:
        """Keep one row of `matrix` (n, dimension) for each of the n hashes. What is there already stays."""
        if matrix.ndim != 2 or len(matrix) != len(hashes):
            raise ValueError(f"{len(hashes)} hashes do not fit vectors of shape {matrix.shape}")
        with self._database.connection(bulk=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE staged (text_hash bytea, vector bytea) ON COMMIT DROP")
            with cursor.copy("COPY staged FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["bytea", "bytea"])
                for key, vector in zip(hashes, matrix.astype(_STORED, copy=False), strict=True):
                    copy.write_row([key, vector.tobytes()])
            # In one order, so that two who save the same do not wait for each other in a circle.
            cursor.execute(
                "INSERT INTO vectors (stamp, text_hash, vector)"
                " SELECT %s, text_hash, vector FROM staged ORDER BY text_hash ON CONFLICT DO NOTHING",
                [stamp],
            )

    def load(self, stamp: str, hashes: Sequence[bytes]) -> Vectors:
        """One row per hash, in the order asked: (n, dimension); (0, 0) where nothing is asked.

        Raises VectorMissing where one is not stored.
        """
        query = """
            SELECT place, vector
            FROM unnest(%b::bytea[]) WITH ORDINALITY AS asked (hash, place)
            JOIN vectors ON stamp = %s AND text_hash = hash
        """
        matrix: Vectors = np.empty((0, 0), dtype=np.float32)
        found = 0
        with self._database.connection(bulk=True) as connection, connection.cursor(binary=True) as cursor:
            for start in range(0, len(hashes), _AT_ONCE):
                for place, vector in cursor.execute(query, [list(hashes[start : start + _AT_ONCE]), stamp]):
                    row = np.frombuffer(vector, dtype=_STORED)
                    if found == 0:
                        matrix = np.empty((len(hashes), len(row)), dtype=np.float32)
                    matrix[start + place - 1] = row
                    found += 1
        if found < len(hashes):
            raise VectorMissing(f"{len(hashes) - found} of {len(hashes)} vectors of {stamp} are not stored")
        return matrix

"""How the journal is read for figures: in one look, changing nothing, with memory to sort a week in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

from customer_assist.storage.database import Database

# As the dashboards' account has it (storage/reader.py): compiling takes longer than these queries.
_SETTINGS = ("SET TRANSACTION READ ONLY", "SET LOCAL work_mem = '32MB'", "SET LOCAL jit = off")


@contextmanager
def reading(database: Database) -> Iterator[psycopg.Connection[TupleRow]]:
    """Raises StorageUnavailable."""
    with database.connection() as connection:
        connection.execute("; ".join(_SETTINGS).encode())
        yield connection

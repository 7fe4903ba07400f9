"""An account of the tests' own that may read what dashboards show, and its way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from customer_assist.storage.database import Database
from customer_assist.storage.reader import Reader, make_reader

Connection = psycopg.Connection[TupleRow]
PASSWORD = "p'ass\\word ü"


def reader_of(database: Database) -> Reader:
    """Accounts are the server's, not the database's: each test has one of its own."""
    return Reader(f"reader_{database.name.rpartition('/')[2]}", PASSWORD)


def connect(database: Database, reader: Reader | None = None) -> Connection:
    reader = reader or reader_of(database)
    where, _, name = database.name.rpartition("/")
    host, _, port = where.rpartition(":")
    return psycopg.connect(
        host=host, port=port, dbname=name, user=reader.user, password=reader.password, autocommit=True
    )


@contextmanager
def made_reader(database: Database) -> Iterator[Reader]:
    """It goes at the end of the block."""
    reader = reader_of(database)
    make_reader(database, reader)
    try:
        yield reader
    finally:
        forget(database, reader.user)


def forget(database: Database, user: str) -> None:
    with database.connection() as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [user]).fetchone() is not None:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(user)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(user)))

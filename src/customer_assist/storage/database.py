"""A pool of connections to one PostgreSQL database, and the one place where its faults become ours."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from numbers import Integral, Real
from typing import TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolTimeout

from customer_assist.errors import StorageUnavailable

CONNECT_SECONDS = 5  # to reach the server, and to get a free connection
CHECK_SECONDS = 3.0  # for a pooled connection to show that it is alive
STATEMENT_SECONDS = 60  # after which the server ends a statement, except in bulk
SILENCE_SECONDS = STATEMENT_SECONDS + 5.0  # after which we hang up on a server that says nothing
PAUSE_SECONDS = 1.0  # after a failure, during which nobody waits for the server again

R = TypeVar("R")
Json = Mapping[str, object] | Sequence[object] | str | float | bool | None


@dataclass(frozen=True, slots=True)
class Pool:
    """The pool of connections at one moment."""

    in_use: int
    idle: int
    most: int
    waiting: int  # threads that want one


class PatientConnection(psycopg.Connection[TupleRow]):
    """Hangs up on a server that falls silent without closing; `statement_timeout` needs a live server."""

    patience: float | None = SILENCE_SECONDS

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # its answer may still come: nobody may read it as the next one's
            raise


class Database:
    """Connections to one database, opened once and shared by threads.

    `conninfo` is libpq's connection string or URL; `patience` is how many seconds `connection()` waits for
    one of at most `max_size`. Nothing happens before `open()`.
    """

    def __init__(self, conninfo: str, *, max_size: int = 10, patience: float = CONNECT_SECONDS) -> None:
        address = conninfo_to_dict(conninfo)
        self.name = f"{address.get('host', 'localhost')}:{address.get('port', 5432)}/{address.get('dbname')}"
        self._conninfo = make_conninfo(
            conninfo,
            connect_timeout=CONNECT_SECONDS,
            client_encoding="UTF8",
            application_name="customer-assist",
        )
        self._pause_until = 0.0
        self._pool = ConnectionPool(
            self._conninfo,
            connection_class=PatientConnection,
            configure=_begin_session,
            check=_check_alive,
            min_size=1,
            max_size=max_size,
            timeout=patience,
            reconnect_timeout=2.0,  # then give up: the next one who asks makes a new attempt at once
            name="customer-assist",
            open=False,
        )

    def open(self) -> Database:
        """Connect. Raises StorageUnavailable with the server's reason."""
        try:
            psycopg.connect(self._conninfo).close()  # the pool keeps reasons to itself
            self._pool.open(wait=True, timeout=CONNECT_SECONDS)
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise self._unavailable(error) from error
        return self

    def close(self) -> None:
        """Close all connections; again does nothing."""
        self._pool.close()

    def pool(self) -> Pool:
        """Asks nothing of the server."""
        stats = self._pool.get_stats()
        size, idle = stats.get("pool_size", 0), stats.get("pool_available", 0)
        return Pool(size - idle, idle, self._pool.max_size, stats.get("requests_waiting", 0))

    @contextmanager
    def connection(self, *, bulk: bool = False) -> Iterator[psycopg.Connection[TupleRow]]:
        """One transaction: committed at the end of the block, rolled back by an exception.

        `bulk` lifts the time limit of statements, for loading, migrating and locks that may be held long.
        Raises StorageUnavailable when the server cannot be reached, goes away, or takes too long.
        """
        if time.monotonic() < self._pause_until:
            raise self._unavailable(None)
        try:
            with self._pool.connection() as connection:
                connection.patience = None if bulk else SILENCE_SECONDS
                if bulk:
                    connection.execute("SET LOCAL statement_timeout = 0")
                yield connection
        except PoolTimeout as error:
            self._pause_until = time.monotonic() + PAUSE_SECONDS
            raise self._unavailable(None) from error
        except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception | None) -> StorageUnavailable:
        reason = "" if error is None or isinstance(error, PoolTimeout) else _reason(error)
        return StorageUnavailable(
            f"The database {self.name} does not answer{': ' + reason if reason else ''}. "
            "Check that it runs and that POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB, POSTGRES_USER and "
            "POSTGRES_PASSWORD are right, or leave POSTGRES_HOST unset to use the embedded one"
        )


def _reason(error: Exception) -> str:
    """The server's message alone: what it adds of detail and context may quote what a customer wrote."""
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return " ".join((said or str(error)).split())


def _begin_session(connection: PatientConnection) -> None:
    connection.execute("SET timezone = 'UTC'")
    connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'".encode())
    connection.commit()


def _check_alive(connection: PatientConnection) -> None:
    connection.patience = CHECK_SECONDS
    ConnectionPool.check_connection(connection)


def storable_text(text: str) -> str:
    """`text` with what PostgreSQL cannot hold (NUL, lone surrogates) replaced by U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


def storable_json(value: object) -> Jsonb:
    """`value` for a jsonb column: texts made storable, numbers plain, what is not finite null."""
    return Jsonb(_plain(value))


def _plain(value: object) -> Json:
    match value:
        case None | bool():
            return value
        case str():
            return storable_text(value)
        case Integral():
            return int(value)
        case Real():
            return float(value) if isfinite(value) else None
        case Mapping():
            return {storable_text(str(key)): _plain(item) for key, item in value.items()}
        case Sequence():
            return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in JSON")

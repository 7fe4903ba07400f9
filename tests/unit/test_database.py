"""Connections: transactions, faults and their words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from customer_assist.errors import StorageUnavailable
from customer_assist.storage import database as module
from customer_assist.storage.database import Database, storable_json, storable_text
from throwaway_postgres import ThrowawayServer


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """opened(conninfo) is an open Database that is closed after the test."""
    databases: list[Database] = []

    def make(conninfo: str) -> Database:
        databases.append(Database(conninfo))
        return databases[-1].open()

    yield make
    for database in databases:
        database.close()


def test_a_block_that_ends_well_is_kept_and_one_that_fails_is_not(database: Database) -> None:
    insert = "INSERT INTO model_calls (day, calls) VALUES (%s, 1)"
    with database.connection() as connection:
        connection.execute(insert, ["2026-01-01"])
    with pytest.raises(RuntimeError), database.connection() as connection:
        connection.execute(insert, ["2026-01-02"])
        raise RuntimeError
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM model_calls").fetchone() == (1,)


def test_a_fault_of_our_own_sql_is_not_called_an_outage(database: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable), database.connection() as connection:
        connection.execute("SELECT * FROM nowhere")


def test_times_are_utc_and_statements_limited_except_in_bulk(database: Database) -> None:
    query = "SELECT current_setting('timezone'), current_setting('statement_timeout')"
    with database.connection(bulk=True) as connection:
        assert connection.execute(query).fetchone() == ("UTC", "0")
    with database.connection() as connection:
        assert connection.execute(query).fetchone() == ("UTC", "1min")


def test_nothing_listening_is_named_with_address_and_remedy_but_without_the_password() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound, not listening: refused, and nobody else gets it
        port = reserved.getsockname()[1]
        secret = "open-sesame"
        with pytest.raises(StorageUnavailable) as caught:
            Database(f"postgresql://someone:{secret}@127.0.0.1:{port}/shop").open()
    message = str(caught.value)
    assert f"127.0.0.1:{port}/shop" in message
    assert "POSTGRES_HOST" in message
    assert secret not in message
    assert "\n" not in message


def test_a_wrong_password_is_named_as_the_reason(server: ThrowawayServer) -> None:
    wrong = make_conninfo(server.conninfo(), password="wrong-one")
    with pytest.raises(StorageUnavailable, match="password authentication failed") as caught:
        Database(wrong).open()
    assert "wrong-one" not in str(caught.value)


def test_connections_that_the_server_ended_are_replaced_unnoticed(
    database: Database, server: ThrowawayServer
) -> None:
    with database.connection() as connection:
        before = connection.info.backend_pid
    server.execute(f"SELECT pg_terminate_backend({before})")
    with database.connection() as connection:
        assert connection.info.backend_pid != before


def test_a_connection_that_ends_within_a_block_is_an_outage(
    database: Database, server: ThrowawayServer
) -> None:
    with pytest.raises(StorageUnavailable, match=database.name), database.connection() as connection:
        server.execute(f"SELECT pg_terminate_backend({connection.info.backend_pid})")
        connection.execute("SELECT 1")
    with database.connection() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_in_an_outage_only_the_first_waits_and_afterwards_all_goes_on(
    database: Database, server: ThrowawayServer, outage: Callable[[], None]
) -> None:
    outage()
    with pytest.raises(StorageUnavailable), database.connection():
        pass
    started = time.monotonic()
    with pytest.raises(StorageUnavailable), database.connection():
        pass
    assert time.monotonic() - started < module.PAUSE_SECONDS / 2
    server.execute(f"ALTER DATABASE {database.name.rpartition('/')[2]} ALLOW_CONNECTIONS true")
    time.sleep(module.PAUSE_SECONDS)
    with database.connection() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_statement_that_takes_too_long_is_an_outage(database: Database) -> None:
    with pytest.raises(StorageUnavailable, match="statement timeout"), database.connection() as connection:
        connection.execute("SET LOCAL statement_timeout = '50ms'")
        connection.execute("SELECT pg_sleep(30)")


def test_a_server_that_falls_silent_is_hung_up_on(
    server: ThrowawayServer, opened: Callable[[str], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.5)
    with _Line(server) as line, server.new_database() as conninfo:
        database = opened(make_conninfo(conninfo, host="127.0.0.1", port=line.port))
        with pytest.raises(StorageUnavailable), database.connection() as connection:
            connection.execute("SELECT 1")
            line.cut.set()
            line.renew()
            connection.execute("SELECT 2")


def test_a_silent_connection_is_found_out_before_it_is_used(
    server: ThrowawayServer, opened: Callable[[str], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.3)
    with _Line(server) as line, server.new_database() as conninfo:
        database = opened(make_conninfo(conninfo, host="127.0.0.1", port=line.port))
        line.cut.set()
        line.renew()
        with database.connection() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_what_postgresql_cannot_hold_is_replaced_in_texts_and_json() -> None:
    assert storable_text("plain") == "plain"
    assert storable_text("naïve 😀") == "naïve 😀"
    assert storable_text("a\0\ud83d") == "a\ufffd\ufffd"
    plain = storable_json({"a\0": [float("nan"), float("inf"), 1, True, None, ("x\0",)]}).obj
    assert plain == {"a\ufffd": [None, None, 1, True, None, ["x\ufffd"]]}
    with pytest.raises(TypeError, match="object"):
        storable_json({"a": object()})


class _Line:
    """A line to the server; once cut, what was connected hears nothing more, yet is not hung up on."""

    def __init__(self, server: ThrowawayServer) -> None:
        self._target = ("127.0.0.1", int(str(conninfo_to_dict(server.conninfo())["port"])))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cut = threading.Event()
        self._sockets: list[socket.socket] = []

    def renew(self) -> None:
        """Connections made from now on work; those that were cut stay so."""
        self.cut = threading.Event()

    def __enter__(self) -> _Line:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._sockets:
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self._sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(source, sink, self.cut), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket, cut: threading.Event) -> None:
    try:
        while content := source.recv(65536):
            if not cut.is_set():
                sink.sendall(content)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return

"""The server makes the account that Grafana reads through when it starts, and answers customers without it, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from psycopg.conninfo import conninfo_to_dict

from customer_assist.config import load_settings
from customer_assist.storage.database import Database
from customer_assist.storage.reader import Reader
from customer_assist.wsgi import build
from dashboard_reader import connect, forget
from throwaway_postgres import ThrowawayServer

READER = Reader("reader_of_the_server", "the reader's")
Start = Callable[..., Flask]


@pytest.fixture
def database(server: ThrowawayServer) -> Iterator[Database]:
    with server.new_database("migrated") as conninfo:
        opened = Database(conninfo).open()
        yield opened
        forget(opened, READER.user)
        opened.close()


@pytest.fixture
def start(database: Database, server: ThrowawayServer, sample: Path, tmp_path: Path) -> Iterator[Start]:
    """start(**environment) is the application over `database`."""
    started = ExitStack()
    address = conninfo_to_dict(server.conninfo(database.name.rpartition("/")[2]))

    def begin(**environment: str) -> Flask:
        given = {
            "CUSTOMER_ASSIST_HOME": str(tmp_path),
            "CUSTOMER_ASSIST_ENGINE": "lexical",
            "POSTGRES_DB": str(address["dbname"]),
            **{
                f"POSTGRES_{name.upper()}": str(address[name])
                for name in ("host", "port", "user", "password")
            },
        }
        app = build(load_settings({**given, **environment}, folder=tmp_path), sample)
        started.enter_context(app.extensions["customer_assist.rooms"])
        return app

    with started:
        yield begin


def test_the_account_is_there_once_the_server_is(start: Start, database: Database) -> None:
    start(GRAFANA_POSTGRES_USER=READER.user, GRAFANA_POSTGRES_PASSWORD=READER.password)
    with connect(database, READER) as connection:
        assert connection.execute("SELECT count(*) FROM conversations").fetchone() == (0,)


def test_without_a_password_there_is_none(start: Start, database: Database) -> None:
    start(GRAFANA_POSTGRES_USER=READER.user)
    with database.connection() as connection:
        assert connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [READER.user]).fetchone() is None


def test_an_account_that_cannot_be_made_is_a_warning_and_customers_are_answered(
    start: Start, server: ThrowawayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = str(conninfo_to_dict(server.conninfo())["user"])
    app = start(GRAFANA_POSTGRES_USER=owner, GRAFANA_POSTGRES_PASSWORD="x")
    printed = capsys.readouterr()
    assert "dashboards_not_let_in" in printed.out + printed.err
    assert app.test_client().get("/health/ready").status_code == 200

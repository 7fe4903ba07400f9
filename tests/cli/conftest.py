"""The program in this process, over a database of the test's own, with nothing set that the test did not set."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from customer_assist.cli import run
from customer_assist.config import VARIABLES
from throwaway_postgres import ThrowawayServer

PROGRAM = Path(sys.executable).with_name("customer-assist")
FAQ = (
    "id,question,answer,category\n"
    'malta,Do you ship to Malta?,"Yes, parcels to Malta take nine days.",SHIPPING\n'
    "pay,How do I pay for my order?,You pay by card or by bank transfer.,PAYMENT\n"
    'hours,When is somebody on the phone?,"Call {{Customer Support Phone Number}}.",CONTACT\n'
)


@dataclass(frozen=True, slots=True)
class Result:
    status: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def environment(
    server: ThrowawayServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """An empty folder to work in, an empty database, and search by words alone, which starts at once."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    with server.new_database("migrated") as conninfo:
        address = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
        ours = {
            "POSTGRES_HOST": address["host"],
            "POSTGRES_PORT": address["port"],
            "POSTGRES_DB": address["dbname"],
            "POSTGRES_USER": address["user"],
            "POSTGRES_PASSWORD": address["password"],
            "CUSTOMER_ASSIST_HOME": str(tmp_path / "home"),
            "CUSTOMER_ASSIST_ENGINE": "lexical",
        }
        for name, value in ours.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield dict(os.environ)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """command("ask", "Why?", stdin="") → Result."""

    def call(*arguments: str, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = run(arguments)
        return Result(status, *capsys.readouterr())

    return call


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    path = tmp_path / "faq.csv"
    path.write_text(FAQ, encoding="utf-8")
    return path


@pytest.fixture
def loaded(command: Command, faq: Path) -> Path:
    """The FAQ is in the database."""
    assert command("ingest", str(faq)).status == 0
    return faq

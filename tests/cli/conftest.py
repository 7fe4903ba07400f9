"""The program in this process, over a database of the test's own, with nothing set that the test did not set."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import Command, Result
from psycopg.conninfo import conninfo_to_dict

from customer_assist.cli import run
from customer_assist.config import VARIABLES
from throwaway_postgres import ThrowawayServer

# Twelve, because a gate fitted from three documents declines nearly everything.
FAQ = """\
id,question,answer,category
malta,Do you ship to Malta?,"Yes, parcels to Malta take nine days.",SHIPPING
pay,How do I pay for my order?,You pay by card or by bank transfer.,PAYMENT
hours,When is somebody on the phone?,"Call {{Customer Support Phone Number}}.",CONTACT
parcel,Where is my parcel?,"Track your parcel by the number in our e-mail.",SHIPPING
return,How do I return a lamp?,"Send the lamp back within 30 days.",RETURNS
refund,When do I get my refund?,"The refund comes within five days of the return.",RETURNS
invoice,Can I get an invoice?,"The invoice is in your account.",PAYMENT
account,How do I create an account?,"Press Sign up and follow the link we send.",ACCOUNT
password,I forgot my password,"Press Forgot password and choose a new one.",ACCOUNT
bulb,Which bulb fits the desk lamp?,"Any E14 bulb of up to 40 watts fits the desk lamp.",PRODUCT
warranty,How long is the warranty?,"The warranty is three years.",PRODUCT
gift,Do you sell gift cards?,"Yes, gift cards of 20 to 200 euro.",PAYMENT
"""


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, and search by words alone, which starts at once."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUSTOMER_ASSIST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CUSTOMER_ASSIST_ENGINE", "lexical")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def environment(
    clean: None, server: ThrowawayServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """A migrated, empty database of the test's own in the settings."""
    with server.new_database("migrated") as conninfo:
        address = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
        for name in ("host", "port", "user", "password"):
            monkeypatch.setenv(f"POSTGRES_{name.upper()}", address[name])
        monkeypatch.setenv("POSTGRES_DB", address["dbname"])
        yield dict(os.environ)


@pytest.fixture
def bare_command(clean: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """As `command`, for what ends before a database is needed."""

    def call(*arguments: str, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = run(arguments)
        return Result(status, *capsys.readouterr())

    return call


@pytest.fixture
def command(environment: dict[str, str], bare_command: Command) -> Command:
    """command("ask", "Why?", stdin="") → Result."""
    return bare_command


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


@pytest.fixture
def empty_database(empty_conninfo: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The settings name a database in which nothing was ever made; how the program calls it."""
    address = conninfo_to_dict(empty_conninfo)
    monkeypatch.setenv("POSTGRES_DB", str(address["dbname"]))
    return f"{address['host']}:{address['port']}/{address['dbname']}"

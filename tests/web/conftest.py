"""One assistant over the sample shop for all tests of the HTTP face, and ways to change a part of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant, join
from customer_assist.config import load_settings
from customer_assist.desk import Desk, Stores
from customer_assist.ingestion import DEMO_SOURCE
from customer_assist.ports import Answerer
from customer_assist.storage.database import Database
from customer_assist.storage.journal import Journal
from customer_assist.web.app import create_app
from customer_assist.wording import BY_RULES, Wording
from throwaway_postgres import ThrowawayServer

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "brindle"
KEY = "an-admin-key-of-tests"
ENVIRONMENT = {
    "CUSTOMER_ASSIST_ENGINE": "lexical",
    "CUSTOMER_ASSIST_RATE_LIMIT": "0",
    "CUSTOMER_ASSIST_ADMIN_KEY": KEY,
}


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample shop's articles and profile."""
    folder = tmp_path_factory.mktemp("sample") / "brindle"
    shutil.copytree(SAMPLE / "articles", folder / "articles")
    shutil.copy(SAMPLE / "business.toml", folder)
    return folder


@pytest.fixture(scope="session")
def assistant(server: ThrowawayServer, sample: Path) -> Iterator[Assistant]:
    """Shared by all tests: each has conversations of its own."""
    with server.new_database("migrated") as conninfo:
        database = Database(conninfo).open()
        try:
            house = join(load_settings(ENVIRONMENT, folder=sample), database)
            house.ingest(sample, source=DEMO_SOURCE, demo=True)
            house.library.current()
            yield house
        finally:
            database.close()


@pytest.fixture(scope="session")
def app(assistant: Assistant) -> Flask:
    return create_app(assistant)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def empty(database: Database, sample: Path) -> Assistant:
    """An assistant without knowledge, over a database of its own that `outage` can take away."""
    return join(load_settings(ENVIRONMENT, folder=sample), database)


@pytest.fixture
def client_with(assistant: Assistant) -> Callable[..., FlaskClient]:
    """client_with(answerer=…) or client_with(rate_limit=3): the same shop with that part changed."""

    def make(
        *, answerer: Answerer | None = None, wording: Wording = BY_RULES, **settings: Any
    ) -> FlaskClient:
        changed = replace(assistant, settings=replace(assistant.settings, **settings))
        if answerer:
            journal = Journal(assistant.database)
            stores = Stores(journal, assistant.handoffs)
            desk = Desk(
                assistant.library, answerer, stores, lambda: datetime.now(UTC), lambda: str(uuid4()), wording
            )
            changed = replace(changed, desk=desk)
        return create_app(changed).test_client()

    return make

"""The console over a running assistant: its pages in Streamlit's own test harness, the API on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from werkzeug.serving import make_server

import customer_assist.console
from customer_assist.bootstrap import Assistant
from customer_assist.console.client import Client
from customer_assist.console.launching import API, KEY_AT
from customer_assist.web.app import create_app
from web.conftest import *  # noqa: F403  # the same assistants
from web.conftest import KEY, SAMPLE

MAIN = Path(customer_assist.console.__file__).with_name("main.py")
SECONDS = 30


@pytest.fixture
def shop(empty: Assistant) -> Assistant:
    """A shop of the test's own: the console changes it."""
    empty.ingest(SAMPLE)
    return empty


@pytest.fixture
def serving(shop: Assistant) -> Iterator[str]:
    """Its address."""
    server = make_server("127.0.0.1", 0, create_app(shop), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def client(serving: str) -> Client:
    return Client(serving, KEY)


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, serving: str) -> Callable[[], AppTest]:
    """console() is the console as one sees it who has logged in."""
    monkeypatch.setenv(API, serving)
    monkeypatch.setenv(KEY_AT, "admin.key")

    def logged_in() -> AppTest:
        page = AppTest.from_file(str(MAIN), default_timeout=SECONDS).run()
        page.text_input[0].input(KEY)
        return page.button[0].click().run()

    return logged_in

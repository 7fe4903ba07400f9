"""A real browser in front of the real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from console_process import Office, running_console
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright
from windows import complains, complains_of_nothing, watched_windows

from foreign_site import ForeignSite, foreign_site
from server_process import ServerProcess, free_port, running_server

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "examples" / "brindle"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """There can be one at a time."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium; none is downloaded."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium here: scripts/browser installs one where it may")
    expect.set_options(timeout=15_000)  # a busy machine is no failure
    running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    yield running
    running.close()


@pytest.fixture(scope="session")
def site_port() -> int:
    """Where another website is, whose pages the shop lets in."""
    return free_port()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, site_port: int) -> Iterator[ServerProcess]:
    """The sample business, as `make run` serves it."""
    home = tmp_path_factory.mktemp("browser") / "home"
    settings = {
        "CUSTOMER_ASSIST_RATE_LIMIT": "0",
        "CUSTOMER_ASSIST_ORIGINS": f"http://127.0.0.1:{site_port}",
    }
    with running_server(home, _sample(home.parent), settings) as server:
        yield server


@pytest.fixture
def own_shop(tmp_path: Path) -> Iterator[ServerProcess]:
    """The same for one test alone, which may stop it."""
    quick = {"CUSTOMER_ASSIST_RATE_LIMIT": "0", "CUSTOMER_ASSIST_ENGINE": "lexical"}
    with running_server(tmp_path / "home", _sample(tmp_path), quick) as server:
        yield server


@pytest.fixture(scope="session")
def sample() -> Callable[[Path], Path]:
    """sample(folder): a copy of the sample business in it."""
    return _sample


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The console over a shop of its own, for all tests of the console: Streamlit is slow to start."""
    home = tmp_path_factory.mktemp("console") / "home"
    quick = {"CUSTOMER_ASSIST_RATE_LIMIT": "0", "CUSTOMER_ASSIST_ENGINE": "lexical"}
    with running_server(home, _sample(home.parent), quick) as server:
        with running_console(server) as console:
            yield console


@pytest.fixture(scope="session")
def empty_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The same over an assistant that knows nothing and was asked nothing."""
    home = tmp_path_factory.mktemp("console-empty") / "home"
    with running_server(home, None, {"CUSTOMER_ASSIST_ENGINE": "lexical"}) as server:
        with running_console(server) as console:
            yield console


@pytest.fixture
def open_console(browser: Browser, office: Office) -> Iterator[Callable[..., Page]]:
    """open_console("/ask", width=360, dark=True): a page of the console, logged in, in a window that is watched."""
    with watched_windows(browser) as open_window:

        def make(
            path: str = "/",
            *,
            width: int = 1440,
            height: int = 900,
            dark: bool = False,
            at: Office = office,
            log_in: bool = True,
        ) -> Page:
            page = open_window(ours=[at.base], width=width, height=height, dark=dark, complains=_complains)
            page.goto(at.base + path)
            if log_in:
                at.log_in(page)
            return page

        yield make


@pytest.fixture
def open_page(browser: Browser, shop: ServerProcess) -> Iterator[Callable[..., Page]]:
    """open_page(width=360, dark=True): the chat page in a window that is watched; quiet=False: it may complain."""
    with watched_windows(browser) as open_window:

        def make(
            *,
            width: int = 1280,
            height: int = 800,
            dark: bool = False,
            quiet: bool = True,
            at: ServerProcess = shop,
        ) -> Page:
            heard = complains if quiet else complains_of_nothing
            page = open_window(ours=[at.base], width=width, height=height, dark=dark, complains=heard)
            page.goto(at.base)
            page.wait_for_selector("html[data-ready]")
            return page

        yield make


@pytest.fixture
def site(shop: ServerProcess, site_port: int) -> Iterator[ForeignSite]:
    with foreign_site(site_port) as site:
        site.assistant = shop.base
        yield site


@pytest.fixture
def visit(browser: Browser, site: ForeignSite, shop: ServerProcess) -> Iterator[Callable[..., Page]]:
    """visit(width=360, dark=True): the shop's first page, with the launcher on it, in a window that is watched."""
    with watched_windows(browser) as open_window:

        def make(
            *, width: int = 1280, height: int = 800, dark: bool = False, quiet: bool = True, **more: Any
        ) -> Page:
            ours = [site.base, shop.base]
            heard = complains if quiet else complains_of_nothing
            page = open_window(ours=ours, width=width, height=height, dark=dark, complains=heard, **more)
            page.goto(site.base)
            page.wait_for_selector("customer-assist[data-ready]", state="attached")
            return page

        yield make


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Where pictures of the page go; None unless CUSTOMER_ASSIST_SCREENSHOTS asks for them."""
    if not os.environ.get("CUSTOMER_ASSIST_SCREENSHOTS"):
        return None
    folder = REPOSITORY / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _complains(message: ConsoleMessage) -> bool:
    """But for Streamlit's own question, on a page below the first, whether the console begins there."""
    asked_where_it_begins = "/_stcore/" in message.location["url"] and "404" in message.text
    return complains(message) and not asked_where_it_begins


def _sample(folder: Path) -> Path:
    copy = folder / "brindle"
    shutil.copytree(SAMPLE / "articles", copy / "articles")
    shutil.copy(SAMPLE / "business.toml", copy)
    return copy

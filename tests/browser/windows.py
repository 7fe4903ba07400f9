"""Windows of the browser whose pages are watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

Complains = Callable[[ConsoleMessage], bool]


def complains(message: ConsoleMessage) -> bool:
    return message.type in ("error", "warning")


def complains_of_nothing(message: ConsoleMessage) -> bool:
    """For a test in which something is to go wrong."""
    del message
    return False


@contextmanager
def watched_windows(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens empty pages, each in a window of its own: open_window(ours=[base, …], width=360, height=740, dark=True).

    At the end of the block they are closed, and must have asked nobody but `ours` for anything, and complained of
    nothing.
    """
    complaints: list[str] = []
    elsewhere: list[str] = []
    contexts: list[BrowserContext] = []

    def open_window(
        *, ours: list[str], width: int, height: int, dark: bool, complains: Complains = complains, **more: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        hosts = {_host(base) for base in ours}
        page.on("request", lambda r: elsewhere.append(r.url) if _host(r.url) not in hosts else None)
        page.on("websocket", lambda s: elsewhere.append(s.url) if _host(s.url) not in hosts else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if complains(said) else None)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not elsewhere, f"asked elsewhere: {elsewhere}"
    assert not complaints, f"complained: {complaints}"


def _host(url: str) -> str:
    return urlsplit(url).netloc

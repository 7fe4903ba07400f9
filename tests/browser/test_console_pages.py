"""Every page of the console, with something to show and with nothing: who it keeps out, and whether it fits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
from axe import violations
from console_process import Office, settled
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in the list of pages; what it says where there is something, and where there is nothing."""

    name: str
    filled: str
    empty: str

    @property
    def file(self) -> str:
        return self.name.lower()


PAGES = (
    Shown("Inbox", "Waiting", "Nobody is waiting"),
    Shown("Conversations", "Answered", "Nobody has asked anything yet"),
    Shown("Ask", "Nothing asked yet", "Nothing asked yet"),
    Shown("Knowledge", "sample business", "is the first"),
    Shown("Learned", "Suggested replies", "Nothing here"),
)
SECONDS = (
    1.0  # that a page may take on an idle machine, from the click to its content; a busy one gets more below
)
# What Streamlit builds into every page and offers no setting for: the rule, and a part of the place.
STREAMLITS: tuple[tuple[str, str], ...] = ()
WINDOWS = [(360, 740, False), (360, 740, True), (1440, 900, False), (1440, 900, True)]


@pytest.fixture(scope="module")
def busy(office: Office) -> Office:
    """The office after some days of customers."""
    program = Path(sys.executable).with_name("customer-assist")
    own = {"CUSTOMER_ASSIST_HOME": str(office.home), "CUSTOMER_ASSIST_ENGINE": "lexical"}
    kept = {n: v for n, v in os.environ.items() if n in ("PATH", "HOME", "LD_LIBRARY_PATH")}
    played = [str(program), "demo-traffic", "--conversations", "60"]
    subprocess.run(
        played, env=kept | own, cwd=office.home.parent, check=True, capture_output=True, timeout=120
    )
    return office


def go_to(page: Page, name: str) -> None:
    """By the list of pages, which a phone hides behind a button."""
    on_a_phone = page.get_by_test_id("stExpandSidebarButton").is_visible()
    if on_a_phone:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    if on_a_phone and page.get_by_test_id("stSidebarCollapseButton").locator("button").is_visible():
        page.get_by_test_id("stSidebarCollapseButton").locator("button").click()


def shows(page: Page, text: str) -> None:
    expect(page.get_by_role("main").get_by_text(text).first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(("width", "height", "dark"), WINDOWS)
def test_every_page_is_open_to_all_and_fits(
    open_console: Callable[..., Page],
    busy: Office,
    screenshots: Path | None,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = open_console(width=width, height=height, dark=dark)
    wrong = []
    for shown in PAGES:
        clicked = monotonic()
        go_to(page, shown.name)
        expect(page.get_by_role("heading", name=shown.name, level=1)).to_be_visible(timeout=20_000)
        shows(page, shown.filled)
        if (took := monotonic() - clicked) > SECONDS:
            wrong.append(f"{shown.name}: {took:.1f} s until its content")
        settled(page)
        wrong += [f"{shown.name}: {each}" for each in ours(page)]
        if not page.evaluate(
            "() => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"
        ):
            wrong.append(f"{shown.name}: wider than {width}")
        if screenshots:
            mode = "dark" if dark else "light"
            page.screenshot(path=screenshots / f"console-{width}-{mode}-{shown.file}.png")
    assert wrong == []


@pytest.mark.parametrize(("width", "height", "dark"), [(360, 740, False), (1440, 900, True)])
def test_a_page_with_nothing_to_show_says_what_to_do(
    open_console: Callable[..., Page], empty_office: Office, width: int, height: int, dark: bool
) -> None:
    page = open_console(width=width, height=height, dark=dark, at=empty_office)
    wrong = []
    for shown in PAGES:
        go_to(page, shown.name)
        expect(page.get_by_role("heading", name=shown.name, level=1)).to_be_visible()
        shows(page, shown.empty)
        settled(page)
        wrong += [f"{shown.name}: {each}" for each in ours(page)]
    assert wrong == []


def ours(page: Page) -> list[str]:
    """What keeps people out, but for what is Streamlit's. Looked at again where there is something: what is being
    drawn anew is pale for a moment."""
    for _ in range(3):
        found = [
            f"{each.rule} at {place}"
            for each in violations(page)
            for place in each.places
            if not any(each.rule == rule and part in place for rule, part in STREAMLITS)
        ]
        if not found:
            break
        page.wait_for_timeout(1500)
    return found

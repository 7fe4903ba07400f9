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
    Shown("Knowledge", "sample business", "Nothing is known yet"),
    Shown("Unanswered", "Articles that contradict each other", "is without an answer"),
    Shown("Learned", "Suggested replies", "Nothing here"),
    Shown("Insights", "In short", "Nobody wrote in this time"),
    Shown("Evaluation", "When to answer", "Nothing is kept yet"),
    Shown("Settings", "Settings are changed in", "Nothing is known yet"),
)
SECONDS = 10.0  # from the click to the content on a busy machine; on an idle one it is about one
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
        wrong += [f"{shown.name}: {each}" for each in faults(page)]
        if screenshots:
            mode = "dark" if dark else "light"
            page.screenshot(path=screenshots / f"console-{width}-{mode}-{shown.file}.png")
    assert wrong == []


@pytest.mark.parametrize(("width", "height", "dark"), WINDOWS)
def test_an_open_conversation_is_open_to_all_and_fits(
    open_console: Callable[..., Page],
    busy: Office,
    screenshots: Path | None,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = open_console(width=width, height=height, dark=dark)
    wrong = []
    for name in ("Inbox", "Conversations"):
        go_to(page, name)
        page.locator(".st-key-listed [class*=st-key-open-] button").first.click()
        opened = page.locator(".st-key-opened")
        expect(opened.get_by_text("Assistant · ").first).to_be_visible(timeout=20_000)
        settled(page)
        if name == "Inbox":
            expect(page.get_by_label("Your reply")).to_be_in_viewport()
        wrong += [f"{name}: {each}" for each in faults(page)]
        if screenshots:
            mode = "dark" if dark else "light"
            page.screenshot(path=screenshots / f"console-{width}-{mode}-{name.lower()}-open.png")
    assert wrong == []


def test_conversations_are_filtered_paged_opened_and_their_answers_fixed(
    open_console: Callable[..., Page], busy: Office
) -> None:
    page = open_console(
        "/conversations", width=360, height=2600
    )  # a list that opens closes when the page scrolls
    go_to(page, "Conversations")
    rows = page.locator(".st-key-listed [class*=st-key-open-] button")
    expect(rows).to_have_count(20)
    starts = rows.evaluate_all(
        "rows => rows.map(row => row.querySelector('p').getBoundingClientRect().x - row.getBoundingClientRect().x)"
    )
    assert max(starts) - min(starts) < 1, "short and long ones begin at the same edge"
    first = rows.first.inner_text()
    page.get_by_role("button", name="Older").click()
    expect(rows.first).not_to_have_text(first)
    expect(page.get_by_role("button", name="Newer")).to_be_enabled()
    settled(page)
    page.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="I didn't know").click()
    expect(rows.first).to_contain_text("I didn't know")
    settled(page)
    assert all("I didn't know" in row.inner_text() for row in rows.all())
    page.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="Answered", exact=True).click()
    expect(rows.first).to_contain_text("Answered")
    settled(page)
    rows.first.click()
    opened = page.locator(".st-key-opened")
    expect(opened.get_by_text("Assistant · Answered").first).to_be_visible()
    expect(page.locator(".st-key-listed")).to_be_hidden()
    page.reload()  # the address names the conversation
    expect(opened.get_by_text("Assistant · Answered").first).to_be_visible()
    page.get_by_role("button", name="All conversations").click()
    expect(page.locator(".st-key-listed")).to_be_visible()
    rows.first.click()
    opened.get_by_role("button", name="Fix this answer").first.click()
    expect(page.get_by_role("heading", name="Knowledge", level=1)).to_be_visible()
    expect(page.get_by_text("An answer to fix")).to_be_visible()


def test_the_tabs_picture_comes_from_nowhere_else(open_console: Callable[..., Page]) -> None:
    page = open_console()
    for name in ("Conversations", "Inbox"):
        go_to(page, name)
        settled(page)
        icons = page.eval_on_selector_all("link[rel*=icon]", "links => links.map(link => link.href)")
        assert icons and all(icon.startswith(("data:", page.url.rpartition("/")[0])) for icon in icons), icons


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
        wrong += [f"{shown.name}: {each}" for each in faults(page)]
    assert wrong == []


def faults(page: Page) -> list[str]:
    """What keeps people out, and whether it is wider than its window."""
    fits = page.get_by_role("main").evaluate("main => main.scrollWidth <= main.clientWidth")
    return barriers(page) + ([] if fits else ["wider than its window"])


def barriers(page: Page) -> list[str]:
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

"""No grave barrier on any page that a customer or an integrator opens, in whatever state it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from axe import Violation, violations
from playwright.sync_api import Page, expect
from test_chat_page import UNKNOWN, WHERE, ask
from test_guide_page import PASSWORD, press
from test_handoff_page import Person

from server_process import ServerProcess

pytestmark = pytest.mark.browser
WINDOWS = [(360, 740), (1440, 900)]
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]


@pytest.fixture
def person(shop: ServerProcess) -> Person:
    return Person(shop)


def in_every_window(page: Page) -> list[tuple[int, str, Violation]]:
    """What bars the way on a phone or a desk, light or dark."""
    found = []
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [(width, scheme, each) for each in violations(page)]
    return found


def test_a_barrier_is_noticed_also_in_a_shadow_root(open_page: Callable[..., Page]) -> None:
    page = open_page()
    assert violations(page) == []
    page.evaluate(
        """() => {
        const host = document.body.appendChild(document.createElement("div"));
        const root = host.attachShadow({mode: "open"});
        root.append(document.createElement("button"));
        const pale = root.appendChild(document.createElement("p"));
        pale.textContent = "Hardly to be read";
        pale.style.cssText = "color: #ccc; background: #fff";
    }"""
    )
    assert {each.rule for each in violations(page)} == {"button-name", "color-contrast"}


def test_welcome_answer_and_refusal(open_page: Callable[..., Page]) -> None:
    page = open_page()
    assert in_every_window(page) == [], "welcome"
    ask(page, WHERE)
    page.locator(".sources summary").first.click()
    page.get_by_role("button", name="Yes, this helped").click()
    expect(page.locator(".rating output")).to_have_text("Thank you for your feedback.")
    assert in_every_window(page) == [], "answer with its source, rated"
    ask(page, UNKNOWN)
    assert in_every_window(page) == [], "abstained"


def test_a_guide(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, PASSWORD)
    press(page, "Step by step")
    press(page, "Next")
    assert in_every_window(page) == []


def test_a_person(open_page: Callable[..., Page], person: Person) -> None:
    page = open_page()
    ask(page, "human please")
    expect(page.get_by_text("Waiting for a person.")).to_be_visible()
    assert in_every_window(page) == [], "waiting"
    handoff = person.newest()["id"]
    person.does(
        handoff, "reply", text="Yes, **bring it in**: https://brindle-and-bean.example/help", by="Aoife"
    )
    expect(page.locator(".turn.person")).to_be_visible()
    assert in_every_window(page) == [], "taken and answered"
    person.does(handoff, "resolve")
    expect(page.locator(".left")).to_be_visible()
    assert in_every_window(page) == [], "left"


def test_refused_and_offline(open_page: Callable[..., Page]) -> None:
    page = open_page(quiet=False)
    page.route("**/question", lambda route: route.fulfill(status=429, headers={"Retry-After": "30"}))
    ask(page, WHERE)
    expect(page.locator(".failure button")).to_be_disabled()
    assert in_every_window(page) == [], "asked to wait"
    page.unroute("**/question")
    page.context.set_offline(True)
    ask(page, WHERE)
    expect(page.locator(".held")).to_have_text("Will be sent as soon as you are online again.")
    assert in_every_window(page) == [], "offline"


def test_the_documentation(open_page: Callable[..., Page], shop: ServerProcess) -> None:
    page = open_page()
    page.goto(f"{shop.base}/docs")
    assert in_every_window(page) == []

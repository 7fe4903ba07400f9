"""What a customer sees of a person of the business on the chat page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect
from test_chat_page import UNKNOWN, WHERE, ask

from server_process import ServerProcess

pytestmark = pytest.mark.browser
MARKUP = "Yes, **bring it in**. <img src=x onerror=\"document.title='owned'\">"


class Person:
    """Somebody of the business at the inbox."""

    def __init__(self, shop: ServerProcess) -> None:
        self._base = shop.base
        requests.get(f"{shop.base}/handoffs", timeout=10)  # the first request makes the key
        key = (shop.log.with_suffix("") / "admin.key").read_text().strip()
        self._headers = {"Authorization": f"Bearer {key}"}

    def newest(self) -> dict[str, Any]:
        reply = requests.get(f"{self._base}/handoffs?limit=500", headers=self._headers, timeout=10)
        return dict(max(reply.json()["handoffs"], key=lambda each: each["created_at"]))

    def does(self, handoff: str, what: str, **body: str) -> None:
        path = f"{self._base}/handoffs/{handoff}/{what}"
        assert requests.post(path, json=body, headers=self._headers, timeout=10).ok


@pytest.fixture
def person(shop: ServerProcess) -> Person:
    return Person(shop)


def test_a_person_takes_over_answers_and_leaves(open_page: Callable[..., Page], person: Person) -> None:
    page = open_page()
    title = page.title()
    panel = page.locator("#handoff")
    ask(page, UNKNOWN)
    page.locator(".offer").click()
    expect(page.locator(".turn").last).to_have_attribute("data-outcome", "handed_off")
    expect(panel).to_contain_text("Waiting for a person.")
    expect(page.locator(".offer")).to_be_hidden()
    handoff = person.newest()["id"]

    person.does(handoff, "take", by="Aoife")
    expect(panel).to_contain_text("You are talking with Aoife, Brindle & Bean.")
    expect(page.get_by_text("A person of our team")).to_be_visible()
    ask(page, "Can I bring the kettle to Dock Row?")
    expect(page.locator(".turn").last.locator(".reply")).to_be_hidden()

    person.does(handoff, "reply", text=MARKUP)
    said = page.locator(".turn.person")
    expect(said.locator(".name")).to_have_text("Aoife, Brindle & Bean")
    expect(said.locator(".answer strong")).to_have_text("bring it in")
    expect(said.locator(".answer")).to_contain_text("<img src=x")
    expect(said.locator(".asked")).to_be_hidden()
    expect(said.locator(".rating")).to_have_count(0)
    assert page.locator(".turn img").count() == 0 and page.title() == title

    page.reload()
    expect(page.locator(".turn")).to_have_count(4)
    expect(page.locator(".turn.person .name")).to_have_text("Aoife, Brindle & Bean")
    expect(panel).to_contain_text("You are talking with Aoife")

    person.does(handoff, "resolve")
    expect(page.locator(".left")).to_have_text(
        "Aoife, Brindle & Bean has left the conversation. The automated assistant answers again."
    )
    expect(panel).to_be_hidden()
    expect(page.get_by_text("Automated assistant, not a person")).to_be_visible()
    page.reload()
    expect(page.locator(".left")).to_have_count(1)
    ask(page, WHERE)
    expect(page.locator(".turn").last).to_have_attribute("data-outcome", "answered")


def test_an_address_may_be_left_and_need_not_be(open_page: Callable[..., Page], person: Person) -> None:
    page = open_page(quiet=False)  # a wrong address is refused
    page.get_by_role("button", name="Talk to a person").click()
    field = page.get_by_label("Your e-mail address")
    expect(field).to_be_visible()
    field.fill("no address")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#handoff output")).to_contain_text("must be an e-mail address")
    field.fill("mary@example.com")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#handoff output")).to_have_text("Thank you, we have your address.")
    expect(field).to_be_hidden()
    assert person.newest()["email"] == "mary@example.com"
    page.reload()
    expect(page.locator("#handoff")).to_be_visible()
    expect(field).to_be_hidden()


def test_a_customer_goes_back_to_the_assistant(open_page: Callable[..., Page], person: Person) -> None:
    page = open_page()
    page.get_by_role("button", name="Talk to a person").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_label("Your e-mail address")).to_be_hidden()
    page.get_by_role("button", name="Back to the assistant").click()
    expect(page.locator(".answer").last).to_contain_text("You are with me again")
    expect(page.locator("#handoff")).to_be_hidden()
    expect(page.get_by_role("button", name="Talk to a person")).to_be_visible()


def test_two_messages_and_a_reply_that_cross_stand_in_their_order(
    open_page: Callable[..., Page], person: Person
) -> None:
    page = open_page(quiet=False)
    ask(page, "human please")
    handoff = person.newest()["id"]
    person.does(handoff, "take", by="Aoife")
    expect(page.locator("#handoff")).to_contain_text("Aoife")
    page.route("**/conversations/*", lambda route: route.abort())  # the page cannot look for a moment
    person.does(handoff, "reply", text="First from us.")
    ask(page, "Second from me.")
    page.unroute("**/conversations/*")
    expect(page.locator(".turn.person")).to_have_count(1, timeout=25_000)
    texts = [turn.inner_text() for turn in page.locator(".turn").all()]
    assert "First from us." in texts[1] and "Second from me." in texts[2]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_fits_every_window(
    open_page: Callable[..., Page], person: Person, screenshots: Path | None, width: int, dark: bool
) -> None:
    page = open_page(width=width, height=740 if width == 360 else 900, dark=dark)
    ask(page, "Can I talk to someone about my order BB-123456?")
    expect(page.get_by_label("Your e-mail address")).to_be_visible()
    for step in ("waiting", "person"):
        if step == "person":
            handoff = person.newest()["id"]
            person.does(handoff, "take", by="Aoife")
            person.does(handoff, "reply", text="Hello, I am Aoife. Your parcel leaves **today**.")
            expect(page.locator(".turn.person")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        assert page.evaluate("() => document.documentElement.scrollHeight <= window.innerHeight")
        expect(page.get_by_label("Your question")).to_be_in_viewport()
        if screenshots and not dark:
            page.wait_for_timeout(200)
            page.screenshot(path=screenshots / f"chat-{width}-light-{step}.png")

"""The inbox in a browser, beside the customer's own page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from console_process import Office, settled
from playwright.sync_api import Browser, Page, expect
from test_chat_page import ask

pytestmark = pytest.mark.browser
NEWS = 20_000  # until the next look of a page for news, on a busy machine
COFFEE = "Can I send opened coffee back?"


@pytest.fixture
def come(browser: Browser, office: Office) -> Iterator[Callable[[], Page]]:
    """come(): a customer at the chat page, who asks something, and then for a person."""
    came = []

    def make() -> Page:
        page = browser.new_page(reduced_motion="reduce")
        came.append(page)
        page.set_default_timeout(NEWS)
        page.goto(office.server.base)
        page.wait_for_selector("html[data-ready]")
        ask(page, COFFEE)
        ask(page, "I want to talk to a person")
        expect(page.locator(".turn").last).to_have_attribute("data-outcome", "handed_off")
        return page

    yield make
    for page in came:
        page.close()


def open_newest(page: Page, office: Office) -> str:
    """The handoff's id."""
    newest: dict[str, Any] = max(office.get("/handoffs")["handoffs"], key=lambda each: each["created_at"])
    page.locator(f".st-key-open-{newest['id']} button").click()
    page.get_by_label("Your reply").wait_for()
    settled(page)
    return str(newest["id"])


def test_a_customer_and_a_person_talk_and_the_assistant_answers_again(
    open_console: Callable[..., Page], come: Callable[[], Page], office: Office
) -> None:
    page = open_console(width=360, height=740)
    customer = come()
    others = len(office.get("/handoffs?status=waiting")["handoffs"]) - 1
    expect(page).to_have_title(f"Support console ({others + 1})", timeout=NEWS)  # by itself
    office_name(page, "Aoife")
    handoff = open_newest(page, office)

    opened = page.locator(".st-key-opened")
    expect(opened.get_by_text(COFFEE, exact=True)).to_be_visible()
    expect(page.locator(".st-key-listed")).to_be_hidden()  # a phone shows one or the other
    opened.get_by_text("Sources (").first.click()
    expect(opened.get_by_text("Returning coffee beans", exact=True)).to_be_visible()
    expect(page.get_by_label("Your reply")).to_be_in_viewport()

    page.get_by_role("button", name="Suggest replies").click()
    page.get_by_role("button", name="Use short").first.click()
    field = page.get_by_label("Your reply")
    expect(field).not_to_have_value("")
    field.fill(field.input_value() + " Yours, Aoife")
    page.get_by_role("button", name="Send", exact=True).click()
    said = customer.locator(".turn.person")
    expect(said).to_contain_text("Yours, Aoife", timeout=NEWS)
    expect(said.locator(".name")).to_contain_text("Aoife")
    expect(field).to_have_value("")
    left = f" ({others})" if others else ""
    expect(page).to_have_title(f"Support console{left}", timeout=NEWS)

    ask(customer, "Thank you, I will bring it.")
    expect(opened.get_by_text("Thank you, I will bring it.")).to_be_visible(timeout=NEWS)
    page.get_by_role("button", name="Resolved").click()
    expect(page.get_by_label("Your reply")).to_be_hidden()
    expect(customer.locator(".left")).to_contain_text("answers again", timeout=NEWS)
    ask(customer, "Where is my order?")
    expect(customer.locator(".turn").last).to_have_attribute("data-outcome", "answered")
    page.get_by_role("button", name="All conversations that wait").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    assert office.get(f"/handoffs/{handoff}")["status"] == "resolved"


def test_what_somebody_writes_survives_news_another_page_a_reload_and_a_refusal(
    open_console: Callable[..., Page], come: Callable[[], Page], office: Office
) -> None:
    customer, page = come(), open_console()
    handoff = open_newest(page, office)
    field, send = page.get_by_label("Your reply"), page.get_by_role("button", name="Send", exact=True)
    opened = page.locator(".st-key-opened")
    field.press_sequentially("Half a sen")
    ask(customer, "Are you there?")
    expect(opened.get_by_text("Are you there?")).to_be_visible(timeout=NEWS)
    expect(field).to_have_value("Half a sen")
    expect(field).to_be_focused()
    field.press_sequentially("tence for {{name}}")
    send.click()
    expect(page.get_by_text("holds a {{placeholder}}")).to_be_visible()
    expect(field).to_have_value("Half a sentence for {{name}}")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Learned").click()
    page.get_by_role("heading", name="Learned").wait_for()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Inbox").click()
    expect(field).to_have_value("Half a sentence for {{name}}")
    page.reload()
    open_newest(page, office)
    expect(field).to_have_value("Half a sentence for {{name}}")
    field.fill("Yes, I am.")
    send.click()
    expect(customer.locator(".turn.person")).to_contain_text("Yes, I am.", timeout=NEWS)
    office.post(f"/handoffs/{handoff}/resolve")


def test_two_clicks_send_one_reply(
    open_console: Callable[..., Page], come: Callable[[], Page], office: Office
) -> None:
    come()
    page = open_console()
    handoff = open_newest(page, office)
    page.get_by_label("Your reply").fill("Once is enough.")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_label("Your reply")).to_have_value("")
    settled(page)
    turns = office.get(f"/handoffs/{handoff}")["turns"]
    assert [turn["answer"] for turn in turns if turn["answered_by"] == "human"] == ["Once is enough."]
    office.post(f"/handoffs/{handoff}/resolve")


def test_a_reload_keeps_who_is_in_and_their_name_until_they_leave(open_console: Callable[..., Page]) -> None:
    page = open_console()
    page.get_by_label("Your name, as customers see it").fill("Ciara")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Press Enter to apply")).to_be_hidden()
    page.wait_for_timeout(1000)
    assert {each["name"] for each in page.context.cookies() if not each["httpOnly"]} <= {"_streamlit_xsrf"}
    page.reload()
    expect(page.get_by_label("Your name, as customers see it")).to_have_value("Ciara")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("textbox", name="Admin key")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Admin key")).to_be_visible()


def office_name(page: Page, name: str) -> None:
    """As customers are to see it: on a phone behind the menu."""
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_label("Your name, as customers see it").fill(name)
    page.keyboard.press("Enter")
    settled(page)
    page.get_by_test_id("stSidebarCollapseButton").locator("button").click()

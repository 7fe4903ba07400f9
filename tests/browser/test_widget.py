"""The chat as a customer of somebody else's website meets it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Browser, Page, expect
from test_chat_page import FOCUSED, INJECTION, UNKNOWN, WHERE, ask
from test_handoff_page import Person

from foreign_site import ForeignSite, foreign_site
from server_process import ServerProcess

pytestmark = pytest.mark.browser
BUDGET = 30_000  # bytes that a visitor loads, as they travel
LAUNCHER_BUDGET = 15_000  # of these, before the chat is opened

EMPTY: dict[str, list[str]] = {"citations": [], "alternatives": [], "steps": []}


def opened(page: Page) -> Page:
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_label("Your question")).to_be_focused()
    return page


def test_a_customer_opens_it_asks_and_rates_the_answer(visit: Callable[..., Page]) -> None:
    page = visit()
    launcher = page.locator(".launch")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".panel")).to_have_count(0)
    opened(page)
    expect(launcher).to_have_attribute("aria-expanded", "true")
    dialog = page.get_by_role("dialog", name="Brindle & Bean")
    expect(dialog.get_by_text("Automated assistant, not a person")).to_be_visible()
    expect(dialog.get_by_text("Demo: sample business")).to_be_visible()
    expect(dialog.locator(".example")).to_have_count(4)
    ask(page, WHERE)
    expect(dialog.get_by_role("log", name="Conversation")).to_contain_text("Received:")
    expect(dialog.locator(".sources summary")).to_contain_text(WHERE)
    dialog.get_by_role("button", name="Yes, this helped").click()
    expect(dialog.locator(".rating output")).to_have_text("Thank you for your feedback.")


STREAM = """() => {
  const real = window.fetch;
  const body = new ReadableStream({
    start(stream) { window.say = (text) => stream.enqueue(new TextEncoder().encode(text)); },
  });
  window.fetch = (address, ...more) =>
    String(address).endsWith("/question") ? Promise.resolve(new Response(body)) : real(address, ...more);
}"""


def test_an_answer_is_seen_while_it_is_written(visit: Callable[..., Page]) -> None:
    page = opened(visit())
    page.evaluate(STREAM)
    page.get_by_label("Your question").fill(WHERE)
    page.keyboard.press("Enter")
    turn = page.locator(".turn")
    expect(turn.locator(".working")).to_be_visible()
    said = {"text": "It is **on its way**. "}
    page.evaluate("(text) => window.say(text)", f"event: delta\ndata: {json.dumps(said)}\n\nevent: del")
    expect(turn.locator(".answer strong")).to_have_text("on its way")
    expect(turn.locator(".working")).to_be_hidden()
    expect(turn).to_have_attribute("aria-busy", "true")
    whole = {
        "conversation_id": "c",
        "turn_id": "t",
        "outcome": "small_talk",
        "answer": "It came.",
        "logged": False,
    }
    rest = f"ta\ndata: {json.dumps(said)}\n\nevent: turn\ndata: {json.dumps(whole | EMPTY)}\n\n"
    page.evaluate("(text) => window.say(text)", rest)
    expect(turn.locator(".answer")).to_have_text("It came.")  # what passed the checks wins
    expect(turn).not_to_have_attribute("aria-busy", "true")


def test_the_conversation_goes_on_over_pages_and_reloads(
    visit: Callable[..., Page], site: ForeignSite
) -> None:
    page = opened(visit())
    ask(page, WHERE)
    page.get_by_label("Your question").fill("And what about")
    page.get_by_role("link", name="Second page").click()
    page.wait_for_url("**/second")
    expect(page.get_by_role("dialog")).to_be_visible()  # as it was left
    expect(page.locator(".asked p")).to_have_text(WHERE)
    expect(page.get_by_label("Your question")).to_have_value("And what about")
    ask(page, "How do I cancel my order?")
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_label("Your question").press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".launch").click()
    page.locator(".close").click()
    page.reload()
    expect(page.get_by_role("button", name="Open the chat")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    other = page.context.new_page()
    other.goto(f"{site.base}/second")
    opened(other)
    expect(other.locator(".turn")).to_have_count(2)
    other.get_by_role("button", name="New conversation").click()
    expect(other.locator(".turn")).to_have_count(0)


def test_a_conversation_is_forgotten_when_its_time_is_over(visit: Callable[..., Page]) -> None:
    page = opened(visit())
    ask(page, WHERE)
    age = """(hours) => {
      const kept = JSON.parse(localStorage.getItem("customer-assist"));
      localStorage.setItem("customer-assist", JSON.stringify({ ...kept, at: kept.at - hours * 3600e3 }));
    }"""
    page.evaluate(age, 23)
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    page.evaluate(age, 25)
    page.reload()
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_it_works_where_nothing_may_be_kept(visit: Callable[..., Page]) -> None:
    page = visit()
    page.context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) "
        "Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page.reload()
    opened(page)
    ask(page, WHERE)
    ask(page, "How do I cancel my order?")
    expect(page.locator(".turn")).to_have_count(2)


def test_a_question_typed_offline_is_sent_when_the_connection_is_back(visit: Callable[..., Page]) -> None:
    page = opened(visit(quiet=False))
    ask(page, WHERE)
    page.context.set_offline(True)
    expect(page.locator(".offline")).to_have_text("You are offline. You can go on reading and writing.")
    ask(page, "How do I cancel my order?")
    expect(page.locator(".held")).to_have_text("Will be sent as soon as you are online again.")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.context.set_offline(False)
    expect(page.locator(".turn").nth(1)).to_have_attribute("data-outcome", "answered")
    expect(page.locator(".held")).to_have_count(0)
    expect(page.locator(".offline")).to_be_hidden()


def test_a_question_that_was_on_its_way_when_the_page_changed_is_answered_once(
    visit: Callable[..., Page], shop: ServerProcess
) -> None:
    page = opened(visit(quiet=False))  # the browser notes that it is still being answered (409)
    keys: list[str | None] = []
    page.on(
        "request",
        lambda r: keys.append(r.headers.get("idempotency-key")) if r.url.endswith("/question") else None,
    )
    page.get_by_label("Your question").fill(WHERE)
    page.keyboard.press("Enter")
    page.goto(page.url + "second")
    expect(page.locator(".turn")).to_have_attribute("data-outcome", "answered")
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    assert len(set(keys)) == 1


def test_escape_closes_it_and_the_keyboard_is_where_it_was(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator(".launch").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".launch")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    reached = [page.evaluate(FOCUSED)]
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        reached.append(page.evaluate(FOCUSED))
    wanted = ["example", "close", "launch"]  # backwards from the field; then the page's own button
    assert [reached.index(name) for name in wanted] == sorted(reached.index(name) for name in wanted)
    assert reached[reached.index("launch") + 1] == ""


def test_what_is_typed_is_no_shortcut_of_the_page(visit: Callable[..., Page]) -> None:
    page = opened(visit())
    page.evaluate(
        "() => { window.heard = []; for (const type of ['keydown', 'keyup', 'input'])"
        " document.addEventListener(type, (event) => window.heard.push(event.type)); }"
    )
    page.keyboard.type("s")
    assert page.evaluate("() => window.heard") == []
    expect(page.get_by_label("Your question")).to_have_value("s")


def test_the_site_opens_and_closes_it_by_an_attribute(visit: Callable[..., Page], site: ForeignSite) -> None:
    site.attributes = "data-open"
    page = visit()
    expect(page.get_by_role("dialog")).to_be_visible()
    toggle = "(open) => document.querySelector('customer-assist').toggleAttribute('data-open', open)"
    page.evaluate(toggle, False)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate(toggle, True)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_click_is_shown_in_the_customers_language_and_said_in_the_assistants(
    visit: Callable[..., Page], site: ForeignSite
) -> None:
    site.attributes = 'data-lang="de"'
    page = visit()
    sent: list[str] = []
    page.on(
        "request",
        lambda r: sent.append(json.loads(r.post_data or "{}")["question"]) if r.method == "POST" else None,
    )
    page.get_by_role("button", name="Chat öffnen").click()
    page.get_by_label("Ihre Frage").fill("I forgot my password and cannot remember it")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Schritt für Schritt", exact=True).click()
    expect(page.locator(".guide")).to_contain_text("Schritt 1 von 5")
    page.get_by_role("button", name="Weiter", exact=True).click()
    expect(page.locator(".guide").last).to_contain_text("Schritt 2 von 5")
    page.get_by_role("button", name="Mit einem Menschen sprechen").click()
    expect(page.locator("#handoff")).to_contain_text("Gleich ist jemand für Sie da.")
    bubbles = [
        "I forgot my password and cannot remember it",
        "Schritt für Schritt: I forgot my password",
        "Weiter",
        "Ich möchte mit einem Menschen sprechen.",
    ]
    expect(page.locator(".asked p")).to_have_text(bubbles)
    page.reload()
    expect(page.locator(".asked p")).to_have_text(bubbles)
    assert sent[1:] == ["Step by step: I forgot my password", "Next", "I would like to talk to a person."]


def test_a_guide_lists_its_steps_and_ticks_those_that_are_done(visit: Callable[..., Page]) -> None:
    page = opened(visit())
    ask(page, "I forgot my password and cannot remember it")
    page.get_by_role("button", name="Step by step", exact=True).click()
    for _ in range(2):
        expect(page.locator(".turn").last).not_to_have_attribute("aria-busy", "true")
        page.get_by_role("button", name="Next", exact=True).click()
    steps = page.locator(".steps li")
    expect(steps).to_have_count(5)
    expect(page.locator(".steps .done")).to_have_count(2)
    expect(steps.nth(0)).to_contain_text("(done)")
    expect(steps.nth(2)).to_have_attribute("aria-current", "step")
    expect(page.locator(".steps [aria-current]")).to_have_count(1)


def test_a_reply_that_comes_while_it_is_closed_is_told_at_the_launcher(
    visit: Callable[..., Page], shop: ServerProcess
) -> None:
    page = opened(visit())
    ask(page, UNKNOWN)
    page.locator(".offer").click()
    expect(page.locator("#handoff")).to_contain_text("Waiting for a person.")
    page.keyboard.press("Escape")
    page.goto(page.url + "second")  # it looks for replies on the next page as well
    person = Person(shop)
    handoff = person.newest()["id"]
    person.does(handoff, "take", by="Aoife")
    person.does(handoff, "reply", text="Good news.")
    launcher = page.get_by_role("button", name="Open the chat · New messages: 1")
    expect(launcher).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Aoife, Brindle & Bean wrote to you")).to_be_attached()
    launcher.click()
    expect(page.locator(".turn.person")).to_contain_text("Good news.")
    expect(page.locator("customer-assist")).not_to_have_attribute("data-unread", "1")


HOSTILE = """
* { display: none !important; all: unset !important; color: red !important; font-size: 60px !important;
    z-index: -1 !important; position: static !important; width: 5px !important; transform: rotate(9deg) !important; }
html, body, main, h1 { display: block !important; }
html { font-size: 60px !important; direction: rtl !important; }
body { filter: blur(2px); } main { position: fixed !important; inset: 0; z-index: 2147483647 !important; }
customer-assist, div, button { visibility: hidden !important; opacity: 0 !important; }
"""


def test_no_style_of_the_page_reaches_it(visit: Callable[..., Page], site: ForeignSite) -> None:
    measures = """() => {
      const root = document.querySelector("customer-assist").shadowRoot;
      return [".launch", ".panel", ".top", "#question", ".example", ".note"].map((each) => {
        const element = root.querySelector(each), box = element.getBoundingClientRect();
        const { color, fontSize, fontFamily, direction, visibility } = getComputedStyle(element);
        return [box.x, box.y, box.width, box.height, color, fontSize, fontFamily, direction, visibility].join();
      });
    }"""
    calm = opened(visit()).evaluate(measures)
    site.style = HOSTILE
    page = opened(visit())
    assert page.evaluate(measures) == calm
    ask(page, WHERE)
    expect(page.locator(".sources")).to_be_visible()


def test_nothing_is_left_on_the_page_but_one_element(visit: Callable[..., Page], site: ForeignSite) -> None:
    names = "() => Object.getOwnPropertyNames(window).sort()"
    page = opened(visit())
    ask(page, INJECTION)
    with_it = page.evaluate(names)
    page.goto(f"{site.assistant}/docs")  # a page without any script
    assert [name for name in with_it if name not in page.evaluate(names)] == []
    page.goto(site.base)
    page.wait_for_selector("customer-assist[data-ready]", state="attached")
    assert page.evaluate(
        "() => [...document.querySelectorAll('*')].map((e) => e.localName).filter((n) => n.includes('-'))"
    ) == ["customer-assist"]


def test_two_lines_make_one_widget(visit: Callable[..., Page], site: ForeignSite) -> None:
    site.attributes = f'></script><script src="{site.assistant}/widget.js"'
    page = visit()
    page.wait_for_timeout(500)
    expect(page.locator("customer-assist")).to_have_count(1)


def test_a_visitor_loads_no_more_than_thirty_kilobytes(visit: Callable[..., Page], site: ForeignSite) -> None:
    page = visit()
    loaded: set[str] = set()
    page.on("request", lambda r: loaded.add(r.url) if r.url.startswith(site.assistant) else None)
    page.reload()
    page.wait_for_selector("customer-assist[data-ready]", state="attached")
    launcher = set(loaded)
    opened(page)
    page.wait_for_selector("customer-assist[data-ready=chat]", state="attached")
    assert f"{site.assistant}/static/chat.js" in loaded - launcher
    assert _travels(launcher) <= LAUNCHER_BUDGET
    assert _travels(loaded) <= BUDGET


def _travels(addresses: set[str]) -> int:
    """Bytes of these replies as they come over the wire."""
    total = 0
    for address in addresses:
        with requests.get(address, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=20) as reply:
            assert reply.ok
            total += len(reply.raw.read(decode_content=False))
    return total


def test_a_page_that_is_not_let_in_shows_nothing_broken(browser: Browser, shop: ServerProcess) -> None:
    with foreign_site() as site, browser.new_context() as context:
        site.assistant = shop.base
        page = context.new_page()
        warnings: list[str] = []
        page.on("console", lambda m: warnings.append(m.text) if m.type == "warning" else None)
        with page.expect_console_message(lambda m: m.type == "warning"):
            page.goto(site.base)
        page.wait_for_timeout(300)
        expect(page.locator("customer-assist")).to_have_count(0)
        assert len(warnings) == 1 and f"CUSTOMER_ASSIST_ORIGINS={site.base}" in warnings[0]


def test_an_assistant_that_is_away_shows_no_button(browser: Browser, site: ForeignSite) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/meta", lambda route: route.fulfill(status=502, body="Bad Gateway"))
        page.goto(site.base)
        page.wait_for_timeout(500)
        expect(page.get_by_role("heading", name="Good mornings")).to_be_visible()
        expect(page.locator("customer-assist")).to_have_count(0)

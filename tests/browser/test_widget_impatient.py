"""Customers who do not wait, and pages whose own scripts are in the way."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from test_chat_page import WHERE, ask
from test_widget import EMPTY, opened

import foreign_site as sites

pytestmark = pytest.mark.browser
CANCEL = "How do I cancel my order?"


def test_a_question_asked_before_the_conversation_is_there_comes_after_it(
    visit: Callable[..., Page], site: sites.ForeignSite
) -> None:
    page = opened(visit())
    ask(page, WHERE)
    waiting: list[Route] = []
    page.route("**/conversations/*", lambda route: waiting.append(route))
    page.goto(f"{site.base}/second")
    page.get_by_label("Your question").fill(CANCEL)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    waiting.pop().continue_()
    expect(page.locator(".asked p")).to_have_text([WHERE, CANCEL])
    expect(page.locator(".turn").nth(1)).to_have_attribute("data-outcome", "answered")
    expect(page.get_by_label("Your question")).to_have_value("")


def test_a_connection_that_died_without_a_word_is_given_up(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.add_init_script(
        "const { timeout } = AbortSignal; AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 100);"
    )
    page.reload()
    page.route("**/question", lambda route: None, times=1)  # nothing ever comes
    ask(page, WHERE)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".turn")).to_have_attribute("data-outcome", "answered")


def test_a_second_try_waits_for_the_answer_to_another_question(visit: Callable[..., Page]) -> None:
    page = opened(visit(quiet=False))
    posts: list[Route] = []
    page.route("**/question", lambda route: posts.append(route))
    question = page.get_by_label("Your question")
    question.fill(CANCEL)
    question.press("Enter")
    page.wait_for_timeout(100)
    posts[0].fulfill(status=503, body="")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    question.fill(WHERE)
    question.press("Enter")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_timeout(300)
    assert len(posts) == 2
    posts[1].continue_()
    expect(page.locator(".turn").nth(1)).to_have_attribute("data-outcome", "answered")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_timeout(100)
    posts[2].continue_()
    expect(page.locator(".turn").nth(0)).to_have_attribute("data-outcome", "answered")


def test_an_answer_that_was_lost_can_be_had_after_another_question(visit: Callable[..., Page]) -> None:
    page = opened(visit(quiet=False))  # the browser notes the refusal (422)

    def lose(route: Route) -> None:
        route.fetch()  # the server has answered, and nobody saw it
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}
        route.fulfill(headers=headers, body='event: delta\ndata: {"text": "It"}\n\n')

    page.route("**/question", lose, times=1)
    ask(page, WHERE)
    expect(page.locator(".failure")).to_contain_text("The connection was lost")
    ask(page, CANCEL)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".turn").first).to_have_attribute("data-outcome", "answered")
    expect(page.locator(".failure")).to_have_count(0)


def test_a_new_conversation_is_not_asked_what_the_old_one_still_waits_for(visit: Callable[..., Page]) -> None:
    page = opened(visit(quiet=False))
    asked: list[str] = []

    def busy(route: Route) -> None:
        asked.append(route.request.url)
        said = {"error": "still at work", "code": "request_in_progress"}
        route.fulfill(status=409, json=said, headers={"Access-Control-Allow-Origin": "*"})

    page.route("**/question", busy)
    page.get_by_label("Your question").fill(WHERE)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_be_visible()
    page.wait_for_timeout(300)
    page.get_by_role("button", name="New conversation").click()
    before = len(asked)
    page.wait_for_timeout(1500)
    assert 1 <= before == len(asked)


def test_the_chat_goes_on_where_the_page_has_another_fetch(visit: Callable[..., Page]) -> None:
    page = opened(visit(quiet=False))
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = async (address, ...more) => {
            const { ok, status, headers } = await real(address, ...more);
            window.fetch = real;
            return { ok, status, headers };
          };
        }"""
    )
    ask(page, WHERE)
    expect(page.locator(".failure")).to_contain_text("The connection was lost")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".turn")).to_have_attribute("data-outcome", "answered")
    ask(page, CANCEL)


def test_a_picture_in_the_page_does_not_say_where_the_chat_is_from(
    visit: Callable[..., Page], site: sites.ForeignSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = '<main><img name="currentScript" src="/site.css">'
    page_of = site.page
    monkeypatch.setattr(site, "page", lambda path: page_of(path).replace("<main>", picture))
    page = visit(quiet=False)  # the policy keeps the picture out
    expect(page.locator(".launch")).to_be_visible()


def test_what_a_full_storage_does_not_take_the_page_remembers(visit: Callable[..., Page]) -> None:
    page = visit()
    page.context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    page.reload()
    opened(page)
    ask(page, "I would like to talk to a person.")
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#email")).to_be_hidden()
    ask(page, WHERE)
    expect(page.locator("#email")).to_be_hidden()


def test_an_answer_of_a_thousand_lines_does_not_stop_the_page(
    visit: Callable[..., Page], site: sites.ForeignSite
) -> None:
    page = opened(visit())
    text = "\n".join(f"- Line **{at}** of it, with https://shop.example/{at}" for at in range(1, 1001))
    pieces = [{"text": text[at : at + 5]} for at in range(0, len(text), 5)]
    turn = {"conversation_id": "c", "turn_id": "t", "outcome": "small_talk", "answer": text, "logged": False}
    body = "".join(f"event: delta\ndata: {json.dumps(piece)}\n\n" for piece in pieces)
    body += f"event: turn\ndata: {json.dumps(turn | EMPTY)}\n\n"
    headers = {"Access-Control-Allow-Origin": site.base, "Content-Type": "text/event-stream"}
    page.route("**/question", lambda route: route.fulfill(headers=headers, body=body))
    ask(page, WHERE)
    expect(page.locator(".answer li")).to_have_count(1000)


def test_on_a_low_screen_the_buttons_of_the_header_keep_to_their_size(visit: Callable[..., Page]) -> None:
    page = visit(width=640, height=400)  # as a zoom of 200 % makes it
    page.get_by_role("button", name="Open the chat").click()
    ask(page, WHERE)
    button = page.get_by_role("button", name="New conversation")
    assert button.evaluate("e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]") == [0, 0]


def test_in_forced_colours_the_field_shows_that_it_has_the_keyboard(visit: Callable[..., Page]) -> None:
    page = opened(visit(forced_colors="active"))
    outline = "e => getComputedStyle(e.closest('.composer')).outlineStyle"
    assert page.get_by_label("Your question").evaluate(outline) == "solid"
    page.locator(".close").focus()
    assert page.get_by_label("Your question").evaluate(outline) == "none"

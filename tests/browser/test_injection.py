"""Hostile texts stay texts: through every channel that reaches the chat, with the page's policy and without it.

The policy (CSP) would hide a hole in what draws the page, so everything is also done with it lifted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from payloads import PAYLOADS, Payload
from playwright.sync_api import Browser, Page, Route, expect
from test_chat_page import WHERE, ask
from watch import Watch

from server_process import ServerProcess

pytestmark = pytest.mark.browser
with_and_without_policy = pytest.mark.parametrize("lifted", [False, True], ids=["policy", "no policy"])
Visit = Callable[..., tuple[Page, Watch]]
EACH_PIECE_IS_DRAWN = "window.requestAnimationFrame = (draw) => { draw(); return 0; };"  # and not one a frame
SMALL = 10  # payloads that share a channel that is there only once


@contextmanager
def visiting(browser: Browser, base: str, lifted: bool) -> Iterator[tuple[Page, Watch]]:
    """A watched chat page; `lifted`: without its policy."""
    context = browser.new_context(bypass_csp=lifted, reduced_motion="reduce")
    context.add_init_script(EACH_PIECE_IS_DRAWN)
    watch = Watch(context, base)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(base)
    page.wait_for_selector("html[data-ready]")
    yield page, watch
    context.close()


def turns_of(payload: Payload, number: int) -> list[dict[str, Any]]:
    """The payload in every field of a turn that somebody's text is in: an answer, a step of a guide, a person."""
    text = payload.text
    common = {
        "conversation_id": "c",
        "question": text,
        "answer": text,
        "answered_by": text,
        "outcome": "answered",
        "degraded": False,
        "citations": [],
        "steps": [],
        "alternatives": [],
        "confidence": 1,
        "handoff": None,
        "logged": True,
        "guide": None,
        "move": "question",
        "asked_at": "2026-01-02T03:04:05+00:00",
        "rating": None,
        "by": "",
    }
    citation = {"document_id": text, "title": text, "quote": text, "url": text}
    answered = {"citations": [citation], "steps": [text, text], "alternatives": [citation]}
    guide = {
        "steps": [text, text],
        "guide": {"document_id": text, "title": text, "step": 1, "of": 2, "finished": False},
    }
    person = {"answered_by": "human", "by": text, "question": ""}
    kinds = (answered, guide, person, {"outcome": "clarifying", "alternatives": [citation]})
    return [common | kind | {"turn_id": f"{number}-{at}"} for at, kind in enumerate(kinds)]


CHANNELS = (
    *("question", "answer", "title of a source", "its quote", "its address", "title of steps", "topic"),
    *("title of a guide", "its steps", "a person's answer", "that person's name", "topic asked back"),
)
CHANNELS_ONCE = ("promise", "name of who has it", "error", "name of who left")


def test_there_are_enough_of_them() -> None:
    assert len({payload.text for payload in PAYLOADS}) == len(PAYLOADS) >= 60
    assert len(PAYLOADS) * (len(CHANNELS) + len(CHANNELS_ONCE)) >= 300


@with_and_without_policy
def test_no_field_of_a_conversation_is_more_than_text(
    browser: Browser, shop: ServerProcess, lifted: bool
) -> None:
    with visiting(browser, shop.base, lifted) as (page, watch):
        ask(page, WHERE)
        head, innocent = watch.head(page), watch.strange(page)
        turns = [turn for at, payload in enumerate(PAYLOADS) for turn in turns_of(payload, at)]
        answering(page, "**/conversations/*", json.dumps({"turns": turns, "handoff": None}))
        page.reload()
        expect(page.locator(".turn")).to_have_count(len(turns), timeout=60_000)
        page.wait_for_selector("html[data-ready]")
        page.locator(".sources details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        settle(page)
        assert innocent == [] and watch.strange(page) == []
        assert watch.head(page) == head
        assert watch.happened() == []
        shown = page.locator(".asked p").evaluate_all("all => all.map((each) => each.textContent)")
        assert [text for text in shown if text][::3] == [payload.text for payload in PAYLOADS]
        titles = page.locator(".sources summary").evaluate_all("all => all.map((each) => each.textContent)")
        assert titles == [payload.text for payload in PAYLOADS]


@with_and_without_policy
def test_an_answer_that_comes_in_pieces_is_text_at_every_length(
    browser: Browser, shop: ServerProcess, lifted: bool
) -> None:
    with visiting(browser, shop.base, lifted) as (page, watch):
        for at, several in enumerate(together("\n\n")):
            answering(page, "**/question", in_pieces(several, at), kind="text/event-stream")
            ask(page, "Anything")
            assert watch.strange(page) == []
        settle(page)
        assert watch.happened() == []


@with_and_without_policy
def test_who_has_the_conversation_and_what_went_wrong_is_text(
    browser: Browser, shop: ServerProcess, lifted: bool
) -> None:
    with visiting(browser, shop.base, lifted) as (page, watch):
        ask(page, WHERE)
        for several in together(" "):
            for state in ("waiting", "taken", "resolved"):
                says = {"turns": turns_of(PAYLOADS[0], 0)[:1], "handoff": handoff(state, several)}
                answering(page, "**/conversations/*", json.dumps(says))
                page.reload()
                said = page.locator(".left" if state == "resolved" else "#handoff strong")
                expect(said).not_to_be_empty()
                assert watch.strange(page) == []
            assert several in str(said.text_content())
        for at, several in enumerate(together(" ")):
            answering(page, "**/question", json.dumps({"error": several, "code": "x"}), 500)
            ask(page, "Anything")
            expect(page.locator(".failure")).to_have_count(at + 1)
            assert watch.strange(page) == []
        settle(page)
        assert [each for each in watch.happened() if "status of 500" not in each] == []


def together(between: str) -> list[str]:
    """All payloads, some in each text."""
    texts = [payload.text for payload in PAYLOADS]
    return [between.join(texts[at : at + SMALL]) for at in range(0, len(texts), SMALL)]


def in_pieces(text: str, number: int) -> str:
    """The events of an answer, a few characters at a time."""
    size = max(3, len(text) // 500)
    events: list[tuple[str, dict[str, Any]]] = [
        ("delta", {"text": text[at : at + size]}) for at in range(0, len(text), size)
    ]
    events.append(("turn", turns_of(Payload(text, ""), number)[0]))
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)


def handoff(state: str, text: str) -> dict[str, Any]:
    closed_at = "2027-01-01T00:00:00+00:00" if state == "resolved" else None
    return {"id": text, "status": state, "by": text, "promise": text, "closed_at": closed_at}


def answering(
    page: Page, where: str, body: str, status: int = 200, *, kind: str = "application/json"
) -> None:
    """From now on that is the server's reply there."""

    def reply(route: Route) -> None:
        headers = {"Content-Type": kind, "Access-Control-Allow-Origin": "*"}
        route.fulfill(status=status, headers=headers, body=body)

    page.route(where, reply)


def settle(page: Page) -> None:
    """Until what a text could have begun has had time to call or to load."""
    page.wait_for_timeout(300)


# --- the watch itself -----------------------------------------------------------------------------------


def test_a_page_that_takes_text_for_html_is_noticed(browser: Browser, shop: ServerProcess) -> None:
    with visiting(browser, shop.base, lifted=True) as (page, watch):
        careless = page.evaluate_handle("() => document.body.appendChild(document.createElement('div'))")
        for payload in PAYLOADS:
            if payload.family == "element" and "refresh" not in payload.text:
                careless.evaluate("(element, html) => { element.innerHTML = html; }", payload.text)
                page.wait_for_timeout(20)
                assert watch.strange(page), payload.text
        settle(page)
        assert len(watch.ran) >= 8 and len(watch.loaded) >= 15


def test_a_link_that_runs_is_noticed(browser: Browser, shop: ServerProcess) -> None:
    with visiting(browser, shop.base, lifted=True) as (page, watch):
        for address in (
            "javascript:pwned(1)",
            "//evil.example/pwned",
            "data:text/html,x",
            "java\nscript:x",
            "?pwned",
        ):
            page.evaluate(
                "(href) => document.body.appendChild(Object.assign(document.createElement('a'), {href}))",
                address,
            )
        assert len(watch.strange(page)) == 5
        page.evaluate("() => alert(1)")
        page.evaluate("() => { window.open('about:blank'); }")
        page.evaluate("() => { setTimeout(() => { throw new Error('x'); }); }")
        settle(page)
        assert len(watch.happened()) == 3

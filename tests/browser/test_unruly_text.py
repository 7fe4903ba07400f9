"""Texts that are too long, too wide or run the other way: all can be read, and the field stays where it is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from payloads import Payload
from playwright.sync_api import Page, expect
from test_chat_page import WHERE, ask
from test_injection import answering, turns_of

pytestmark = pytest.mark.browser
UNRULY = {
    "a long word": "Donaudampfschifffahrt" * 30,
    "a long address": "https://brindle-and-bean.example/" + "a/b-c?d=e&" * 60,
    "code": "`" + "x" * 400 + "`",
    "very long": "The kettle is blue. " * 1000,
    "marks": "e" + "\u0301" * 300 + "\U0001f469\u200d\U0001f4bb" * 200,
    "lists in lists": "\n".join(f"{'  ' * depth}- {'step' * 12}" for depth in range(20)),
}
RIGHT_TO_LEFT = "\u0623\u064a\u0646 \u0637\u0644\u0628\u064a \u0631\u0642\u0645 42?"


@pytest.mark.parametrize(
    ("width", "height"), [(320, 568), (640, 400)], ids=["320 pixels", "1280 pixels at 200 %"]
)
def test_nothing_is_cut_off_or_pushed_away(open_page: Callable[..., Page], width: int, height: int) -> None:
    page = open_page(width=width, height=height)
    ask(page, WHERE)
    for name, text in UNRULY.items():
        answering(
            page,
            "**/conversations/*",
            json.dumps({"turns": turns_of(Payload(text, name), 0), "handoff": None}),
        )
        page.reload()
        expect(page.locator(".turn")).to_have_count(4)
        page.locator(".sources details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        assert page.locator("#scroll").evaluate("(e) => e.scrollWidth <= e.clientWidth"), name
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), name
        expect(page.get_by_label("Your question")).to_be_in_viewport()
        cut = "(all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 80))"
        assert page.locator(".answer, .asked p, blockquote, .topic, .name").evaluate_all(cut) == [], name


def test_text_from_right_to_left_begins_at_the_right(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, WHERE)
    text = f"{RIGHT_TO_LEFT}\n\nEnglish."
    answering(
        page, "**/conversations/*", json.dumps({"turns": turns_of(Payload(text, ""), 0)[:1], "handoff": None})
    )
    page.reload()
    begins = """(element) => {
      const range = document.createRange();
      range.setStart(element.firstChild, 0);
      range.setEnd(element.firstChild, 1);
      const letter = range.getBoundingClientRect(), box = element.getBoundingClientRect();
      return (letter.x - box.x) / box.width;
    }"""
    assert page.locator(".answer p").first.evaluate(begins) > 0.9
    assert page.locator(".answer p").last.evaluate(begins) < 0.1

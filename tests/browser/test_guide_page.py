"""A procedure taken step by step, and another way after a thumb down, with a click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
PASSWORD = "I forgot my password and cannot remember it"
BILL = "where do i look up the bill for something i bought in march"


def ask(page: Page, question: str) -> Locator:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    return answered(page)


def answered(page: Page) -> Locator:
    """The last turn, once its answer is there."""
    turn = page.locator(".turn").last
    expect(turn).not_to_have_attribute("aria-busy", "true")
    return turn


def press(page: Page, name: str) -> Locator:
    before = page.locator(".turn").count()
    page.get_by_role("button", name=name, exact=True).last.click()
    expect(page.locator(".turn")).to_have_count(before + 1)
    return answered(page)


def test_the_buttons_lead_through_a_procedure(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, PASSWORD)
    turn = press(page, "Step by step")
    expect(turn.locator(".asked p")).to_have_text("Step by step: I forgot my password")
    guide = turn.get_by_role("region", name="Step by step: I forgot my password")
    expect(guide).to_contain_text("Step 1 of 5")
    expect(guide.get_by_role("progressbar", name="Step 1 of 5")).to_have_attribute("value", "1")
    expect(turn.get_by_role("button", name="Back")).to_be_disabled()
    expect(turn.locator(".rating")).to_have_count(0)
    turn = press(page, "Next")
    expect(turn.locator(".guide")).to_contain_text("Step 2 of 5")
    expect(page.get_by_role("button", name="Next")).to_have_count(1)  # what was passed has no buttons
    aside = ask(page, "Do you ship to Malta?")
    expect(aside.locator(".answer")).to_contain_text("You were at step 2 of 5")
    expect(aside.locator(".rating")).to_be_visible()
    expect(press(page, "Next").locator(".guide")).to_contain_text("Step 3 of 5")
    expect(press(page, "That didn’t work").locator(".answer")).to_contain_text("spam folder")
    expect(press(page, "Repeat").locator(".answer")).to_contain_text("Step 3 of 5")
    expect(press(page, "Back").locator(".guide")).to_contain_text("Step 2 of 5")
    page.reload()
    expect(page.locator(".guide").last).to_contain_text("Step 2 of 5")
    expect(page.get_by_role("button", name="Next")).to_have_count(1)
    turn = press(page, "Done")
    expect(turn.locator(".guide")).to_have_count(0)
    expect(turn.locator(".answer")).to_contain_text("I forgot my password")


def test_the_keyboard_stays_on_the_button_that_was_pressed(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, PASSWORD)
    press(page, "Step by step")
    for _ in range(2):
        page.get_by_role("button", name="Next").focus()
        page.keyboard.press("Enter")
        answered(page)
        expect(page.locator(".turn").last.get_by_role("button", name="Next")).to_be_focused()
    turn = press(page, "Next")
    turn = press(page, "Next")
    expect(turn.get_by_role("button", name="Next")).to_have_count(0)  # the last step
    expect(turn.get_by_role("button", name="Done")).to_be_focused()
    press(page, "Done")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_three_thumbs_down_bring_two_other_answers_and_then_a_person(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, BILL)
    texts = {page.locator(".answer").last.inner_text()}
    for dislikes in (1, 2):
        page.get_by_role("button", name="No, this did not help").last.click()
        expect(page.locator(".turn")).to_have_count(dislikes + 1)
        turn = answered(page)
        expect(turn.locator(".asked p")).to_have_text("That did not help.")
        expect(turn).to_have_attribute("data-outcome", "answered")
        texts.add(turn.locator(".answer").inner_text())
    assert len(texts) == 3
    page.get_by_role("button", name="No, this did not help").last.click()
    expect(page.locator(".turn")).to_have_count(4)
    expect(answered(page)).to_have_attribute("data-outcome", "handed_off")


def test_a_thumb_down_says_nothing_for_a_customer_who_is_past_it_or_writing(
    open_page: Callable[..., Page],
) -> None:
    page = open_page()
    ask(page, BILL)
    ask(page, "Do you ship to Malta?")
    said = page.locator(".rating output")
    page.get_by_role("button", name="No, this did not help").first.click()
    expect(said.first).to_have_text("Thank you for your feedback.")
    page.get_by_label("Your question").fill("I mean")
    page.get_by_role("button", name="No, this did not help").last.click()
    expect(said.last).to_have_text("Thank you for your feedback.")
    page.get_by_label("Your question").fill("")
    page.get_by_role("button", name="No, this did not help").last.click()  # again: it was said once
    expect(said.last).to_have_text("Thank you for your feedback.")
    page.wait_for_timeout(500)
    expect(page.locator(".turn")).to_have_count(2)

"""The pages of the people who run the business, clicked through over a real assistant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from console.conftest import MAIN, SECONDS
from customer_assist.console.client import ApiError, Client
from customer_assist.console.launching import API, KEY_AT
from web.conftest import KEY

Console = Callable[[], AppTest]


def button(page: AppTest, label: str) -> object:
    return next(each for each in page.button if label in each.label)


def said(page: AppTest) -> str:
    """All text on the page."""
    shown = (*page.title, *page.markdown, *page.text, *page.caption, *page.info, *page.error, *page.success)
    return "\n".join(str(each.value) for each in shown)


def test_nothing_is_shown_before_the_key(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    page = AppTest.from_file(str(MAIN), default_timeout=SECONDS).run()
    assert [each.value for each in page.title] == ["Support console"]
    page.text_input[0].input("a-key-that-is-wrong")
    page = page.button[0].click().run()
    assert "That is not the key." in said(page) and "Inbox" not in said(page)


def test_the_list_of_pages_goes_with_who_leaves(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    navigation = st.navigation

    def noted(pages: Any, *, position: Any = "sidebar") -> Any:
        shown.append(position)
        return navigation(pages, position=position)

    monkeypatch.setattr(st, "navigation", noted)
    page = console()
    assert shown[-1] == "sidebar"
    page = button(page, "Log out").click().run()  # type: ignore[attr-defined]
    assert shown[-1] == "hidden" and page.title[0].value == "Support console"


def test_an_empty_inbox_says_when_it_fills(console: Console) -> None:
    page = console()
    assert [each.value for each in page.title] == ["Inbox"]
    assert "Nobody is waiting" in said(page) and not page.exception


def test_a_person_answers_with_a_suggested_reply_and_makes_an_article_of_it(
    console: Console, client: Client
) -> None:
    asked = client.ask("Can I send opened coffee back?", None)
    conversation = asked["conversation_id"]
    client.ask("I want to talk to a person", conversation)
    page = console()
    assert "asked for a person" in said(page) or "asked for a person" in str(page.button)
    page = button(page, "asked for a person").click().run()  # type: ignore[attr-defined]
    assert "Can I send opened coffee back?" in said(page)
    page = button(page, "Suggest replies").click().run()  # type: ignore[attr-defined]
    page = button(page, "Use full").click().run()  # type: ignore[attr-defined]
    draft = page.text_area[0].value
    assert draft.startswith("Hello,")
    page = button(page, "Send").click().run()  # type: ignore[attr-defined]
    assert not page.exception
    [handoff] = client.handoffs("taken")["handoffs"]
    assert handoff["taken_by"] == "Support"
    assert client.suggestions()["counts"]["sent"] == 1
    page = button(page, "Make it an article").click().run()  # type: ignore[attr-defined]
    assert "look it over and publish it" in said(page)
    assert len(client.drafts()["drafts"]) == 1
    page = button(page, "Resolved").click().run()  # type: ignore[attr-defined]
    assert client.handoffs()["handoffs"] == []


def test_an_assistant_that_is_not_there_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API, "http://127.0.0.1:9")
    monkeypatch.setenv(KEY_AT, "admin.key")
    page = AppTest.from_file(str(MAIN), default_timeout=SECONDS).run()
    page.text_input[0].input(KEY)
    page = page.button[0].click().run()
    assert "customer-assist serve" in said(page) and not page.exception


def test_the_client_repeats_what_the_assistant_says(client: Client) -> None:
    with pytest.raises(ApiError, match="no handoff") as told:
        client.handoff("none")
    assert told.value.status == 404

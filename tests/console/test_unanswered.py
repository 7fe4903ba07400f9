"""The page of questions without an answer, clicked through over a real assistant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from streamlit.testing.v1 import AppTest

from console.clicking import click, field, go, said
from customer_assist.bootstrap import Assistant
from customer_assist.console.client import Client
from customer_assist.insights.gap_book import LastDays
from customer_assist.model import Document, DocumentId

Console = Callable[[], AppTest]
BICYCLES = (
    "do you rent bicycles",
    "bicycles to rent?",
    "can i rent bicycles",
    "rent <b>bicycles</b> by the hour",
)


@pytest.fixture(autouse=True)
def looked_for(shop: Assistant) -> None:
    """What takes seconds the first time, and longer than a page waits on a busy machine, was done before."""
    shop.gaps.standing(LastDays(), 120)
    shop.conflicts.standing(120)


def asked_by_customers(serving: str) -> None:
    for question in BICYCLES:
        reply = requests.post(f"{serving}/question", json={"question": question}, timeout=30)
        assert reply.json()["outcome"] != "answered", reply.json()


def test_where_nothing_is_missing_it_says_so(console: Console) -> None:
    page = go(console(), "unanswered")
    assert page.title[0].value == "Unanswered" and not page.exception
    assert "is without an answer" in said(page) and "Articles that contradict each other" in said(page)


def test_one_click_makes_a_draft_that_waits_for_its_text(
    console: Console, client: Client, serving: str
) -> None:
    asked_by_customers(serving)
    page = go(console(), "unanswered")
    assert "4 customers" in said(page) and "I didn't know" in said(page)
    page = click(page, "Write an answer")
    assert "waits under Learned" in said(page) and "A draft is waiting" in said(page)
    [draft] = client.drafts()["drafts"]
    assert set(draft["questions"]) == set(BICYCLES) and draft["text"] == ""
    learned = go(console(), "learned")
    assert not learned.exception and any("bicycles" in str(each.value) for each in learned.text_area)
    field(learned, "Text").input("We rent none.")
    assert "Saved. Nothing is answered" in said(click(learned, "Save"))
    assert "Published. The assistant answers from it now." in said(click(learned, "Publish"))
    assert client.ask(BICYCLES[0], None)["answer"] == "We rent none."


def test_its_questions_become_ways_of_asking(console: Console, client: Client, serving: str) -> None:
    asked_by_customers(serving)
    [gap] = client.gaps(30, "customers")["gaps"]
    page = go(console(), "unanswered")
    assert f"Nearest article: “{gap['nearest']['title']}”" in said(page).replace(
        "\\", ""
    )  # before it is changed
    page = click(page, "Add these as ways of asking")
    assert "Added." in said(page)
    assert set(BICYCLES) <= set(client.document(gap["nearest"]["document_id"])["questions"])


def test_what_is_put_aside_can_be_shown_again(console: Console, client: Client, serving: str) -> None:
    asked_by_customers(serving)
    page = click(go(console(), "unanswered"), "Put aside")
    assert "is without an answer" in said(page)
    page = click(page, "Show it again")
    assert "4 customers" in said(page)


def test_a_contradiction_is_shown_with_both_sentences(console: Console, shop: Assistant) -> None:
    wrong = Document(
        DocumentId("wrong"),
        "console",
        "Sending things back",
        (),
        "You can return an item within 14 days of the day it was delivered.",
    )
    shop.documents.put(wrong)
    shop.conflicts.standing(120)
    text = said(go(console(), "unanswered"))
    assert "within 14 days of the day" in text and "within 30 days of the day" in text


def test_of_many_that_say_the_same_some_are_shown_and_the_rest_counted(
    console: Console, shop: Assistant
) -> None:
    text = "Every lamp of the old range is repaired in the workshop at the harbour."
    same = [Document(DocumentId(f"lamp-{n}"), "lamps", f"Lamp {n}", (), text) for n in range(54)]
    shop.documents.sync_source("lamps", same)
    shop.conflicts.standing(120)
    words = said(go(console(), "unanswered"))
    assert words.count("say nearly the same") == 50 and "and 3 more" in words

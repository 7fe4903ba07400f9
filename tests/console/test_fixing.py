"""From an answer to the article that it came from, and back to a better answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from console.clicking import button, click, field, go, said
from customer_assist.bootstrap import Assistant
from customer_assist.console.client import Client

Console = Callable[[], AppTest]
COFFEE = "Can I send opened coffee back?"


def asked(console: Console, question: str) -> AppTest:
    page = go(console(), "ask")
    page.chat_input[0].set_value(question)
    return page.run()


def test_an_answer_is_corrected_in_its_article_and_asked_again(console: Console, client: Client) -> None:
    cited = client.ask(COFFEE, None)["citations"][0]["document_id"]
    page = click(asked(console, COFFEE), "Fix this answer")
    assert page.title[0].value == "Knowledge" and COFFEE in said(page)
    text = field(page, "Answer")
    assert text.value == client.document(cited)["text"]
    text.input("Opened coffee can be sent back within 44 days, whatever the reason.")
    page = click(page, "Save")
    assert "Saved." in said(page) and "44 days" in client.document(cited)["text"]
    page = click(page, "Ask again")
    assert "within 44 days" in said(page)
    page = click(page, "It is fixed")
    assert "An answer to fix" not in said(page)


def test_where_nothing_was_cited_an_article_begins_with_the_question(
    console: Console, client: Client
) -> None:
    question = "Can you sharpen my kitchen knives?"
    assert client.ask(question, None)["citations"] == []
    page = click(asked(console, question), "Fix this answer")
    assert field(page, "Ways of asking").value == question and field(page, "Title").value == ""
    field(page, "Title").input("Sharpening knives")
    field(page, "Answer").input("Yes, we sharpen kitchen knives while you wait. Bring yours to the shop.")
    page = click(page, "Save")
    page = click(page, "Ask again")
    assert "we sharpen kitchen knives" in said(page)


def test_a_follow_up_is_fixed_as_it_was_searched(console: Console, client: Client) -> None:
    page = asked(console, "How long does delivery to France take?")
    page.chat_input[0].set_value("and to Norway?")
    page = page.run()
    turn = page.session_state["ask_said"][-1][1]
    query = client.trace(turn["turn_id"])["query"]
    assert query != "and to Norway?" and "Norway" in query
    page = [each for each in page.button if each.label == "Fix this answer"][-1].click().run()
    assert query in said(page)


@pytest.mark.parametrize(
    "turn",
    [
        {"question": "", "answered_by": "human", "outcome": "with_human"},
        {"question": "Hi", "answered_by": "extractive", "outcome": "with_human"},
        {"question": "A person, please", "answered_by": "extractive", "outcome": "handed_off"},
    ],
)
def test_what_a_person_said_has_nothing_to_fix(turn: dict[str, str]) -> None:
    def page(turn: dict[str, str]) -> None:
        from customer_assist.console.client import Client
        from customer_assist.console.fixing import fix_button

        fix_button(Client("http://127.0.0.1:9", "key"), turn, "key")

    shown = AppTest.from_function(page, kwargs={"turn": turn}).run()
    assert not shown.button and not shown.exception


def test_an_answer_before_a_person_was_called_is_fixed_from_the_inbox(
    console: Console, client: Client
) -> None:
    conversation = client.ask(COFFEE, None)["conversation_id"]
    client.ask("I want to talk to a person", conversation)
    page = click(click(console(), "asked for a person"), "Fix this answer")
    assert page.title[0].value == "Knowledge" and COFFEE in said(page)


def test_a_turn_that_was_not_recorded_can_be_fixed_all_the_same(
    console: Console, client: Client, shop: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asked(console, COFFEE)
    page.session_state["ask_said"][0][1]["turn_id"] = "00000000-0000-4000-8000-000000000000"
    page = click(page.run(), "Fix this answer")
    assert COFFEE in said(page) and button(page, "Save")

"""Ask: the answer and why it is so. Settings: how all is set up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from werkzeug.serving import make_server

from console.clicking import go, said
from customer_assist.answering import checks
from customer_assist.bootstrap import Assistant
from customer_assist.config import load_settings
from customer_assist.console.client import Client
from customer_assist.console.why import gate_in_words, how_alike
from customer_assist.console.words import CHECKS
from customer_assist.web.app import create_app
from web.conftest import KEY
from web.test_web_settings import HIDDEN, OTHERS, SECRETS

Console = Callable[[], AppTest]


def asked(console: Console, *questions: str) -> AppTest:
    page = go(console(), "ask")
    for question in questions:
        page._page_hash = ""
        page.chat_input[0].set_value(question)
        page = page.run()
    page.toggle[-1].set_value(True)
    shown = page.run()
    assert not shown.exception, shown.exception
    return shown


def test_why_tells_the_hits_the_gate_the_checks_and_the_time(console: Console) -> None:
    page = asked(console, "Can I send opened coffee back?")
    told = said(page)
    assert "Searched for: what was asked" in told and "so I answered." in told
    assert "Checks: " in told and "none failed" in told and "No language model was asked." in told
    rows = page.dataframe[0].value.to_dict("records")
    assert [row[""] for row in rows] == list(range(1, len(rows) + 1))
    assert "yes" in [row["used"] for row in rows] and all("%" in row["how alike"] for row in rows)
    assert "It took " in told


def test_why_tells_what_a_follow_up_was_searched_as(console: Console) -> None:
    told = said(asked(console, "How long does delivery to France take?", "and to Norway?"))
    assert "Searched for: " in told and "Norway" in told.split("Searched for: ")[-1].splitlines()[0]


def test_why_tells_of_what_was_not_known_and_of_small_talk(console: Console) -> None:
    assert "so I said that I don't know." in said(asked(console, "Which mountain is the highest in Peru?"))
    assert "without a search" in said(asked(console, "Hello!"))


def test_why_of_nothing_found_has_no_figures(console: Console, shop: Assistant) -> None:
    shop.documents.delete([document.id for document in shop.documents.load().documents])
    told = said(asked(console, "Can I send opened coffee back?"))
    assert "Nothing was found, so I said that I don't know." in told and "% sure" not in told


def test_each_of_two_requests_has_its_own_reasons(console: Console) -> None:
    page = asked(console, "Can I send opened coffee back? And do you ship to Norway?")
    assert len(page.dataframe) == 2 and "It asks for 2 things" in said(page)


@pytest.mark.parametrize(
    ("gate", "told"),
    [
        (
            ("answer", 0.82, 0.61, 0.3),
            "82 % sure; I answer from 61 % on and ask back from 30 % on: so I answered.",
        ),
        (("decline", 0.6099, 0.61, 1.0), "60.9 % sure; I answer from 61 % on: so I said that I don't know."),
        (
            ("clarify", 0.4, 0.61, 0.3),
            "40 % sure; I answer from 61 % on and ask back from 30 % on: so I asked back.",
        ),
    ],
)
def test_the_gate_speaks_in_percent_that_never_round_past_it(
    gate: tuple[str, float, float, float], told: str
) -> None:
    names = ("decision", "confidence", "threshold", "clarify_from")
    assert gate_in_words(dict(zip(names, gate, strict=True))) == told


def test_alike_is_by_meaning_where_a_model_tells_it() -> None:
    assert how_alike({"dense_question": 0.81, "dense_text": 0.4, "gram_question": 0.9}) == "81% in meaning"
    assert how_alike({"gram_question": 0.5, "word_question": 7.0}) == "50% in letters"
    assert how_alike({"dense_question": -0.2, "dense_text": -0.1}) == "0% in meaning"
    assert how_alike({}) == ""


def test_every_check_has_words_for_owners() -> None:
    names = {getattr(checks, name) for name in ("PLACEHOLDERS", "NUMBERS", "DATES", "LINKS", "NAMES")}
    names |= {
        getattr(checks, name) for name in ("PROMISES", "NEGATIONS", "INSTRUCTIONS", "STRAYS", "CITATIONS")
    }
    assert names <= CHECKS.keys()


# --- settings ------------------------------------------------------------------------------------------


def test_settings_are_told_in_words_and_without_the_key(console: Console, shop: Assistant) -> None:
    page = go(console(), "settings")
    told = said(page)
    assert not page.exception and "taken word for word from your articles" in told
    assert f"{shop.documents.count()} from 1 source" in told and "agree" in told
    assert "no limit" in told and "Nobody is told of customers who wait" in told
    assert "by words" in told and "lexical" not in told and "hybrid" not in told
    assert KEY not in told


def test_no_secret_is_on_the_page(shop: Assistant, tmp_path: Path) -> None:
    set_ = load_settings(SECRETS | OTHERS, folder=tmp_path)
    server = make_server("127.0.0.1", 0, create_app(replace(shop, settings=set_)), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def page(address: str, key: str) -> None:
        from customer_assist.console import settings
        from customer_assist.console.client import Client

        settings.page(Client(address, key))

    address = f"http://127.0.0.1:{server.server_port}"
    shown = AppTest.from_function(page, kwargs={"address": address, "key": KEY}, default_timeout=30).run()
    server.shutdown()
    told = said(shown)
    assert not shown.exception and "a-model at 127.0.0.1" in told and "to 1 address" in told
    for secret in HIDDEN:
        assert secret not in told, secret


def test_settings_of_nothing_say_what_to_do(console: Console, shop: Assistant, client: Client) -> None:
    shop.documents.delete([document.id for document in shop.documents.load().documents])
    assert "Nothing is known yet: load a file" in said(go(console(), "settings"))

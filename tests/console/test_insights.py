"""The pages Insights and Evaluation over a real assistant: what they say, empty and full."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from werkzeug.serving import make_server

from console.conftest import MAIN, SECONDS
from console.test_console import said
from customer_assist.bootstrap import Assistant
from customer_assist.console import evaluation
from customer_assist.console.client import Client
from customer_assist.console.insights import CAME, WHY
from customer_assist.console.launching import API, KEY_AT
from customer_assist.insights.outcomes import Came, Why
from customer_assist.insights.stats import Insights
from customer_assist.storage.evaluations import Evaluation
from customer_assist.web.app import create_app
from web.conftest import KEY

SCRIPT = "<script>alert(1)</script> **bold** [x](javascript:alert(1))"


@pytest.fixture
def page_of(monkeypatch: pytest.MonkeyPatch, serving: str) -> Iterator[Callable[[str], AppTest]]:
    """page_of("insights") is that page by itself, over the running assistant."""

    def run(name: str) -> AppTest:
        def script(name: str, address: str, key: str) -> None:
            from importlib import import_module

            from customer_assist.console.client import Client

            import_module(f"customer_assist.console.{name}").page(Client(address, key))

        arguments = {"name": name, "address": serving, "key": KEY}
        return AppTest.from_function(script, kwargs=arguments, default_timeout=SECONDS).run()

    yield run


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def tables(page: AppTest) -> str:
    return "\n".join(each.value.to_string() for each in page.table)


def test_where_nobody_wrote_it_is_said_what_to_do(page_of: Callable[[str], AppTest]) -> None:
    page = page_of("insights")
    assert "Nobody wrote in this time" in said(page) and "demo-traffic" in said(page)
    assert not page.exception and not page.table


def test_what_happened_is_told_in_words_then_in_figures(
    page_of: Callable[[str], AppTest], client: Client, shop: Assistant
) -> None:
    asked = client._call("POST", "/question", {"question": "Can I return opened coffee?", "channel": "web"})
    again = {"conversation_id": asked["conversation_id"], "channel": "web"}
    client._call("POST", "/question", {"question": "thanks, that helped", **again})
    client._call("POST", "/question", {"question": SCRIPT, "channel": "web"})
    page = page_of("insights")
    assert not page.exception
    assert "2 conversations" in unescaped(said(page)) and "What to do next" in said(page)
    shown = tables(page)
    assert CAME["confirmed"] in unescaped(shown) and "said so: 1" in unescaped(shown)
    assert "**bold**" not in shown and "<script>" not in shown  # every sign of it is escaped
    headings = [each.value for each in page.subheader]
    for panel in (
        "Last 5 messages",
        "+1 / −1",
        "Relevance, by a judge",
        "Tokens",
        "Model used",
        "Response time",
    ):
        assert panel in headings
    assert "your own words" in unescaped(shown) and "extractive" not in shown
    assert not re.search(r"\b20\d\d-\d\d", shown)  # days as people read them
    assert "50%" in shown  # and shares
    assert {metric.label for metric in page.metric} >= {"Conversations", "Waiting now"}
    assert "came word for word from your texts, and cost nothing" in said(page)
    plots = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    behind = [each for each in page.expander if each.label.endswith("as a table")]
    assert len(plots) == len(behind) >= 6  # who cannot see the one reads the other


def test_half_and_95_of_100_stand_beside_each_other_and_are_not_added_up(
    page_of: Callable[[str], AppTest], client: Client
) -> None:
    client._call("POST", "/question", {"question": "Can I return opened coffee?", "channel": "web"})
    page = page_of("insights")
    drawn = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    [times] = [each.proto.spec for each in drawn if "Response time" in each.proto.spec]
    assert "xOffset" in times


def test_what_the_business_tried_out_counts_when_asked_for(
    page_of: Callable[[str], AppTest], client: Client
) -> None:
    client.ask("Can I return opened coffee?", None)
    page = page_of("insights")
    assert "Nobody wrote" in said(page)
    page = page.checkbox[0].check().run()
    assert "1 conversation " in unescaped(said(page))


def test_a_model_without_a_price_is_named_on_the_page(
    page_of: Callable[[str], AppTest], client: Client, shop: Assistant
) -> None:
    client._call("POST", "/question", {"question": "Can I return opened coffee?", "channel": "web"})
    with shop.database.connection() as connection:
        connection.execute(
            "UPDATE turns SET answered_by = 'dear-model', prompt_tokens = 9, completion_tokens = 1, total_tokens = 10"
        )
    page = page_of("insights")
    warned = "\n".join(each.value for each in page.warning)
    assert "has no price: 10 tokens" in unescaped(warned) and "dear-model" in unescaped(warned)
    with shop.database.connection() as connection:
        connection.execute("INSERT INTO prices VALUES ('dear-model', 1000000, 0, 'EUR')")
    page = page_of("insights")
    assert not page.warning and "9.0000 EUR" in unescaped(tables(page))


def test_every_outcome_and_reason_has_words() -> None:
    assert set(CAME) == set(Came) and set(WHY) == set(Why)


@pytest.mark.parametrize(("behind", "told"), [(0, ""), (90, "90 s ahead of"), (-90, "90 s behind")])
def test_clocks_that_differ_are_told_on_every_page(
    shop: Assistant, monkeypatch: pytest.MonkeyPatch, behind: int, told: str
) -> None:
    late = Insights(shop.database, lambda: datetime.now(UTC) - timedelta(seconds=behind))
    server = make_server("127.0.0.1", 0, create_app(replace(shop, insights=late)), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(API, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv(KEY_AT, "admin.key")
    page = AppTest.from_file(str(MAIN), default_timeout=SECONDS).run()
    page.text_input[0].input(KEY)
    page = page.button[0].click().run()
    warned = "\n".join(each.value for each in page.warning)
    assert (told in warned and "db check" in warned) if told else not warned
    server.shutdown()


def test_an_evaluation_page_without_runs_names_the_command(page_of: Callable[[str], AppTest]) -> None:
    page = page_of("evaluation")
    assert not page.exception
    assert "Nothing is kept yet" in said(page)
    assert any("--keep" in each.value for each in page.code)
    assert "At this setting I answer" in said(page)


def test_runs_stand_side_by_side_with_their_intervals(
    page_of: Callable[[str], AppTest], shop: Assistant
) -> None:
    figures = {"documents": 12, "mrr@10": 0.5, "ci95": {"mrr@10": [0.4, 0.6]}}
    one = Evaluation(
        datetime(2026, 5, 4, tzinfo=UTC),
        "before *",
        "retrieval",
        "hybrid",
        "abc",
        "1",
        {"depth": 10},
        figures,
    )
    shop.evaluations.keep(one)
    shop.evaluations.keep(replace(one, name="after", corpus="def", figures=figures | {"mrr@10": 0.7}))
    page = page_of("evaluation")
    shown = unescaped(tables(page))
    assert "0.500 [0.400 to 0.600]" in shown and "0.700" in shown and "before *" in shown
    assert "12 (abc)" in shown and "Not all of these searched the same articles" in said(page)


@pytest.mark.parametrize(
    ("near", "far", "words"),
    [
        (0.2, 0.001, "about 1 in 5 near misses (of your field, but not in your articles) gets through"),
        (0.9, None, "about 90% of near misses"),
        (0.001, 0.1, "hardly one of near misses"),
    ],
)
def test_the_setting_is_said_in_words(near: float, far: float | None, words: str) -> None:
    gate = {"now": {"coverage": 0.95, "near": near, "far": far}, "threshold": 0.7, "clarify_from": 0.5}
    told = evaluation.in_words(gate)
    assert words in told and "I answer **95%** of what I know" in told and told.endswith("I ask back.")
    assert "ask back" not in evaluation.in_words(gate | {"clarify_from": 1.0})

"""`GET /stats` and `GET /clock`: what the people who run the business are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from customer_assist.insights.gap_book import LastDays
from customer_assist.insights.stats import Insights
from customer_assist.web.app import create_app
from web.conftest import KEY, SAMPLE
from web.test_web_access import bearer

LETTERS = bearer(KEY)


@pytest.fixture
def shop(empty: Assistant) -> Assistant:
    empty.ingest(SAMPLE)
    return empty


def ask(
    client: FlaskClient, question: str, conversation: str | None = None, channel: str = "web"
) -> dict[str, object]:
    body = {"question": question, "channel": channel}
    if conversation:
        body["conversation_id"] = conversation
    reply: dict[str, object] = client.post("/question", json=body).get_json()
    return reply


def test_what_customers_wrote_is_counted_and_their_words_decide(shop: Assistant) -> None:
    client = create_app(shop).test_client()
    first = ask(client, "Can I return opened coffee?")
    ask(client, "Thanks, that helped!", str(first["conversation_id"]))
    ask(client, "How long does delivery take?")
    ask(client, "Who won the world cup in 1974?")
    person = ask(client, "I want to talk to a person")
    assert person["outcome"] == "handed_off"
    ask(client, "Can I return opened coffee?", channel="console")
    stats = client.get("/stats?days=1", headers=LETTERS).get_json()
    assert (stats["messages"], stats["conversations"]) == (5, 4)
    outcomes = stats["outcomes"]
    counted = {name: outcomes[name]["conversations"] for name in outcomes if name != "conversations"}
    assert counted == {"confirmed": 1, "assumed": 0, "handed_over": 1, "not_helped": 1, "unknown": 1}
    assert outcomes["confirmed"]["why"] == {"said_so": 1}
    assert outcomes["confirmed"]["low"] == pytest.approx(0.0456, abs=1e-3)
    assert outcomes["confirmed"]["share"] == 0.25
    assert stats["turns_by_outcome"]["small_talk"] == 1 and stats["turns_by_outcome"]["with_human"] == 0
    assert stats["handoffs"]["waiting_now"] == 1 and stats["handoffs"]["first_word"] == {
        "p50": None,
        "p95": None,
    }
    assert stats["articles"]["documents"] > stats["articles"]["unused"] > 0
    assert stats["latest"][0]["question"] == "I want to talk to a person"
    assert client.get("/stats?days=1&channel=all", headers=LETTERS).get_json()["messages"] == 6


def test_the_digest_says_what_most_asked_in_vain(shop: Assistant) -> None:
    client = create_app(shop).test_client()
    for words in ("Do you engrave kettles?", "Can you engrave my kettle?", "kettle engraving, do you do it?"):
        ask(client, words)
    assert shop.gaps.standing(LastDays(7, "customers"), 60).gaps is not None
    told = client.get("/digest?days=7", headers=LETTERS).get_json()
    assert "3 conversations (before: 0)" in told["lines"][0]
    assert any("engrav" in line and "had no good answer" in line for line in told["next"])
    assert len(told["next"]) <= 3
    dated = client.get(f"/digest?from={told['since'][:10]}", headers=LETTERS).get_json()
    assert dated["figures"] == told["figures"]  # by dates there are no gaps, and the same figures
    assert any("I didn't know" in line for line in dated["next"])


def test_without_the_key_nothing_is_told(client: FlaskClient) -> None:
    for path in ("/stats", "/clock", "/digest"):
        assert client.get(path).status_code == 401


def test_a_time_is_asked_for_by_days_or_by_dates(client: FlaskClient) -> None:
    period = client.get("/stats?from=2026-10-25&to=2026-10-25", headers=LETTERS).get_json()["period"]
    assert period["since"] == "2026-10-25T00:00:00Z" and period["until"] == "2026-10-26T00:00:00Z"
    assert len(client.get("/stats", headers=LETTERS).get_json()["days"]) == 7


@pytest.mark.parametrize(
    "query",
    [
        *("days=0", "days=x", "days=400", "from=yesterday", "to=2026-05-01", "from=2026-05-02&to=2026-05-01"),
        *("days=3&from=2026-05-01", "channel=", "channel=" + "x" * 40, "from=9999-12-31&to=9999-12-31"),
    ],
)
def test_a_bad_request_gets_one_line(client: FlaskClient, query: str) -> None:
    reply = client.get(f"/stats?{query}", headers=LETTERS)
    assert reply.status_code == 400 and reply.get_json()["code"] == "invalid_input"
    assert "\n" not in reply.get_json()["error"]


def test_days_are_those_of_the_zone(client_with: Callable[..., FlaskClient]) -> None:
    client = client_with(time_zone=ZoneInfo("Europe/Berlin"))
    period = client.get("/stats?from=2026-10-25&to=2026-10-25", headers=LETTERS).get_json()["period"]
    since, until = (datetime.fromisoformat(period[end]) for end in ("since", "until"))
    assert until - since == timedelta(hours=25) and period["time_zone"] == "Europe/Berlin"


def test_clocks_that_differ_are_told(assistant: Assistant) -> None:
    for behind, agree in ((0, True), (3600, False)):
        late = Insights(assistant.database, lambda: datetime.now(UTC) - timedelta(seconds=behind))  # noqa: B023
        client = create_app(replace(assistant, insights=late)).test_client()
        told = client.get("/clock", headers=LETTERS).get_json()
        assert told["agree"] is agree and told["difference_seconds"] == pytest.approx(behind, abs=1.9)
        assert client.get("/stats", headers=LETTERS).get_json()["clock"]["agree"] is agree


def test_an_outage_is_said(shop: Assistant, outage: Callable[[], None]) -> None:
    client = create_app(shop).test_client()
    outage()
    assert client.get("/stats", headers=LETTERS).status_code == 503

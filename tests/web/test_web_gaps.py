"""`/gaps`: what the journal says of questions without an answer, over a shop of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from customer_assist.web.app import create_app
from web.conftest import KEY, SAMPLE

ADMIN = {"Authorization": f"Bearer {KEY}"}
BICYCLES = ("do you rent bicycles", "bicycles to rent?", "can i rent bicycles", "rent bicycles by the hour")
Send = Callable[..., Any]


@pytest.fixture
def shop(empty: Assistant) -> Assistant:
    empty.ingest(SAMPLE)
    return empty


@pytest.fixture
def client(shop: Assistant) -> FlaskClient:
    return create_app(shop).test_client()


@pytest.fixture
def send(client: FlaskClient) -> Send:
    """send("/question", question=…) is the reply's JSON; one without a body is got."""

    def post(path: str, status: int = 200, **body: object) -> Any:
        reply = client.post(path, json=body, headers=ADMIN)
        assert reply.status_code == status, reply.json
        return reply.json

    return post


@pytest.fixture
def gaps(client: FlaskClient) -> Callable[..., Any]:
    def get(query: str = "") -> Any:
        reply = client.get(f"/gaps{query}", headers=ADMIN)
        assert reply.status_code == 200, reply.json
        return reply.json

    return get


@pytest.fixture
def bicycles(send: Send) -> list[Any]:
    """Four customers who ask for what the shop does not know."""
    turns = [send("/question", question=question) for question in BICYCLES]
    assert {turn["outcome"] for turn in turns} <= {"abstained", "clarifying"}, turns
    return turns


def test_without_the_key_nobody_sees_what_is_missing(client: FlaskClient) -> None:
    assert client.get("/gaps").status_code == 401
    assert client.post("/gaps/x/draft", json={}).status_code == 401


def test_where_nothing_was_asked_there_is_no_gap(gaps: Callable[..., Any]) -> None:
    found = gaps()
    assert found["gaps"] == [] and found["questions"] == 0 and found["ready"] is True


def test_what_was_declined_comes_back_as_one_gap(bicycles: list[Any], gaps: Callable[..., Any]) -> None:
    found = gaps()
    [gap] = found["gaps"]
    assert gap["conversations"] == 4 and gap["id"] in {turn["turn_id"] for turn in bicycles}
    assert gap["title"] in BICYCLES and gap["reasons"]["declined"] + gap["reasons"]["asked_back"] == 4
    assert gap["trend"] == {"this_half": 4, "half_before": 0}
    assert found["by"] == "words" and gap["nearest"]["advice"] in ("add_ways_of_asking", "write_article")


def test_a_thumb_down_makes_an_answer_an_open_question(send: Send, gaps: Callable[..., Any]) -> None:
    asked = ("How long is the warranty on the Calder?", "How long is the warranty on a Calder machine?")
    turns = [send("/question", question=question) for question in asked]
    assert {turn["outcome"] for turn in turns} == {"answered"}
    before = gaps()["gaps"]
    for turn in turns:
        send("/feedback", conversation_id=turn["conversation_id"], feedback=-1)
    [gap] = gaps()["gaps"]
    assert before == [] and gap["reasons"]["rated_down"] == 2
    for turn in turns:  # thought better of
        send("/feedback", conversation_id=turn["conversation_id"], feedback=1)
    assert gaps()["gaps"] == []


def test_a_question_after_which_a_person_was_called_is_open(send: Send, gaps: Callable[..., Any]) -> None:
    for question in ("How long is the warranty on the Calder?", "Warranty on the Calder, how long?"):
        turn = send("/question", question=question)
        send("/question", question="I want to talk to a person", conversation_id=turn["conversation_id"])
    [gap] = gaps()["gaps"]
    assert gap["reasons"]["handed_over"] == 2 and gap["questions"] == 2  # the wish itself is no question


def test_what_the_business_tries_in_its_console_is_left_out(send: Send, gaps: Callable[..., Any]) -> None:
    for question in BICYCLES:
        send("/question", question=question, channel="console")
    assert gaps()["gaps"] == [] and len(gaps("?channel=all")["gaps"]) == 1


def test_a_draft_has_the_questions_and_waits_for_its_text(
    bicycles: list[Any], send: Send, gaps: Callable[..., Any]
) -> None:
    [gap] = gaps()["gaps"]
    draft = send(f"/gaps/{gap['id']}/draft")
    assert draft["title"] == gap["title"] and draft["questions"] == gap["ways"] and draft["text"] == ""
    assert send(f"/gaps/{gap['id']}/draft")["id"] == draft["id"]  # clicked twice
    assert gaps()["gaps"][0]["draft_id"] == draft["id"]
    refused = send(f"/drafts/{draft['id']}/publish", 400)
    assert "the text is empty" in refused["error"]


def test_once_its_article_is_published_it_is_none_any_more(
    bicycles: list[Any], client: FlaskClient, send: Send, gaps: Callable[..., Any]
) -> None:
    [gap] = gaps()["gaps"]
    draft = send(f"/gaps/{gap['id']}/draft")["id"]
    written = {
        "title": "Bicycles",
        "questions": list(BICYCLES),
        "text": "We rent no bicycles, only grinders.",
    }
    assert client.put(f"/drafts/{draft}", json=written, headers=ADMIN).status_code == 200
    send(f"/drafts/{draft}/publish", confirm=True)
    assert gaps()["gaps"] == []


def test_its_questions_become_ways_of_asking_for_an_article(
    bicycles: list[Any], send: Send, gaps: Callable[..., Any], shop: Assistant
) -> None:
    [gap] = gaps()["gaps"]
    put = send(f"/gaps/{gap['id']}/ways", document_id="allergens")
    assert set(gap["ways"]) <= set(put["document"]["questions"]) and put["created"] is False
    assert [each["dismissed"] for each in gaps()["gaps"]] == [True]
    found = shop.documents.get("allergens")  # type: ignore[arg-type]
    assert found is not None and set(gap["ways"]) <= set(found.questions)
    again = send(f"/gaps/{gap['id']}/ways", document_id="allergens")
    assert again["document"]["questions"] == put["document"]["questions"]
    assert send("/question", question=BICYCLES[0])["citations"][0]["document_id"] == "allergens"
    send(f"/gaps/{gap['id']}/ways", 404, document_id="no-such-article")


def test_dismissed_it_says_so_and_can_be_taken_back(
    bicycles: list[Any], send: Send, gaps: Callable[..., Any]
) -> None:
    [gap] = gaps()["gaps"]
    assert send(f"/gaps/{gap['id']}/dismiss")["dismissed"] is True
    assert [each["dismissed"] for each in gaps()["gaps"]] == [True]
    assert send(f"/gaps/{gap['id']}/restore")["dismissed"] is False
    assert [each["dismissed"] for each in gaps()["gaps"]] == [False]


def test_any_of_its_questions_names_a_gap_and_nothing_else_does(
    bicycles: list[Any], send: Send, gaps: Callable[..., Any]
) -> None:
    [gap] = gaps()["gaps"]
    for turn in bicycles:
        assert send(f"/gaps/{turn['turn_id']}/dismiss")["id"] == gap["id"]
    assert send("/gaps/none/dismiss", 404)["code"] == "unknown_gap"


@pytest.mark.parametrize("query", ["?days=0", "?days=none", "?days=1000", "?channel="])
def test_a_period_that_is_none_is_refused(client: FlaskClient, query: str) -> None:
    reply = client.get(f"/gaps{query}", headers=ADMIN)
    assert reply.status_code == 400 and reply.json and reply.json["code"] == "invalid_input"

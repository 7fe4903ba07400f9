"""POST /feedback and GET /conversations."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from customer_assist.web.app import create_app


@pytest.fixture
def conversation(client: FlaskClient) -> str:
    reply = client.post("/question", json={"question": "Hello"})
    return str(reply.get_json()["conversation_id"])


@pytest.mark.parametrize("value", [1, -1])
def test_a_rating_is_acknowledged_in_the_contracts_words(
    client: FlaskClient, conversation: str, value: int
) -> None:
    reply = client.post("/feedback", json={"conversation_id": conversation, "feedback": value})
    assert reply.status_code == 200
    assert reply.get_json() == {"message": f"Feedback received for conversation {conversation}: {value}"}
    assert client.get(f"/conversations/{conversation}").get_json()["turns"][0]["rating"] == value


@pytest.mark.parametrize("value", [True, False, 0, 2, 1.5, "1", None, [1], {}])
def test_nothing_but_1_and_minus_1_is_a_rating(client: FlaskClient, conversation: str, value: object) -> None:
    reply = client.post("/feedback", json={"conversation_id": conversation, "feedback": value})
    assert reply.status_code == 400 and reply.get_json()["code"] == "invalid_input"


@pytest.mark.parametrize("unknown", [str(uuid4()), "no-uuid", "\x00", "\ud800", "x" * 5000])
def test_a_rating_needs_a_conversation(client: FlaskClient, unknown: str) -> None:
    reply = client.post("/feedback", json={"conversation_id": unknown, "feedback": 1})
    assert reply.status_code == (400 if unknown == "\ud800" else 404)
    assert len(reply.get_json()["error"]) <= 400


def test_a_rating_may_name_its_turn(client: FlaskClient, conversation: str) -> None:
    client.post("/question", json={"question": "Thanks", "conversation_id": conversation})
    body = {"conversation_id": conversation, "turn_id": conversation, "feedback": 1, "comment": "Good\x00"}
    assert client.post("/feedback", json=body).status_code == 200
    turns = client.get(f"/conversations/{conversation}").get_json()["turns"]
    assert [turn["rating"] for turn in turns] == [1, None]
    assert client.post("/feedback", json=body | {"turn_id": str(uuid4())}).status_code == 404


def test_a_comment_has_a_limit(client: FlaskClient, conversation: str) -> None:
    body = {"conversation_id": conversation, "feedback": 1, "comment": "x" * 2001}
    assert client.post("/feedback", json=body).status_code == 400


def test_a_conversation_shows_its_turns_in_order_and_only_the_new_ones(
    client: FlaskClient, conversation: str
) -> None:
    question = "How do I cancel my order?"
    body = {"question": question, "conversation_id": conversation}
    asked = client.post("/question", json=body).get_json()
    turns = client.get(f"/conversations/{conversation}").get_json()["turns"]
    assert [turn["question"] for turn in turns] == ["Hello", question]
    assert {key: turns[1][key] for key in asked} == asked
    new = client.get(f"/conversations/{conversation}?after={conversation}").get_json()["turns"]
    assert [turn["question"] for turn in new] == [question]
    assert client.get(f"/conversations/{conversation}?after={uuid4()}").status_code == 404


@pytest.mark.parametrize("unknown", [str(uuid4()), "no-uuid", "%00", "%ff", "a%0d%0ab"])
def test_an_unknown_conversation_is_not_found(client: FlaskClient, unknown: str) -> None:
    reply = client.get(f"/conversations/{unknown}")
    assert reply.status_code == 404 and reply.get_json()["code"] == "unknown_conversation"


def test_without_the_database_ratings_and_conversations_are_unavailable(
    empty: Assistant, outage: Callable[[], None]
) -> None:
    client = create_app(empty).test_client()
    conversation = client.post("/question", json={"question": "Hello"}).get_json()["conversation_id"]
    outage()
    rated = client.post(
        "/feedback",
        json={"conversation_id": conversation, "feedback": 1},
        headers={"Idempotency-Key": "k"},
    )
    shown = client.get(f"/conversations/{conversation}")
    for reply in (rated, shown):
        assert reply.status_code == 503 and reply.get_json()["code"] == "storage_unavailable"
        assert "POSTGRES" not in reply.text and "test_" not in reply.text

"""The same request twice under one Idempotency-Key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sse import events_of

from customer_assist.model import Answer
from customer_assist.ports import AnswerRequest

STREAM = {"Accept": "text/event-stream"}
WHERE = {"question": "Where is my order? Tracking a parcel"}


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


class Waiting:
    """An answerer that waits to be let go, and counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.began = threading.Event()
        self.go = threading.Event()

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        self.asked += 1
        self.began.set()
        assert self.go.wait(20)
        yield Answer("Here.")


class FailingOnce:
    def __init__(self) -> None:
        self.asked = 0

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        self.asked += 1
        if self.asked == 1:
            raise RuntimeError("unforeseen")
        yield Answer("Here.")


def test_a_repeated_question_gets_the_same_reply_and_is_not_asked_again(
    client: FlaskClient, key: dict[str, str]
) -> None:
    first = client.post("/question", json=WHERE, headers=key)
    again = client.post("/question", json=WHERE, headers=key)
    assert again.data == first.data
    conversation = first.get_json()["conversation_id"]
    assert len(client.get(f"/conversations/{conversation}").get_json()["turns"]) == 1


def test_a_repeated_stream_is_the_turn_alone(client: FlaskClient, key: dict[str, str]) -> None:
    first = events_of(client.post("/question", json=WHERE, headers=key | STREAM).text)
    again = events_of(client.post("/question", json=WHERE, headers=key | STREAM).text)
    assert again == [first[-1]] and again[0][0] == "turn"
    assert client.post("/question", json=WHERE, headers=key).get_json() == first[-1][1]


def test_without_a_key_every_question_is_a_new_one(client: FlaskClient) -> None:
    turns = {client.post("/question", json=WHERE).get_json()["turn_id"] for _ in range(2)}
    assert len(turns) == 2


def test_a_key_does_not_serve_for_another_question(client: FlaskClient, key: dict[str, str]) -> None:
    client.post("/question", json=WHERE, headers=key)
    reply = client.post("/question", json={"question": "Hello"}, headers=key)
    assert reply.status_code == 422 and reply.get_json()["code"] == "idempotency_key_reused"


def test_the_second_of_two_at_once_is_told_to_wait(
    client_with: Callable[..., FlaskClient], key: dict[str, str]
) -> None:
    answerer = Waiting()
    client = client_with(answerer=answerer)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.application.test_client().post, "/question", json=WHERE, headers=key)
        assert answerer.began.wait(20)
        second = client.post("/question", json=WHERE, headers=key)
        answerer.go.set()
        assert first.result(20).status_code == 200
    assert second.status_code == 409 and second.get_json()["code"] == "request_in_progress"
    third = client.post("/question", json=WHERE, headers=key)
    assert third.data == first.result().data and answerer.asked == 1


@pytest.mark.parametrize("accept", [{}, STREAM])
def test_what_failed_is_tried_anew(
    client_with: Callable[..., FlaskClient], key: dict[str, str], accept: dict[str, str]
) -> None:
    client = client_with(answerer=FailingOnce())
    assert client.post("/question", json=WHERE, headers=key | accept).status_code == 500
    assert client.post("/question", json=WHERE, headers=key | accept).status_code == 200


def test_a_repeated_rating_is_given_once(client: FlaskClient, key: dict[str, str]) -> None:
    conversation = client.post("/question", json={"question": "Hello"}).get_json()["conversation_id"]
    up = {"conversation_id": conversation, "feedback": 1}
    down = up | {"feedback": -1}
    first = client.post("/feedback", json=up, headers=key)
    client.post("/feedback", json=down)
    again = client.post("/feedback", json=up, headers=key)
    assert again.data == first.data
    assert client.get(f"/conversations/{conversation}").get_json()["turns"][0]["rating"] == -1
    assert client.post("/feedback", json=down, headers=key).status_code == 422


def test_one_key_serves_once_for_each_address(client: FlaskClient, key: dict[str, str]) -> None:
    asked = client.post("/question", json={"question": "Hello"}, headers=key)
    body = {"conversation_id": asked.get_json()["conversation_id"], "feedback": 1}
    assert client.post("/feedback", json=body, headers=key).status_code == 200


def test_two_clients_with_the_same_key_and_question_get_conversations_of_their_own(
    client: FlaskClient, key: dict[str, str]
) -> None:
    def ask(address: str) -> str:
        reply = client.post("/question", json=WHERE, headers=key, environ_base={"REMOTE_ADDR": address})
        return str(reply.get_json()["conversation_id"])

    first, second = ask("192.0.2.1"), ask("192.0.2.2")
    assert first != second
    assert [ask("192.0.2.1"), ask("192.0.2.2")] == [first, second]

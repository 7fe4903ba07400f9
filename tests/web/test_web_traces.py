"""Why a turn ended as it did, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from web.conftest import KEY

HEADERS = {"Authorization": f"Bearer {KEY}"}
Read = Callable[..., Any]


@pytest.fixture
def ask(client: FlaskClient) -> Read:
    def asked(question: str, conversation_id: str | None = None) -> Any:
        body = {"question": question} | ({"conversation_id": conversation_id} if conversation_id else {})
        return client.post("/question", json=body).get_json()

    return asked


@pytest.fixture
def trace(client: FlaskClient) -> Read:
    def read(turn_id: str, status: int = 200) -> Any:
        reply = client.get(f"/turns/{turn_id}/trace", headers=HEADERS)
        assert reply.status_code == status, reply.text
        return reply.get_json()

    return read


def test_what_was_found_and_decided_is_told(ask: Read, trace: Read) -> None:
    turn = ask("Can I send opened coffee back?")
    told = trace(turn["turn_id"])
    assert told["question"] == "Can I send opened coffee back?" and told["answer"] == turn["answer"]
    assert told["gate"]["decision"] == "answer" and told["gate"]["confidence"] >= told["gate"]["threshold"]
    used = [each["document_id"] for each in told["candidates"] if each["used"]]
    assert used == [each["document_id"] for each in turn["citations"]]
    assert all(each["title"] and each["since"] == "same" for each in told["candidates"])
    assert told["checks"] and all(check["passed"] for check in told["checks"])
    assert told["timing"]["total"] >= told["timing"]["retrieve"] > 0
    assert told["tokens"] == {"prompt": 0, "completion": 0} and told["prompt"] is None


def test_a_follow_up_tells_what_was_searched_for(ask: Read, trace: Read) -> None:
    first = ask("How long does delivery to France take?")
    told = trace(ask("and to Norway?", first["conversation_id"])["turn_id"])
    assert told["question"] == "and to Norway?"
    assert "Norway" in told["query"] and "delivery" in told["query"].lower()


def test_each_of_several_requests_is_told_with_what_was_said_to_it(ask: Read, trace: Read) -> None:
    turn = ask("Can I send opened coffee back? And do you ship to Norway?")
    told = trace(turn["turn_id"])
    assert len(told["requests"]) == 2 and told["candidates"] == []
    for request in told["requests"]:
        cited = {each["document_id"] for each in request["citations"]}
        assert cited == {each["document_id"] for each in request["candidates"] if each["used"]}
        assert request["answer"] and request["gate"]["decision"] == "answer"


def test_small_talk_says_that_nothing_was_searched(ask: Read, trace: Read) -> None:
    told = trace(ask("Hello!")["turn_id"])
    assert told["gate"] is None and told["candidates"] == [] and "without a search" in told["why"]


@pytest.mark.parametrize("wrong", ["moon", "x" * 3000, "%7B%7D", "a%0Ab"])
def test_an_unknown_turn_is_a_clear_404(trace: Read, wrong: str) -> None:
    for turn_id in (wrong, str(uuid4())):
        assert trace(turn_id, 404)["code"] == "unknown_turn"


def test_it_asks_for_the_key(client: FlaskClient, ask: Read) -> None:
    turn_id = ask("Can I send opened coffee back?")["turn_id"]
    assert client.get(f"/turns/{turn_id}/trace").status_code == 401

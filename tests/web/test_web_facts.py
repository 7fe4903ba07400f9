"""The facts about the business over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from customer_assist.business import FILLS, BusinessProfile, parse_profile
from customer_assist.ingestion import DEMO_SOURCE, put_document
from customer_assist.web.app import create_app
from stand_ins import make_document
from web.conftest import KEY, SAMPLE

HEADERS = {"Authorization": f"Bearer {KEY}"}
Send = Callable[..., Any]


@pytest.fixture
def own(empty: Assistant) -> FlaskClient:
    for document in (
        make_document(
            "gate", title="The gate", text="The code of the gate is {{Gate Code}}. It is on the left."
        ),
        make_document("call", title="Calling", text="Call us at {{Customer Support Phone Number}} any time."),
        make_document("order", title="Orders", text="Your order {{Order Number}} is on its way."),
    ):
        put_document(document, empty.documents, None)
    return create_app(empty).test_client()


@pytest.fixture
def send(own: FlaskClient) -> Send:
    def request(method: str, body: object = None, status: int = 200) -> Any:
        reply = own.open("/facts", method=method, json=body, headers=HEADERS)
        assert reply.status_code == status, reply.text
        return reply.get_json()

    return request


def test_what_is_lacking_is_named_with_its_place_and_where_it_goes(send: Send) -> None:
    told = send("GET")
    lacking = {each["name"]: each for each in told["lacking"]}
    assert lacking["Gate Code"]["profile_key"] == 'facts."Gate Code"'
    assert lacking["Customer Support Phone Number"]["profile_key"] == "contact.phone"
    [place] = lacking["Gate Code"]["places"]
    assert (place["document_id"], place["title"], place["lost"]) == ("gate", "The gate", True)
    assert "code of the gate" in place["sentence"]
    assert [each["name"] for each in told["given_by_customers"]] == ["Order Number"]
    assert told["known"] == [] and told["came_with"] == ""


def test_a_fact_that_is_entered_is_answered_with_at_once(send: Send, own: FlaskClient) -> None:
    send("PUT", {"key": 'facts."Gate Code"', "value": " 4711 "})
    version = send("PUT", {"key": "contact.phone", "value": "+353 91 555 0142"})["version"]
    told = send("GET")
    assert told["lacking"] == [] and told["version"] == version
    known = {each["key"]: each for each in told["known"]}
    assert known['facts."Gate Code"']["value"] == "4711"
    assert "Customer Support Phone Number" in known["contact.phone"]["fills"]
    shown = own.post(
        "/documents/shown", json={"title": "Gate", "text": "The code is {{Gate Code}}."}, headers=HEADERS
    ).get_json()
    assert shown["text"] == "The code is 4711."
    send("PUT", {"key": 'facts."Gate Code"', "value": ""})
    assert [each["name"] for each in send("GET")["lacking"]] == ["Gate Code"]


def test_what_is_entered_can_be_kept_as_a_file(send: Send) -> None:
    send("PUT", {"key": "contact.email", "value": "help@shop.example"})
    send("PUT", {"key": 'facts."Gate Code"', "value": '4"7'})
    profile = parse_profile(send("GET")["toml"])
    assert profile.contact.email == "help@shop.example" and profile.facts == {"Gate Code": '4"7'}


@pytest.mark.parametrize("key", FILLS)
def test_every_key_that_fills_a_placeholder_can_be_entered(
    own: FlaskClient, empty: Assistant, key: str
) -> None:
    assert own.put("/facts", json={"key": key, "value": "x"}, headers=HEADERS).status_code == 200
    profile = BusinessProfile.model_validate(dict(empty.documents.profile()))
    assert set(profile.placeholders()) == set(FILLS[key])


@pytest.mark.parametrize(
    "body",
    [
        {"key": "contact.nothing", "value": "x"},
        {"key": "handoff.topics", "value": "x"},
        {"key": "__class__", "value": "x"},
        {"key": "contact.phone", "value": "call {{Somebody}}"},
        {"key": "contact.phone", "value": "a\nb"},
        {"key": "contact.phone", "value": "a\u0000b"},
        {"key": "contact.phone", "value": "x" * 2001},
        {"key": 'facts."{{a}}"', "value": "x"},
        {"key": "", "value": "x"},
        {"key": "contact.phone"},
        [],
    ],
)
def test_what_no_profile_could_state_is_refused_and_changes_nothing(
    send: Send, empty: Assistant, body: object
) -> None:
    version = empty.documents.version()
    error = send("PUT", body, 400)
    assert error["code"] == "invalid_input" and "\n" not in error["error"]
    assert empty.documents.version() == version


def test_the_same_fact_again_is_no_change(send: Send, empty: Assistant) -> None:
    send("PUT", {"key": "contact.phone", "value": "+353 91 555 0142"})
    version = empty.documents.version()
    assert send("PUT", {"key": "contact.phone", "value": "+353 91 555 0142"})["version"] == version


def test_a_fact_of_the_sample_business_changes_and_the_sample_stays(empty: Assistant) -> None:
    empty.ingest(SAMPLE, source=DEMO_SOURCE, demo=True)
    there = empty.documents.count()
    client = create_app(empty).test_client()
    before = client.get("/facts", headers=HEADERS).get_json()["profile"]
    client.put("/facts", json={"key": "contact.phone", "value": "+353 1 555 0100"}, headers=HEADERS)
    after = client.get("/facts", headers=HEADERS).get_json()
    assert after["profile"] == before | {"contact": before["contact"] | {"phone": "+353 1 555 0100"}}
    assert after["came_with"] == DEMO_SOURCE and empty.documents.count() == there


def test_both_ask_for_the_key(own: FlaskClient) -> None:
    assert own.get("/facts").status_code == 401
    assert own.put("/facts", json={"key": "contact.phone", "value": "x"}).status_code == 401

"""A conversation in a person's hands: the customer's side and the inbox, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sse import events_of

from customer_assist.bootstrap import Assistant
from customer_assist.dialogue.handing_over import BY_BUTTON
from customer_assist.web.app import create_app
from web.conftest import KEY

ADMIN = {"Authorization": f"Bearer {KEY}"}
KNOWN = "How long is the warranty on the Calder?"
UNKNOWN = "Which mountain is the highest in Peru?"


def ask(client: FlaskClient, question: str, conversation: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"question": question, **({"conversation_id": conversation} if conversation else {}), **more}
    reply = client.post("/question", json=body)
    assert reply.status_code == 200, reply.text
    return dict(reply.get_json())


def handed_over(client: FlaskClient) -> tuple[str, str]:
    """A conversation that waits for a person, and its handoff."""
    turn = ask(client, "Can I talk to someone?")
    return turn["conversation_id"], turn["handoff"]["id"]


def admin(client: FlaskClient, path: str, **body: str) -> dict[str, Any]:
    reply = client.post(path, json=body, headers=ADMIN)
    assert reply.status_code == 200, reply.text
    return dict(reply.get_json())


def seen(client: FlaskClient, conversation: str) -> dict[str, Any]:
    return dict(client.get(f"/conversations/{conversation}").get_json())


def test_a_wish_in_words_is_handed_off_and_told_once_it_is_there(client: FlaskClient) -> None:
    turn = ask(client, "Can I talk to someone?", customer={"ref": "c1", "email": "mary@example.com"})
    assert turn["outcome"] == "handed_off"
    assert turn["handoff"]["reason"] == "customer_wish"
    assert turn["answer"] == turn["handoff"]["message"]
    assert "passed this on" in turn["answer"]
    assert "help@brindle-and-bean.example" in turn["answer"]  # how else to reach the team
    [row] = [
        each
        for each in client.get("/handoffs?status=waiting&limit=500", headers=ADMIN).get_json()["handoffs"]
        if each["id"] == turn["handoff"]["id"]
    ]
    assert (row["email"], row["customer_ref"], row["status"]) == ("mary@example.com", "c1", "waiting")


def test_the_button_asks_for_a_person_and_again_for_the_same_one(client: FlaskClient) -> None:
    conversation = ask(client, UNKNOWN)["conversation_id"]
    path = f"/conversations/{conversation}/handoff"
    first = client.post(path, json={})
    assert first.status_code == 200
    assert first.get_json()["reason"] == "not_known"
    assert set(first.get_json()) == {"id", "reason", "message"}
    assert client.post(path, json={}).get_json() == first.get_json()
    later = client.post(path, json={"email": "mary@example.com"})
    assert later.get_json() == first.get_json()
    detail = client.get(f"/handoffs/{first.get_json()['id']}", headers=ADMIN).get_json()
    assert detail["email"] == "mary@example.com"
    turns = seen(client, conversation)["turns"]
    assert [(turn["question"], turn["outcome"]) for turn in turns] == [
        (UNKNOWN, "abstained"),
        (BY_BUTTON, "handed_off"),
    ]


@pytest.mark.parametrize("wrong", ["no address", "a@b c", 7, ""])
def test_a_wrong_address_is_refused(client: FlaskClient, wrong: object) -> None:
    conversation = ask(client, KNOWN)["conversation_id"]
    reply = client.post(f"/conversations/{conversation}/handoff", json={"email": wrong})
    assert reply.status_code == 400
    assert seen(client, conversation)["handoff"] is None


@pytest.mark.parametrize("unknown", [str(uuid4()), "abc"])
def test_the_button_of_no_conversation_is_refused(client: FlaskClient, unknown: str) -> None:
    reply = client.post(f"/conversations/{unknown}/handoff", json={})
    assert (reply.status_code, reply.get_json()["code"]) == (404, "unknown_conversation")


def test_the_button_counts_as_a_question(client_with: Callable[..., FlaskClient]) -> None:
    client = client_with(rate_limit=2)
    conversation = ask(client, KNOWN)["conversation_id"]
    path = f"/conversations/{conversation}/handoff"
    assert client.post(path, json={}).status_code == 200
    reply = client.post(path, json={})
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) > 0


def test_while_nobody_has_taken_it_messages_are_added_and_the_way_back_is_told(client: FlaskClient) -> None:
    conversation, handoff = handed_over(client)
    turn = ask(client, KNOWN, conversation)
    assert (turn["outcome"], turn["handoff"], turn["citations"]) == ("with_human", None, [])
    assert "back to the assistant" in turn["answer"]
    detail = client.get(f"/handoffs/{handoff}", headers=ADMIN).get_json()
    assert [each["question"] for each in detail["turns"]] == ["Can I talk to someone?", KNOWN]


def test_a_person_answers_by_name_and_the_assistant_is_silent(client: FlaskClient) -> None:
    conversation, handoff = handed_over(client)
    taken = admin(client, f"/handoffs/{handoff}/take", by=" Aoife \n Byrne ")
    assert (taken["status"], taken["taken_by"]) == ("taken", "Aoife Byrne")
    turn = ask(client, KNOWN, conversation)
    assert (turn["outcome"], turn["answer"]) == ("with_human", "")
    said = admin(client, f"/handoffs/{handoff}/reply", text="It is **3 years**. <b>Anything else?</b>")
    assert (said["outcome"], said["answered_by"], said["question"]) == ("with_human", "human", "")
    page = seen(client, conversation)
    assert page["handoff"]["status"] == "taken"
    assert page["handoff"]["by"] == "Aoife Byrne"
    last = page["turns"][-1]
    assert (last["answer"], last["by"]) == ("It is **3 years**. <b>Anything else?</b>", "Aoife Byrne")
    news = client.get(f"/conversations/{conversation}?after={turn['turn_id']}").get_json()["turns"]
    assert [each["turn_id"] for each in news] == [last["turn_id"]]


def test_a_streamed_message_to_a_person_brings_no_delta(client: FlaskClient) -> None:
    conversation, handoff = handed_over(client)
    admin(client, f"/handoffs/{handoff}/take")
    reply = client.post(
        "/question",
        json={"question": KNOWN, "conversation_id": conversation},
        headers={"Accept": "text/event-stream"},
    )
    [(name, turn)] = events_of(reply.text)
    assert (name, turn["outcome"], turn["answer"]) == ("turn", "with_human", "")


def test_a_reply_takes_the_conversation_and_may_come_from_somebody_else(client: FlaskClient) -> None:
    conversation, handoff = handed_over(client)
    admin(client, f"/handoffs/{handoff}/reply", text="Hello.", by="Aoife")
    admin(client, f"/handoffs/{handoff}/reply", text="I take over.", by="Sean")
    page = seen(client, conversation)
    assert [turn["by"] for turn in page["turns"]] == ["", "Aoife", "Sean"]
    assert page["handoff"]["by"] == "Sean"


def test_once_it_is_resolved_the_assistant_answers_anew(client: FlaskClient) -> None:
    conversation, handoff = handed_over(client)
    admin(client, f"/handoffs/{handoff}/take", by="Aoife")
    assert admin(client, f"/handoffs/{handoff}/resolve")["status"] == "resolved"
    page = seen(client, conversation)
    assert page["handoff"]["status"] == "resolved"
    assert page["handoff"]["closed_at"] >= page["turns"][-1]["asked_at"]
    turn = ask(client, KNOWN, conversation)
    assert (turn["outcome"], turn["handoff"]) == ("answered", None)
    for path, body in (("take", {}), ("reply", {"text": "Hello."}), ("resolve", {})):
        reply = client.post(f"/handoffs/{handoff}/{path}", json=body, headers=ADMIN)
        assert (reply.status_code, reply.get_json()["code"]) == (409, "handoff_closed")


@pytest.mark.parametrize("taken", [False, True])
def test_a_customer_goes_back_to_the_assistant(client: FlaskClient, taken: bool) -> None:
    conversation, handoff = handed_over(client)
    if taken:
        admin(client, f"/handoffs/{handoff}/take", by="Aoife")
    turn = ask(client, "Never mind, I'd rather go on with the assistant", conversation)
    assert "with me again, the automated assistant" in turn["answer"]
    assert seen(client, conversation)["handoff"]["status"] == "withdrawn"
    assert ask(client, KNOWN, conversation)["outcome"] == "answered"
    again = ask(client, "Human please", conversation)
    assert again["outcome"] == "handed_off"
    assert again["handoff"]["id"] != handoff


def test_a_topic_of_the_business_goes_to_a_person(client: FlaskClient) -> None:
    turn = ask(client, "I got an electric shock from the Calder. How do I descale it?")
    assert (turn["outcome"], turn["handoff"]["reason"], turn["citations"]) == ("handed_off", "topic", [])
    detail = client.get(f"/handoffs/{turn['handoff']['id']}", headers=ADMIN).get_json()
    assert detail["detail"] == "Safety and injuries"
    reasons = client.get("/handoffs?status=all", headers=ADMIN).get_json()["reasons"]
    assert {"reason", "detail", "handoffs"} == set(reasons[0])
    assert any(each["detail"] == "Safety and injuries" and each["handoffs"] >= 1 for each in reasons)


def test_a_yes_to_the_offer_of_a_person_takes_it(client: FlaskClient) -> None:
    conversation = ask(client, UNKNOWN)["conversation_id"]
    turn = ask(client, "Yes please!", conversation)
    assert turn["handoff"]["reason"] == "not_known"


def test_who_takes_it_reads_what_happened(client: FlaskClient) -> None:
    first = ask(client, "How long is the warranty on the Calder? My order is BB-123456.")
    conversation = first["conversation_id"]
    client.post("/feedback", json={"conversation_id": conversation, "feedback": -1})
    ask(client, UNKNOWN, conversation)
    turn = ask(client, "get me a human", conversation)
    detail = client.get(f"/handoffs/{turn['handoff']['id']}", headers=ADMIN).get_json()
    lines = detail["summary"].splitlines()
    assert lines[0].startswith("Asked: How long is the warranty")
    assert "answered from “" in lines[0]
    assert lines[0].endswith("it did not help)")
    assert lines[1] == f"Asked: {UNKNOWN} (not answered)"
    assert "BB-123456" in lines[2]
    assert lines[-1] == "Last message: get me a human"
    transcript = detail["transcript"]
    assert [each["outcome"] for each in transcript] == ["answered", "abstained", "handed_off"]
    assert transcript[0]["rating"] == -1
    assert transcript[0]["documents"] == [citation["document_id"] for citation in first["citations"]]
    assert transcript[0]["asked_at"] < transcript[1]["asked_at"] < transcript[2]["asked_at"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\x00b"])
def test_an_unusable_reply_is_refused_and_takes_nothing(client: FlaskClient, text: str) -> None:
    conversation, handoff = handed_over(client)
    reply = client.post(f"/handoffs/{handoff}/reply", json={"text": text}, headers=ADMIN)
    assert (reply.status_code, reply.get_json()["code"]) == (400, "invalid_input")
    assert "the reply" in reply.get_json()["error"]
    assert seen(client, conversation)["handoff"]["status"] == "waiting"


@pytest.mark.parametrize("unknown", [str(uuid4()), "abc", "%7B"])
def test_a_handoff_that_is_not_there_is_said_to_be_unknown(client: FlaskClient, unknown: str) -> None:
    for reply in (
        client.get(f"/handoffs/{unknown}", headers=ADMIN),
        client.post(f"/handoffs/{unknown}/take", json={}, headers=ADMIN),
        client.post(f"/handoffs/{unknown}/reply", json={"text": "Hello."}, headers=ADMIN),
        client.post(f"/handoffs/{unknown}/resolve", json={}, headers=ADMIN),
    ):
        assert (reply.status_code, reply.get_json()["code"]) == (404, "unknown_handoff")


def test_the_list_of_conversations_is_paged_and_filtered(client: FlaskClient) -> None:
    first = ask(client, UNKNOWN)["conversation_id"]
    second = ask(client, KNOWN, channel="web", customer={"ref": "c2"})["conversation_id"]
    ask(client, "human please", first)

    def listed(query: str) -> list[dict[str, Any]]:
        reply = client.get(f"/conversations?{query}", headers=ADMIN)
        assert reply.status_code == 200, reply.text
        return list(reply.get_json()["conversations"])

    newest, older = listed("limit=2")
    assert (newest["conversation_id"], older["conversation_id"]) == (first, second)
    assert (newest["question"], newest["turns"], newest["handoff"]) == (UNKNOWN, 2, "waiting")
    assert newest["outcomes"] == ["abstained", "handed_off"]
    assert (older["channel"], older["customer_ref"], older["handoff"]) == ("web", "c2", None)
    assert listed(f"limit=1&before={first}")[0]["conversation_id"] == second
    assert listed("limit=1&outcome=abstained")[0]["conversation_id"] == first
    assert all("answered" in each["outcomes"] for each in listed("outcome=answered"))
    missing = client.get(f"/conversations?before={uuid4()}", headers=ADMIN)
    assert (missing.status_code, missing.get_json()["code"]) == (404, "unknown_conversation")


def test_where_nobody_can_be_told_the_customer_learns_how_to_reach_the_business(
    empty: Assistant, sample: Any, outage: Callable[[], None]
) -> None:
    empty.ingest(sample)
    client = create_app(empty).test_client()
    conversation = ask(client, KNOWN)["conversation_id"]
    outage()
    turn = ask(client, "human please")
    assert (turn["outcome"], turn["handoff"], turn["logged"]) == ("abstained", None, False)
    button = client.post(f"/conversations/{conversation}/handoff", json={})
    assert button.status_code == 503
    for told in (turn["answer"], button.get_json()["error"]):
        assert "could not pass this on" in told
        assert "help@brindle-and-bean.example" in told
        assert "have passed" not in told


def test_what_is_for_the_people_of_the_business_asks_for_the_key(client: FlaskClient) -> None:
    _, handoff = handed_over(client)
    for reply in (
        client.get("/conversations"),
        client.get(f"/handoffs/{handoff}"),
        client.post(f"/handoffs/{handoff}/take", json={}),
        client.post(f"/handoffs/{handoff}/reply", json={"text": "Hello."}),
        client.post(f"/handoffs/{handoff}/resolve", json={}),
    ):
        assert reply.status_code == 401


def test_what_a_choice_may_be_is_said_where_it_is_none_of_that(client: FlaskClient) -> None:
    refused = client.get("/handoffs?status=lost", headers=ADMIN)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "invalid_input")
    said = refused.get_json()["error"]
    assert said.startswith("status must be 'open', 'waiting'") and said.endswith("or 'all'")

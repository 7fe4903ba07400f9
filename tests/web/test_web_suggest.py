"""Suggestions and drafts over HTTP: from a handoff to a document that answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from customer_assist.web.app import create_app
from web.conftest import KEY, SAMPLE

HEADERS = {"Authorization": f"Bearer {KEY}"}
ASKED = "Can you engrave my granny's name on the Fern kettle?"
REPLY = "Hi Maeve,\n\nyes, we engrave up to 20 letters on the Fern for €15; it takes 2 working days.\n\nCheers\nTom"
Send = Callable[..., Any]


@pytest.fixture
def own(empty: Assistant) -> Assistant:
    """A shop of the test's own, for what changes knowledge."""
    empty.ingest(SAMPLE)
    return empty


@pytest.fixture
def send(own: Assistant) -> Send:
    """send("POST", "/suggest", {...}, 200) → the reply's JSON, after a look at its status."""
    client = create_app(own).test_client()

    def request(method: str, path: str, body: object = None, status: int = 200) -> Any:
        reply = client.open(path, method=method, json=body, headers=HEADERS)
        assert reply.status_code == status, reply.text
        return reply.get_json()

    return request


def test_drafts_come_with_sources_checks_and_a_letter(send: Send) -> None:
    found = send("POST", "/suggest", {"message": "can i send opened coffee back"})
    first = found["drafts"][0]
    assert first["full"]["text"].startswith("Hello,\n\n")
    assert first["full"]["text"].endswith("Kind regards\nBrindle & Bean")
    assert first["citations"][0]["document_id"] == first["document_id"]
    assert first["full"]["checks"] and all(check["passed"] for check in first["full"]["checks"])
    assert {"unsure", "confidence", "query", "knowledge_version"} <= set(found)
    assert len({draft["document_id"] for draft in found["drafts"]}) == len(found["drafts"]) <= 3


def test_a_reply_tells_which_draft_it_was_made_from(send: Send) -> None:
    asked = send("POST", "/question", {"question": "Can I send opened coffee back?"})
    person = {"question": "I want to talk to a person", "conversation_id": asked["conversation_id"]}
    handoff = send("POST", "/question", person)["handoff"]["id"]
    found = send("POST", "/suggest", {"handoff_id": handoff})
    place, text = f"/handoffs/{handoff}/reply", found["drafts"][0]["full"]["text"]
    unknown = {"id": found["id"], "draft": 2} if len(found["drafts"]) < 3 else {"id": "x", "draft": 0}
    before = send("GET", f"/handoffs/{handoff}")["turns"]
    send("POST", place, {"text": text, "suggestion": unknown}, 400 if unknown["draft"] else 404)
    assert send("GET", f"/handoffs/{handoff}")["turns"] == before  # nothing is sent with a wrong draft
    send("POST", place, {"text": text, "by": "Tom", "suggestion": {"id": found["id"], "draft": 0}})
    assert send("GET", "/suggestions")["counts"]["sent"] == 1
    send("POST", place, {"text": f"{text}!", "suggestion": {"id": found["id"], "draft": 0}})
    counts = send("GET", "/suggestions")["counts"]
    assert (counts["sent"], counts["edited"]) == (0, 1)


def test_a_reply_that_comes_twice_under_one_key_is_said_once(send: Send, own: Assistant) -> None:
    person = {"question": "I want to talk to a person"}
    handoff = send("POST", "/question", person)["handoff"]["id"]
    client, place = create_app(own).test_client(), f"/handoffs/{handoff}/reply"
    keyed = {**HEADERS, "Idempotency-Key": "k1"}
    replies = [client.post(place, json={"text": "It is on its way."}, headers=keyed) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].get_json() == replies[1].get_json()
    turns = send("GET", f"/handoffs/{handoff}")["turns"]
    assert [turn["answer"] for turn in turns if turn["answered_by"] == "human"] == ["It is on its way."]
    assert client.post(place, json={"text": "Another."}, headers=keyed).status_code == 422


def test_a_placeholder_that_nobody_filled_is_not_said(send: Send) -> None:
    handoff = send("POST", "/question", {"question": "I want to talk to a person"})["handoff"]["id"]
    refused = send("POST", f"/handoffs/{handoff}/reply", {"text": "Dear {{Customer Name}}, hello."}, 400)
    assert "placeholder" in refused["error"]
    assert send("GET", f"/handoffs/{handoff}")["status"] == "waiting"  # and nobody has taken it


def test_outcomes_are_told_and_counted(send: Send) -> None:
    found = send("POST", "/suggest", {"message": "can i send opened coffee back"})
    place = f"/suggestions/{found['id']}/outcome"
    told = send("POST", place, {"draft": 0, "outcome": "edited", "text": "No, sorry.", "by": "Tom"})
    assert [(each["outcome"], each["by"]) for each in told["outcomes"]] == [("edited", "Tom")]
    listed = send("GET", "/suggestions")
    assert listed["suggestions"][0]["id"] == found["id"]
    assert listed["counts"]["edited"] == 1
    assert listed["counts"]["shares"] == {"sent": 0.0, "edited": 1.0, "rejected": 0.0}
    assert send("POST", place, {"draft": 3, "outcome": "sent"}, 400)["code"] == "invalid_input"
    assert send("POST", place, {"draft": True, "outcome": "sent"}, 400)["code"] == "invalid_input"
    unknown = f"/suggestions/{uuid4()}/outcome"
    assert send("POST", unknown, {"draft": 0, "outcome": "sent"}, 404)["code"] == "unknown_suggestion"


def test_a_suggestion_needs_a_message_or_its_place(send: Send) -> None:
    assert "no message" in send("POST", "/suggest", {}, 400)["error"]
    for place, code in (("conversation_id", "unknown_conversation"), ("handoff_id", "unknown_handoff")):
        assert send("POST", "/suggest", {place: str(uuid4())}, 404)["code"] == code


def test_from_a_persons_reply_to_a_document_that_answers(send: Send, own: Assistant) -> None:
    turn = send("POST", "/question", {"question": ASKED})
    assert turn["outcome"] != "answered"
    handoff = own.desk.hand_over(turn["conversation_id"])
    suggestion = send("POST", "/suggest", {"handoff_id": handoff.id})
    assert suggestion["message"] == ASKED
    reply = own.desk.reply(handoff.id, REPLY, "Tom")
    own.desk.resolve(handoff.id)

    draft = send("POST", "/drafts", {"turn_id": reply.id})
    assert draft["questions"] == [ASKED] and draft["text"].startswith("Yes, we engrave")
    assert draft["personal"] == []
    assert [each["id"] for each in send("GET", "/drafts")["drafts"]] == [draft["id"]]
    edited = send("PUT", f"/drafts/{draft['id']}", {"title": "Engraving the Fern kettle"})
    assert (edited["title"], edited["text"]) == ("Engraving the Fern kettle", draft["text"])
    published = send("POST", f"/drafts/{draft['id']}/publish", {})
    assert published["document"]["source"] == "learned"

    again = send("POST", "/question", {"question": ASKED})
    assert again["outcome"] == "answered"
    assert again["citations"][0]["document_id"] == published["document"]["id"]
    shown = send("GET", f"/documents/{published['document']['id']}")
    assert shown["learned_from"] == {"draft_id": draft["id"], "turn_id": reply.id}
    assert send("POST", f"/drafts/{draft['id']}/reject", {}, 409)["code"] == "draft_closed"


def test_what_is_personal_needs_to_be_confirmed(send: Send) -> None:
    body = {"question": "Who has the key?", "text": "Ask Pat, pat.burke@mail.example, for the key."}
    draft = send("POST", "/drafts", body)
    assert draft["personal"] == [{"kind": "e-mail", "text": "pat.burke@mail.example"}]
    place = f"/drafts/{draft['id']}/publish"
    refused = send("POST", place, {}, 409)
    assert refused["code"] == "needs_confirmation" and "pat.burke@mail.example" in refused["error"]
    assert send("POST", place, {"confirm": True})["draft"]["status"] == "published"


def test_a_draft_that_cannot_be_is_refused(send: Send) -> None:
    assert send("POST", "/drafts", {"text": "Alone."}, 400)["code"] == "invalid_input"
    assert send("POST", "/drafts", {"question": "Why?"}, 400)["code"] == "invalid_input"
    assert send("POST", "/drafts", {"turn_id": str(uuid4())}, 404)["code"] == "unknown_turn"
    assert send("GET", f"/drafts/{uuid4()}", None, 404)["code"] == "unknown_draft"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/suggest"),
        ("GET", "/suggestions"),
        ("POST", "/suggestions/x/outcome"),
        ("GET", "/drafts"),
        ("POST", "/drafts"),
        ("PUT", "/drafts/x"),
        ("POST", "/drafts/x/publish"),
        ("POST", "/drafts/x/reject"),
        ("GET", "/documents"),
        ("GET", "/documents/x"),
        ("PUT", "/documents/x"),
        ("DELETE", "/documents/x"),
    ],
)
def test_none_of_it_is_for_customers(client: FlaskClient, method: str, path: str) -> None:
    reply = client.open(path, method=method, json={})
    assert (reply.status_code, reply.get_json()["code"]) == (401, "unauthorized")

"""POST /question: the contract's fields, streamed and whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sse import events_of

from customer_assist.bootstrap import Assistant
from customer_assist.model import Answer
from customer_assist.ports import AnswerRequest
from customer_assist.web.app import create_app

FIELDS = [
    "conversation_id",
    "question",
    "answer",
    "turn_id",
    "outcome",
    "answered_by",
    "degraded",
    "citations",
    "steps",
    "alternatives",
    "confidence",
    "handoff",
    "logged",
    "guide",
    "move",
]
STREAM = {"Accept": "text/event-stream"}
WHERE = "Where is my order? Tracking a parcel"


class Talking:
    """An answerer that says three sentences and remembers whether it got to the end."""

    def __init__(self) -> None:
        self.finished = False

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        for number in range(3):
            yield f"Sentence {number}. "
        self.finished = True
        yield Answer("Sentence 0. Sentence 1. Sentence 2. ")


class Failing:
    """An answerer with a fault of ours in it."""

    def __init__(self, after: int = 0) -> None:
        self.after = after

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield from ["Sentence. "] * self.after
        raise RuntimeError(f"unforeseen, about {request.question}")


def test_an_answer_has_exactly_the_fields_of_the_contract(client: FlaskClient) -> None:
    reply = client.post("/question", json={"question": WHERE})
    turn = reply.get_json()
    assert reply.status_code == 200
    assert list(turn) == FIELDS
    assert turn["outcome"] == "answered" and turn["answered_by"] == "extractive"
    assert turn["logged"] is True and turn["degraded"] is False and turn["handoff"] is None
    assert turn["turn_id"] == turn["conversation_id"] == str(UUID(turn["turn_id"]))
    assert 0 < turn["confidence"] <= 1
    assert [set(citation) for citation in turn["citations"]] == [{"document_id", "title", "quote"}]
    assert turn["citations"][0]["document_id"] == "track-order"
    assert all(set(other) == {"document_id", "title"} for other in turn["alternatives"])


def test_a_question_is_echoed_verbatim(client: FlaskClient) -> None:
    question = "  Ünïcode — <b>“bold”</b>\t& \\ 😀 where is my order?\n "
    assert client.post("/question", json={"question": question}).get_json()["question"] == question


def test_a_question_without_an_answer_is_abstained_and_a_person_offered(client: FlaskClient) -> None:
    turn = client.post("/question", json={"question": "xylophone zeppelin quasar"}).get_json()
    assert turn["outcome"] == "abstained" and turn["citations"] == []
    assert "help@brindle-and-bean.example" in turn["answer"]


def test_unknown_fields_are_ignored_and_known_ones_taken(client: FlaskClient) -> None:
    body = {
        "question": "Hello",
        "surprise": {"deep": [1]},
        "customer": {"ref": "c-1", "email": "a@b.example"},
        "locale": "de-DE",
        "channel": "email",
    }
    assert client.post("/question", json=body).status_code == 200


@pytest.mark.parametrize(
    ("filters", "status", "code"),
    [
        ({"category": "NOWHERE"}, 404, "unknown_filter"),
        ({"colour": "red"}, 404, "unknown_filter"),
        ({"category": 7}, 400, "invalid_input"),
        (["category"], 400, "invalid_input"),
        ({str(i): "x" for i in range(11)}, 400, "invalid_input"),
    ],
)
def test_a_filter_that_cannot_be_is_an_error_and_no_empty_answer(
    client: FlaskClient, filters: object, status: int, code: str
) -> None:
    reply = client.post("/question", json={"question": "When will my parcel come?", "filters": filters})
    assert (reply.status_code, reply.get_json()["code"]) == (status, code)


def test_a_filter_keeps_the_answer_to_its_documents(client: FlaskClient, assistant: Assistant) -> None:
    asked = {"question": "How do I cancel my order?"}
    free = client.post("/question", json=asked).get_json()
    (cited,) = {citation["document_id"] for citation in free["citations"]}
    document = assistant.documents.get(cited)
    assert document is not None
    for category in (document.fields["category"], "CONTACT"):
        kept = client.post("/question", json={**asked, "filters": {"category": category}}).get_json()
        found = {citation["document_id"] for citation in kept["citations"]}
        assert (cited in found) == (category == document.fields["category"])


def test_nobody_can_ask_in_the_name_of_sample_traffic(client: FlaskClient) -> None:
    reply = client.post("/question", json={"question": WHERE, "channel": "demo"})
    assert (reply.status_code, reply.get_json()["code"]) == (400, "invalid_input")


def test_a_conversation_is_continued(client: FlaskClient) -> None:
    first = client.post("/question", json={"question": WHERE}).get_json()
    conversation = first["conversation_id"]
    second = client.post("/question", json={"question": "Hello", "conversation_id": conversation}).get_json()
    assert second["conversation_id"] == conversation != second["turn_id"]


def test_a_stream_is_the_answer_in_pieces_and_then_the_turn(client_with: Callable[..., FlaskClient]) -> None:
    reply = client_with(answerer=Talking()).post("/question", json={"question": WHERE}, headers=STREAM)
    events = events_of(reply.text)
    assert reply.mimetype == "text/event-stream"
    assert [name for name, _ in events] == ["delta", "delta", "delta", "turn"]
    assert list(events[-1][1]) == FIELDS
    assert "".join(data["text"] for _, data in events[:-1]) == events[-1][1]["answer"]


def test_a_stream_without_words_is_just_the_turn(client: FlaskClient) -> None:
    reply = client.post("/question", json={"question": "Hello!"}, headers=STREAM)
    assert [name for name, _ in events_of(reply.text)] == ["turn"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/event-stream;q=0.5"])
def test_who_does_not_ask_for_a_stream_gets_json(client: FlaskClient, accept: str) -> None:
    reply = client.post("/question", json={"question": "Hello"}, headers={"Accept": accept})
    assert reply.mimetype == "application/json"


@pytest.mark.parametrize("heard", [0, 1, 2])
def test_a_turn_is_recorded_also_when_the_listener_leaves(
    client_with: Callable[..., FlaskClient], heard: int
) -> None:
    answerer = Talking()
    client = client_with(answerer=answerer)
    conversation = client.post("/question", json={"question": "Hello"}).get_json()["conversation_id"]
    reply = client.post(
        "/question",
        json={"question": WHERE, "conversation_id": conversation},
        headers=STREAM,
        buffered=False,
    )
    for _ in range(heard):
        next(reply.response)  # type: ignore[call-overload]
    reply.close()
    assert answerer.finished
    turns = client.get(f"/conversations/{conversation}").get_json()["turns"]
    assert [turn["question"] for turn in turns] == ["Hello", WHERE]


def test_a_refusal_before_the_first_event_is_plain_json(client: FlaskClient) -> None:
    body = {"question": WHERE, "conversation_id": str(uuid4())}
    reply = client.post("/question", json=body, headers=STREAM)
    assert reply.status_code == 404 and reply.get_json()["code"] == "unknown_conversation"


def test_a_fault_is_answered_without_its_insides_and_logged_without_the_question(
    client_with: Callable[..., FlaskClient], capsys: pytest.CaptureFixture[str]
) -> None:
    reply = client_with(answerer=Failing()).post("/question", json={"question": WHERE}, headers=STREAM)
    logged = capsys.readouterr()
    number = reply.get_json()["error"].rpartition(" ")[2]
    assert reply.status_code == 500 and reply.get_json()["code"] == "internal_error"
    assert "unforeseen" not in reply.text and "Traceback" not in reply.text
    assert number in logged.out + logged.err
    assert "parcel" not in (logged.out + logged.err).lower()


def test_a_fault_in_the_middle_of_a_stream_is_its_one_last_event(
    client_with: Callable[..., FlaskClient],
) -> None:
    reply = client_with(answerer=Failing(after=2)).post("/question", json={"question": WHERE}, headers=STREAM)
    events = events_of(reply.text)
    assert [name for name, _ in events] == ["delta", "delta", "error"]
    assert events[-1][1]["code"] == "internal_error"


def test_a_question_is_answered_though_the_database_is_gone(
    empty: Assistant, outage: Callable[[], None]
) -> None:
    client = create_app(empty).test_client()
    assert client.post("/question", json={"question": "Hello"}).get_json()["logged"] is True
    outage()
    started = time.monotonic()
    reply = client.post("/question", json={"question": "Hello"}, headers={"Idempotency-Key": "k"})
    assert reply.status_code == 200 and reply.get_json()["logged"] is False
    assert time.monotonic() - started < 15


def test_what_was_stated_in_an_earlier_turn_fills_the_answer(empty: Assistant, tmp_path: Path) -> None:
    knowledge = tmp_path / "faq.csv"
    knowledge.write_text(
        "id,question,answer\n"
        'lamp,How do I return a lamp?,"Write {{Order Number}} on the box of the lamp."\n'
        "malta,Do you ship to Malta?,Parcels to Malta take nine days.\n"
        "pay,How do I pay for my order?,You pay by card or by bank transfer.\n"
        "gift,Do you sell gift cards?,Gift cards are of 20 to 200 euro.\n"
    )
    empty.ingest(knowledge)
    client = create_app(empty).test_client()
    asked = ("where is order 00481516?", "thanks", "How do I return a lamp?", "oops, I meant 00481517")
    body: dict[str, str] = {}
    answers: list[str] = []
    for question in (*asked, "How do I return a lamp?"):
        turn = client.post("/question", json={"question": question, **body}).get_json()
        body = {"conversation_id": turn["conversation_id"]}
        answers.append(turn["answer"])
    assert answers[2] == "Write 00481516 on the box of the lamp."
    assert answers[4] == "Write 00481517 on the box of the lamp."

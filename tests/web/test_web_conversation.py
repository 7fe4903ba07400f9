"""Follow-ups, two requests and other languages over HTTP, with and without a language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from sse import events_of

from customer_assist.bootstrap import Assistant, choose_answerer, choose_generator, choose_wording
from customer_assist.config import LLMSettings
from customer_assist.storage.budget import DailyCallBudget
from fakes import COMPLETION_TOKENS, PROMPT_TOKENS, FakeOpenAI, Reply, Request

STREAM = {"Accept": "text/event-stream"}
DESCALE, FOLLOW_UP = (
    "How do I descale the Calder espresso machine?",
    "and which water should i use in it then?",
)
REWRITTEN = "Which water should I use in the Calder espresso machine?"
BOTH = "How do I pair the Tilt scale with the app and do gift cards expire?"


class Server:
    """Writes what each kind of prompt asks for, and remembers the kinds."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.rewriting = REWRITTEN
        self.translation = ""

    def __call__(self, request: Request) -> str:
        told = request["messages"][0]["content"]
        kind = "rewrite" if "prepare searches" in told else "translate" if "Translate" in told else "answer"
        self.kinds.append(kind)
        if kind == "answer":  # the first sentence of the first source
            source = request["messages"][1]["content"].split("\n", 2)[2]
            return source.split(". ")[0].strip() + " [1]."
        return self.rewriting if kind == "rewrite" else self.translation


@pytest.fixture
def writer() -> Server:
    return Server()


@pytest.fixture
def model(writer: Server) -> Iterator[FakeOpenAI]:
    with FakeOpenAI(Reply(writer)) as fake:
        yield fake


@pytest.fixture
def talk(
    model: FakeOpenAI, assistant: Assistant, client_with: Callable[..., FlaskClient]
) -> Callable[..., FlaskClient]:
    def make(calls: int = 5000) -> FlaskClient:
        settings = LLMSettings("key", model.base_url, "test-model", 10.0, calls)
        budget = DailyCallBudget(assistant.database, calls, lambda: date(1900 + calls % 90, 2, 1))
        generator = choose_generator(settings, budget)
        return client_with(answerer=choose_answerer(generator, settings), wording=choose_wording(generator))

    return make


def tokens(assistant: Assistant, turn_id: str) -> tuple[int, int]:
    with assistant.database.connection() as connection:
        query = "SELECT prompt_tokens, completion_tokens FROM turns WHERE id = %s"
        row = connection.execute(query, (turn_id,)).fetchone()
    assert row is not None
    return row[0], row[1]


def test_a_follow_up_is_rewritten_by_the_model_and_its_tokens_count(
    talk: Callable[..., FlaskClient], writer: Server, assistant: Assistant
) -> None:
    client = talk()
    first = client.post("/question", json={"question": DESCALE}).get_json()
    asked = {"question": FOLLOW_UP, "conversation_id": first["conversation_id"]}
    turn = client.post("/question", json=asked).get_json()
    assert writer.kinds == ["answer", "rewrite", "answer"]
    assert turn["question"] == FOLLOW_UP
    assert turn["citations"][0]["document_id"] == "water-hardness"
    assert tokens(assistant, turn["turn_id"]) == (2 * PROMPT_TOKENS, 2 * COMPLETION_TOKENS)


def test_a_rewriting_that_invents_leaves_the_rules(
    talk: Callable[..., FlaskClient], writer: Server, model: FakeOpenAI
) -> None:
    writer.rewriting = "Which water from Evian should I use?"
    client = talk()
    first = client.post("/question", json={"question": DESCALE}).get_json()
    asked = {"question": FOLLOW_UP, "conversation_id": first["conversation_id"]}
    turn = client.post("/question", json=asked).get_json()
    assert turn["outcome"] == "answered" and not turn["degraded"]
    assert writer.kinds == ["answer", "rewrite", "answer"]
    assert "which water should i use in it then" in str(model.requests[-1])
    assert "Evian" not in str(model.requests[-1])


def test_without_calls_left_the_rules_answer(talk: Callable[..., FlaskClient], model: FakeOpenAI) -> None:
    client = talk(calls=0)
    first = client.post("/question", json={"question": DESCALE}).get_json()
    asked = {"question": FOLLOW_UP, "conversation_id": first["conversation_id"]}
    turn = client.post("/question", json=asked).get_json()
    assert turn["outcome"] == "answered" and turn["degraded"] and model.requests == []


def test_an_answer_in_the_customers_language_is_shown_only_when_it_is_checked(
    talk: Callable[..., FlaskClient], writer: Server
) -> None:
    writer.rewriting, writer.translation = "Do gift cards expire?", "Geschenkkarten laufen nach 60 Jahren ab."
    body = {"question": "Wann läuft eine Geschenkkarte ab? Ich habe noch eine."}
    events = events_of(talk().post("/question", json=body, headers=STREAM).get_data(as_text=True))
    [turn] = [data for name, data in events if name == "turn"]
    assert writer.kinds == ["rewrite", "answer", "translate"]
    assert "60 Jahren" not in str(events)
    assert turn["answer"].startswith("Ich kann leider nur auf Englisch antworten.")


def test_two_requests_are_both_answered_as_a_stream(client: FlaskClient) -> None:
    events = events_of(
        client.post("/question", json={"question": BOTH}, headers=STREAM).get_data(as_text=True)
    )
    [turn] = [data for name, data in events if name == "turn"]
    assert [each["document_id"] for each in turn["citations"]] == ["app-pair", "gift-card-expiry"]
    assert "".join(data["text"] for name, data in events if name == "delta") == turn["answer"]
    assert turn["steps"] and 0 < turn["confidence"] <= 1

"""With a language model: the same route, over real HTTP to a fake one, and what happens when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sse import events_of
from structlog.testing import capture_logs

from customer_assist.bootstrap import Assistant, choose_answerer, choose_generator, join
from customer_assist.config import LLMSettings, load_settings
from customer_assist.storage.budget import DailyCallBudget
from customer_assist.storage.database import Database
from customer_assist.storage.prices import Price, PriceStore
from customer_assist.web.app import create_app
from customer_assist.wsgi import tell_of_budgets
from fakes import FakeOpenAI, Reply
from web.conftest import ENVIRONMENT

STREAM = {"Accept": "text/event-stream"}
QUESTION = "How do I descale the Calder? My card is 4111 1111 1111 1111 and my mail jo@example.com"
GOOD = (
    "Descale the Calder when the orange drop light comes on, with one sachet of our descaler dissolved in "
    "1 litre of lukewarm water [1]. The programme takes about 35 minutes; please stay nearby [1]."
)


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(GOOD) as fake:
        yield fake


@pytest.fixture
def client(model: FakeOpenAI, assistant: Assistant, client_with: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of(model, assistant, client_with, calls_per_day=10_000)


def client_of(
    model: FakeOpenAI, assistant: Assistant, client_with: Callable[..., FlaskClient], calls_per_day: int
) -> FlaskClient:
    from datetime import date

    settings = LLMSettings("key", model.base_url, "test-model", 10.0, calls_per_day)
    day = date(2000 + calls_per_day % 1000, 1, 1)  # a day of its own for each budget
    budget = DailyCallBudget(assistant.database, calls_per_day, lambda: day)
    return client_with(answerer=choose_answerer(choose_generator(settings, budget), settings))


def test_the_model_answers_from_the_sources_with_citations_and_tokens(
    client: FlaskClient, assistant: Assistant
) -> None:
    turn = client.post("/question", json={"question": QUESTION}).get_json()
    assert (turn["answered_by"], turn["degraded"], turn["logged"]) == ("test-model", False, True)
    assert "[1]" not in turn["answer"] and "35 minutes" in turn["answer"]
    assert turn["citations"][0]["document_id"] == "machine-descale"
    with assistant.database.connection() as connection:
        row = connection.execute(
            "SELECT model_used, prompt_tokens, completion_tokens, total_tokens, response_time > 0"
            " FROM conversations WHERE id = %s",
            (turn["turn_id"],),
        ).fetchone()
    assert row is not None
    assert row[0] == "test-model" and row[1] > 0 and row[2] > 0 and row[3] == row[1] + row[2] and row[4]


def test_what_identifies_a_customer_never_reaches_the_model(client: FlaskClient, model: FakeOpenAI) -> None:
    client.post("/question", json={"question": QUESTION})
    sent = str(model.requests)
    assert "descale" in sent
    assert "4111" not in sent and "jo@example.com" not in sent


def test_a_model_that_dies_in_the_middle_gives_one_degraded_turn(
    client: FlaskClient, model: FakeOpenAI
) -> None:
    model.says(Reply(GOOD, die_after=20))
    events = events_of(
        client.post("/question", json={"question": QUESTION}, headers=STREAM).get_data(as_text=True)
    )
    turns = [data for name, data in events if name == "turn"]
    assert len(turns) == 1 and events[-1][0] == "turn"
    assert (turns[0]["degraded"], turns[0]["answered_by"], turns[0]["logged"]) == (True, "extractive", True)
    assert "orange drop light" in turns[0]["answer"]


def test_a_sentence_with_a_made_up_number_is_never_shown(client: FlaskClient, model: FakeOpenAI) -> None:
    model.says(GOOD.replace("35 minutes", "95 minutes"))
    body = client.post("/question", json={"question": QUESTION}, headers=STREAM).get_data(as_text=True)
    assert "95 minutes" not in body
    assert [data["degraded"] for name, data in events_of(body) if name == "turn"] == [True]


LIES = (
    GOOD.replace("35 minutes", "53 minutes"),
    GOOD.replace("the Calder", "the Silvia"),
    GOOD.replace("please stay", "you cannot stay") + " We will refund the descaler [1].",
)


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_mended_once_and_never_shown(
    client: FlaskClient, assistant: Assistant, model: FakeOpenAI, lie: str
) -> None:
    model.says(lie, GOOD)
    body = client.post("/question", json={"question": QUESTION}, headers=STREAM).get_data(as_text=True)
    (turn,) = [data for name, data in events_of(body) if name == "turn"]
    assert len(model.requests) == 2 and "cannot be sent" in str(model.requests[1])
    assert (turn["degraded"], turn["answered_by"]) == (False, "test-model")
    assert "35 minutes" in turn["answer"]
    assert not any(word in body for word in ("53 minutes", "Silvia", "refund the descaler"))
    with assistant.database.connection() as connection:
        row = connection.execute(
            "SELECT trace->'checks' FROM turns WHERE id = %s", (turn["turn_id"],)
        ).fetchone()
    assert row is not None and len(row[0]) == 10 and all(check["passed"] for check in row[0])


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_told_twice_gives_the_extracted_answer(
    client: FlaskClient, model: FakeOpenAI, lie: str
) -> None:
    model.says(lie)
    body = client.post("/question", json={"question": QUESTION}, headers=STREAM).get_data(as_text=True)
    (turn,) = [data for name, data in events_of(body) if name == "turn"]
    assert (len(model.requests), turn["degraded"], turn["answered_by"]) == (2, True, "extractive")
    assert not any(word in body for word in ("53 minutes", "Silvia", "refund the descaler"))


def test_a_spent_budget_gives_the_extracted_answer_without_a_call(
    model: FakeOpenAI, assistant: Assistant, client_with: Callable[..., FlaskClient]
) -> None:
    client = client_of(model, assistant, client_with, calls_per_day=1)
    first, second = (client.post("/question", json={"question": QUESTION}).get_json() for _ in range(2))
    assert (first["degraded"], second["degraded"]) == (False, True)
    assert len(model.requests) == 1


def test_nothing_known_asks_no_model(client: FlaskClient, model: FakeOpenAI) -> None:
    turn = client.post(
        "/question", json={"question": "Who painted the ceiling of the Sistine Chapel?"}
    ).get_json()
    assert turn["outcome"] == "abstained"
    assert model.requests == []


# --- budgets -----------------------------------------------------------------------------------------


def with_budgets(
    model: FakeOpenAI, database: Database, sample: Path, **budgets: object
) -> tuple[Assistant, FlaskClient]:
    llm = LLMSettings("key", model.base_url, "test-model", 10.0, 1000, **budgets)  # type: ignore[arg-type]
    house = join(replace(load_settings(ENVIRONMENT, folder=sample), llm=llm), database)
    house.ingest(sample, source="shop")
    return house, create_app(house).test_client()


def asked(client: FlaskClient, conversation: str | None = None) -> dict[str, Any]:
    body = {"question": QUESTION} | ({"conversation_id": conversation} if conversation else {})
    turn: dict[str, Any] = client.post("/question", json=body).get_json()
    return turn


def test_when_a_conversation_has_had_its_calls_it_is_still_answered_and_others_have_theirs(
    model: FakeOpenAI, database: Database, sample: Path
) -> None:
    house, client = with_budgets(model, database, sample, calls_per_conversation=1)
    first = asked(client)
    assert (first["answered_by"], first["degraded"]) == ("test-model", False)
    again = asked(client, first["conversation_id"])
    assert (again["outcome"], again["answered_by"], again["degraded"]) == ("answered", "extractive", True)
    because = house.journal.traced(again["turn_id"]).trace.degraded_because
    assert "CUSTOMER_ASSIST_MODEL_CALLS_PER_CONVERSATION" in because
    assert asked(client)["answered_by"] == "test-model", "a conversation of its own, from its first question"
    assert len(model.requests) == 2


def test_questions_at_once_in_one_conversation_get_no_more_calls_than_it_has(
    model: FakeOpenAI, database: Database, sample: Path
) -> None:
    _, client = with_budgets(model, database, sample, calls_per_conversation=3)
    conversation = asked(client)["conversation_id"]
    with ThreadPoolExecutor(6) as threads:
        turns = list(threads.map(lambda _: asked(client.application.test_client(), conversation), range(12)))
    assert {turn["outcome"] for turn in turns} == {"answered"}
    assert len(model.requests) == 3 and sum(not turn["degraded"] for turn in turns) == 2


def test_when_the_days_money_is_spent_answers_are_extracted(
    model: FakeOpenAI, database: Database, sample: Path
) -> None:
    house, client = with_budgets(model, database, sample, budget_per_day=Decimal("0.0001"))
    unpriced = asked(client)
    assert (unpriced["answered_by"], unpriced["degraded"]) == ("extractive", True) and model.requests == []
    assert "price of test-model" in house.journal.traced(unpriced["turn_id"]).trace.degraded_because
    PriceStore(database).set(Price("test-model", Decimal(1), Decimal(1), "EUR"))
    assert asked(client)["answered_by"] == "test-model"
    spent = asked(client)
    assert (spent["outcome"], spent["answered_by"], spent["degraded"]) == ("answered", "extractive", True)
    assert "BUDGET_PER_DAY" in house.journal.traced(spent["turn_id"]).trace.degraded_because


def test_a_budget_that_cannot_be_kept_is_told_at_the_start(
    model: FakeOpenAI, database: Database, sample: Path
) -> None:
    house, _ = with_budgets(model, database, sample, budget_per_day=Decimal(1))
    with capture_logs() as logs:
        tell_of_budgets(house)
    [line] = [line for line in logs if line["event"] == "model_budget_cannot_be_kept"]
    assert "price of test-model" in line["reason"]
    PriceStore(database).set(Price("test-model", Decimal(1), Decimal(1), "EUR"))
    with capture_logs() as logs:
        tell_of_budgets(house)
    assert logs == []

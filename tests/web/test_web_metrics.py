"""GET /metrics, and what moves it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from answered_turns import answered, recorded
from customer_assist.bootstrap import Assistant, join
from customer_assist.config import LLMSettings, load_settings
from customer_assist.desk import Ask, Desk
from customer_assist.errors import StorageUnavailable
from customer_assist.model import Answer, Turn, Usage
from customer_assist.ports import AnswerRequest
from customer_assist.sampling import JUDGMENT
from customer_assist.signals import names
from customer_assist.signals.state import PATIENCE
from customer_assist.storage.database import Database
from customer_assist.storage.jobs import Job, JobStore
from customer_assist.storage.journal import Journal
from customer_assist.storage.judgments import JudgmentStore
from customer_assist.web.app import create_app
from customer_assist.web.limits import MAX_OPEN
from fakes import COMPLETION_TOKENS, PROMPT_TOKENS, FakeOpenAI, Reply
from web.conftest import ENVIRONMENT
from web.readings import Readings, series

ANSWERED, UNKNOWN = "Can I return opened coffee?", "Who painted the ceiling of the Sistine Chapel?"
DESCALE = "How do I descale the Calder?"
SAID = "Descale the Calder with one sachet of our descaler dissolved in 1 litre of lukewarm water [1]."
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def client(client_with: Callable[..., FlaskClient]) -> FlaskClient:
    """An application of the test's own, which has counted nothing yet."""
    return client_with()


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(SAID) as fake:
        yield fake


@pytest.fixture
def with_model(assistant: Assistant, sample: Path, model: FakeOpenAI) -> Iterator[FlaskClient]:
    settings = replace(
        load_settings(ENVIRONMENT, folder=sample),
        llm=LLMSettings("k", model.base_url, "test-model", 5.0, 700, budget_per_day=Decimal(5)),
    )
    with assistant.database.connection() as connection:
        connection.execute(
            "INSERT INTO prices VALUES ('test-model', 1, 2, 'EUR') ON CONFLICT (model) DO NOTHING"
        )
    yield create_app(join(settings, assistant.database)).test_client()
    with assistant.database.connection() as connection:
        connection.execute("DELETE FROM prices WHERE model = 'test-model'")


def desk_of(client: FlaskClient) -> Desk:
    desk: Desk = client.application.extensions["customer_assist"].assistant.desk
    return desk


def ask(client: FlaskClient, question: str, **more: object) -> dict[str, object]:
    reply: dict[str, object] = client.post("/question", json={"question": question, **more}).get_json()
    return reply


# --- form ------------------------------------------------------------------------------------------


def test_every_metric_that_is_named_is_shown_with_its_kind_and_labels_and_no_other(
    with_model: FlaskClient,
) -> None:
    ask(with_model, DESCALE)
    with_model.application.extensions["customer_assist.metrics"]._checks.labels("numbers").inc()
    shown = {
        family.name: (family.type, {label for sample in family.samples for label in sample.labels} - {"le"})
        for family in text_string_to_metric_families(Readings(with_model).text)
        if family.name.startswith(names.PREFIX)
    }
    assert shown == {
        signal.name.removesuffix("_total"): (signal.kind, set(signal.labels)) for signal in names.SIGNALS
    }


def test_without_a_language_model_nothing_is_said_of_one(client: FlaskClient) -> None:
    shown = {name for name, _ in Readings(client)}
    assert not shown & {signal.name.removeprefix(names.PREFIX) for signal in names.OF_A_MODEL}
    assert "knowledge_documents" in shown


def test_the_process_is_shown_as_prometheus_has_it(client: FlaskClient) -> None:
    assert (Readings(client).of("process_resident_memory_bytes") or 0) > 1e6


# --- turns -----------------------------------------------------------------------------------------


def test_each_turn_is_counted_once_by_its_outcome_and_timed_by_stage(client: FlaskClient) -> None:
    before = Readings(client)
    asked = [ask(client, question) for question in (ANSWERED, UNKNOWN, "Hello")]
    assert [turn["outcome"] for turn in asked] == ["answered", "abstained", "small_talk"]
    client.post("/question", json={"question": ANSWERED}, headers=STREAM).get_data()
    client.post("/question", json={"question": " "}).get_data()  # refused: no turn
    after = Readings(client)
    extracted = {"answered_by": "extracted", "degraded": "false"}
    assert after.moved(before, "turns_total", "turn_seconds_count", "turns_not_logged_total") == {
        series("turns_total", outcome="answered", **extracted): 2,
        series("turns_total", outcome="abstained", **extracted): 1,
        series("turns_total", outcome="small_talk", **extracted): 1,
        series("turn_seconds_count", stage="retrieve"): 3,
        series("turn_seconds_count", stage="answer"): 4,
        series("turn_seconds_count", stage="total"): 4,
    }
    spent = {
        stage: after.of("turn_seconds_sum", stage=stage) or 0 for stage in ("retrieve", "answer", "total")
    }
    assert spent["total"] == pytest.approx(spent["retrieve"] + spent["answer"]) and spent["retrieve"] > 0
    assert after.of("turn_seconds_bucket", stage="total", le="30.0") == 4


def test_ratings_are_counted_by_value_and_refused_ones_not(client: FlaskClient) -> None:
    turn = ask(client, "Hello")["conversation_id"]
    before = Readings(client)
    for value in (1, -1, 1, 2):
        client.post("/feedback", json={"conversation_id": turn, "feedback": value})
    client.post("/feedback", json={"conversation_id": str(uuid4()), "feedback": 1})
    assert Readings(client).moved(before, "ratings_total") == {
        series("ratings_total", value="1"): 2,
        series("ratings_total", value="-1"): 1,
    }


def test_a_handoff_is_counted_once_by_its_reason_and_a_persons_reply_as_a_persons(
    client: FlaskClient,
) -> None:
    conversation = str(ask(client, "Hello")["conversation_id"])
    before, desk = Readings(client), desk_of(client)
    handoff = desk.hand_over(conversation)
    assert desk.hand_over(conversation).id == handoff.id
    assert desk._handoffs.open(replace(handoff, id=str(uuid4()))).id == handoff.id  # two at the same moment
    desk.reply(handoff.id, "Here is a person.", "someone")
    moved = Readings(client).moved(before, "handoffs_opened_total", "turns_total")
    assert moved[series("handoffs_opened_total", reason="customer_wish")] == 1
    assert moved[series("turns_total", outcome="handed_off", answered_by="extracted", degraded="false")] == 1
    assert moved[series("turns_total", outcome="with_human", answered_by="human", degraded="false")] == 1
    assert sum(moved.values()) == 3
    desk.resolve(handoff.id)


class Refusing(Journal):
    """Takes no turn at the first time: somebody else speaks in the conversation by then."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.refused = False

    def record(self, turn: Turn, jobs: Sequence[Job] = ()) -> bool:
        self.refused, before = True, self.refused
        return super().record(turn, jobs) if before else False


class FullDisk(Journal):
    def record(self, turn: Turn, jobs: Sequence[Job] = ()) -> bool:
        raise StorageUnavailable("no space left on device")


def test_a_turn_that_is_made_anew_is_counted_once(assistant: Assistant) -> None:
    client = client_over(Refusing(assistant.database), assistant)
    assert ask(client, ANSWERED)["logged"] is True
    moved = Readings(client)
    assert moved.of("turns_total", outcome="answered", answered_by="extracted", degraded="false") == 1
    assert moved.of("turns_not_logged_total") == 0


def test_a_persons_reply_that_cannot_be_kept_does_not_go_out_and_is_no_turn(assistant: Assistant) -> None:
    conversation = str(assistant.desk.ask(Ask("Hello")).conversation_id)
    handoff = assistant.desk.hand_over(conversation)
    client = client_over(FullDisk(assistant.database), assistant)
    with pytest.raises(StorageUnavailable):
        desk_of(client).reply(handoff.id, "Here is a person.", "someone")
    assert not sum(value for (name, _), value in Readings(client).items() if name.startswith("turns_"))
    assistant.desk.resolve(handoff.id)


def client_over(journal: Journal, assistant: Assistant) -> FlaskClient:
    desk = assistant.desk.remembering(lambda _: journal, lambda handoffs: handoffs)
    return create_app(replace(assistant, desk=desk)).test_client()


def test_what_can_happen_begins_at_zero_so_that_its_first_time_is_an_increase(client: FlaskClient) -> None:
    shown = Readings(client)
    assert shown.of("turns_total", outcome="answered", answered_by="extracted", degraded="true") == 0
    assert shown.of("ratings_total", value="-1") == shown.of("handoffs_opened_total", reason="topic") == 0
    assert shown.of("turn_seconds_count", stage="total") == shown.of("turns_not_logged_total") == 0
    assert "_created" not in shown.text


def test_two_applications_count_apart(client: FlaskClient, client_with: Callable[..., FlaskClient]) -> None:
    other = client_with()
    before = Readings(other)
    ask(client, "Hello")
    assert not Readings(other).moved(before, "turns_total")


# --- the language model ----------------------------------------------------------------------------


def test_tokens_are_counted_for_every_call_that_came_to_its_end(
    with_model: FlaskClient, model: FakeOpenAI
) -> None:
    before = Readings(with_model)
    assert ask(with_model, DESCALE)["answered_by"] == "test-model"
    model.says(SAID.replace("1 litre", "7 litres"))  # a lie, twice: the extracted answer goes out
    assert ask(with_model, DESCALE)["degraded"] is True
    after = Readings(with_model)
    assert after.of("model_tokens_total", model="test-model", kind="prompt") == 3 * PROMPT_TOKENS
    assert after.of("model_tokens_total", model="test-model", kind="completion") == 3 * COMPLETION_TOKENS
    assert after.moved(before, "turns_total") == {
        series("turns_total", outcome="answered", answered_by="generated", degraded="false"): 1,
        series("turns_total", outcome="answered", answered_by="extracted", degraded="true"): 1,
    }


def test_calls_of_today_are_shown_beside_their_limit(
    with_model: FlaskClient, assistant: Assistant, sample: Path
) -> None:
    first = Readings(with_model)
    ask(with_model, DESCALE)
    fresh = create_app(with_model.application.extensions["customer_assist"].assistant).test_client()
    after = Readings(fresh)  # nothing is remembered there
    assert after.of("model_calls_today") == (first.of("model_calls_today") or 0) + 1
    assert after.of("model_calls_limit") == 700
    moved = (after.of("model_money_today") or 0) - (first.of("model_money_today") or 0)
    assert moved == pytest.approx((PROMPT_TOKENS + 2 * COMPLETION_TOKENS) / 1_000_000)
    assert after.of("model_money_limit") == 5


def test_what_waits_for_the_judge_is_shown_apart_from_notices(database: Database, sample: Path) -> None:
    settings = replace(
        load_settings(ENVIRONMENT, folder=sample), llm=LLMSettings("k", None, "test-model", 5.0, 700)
    )
    began = datetime.now(UTC)
    turns = [answered(asked_at=began - timedelta(hours=hours)) for hours in (1, 2, 3)]
    recorded(database, *turns)
    JudgmentStore(database).keep(turns[0].id, "NON_RELEVANT", "No.", Usage(1, 1), "critic", began)
    jobs = JobStore(database)
    [one, other] = [jobs.claim([JUDGMENT], began, timedelta(0)) for _ in range(2)]
    assert one is not None and other is not None
    jobs.given_up(one, "no judgment", began)
    jobs.failed(other, "no answer", began + timedelta(minutes=1))
    shown = Readings(create_app(join(settings, database)).test_client())
    assert [shown.of(f"judgments_{name}") for name in ("waiting", "given_up")] == [2, 1]
    assert 7100 < (shown.of("judgments_longest_wait_seconds") or 0) < 7400
    assert [shown.of(f"jobs_{name}") for name in ("due", "failing", "given_up")] == [0, 0, 0]
    assert shown.of("judged", relevance="NON_RELEVANT") == 1 and shown.of("judged", relevance="RELEVANT") == 0
    assert (shown.of("judge_calls_today"), shown.of("judge_calls_limit")) == (0, 50)


def test_a_model_that_keeps_failing_opens_the_breaker(with_model: FlaskClient, model: FakeOpenAI) -> None:
    assert Readings(with_model).of("model_breaker_open") == 0
    model.says(Reply(status=401))
    for _ in range(5):
        ask(with_model, DESCALE)
    assert Readings(with_model).of("model_breaker_open") == 1


# --- requests --------------------------------------------------------------------------------------


def test_requests_are_counted_by_pattern_method_and_class_of_status(client: FlaskClient) -> None:
    conversation = str(ask(client, "Hello")["conversation_id"])
    before = Readings(client)
    client.get(f"/conversations/{conversation}").get_data()
    client.get(f"/conversations/{uuid4()}").get_data()
    client.get("/customers/jane.doe@example.com").get_data()
    client.open("/question", method="BREW-jane").get_data()
    client.get("/static/chat.js").close()
    after = Readings(client)
    one = "/conversations/<conversation_id>"
    assert after.moved(before, "http_requests_total") == {
        series("http_requests_total", route=one, method="GET", status="2xx"): 1,
        series("http_requests_total", route=one, method="GET", status="4xx"): 1,
        series("http_requests_total", route="none", method="GET", status="4xx"): 1,
        series("http_requests_total", route="none", method="none", status="4xx"): 1,
        series("http_requests_total", route="/static/<path:filename>", method="GET", status="2xx"): 1,
        series("http_requests_total", route="/metrics", method="GET", status="2xx"): 1,  # the one before
    }
    assert after.of("http_request_seconds_count", route=one) == 2
    assert conversation not in after.text and "jane" not in after.text


class Breaking:
    """Fails after its first sentence, when the status of a stream was sent long ago."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield "Send it. "
        raise RuntimeError(request.question)


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_failure_is_counted_as_one_in_a_stream_too(
    client_with: Callable[..., FlaskClient], headers: dict[str, str]
) -> None:
    client = client_with(answerer=Breaking())
    client.post("/question", json={"question": ANSWERED}, headers=headers).get_data()
    assert Readings(client).of("http_requests_total", route="/question", method="POST", status="5xx") == 1


class Waiting:
    """Answers when it may; says when it has begun."""

    def __init__(self) -> None:
        self.begun, self.may = threading.Semaphore(0), threading.Event()

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        self.begun.release()
        assert self.may.wait(20)
        yield Answer("At last.")


def test_while_all_wait_the_metrics_are_shown_and_show_how_many(
    client_with: Callable[..., FlaskClient],
) -> None:
    answerer = Waiting()
    client = client_with(answerer=answerer, rate_limit=1000)
    app: Flask = client.application
    Readings(client)
    asking = [
        threading.Thread(target=lambda: ask(app.test_client(), ANSWERED), daemon=True)
        for _ in range(MAX_OPEN)
    ]
    for thread in asking:
        thread.start()
    for _ in asking:
        assert answerer.begun.acquire(timeout=20)
    refused = client.post("/question", json={"question": ANSWERED})
    assert refused.status_code == 429 and refused.get_json()
    started = time.monotonic()
    during = Readings(client)
    assert time.monotonic() - started < PATIENCE
    assert during.of("http_requests_open") == MAX_OPEN + 1
    assert during.of("http_requests_total", route="/question", method="POST", status="4xx") == 1
    answerer.may.set()
    for thread in asking:
        thread.join(20)
    after = Readings(client)
    assert after.of("http_requests_open") == 1
    assert after.of("http_requests_total", route="/question", method="POST", status="2xx") == MAX_OPEN


def test_a_client_that_goes_away_leaves_no_request_open(client: FlaskClient) -> None:
    reply = client.post("/question", json={"question": ANSWERED}, headers=STREAM)
    assert Readings(client).of("http_requests_open") == 2
    reply.close()
    assert Readings(client).of("http_requests_open") == 1


def test_a_reply_that_was_read_and_then_closed_ended_once(client: FlaskClient) -> None:
    reply = client.get("/health/live")
    assert reply.get_data()
    reply.close()
    shown = Readings(client)
    assert shown.of("http_requests_total", route="/health/live", method="GET", status="2xx") == 1
    assert shown.of("http_requests_open") == 1

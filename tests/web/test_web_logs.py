"""What is logged of requests and turns: enough to follow them, and nothing of what customers write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant, join
from customer_assist.config import LLMSettings, load_settings
from customer_assist.desk import Desk
from customer_assist.errors import StorageUnavailable
from customer_assist.logs import configure_logging
from customer_assist.model import Answer, Turn
from customer_assist.ports import AnswerRequest
from customer_assist.storage.journal import Journal
from customer_assist.web.app import create_app
from fakes import FakeOpenAI, Reply
from web.conftest import ENVIRONMENT, KEY
from web.readings import Readings

ANSWERED = "Can I return opened coffee?"
STREAM = {"Accept": "text/event-stream"}
EMAIL, PHONE, NAME, ORDER = (
    "petra.planted@example.org",
    "+44 20 7946 0958",
    "Petra Quillfeather",
    "BR-88-40917",
)
OPENAI_KEY, COMMENT, CUSTOMER = (
    "sk-planted-0123456789abcdef",
    "It rained on Tuesday",
    "customer-quillfeather-7",
)
PLANTED = (
    EMAIL,
    "petra",
    PHONE,
    "7946",
    NAME,
    "Quillfeather",
    ORDER,
    "40917",
    OPENAI_KEY,
    COMMENT,
    CUSTOMER,
    KEY,
)
QUESTION = (
    f"Can I return opened coffee? I am {NAME}, {EMAIL}, phone {PHONE}, order number {ORDER}, key {OPENAI_KEY}"
)
BODY = {
    "question": QUESTION,
    "customer": {"ref": CUSTOMER, "email": EMAIL},
    "locale": "Petra",
    "channel": f"form of {NAME}",
}

ANSWERABLE = BODY | {"question": f"How do I descale the Calder? My mail is {EMAIL}"}

Lines = Callable[[], list[dict[str, str]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Everything that was logged so far, of every level."""
    configure_logging("debug")
    said: list[str] = []

    def read() -> list[dict[str, str]]:
        said.extend(capsys.readouterr().err.splitlines())
        return [
            {name: value.strip('"') for name, value in re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)', line)}
            for line in said
        ]

    return read


@pytest.fixture
def client(client_with: Callable[..., FlaskClient]) -> FlaskClient:
    return client_with()


def desk_of(client: FlaskClient) -> Desk:
    desk: Desk = client.application.extensions["customer_assist"].assistant.desk
    return desk


def of(event: str, lines: Lines) -> list[dict[str, str]]:
    return [line for line in lines() if line["event"] == event]


# --- what is there ---------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_turn_has_one_line_with_what_finds_it_again(
    client: FlaskClient, lines: Lines, headers: dict[str, str]
) -> None:
    reply = client.post("/question", json={"question": ANSWERED}, headers=headers)
    assert "opened" in reply.get_data(as_text=True)
    [line] = of("turn", lines)
    assert line["turn_id"] == line["conversation_id"] and line["turn_id"] in reply.text
    assert (line["level"], line["outcome"], line["move"], line["channel"]) == (
        "info", "answered", "question", "api",
    )  # fmt: skip
    assert (line["answered_by"], line["degraded"], line["logged"]) == ("extractive", "false", "true")
    assert float(line["total_s"]) >= float(line["retrieve_s"]) > 0 and 0 < float(line["confidence"]) <= 1
    assert line["prompt_tokens"] == line["completion_tokens"] == "0" and int(line["knowledge_version"]) > 0
    assert line["request_id"] == reply.headers["X-Request-ID"]


def test_every_request_has_a_line_at_debug_with_its_pattern_and_id(client: FlaskClient, lines: Lines) -> None:
    reply = client.get("/conversations/jane.doe@example.com")
    assert reply.status_code == 404 and reply.get_data()
    [line] = of("request", lines)
    assert (line["method"], line["status"], line["level"]) == ("GET", "404", "debug")
    assert line["route"] == "/conversations/<conversation_id>"
    assert line["request_id"] == reply.headers["X-Request-ID"] and float(line["seconds"]) > 0


@pytest.mark.parametrize("given", ["b7a0-4f.Trace_9", "x" * 64])
def test_a_request_id_that_comes_in_goes_out(client: FlaskClient, lines: Lines, given: str) -> None:
    reply = client.post("/question", json={"question": "Hello"}, headers={"X-Request-ID": given})
    assert reply.headers.getlist("X-Request-ID") == [given] and reply.get_data()
    assert {line["request_id"] for line in lines()} == {given}


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "a b c d e f", EMAIL, "level=error", "ümlaut-12345"]
)
def test_a_request_id_that_is_none_is_replaced(client: FlaskClient, lines: Lines, given: str) -> None:
    ids = set()
    for _ in range(2):
        reply = client.get("/health/live", headers={"X-Request-ID": given})
        ids.add(reply.headers["X-Request-ID"])
        assert reply.get_data()
    assert len(ids) == 2 and all(re.fullmatch(r"[0-9a-f]{32}", each) for each in ids)
    assert {line["request_id"] for line in of("request", lines)} == ids


# --- what is not -----------------------------------------------------------------------------------


def nothing_planted(client: FlaskClient, capsys: pytest.CaptureFixture[str], *events: str) -> None:
    """Neither in the log, where these events must stand, nor in the metrics."""
    logged = capsys.readouterr().err
    assert all(f"event={event}" in logged for event in ("request", *events)), logged
    shown = Readings(client).text
    for word in PLANTED:
        assert word.lower() not in logged.lower() and word.lower() not in shown.lower(), word


@pytest.fixture
def debugging(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug")


@pytest.fixture
def planted(client: FlaskClient, debugging: None, capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    return lambda *events: nothing_planted(client, capsys, *events)


def test_what_a_customer_writes_is_in_no_line_and_no_metric(
    client: FlaskClient, planted: Callable[..., None]
) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": ORDER}
    turn = client.post("/question", json=BODY, headers=headers).get_json()
    client.post("/question", json=BODY, headers=headers | STREAM).get_data()
    rating = {
        "conversation_id": turn["conversation_id"],
        "feedback": -1,
        "comment": f"{COMMENT}, says {NAME}",
    }
    assert client.post("/feedback", json=rating).status_code == 200
    client.get(f"/conversations/{EMAIL}?after={NAME}").get_data()
    client.get(f"/{EMAIL}").get_data()
    client.get("/handoffs", headers={"Authorization": f"Bearer {OPENAI_KEY}"}).get_data()
    client.get("/handoffs", headers=headers).get_data()
    client.post("/question", json=BODY | {"customer": QUESTION}).get_data()
    client.post("/question", json=BODY | {"conversation_id": QUESTION}).get_data()
    client.post("/question", json=BODY | {"filters": {NAME: EMAIL}}).get_data()
    planted("turn", "rating")


def test_what_is_said_in_a_handoff_is_in_no_line_and_no_metric(
    client: FlaskClient, planted: Callable[..., None]
) -> None:
    first = client.post("/question", json=BODY).get_json()
    desk = desk_of(client)
    handoff = desk.hand_over(first["conversation_id"], email=EMAIL)
    assert NAME in handoff.summary and handoff.email == EMAIL
    client.post("/question", json=BODY | {"conversation_id": first["conversation_id"]}).get_data()
    desk.reply(handoff.id, f"Dear {NAME}, about {ORDER}: yes.", by=NAME)
    desk.resolve(handoff.id)
    planted("turn", "handoff")


class Exploding:
    """Fails with the customer's words in the error."""

    def __init__(self, error: type[Exception]) -> None:
        self._error = error

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield "Yes. "
        raise self._error(QUESTION) from ValueError(QUESTION)


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_an_error_that_quotes_a_customer_is_logged_without_its_text(
    client_with: Callable[..., FlaskClient],
    debugging: None,
    capsys: pytest.CaptureFixture[str],
    headers: dict[str, str],
) -> None:
    client = client_with(answerer=Exploding(RuntimeError))
    reply = client.post("/question", json=ANSWERABLE, headers=headers).get_data(as_text=True)
    assert "internal_error" in reply and NAME not in reply
    nothing_planted(client, capsys, "request_failed")


class FullDisk(Journal):
    """Fails as PostgreSQL would, in the middle of recording what a customer wrote."""

    def record(self, turn: Turn, jobs: object = ()) -> bool:
        with self._database.connection() as connection:
            connection.execute("SET LOCAL log_parameter_max_length_on_error = -1")
            connection.execute("SET LOCAL statement_timeout = 30")
            connection.execute("SELECT pg_sleep(5), %s::text", [turn.question])
        return True


def test_a_database_that_quotes_a_customer_is_not_repeated(
    assistant: Assistant, debugging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = assistant.desk.remembering(lambda _: FullDisk(assistant.database), lambda handoffs: handoffs)
    client = create_app(replace(assistant, desk=desk)).test_client()
    assert client.post("/question", json=BODY).get_json()["logged"] is False
    nothing_planted(client, capsys, "turn_not_logged", "turn")


def test_a_server_of_a_model_that_quotes_a_customer_is_not_repeated(
    assistant: Assistant, sample: Path, debugging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with FakeOpenAI(Reply(status=400, error=QUESTION), Reply(QUESTION), Reply(raw=QUESTION)) as model:
        llm = LLMSettings(OPENAI_KEY, model.base_url, "test-model", 5.0, 1000)
        settings = replace(load_settings(ENVIRONMENT, folder=sample), llm=llm)
        client = create_app(join(settings, assistant.database)).test_client()
        for _ in range(3):
            assert client.post("/question", json=ANSWERABLE).get_json()["degraded"] is True
    nothing_planted(client, capsys, "answer_degraded", "turn")


def test_a_channel_that_is_none_of_ours_is_not_repeated(client: FlaskClient, lines: Lines) -> None:
    client.post("/question", json=BODY).get_data()
    client.post("/question", json={"question": "Hello", "channel": "web"}).get_data()
    assert [line["channel"] for line in of("turn", lines)] == ["other", "web"]


@pytest.mark.parametrize("closed", [False, True])
def test_a_log_that_cannot_be_written_takes_no_answer_from_a_customer(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    full = Path("/dev/full").open("w")  # noqa: SIM115 - to be closed before it is written to
    if closed:
        full.close()
    monkeypatch.setattr("sys.stderr", full)
    configure_logging("debug")
    assert client.post("/question", json={"question": ANSWERED}).get_json()["logged"] is True
    monkeypatch.undo()
    with suppress(OSError):
        full.close()


def test_at_error_a_request_that_failed_is_still_told(
    client_with: Callable[..., FlaskClient], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("error")
    client = client_with(answerer=Exploding(StorageUnavailable))
    client.post("/question", json={"question": ANSWERED}).get_data()
    client.get("/health/live").get_data()
    logged = capsys.readouterr().err
    assert logged.count("event=request ") == 1 and "status=503" in logged and "route=/question" in logged

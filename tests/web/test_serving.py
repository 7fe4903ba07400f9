"""The server as a process: its start, its end by any means, and what comes over a real connection."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sse import events_of

from customer_assist.config import load_settings
from customer_assist.errors import ConfigurationError
from customer_assist.serving import HEADER_SECONDS, THREADS, serve
from fakes import FakeOpenAI, Reply
from server_process import ServerProcess, free_port, running_server

pytestmark = pytest.mark.slow
SAID = (
    "The tracking link is in the e-mail we send when the parcel leaves us [1]. "
    "The courier has it once the status is Shipped [1]. "
    "Letter post, which we use for small spare parts, has no tracking [1]."
)
WHERE = {"question": "Where is my order? Tracking a parcel"}


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(Reply(SAID, piece=4, delay=0.05)) as fake:
        yield fake


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serving") / "home"


@pytest.fixture(scope="module")
def environment(model: FakeOpenAI) -> dict[str, str]:
    return {"CUSTOMER_ASSIST_ENGINE": "lexical", "OPENAI_BASE_URL": model.base_url}


@pytest.fixture(scope="module")
def running(home: Path, sample: Path, environment: dict[str, str]) -> Iterator[ServerProcess]:
    with running_server(home, sample, environment) as server:
        yield server


def test_it_says_once_where_it_answers(running: ServerProcess) -> None:
    assert running.output.count(f"{running.base}/\n") == 1
    assert f"curl -s {running.base}/question" in running.output
    assert "granian" not in running.output.lower()
    assert requests.get(f"{running.base}/health/ready", timeout=10).json() == {"status": "ok"}


def test_an_answer_comes_in_pieces_while_it_is_written(running: ServerProcess) -> None:
    with requests.post(
        f"{running.base}/question",
        json=WHERE,
        headers={"Accept": "text/event-stream"},
        stream=True,
        timeout=20,
    ) as reply:
        arrived = [(time.monotonic(), piece) for piece in reply.iter_content(None)]
    events = events_of(b"".join(piece for _, piece in arrived).decode())
    names = [name for name, _ in events]
    assert names == ["delta", "delta", "delta", "turn"]
    assert arrived[-1][0] - arrived[0][0] > 0.3


def test_a_client_that_hangs_up_leaves_no_request_open_and_its_turn_is_logged(running: ServerProcess) -> None:
    body = json.dumps(WHERE).encode()
    head = (
        f"POST /question HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nX-Request-ID: hangs-up-1\r\n"
    )
    kinds = "Content-Type: application/json\r\nAccept: text/event-stream\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as connection:
        connection.sendall(f"{head}{kinds}".encode() + body)
        assert b"x-request-id: hangs-up-1" in connection.recv(1000).lower()
    deadline, shown = time.monotonic() + 20, ""
    while "requests_open 1.0" not in shown and time.monotonic() < deadline:
        shown = requests.get(f"{running.base}/metrics", timeout=10).text  # itself the one
    assert "customer_assist_http_requests_open 1.0\n" in shown
    assert 'route="/"' not in shown  # what the server does at its start is nobody's request
    [line] = [line for line in running.output.splitlines() if "hangs-up-1" in line]
    assert "event=turn " in line and "logged=true" in line


def test_a_turn_is_recorded_also_when_the_client_hangs_up(running: ServerProcess) -> None:
    hello = requests.post(f"{running.base}/question", json={"question": "Hello"}, timeout=20).json()
    conversation = hello["conversation_id"]
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    connection.request(
        "POST",
        "/question",
        json.dumps(WHERE | {"conversation_id": conversation}),
        {"Content-Type": "application/json", "Accept": "text/event-stream"},
    )
    connection.getresponse().read(10)
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset
    connection.close()
    questions: list[str] = []
    deadline = time.monotonic() + 15
    while len(questions) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
        turns = requests.get(f"{running.base}/conversations/{conversation}", timeout=10).json()["turns"]
        questions = [turn["question"] for turn in turns]
    assert questions == ["Hello", WHERE["question"]]


def test_bodies_that_stall_hold_only_a_part_of_the_threads_and_only_while_they_last(
    running: ServerProcess,
) -> None:
    half = b"POST /question HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    stalled = [socket.create_connection(("127.0.0.1", running.port), timeout=10) for _ in range(THREADS + 2)]
    for connection in stalled:
        connection.sendall(half)
    answered, _, _ = select.select(stalled, [], [], 10)
    assert answered and answered[0].recv(12) == b"HTTP/1.1 429"
    assert requests.get(f"{running.base}/health/live", timeout=10).json() == {"status": "ok"}
    for connection in stalled:
        connection.close()
    deadline = time.monotonic() + 10
    while (
        reply := requests.post(f"{running.base}/question", json={"question": "Hello"}, timeout=10)
    ).status_code == 429:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert reply.status_code == 200


def test_headers_that_stall_end_the_connection(running: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=HEADER_SECONDS + 5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-")
        said = connection.recv(1000)
    assert not said or said.startswith(b"HTTP/1.1 408")


def test_a_body_in_chunks_that_is_too_large_is_refused_as_such(running: ServerProcess) -> None:
    pieces = (b"a" * 100_000 for _ in range(11))
    headers = {"Content-Type": "application/json"}
    assert requests.post(f"{running.base}/question", pieces, headers=headers, timeout=20).status_code == 413


def test_a_worker_that_dies_is_replaced(running: ServerProcess) -> None:
    first = running.worker()
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{running.base}/health/live", timeout=2).ok:
                break
        except requests.ConnectionError:
            time.sleep(0.1)
    assert running.worker() != first
    assert requests.post(f"{running.base}/question", json=WHERE, timeout=20).json()["logged"] is True
    assert running.output.count("Chat page") == 1


def test_it_says_how_the_console_is_opened_and_where_its_key_is(running: ServerProcess) -> None:
    [line] = [line for line in running.output.splitlines() if line.startswith("Console")]
    assert re.search(rf"customer-assist console --api {running.base} ", line)
    key = Path(re.search(r"its key is in (\S+)\)", line)[1])  # type: ignore[index]
    headers = {"Authorization": f"Bearer {key.read_text().strip()}"}
    assert requests.get(f"{running.base}/handoffs", headers=headers, timeout=20).status_code == 200


def test_a_host_may_be_a_name(tmp_path: Path, sample: Path, environment: dict[str, str]) -> None:
    with running_server(
        tmp_path / "home", sample, environment | {"CUSTOMER_ASSIST_HOST": "localhost"}
    ) as server:
        assert f"http://localhost:{server.port}/\n" in server.output
        assert requests.get(f"{server.base}/health/live", timeout=10).ok


def test_a_host_that_is_none_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    settings = load_settings(
        {"CUSTOMER_ASSIST_HOST": "no host", "APP_PORT": str(free_port())}, folder=tmp_path
    )
    with pytest.raises(ConfigurationError, match="CUSTOMER_ASSIST_HOST='no host'"):
        serve(settings, None)


def test_a_taken_port_is_refused_before_anything_is_started(running: ServerProcess, tmp_path: Path) -> None:
    settings = load_settings(
        {"APP_PORT": str(running.port), "CUSTOMER_ASSIST_HOME": str(tmp_path / "home")}, folder=tmp_path
    )
    with pytest.raises(ConfigurationError, match=f"port {running.port}.*APP_PORT"):
        serve(settings, None)
    assert not (tmp_path / "home").exists()


def test_told_to_stop_it_stops_at_once_though_an_answer_is_under_way(
    running: ServerProcess, model: FakeOpenAI
) -> None:
    model.says(Reply(SAID, hang=20))
    with requests.Session() as session:
        socket_open = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
        socket_open.request("POST", "/question", json.dumps(WHERE), {"Content-Type": "application/json"})
        session.get(f"{running.base}/health/live", timeout=10)  # a second connection that stays open
        time.sleep(0.3)
        worker, started = running.worker(), time.monotonic()
        assert running.stop(signal.SIGINT) == 0
        assert time.monotonic() - started < 4
        socket_open.close()
    assert not Path(f"/proc/{worker}").exists()
    assert "Traceback" not in running.output


def test_killed_it_takes_its_worker_and_the_database_along(
    home: Path, sample: Path, environment: dict[str, str]
) -> None:
    with running_server(home, sample, environment) as server:
        worker = server.worker()
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + 20
    database = home / "postgres" / "data" / "postmaster.pid"
    while (Path(f"/proc/{worker}").exists() or database.exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{worker}").exists()
    assert not database.exists()


def test_a_worker_that_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    environment = {"POSTGRES_HOST": "127.0.0.1", "POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p"}
    server = ServerProcess(tmp_path / "home", tmp_path, environment | {"POSTGRES_PORT": str(free_port())})
    assert server.wait() == 1
    assert server.output.startswith("customer-assist: ") and server.output.count("\n") == 1

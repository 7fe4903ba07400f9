"""How many requests one client may send in a minute, and have open at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from customer_assist.model import Answer
from customer_assist.ports import AnswerRequest
from customer_assist.web import limits
from customer_assist.web.limits import MAX_OPEN, OpenRequests, RateLimiter, client_of

HELLO = {"question": "Hello"}
WHERE = {"question": "Where is my order? Tracking a parcel"}


class InPieces:
    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield "Here."
        yield Answer("Here.")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_client_that_asks_too_often_is_told_when_to_come_back(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(rate_limit=3)
    statuses = [client.post("/question", json=HELLO).status_code for _ in range(4)]
    refused = client.post("/question", json=HELLO, headers={"Accept": "text/event-stream"})
    assert statuses == [200, 200, 200, 429]
    assert refused.status_code == 429 and refused.get_json()["code"] == "rate_limited"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.post("/question", json=HELLO, environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200


def test_only_questions_count(client_with: Callable[..., FlaskClient]) -> None:
    client = client_with(rate_limit=1)
    for _ in range(3):
        assert client.post("/question", json={"question": 5}).status_code == 400
        assert client.get("/health/live").status_code == 200
    assert client.post("/question", json=HELLO).status_code == 200


def test_a_forwarded_address_is_believed_only_of_trusted_proxies(
    client_with: Callable[..., FlaskClient],
) -> None:
    direct, proxied = client_with(rate_limit=1), client_with(rate_limit=1, trusted_proxies=1)
    for client, second in ((direct, 429), (proxied, 200)):
        statuses = [
            client.post("/question", json=HELLO, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
            for n in range(2)
        ]
        assert statuses == [200, second]
    forged = {"X-Forwarded-For": "198.51.100.7, 192.0.2.0"}  # a client wrote the first, our proxy the last
    assert proxied.post("/question", json=HELLO, headers=forged).status_code == 429


def test_ratings_are_limited_too_and_apart_from_questions(client_with: Callable[..., FlaskClient]) -> None:
    client = client_with(rate_limit=2)
    asked = client.post("/question", json=HELLO).get_json()
    rating = {"conversation_id": asked["conversation_id"], "feedback": 1}
    replies = [client.post("/feedback", json=rating) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert int(replies[-1].headers["Retry-After"]) >= 1
    assert client.post("/question", json=HELLO).status_code == 200


@pytest.mark.parametrize(("rate_limit", "refusal"), [(100, 429), (0, 200)])
def test_a_client_has_a_number_of_requests_open_at_a_time_streams_too(
    client_with: Callable[..., FlaskClient], rate_limit: int, refusal: int
) -> None:
    client = client_with(answerer=InPieces(), rate_limit=rate_limit)
    stream = {"Accept": "text/event-stream"}
    streams = [client.post("/question", json=WHERE, headers=stream) for _ in range(MAX_OPEN)]
    assert all(reply.status_code == 200 for reply in streams)
    refused = client.post("/question", json=HELLO)
    assert refused.status_code == refusal
    if refusal == 429:
        assert refused.get_json()["code"] == "rate_limited" and "at once" in refused.get_json()["error"]
        assert refused.headers["Retry-After"] == "1"
        assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/health/live").status_code == 200
    elsewhere = client.post("/question", json=HELLO, environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert elsewhere.status_code == 200
    for reply in streams:
        reply.close()
    assert client.post("/question", json=HELLO).status_code == 200


def test_open_requests_behind_a_trusted_proxy_count_by_customer(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(answerer=InPieces(), rate_limit=100, trusted_proxies=1)
    headers = {"Accept": "text/event-stream", "X-Forwarded-For": "192.0.2.1"}
    streams = [client.post("/question", json=WHERE, headers=headers) for _ in range(MAX_OPEN)]
    assert client.post("/question", json=WHERE, headers=headers).status_code == 429
    other = client.post("/question", json=HELLO, headers={"X-Forwarded-For": "192.0.2.2"})
    assert other.status_code == 200
    for reply in streams:
        reply.close()


def test_clients_without_open_requests_are_forgotten() -> None:
    requests = OpenRequests()
    assert requests.enter("a")
    requests.leave("a")
    assert not requests._open


def test_any_60_seconds_hold_the_limit() -> None:
    clock = Clock()
    limiter = RateLimiter(2, clock)
    assert [limiter.wait("a"), limiter.wait("a"), limiter.wait("a")] == [0, 0, 60]
    clock.now = 59.5
    assert limiter.wait("a") == 1
    clock.now = 60.0
    assert [limiter.wait("a"), limiter.wait("a"), limiter.wait("a")] == [0, 0, 60]


def test_zero_is_no_limit() -> None:
    limiter = RateLimiter(0)
    assert not any(limiter.wait("a") for _ in range(1000))


def test_threads_together_get_no_more() -> None:
    limiter = RateLimiter(50)
    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(lambda _: limiter.wait("a") == 0, range(200)))
    assert sum(passed) == 50


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CLIENTS", 10)
    limiter = RateLimiter(1)
    for number in range(100):
        limiter.wait(str(number))
    assert len(limiter._asked) == 10
    assert limiter.wait("99") > 0 and limiter.wait("0") == 0


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("socket", "socket"),
        (None, "unknown"),
    ],
)
def test_a_client_is_an_address_or_an_ipv6_network(address: str | None, client: str) -> None:
    assert client_of(address) == client

"""Whatever is wrong with a request: `{"error", "code"}` with the fitting status, and never 500."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

JSON = {"Content-Type": "application/json"}
GOOD = b'{"question": "Hello"}'
BAD_BODIES: list[tuple[str, bytes, int]] = [
    ("no question", b"{}", 400),
    ("empty", b'{"question": ""}', 400),
    ("blank", b'{"question": " \\n\\t "}', 400),
    ("null", b'{"question": null}', 400),
    ("a number", b'{"question": 5}', 400),
    ("a list", b'{"question": ["Hello"]}', 400),
    ("a NUL", b'{"question": "a\\u0000b"}', 400),
    ("half a surrogate pair", b'{"question": "a\\ud800b"}', 400),
    ("a character too long", b'{"question": "' + b"a" * 4001 + b'"}', 400),
    ("100 kB", b'{"question": "' + b"a" * 100_000 + b'"}', 400),
    ("no JSON", b'{"question": ', 400),
    ("nothing", b"", 400),
    ("a JSON list", b"[]", 400),
    ("a JSON string", b'"{\\"question\\": \\"Hello\\"}"', 400),
    ("a JSON number", b"1", 400),
    ("invalid UTF-8", b'{"question": "\xff\xfe"}', 400),
    ("too many digits", b'{"question": ' + b"1" * 5000 + b"}", 400),
    ("too deep", b'{"question": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    ("a conversation that is a number", b'{"question": "Hello", "conversation_id": 7}', 400),
    ("a conversation that is empty", b'{"question": "Hello", "conversation_id": ""}', 404),
    ("a conversation that is no uuid", b'{"question": "Hello", "conversation_id": "x"}', 404),
    ("a customer without ref", b'{"question": "Hello", "customer": {}}', 400),
    ("a customer who is text", b'{"question": "Hello", "customer": "c"}', 400),
    ("no address", b'{"question": "Hello", "customer": {"ref": "c", "email": "nowhere"}}', 400),
    ("a long locale", b'{"question": "Hello", "locale": "' + b"x" * 36 + b'"}', 400),
    ("a channel that is a number", b'{"question": "Hello", "channel": 1}', 400),
    ("over a megabyte", b'{"question": "' + b"a" * 1_000_000 + b'"}', 413),
]


@pytest.mark.parametrize(("body", "status"), [pytest.param(b, s, id=name) for name, b, s in BAD_BODIES])
def test_a_bad_body_is_refused(client: FlaskClient, body: bytes, status: int) -> None:
    _refused(client.post("/question", data=body, headers=JSON), status)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
def test_what_is_no_json_by_its_type_is_refused(client: FlaskClient, content_type: str) -> None:
    _refused(client.post("/question", data=GOOD, headers={"Content-Type": content_type}), 415)
    _refused(client.post("/feedback", data=GOOD, headers={"Content-Type": content_type}), 415)


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "ü"])
def test_an_unusable_idempotency_key_is_refused(client: FlaskClient, key: str) -> None:
    headers = JSON | {"Idempotency-Key": key}
    _refused(client.post("/question", data=GOOD, headers=headers), 400)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/static/nothing.js", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/question", 405),
        ("PUT", "/feedback", 405),
        ("DELETE", "/conversations/x", 405),
        ("POST", "/", 405),
    ],
)
def test_a_wrong_address_or_method_is_refused(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    reply = client.open(path, method=method)
    _refused(reply, status)
    assert status != 405 or reply.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "body", "key", "said"),
    [
        ("/feedback", {"conversation_id": "c", "feedback": 2}, "k", "feedback must be the number 1 or -1"),
        ("/feedback", {"conversation_id": "c", "feedback": "1"}, "k", "feedback must be the number 1 or -1"),
        ("/feedback", {"feedback": 1}, "k", "conversation_id is missing: send it"),
        ("/question", {"question": 5}, "k", "question must be text"),
        ("/question", {"question": "Hi", "customer": "c"}, "k", "customer must be a JSON object"),
        (
            "/question",
            {"question": "Hi", "customer": {"ref": ""}},
            "k",
            "customer.ref is empty: send some text, or leave it out",
        ),
        (
            "/question",
            {"question": "Hi", "customer": {"ref": "c", "email": "x"}},
            "k",
            "customer.email must be an e-mail address: name@example.com",
        ),
        (
            "/question",
            {"question": "Hi", "locale": "x" * 36},
            "k",
            "locale is too long: send at most 35 characters",
        ),
        (
            "/question",
            {"question": "Hi"},
            "a b",
            "Idempotency-Key must be 1 to 255 printable ASCII characters without spaces",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words_for_people(
    client: FlaskClient, path: str, body: dict[str, Any], key: str, said: str
) -> None:
    reply = client.post(path, json=body, headers={"Idempotency-Key": key})
    assert reply.status_code == 400 and reply.get_json()["error"] == said


@pytest.mark.parametrize(
    ("size", "status"), [(3000, 200), (999_999, 400), (1_000_001, 413), (1_200_000, 413)]
)
def test_a_body_in_chunks_has_the_same_limit(client: FlaskClient, size: int, status: int) -> None:
    frame = len(b'{"question": ""}')
    body = b'{"question": "' + b"a" * (size - frame) + b'"}'
    reply = client.post(
        "/question",
        input_stream=BytesIO(body),
        headers=JSON,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert reply.status_code == status


def test_an_error_says_which_field_is_wrong_but_does_not_repeat_it(client: FlaskClient) -> None:
    reply = client.post("/question", json={"question": "Hello", "customer": {"ref": ["secret"]}})
    assert "customer.ref" in reply.get_json()["error"] and "secret" not in reply.text


def _refused(reply: Any, status: int) -> None:
    body = reply.get_json()
    assert reply.status_code == status
    assert set(body) == {"error", "code"}
    assert body["error"] and "\n" not in body["error"] and "Traceback" not in body["error"]
    assert body["code"].replace("_", "").isalpha() and body["code"].islower()

"""The webhook against a real receiver on loopback: the signature, what is not followed, and every way to fail."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from customer_assist.config import WebhookSettings
from customer_assist.errors import DeliveryFailed
from customer_assist.model import ConversationId, Handoff, HandoffReason, HandoffStatus
from customer_assist.notices.webhook import WebhookSender, handoff_opened, signature
from receivers import FakeWebhook

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ID = "6f8d4e0e-7a53-5a53-9f0e-0d7d1a0f3f10"
KEY = b"a key of twenty-four byte"
HANDOFF = Handoff(
    id="11111111-7a53-4a53-9f0e-0d7d1a0f3f10",
    conversation_id=ConversationId("22222222-7a53-4a53-9f0e-0d7d1a0f3f10"),
    reason=HandoffReason.TOPIC,
    detail="refunds",
    summary="My lamp is broken",
    message="A colleague will answer you.",
    email="ann@customer.example",
    customer_ref="c-1",
    status=HandoffStatus.WAITING,
    created_at=NOW,
)
TRANSCRIPT = [
    {"question": "Wo ist mein Päckchen?", "answer": "Im Laden."},
    {"question": "A person!", "answer": ""},
]
BODY = handoff_opened(ID, HANDOFF, TRANSCRIPT)


@pytest.fixture
def hook() -> Iterator[FakeWebhook]:
    with FakeWebhook() as receiver:
        yield receiver


def sender(hook: FakeWebhook, path: str = "", seconds: float = 10.0) -> WebhookSender:
    return WebhookSender(WebhookSettings(hook.url + path, KEY), lambda: NOW, seconds=seconds)


def test_what_is_posted_tells_of_the_handoff(hook: FakeWebhook) -> None:
    sender(hook, "/a?b=c").send(ID, BODY)
    [post] = hook.taken
    assert post.target == "/hook/a?b=c" and post.headers["Content-Type"] == "application/json"
    assert json.loads(post.body) == {
        "id": ID,
        "event": "handoff.opened",
        "created_at": "2026-03-01T12:00:00+00:00",
        "handoff": {
            "id": HANDOFF.id,
            "reason": "topic",
            "detail": "refunds",
            "conversation_id": HANDOFF.conversation_id,
            "summary": "My lamp is broken",
            "transcript": TRANSCRIPT,
            "customer": {"ref": "c-1", "email": "ann@customer.example"},
        },
    }


def test_the_signature_is_that_of_the_scheme() -> None:
    """The example of the Standard Webhooks libraries (their test with the message id msg_p5jXN8AQM9LWM0D4loKWxJek)."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_attempt_is_signed_for_its_own_time_under_the_same_id(hook: FakeWebhook) -> None:
    sender(hook).send(ID, BODY)
    later = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
    WebhookSender(WebhookSettings(hook.url, KEY), lambda: later).send(ID, BODY)
    for post, at in zip(hook.posts, (NOW, later), strict=True):
        assert post.headers["Webhook-Id"] == ID and post.body == BODY
        assert post.headers["Webhook-Timestamp"] == str(int(at.timestamp()))
        assert post.headers["Webhook-Signature"] == signature(KEY, ID, int(at.timestamp()), post.body)
    assert hook.posts[0].headers["Webhook-Signature"] != hook.posts[1].headers["Webhook-Signature"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_not_a_delivery(hook: FakeWebhook, status: int) -> None:
    with FakeWebhook() as elsewhere:
        hook.ends, hook.location = lambda _: status, elsewhere.url
        with pytest.raises(DeliveryFailed, match=f"{status}.*not followed"):
            sender(hook).send(ID, BODY)
        assert len(hook.posts) == 1 and not elsewhere.posts


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_is_a_delivery(hook: FakeWebhook, status: int) -> None:
    hook.ends, hook.says = lambda _: status, b""
    sender(hook).send(ID, BODY)


@pytest.mark.parametrize("status", [400, 401, 404, 410, 413, 429, 500, 503])
def test_anything_else_is_none_and_tried_again(hook: FakeWebhook, status: int) -> None:
    hook.ends = lambda _: status
    with pytest.raises(DeliveryFailed, match=f"answered {status}") as failed:
        sender(hook).send(ID, BODY)
    assert not failed.value.refused


def test_what_the_receiver_says_and_what_was_sent_are_in_no_error_and_no_log(hook: FakeWebhook) -> None:
    hook.ends, hook.says = lambda _: 500, b"ann@customer.example: unknown"
    with structlog.testing.capture_logs() as logs, pytest.raises(DeliveryFailed) as failed:
        sender(hook, "/token-in-path?key=in-query").send(ID, BODY)
    told = f"{failed.value}{logs}{WebhookSettings(hook.url, KEY)!r}"
    assert not any(secret in told for secret in ("ann@", "lamp", "token-in-path", "in-query", "twenty-four"))


def test_a_receiver_that_hangs_up_or_hangs_has_not_taken_it(hook: FakeWebhook) -> None:
    hook.ends = lambda number: "drop" if number == 1 else "hang"
    with pytest.raises(DeliveryFailed, match=r"broke off|cannot be reached"):
        sender(hook).send(ID, BODY)
    started = time.monotonic()
    with pytest.raises(DeliveryFailed, match="in time"):
        sender(hook, seconds=0.5).send(ID, BODY)
    assert time.monotonic() - started < 3 and len(hook.posts) == 2


def test_nobody_there_is_said_in_a_line(hook: FakeWebhook) -> None:
    hook.end()
    for call in (lambda: sender(hook).send(ID, BODY), sender(hook).check):
        with pytest.raises(
            DeliveryFailed, match=rf"127.0.0.1:{hook.port} cannot be reached \(Connection refused\)"
        ):
            call()


def test_a_check_reaches_the_port_and_posts_nothing(hook: FakeWebhook) -> None:
    sender(hook).check()
    assert not hook.posts


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "/hook", "http:///x"]
)
def test_nothing_but_http_is_spoken(url: str) -> None:
    with pytest.raises(DeliveryFailed, match="neither http nor https"):
        WebhookSender(WebhookSettings(url, KEY), lambda: NOW)


def test_proxies_and_passwords_of_the_environment_are_not_used(
    hook: FakeWebhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeWebhook() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        sender(hook).send(ID, BODY)
        assert len(hook.taken) == 1 and not proxy.posts

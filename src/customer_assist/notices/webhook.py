"""A webhook: JSON by POST, signed by the Standard Webhooks scheme, to the one address that is set.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from customer_assist.config import WebhookSettings
from customer_assist.errors import DeliveryFailed
from customer_assist.llm.deadline import Deadline, HangUp, within
from customer_assist.model import Handoff

HANDOFF_OPENED = "handoff.opened"
SECONDS = 30.0  # for one delivery, from looking up the receiver's name to its status
_SILENCE = 10.0  # of those, without a byte from the receiver


class WebhookSender:
    """Speaks to the receiver itself: no redirect, no proxy, no cookie, nothing read but the status."""

    def __init__(
        self, settings: WebhookSettings, now: Callable[[], datetime], *, seconds: float = SECONDS
    ) -> None:
        self._settings = settings
        self._now = now
        self._seconds = seconds
        address = urlsplit(settings.url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise DeliveryFailed("the webhook's address is neither http nor https")
        self._tls = address.scheme == "https"
        self._host = address.hostname
        self._port = address.port or (443 if self._tls else 80)
        self._target = (address.path or "/") + (f"?{address.query}" if address.query else "")

    def send(self, delivery_id: str, body: bytes) -> None:
        """Post `body`: once this returns, the receiver has answered 2xx.

        Raises DeliveryFailed; after that, too, it may have been taken. `delivery_id` is the same at every attempt.
        """
        posting = within(
            Deadline.after(self._seconds), lambda hang_up: self._post(delivery_id, body, hang_up)
        )
        try:
            status = next(posting)
        except TimeoutError as error:
            raise self._failed("did not answer in time") from error
        except ssl.SSLCertVerificationError as error:
            raise self._failed(f"has no certificate that can be trusted ({error.verify_message})") from error
        except http.client.HTTPException as error:
            raise self._failed(f"broke off ({type(error).__name__})") from error
        except (OSError, UnicodeError) as error:
            raise self._failed(f"cannot be reached ({getattr(error, 'strerror', None) or error})") from error
        finally:
            posting.close()
        if 300 <= status < 400:
            raise self._failed(f"redirects ({status}), which is not followed: set the final address")
        if not 200 <= status < 300:
            raise self._failed(f"answered {status}")

    def check(self) -> None:
        """Reach its port, and send nothing. Raises DeliveryFailed."""
        connection = self._connection()
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:
            raise self._failed(f"cannot be reached ({getattr(error, 'strerror', None) or error})") from error
        finally:
            connection.close()

    def _post(self, delivery_id: str, body: bytes, hang_up: HangUp) -> Iterator[int]:
        connection = self._connection()
        try:
            connection.connect()
            hang_up.on_hang_up(partial(connection.sock.shutdown, socket.SHUT_RDWR))
            at = int(self._now().timestamp())
            signed = signature(self._settings.key, delivery_id, at, body)
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "customer-assist",
                "Connection": "close",
                "Webhook-Id": delivery_id,
                "Webhook-Timestamp": str(at),
                "Webhook-Signature": signed,
            }
            connection.request("POST", self._target, body, headers)
            with connection.getresponse() as response:
                hang_up.on_hang_up(None)
                yield response.status
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=_SILENCE, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=_SILENCE)

    def _failed(self, why: str) -> DeliveryFailed:
        return DeliveryFailed(f"the webhook at {self._host}:{self._port} {why}")


def signature(key: bytes, delivery_id: str, at: int, body: bytes) -> str:
    """Of a delivery at `at`, in seconds since 1970."""
    digest = hmac.new(key, f"{delivery_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def handoff_opened(delivery_id: str, handoff: Handoff, transcript: Sequence[Mapping[str, object]]) -> bytes:
    """The body that tells of a new handoff: byte for byte the same at every attempt."""
    return json.dumps(
        {
            "id": delivery_id,
            "event": HANDOFF_OPENED,
            "created_at": handoff.created_at.isoformat(),
            "handoff": {
                "id": handoff.id,
                "reason": handoff.reason.value,
                "detail": handoff.detail,
                "conversation_id": handoff.conversation_id,
                "summary": handoff.summary,
                "transcript": [
                    {"question": turn.get("question", ""), "answer": turn.get("answer", "")}
                    for turn in transcript
                ],
                "customer": {"ref": handoff.customer_ref, "email": handoff.email},
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()

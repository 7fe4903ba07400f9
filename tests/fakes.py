"""Stand-ins for what is outside: real servers on loopback, so that the real clients run against them."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from customer_assist.errors import CallsSpent
from customer_assist.model import Usage

Request = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """How the fake answers one request."""

    text: str | Callable[[Request], str] = "Hello."
    status: int = 200
    error: str = "no"  # the message beside another status than 200
    retry_after: str = ""
    piece: int = 7  # characters a chunk
    delay: float = 0.0  # seconds before each chunk
    hang: float = 0.0  # seconds before anything at all
    die_after: int | None = None  # chunks, then the connection breaks
    end_after: int | None = None  # chunks, then the stream ends as if nothing was amiss
    drip: bool = False  # comments for ever, never a chunk
    raw: str | None = None  # sent as the body instead of a completion
    usage: bool = True
    finish: str = "stop"


class FakeOpenAI:
    """An OpenAI-compatible server: `/v1/chat/completions` (streamed or not) and `/v1/models`.

    Replies come from `script` in order; the last one repeats. Use as a context manager.
    """

    def __init__(self, *script: Reply | str) -> None:
        self.script: Sequence[Reply] = ()
        self.requests: list[Request] = []
        self.keys: list[str] = []
        self.sent: list[tuple[float, int]] = []  # of streams: when, by time.time, so many characters were out
        self._left = threading.Event()  # ends hangs and drips when the server is closed
        self.says(*(script or ("Hello.",)))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def says(self, *script: Reply | str) -> None:
        """Answer the requests from now on with these."""
        self.script = [Reply(reply) if isinstance(reply, str) else reply for reply in script]
        self._first = len(self.requests)

    def __enter__(self) -> FakeOpenAI:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def next_reply(self) -> Reply:
        return self.script[min(len(self.requests) - self._first, len(self.script)) - 1]

    def wait(self, seconds: float) -> bool:
        """False once the server is closed."""
        return not self._left.wait(seconds) if seconds else not self._left.is_set()

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                self._json(200, {"object": "list", "data": [{"id": "fake", "object": "model"}]})

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.keys.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
                fake.requests.append(request)
                reply = fake.next_reply()
                with contextlib.suppress(OSError):  # the client may be gone: that is what some tests do
                    fake.wait(reply.hang)
                    self._answer(request, reply)

            def _answer(self, request: Request, reply: Reply) -> None:
                if reply.status != 200:
                    self._json(reply.status, {"error": {"message": reply.error}}, reply.retry_after)
                elif reply.raw is not None:
                    self._send(200, "text/event-stream", reply.raw.encode())
                elif request.get("stream"):
                    self._stream(request, reply)
                else:
                    text = reply.text(request) if callable(reply.text) else reply.text
                    self._json(200, completion(text, reply))

            def _stream(self, request: Request, reply: Reply) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                while reply.drip and fake.wait(0.05):
                    self._write(": still there\n\n")
                for count, event in enumerate(events(request, reply)):
                    if reply.end_after == count:
                        return
                    if reply.die_after == count:
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                        self.connection.close()
                        return
                    if not fake.wait(reply.delay):
                        return
                    self._write(f"data: {event}\n\n")
                    fake.sent.append((time.time(), (count + 1) * reply.piece))

            def _write(self, text: str) -> None:
                self.wfile.write(text.encode())
                self.wfile.flush()

            def _json(self, status: int, body: object, retry_after: str = "") -> None:
                self._send(status, "application/json", json.dumps(body).encode(), retry_after)

            def _send(self, status: int, kind: str, body: bytes, retry_after: str = "") -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if retry_after:
                    self.send_header("Retry-After", retry_after)
                self.end_headers()
                self.wfile.write(body)

        return Handler


PROMPT_TOKENS, COMPLETION_TOKENS = 321, 45
_USAGE = {
    "prompt_tokens": PROMPT_TOKENS,
    "completion_tokens": COMPLETION_TOKENS,
    "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
}
_COMMON = {"id": "chatcmpl-1", "created": 1, "model": "fake"}


def completion(text: str, reply: Reply) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    return {**_COMMON, "object": "chat.completion", "choices": [choice], "usage": _USAGE}


def events(request: Request, reply: Reply) -> Iterator[str]:
    """The data lines of one streamed completion."""
    text = reply.text(request) if callable(reply.text) else reply.text

    def chunk(delta: dict[str, str], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return json.dumps({**_COMMON, "object": "chat.completion.chunk", "choices": [choice]})

    for start in range(0, len(text), reply.piece):
        yield chunk({"content": text[start : start + reply.piece]})
    yield chunk({}, reply.finish)
    if reply.usage and request.get("stream_options", {}).get("include_usage"):
        yield json.dumps({**_COMMON, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE})
    yield "[DONE]"


class Calls:
    """A CallBudget of so many calls."""

    def __init__(self, left: int = 1000) -> None:
        self.left = left
        self.used = Usage()

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise CallsSpent("the calls are spent")

    def spent(self, usage: Usage) -> None:
        self.used += usage


class HandClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


def seconds_of(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start

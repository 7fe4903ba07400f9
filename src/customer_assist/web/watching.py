"""Every request: counted, timed, named by an id that goes back to the client and into every line of the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog
from flask import Flask, Response, request
from structlog.contextvars import bound_contextvars

from customer_assist.signals.metrics import METHODS, NO_METHOD, NO_ROUTE, Metrics
from customer_assist.web.errors import Failure

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEADER = "X-Request-ID"
_ROUTE, _FAILED = "customer_assist.route", "customer_assist.failed"
_USABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger(__name__)


def watch_requests(app: Flask, metrics: Metrics) -> None:
    """Around everything that is around `app` already."""

    @app.after_request
    def _note_route(response: Response) -> Response:
        # The pattern, not the address: that holds ids, and a customer's name.
        request.environ[_ROUTE] = request.url_rule.rule if request.url_rule else NO_ROUTE
        return response

    app.wsgi_app = WatchedRequests(app.wsgi_app, metrics)  # type: ignore[method-assign]


def failure_noted() -> Callable[[Failure], None]:
    """To be told how the stream of the current request failed, whose status was sent long before."""
    environ = request.environ
    return lambda failure: environ.update({_FAILED: failure.status})


class WatchedRequests:
    """WSGI around `app`. A request ends with its last byte, of a stream too, or when its client has gone."""

    def __init__(self, app: Callable[..., Iterable[bytes]], metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen = _Seen(environ, self._metrics)
        try:
            with seen.named():
                return _Watched(self._app(environ, partial(seen.start, start_response)), seen)
        except BaseException:
            seen.end()
            raise


class _Seen:
    """What is known of one request."""

    def __init__(self, environ: WSGIEnvironment, metrics: Metrics) -> None:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        self._id = given if _USABLE.fullmatch(given) else uuid4().hex
        self._environ = environ
        self._metrics = metrics
        self._status = 500  # until another was sent
        self._begun: float | None = perf_counter()
        metrics.request_begins()

    def named(self) -> AbstractContextManager[None]:
        """While it lasts, lines of the log have the request's id. Held for single steps: a server may take each
        in another thread, and uses its threads again."""
        return bound_contextvars(request_id=self._id)

    def start(
        self, start_response: StartResponse, status: str, headers: list[tuple[str, str]], *more: Any
    ) -> Callable[[bytes], object]:
        self._status = int(status.split(" ", 1)[0])
        return start_response(status, [*headers, (HEADER, self._id)], *more)

    def end(self) -> None:
        """Again does nothing."""
        if self._begun is None:
            return
        seconds, self._begun = perf_counter() - self._begun, None
        status = int(self._environ.get(_FAILED, self._status))
        route = str(self._environ.get(_ROUTE, NO_ROUTE))
        method = str(self._environ["REQUEST_METHOD"])
        method = method if method in METHODS else NO_METHOD
        self._metrics.request_ends(route, method, status, seconds)
        with self.named():
            tell = log.error if status >= 500 else log.debug
            tell("request", method=method, route=route, status=status, seconds=round(seconds, 4))


class _Watched:
    """A reply's bytes on their way to the client."""

    def __init__(self, chunks: Iterable[bytes], seen: _Seen) -> None:
        self._chunks = chunks
        self._each = iter(chunks)
        self._seen = seen

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            with self._seen.named():
                return next(self._each)
        except BaseException:  # the end is one, too
            self._seen.end()
            raise

    def close(self) -> None:
        try:
            if close := getattr(self._chunks, "close", None):
                with self._seen.named():
                    close()
        finally:
            self._seen.end()

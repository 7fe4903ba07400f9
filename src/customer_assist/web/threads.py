"""One client gets only a part of the server's threads."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wsgi import ClosingIterator

from customer_assist.web.errors import TooManyAtOnce, failure_of
from customer_assist.web.limits import OpenRequests, client_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class ShareOfThreads:
    """WSGI around `app`: a POST holds a thread until its body was read and its last byte, of a stream too, was
    sent. Whoever holds many already is refused at once, before anything of the body is read.
    """

    def __init__(self, app: Flask) -> None:
        self._flask = app
        self._app = app.wsgi_app
        self._requests = OpenRequests()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":  # no other body is read
            return self._app(environ, start_response)
        client = client_of(environ.get("REMOTE_ADDR"))
        if not self._requests.enter(client):
            return self._refused(environ, start_response)
        try:
            return ClosingIterator(self._app(environ, start_response), partial(self._requests.leave, client))
        except BaseException:
            self._requests.leave(client)
            raise

    def _refused(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._flask.request_context(environ):
            response = self._flask.process_response(failure_of(TooManyAtOnce()).response())
            return response(environ, start_response)

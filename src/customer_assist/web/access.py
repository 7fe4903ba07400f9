"""What is not for customers: the routes of the people who run the business, each behind the admin key."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any, cast

from flask import current_app, request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.types import ResponseDict

from customer_assist.web.errors import TooManyRequests, Unauthorized
from customer_assist.web.limits import RateLimiter, client_of
from customer_assist.web.requests import refuse_what_is_no_json_object
from customer_assist.web.schemas import ErrorReply

SCHEME: dict[str, Any] = {
    "admin_key": {
        "type": "http",
        "scheme": "bearer",
        "description": "CUSTOMER_ASSIST_ADMIN_KEY, or admin.key.",
    }
}

# What such a route may reply beside what it is asked for, without a body and with one.
READING: ResponseDict = dict.fromkeys((400, 401, 404, 429, 503), ErrorReply)
WRITING: ResponseDict = READING | dict.fromkeys((413, 415), ErrorReply)
MISSES_PER_MINUTE = 30  # of one client: a guess has no chance, a mistyped key has


class Lock:
    """Lets in who sends the key, and slows down who guesses."""

    def __init__(self, key: str, misses: RateLimiter) -> None:
        self._key = _digest(key)
        self._misses = misses

    def check(self, authorization: str, client: str) -> None:
        """Raises Unauthorized, or TooManyRequests after too many wrong keys."""
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(_digest(given.strip()), self._key):
            return
        if given and (seconds := self._misses.wait(client)):
            raise TooManyRequests(seconds)
        raise Unauthorized


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


def admin_blueprint(name: str, *, json: bool = True) -> APIBlueprint:
    """One whose every route asks for the key first, and then, unless `json` is False, for a JSON object."""
    blueprint = APIBlueprint(name, __name__, abp_security=[{"admin_key": []}])

    @blueprint.before_request
    def _ask_for_the_key() -> None:
        lock = cast(Lock, current_app.extensions["customer_assist.lock"]())
        lock.check(request.headers.get("Authorization", ""), client_of(request.remote_addr))

    if json:
        blueprint.before_request(refuse_what_is_no_json_object)
    return blueprint

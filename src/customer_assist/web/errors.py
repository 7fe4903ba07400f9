"""Every failure as `{"error", "code"}` with its status; never a stack trace, never 500 for bad input."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from customer_assist.errors import (
    CustomerAssistError,
    DraftClosed,
    HandoffClosed,
    IdempotencyKeyReused,
    InvalidInput,
    NeedsConfirmation,
    RequestInProgress,
    StorageUnavailable,
    UnknownConversation,
    UnknownDocument,
    UnknownDraft,
    UnknownFilter,
    UnknownGap,
    UnknownHandoff,
    UnknownSuggestion,
    UnknownTurn,
)

_STATUSES: tuple[tuple[type[CustomerAssistError], int], ...] = (
    (RequestInProgress, 409),
    (IdempotencyKeyReused, 422),
    (UnknownFilter, 404),
    (InvalidInput, 400),  # after its own kinds
    (UnknownConversation, 404),
    (UnknownTurn, 404),
    (UnknownDocument, 404),
    (UnknownHandoff, 404),
    (HandoffClosed, 409),
    (UnknownSuggestion, 404),
    (UnknownDraft, 404),
    (UnknownGap, 404),
    (DraftClosed, 409),
    (NeedsConfirmation, 409),
)
_WHAT_TO_DO = {
    400: "the request cannot be understood: send JSON as /docs describes it",
    404: "there is nothing at this address: /docs lists what there is",
    405: "this address does not take that method: /docs lists which it takes",
    415: "the body must be JSON: send it with Content-Type: application/json",
}
_LONGEST = 400  # characters of a message: it may repeat what was sent
log = structlog.get_logger(__name__)


class TooManyRequests(CustomerAssistError):
    """A client asked too often; in `seconds` it may ask again."""

    code = "rate_limited"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests in a minute: try again in {seconds} s")
        self.seconds = seconds


class TooManyAtOnce(TooManyRequests):
    """A client has too many requests open."""

    def __init__(self) -> None:
        CustomerAssistError.__init__(
            self, "too many requests at once: wait for an answer before you send another"
        )
        self.seconds = 1


class Unauthorized(CustomerAssistError):
    """The admin key is missing or wrong."""

    code = "unauthorized"

    def __init__(self) -> None:
        super().__init__(
            "this is for the people who run the business: send Authorization: Bearer <key> with the key of "
            "CUSTOMER_ASSIST_ADMIN_KEY, or of admin.key in the home folder"
        )


@dataclass(frozen=True, slots=True)
class Failure:
    status: int
    error: str
    code: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, object]:
        return {"error": self.error, "code": self.code}

    def response(self) -> Response:
        response = jsonify(self.body)
        response.status_code = self.status
        response.headers.update(self.headers)
        return response


def failure_of(error: Exception) -> Failure:
    """What to say about an error. The rest goes to the log, under a number that the customer can name."""
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return Failure(status, _shortened(str(error)), error.code)
    if isinstance(error, TooManyRequests):
        return Failure(429, str(error), error.code, {"Retry-After": str(error.seconds)})
    if isinstance(error, Unauthorized):
        return Failure(401, str(error), error.code, {"WWW-Authenticate": "Bearer"})
    if isinstance(error, StorageUnavailable):
        log.error("storage_unavailable", reason=str(error))
        return Failure(
            503,
            "our records cannot be reached at the moment: try again in a minute",
            StorageUnavailable.code,
            {"Retry-After": "30"},
        )
    number = uuid4().hex[:12]
    # Not the error's text: it may hold what a customer wrote.
    frames = "".join(traceback.format_tb(error.__traceback__)[-4:])
    log.error("request_failed", number=number, error=type(error).__name__, frames=frames)
    return Failure(
        500, f"something went wrong on our side: try again, or tell us the number {number}", "internal_error"
    )


def answer_errors_as_json(app: Flask) -> None:
    """Let `app` answer every exception as a Failure."""

    @app.errorhandler(HTTPException)
    def _of_http(error: HTTPException) -> Response:
        response = error.get_response()
        status = error.code or 500
        if status < 400:  # a redirect
            return Response(response.get_data(), status, response.headers)
        code = re.sub(r"\W+", "_", error.name.lower())
        kept = {name: value for name, value in response.headers if name in ("Allow", "Retry-After")}
        what_to_do = _too_large() if status == 413 else _WHAT_TO_DO.get(status, error.name)
        return Failure(status, what_to_do, code, kept).response()

    @app.errorhandler(Exception)
    def _of_anything(error: Exception) -> Response:
        return failure_of(error).response()


def _too_large() -> str:
    """The bound of this very route: a file may be larger than a question."""
    most = (request.max_content_length or 0) // 1_000_000
    return f"the request is too large: send at most {most} MB"


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"

"""The Flask application over one assistant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Any

from flask import Response, jsonify, make_response, render_template
from flask_openapi.models.info import Info
from flask_openapi.openapi import OpenAPI
from pydantic import ValidationError
from werkzeug.middleware.proxy_fix import ProxyFix

from customer_assist.admin_key import admin_key
from customer_assist.bootstrap import Assistant
from customer_assist.signals.metrics import Metrics
from customer_assist.signals.state import State
from customer_assist.signals.turn_log import TurnLog
from customer_assist.signals.watching import watched
from customer_assist.web.access import MISSES_PER_MINUTE, SCHEME, Lock
from customer_assist.web.api import EVENT_STREAM, Service, api, meta
from customer_assist.web.articles import articles
from customer_assist.web.compression import compress_files
from customer_assist.web.documents import documents
from customer_assist.web.drafts import drafts
from customer_assist.web.errors import Failure, answer_errors_as_json
from customer_assist.web.evaluation import evaluation
from customer_assist.web.facts import facts
from customer_assist.web.gaps import gaps
from customer_assist.web.headers import send_security_headers
from customer_assist.web.inbox import inbox
from customer_assist.web.limits import RateLimiter
from customer_assist.web.metrics import KEY as METRICS
from customer_assist.web.metrics import metrics as metrics_page
from customer_assist.web.origins import keep_to_origins
from customer_assist.web.schemas import ErrorReply, describe
from customer_assist.web.settings import settings
from customer_assist.web.stats import stats
from customer_assist.web.suggestions import suggestions
from customer_assist.web.threads import ShareOfThreads
from customer_assist.web.traces import traces
from customer_assist.web.uploads import uploads
from customer_assist.web.watching import watch_requests

AREAS = (
    api,
    inbox,
    suggestions,
    documents,
    articles,
    uploads,
    facts,
    drafts,
    gaps,
    traces,
    settings,
    stats,
    evaluation,
    metrics_page,
)
_A_FILE = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
MAX_BODY = 1_000_000  # bytes; a question that is too long is still read, to say so


def create_app(assistant: Assistant) -> OpenAPI:
    """The API, its description and the chat page. Loads nothing and asks nothing of the database yet."""
    app = OpenAPI(
        __name__,
        info=Info(
            title="Customer Support Assistant",
            version=version("customer-assist"),
            description="Answers customers' questions from a business's own knowledge, with sources.",
        ),
        validation_error_status=400,
        validation_error_model=ErrorReply,
        validation_error_callback=_refusal,
        security_schemes=SCHEME,
        doc_ui=False,  # its pages load scripts from elsewhere; /docs is our own
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    metrics = Metrics(State(assistant))
    assistant = replace(assistant, desk=watched(assistant.desk, metrics, TurnLog()))
    app.extensions[METRICS] = metrics
    per_minute = assistant.settings.rate_limit
    app.extensions["customer_assist"] = Service(
        assistant, RateLimiter(per_minute), RateLimiter(per_minute), {}
    )
    if per_minute:
        app.wsgi_app = ShareOfThreads(app)  # type: ignore[method-assign]  # inside ProxyFix: it knows the client
    if proxies := assistant.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    for area in AREAS:
        app.register_api(area)
    app.extensions["customer_assist.lock"] = _lock_of(assistant)
    _add_pages(app)
    answer_errors_as_json(app)
    keep_to_origins(app, assistant.settings.origins)  # before the next: what is said last is said first
    send_security_headers(app)
    compress_files(app)
    watch_requests(app, metrics)  # last, to be outermost
    return app


def _lock_of(assistant: Assistant) -> Callable[[], Lock]:
    """Made when it is first needed: a program that serves nobody makes no key."""
    return cache(lambda: Lock(admin_key(assistant.settings), RateLimiter(MISSES_PER_MINUTE)))


def _add_pages(app: OpenAPI) -> None:
    description = _openapi_document(app)

    @app.route("/")
    def chat_page() -> str:
        return render_template("chat.html", meta=meta())

    @app.route("/widget.js")
    def widget() -> Response:
        return app.send_static_file("widget.js")

    @app.route("/docs")
    def documentation() -> str:
        return render_template("docs.html", api=description)

    @app.route("/openapi.json")
    def openapi_document() -> Response:
        return jsonify(description)


def _openapi_document(app: OpenAPI) -> dict[str, Any]:
    """What flask-openapi makes of the routes, less the refusals it adds where nothing can be refused, and
    with the other form of an answer."""
    document: dict[str, Any] = app.api_doc
    for path in document["paths"].values():
        for operation in path.values():
            refusal = operation["responses"].get("400", {})
            if (
                refusal.get("content", {}).get("application/json", {}).get("schema", {}).get("type")
                == "array"
            ):
                del operation["responses"]["400"]
    answer = document["paths"]["/question"]["post"]["responses"]["200"]
    answer["content"][EVENT_STREAM] = {"schema": {"type": "string"}}
    for path in ("/documents/preview", "/documents/upload"):
        document["paths"][path]["post"]["requestBody"] = _A_FILE
    loaded = document["paths"]["/documents/upload"]["post"]["responses"]["200"]
    loaded["content"][EVENT_STREAM] = {"schema": {"type": "string"}}
    return document


def _refusal(error: ValidationError) -> Response:
    return make_response(Failure(400, describe(error), "invalid_input").response())

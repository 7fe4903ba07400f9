"""The routes of the API: each parses, calls the desk and renders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Response, current_app, jsonify, request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from flask_openapi.types import ResponseDict
from pydantic import BaseModel

from customer_assist.answering.replies import greeting, unreachable
from customer_assist.asking import DEMO, MAX_QUESTION, Ask
from customer_assist.bootstrap import Assistant, utc_now
from customer_assist.business import EMPTY_PROFILE
from customer_assist.dialogue.promises import when_answered
from customer_assist.errors import InvalidInput, StorageUnavailable
from customer_assist.model import Turn
from customer_assist.storage.replies import StoredReply
from customer_assist.web.errors import Failure, TooManyRequests
from customer_assist.web.idempotency import claim
from customer_assist.web.limits import RateLimiter, client_of
from customer_assist.web.render import conversation_reply, example_questions, handoff_reply, turn_reply
from customer_assist.web.requests import refuse_what_is_no_json_object
from customer_assist.web.schemas import (
    ConversationPath,
    ConversationQuery,
    ConversationReply,
    ErrorReply,
    FeedbackBody,
    FeedbackReply,
    HandoffBody,
    HandoffReply,
    HealthReply,
    IdempotencyHeader,
    MetaReply,
    QuestionBody,
    TurnReply,
)
from customer_assist.web.streaming import Body, TurnStream, event
from customer_assist.web.watching import failure_noted

JSON = "application/json"
EVENT_STREAM = "text/event-stream"
_CUSTOMERS = Tag(name="Customers", description="What a chat window or a form needs.")
_OPERATORS = Tag(name="Operation", description="Whether the assistant works.")
_REFUSALS: ResponseDict = dict.fromkeys((400, 403, 404, 409, 413, 415, 422, 500), ErrorReply)
_EXAMPLES_FROM = 300  # documents that example questions are chosen from


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes work with."""

    assistant: Assistant
    limiter: RateLimiter
    rating_limiter: RateLimiter
    examples: dict[int, list[str]]  # by knowledge version


api = APIBlueprint("api", __name__)


def service() -> Service:
    return cast(Service, current_app.extensions["customer_assist"])


api.before_request(refuse_what_is_no_json_object)


@api.post(
    "/question",
    tags=[_CUSTOMERS],
    responses={**_REFUSALS, 200: TurnReply, 429: ErrorReply},
)
def ask_question(header: IdempotencyHeader, body: QuestionBody) -> Response:
    """Ask a question.

    With `Accept: text/event-stream` the answer comes as events: `delta` {"text"} with one or more whole
    sentences each, then one `turn`, which is what is sent otherwise, or one `error`.
    """
    house = service()
    client = client_of(request.remote_addr)
    if seconds := house.limiter.wait(client):
        raise TooManyRequests(seconds)
    events = house.assistant.desk.stream(_ask(body))
    claimed = claim(house.assistant.replies, "question", client, header.key, body)
    if isinstance(claimed, StoredReply):
        return _replayed(claimed)
    try:
        if _wants_events():
            return _event_stream(TurnStream(events, claimed, _turn_body, failure_noted()))
        for item in events:
            if isinstance(item, Turn):
                turn = _turn_body(item)
        claimed.finish(turn)
        return jsonify(turn)
    except BaseException:
        claimed.abandon()
        raise


@api.post(
    "/feedback",
    tags=[_CUSTOMERS],
    responses={**_REFUSALS, 200: FeedbackReply, 429: ErrorReply, 503: ErrorReply},
)
def give_feedback(header: IdempotencyHeader, body: FeedbackBody) -> Response:
    """Say whether an answer helped."""
    house = service()
    client = client_of(request.remote_addr)
    if seconds := house.rating_limiter.wait(client):
        raise TooManyRequests(seconds)
    assistant = house.assistant
    claimed = claim(assistant.replies, "feedback", client, header.key, body)
    if isinstance(claimed, StoredReply):
        return _replayed(claimed)
    try:
        assistant.desk.rate(
            body.conversation_id, body.feedback, turn_id=body.turn_id, comment=body.comment or ""
        )
    except BaseException:
        claimed.abandon()
        raise
    reply = _body(
        FeedbackReply(message=f"Feedback received for conversation {body.conversation_id}: {body.feedback}")
    )
    claimed.finish(reply)
    return jsonify(reply)


@api.get(
    "/conversations/<conversation_id>",
    tags=[_CUSTOMERS],
    responses={200: ConversationReply, **dict.fromkeys((400, 403, 404, 503), ErrorReply)},
)
def show_conversation(path: ConversationPath, query: ConversationQuery) -> Response:
    """A conversation's turns, oldest first."""
    assistant = service().assistant
    desk = assistant.desk
    promise = when_answered(assistant.library.current().profile, utc_now())
    handoff = desk.latest_handoff(
        path.conversation_id
    )  # before the turns: all that was said until it ended is there
    turns = desk.conversation(path.conversation_id, query.after)
    assistant.outbox.shown(path.conversation_id, turns)
    return jsonify(_body(conversation_reply(path.conversation_id, turns, handoff, promise)))


@api.post(
    "/conversations/<conversation_id>/handoff",
    tags=[_CUSTOMERS],
    responses={**_REFUSALS, 200: HandoffReply, 429: ErrorReply, 503: ErrorReply},
)
def ask_for_a_human(path: ConversationPath, body: HandoffBody) -> Response:
    """Ask for a person. Again: the same handoff, with the e-mail address that was given last."""
    house = service()
    if seconds := house.limiter.wait(client_of(request.remote_addr)):
        raise TooManyRequests(seconds)
    try:
        handoff = house.assistant.desk.hand_over(path.conversation_id, body.email or "")
    except StorageUnavailable as error:
        profile = house.assistant.library.current().profile
        return Failure(503, unreachable(profile), error.code, {"Retry-After": "30"}).response()
    return jsonify(_body(handoff_reply(handoff)))


@api.get("/meta", tags=[_CUSTOMERS], responses={200: MetaReply, 403: ErrorReply})
def describe_assistant() -> Response:
    """What to show before the first question: whose assistant it is, and that no person answers."""
    return jsonify(_body(meta()))


@api.get("/health/live", tags=[_OPERATORS], responses={200: HealthReply, 403: ErrorReply})
def live() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@api.get("/health/ready", tags=[_OPERATORS], responses={200: HealthReply, 403: ErrorReply, 503: ErrorReply})
def ready() -> Response:
    """Questions can be answered and recorded: the database is there, and so is knowledge."""
    assistant = service().assistant
    assistant.documents.version()
    if not assistant.library.current().size:
        return Failure(
            503, "there is no knowledge yet: load some with customer-assist ingest", "no_knowledge"
        ).response()
    return jsonify(status="ok")


def meta() -> MetaReply:
    """Also without a database: then of nobody in particular."""
    house = service()
    profile, demo, examples = EMPTY_PROFILE, False, list[str]()
    try:
        snapshot = house.assistant.library.current()
        profile, demo = snapshot.profile, snapshot.demo
        examples = _examples(house, snapshot.version)
    except StorageUnavailable:
        pass
    return MetaReply(
        business=profile.name,
        greeting=greeting(profile),
        automated=True,
        demo=demo,
        examples=examples,
        max_question=MAX_QUESTION,
        language=profile.language,
        color=profile.color,
    )


def _examples(house: Service, version: int) -> list[str]:
    examples = house.examples.get(version)
    if examples is None:  # another thread may clear what is set here
        examples = example_questions(house.assistant.documents.list(limit=_EXAMPLES_FROM))
        house.examples.clear()
        house.examples[version] = examples
    return examples


def _ask(body: QuestionBody) -> Ask:
    if body.channel == DEMO:
        raise InvalidInput('the channel "demo" is kept for sample traffic: send another, or none')
    return Ask(
        question=body.question,
        conversation_id=body.conversation_id,
        channel=body.channel or "api",
        locale=body.locale or "",
        customer_ref=body.customer.ref if body.customer else "",
        email=(body.customer.email or "") if body.customer else "",
        filters=body.filters or {},
    )


def _wants_events() -> bool:
    return request.accept_mimetypes.best_match((JSON, EVENT_STREAM)) == EVENT_STREAM


def _event_stream(chunks: TurnStream | tuple[bytes, ...]) -> Response:
    response = Response(chunks, mimetype=EVENT_STREAM)
    response.headers["X-Accel-Buffering"] = "no"  # a proxy in front is to pass every event on at once
    return response


def _replayed(stored: StoredReply) -> Response:
    body = dict(stored.body)
    if request.endpoint == "api.ask_question" and _wants_events():
        return _event_stream((event("turn", body),))
    response = jsonify(body)
    response.status_code = stored.status
    return response


def _turn_body(turn: Turn) -> Body:
    return _body(turn_reply(turn))


def _body(reply: BaseModel) -> Body:
    """`url` is the one field that may be left out; all others are always set."""
    return reply.model_dump(mode="json", exclude_unset=True)

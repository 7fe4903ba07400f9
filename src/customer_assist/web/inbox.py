"""The inbox: conversations that wait for a person, or are in one's hands, and all that there were."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict

from flask import Response, jsonify, request
from flask_openapi.models.tag import Tag
from flask_openapi.types import ResponseDict
from pydantic import BaseModel

from customer_assist.bootstrap import utc_now
from customer_assist.desk import Desk
from customer_assist.dialogue.promises import when_answered
from customer_assist.errors import StorageUnavailable, UnknownConversation
from customer_assist.model import RecordedTurn, Turn
from customer_assist.storage.replies import StoredReply
from customer_assist.web.access import READING, WRITING, admin_blueprint
from customer_assist.web.api import service
from customer_assist.web.idempotency import claim
from customer_assist.web.inbox_schemas import (
    ConversationsQuery,
    ConversationsReply,
    ConversationSummaryReply,
    HandoffDetailReply,
    HandoffPath,
    HandoffsQuery,
    HandoffsReply,
    HandoffSummaryReply,
    HumanReplyBody,
    ReasonReply,
    ResolveBody,
    TakeBody,
)
from customer_assist.web.limits import client_of
from customer_assist.web.render import conversation_reply, handoff_detail, handoff_summary, turn_reply
from customer_assist.web.schemas import (
    ConversationPath,
    ConversationReply,
    ErrorReply,
    IdempotencyHeader,
    TurnReply,
)

inbox = admin_blueprint("inbox")
_INBOX = Tag(name="Inbox", description="For the people who run the business: with the admin key.")
_CHANGING: ResponseDict = WRITING | {409: ErrorReply}


@inbox.get("/handoffs", tags=[_INBOX], responses={**READING, 200: HandoffsReply})
def list_handoffs(query: HandoffsQuery) -> Response:
    """Those that wait first, then those in somebody's hands, then what is over; each oldest first."""
    handoffs = service().assistant.handoffs
    return _sent(
        HandoffsReply(
            handoffs=[handoff_summary(handoff) for handoff in handoffs.list(query.status, query.limit)],
            reasons=[ReasonReply.model_validate(asdict(count)) for count in handoffs.reasons(query.status)],
        )
    )


@inbox.get("/handoffs/<handoff_id>", tags=[_INBOX], responses={**READING, 200: HandoffDetailReply})
def show_handoff(path: HandoffPath) -> Response:
    """One, with the transcript until it was handed over and the conversation as it is now."""
    handoffs = service().assistant.handoffs
    handoff = handoffs.get(path.handoff_id)
    turns = _turns(_desk(), handoff.conversation_id)
    return _sent(handoff_detail(handoff, handoffs.transcript(handoff.id), turns))


@inbox.post("/handoffs/<handoff_id>/take", tags=[_INBOX], responses={**_CHANGING, 200: HandoffSummaryReply})
def take_handoff(path: HandoffPath, body: TakeBody) -> Response:
    """From now on you speak, and the assistant is silent. Also takes it from somebody else."""
    return _sent(handoff_summary(_desk().take(path.handoff_id, _name(body.by))))


@inbox.post(
    "/handoffs/<handoff_id>/reply", tags=[_INBOX], responses={**_CHANGING, 422: ErrorReply, 200: TurnReply}
)
def reply_to_customer(path: HandoffPath, header: IdempotencyHeader, body: HumanReplyBody) -> Response:
    """Say something to the customer, in Markdown; takes the conversation where nobody did yet."""
    client = client_of(request.remote_addr)
    endpoint = f"handoffs/{path.handoff_id}/reply"
    claimed = claim(service().assistant.replies, endpoint, client, header.key, body)
    if isinstance(claimed, StoredReply):
        return jsonify(dict(claimed.body))
    try:
        reply = turn_reply(_replied(path.handoff_id, body)).model_dump(mode="json", exclude_unset=True)
    except BaseException:
        claimed.abandon()
        raise
    claimed.finish(reply)
    return jsonify(reply)


def _replied(handoff_id: str, body: HumanReplyBody) -> Turn:
    suggestions, used, by = service().assistant.suggestions, body.suggestion, _name(body.by)
    if used:
        suggestions.check(used.id, used.draft)
    turn = _desk().reply(handoff_id, body.text, by)
    if used:
        with suppress(StorageUnavailable):  # what was said was said
            suggestions.used(used.id, used.draft, body.text, by=by, at=turn.asked_at)
    return turn


@inbox.post(
    "/handoffs/<handoff_id>/resolve", tags=[_INBOX], responses={**_CHANGING, 200: HandoffSummaryReply}
)
def resolve_handoff(path: HandoffPath, body: ResolveBody) -> Response:
    """Leave the conversation to the assistant, which begins anew."""
    return _sent(handoff_summary(_desk().resolve(path.handoff_id)))


@inbox.get("/conversations", tags=[_INBOX], responses={**READING, 200: ConversationsReply})
def list_conversations(query: ConversationsQuery) -> Response:
    """The newest first; go on with `before`, the conversation_id of the last one."""
    found = service().assistant.conversations.page(query.limit, query.before, query.outcome)
    conversations = [ConversationSummaryReply.model_validate(asdict(each)) for each in found]
    return _sent(ConversationsReply(conversations=conversations))


@inbox.get(
    "/conversations/<conversation_id>/transcript",
    tags=[_INBOX],
    responses={**READING, 200: ConversationReply},
)
def show_transcript(path: ConversationPath) -> Response:
    """A conversation's turns, oldest first. The customer has not seen them by that, as `GET /conversations/<id>`
    would have it."""
    assistant, desk = service().assistant, _desk()
    promise = when_answered(assistant.library.current().profile, utc_now())
    handoff = desk.latest_handoff(path.conversation_id)
    turns = desk.conversation(path.conversation_id)
    return _sent(conversation_reply(path.conversation_id, turns, handoff, promise))


def _desk() -> Desk:
    return service().assistant.desk


def _turns(desk: Desk, conversation_id: str) -> list[RecordedTurn]:
    with suppress(UnknownConversation):  # its first turn was not recorded: the database went away in between
        return desk.conversation(conversation_id)
    return []


def _name(by: str | None) -> str:
    return " ".join((by or "").split())


def _sent(reply: BaseModel) -> Response:
    return jsonify(reply.model_dump(mode="json", exclude_unset=True))

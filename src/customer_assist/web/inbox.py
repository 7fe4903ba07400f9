"""The inbox: conversations that wait for a person, or are in one's hands."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi.models.tag import Tag

from customer_assist.web.access import admin_blueprint
from customer_assist.web.api import service
from customer_assist.web.render import handoff_summary
from customer_assist.web.schemas import ErrorReply, HandoffsQuery, HandoffsReply

inbox = admin_blueprint("inbox")
_INBOX = Tag(name="Inbox", description="For the people who run the business: with the admin key.")


@inbox.get(
    "/handoffs",
    tags=[_INBOX],
    responses={200: HandoffsReply, 400: ErrorReply, 401: ErrorReply, 429: ErrorReply, 503: ErrorReply},
)
def list_handoffs(query: HandoffsQuery) -> Response:
    """Those that wait first, then those in somebody's hands, then what is over; each oldest first."""
    found = service().assistant.handoffs.list(query.status, query.limit)
    reply = HandoffsReply(handoffs=[handoff_summary(handoff) for handoff in found])
    return jsonify(reply.model_dump(mode="json"))

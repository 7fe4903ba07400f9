"""Documents to be: drafted from what a person replied, edited, then published or rejected."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi.models.tag import Tag
from flask_openapi.types import ResponseDict

from customer_assist.learning import Learning, Published
from customer_assist.proposals import DraftDocument
from customer_assist.web.access import READING, WRITING, admin_blueprint
from customer_assist.web.agent_schemas import (
    DraftDocumentReply,
    DraftPath,
    DraftsQuery,
    DraftsReply,
    EditDraftBody,
    NewDraftBody,
    PublishBody,
    PublishedReply,
)
from customer_assist.web.api import service
from customer_assist.web.schemas import ErrorReply

drafts = admin_blueprint("drafts")
_TAG = Tag(name="Drafts", description="Documents to be, from what people replied: with the admin key.")
_CHANGING: ResponseDict = WRITING | {409: ErrorReply}


@drafts.post("/drafts", tags=[_TAG], responses={**_CHANGING, 200: DraftDocumentReply})
def make_draft(body: NewDraftBody) -> Response:
    """From a turn that a person wrote (again: the same draft), or from question, text and title."""
    learning = service().assistant.learning
    if body.turn_id:
        draft = learning.draft_reply(body.turn_id)
    else:
        questions = [body.question, *body.questions] if body.question else body.questions
        draft = learning.draft(body.title, questions, body.text)
    return jsonify(draft_body(draft, learning))


@drafts.get("/drafts", tags=[_TAG], responses={**READING, 200: DraftsReply})
def list_drafts(query: DraftsQuery) -> Response:
    """Those of a status, the latest first, with the turns that each would have answered."""
    assistant = service().assistant
    found = assistant.drafts.list(query.status, query.limit, query.offset)
    reply = DraftsReply.model_validate({"drafts": [draft_body(each, assistant.learning) for each in found]})
    return jsonify(reply.model_dump(mode="json"))


@drafts.get("/drafts/<draft_id>", tags=[_TAG], responses={**READING, 200: DraftDocumentReply})
def show_draft(path: DraftPath) -> Response:
    """One of them."""
    assistant = service().assistant
    return jsonify(draft_body(assistant.drafts.get(path.draft_id), assistant.learning))


@drafts.put("/drafts/<draft_id>", tags=[_TAG], responses={**_CHANGING, 200: DraftDocumentReply})
def edit_draft(path: DraftPath, body: EditDraftBody) -> Response:
    """Change title, questions or text of an open one; what is left out stays."""
    learning = service().assistant.learning
    return jsonify(draft_body(learning.edit(path.draft_id, body.title, body.questions, body.text), learning))


@drafts.post("/drafts/<draft_id>/publish", tags=[_TAG], responses={**_CHANGING, 200: PublishedReply})
def publish_draft(path: DraftPath, body: PublishBody) -> Response:
    """Make it a document, which answers at once. 409 where somebody should look again: then `confirm`."""
    learning = service().assistant.learning
    return jsonify(published_body(learning.publish(path.draft_id, confirm=body.confirm), learning))


@drafts.post("/drafts/<draft_id>/reject", tags=[_TAG], responses={**_CHANGING, 200: DraftDocumentReply})
def reject_draft(path: DraftPath) -> Response:
    """Nothing becomes of it. Send an empty object."""
    learning = service().assistant.learning
    return jsonify(draft_body(learning.reject(path.draft_id), learning))


def draft_body(draft: DraftDocument, learning: Learning) -> dict[str, object]:
    """As JSON; the command line prints the same."""
    personal = [asdict(left) for left in learning.left(draft)]
    reply = DraftDocumentReply.model_validate({**asdict(draft), "personal": personal})
    return reply.model_dump(mode="json")


def published_body(published: Published, learning: Learning) -> dict[str, object]:
    reply = PublishedReply.model_validate(
        {
            "draft": draft_body(published.draft, learning),
            "document": asdict(published.document),
            "version": published.version,
            "notices": published.notices,
            "tried": [asdict(each) for each in published.tried],
        }
    )
    return reply.model_dump(mode="json")

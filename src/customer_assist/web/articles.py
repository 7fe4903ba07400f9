"""A document before a customer sees it: how it would look, and whether what is asked finds it."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi.models.tag import Tag

from customer_assist.answering.cleaning import clean, left_out
from customer_assist.answering.extractive import shown_title
from customer_assist.evaluation.missing_facts import key_of_fact
from customer_assist.indexing import Snapshot
from customer_assist.model import Document
from customer_assist.suggesting import decided
from customer_assist.text.placeholders import fill
from customer_assist.text.steps import steps
from customer_assist.web.access import WRITING, admin_blueprint
from customer_assist.web.agent_schemas import DocumentBody
from customer_assist.web.api import service
from customer_assist.web.article_schemas import (
    FoundReply,
    LackingReply,
    LeftOutReply,
    ShownReply,
    TriedQuestionReply,
    TriedQuestionsReply,
    TryBody,
)
from customer_assist.web.documents import document_from_body

articles = admin_blueprint("articles")
_TAG = Tag(name="Documents", description="What the business knows: with the admin key.")


@articles.post("/documents/shown", tags=[_TAG], responses={**WRITING, 200: ShownReply})
def show_as_customers_see_it(body: DocumentBody) -> Response:
    """A document as customers would be shown it: placeholders filled, and without what no answer uses. It is kept
    nowhere."""
    document = document_from_body("preview", body, "preview")
    reply = _shown(document, service().assistant.library.current())
    return jsonify(reply.model_dump(mode="json"))


@articles.post("/documents/tried", tags=[_TAG], responses={**WRITING, 200: TriedQuestionsReply})
def try_questions(body: TryBody) -> Response:
    """Which document each of these questions finds first, and whether that would be answered. Nothing is recorded."""
    snapshot = service().assistant.library.current()
    reply = TriedQuestionsReply(tried=[_tried(question, snapshot) for question in body.questions])
    return jsonify(reply.model_dump(mode="json"))


def _shown(document: Document, snapshot: Snapshot) -> ShownReply:
    filled = fill(clean(document, snapshot.vouched).text, snapshot.facts, {})
    return ShownReply(
        title=shown_title(document, snapshot.facts, snapshot.vouched),
        text=filled.text,
        steps=list(steps(filled.text)),
        left_out=[
            LeftOutReply(sentence=each.sentence, why=each.why)
            for each in left_out(document, snapshot.vouched)
        ],
        lacking=[
            LackingReply(name=name, profile_key=key_of_fact(name, document.text)) for name in filled.missing
        ],
        lost=list(filled.lost),
    )


def _tried(question: str, snapshot: Snapshot) -> TriedQuestionReply:
    trace = decided(question, (), snapshot).trace
    verdict, first = trace.verdict, trace.hits[0].document if trace.hits else None
    return TriedQuestionReply(
        question=question,
        decision=verdict.decision.value if verdict else "decline",
        confidence=verdict.confidence if verdict else 0.0,
        first=FoundReply(document_id=first.id, title=first.heading) if first else None,
    )

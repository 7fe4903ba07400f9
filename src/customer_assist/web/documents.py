"""What the business knows, one document at a time."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi.models.tag import Tag

from customer_assist.bootstrap import Assistant
from customer_assist.errors import InvalidInput, UnknownDocument
from customer_assist.ingestion import CONSOLE, put_document
from customer_assist.knowledge.columns import (
    ID_COLUMNS,
    QUESTION_COLUMNS,
    TEXT_COLUMNS,
    TITLE_COLUMNS,
    URL_COLUMNS,
    column_key,
)
from customer_assist.knowledge.documents import document_from
from customer_assist.knowledge.identity import Identities
from customer_assist.knowledge.rows import Record, RowProblem
from customer_assist.model import Document
from customer_assist.web.access import READING, WRITING, admin_blueprint
from customer_assist.web.agent_schemas import (
    DeletedReply,
    DocumentBody,
    DocumentDetailReply,
    DocumentPath,
    DocumentReply,
    DocumentsQuery,
    DocumentsReply,
    PutReply,
)
from customer_assist.web.api import service

documents = admin_blueprint("documents")
_TAG = Tag(name="Documents", description="What the business knows: with the admin key.")
_PARTS = {*QUESTION_COLUMNS, *TEXT_COLUMNS, *TITLE_COLUMNS, *ID_COLUMNS, *URL_COLUMNS}
_ONE = "/documents/<path:document_id>"  # an id may hold a slash


@documents.get("/documents", tags=[_TAG], responses={**READING, 200: DocumentsReply})
def list_documents(query: DocumentsQuery) -> Response:
    """By id: all of them, those of a source, or those in which every word of `search` stands."""
    page = service().assistant.catalogue.page(
        text=query.search, source=query.source, offset=query.offset, limit=query.limit
    )
    found = [document_reply(document) for document in page.documents]
    reply = DocumentsReply(documents=found, total=page.total, sources=page.sources)
    return jsonify(reply.model_dump(mode="json"))


@documents.get(_ONE, tags=[_TAG], responses={**READING, 200: DocumentDetailReply})
def show_document(path: DocumentPath) -> Response:
    """One as it is kept, and where it came from where that was a person's reply."""
    assistant = service().assistant
    document = _known(assistant, path.document_id)
    draft = assistant.drafts.of_document(document.id)
    learned = None if draft is None else {"draft_id": draft.id, "turn_id": draft.turn_id}
    reply = DocumentDetailReply.model_validate({**asdict(document), "learned_from": learned})
    return jsonify(reply.model_dump(mode="json"))


@documents.put(_ONE, tags=[_TAG], responses={**WRITING, 200: PutReply})
def put_one(path: DocumentPath, body: DocumentBody) -> Response:
    """Create or replace one. Its rules are those of a file's rows; a running server follows at once."""
    assistant = service().assistant
    there = assistant.documents.get(path.document_id)
    document = document_from_body(path.document_id, body, there.source if there else CONSOLE)
    put = put_document(document, assistant.documents, assistant.vectors_of)
    reply = PutReply(
        document=document_reply(document), created=put.created, version=put.version, notices=list(put.notices)
    )
    return jsonify(reply.model_dump(mode="json"))


@documents.delete(_ONE, tags=[_TAG], responses={**READING, 200: DeletedReply})
def delete_one(path: DocumentPath) -> Response:
    """What stands in a file comes back with its next ingest."""
    assistant = service().assistant
    document = _known(assistant, path.document_id)
    version = assistant.documents.delete([document.id])
    return jsonify(DeletedReply(deleted=document.id, version=version).model_dump(mode="json"))


def document_reply(document: Document) -> DocumentReply:
    return DocumentReply.model_validate(asdict(document))


def _known(assistant: Assistant, document_id: str) -> Document:
    document = assistant.documents.get(document_id)
    if document is None:
        raise UnknownDocument(f"there is no document {document_id[:100]!r}: GET /documents lists all")
    return document


def document_from_body(document_id: str, body: DocumentBody, source: str) -> Document:
    """As an ingest would read it from a row. Raises InvalidInput for what it would call a bad row."""
    fields = {column_key(name): value for name, value in body.fields.items()}
    own: dict[str, object] = {
        "id": document_id,
        "title": body.title,
        "questions": list(body.questions),
        "text": body.text,
        "url": body.url or "",
    }
    if taken := sorted(fields.keys() & _PARTS):
        raise InvalidInput(f"{taken[0]!r} is a part of a document and cannot be one of its fields")
    try:
        read = document_from(Record("document", 1, fields | own), source, Identities(source))
    except RowProblem as problem:
        raise InvalidInput(f"the document {problem}") from problem
    if read.id != document_id:
        raise InvalidInput("a document's id neither begins nor ends with a space")
    return read

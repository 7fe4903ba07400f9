"""What customers asked and the knowledge does not answer; and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from flask import Response, jsonify
from flask_openapi.models.tag import Tag

from customer_assist.bootstrap import Assistant
from customer_assist.errors import InvalidInput, UnknownDocument
from customer_assist.ingestion import put_document
from customer_assist.insights.conflicts import Conflicts
from customer_assist.insights.gap_book import LastDays, Standing
from customer_assist.insights.gaps import Gap, Nearest
from customer_assist.knowledge.rows import MAX_CHARACTERS
from customer_assist.web.access import READING, WRITING, admin_blueprint
from customer_assist.web.agent_schemas import DraftDocumentReply, PutReply
from customer_assist.web.api import service
from customer_assist.web.documents import document_reply
from customer_assist.web.drafts import draft_body
from customer_assist.web.gap_schemas import (
    ConflictsReply,
    GapBody,
    GapDismissedReply,
    GapPath,
    GapsQuery,
    GapsReply,
    GapWaysBody,
)

gaps = admin_blueprint("gaps")
_TAG = Tag(name="Gaps", description="What the knowledge lacks: with the admin key.")
_WAIT = 10.0  # seconds; after them the reply says that it is not ready


@gaps.get("/gaps", tags=[_TAG], responses={**READING, 200: GapsReply})
def list_gaps(query: GapsQuery) -> Response:
    """Open questions of the period, put together by what they ask, those of most customers first."""
    period = LastDays(query.days, query.channel)
    assistant = service().assistant
    return jsonify(gaps_body(assistant.gaps.standing(period, _WAIT), period, assistant))


@gaps.get("/conflicts", tags=[_TAG], responses={**READING, 200: ConflictsReply})
def list_conflicts() -> Response:
    """Sentences of different articles that contradict each other, and articles that say the same."""
    return jsonify(conflicts_body(service().assistant.conflicts.standing(_WAIT)))


@gaps.post("/gaps/<gap_id>/draft", tags=[_TAG], responses={**WRITING, 200: DraftDocumentReply})
def draft_gap(path: GapPath, body: GapBody) -> Response:
    """A draft with the gap's questions, whose text is to be written; again: the same, while it is open."""
    learning = service().assistant.learning
    gap = _gap(path, body)
    return jsonify(draft_body(learning.draft_of_questions(gap.title, gap.ways, gap.turn_ids), learning))


@gaps.post("/gaps/<gap_id>/ways", tags=[_TAG], responses={**WRITING, 200: PutReply})
def add_ways(path: GapPath, body: GapWaysBody) -> Response:
    """Its questions become ways of asking for an article, the nearest unless another is named; it is put aside."""
    assistant = service().assistant
    gap = _gap(path, body)
    wanted = body.document_id or (gap.nearest.document_id if gap.nearest else "")
    if not wanted:
        raise InvalidInput("no article is near: name one as document_id")
    document = assistant.documents.get(wanted)
    if document is None:
        raise UnknownDocument(f"there is no document {wanted[:100]!r}: GET /documents lists all")
    asked = tuple(dict.fromkeys((*document.questions, *(body.questions or gap.ways))))
    if sum(map(len, asked)) + len(document.text) > MAX_CHARACTERS:
        raise InvalidInput(f"the article gets too long: at most {MAX_CHARACTERS:,} characters are read")
    put = put_document(replace(document, questions=asked), assistant.documents, assistant.vectors_of)
    assistant.gaps.dismiss(gap)
    there = assistant.documents.get(wanted) or document
    reply = PutReply(
        document=document_reply(there), created=put.created, version=put.version, notices=list(put.notices)
    )
    return jsonify(reply.model_dump(mode="json"))


@gaps.post("/gaps/<gap_id>/dismiss", tags=[_TAG], responses={**WRITING, 200: GapDismissedReply})
def dismiss_gap(path: GapPath, body: GapBody) -> Response:
    """Nothing is to be done about it. It comes back once as many have asked again."""
    gap = _gap(path, body)
    service().assistant.gaps.dismiss(gap)
    return jsonify(GapDismissedReply(id=gap.id, dismissed=True).model_dump(mode="json"))


@gaps.post("/gaps/<gap_id>/restore", tags=[_TAG], responses={**WRITING, 200: GapDismissedReply})
def restore_gap(path: GapPath, body: GapBody) -> Response:
    """It counts again."""
    gap = _gap(path, body)
    service().assistant.gaps.restore(gap)
    return jsonify(GapDismissedReply(id=gap.id, dismissed=False).model_dump(mode="json"))


def _gap(path: GapPath, body: GapBody) -> Gap:
    return service().assistant.gaps.gap(path.gap_id, LastDays(body.days, body.channel), _WAIT)


def gaps_body(standing: Standing, period: LastDays, assistant: Assistant) -> dict[str, object]:
    """As JSON; the command line prints the same."""
    since, until = assistant.gaps.bounds(period)
    drafts = assistant.drafts.to_questions()
    found = standing.gaps
    reply = GapsReply.model_validate(
        {
            "days": period.days,
            "since": found.since if found else since,
            "until": found.until if found else until,
            "ready": standing.fresh,
            "by": found.by if found else "",
            "questions": found.questions if found else 0,
            "conversations": found.conversations if found else 0,
            "minimum": found.minimum if found else 0,
            "ungrouped": found.ungrouped if found else 0,
            "gaps": [_gap_body(gap, drafts) for gap in (found.gaps if found else ())],
        }
    )
    return reply.model_dump(mode="json")


def conflicts_body(found: Conflicts | None) -> dict[str, object]:
    """As JSON; the command line prints the same."""
    if found is None:
        return ConflictsReply(
            ready=False, documents=0, statements=0, conflicts=[], duplicates=[]
        ).model_dump()
    return ConflictsReply.model_validate({**asdict(found), "ready": True}).model_dump(mode="json")


def _gap_body(gap: Gap, drafts: Sequence[tuple[str, frozenset[str]]]) -> dict[str, object]:
    """`drafts`: with the messages that each is to answer, the latest first."""
    return {
        **asdict(gap),
        "trend": {"this_half": gap.this_half, "half_before": gap.half_before},
        "nearest": None if gap.nearest is None else _nearest_body(gap.nearest),
        "draft_id": next((draft for draft, turns in drafts if not turns.isdisjoint(gap.turn_ids)), None),
    }


def _nearest_body(nearest: Nearest) -> dict[str, object]:
    advice = "add_ways_of_asking" if nearest.is_asked else "write_article"
    return {**asdict(nearest), "advice": advice}

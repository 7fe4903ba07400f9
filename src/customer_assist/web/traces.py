"""Why a turn ended as it did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi.models.tag import Tag

from customer_assist.model import Citation, RecordedHit, RecordedTrace, TracedTurn
from customer_assist.storage.history import History, Since
from customer_assist.web.access import READING, admin_blueprint
from customer_assist.web.api import service
from customer_assist.web.trace_schemas import TraceReply, TurnPath
from customer_assist.web.why import why

traces = admin_blueprint("traces")
_TAG = Tag(name="Traces", description="Why an answer is as it is: with the admin key.")


@traces.get("/turns/<turn_id>/trace", tags=[_TAG], responses={**READING, 200: TraceReply})
def show_trace(path: TurnPath) -> Response:
    """What was searched for and found, what the gate decided, what was checked, and what changed since."""
    assistant = service().assistant
    recorded = assistant.journal.traced(path.turn_id)
    since = History(assistant.database).since(recorded.turn.knowledge_version, recorded.trace.candidates)
    return jsonify(trace_body(recorded, since))


def trace_body(recorded: TracedTurn, since: Since) -> dict[str, object]:
    """As JSON; the command line prints the same."""
    turn, trace, usage = recorded.turn, recorded.trace, recorded.usage
    body = {
        "turn_id": turn.id,
        "conversation_id": turn.conversation_id,
        "asked_at": turn.asked_at,
        "question": turn.question,
        "query": trace.query,
        "written_by": trace.written_by,
        "tongue": trace.tongue,
        "translated_by": trace.translated_by,
        "move": turn.move,
        "filters": dict(trace.filters),
        "about": [asdict(mention) for mention in trace.about],
        "said": dict(trace.said),
        "outcome": turn.outcome,
        "why": why(recorded),
        "answer": turn.answer,
        "answered_by": turn.answered_by,
        "degraded": turn.degraded,
        "degraded_because": trace.degraded_because,
        "citations": [asdict(citation) for citation in turn.citations],
        "alternatives": [asdict(alternative) for alternative in turn.alternatives],
        **_found(trace, turn.citations, since),
        "requests": [
            {
                "query": part.trace.query,
                **_found(part.trace, part.answer.citations, since),
                "answer": part.answer.text,
                "citations": [asdict(citation) for citation in part.answer.citations],
            }
            for part in trace.parts
        ],
        "prompt": {"version": trace.prompt_version, "sha256": trace.prompt_hash}
        if trace.prompt_hash
        else None,
        "timing": asdict(recorded.timing),
        "tokens": {"prompt": usage.prompt_tokens, "completion": usage.completion_tokens},
        "decided_with": {
            "knowledge_version": turn.knowledge_version,
            "engine": trace.engine,
            **asdict(trace.basis),
        },
        "since": {
            "knowledge_version": since.version,
            "documents_changed": since.changed,
            "documents_deleted": since.deleted,
        },
    }
    return TraceReply.model_validate(body).model_dump(mode="json")


def _found(trace: RecordedTrace, citations: Iterable[Citation], since: Since) -> dict[str, object]:
    used = {citation.document_id for citation in citations}
    return {
        "candidates": [_candidate(hit, since) | {"used": hit.document_id in used} for hit in trace.hits],
        "gate": asdict(trace.verdict) if trace.verdict else None,
        "checks": [asdict(check) for check in trace.checks],
    }


def _candidate(hit: RecordedHit, since: Since) -> dict[str, object]:
    fate = since.fates.get(hit.document_id)
    return {
        "rank": hit.rank,
        "document_id": hit.document_id,
        "title": fate.heading if fate else "",
        "since": since.of(hit.document_id),
        "passage_id": hit.passage_id,
        "score": hit.score.value,
        "kind": hit.score.kind,
        "signals": dict(hit.signals),
    }

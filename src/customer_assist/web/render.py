"""Turns into replies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from customer_assist.answering.cleaning import is_innocent
from customer_assist.model import (
    Alternative,
    Citation,
    Document,
    Guide,
    Handoff,
    HandoffStatus,
    Outcome,
    RecordedTurn,
    Turn,
)
from customer_assist.web.inbox_schemas import HandoffDetailReply, HandoffSummaryReply
from customer_assist.web.schemas import (
    AlternativeReply,
    CitationReply,
    ConversationReply,
    GuideReply,
    HandoffReply,
    HandoffStateReply,
    RecordedTurnReply,
    TurnReply,
)

EXAMPLES = 4
_EXAMPLE = re.compile(r"(how|where|when|what|which|can|do|does|is|are|will)\b[^{}?]{8,56}\?", re.IGNORECASE)


def turn_reply(turn: Turn) -> TurnReply:
    handed_off = turn.outcome is Outcome.HANDED_OFF
    return TurnReply(
        conversation_id=turn.conversation_id,
        question=turn.question,
        answer=turn.answer.text,
        turn_id=turn.id,
        outcome=turn.outcome.value,
        answered_by=turn.answer.answered_by,
        degraded=turn.answer.degraded,
        citations=_citations(turn.answer.citations),
        steps=list(turn.answer.steps),
        alternatives=_alternatives(turn.alternatives),
        confidence=_share(turn.confidence),
        handoff=handoff_reply(turn.handoff) if handed_off and turn.handoff else None,
        logged=turn.logged,
        guide=_guide(turn.guide),
        move=turn.trace.move,
    )


def conversation_reply(
    conversation_id: str, turns: Iterable[RecordedTurn], handoff: Handoff | None, promise: str
) -> ConversationReply:
    """`promise`: when a person answers, as it looks now."""
    return ConversationReply(
        conversation_id=conversation_id,
        turns=[recorded_turn(turn) for turn in turns],
        handoff=None if handoff is None else _state(handoff, promise),
    )


def recorded_turn(turn: RecordedTurn) -> RecordedTurnReply:
    return RecordedTurnReply.model_validate(
        {
            "conversation_id": turn.conversation_id,
            "question": turn.question,
            "answer": turn.answer,
            "turn_id": turn.id,
            "outcome": turn.outcome,
            "answered_by": turn.answered_by,
            "degraded": turn.degraded,
            "citations": _citations(turn.citations),
            "steps": list(turn.steps),
            "alternatives": _alternatives(turn.alternatives),
            "confidence": _share(turn.confidence),
            "handoff": None,
            "guide": _guide(turn.guide),
            "move": turn.move,
            "logged": True,
            "asked_at": turn.asked_at,
            "rating": turn.rating,
            "by": turn.by,
        }
    )


def example_questions(documents: Iterable[Document]) -> list[str]:
    """A few short questions that the knowledge surely answers, from its largest categories. Deterministic."""
    by_category: dict[str, list[str]] = {}
    for document in documents:
        short = [each for each in document.questions if _EXAMPLE.fullmatch(each) and is_innocent(each)]
        if short and document.text:
            by_category.setdefault(document.fields.get("category", ""), []).append(min(short, key=len))
    categories = sorted(by_category.values(), key=len, reverse=True)
    chosen: dict[str, None] = {}
    for rank in range(EXAMPLES):
        for questions in categories:
            if rank < len(questions) and len(chosen) < EXAMPLES:
                question = sorted(questions, key=len)[rank]
                chosen[question[0].upper() + question[1:]] = None
    return list(chosen)


def _citations(citations: Iterable[Citation]) -> list[CitationReply]:
    """Without a `url` where the document has none: replies are sent with `exclude_unset`."""
    replies = []
    for c in citations:
        reply = CitationReply(document_id=c.document_id, title=c.title, quote=c.quote)
        replies.append(reply.model_copy(update={"url": c.url}) if c.url else reply)
    return replies


def handoff_reply(handoff: Handoff) -> HandoffReply:
    return HandoffReply(id=handoff.id, reason=handoff.reason.value, message=handoff.message)


def _state(handoff: Handoff, promise: str) -> HandoffStateReply:
    waiting = handoff.status is HandoffStatus.WAITING
    return HandoffStateReply.model_validate(
        {**handoff_reply(handoff).model_dump(), "status": handoff.status, "by": handoff.taken_by}
        | {"promise": promise if waiting else ""}
        | {"created_at": handoff.created_at, "closed_at": handoff.closed_at}
    )


def handoff_summary(handoff: Handoff) -> HandoffSummaryReply:
    return HandoffSummaryReply.model_validate(asdict(handoff))


def handoff_detail(
    handoff: Handoff, transcript: Iterable[Mapping[str, object]], turns: Iterable[RecordedTurn]
) -> HandoffDetailReply:
    missing: dict[str, object] = {
        "answered_by": "",
        "documents": [],
        "rating": None,
    }  # of the message that led to it
    return HandoffDetailReply.model_validate(
        asdict(handoff)
        | {
            "transcript": [missing | dict(said) for said in transcript],
            "turns": [recorded_turn(turn) for turn in turns],
        }
    )


def _guide(guide: Guide | None) -> GuideReply | None:
    if guide is None:
        return None
    return GuideReply(
        document_id=guide.document_id,
        title=guide.title,
        step=guide.at,
        of=len(guide.steps),
        steps=list(guide.steps),
        finished=guide.finished,
    )


def _alternatives(alternatives: Iterable[Alternative]) -> list[AlternativeReply]:
    return [AlternativeReply(document_id=a.document_id, title=a.title) for a in alternatives]


def _share(confidence: float) -> float:
    return min(1.0, max(0.0, confidence))

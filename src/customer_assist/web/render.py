"""Turns into replies."""

from __future__ import annotations

import re
from collections.abc import Iterable

from customer_assist.answering.cleaning import is_innocent
from customer_assist.model import (
    Alternative,
    Citation,
    Document,
    Guide,
    Handoff,
    Outcome,
    RecordedTurn,
    Turn,
)
from customer_assist.web.schemas import (
    AlternativeReply,
    CitationReply,
    ConversationReply,
    GuideReply,
    HandoffReply,
    RecordedTurnReply,
    TurnReply,
)

EXAMPLES = 4
_EXAMPLE = re.compile(r"(how|where|when|what|which|can|do|does|is|are|will)\b[^{}?]{8,56}\?", re.IGNORECASE)


def turn_reply(turn: Turn) -> TurnReply:
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
        handoff=_handoff(turn.handoff) if turn.outcome is Outcome.HANDED_OFF else None,
        logged=turn.logged,
        guide=_guide(turn.guide),
        move=turn.trace.move,
    )


def conversation_reply(conversation_id: str, turns: Iterable[RecordedTurn]) -> ConversationReply:
    return ConversationReply(conversation_id=conversation_id, turns=[_recorded(turn) for turn in turns])


def _recorded(turn: RecordedTurn) -> RecordedTurnReply:
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


def _handoff(handoff: Handoff | None) -> HandoffReply | None:
    if handoff is None:
        return None
    return HandoffReply(id=handoff.id, reason=handoff.reason.value, message=handoff.message)


def _guide(guide: Guide | None) -> GuideReply | None:
    if guide is None:
        return None
    return GuideReply(
        document_id=guide.document_id,
        title=guide.title,
        step=guide.at,
        of=len(guide.steps),
        finished=guide.finished,
    )


def _alternatives(alternatives: Iterable[Alternative]) -> list[AlternativeReply]:
    return [AlternativeReply(document_id=a.document_id, title=a.title) for a in alternatives]


def _share(confidence: float) -> float:
    return min(1.0, max(0.0, confidence))

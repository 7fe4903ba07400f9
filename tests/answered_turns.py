"""Answers as the desk records them, each with the job that has it judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from customer_assist.model import (
    Answer,
    Citation,
    ConversationId,
    Decision,
    DocumentId,
    Outcome,
    Timing,
    Trace,
    Turn,
    TurnId,
    Verdict,
)
from customer_assist.sampling import Sampling
from customer_assist.storage.database import Database
from customer_assist.storage.journal import Journal

QUOTE = "Parcels to Malta take nine days."
EVERY = Sampling(1.0)


def answered(
    question: str = "Is a parcel to Malta slow?",
    *,
    query: str = "",
    answer: str = QUOTE,
    asked_at: datetime | None = None,
    channel: str = "web",
    document: str = "malta",
) -> Turn:
    """The first of a conversation; its one source is `document`, as it was at version 1 of the knowledge."""
    turn_id = str(uuid4())
    verdict = Verdict(Decision.ANSWER, 0.8, 0.5)
    return Turn(
        id=TurnId(turn_id),
        conversation_id=ConversationId(turn_id),
        question=question,
        answer=Answer(answer, (Citation(DocumentId(document), "Malta", QUOTE),)),
        outcome=Outcome.ANSWERED,
        asked_at=asked_at or datetime.now(UTC) - timedelta(seconds=1),
        trace=Trace(query or question, 1, "hybrid", verdict=verdict),
        timing=Timing(0.1, 0.4, 0.5),
        channel=channel,
    )


def recorded(database: Database, *turns: Turn, sampling: Sampling = EVERY) -> None:
    for turn in turns:
        assert Journal(database).record(turn, sampling(turn))


def of_answer(turn: Turn, **changes: object) -> Turn:
    return replace(turn, answer=replace(turn.answer, **changes))  # type: ignore[arg-type]


def kept(database: Database, turn: Turn) -> tuple[str, str, int, str]:
    """Label, explanation, tokens and judge, as they stand in its row."""
    query = "SELECT relevance, relevance_explanation, eval_total_tokens, judged_by FROM turns WHERE id = %s"
    with database.connection() as connection:
        row = connection.execute(query, [turn.id]).fetchone()
    assert row is not None
    return (row[0], row[1], row[2], row[3])

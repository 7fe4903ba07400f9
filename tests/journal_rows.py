"""Rows of the journal as a test needs them: what is not named is ordinary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from customer_assist.storage.conversations import Connection

_TURN = """
INSERT INTO turns (
    id, conversation_id, position, timestamp, question, answer, outcome, answered_by, degraded, confidence,
    citations, steps, alternatives, trace, knowledge_version, channel, locale, customer_ref,
    response_time, retrieve_time, answer_time, prompt_tokens, completion_tokens, total_tokens, relevance, move,
    handoff_id
) VALUES (
    %(id)s, %(conversation)s, %(position)s, %(at)s, %(question)s, 'An answer.', %(outcome)s, %(answered_by)s,
    %(degraded)s, 0.5, %(citations)s, '[]', '[]', '{}', 1, %(channel)s, '', '', %(seconds)s, 0.1, 0.2,
    %(prompt)s, %(completion)s, %(prompt)s + %(completion)s, %(relevance)s, %(move)s, %(handoff)s
)
"""
_HANDOFF = """
INSERT INTO handoffs (
    id, conversation_id, reason, detail, summary, transcript, message, email, customer_ref, status, created_at,
    taken_at, closed_at
) VALUES (%s, %s, %s, '', '', '[]', '', '', '', %s, %s, %s, %s)
"""


def put_turn(
    connection: Connection,
    conversation: int,
    position: int,
    at: datetime,
    *,
    outcome: str = "answered",
    move: str = "question",
    question: str = "How do I return it?",
    answered_by: str = "extractive",
    channel: str = "web",
    cites: Sequence[str] = (),
    degraded: bool = False,
    seconds: float = 1.0,
    tokens: tuple[int, int] = (0, 0),
    relevance: str = "UNKNOWN",
    handoff: UUID | None = None,
) -> UUID:
    """Its id is 1000 times the conversation's number, and the position."""
    turn = UUID(int=1000 * conversation + position)
    values = {
        "id": turn,
        "conversation": UUID(int=1000 * conversation + 1),
        "position": position,
        "at": at,
        "question": question,
        "outcome": outcome,
        "answered_by": answered_by,
        "degraded": degraded,
        "citations": Jsonb(
            [{"document_id": each, "title": each, "quote": "…", "url": None} for each in cites]
        ),
        "channel": channel,
        "seconds": seconds,
        "prompt": tokens[0],
        "completion": tokens[1],
        "relevance": relevance,
        "move": move,
        "handoff": handoff,
    }
    connection.execute(_TURN, values)
    return turn


def put_thumb(connection: Connection, turn: UUID, value: int, at: datetime) -> None:
    connection.execute(
        "INSERT INTO ratings (turn_id, conversation_id, value, timestamp)"
        " SELECT id, conversation_id, %s, %s FROM turns WHERE id = %s",
        [value, at, turn],
    )


def put_handoff(
    connection: Connection,
    conversation: int,
    at: datetime,
    status: str,
    *,
    taken_at: datetime | None = None,
    closed_at: datetime | None = None,
    reason: str = "customer_wish",
) -> UUID:
    handoff = uuid4()
    of = UUID(int=1000 * conversation + 1)
    connection.execute(_HANDOFF, [handoff, of, reason, status, at, taken_at, closed_at])
    return handoff

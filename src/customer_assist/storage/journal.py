"""Turns and their ratings: what was asked, what was said, on what ground, and whether it helped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow, dict_row

from customer_assist.errors import InvalidInput, UnknownConversation, UnknownTurn
from customer_assist.model import (
    EXTRACTIVE,
    HUMAN,
    Alternative,
    Citation,
    ConversationId,
    DocumentId,
    Move,
    Rating,
    RecordedTurn,
    Timing,
    TracedTurn,
    Turn,
    TurnId,
    Usage,
)
from customer_assist.storage.conversations import as_uuid, lock, who_speaks
from customer_assist.storage.database import Database, storable_json, storable_text
from customer_assist.storage.jobs import Job, add
from customer_assist.storage.traces import guide_as_json, recorded_guide, recorded_trace, trace_as_json

_INSERT = """
INSERT INTO turns (
    id, conversation_id, position, timestamp, question, answer, outcome, answered_by, degraded, confidence,
    citations, steps, alternatives, trace, knowledge_version, channel, locale, customer_ref,
    response_time, retrieve_time, answer_time, prompt_tokens, completion_tokens, total_tokens,
    move, guide, handoff_id, said_by, tokens_by
)
SELECT
    %(id)s, %(conversation_id)s, coalesce(max(position), 0) + 1, %(timestamp)s, %(question)s, %(answer)s,
    %(outcome)s, %(answered_by)s, %(degraded)s, %(confidence)s, %(citations)s, %(steps)s, %(alternatives)s,
    %(trace)s, %(knowledge_version)s, %(channel)s, %(locale)s, %(customer_ref)s, %(response_time)s,
    %(retrieve_time)s, %(answer_time)s, %(prompt_tokens)s, %(completion_tokens)s, %(total_tokens)s,
    %(move)s, %(guide)s, %(handoff_id)s, %(said_by)s, %(tokens_by)s
FROM turns WHERE conversation_id = %(conversation_id)s
ON CONFLICT (id) DO NOTHING
"""
_COLUMNS = """
    id::text, conversation_id::text, question, answer, outcome, answered_by, degraded, confidence, citations,
    steps, alternatives, timestamp, knowledge_version, move, guide, handoff_id::text, said_by,
    trace ->> 'query' AS query,
    (SELECT value FROM ratings WHERE turn_id = turns.id ORDER BY ratings.id DESC LIMIT 1) AS rating
"""
_TURNS = f"SELECT {_COLUMNS} FROM turns WHERE conversation_id = %s AND position > %s ORDER BY position"
_TAKEN = "trace, retrieve_time, answer_time, response_time, prompt_tokens, completion_tokens"
_TRACED = f"SELECT {_COLUMNS}, {_TAKEN} FROM turns WHERE id = %s"
_LATEST = f"SELECT {_COLUMNS}, {_TAKEN} FROM turns ORDER BY timestamp DESC, position DESC LIMIT 1"
_PAST = f"""
SELECT {_COLUMNS} FROM turns
WHERE conversation_id = %(conversation)s
    AND position < coalesce((SELECT position FROM turns WHERE id = %(before)s), 2147483647)
ORDER BY position DESC LIMIT %(last)s
"""
_HELPED = """
SELECT question, array_agg(DISTINCT cited ->> 'document_id')
FROM turns, jsonb_array_elements(citations) AS cited
WHERE outcome = 'answered' AND channel <> 'demo'
    AND (SELECT value FROM ratings WHERE turn_id = turns.id ORDER BY ratings.id DESC LIMIT 1) = 1
GROUP BY turns.id, question ORDER BY turns.id
"""


class Journal:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, turn: Turn, jobs: Sequence[Job] = ()) -> bool:
        """Keep a turn as the next of its conversation, with the `jobs` that it leads to; where True is returned, it
        is on disk.

        False: it is not kept, for `turn.handoff` is no longer what is open in the conversation, or was taken by
        somebody meanwhile. A turn that is there already is left as it is, so that one may record again after a
        doubtful failure. Raises UnknownConversation where `conversation_id` is no UUID.
        """
        conversation = as_uuid(turn.conversation_id)
        if conversation is None:
            raise _unknown_conversation(turn.conversation_id)
        with self._database.connection() as connection:
            lock(connection, conversation)  # its place is the next
            expected = None if turn.handoff is None else (turn.handoff.id, turn.handoff.status.value)
            if who_speaks(connection, conversation) != expected:
                return False
            connection.execute(_INSERT, _row(turn, conversation))
            add(connection, jobs)
        return True

    def exists(self, conversation_id: str) -> bool:
        """Whether a turn of it was recorded; False for what is no id at all."""
        conversation = as_uuid(conversation_id)
        if conversation is None:
            return False
        with self._database.connection() as connection:
            return _last_turn(connection, conversation) is not None

    def turns(self, conversation_id: str, after: str | None = None) -> list[RecordedTurn]:
        """A conversation in order; only what came after the turn `after`, where given.

        Raises UnknownConversation, and UnknownTurn for an `after` of no or another conversation.
        """
        with self._database.connection() as connection:
            conversation = _known(connection, conversation_id)
            start = 0 if after is None else _position(connection, conversation, after)
            cursor = connection.cursor(row_factory=dict_row)
            return [_recorded(row) for row in cursor.execute(_TURNS.encode(), [conversation, start])]

    def traced(self, turn_id: str) -> TracedTurn:
        """One turn with why it ended so. Raises UnknownTurn, also for what is no id at all."""
        turn = as_uuid(turn_id)
        row = None if turn is None else self._row(_TRACED, [turn])
        if row is None:
            raise UnknownTurn(f"there is no turn {turn_id[:60]!r}: use a turn_id that an answer came with")
        return _traced(row)

    def latest(self) -> TracedTurn:
        """The turn that was asked last. Raises UnknownTurn where there is none yet."""
        row = self._row(_LATEST, [])
        if row is None:
            raise UnknownTurn("no question was asked yet: ask one with `customer-assist ask`")
        return _traced(row)

    def _row(self, query: str, values: list[object]) -> dict[str, object] | None:
        with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return cursor.execute(query.encode(), values).fetchone()

    def past(self, conversation_id: str, last: int, before: str | None = None) -> list[RecordedTurn]:
        """The `last` turns of a conversation, those before the turn `before` where given, oldest first; none of
        what is no conversation."""
        conversation = as_uuid(conversation_id)
        if conversation is None:
            return []
        values = {"conversation": conversation, "before": before and as_uuid(before), "last": last}
        with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(_PAST.encode(), values).fetchall()
        return [_recorded(row) for row in reversed(rows)]

    def helped(self) -> list[tuple[str, list[str]]]:
        """Each question whose answer a customer rated as helpful, and the documents that the answer came from."""
        with self._database.connection(bulk=True) as connection:
            return [(question, documents) for question, documents in connection.execute(_HELPED)]

    def rate(
        self, conversation_id: str, value: int, *, at: datetime, turn_id: str | None = None, comment: str = ""
    ) -> Rating:
        """Keep a thumb (1 or -1) on a turn, by default the last; earlier ones stay, the latest counts.

        Raises InvalidInput for another value, UnknownConversation, and UnknownTurn for a turn of no or
        another conversation.
        """
        if type(value) is not int or value not in (1, -1):
            raise InvalidInput(f"A rating is 1 or -1, not {value!r}")
        comment = storable_text(comment)
        with self._database.connection() as connection:
            conversation = _known(connection, conversation_id)
            if turn_id is not None:
                _position(connection, conversation, turn_id)
            turn = _last_turn(connection, conversation) if turn_id is None else as_uuid(turn_id)
            connection.execute(
                "INSERT INTO ratings (turn_id, conversation_id, value, comment, timestamp)"
                " VALUES (%s, %s, %s, %s, %s)",
                [turn, conversation, value, comment, at],
            )
        return Rating(TurnId(str(turn)), value, at, comment)


def _last_turn(connection: psycopg.Connection[TupleRow], conversation: UUID) -> UUID | None:
    query = "SELECT id FROM turns WHERE conversation_id = %s ORDER BY position DESC LIMIT 1"
    row = connection.execute(query, [conversation]).fetchone()
    return row[0] if row else None


def _known(connection: psycopg.Connection[TupleRow], conversation_id: str) -> UUID:
    conversation = as_uuid(conversation_id)
    if conversation is None or _last_turn(connection, conversation) is None:
        raise _unknown_conversation(conversation_id)
    return conversation


def _unknown_conversation(conversation_id: str) -> UnknownConversation:
    return UnknownConversation(
        f"There is no conversation {conversation_id!r}: leave conversation_id out to begin a new one"
    )


def _position(connection: psycopg.Connection[TupleRow], conversation: UUID, turn_id: str) -> int:
    query = "SELECT position FROM turns WHERE id = %s AND conversation_id = %s"
    row = connection.execute(query, [as_uuid(turn_id), conversation]).fetchone()
    if row is None:
        raise UnknownTurn(f"Conversation {conversation} has no turn {turn_id!r}: use a turn_id it returned")
    return int(row[0])


def _row(turn: Turn, conversation: UUID) -> dict[str, object]:
    answer, timing = turn.answer, turn.timing
    return {
        "id": UUID(turn.id),
        "conversation_id": conversation,
        "timestamp": turn.asked_at,
        "question": storable_text(turn.question),
        "answer": storable_text(answer.text),
        "outcome": turn.outcome.value,
        "answered_by": storable_text(answer.answered_by),
        "degraded": answer.degraded,
        "confidence": float(turn.confidence),
        "citations": storable_json(
            [
                {"document_id": c.document_id, "title": c.title, "quote": c.quote, "url": c.url}
                for c in answer.citations
            ]
        ),
        "steps": storable_json(answer.steps),
        "alternatives": storable_json(
            [{"document_id": other.document_id, "title": other.title} for other in turn.alternatives]
        ),
        "trace": storable_json(trace_as_json(turn.trace, answer)),
        "knowledge_version": turn.trace.knowledge_version,
        "channel": storable_text(turn.channel),
        "locale": storable_text(turn.locale),
        "customer_ref": storable_text(turn.customer_ref),
        "response_time": timing.total,
        "retrieve_time": timing.retrieve,
        "answer_time": timing.answer,
        "prompt_tokens": answer.usage.prompt_tokens,
        "completion_tokens": answer.usage.completion_tokens,
        "total_tokens": answer.usage.total_tokens,
        "move": turn.trace.move.value,
        "guide": guide_as_json(turn.guide),
        "handoff_id": turn.handoff and UUID(turn.handoff.id),
        "said_by": storable_text(answer.by),
        "tokens_by": storable_text(_tokens_by(turn)),
    }


def _traced(row: dict[str, object]) -> TracedTurn:
    retrieve, answer, total = (
        float(str(row[name] or 0)) for name in ("retrieve_time", "answer_time", "response_time")
    )
    prompt, completion = (int(str(row[name] or 0)) for name in ("prompt_tokens", "completion_tokens"))
    return TracedTurn(
        _recorded(row),
        recorded_trace(row["trace"]),
        Timing(retrieve, answer, total),
        Usage(prompt, completion),
    )


def _tokens_by(turn: Turn) -> str:
    """The model that was called for a turn that no model answered; "" where the answer names it, or there is none."""
    return turn.answer.usage.by if turn.answer.answered_by in (EXTRACTIVE, HUMAN) else ""


def _recorded(row: dict[str, object]) -> RecordedTurn:
    match row:
        case {
            "citations": list(citations),
            "steps": list(steps),
            "alternatives": list(alternatives),
            "timestamp": datetime() as asked_at,
            "rating": int() | None as rating,
        }:
            pass
        case _:
            raise TypeError(f"turn {row['id']} is not as it was recorded")
    return RecordedTurn(
        id=TurnId(str(row["id"])),
        conversation_id=ConversationId(str(row["conversation_id"])),
        question=str(row["question"]),
        answer=str(row["answer"]),
        outcome=str(row["outcome"]),
        answered_by=str(row["answered_by"]),
        degraded=bool(row["degraded"]),
        confidence=float(str(row["confidence"])),
        citations=tuple(Citation(**citation) for citation in citations),
        steps=tuple(steps),
        alternatives=tuple(Alternative(DocumentId(a["document_id"]), a["title"]) for a in alternatives),
        asked_at=asked_at,
        knowledge_version=int(str(row["knowledge_version"])),
        rating=rating,
        query=str(row["query"] or ""),
        move=Move(str(row["move"])),
        guide=recorded_guide(row["guide"]),
        handoff_id=None if row["handoff_id"] is None else str(row["handoff_id"]),
        by=str(row["said_by"]),
    )

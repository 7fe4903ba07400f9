"""Conversations that are handed over to a person: who has them, since when, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import dict_row

from customer_assist.errors import HandoffClosed, UnknownConversation, UnknownHandoff
from customer_assist.model import ConversationId, Handoff, HandoffReason, HandoffStatus
from customer_assist.storage.conversations import Connection, as_uuid, lock
from customer_assist.storage.database import Database, storable_json, storable_text
from customer_assist.storage.jobs import Job, add

_COLUMNS = """
    id::text, conversation_id::text, reason, detail, summary, message, email, customer_ref, status, created_at,
    taken_at, taken_by, closed_at
"""
_ONE = f"SELECT {_COLUMNS} FROM handoffs WHERE id = %s"
_OPEN = f"SELECT {_COLUMNS} FROM handoffs WHERE conversation_id = %s AND status IN ('waiting', 'taken')"
_LIST = f"""
SELECT {_COLUMNS} FROM handoffs WHERE status = ANY(%s)
ORDER BY array_position(ARRAY['waiting', 'taken'], status) NULLS LAST, created_at, id LIMIT %s
"""
_LATEST = f"SELECT {_COLUMNS} FROM handoffs WHERE conversation_id = %s ORDER BY created_at DESC, id LIMIT 1"
_REASONS = """
SELECT reason, detail, count(*) FROM handoffs WHERE status = ANY(%s)
GROUP BY reason, detail ORDER BY count(*) DESC, reason, detail
"""
_KINDS = {"open": ["waiting", "taken"], "all": [status.value for status in HandoffStatus]}
_INSERT = """
INSERT INTO handoffs (
    id, conversation_id, reason, detail, summary, transcript, message, email, customer_ref, status, created_at
) VALUES (
    %(id)s, %(conversation_id)s, %(reason)s, %(detail)s, %(summary)s, %(transcript)s, %(message)s, %(email)s,
    %(customer_ref)s, 'waiting', %(created_at)s
)
"""


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many conversations were handed over for one reason."""

    reason: HandoffReason
    detail: str  # of a topic: its name
    handoffs: int


Transcript = Sequence[Mapping[str, object]]


class HandoffStore:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, handoff: Handoff, transcript: Transcript = (), notices: Sequence[Job] = ()) -> Handoff:
        """Keep it, and with it the notices that tell people of it; the one that is open already, where there is one.

        When this returns, both are on disk. Raises UnknownConversation where the conversation's id is no UUID.
        """
        conversation = as_uuid(handoff.conversation_id)
        if conversation is None:
            raise UnknownConversation(f"there is no conversation {handoff.conversation_id!r}")
        with self._database.connection() as connection:
            lock(connection, conversation)
            there = _found(connection, _OPEN, conversation)
            if there is not None:
                return there
            connection.execute(_INSERT, _row(handoff, conversation, transcript))
            add(connection, notices)
        return handoff

    def open_in(self, conversation_id: str) -> Handoff | None:
        """The conversation's open handoff; None: the assistant speaks."""
        conversation = as_uuid(conversation_id)
        if conversation is None:
            return None
        with self._database.connection() as connection:
            return _found(connection, _OPEN, conversation)

    def get(self, handoff_id: str) -> Handoff:
        """Raises UnknownHandoff, also for what is no id at all."""
        with self._database.connection() as connection:
            return _known(connection, handoff_id)

    def take(self, handoff_id: str, by: str, at: datetime) -> Handoff:
        """From now on `by` speaks and the assistant is silent; again by another, that one, and by "" as it was.

        Raises UnknownHandoff, and HandoffClosed where it is over.
        """
        return self._change(
            handoff_id,
            "status = 'taken', taken_at = coalesce(taken_at, %(at)s),"
            " taken_by = coalesce(nullif(%(by)s, ''), taken_by)",
            {"by": storable_text(by), "at": at},
        )

    def reach(self, handoff_id: str, email: str) -> Handoff:
        """Keep where the customer can be reached. Raises as `take` does."""
        return self._change(handoff_id, "email = %(email)s", {"email": storable_text(email)})

    def latest_in(self, conversation_id: str) -> Handoff | None:
        """The conversation's newest handoff, whatever became of it; None where there never was one."""
        conversation = as_uuid(conversation_id)
        if conversation is None:
            return None
        with self._database.connection() as connection:
            return _found(connection, _LATEST, conversation)

    def transcript(self, handoff_id: str) -> list[dict[str, object]]:
        """The turns until it was opened. Raises UnknownHandoff."""
        with self._database.connection() as connection:
            handoff = _known(connection, handoff_id)
            query = "SELECT transcript FROM handoffs WHERE id = %s"
            row = connection.execute(query, [UUID(handoff.id)]).fetchone()
        return list(row[0]) if row else []

    def reasons(self, status: str = "open") -> list[ReasonCount]:
        """How many of a status, "open" or "all", there are for each reason and topic; most first."""
        with self._database.connection() as connection:
            rows = connection.execute(_REASONS, [_KINDS.get(status, [status])]).fetchall()
        return [ReasonCount(HandoffReason(reason), detail, count) for reason, detail, count in rows]

    def close(self, handoff_id: str, status: HandoffStatus, at: datetime) -> Handoff:
        """RESOLVED or WITHDRAWN: from now on the assistant speaks again. Raises as `take` does."""
        return self._change(
            handoff_id, "status = %(status)s, closed_at = %(at)s", {"status": status.value, "at": at}
        )

    def list(self, status: str = "open", limit: int = 100) -> list[Handoff]:
        """Those of a status, "open" or "all"; what waits first, each kind oldest first."""
        wanted = _KINDS.get(status, [status])
        with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return [as_handoff(row) for row in cursor.execute(_LIST.encode(), [wanted, limit])]

    def _change(self, handoff_id: str, setting: str, values: Mapping[str, object]) -> Handoff:
        with self._database.connection() as connection:
            handoff = _known(connection, handoff_id)
            lock(connection, UUID(handoff.conversation_id))
            handoff = _known(connection, handoff_id)  # as it is now that nobody else changes it
            if not handoff.is_open:
                raise HandoffClosed(
                    f"handoff {handoff_id} is {handoff.status.value} already: the assistant has the conversation"
                )
            query = f"UPDATE handoffs SET {setting} WHERE id = %(id)s"
            connection.execute(query.encode(), {**values, "id": UUID(handoff.id)})
            return _known(connection, handoff_id)


def _known(connection: Connection, handoff_id: str) -> Handoff:
    found = as_uuid(handoff_id)
    handoff = None if found is None else _found(connection, _ONE, found)
    if handoff is None:
        raise UnknownHandoff(f"there is no handoff {handoff_id[:60]!r}: take an id from GET /handoffs")
    return handoff


def _found(connection: Connection, query: str, value: UUID) -> Handoff | None:
    row = connection.cursor(row_factory=dict_row).execute(query.encode(), [value]).fetchone()
    return None if row is None else as_handoff(row)


def as_handoff(row: Mapping[str, object]) -> Handoff:
    match row:
        case {
            "created_at": datetime() as created_at,
            "taken_at": datetime() | None as taken_at,
            "closed_at": datetime() | None as closed_at,
        }:
            pass
        case _:
            raise TypeError(f"handoff {row['id']} is not as it was recorded")
    return Handoff(
        id=str(row["id"]),
        conversation_id=ConversationId(str(row["conversation_id"])),
        reason=HandoffReason(str(row["reason"])),
        detail=str(row["detail"]),
        summary=str(row["summary"]),
        message=str(row["message"]),
        email=str(row["email"]),
        customer_ref=str(row["customer_ref"]),
        status=HandoffStatus(str(row["status"])),
        created_at=created_at,
        taken_at=taken_at,
        taken_by=str(row["taken_by"]),
        closed_at=closed_at,
    )


def _row(handoff: Handoff, conversation: UUID, transcript: Transcript) -> dict[str, object]:
    return {
        "id": UUID(handoff.id),
        "conversation_id": conversation,
        "reason": handoff.reason.value,
        "detail": storable_text(handoff.detail),
        "summary": storable_text(handoff.summary),
        "transcript": storable_json(transcript),
        "message": storable_text(handoff.message),
        "email": storable_text(handoff.email),
        "customer_ref": storable_text(handoff.customer_ref),
        "created_at": handoff.created_at,
    }

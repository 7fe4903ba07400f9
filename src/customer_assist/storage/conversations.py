"""What the stores of turns and of handoffs share: one conversation's lock, and who speaks in it."""

from __future__ import annotations

from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]


def as_uuid(text: str) -> UUID | None:
    """None for what is no id as we write them."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None  # UUID() also reads braces, "urn:" and more


def lock(connection: Connection, conversation: UUID) -> None:
    """Until the transaction ends nobody else adds to this conversation or changes who speaks in it."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(conversation)])


def who_speaks(connection: Connection, conversation: UUID) -> tuple[str, str] | None:
    """The open handoff's id and status; None: the assistant speaks."""
    row = connection.execute(
        "SELECT id::text, status FROM handoffs WHERE conversation_id = %s AND status IN ('waiting', 'taken')",
        [conversation],
    ).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))

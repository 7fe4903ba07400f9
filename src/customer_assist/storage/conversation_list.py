"""Conversations as a list: what each began with, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from customer_assist.errors import UnknownConversation
from customer_assist.storage.conversations import as_uuid
from customer_assist.storage.database import Database

# Their order is that of their last turns.
_PAGE = """
WITH ended AS (
    SELECT conversation_id, position, timestamp AS last_at FROM turns AS last
    WHERE NOT EXISTS (
        SELECT 1 FROM turns AS later
        WHERE later.conversation_id = last.conversation_id AND later.position > last.position
    )
), page AS (
    SELECT * FROM ended
    WHERE (
        %(before)s::uuid IS NULL
        OR (last_at, conversation_id) < (
            SELECT last_at, conversation_id FROM ended WHERE conversation_id = %(before)s
        )
    ) AND (
        %(outcome)s::text IS NULL
        OR EXISTS (
            SELECT 1 FROM turns WHERE turns.conversation_id = ended.conversation_id AND outcome = %(outcome)s
        )
    )
    ORDER BY last_at DESC, conversation_id DESC LIMIT %(limit)s
)
SELECT
    page.conversation_id::text, first.question, page.position, (
        SELECT array_agg(outcome ORDER BY at) FROM (
            SELECT outcome, min(position) AS at FROM turns
            WHERE turns.conversation_id = page.conversation_id GROUP BY outcome
        ) AS outcomes
    ), first.timestamp, page.last_at, first.channel, first.customer_ref, (
        SELECT value FROM ratings WHERE ratings.conversation_id = page.conversation_id
        ORDER BY ratings.id DESC LIMIT 1
    ), (
        SELECT status FROM handoffs WHERE handoffs.conversation_id = page.conversation_id
        ORDER BY created_at DESC, id LIMIT 1
    )
FROM page JOIN turns AS first ON first.conversation_id = page.conversation_id AND first.position = 1
ORDER BY page.last_at DESC, page.conversation_id DESC
"""
_KNOWN = "SELECT 1 FROM turns WHERE conversation_id = %s LIMIT 1"


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    conversation_id: str
    question: str  # the first
    turns: int
    outcomes: list[str]  # each once, in the order they came first
    started_at: datetime
    last_at: datetime
    channel: str
    customer_ref: str
    rating: int | None  # the one given last
    handoff: str | None  # the status of the newest


class ConversationList:
    """Raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, limit: int, before: str | None = None, outcome: str | None = None
    ) -> list[ConversationSummary]:
        """The newest first, at most `limit` of them: those behind the conversation `before`, and only those with
        a turn of that outcome, where given. Raises UnknownConversation for another `before`."""
        cursor = None if before is None else as_uuid(before)
        with self._database.connection() as connection:
            known = cursor is not None and connection.execute(_KNOWN, [cursor]).fetchone() is not None
            if before is not None and not known:
                raise UnknownConversation(
                    f"there is no conversation {before[:60]!r}: take `before` from this list, or leave it out"
                )
            values = {"before": cursor, "outcome": outcome, "limit": limit}
            return [ConversationSummary(*row) for row in connection.execute(_PAGE, values)]

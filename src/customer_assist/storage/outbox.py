"""What people are told from: a handoff with its conversation, replies that a customer has not seen yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from psycopg.rows import dict_row

from customer_assist.errors import StorageUnavailable
from customer_assist.model import HUMAN, Handoff, RecordedTurn
from customer_assist.storage.conversations import as_uuid
from customer_assist.storage.database import Database
from customer_assist.storage.handoffs import as_handoff

LOOKS_APART = timedelta(seconds=10)  # one look of a page within this time is kept
_WRITING = timedelta(seconds=10)  # a reply this young may still be on its way into the database
_DOSSIER = "SELECT * FROM handoffs WHERE id = %s"
_WAITING = """
SELECT jobs.id::text AS job_id, jobs.run_at, turns.timestamp AS at, turns.answer AS text
FROM jobs JOIN turns ON turns.id = (jobs.payload ->> 'turn_id')::uuid
WHERE jobs.kind = %s AND jobs.done_at IS NULL AND jobs.payload ->> 'handoff_id' = %s
ORDER BY turns.position
"""
_SHOWN = """
UPDATE handoffs SET seen_at = %(until)s
WHERE id = (
    SELECT id FROM handoffs WHERE conversation_id = %(conversation)s ORDER BY created_at DESC, id LIMIT 1
) AND coalesce(seen_at, '-infinity') < %(unless)s
"""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A handoff, and what was said before it."""

    handoff: Handoff
    transcript: Sequence[Mapping[str, object]]  # question and answer each; the message that led to it last
    seen_at: datetime | None  # the customer's page has shown everything until then; None: it never looked


@dataclass(frozen=True, slots=True)
class WaitingReply:
    """What a person of the business wrote, with the job that would tell the customer."""

    job_id: str
    run_at: datetime
    at: datetime
    text: str


class Outbox:
    """Every method but `shown` raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def dossier(self, handoff_id: str) -> Dossier | None:
        """None: it was erased."""
        with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            row = cursor.execute(_DOSSIER, [as_uuid(handoff_id)]).fetchone()
        if row is None:
            return None
        return Dossier(as_handoff(row), row["transcript"], row["seen_at"])

    def waiting_replies(self, handoff_id: str, kind: str) -> list[WaitingReply]:
        """Those of the handoff whose job of `kind` is not done, oldest first."""
        with self._database.connection() as connection:
            rows = connection.cursor(row_factory=dict_row).execute(_WAITING, [kind, handoff_id]).fetchall()
        return [WaitingReply(**row) for row in rows]

    def shown(self, conversation_id: str, turns: Sequence[RecordedTurn]) -> None:
        """The customer's page looked for news and was sent `turns`. Cheap: a look soon after another is not kept,
        unless it brought a person's reply. Never raises: a look that is not kept costs an e-mail at most."""
        conversation = as_uuid(conversation_id)
        if conversation is None:
            return
        now = self._now()
        replies = [turn.asked_at for turn in turns if turn.answered_by == HUMAN]
        values = {
            "conversation": conversation,
            "until": max([*replies, now - _WRITING]),
            "unless": max([*replies, now - _WRITING - LOOKS_APART]),
        }
        try:
            with self._database.connection() as connection:
                connection.execute(_SHOWN, values)
        except StorageUnavailable:
            log.warning("look_not_kept")

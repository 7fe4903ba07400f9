"""Questions that found no answer, or none that helped, as the journal has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import dict_row

from customer_assist.storage.conversations import as_uuid
from customer_assist.storage.database import Database

# A question is what was asked by itself: not "thanks", not "next step", not "a person, please". It was handed over
# where the conversation went to a person before anything else was asked; topics that the business answers itself are
# meant to go there. Asked back in vain: nothing was answered right after it. What an article was written for is done.
_ASKED = """
WITH asked AS (
    SELECT *, (
        SELECT value FROM ratings WHERE turn_id = turns.id ORDER BY ratings.id DESC LIMIT 1
    ) AS rating, (
        SELECT position FROM turns AS later
        WHERE later.conversation_id = turns.conversation_id AND later.position > turns.position
            AND later.move IN ('question', 'guide') AND later.outcome IN ('answered', 'abstained', 'clarifying')
        ORDER BY position LIMIT 1
    ) AS next_question
    FROM turns
    WHERE timestamp >= %(since)s AND timestamp < %(until)s AND question <> '' AND answered_by <> 'human'
        AND move IN ('question', 'guide') AND outcome IN ('answered', 'abstained', 'clarifying')
        AND CASE WHEN %(only)s = '' THEN channel <> ALL(%(excluded)s) ELSE channel = %(only)s END
        AND id NOT IN (
            SELECT draft_turns.turn_id FROM draft_turns JOIN drafts ON drafts.id = draft_id WHERE status = 'published'
        )
), judged AS (
    SELECT id, conversation_id, question, trace ->> 'query' AS query, timestamp, confidence,
        outcome = 'abstained' AS declined,
        outcome = 'clarifying' AND NOT EXISTS (
            SELECT 1 FROM turns AS later
            WHERE later.conversation_id = asked.conversation_id AND later.position = asked.next_question
                AND later.outcome = 'answered'
        ) AS asked_back,
        coalesce(rating, 0) = -1 AS rated_down,
        coalesce(rating, 0) <> 1 AND EXISTS (
            SELECT 1 FROM turns AS later JOIN handoffs ON handoffs.id = later.handoff_id
            WHERE later.conversation_id = asked.conversation_id AND later.outcome = 'handed_off'
                AND later.position > asked.position
                AND later.position < coalesce(asked.next_question, 2147483647) AND handoffs.reason <> 'topic'
        ) AS handed_over,
        outcome = 'answered' AND confidence < %(unsure)s AND coalesce(rating, 0) <> 1 AS unsure,
        EXISTS (SELECT 1 FROM gap_dismissals WHERE turn_id = asked.id) AS dismissed
    FROM asked
)
SELECT id::text, conversation_id::text, question, coalesce(query, '') AS query, timestamp AS asked_at,
    declined, asked_back, rated_down, handed_over, unsure, dismissed
FROM judged WHERE declined OR asked_back OR rated_down OR handed_over OR unsure
ORDER BY timestamp DESC, id LIMIT %(most)s
"""
_STAMP = """
SELECT count(*), max(timestamp), (SELECT max(id) FROM ratings), (SELECT max(created_at) FROM handoffs),
    (SELECT count(*) FROM gap_dismissals), (SELECT max(dismissed_at) FROM gap_dismissals)
FROM turns WHERE timestamp >= %s
"""
_DISMISS = """
INSERT INTO gap_dismissals (turn_id, dismissed_at)
SELECT id, %(at)s FROM turns WHERE id = ANY(%(turns)s) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question with what speaks for it that it has no good answer; at least one of them is true."""

    turn_id: str
    conversation_id: str
    question: str  # as typed
    query: str  # as it was searched for, made to stand alone; "" where it was not
    asked_at: datetime
    declined: bool
    asked_back: bool  # in vain
    rated_down: bool
    handed_over: bool
    unsure: bool  # answered, though the gate thought it more likely to be wrong
    dismissed: bool

    @property
    def is_open(self) -> bool:
        """Known to have no good answer; else that is only likely."""
        return self.declined or self.asked_back or self.rated_down or self.handed_over


class GapStore:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_questions(
        self,
        since: datetime,
        until: datetime,
        *,
        excluded: Sequence[str] = (),
        only: str = "",
        unsure: float,
        most: int,
    ) -> list[OpenQuestion]:
        """Asked from `since` and before `until`, the latest first, at most so many. `excluded`: channels;
        `only`: of this one alone; `unsure`: the confidence below which an answer may well be wrong."""
        values = {
            "since": since,
            "until": until,
            "excluded": list(excluded),
            "only": only,
            "unsure": unsure,
            "most": most,
        }
        with self._database.connection(bulk=True) as connection:
            rows = connection.cursor(row_factory=dict_row).execute(_ASKED, values)
            return [
                OpenQuestion(turn_id=row.pop("id"), conversation_id=row.pop("conversation_id"), **row)
                for row in rows
            ]

    def stamp(self, since: datetime) -> tuple[object, ...]:
        """Changes with everything that `open_questions` looks at."""
        with self._database.connection() as connection:
            return tuple(connection.execute(_STAMP, [since]).fetchone() or ())

    def dismiss(self, turn_ids: Sequence[str], at: datetime) -> None:
        """Again changes nothing; what is no turn is passed over."""
        with self._database.connection() as connection:
            connection.execute(_DISMISS, {"turns": _uuids(turn_ids), "at": at})

    def restore(self, turn_ids: Sequence[str]) -> None:
        """As if they had never been dismissed."""
        with self._database.connection() as connection:
            connection.execute("DELETE FROM gap_dismissals WHERE turn_id = ANY(%s)", [_uuids(turn_ids)])


def _uuids(turn_ids: Sequence[str]) -> list[UUID]:
    return [found for each in turn_ids if (found := as_uuid(each)) is not None]

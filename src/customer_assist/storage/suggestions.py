"""Suggested replies and what became of them: sent as they were, edited, or rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow, dict_row

from customer_assist.errors import InvalidInput, UnknownSuggestion
from customer_assist.model import CheckResult, Citation, DocumentId
from customer_assist.proposals import (
    DraftOutcome,
    OutcomeCounts,
    Phrasing,
    RecordedOutcome,
    SuggestedReply,
    Suggestion,
)
from customer_assist.storage.conversations import as_uuid
from customer_assist.storage.database import Database, storable_json, storable_text

_INSERT = """
INSERT INTO suggestions (
    id, conversation_id, handoff_id, message, query, confidence, sure, drafts, knowledge_version, made_at
) VALUES (
    %(id)s, %(conversation_id)s, %(handoff_id)s, %(message)s, %(query)s, %(confidence)s, %(sure)s, %(drafts)s,
    %(knowledge_version)s, %(made_at)s
)
"""
_COLUMNS = """
    id::text, conversation_id::text, handoff_id::text, message, query, confidence, sure, drafts,
    knowledge_version, made_at,
    (
        SELECT coalesce(
            jsonb_agg(
                jsonb_build_object('draft', draft, 'outcome', outcome, 'text', text, 'by', by, 'at', at)
                ORDER BY draft
            ), '[]'
        ) FROM suggestion_outcomes WHERE suggestion_id = suggestions.id
    ) AS outcomes
"""
_ONE = f"SELECT {_COLUMNS} FROM suggestions WHERE id = %s"
_LIST = f"SELECT {_COLUMNS} FROM suggestions ORDER BY made_at DESC, id LIMIT %s OFFSET %s"
_TELL = """
INSERT INTO suggestion_outcomes (suggestion_id, draft, outcome, text, by, at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (suggestion_id, draft) DO UPDATE SET
    outcome = excluded.outcome, text = excluded.text, by = excluded.by, at = excluded.at
"""
_COUNTS = """
SELECT
    (SELECT count(*) FROM suggestions),
    (SELECT coalesce(sum(jsonb_array_length(drafts)), 0) FROM suggestions),
    count(*) FILTER (WHERE outcome = 'sent'),
    count(*) FILTER (WHERE outcome = 'edited'),
    count(*) FILTER (WHERE outcome = 'rejected')
FROM suggestion_outcomes
"""


class SuggestionStore:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, suggestion: Suggestion) -> None:
        with self._database.connection() as connection:
            connection.execute(_INSERT, _row(suggestion))

    def get(self, suggestion_id: str) -> Suggestion:
        """Raises UnknownSuggestion, also for what is no id at all."""
        with self._database.connection() as connection:
            return _known(connection, suggestion_id)

    def list(self, limit: int = 50, offset: int = 0) -> list[Suggestion]:
        """The latest first."""
        with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return [_suggestion(row) for row in cursor.execute(_LIST.encode(), [limit, offset])]

    def counts(self) -> OutcomeCounts:
        with self._database.connection() as connection:
            row = connection.execute(_COUNTS).fetchone()
        return OutcomeCounts(*map(int, row or (0, 0, 0, 0, 0)))

    def tell(
        self,
        suggestion_id: str,
        draft: int,
        outcome: DraftOutcome,
        *,
        at: datetime,
        text: str = "",
        by: str = "",
    ) -> Suggestion:
        """Keep what became of a draft; told again, the last word counts. "sent" without a text: the full reply was.

        Raises UnknownSuggestion, and InvalidInput for a draft that it does not have, an edited one without its text,
        and one that was "sent" in other words.
        """
        with self._database.connection() as connection:
            suggestion = _known(connection, suggestion_id)
            wordings = _wordings(suggestion, draft)
            if outcome is DraftOutcome.EDITED and not text.strip():
                raise InvalidInput("an edited draft comes with the text that was sent: send it as text")
            if outcome is DraftOutcome.SENT and text and not _is_one_of(text, wordings):
                raise InvalidInput(
                    "that text is not the draft as it was suggested: say that it was edited, or leave text out"
                )
            if outcome is DraftOutcome.SENT:
                text = text or wordings[0]
            values = [UUID(suggestion.id), draft, outcome.value, storable_text(text), storable_text(by), at]
            connection.execute(_TELL, values)
            return _known(connection, suggestion_id)

    def check(self, suggestion_id: str, draft: int) -> None:
        """Raises UnknownSuggestion, and InvalidInput for a draft that it does not have."""
        _wordings(self.get(suggestion_id), draft)

    def used(self, suggestion_id: str, draft: int, text: str, *, by: str, at: datetime) -> DraftOutcome:
        """`text` was sent with the help of a draft: as it was (white space aside), or edited. Raises as `tell` does."""
        suggestion = self.get(suggestion_id)
        same = _is_one_of(text, _wordings(suggestion, draft))
        outcome = DraftOutcome.SENT if same else DraftOutcome.EDITED
        self.tell(suggestion_id, draft, outcome, at=at, text=text, by=by)
        return outcome


def _wordings(suggestion: Suggestion, draft: int) -> list[str]:
    """The full text of one of its drafts, then the short one."""
    if not 0 <= draft < len(suggestion.drafts):
        there = len(suggestion.drafts)
        has = f"its drafts are 0 to {there - 1}" if there else "it has no drafts"
        raise InvalidInput(f"suggestion {suggestion.id} has no draft {draft}: {has}")
    found = suggestion.drafts[draft]
    return [found.full.text, *([found.short.text] if found.short else [])]


def _is_one_of(text: str, wordings: Sequence[str]) -> bool:
    return any(text.split() == wording.split() for wording in wordings)


def _known(connection: psycopg.Connection[TupleRow], suggestion_id: str) -> Suggestion:
    found = as_uuid(suggestion_id)
    row = None
    if found is not None:
        cursor = connection.cursor(row_factory=dict_row)
        row = cursor.execute(_ONE.encode(), [found]).fetchone()
    if row is None:
        raise UnknownSuggestion(
            f"there is no suggestion {suggestion_id[:60]!r}: use an id that POST /suggest returned"
        )
    return _suggestion(row)


def _row(suggestion: Suggestion) -> dict[str, object]:
    return {
        "id": UUID(suggestion.id),
        "conversation_id": as_uuid(suggestion.conversation_id or ""),
        "handoff_id": as_uuid(suggestion.handoff_id or ""),
        "message": storable_text(suggestion.message),
        "query": storable_text(suggestion.query),
        "confidence": float(suggestion.confidence),
        "sure": suggestion.sure,
        "drafts": storable_json([asdict(draft) for draft in suggestion.drafts]),
        "knowledge_version": suggestion.knowledge_version,
        "made_at": suggestion.made_at,
    }


def _suggestion(row: Mapping[str, object]) -> Suggestion:
    match row:
        case {"drafts": list(drafts), "outcomes": list(outcomes), "made_at": datetime() as made_at}:
            pass
        case _:
            raise TypeError(f"suggestion {row['id']} is not as it was kept")
    return Suggestion(
        id=str(row["id"]),
        message=str(row["message"]),
        query=str(row["query"]),
        confidence=float(str(row["confidence"])),
        sure=bool(row["sure"]),
        drafts=tuple(_draft(draft) for draft in drafts),
        made_at=made_at,
        knowledge_version=int(str(row["knowledge_version"])),
        conversation_id=None if row["conversation_id"] is None else str(row["conversation_id"]),
        handoff_id=None if row["handoff_id"] is None else str(row["handoff_id"]),
        outcomes=tuple(
            RecordedOutcome(
                each["draft"],
                DraftOutcome(each["outcome"]),
                each["text"],
                each["by"],
                datetime.fromisoformat(each["at"]),
            )
            for each in outcomes
        ),
    )


def _draft(kept: dict[str, object]) -> SuggestedReply:
    match kept:
        case {"full": dict(full), "short": dict() | None as short, "citations": list(citations)}:
            return SuggestedReply(
                document_id=DocumentId(str(kept["document_id"])),
                title=str(kept["title"]),
                confidence=float(str(kept["confidence"])),
                full=_wording(full),
                short=None if short is None else _wording(short),
                citations=tuple(Citation(**citation) for citation in citations),
            )
    raise TypeError("a draft is not as it was kept")


def _wording(kept: dict[str, object]) -> Phrasing:
    checks = kept["checks"]
    assert isinstance(checks, list)
    return Phrasing(
        str(kept["text"]), str(kept["written_by"]), tuple(CheckResult(**check) for check in checks)
    )

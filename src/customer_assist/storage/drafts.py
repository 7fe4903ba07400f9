"""Documents to be: drafted from what a person replied, looked at by an editor, then published or rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow, dict_row

from customer_assist.errors import DraftClosed, UnknownDraft
from customer_assist.model import DocumentId, TurnId
from customer_assist.proposals import DraftDocument, DraftStatus, Link, LinkKind
from customer_assist.storage.conversations import as_uuid
from customer_assist.storage.database import Database, storable_text

_LINKS = """
    (
        SELECT coalesce(
            jsonb_agg(
                jsonb_build_object('turn_id', turns.id, 'kind', kind, 'question', question)
                ORDER BY array_position(ARRAY['question', 'reply', 'alike'], kind), timestamp, turns.id
            ), '[]'
        ) FROM draft_turns JOIN turns ON turns.id = draft_turns.turn_id WHERE draft_id = drafts.id
    ) AS links
"""
_COLUMNS = f"""
    id::text, status, title, questions, text, turn_id::text, document_id, created_at, updated_at, {_LINKS}
"""
_ONE = f"SELECT {_COLUMNS} FROM drafts WHERE id = %s"
_LIST = f"""
SELECT {_COLUMNS} FROM drafts WHERE status = ANY(%s) ORDER BY created_at DESC, id LIMIT %s OFFSET %s
"""
_OF_DOCUMENT = f"SELECT {_COLUMNS} FROM drafts WHERE document_id = %s ORDER BY updated_at DESC LIMIT 1"
_OF_TURN = f"SELECT {_COLUMNS} FROM drafts WHERE turn_id = %s"
_INSERT = """
INSERT INTO drafts (id, status, title, questions, text, turn_id, created_at, updated_at)
VALUES (%(id)s, 'open', %(title)s, %(questions)s, %(text)s, %(turn_id)s, %(at)s, %(at)s)
ON CONFLICT (turn_id) DO NOTHING
"""
_LINK = "INSERT INTO draft_turns (draft_id, turn_id, kind) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_OF_QUESTIONS = f"""
SELECT {_COLUMNS} FROM drafts
WHERE status = 'open' AND turn_id IS NULL AND id IN (
    SELECT draft_id FROM draft_turns WHERE kind = 'question' AND draft_turns.turn_id = ANY(%s)
)
ORDER BY created_at DESC, id LIMIT 1
"""
_TO_QUESTIONS = """
SELECT drafts.id::text, array_agg(draft_turns.turn_id::text)
FROM drafts JOIN draft_turns ON draft_id = drafts.id AND kind = 'question'
WHERE status = 'open' AND drafts.turn_id IS NULL
GROUP BY drafts.id ORDER BY created_at DESC, drafts.id
"""
_UNANSWERED = """
SELECT id::text, question FROM turns
WHERE outcome IN ('abstained', 'clarifying') AND question <> ''
ORDER BY timestamp DESC LIMIT %s
"""
Connection = psycopg.Connection[TupleRow]


class DraftStore:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, draft: DraftDocument) -> DraftDocument:
        """Keep a new one with its links; of a turn that has one already, that one."""
        with self._database.connection() as connection:
            turn = as_uuid(draft.turn_id or "")
            values = {
                "id": UUID(draft.id),
                "title": storable_text(draft.title),
                "questions": [storable_text(question) for question in draft.questions],
                "text": storable_text(draft.text),
                "turn_id": turn,
                "at": draft.created_at,
            }
            if connection.execute(_INSERT, values).rowcount:
                for link in draft.links:
                    connection.execute(_LINK, [UUID(draft.id), UUID(link.turn_id), link.kind.value])
                return _known(connection, draft.id)
            found = _found(connection, _OF_TURN, turn)
            assert found is not None
            return found

    def get(self, draft_id: str) -> DraftDocument:
        """Raises UnknownDraft, also for what is no id at all."""
        with self._database.connection() as connection:
            return _known(connection, draft_id)

    def of_document(self, document_id: str) -> DraftDocument | None:
        """The one that the document came from; None: it came from elsewhere."""
        with self._database.connection() as connection:
            return _found(connection, _OF_DOCUMENT, storable_text(document_id))

    def of_questions(self, turn_ids: Sequence[str]) -> DraftDocument | None:
        """The latest open one that is to answer any of these messages and came from no reply."""
        turns = [found for each in turn_ids if (found := as_uuid(each)) is not None]
        with self._database.connection() as connection:
            return _found(connection, _OF_QUESTIONS, turns)

    def to_questions(self) -> list[tuple[str, frozenset[str]]]:
        """Ids of open ones that came from no reply, each with the messages that it is to answer; the latest first."""
        with self._database.connection() as connection:
            return [(draft, frozenset(turns)) for draft, turns in connection.execute(_TO_QUESTIONS)]

    def edit(self, draft: DraftDocument, at: datetime) -> DraftDocument:
        """Keep its title, questions and text. Raises UnknownDraft, and DraftClosed where it is no longer open."""
        setting = "title = %(title)s, questions = %(questions)s, text = %(text)s"
        values = {
            "title": storable_text(draft.title),
            "questions": [storable_text(question) for question in draft.questions],
            "text": storable_text(draft.text),
        }
        return self._change(draft.id, setting, values, at)

    def close(
        self, draft_id: str, status: DraftStatus, at: datetime, document_id: DocumentId | None = None
    ) -> DraftDocument:
        """PUBLISHED as that document, or REJECTED. Raises as `edit` does."""
        setting = "status = %(status)s, document_id = %(document)s"
        return self._change(draft_id, setting, {"status": status.value, "document": document_id}, at)

    def unanswered(self, last: int) -> list[tuple[TurnId, str]]:
        """The `last` messages that were declined or asked back about, as typed, the latest first."""
        with self._database.connection() as connection:
            return [(TurnId(turn), question) for turn, question in connection.execute(_UNANSWERED, [last])]

    def list(self, status: str = "open", limit: int = 50, offset: int = 0) -> list[DraftDocument]:
        """Those of a status, or "all", the latest first."""
        wanted = [each.value for each in DraftStatus] if status == "all" else [status]
        with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(_LIST.encode(), [wanted, limit, offset])
            return [_draft(row) for row in rows]

    def _change(
        self, draft_id: str, setting: str, values: Mapping[str, object], at: datetime
    ) -> DraftDocument:
        with self._database.connection() as connection:
            query = f"UPDATE drafts SET {setting}, updated_at = %(at)s WHERE id = %(id)s AND status = 'open'"
            changed = connection.execute(query.encode(), {**values, "at": at, "id": as_uuid(draft_id)})
            draft = _known(connection, draft_id)
            if not changed.rowcount:
                raise DraftClosed(f"draft {draft_id} is {draft.status.value} already")
            return draft


def _known(connection: Connection, draft_id: str) -> DraftDocument:
    draft = _found(connection, _ONE, as_uuid(draft_id))
    if draft is None:
        raise UnknownDraft(f"there is no draft {draft_id[:60]!r}: take an id from GET /drafts")
    return draft


def _found(connection: Connection, query: str, value: object) -> DraftDocument | None:
    row = connection.cursor(row_factory=dict_row).execute(query.encode(), [value]).fetchone()
    return None if row is None else _draft(row)


def _draft(row: Mapping[str, object]) -> DraftDocument:
    match row:
        case {
            "questions": list(questions),
            "links": list(links),
            "created_at": datetime() as created_at,
            "updated_at": datetime() as updated_at,
        }:
            pass
        case _:
            raise TypeError(f"draft {row['id']} is not as it was kept")
    return DraftDocument(
        id=str(row["id"]),
        status=DraftStatus(str(row["status"])),
        title=str(row["title"]),
        questions=tuple(questions),
        text=str(row["text"]),
        created_at=created_at,
        updated_at=updated_at,
        turn_id=None if row["turn_id"] is None else TurnId(str(row["turn_id"])),
        document_id=None if row["document_id"] is None else DocumentId(str(row["document_id"])),
        links=_links(links),
    )


def _links(kept: Sequence[Mapping[str, str]]) -> tuple[Link, ...]:
    return tuple(Link(TurnId(each["turn_id"]), LinkKind(each["kind"]), each["question"]) for each in kept)

"""What a judge is shown of a turn, and what it found: kept once, whoever judges and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_assist.model import Citation, Document, TurnId, Usage
from customer_assist.storage.conversations import as_uuid
from customer_assist.storage.database import Database, storable_text
from customer_assist.storage.documents import DOCUMENT_COLUMNS, document_of
from customer_assist.storage.jobs import Job, add

_TURN = """
SELECT id::text, question, coalesce(trace ->> 'query', ''), answer, citations, knowledge_version
FROM turns WHERE id = %s AND relevance = 'UNKNOWN'
"""
_UNCHANGED = f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = ANY(%s) AND NOT deleted AND version <= %s"
_KEEP = """
UPDATE turns SET
    relevance = %(label)s, relevance_explanation = %(explanation)s, judged_by = %(by)s, judged_at = %(at)s,
    eval_prompt_tokens = %(prompt)s, eval_completion_tokens = %(completion)s, eval_total_tokens = %(total)s
WHERE id = %(turn)s AND relevance = 'UNKNOWN'
"""
_PAST = """
SELECT id::text, channel FROM turns
WHERE timestamp >= %s AND outcome = 'answered' AND answered_by <> 'human' AND move = 'question'
    AND relevance = 'UNKNOWN'
ORDER BY timestamp
"""
_FORGET = "DELETE FROM jobs WHERE id = ANY(%s) AND failure <> '' AND done_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class ToJudge:
    """An answer that nobody judged yet."""

    id: TurnId
    question: str  # as typed
    query: str  # as it was understood; "" where it had several requests
    answer: str
    citations: tuple[Citation, ...]
    documents: tuple[Document, ...]  # those cited that are still as they were


class JudgmentStore:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def to_judge(self, turn_id: str) -> ToJudge | None:
        """None: there is no such turn any more, or it is judged."""
        with self._database.connection() as connection:
            row = connection.execute(_TURN, [as_uuid(turn_id)]).fetchone()
            if row is None:
                return None
            id_, question, query, answer, cited, version = row
            citations = tuple(Citation(**each) for each in cited)
            wanted = [str(each.document_id) for each in citations]
            found = connection.execute(_UNCHANGED.encode(), [wanted, version]).fetchall()
        documents = tuple(document_of(each) for each in found)
        return ToJudge(TurnId(id_), question, query, answer, citations, documents)

    def keep(
        self, turn_id: TurnId, label: str, explanation: str, usage: Usage, by: str, at: datetime
    ) -> bool:
        """False: it is judged already, or gone; what was found first stays."""
        values = {
            "turn": UUID(turn_id),
            "label": label,
            "explanation": storable_text(explanation),
            "by": storable_text(by),
            "at": at,
            "prompt": usage.prompt_tokens,
            "completion": usage.completion_tokens,
            "total": usage.total_tokens,
        }
        with self._database.connection() as connection:
            return connection.execute(_KEEP, values).rowcount == 1

    def unjudged(self, since: datetime) -> list[tuple[str, str]]:
        """Id and channel of each answer to a question since then that nobody judged, oldest first."""
        with self._database.connection() as connection:
            return [(id_, channel) for id_, channel in connection.execute(_PAST, [since])]

    def add(self, jobs: Sequence[Job]) -> int:
        """As if they had come with their turns; how many were not there, or had been given up. Others are left as
        they are."""
        ids = [UUID(job.id) for job in jobs]
        with self._database.connection(bulk=True) as connection:
            connection.execute(_FORGET, [ids])
            known = connection.execute("SELECT count(*) FROM jobs WHERE id = ANY(%s)", [ids]).fetchone()
            add(connection, jobs)
        return len(jobs) - int(known[0] if known else 0)

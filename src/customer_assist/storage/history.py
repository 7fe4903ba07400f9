"""What became of the knowledge since a turn was answered from it.

Of each document only its present text is kept, with the version of the knowledge that last touched it; one that
went leaves a tombstone. So it can be told what changed, never what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from customer_assist.model import DocumentId
from customer_assist.storage.database import Database

_COUNTS = """
SELECT
    (SELECT version FROM knowledge),
    count(*) FILTER (WHERE NOT deleted),
    count(*) FILTER (WHERE deleted)
FROM documents WHERE version > %s
"""
_FATES = """
SELECT id, title, questions[1], deleted, version > %s FROM documents WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Fate:
    """One document, as it is now."""

    heading: str
    deleted: bool
    changed: bool  # since: its text, or whether it is there


@dataclass(frozen=True, slots=True)
class Since:
    """What became of the knowledge after an earlier version of it."""

    then: int  # that version
    version: int  # the present one; lower than `then`: the database was put back to an older state
    changed: int  # documents that were added or changed
    deleted: int
    fates: Mapping[DocumentId, Fate]  # of those that were asked about and are known

    def of(self, document_id: DocumentId) -> str:
        """What became of one that was asked about: "same", "changed", "deleted", or "unknown"."""
        fate = self.fates.get(document_id)
        if fate is None:
            return "unknown"
        if fate.deleted:
            return "deleted"
        return "changed" if fate.changed else "same"


class History:
    """Raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, version: int, document_ids: Iterable[DocumentId]) -> Since:
        """What is different from that version of the knowledge, and what became of these documents."""
        with self._database.connection() as connection:
            counts = connection.execute(_COUNTS, [version]).fetchone()
            found = connection.execute(_FATES, [version, sorted(set(document_ids))]).fetchall()
        now, changed, deleted = counts or (0, 0, 0)
        fates = {
            DocumentId(id_): Fate(title or question or id_, gone, touched)
            for id_, title, question, gone, touched in found
        }
        return Since(version, int(now), int(changed), int(deleted), fates)

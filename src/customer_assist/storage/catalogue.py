"""The documents as somebody looks through them: by what stands in them, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from customer_assist.model import Document
from customer_assist.storage.database import Database, storable_text
from customer_assist.storage.documents import DOCUMENT_COLUMNS, document_of

_WHERE = """
WHERE NOT deleted AND (%(source)s::text IS NULL OR source = %(source)s)
    AND (id || E'\\n' || title || E'\\n' || array_to_string(questions, E'\\n') || E'\\n' || text) ILIKE ALL (%(words)s)
"""
_PAGE = f"SELECT {DOCUMENT_COLUMNS} FROM documents {_WHERE} ORDER BY id OFFSET %(offset)s LIMIT %(limit)s"
_TOTAL = f"SELECT count(*) FROM documents {_WHERE}"
_SOURCES = "SELECT source, count(*) FROM documents WHERE NOT deleted GROUP BY source ORDER BY source"


@dataclass(frozen=True, slots=True)
class Page:
    documents: tuple[Document, ...]  # by id
    total: int  # that match, on all pages
    sources: dict[str, int]  # name → documents, whatever was looked for


class Catalogue:
    """Raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, *, text: str = "", source: str | None = None, offset: int = 0, limit: int = 50) -> Page:
        """Documents in which every word of `text` stands: in id, title, questions or text, in any case."""
        values = {
            "source": None if source is None else storable_text(source),
            "words": [f"%{_literal(word)}%" for word in storable_text(text).split()],
            "offset": offset,
            "limit": limit,
        }
        with self._database.connection() as connection:
            rows = connection.execute(_PAGE.encode(), values).fetchall()
            total = connection.execute(_TOTAL.encode(), values).fetchone()
            sources = dict(connection.execute(_SOURCES).fetchall())
        return Page(tuple(document_of(row) for row in rows), int(total[0]) if total else 0, sources)


def _literal(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")

"""The business's documents, profile and weights, numbered by the version of the knowledge that they make up.

Every change locks the one row of `knowledge`, so that versions come one after the other; readers never wait.
What goes leaves a tombstone, so that running servers see it go.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from customer_assist.errors import KnowledgeError
from customer_assist.model import Document, DocumentId
from customer_assist.storage.database import Database, storable_json, storable_text

Connection = psycopg.Connection[TupleRow]
Profile = Mapping[str, object]  # the business profile as a JSON object; {}: none


MAX_NAME = 1000  # bytes of an id or a source's name: PostgreSQL indexes no more than 2,700 of both together

DOCUMENT_COLUMNS = "id, source, title, questions, text, fields, url"
_STAGE = """
CREATE TEMPORARY TABLE staged (
    id text COLLATE "C", source text, title text, questions text[], text text, fields jsonb, url text,
    content_hash bytea
) ON COMMIT DROP
"""
_REMOVE_FOREIGN = """
DELETE FROM staged USING documents AS kept
WHERE kept.id = staged.id AND NOT kept.deleted AND kept.source <> staged.source
RETURNING staged.id
"""
_COUNT = """
SELECT
    count(*) FILTER (WHERE kept.id IS NULL OR kept.deleted),
    count(*) FILTER (WHERE NOT kept.deleted AND kept.content_hash <> staged.content_hash),
    count(*) FILTER (WHERE NOT kept.deleted AND kept.content_hash = staged.content_hash)
FROM staged LEFT JOIN documents AS kept USING (id)
"""
_UPSERT = """
INSERT INTO documents AS kept
    (id, source, title, questions, text, fields, url, content_hash, version, updated_at)
SELECT id, source, title, questions, text, fields, url, content_hash, %s, now() FROM staged
ON CONFLICT (id) DO UPDATE SET
    source = excluded.source, title = excluded.title, questions = excluded.questions, text = excluded.text,
    fields = excluded.fields, url = excluded.url, content_hash = excluded.content_hash,
    version = excluded.version, deleted = false, updated_at = excluded.updated_at
WHERE kept.deleted OR kept.content_hash <> excluded.content_hash
"""
_ADOPT = """
WITH adopted AS (
    INSERT INTO tunings (adopted_at, engine, weights, experiment) VALUES (now(), %s, %s, %s) RETURNING id
)
UPDATE knowledge SET tuning = adopted.id FROM adopted
"""
_BURY = "UPDATE documents SET deleted = true, version = %s, updated_at = now() WHERE NOT deleted AND "


@dataclass(frozen=True, slots=True)
class Tuning:
    """Weights that were fitted for this business."""

    engine: str  # the one that they are for
    weights: Mapping[str, float]  # what each signal of search counts, by name
    experiment: Mapping[str, object]  # how they were found, as a JSON object


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that the business knows, as of one version."""

    version: int
    documents: list[Document]  # by id
    profile: Profile
    demo: bool  # a demo source is among the sources
    tuning: Tuning | None = None  # the one in use


@dataclass(frozen=True, slots=True)
class KnowledgeChange:
    """What is different in `version` from an earlier one."""

    version: int
    upserted: list[Document]  # by id
    deleted: list[DocumentId]
    profile: Profile  # as it is now, changed or not
    demo: bool
    tuning: Tuning | None = None


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    demo: bool
    origin: str  # the path it was last read from, "" where it was none
    ingested_at: datetime
    documents: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How many documents of a source did what, and which ids another source holds."""

    added: int
    changed: int
    unchanged: int
    deleted: int  # of this source, and of demo sources that made room
    version: int
    foreign: list[DocumentId]


class DocumentStore:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- reading -----------------------------------------------------------------------------------

    def version(self) -> int:
        """The knowledge's version, 0 before anything came in: one read of one row."""
        with self._database.connection() as connection:
            return _version(connection)

    def load(self) -> Knowledge:
        """Everything, as of one moment."""
        with self._snapshot() as connection:
            rows = connection.execute(
                f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE NOT deleted ORDER BY id".encode()
            )
            documents = [document_of(row) for row in rows]
            return Knowledge(_version(connection), documents, *_beside(connection))

    def changes_since(self, version: int) -> KnowledgeChange:
        """What came and went after `version`. A result with a *lower* version means that the database was put
        back to an older state: load everything."""
        upserted: list[Document] = []
        deleted: list[DocumentId] = []
        query = f"SELECT deleted, {DOCUMENT_COLUMNS} FROM documents WHERE version > %s ORDER BY id"
        with self._snapshot() as connection:
            for gone, *row in connection.execute(query.encode(), [version]):
                if gone:
                    deleted.append(DocumentId(row[0]))
                else:
                    upserted.append(document_of(row))
            return KnowledgeChange(_version(connection), upserted, deleted, *_beside(connection))

    def get(self, document_id: str) -> Document | None:
        query = f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = %s AND NOT deleted"
        with self._database.connection() as connection:
            row = connection.execute(query.encode(), [storable_text(document_id)]).fetchone()
        return document_of(row) if row else None

    def list(self, *, source: str | None = None, offset: int = 0, limit: int = 50) -> list[Document]:
        """A page of documents by id, of all sources or of one."""
        wanted = None if source is None else storable_text(source)
        query = (
            f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE NOT deleted AND (%(source)s::text IS NULL OR source = "
            "%(source)s) ORDER BY id OFFSET %(offset)s LIMIT %(limit)s"
        )
        with self._database.connection() as connection:
            rows = connection.execute(query.encode(), {"source": wanted, "offset": offset, "limit": limit})
            return [document_of(row) for row in rows]

    def profile(self) -> Profile:
        """The one in use; empty where none came yet."""
        with self._database.connection() as connection:
            return _beside(connection)[0]

    def count(self) -> int:
        with self._database.connection() as connection:
            return _number(connection.execute("SELECT count(*) FROM documents WHERE NOT deleted"))

    def sources(self) -> Sequence[Source]:
        """By name, with how many documents each has. Documents put in one by one may have none here."""
        query = """
            SELECT name, demo, origin, ingested_at,
                (SELECT count(*) FROM documents WHERE source = name AND NOT deleted)
            FROM sources ORDER BY name
        """
        with self._database.connection() as connection:
            return [Source(*row) for row in connection.execute(query)]

    # --- changing ----------------------------------------------------------------------------------

    def sync_source(
        self,
        source: str,
        documents: Iterable[Document],
        *,
        demo: bool = False,
        profile: Profile | None = None,
        keep_missing: bool = False,
        origin: str = "",
        dry_run: bool = False,
    ) -> SyncReport:
        """Make `documents` the whole of a source, in one transaction; only a real change makes a new version.

        Each is kept under `source`, whatever its own says. Those that are missing go, unless `keep_missing`.
        `origin` is the path they were read from. With `dry_run` all is undone again: the report tells what would be.
        An id that a document of another source has is left to that one and reported as `foreign`. Unless
        `demo`, all demo sources go first, and a profile that came from one; beside others a demo is left out.
        Raises KnowledgeError where an id comes twice or is too long; then nothing is changed.
        """
        source = storable_text(source)
        with (
            self._database.connection(bulk=True) as connection,
            connection.transaction(force_rollback=dry_run),
        ):
            _stage(connection, source, documents)
            version = _lock(connection) + 1
            if demo and _number(connection.execute("SELECT count(*) FROM sources WHERE NOT demo")):
                return SyncReport(0, 0, 0, 0, version - 1, [])
            deleted = 0 if demo else _remove_demo(connection, version)
            foreign = sorted(DocumentId(row[0]) for row in connection.execute(_REMOVE_FOREIGN))
            counted = connection.execute(_COUNT).fetchone()
            added, changed, unchanged = counted or (0, 0, 0)
            connection.execute(_UPSERT, [version])
            if not keep_missing:
                missing = "source = %s AND NOT EXISTS (SELECT 1 FROM staged WHERE staged.id = documents.id)"
                deleted += connection.execute((_BURY + missing).encode(), [version, source]).rowcount
            marked = _mark_source(connection, source, demo, storable_text(origin))
            told = profile is not None and _tell_profile(connection, profile, source)
            touched = bool(added or changed or deleted or marked or told)
            version = _close(connection, version, touched)
        return SyncReport(added, changed, unchanged, deleted, version, foreign)

    def put(self, document: Document) -> int:
        """Add or replace one document, whichever source had its id; the version after."""
        with self._database.connection() as connection:
            _stage(connection, storable_text(document.source), [document])
            version = _lock(connection) + 1
            changed = connection.execute(_UPSERT, [version]).rowcount
            return _close(connection, version, changed > 0)

    def delete(self, document_ids: Sequence[str]) -> int:
        """Remove those that are there; the version after."""
        with self._database.connection(bulk=True) as connection:
            version = _lock(connection) + 1
            ids = [storable_text(document_id) for document_id in document_ids]
            gone = connection.execute((_BURY + "id = ANY(%s)").encode(), [version, ids]).rowcount
            return _close(connection, version, gone > 0)

    def set_profile(self, profile: Profile, source: str) -> int:
        """Replace the business profile; the version after. Unless `source` names a demo source, all of those
        go: the business speaks for itself now."""
        source = storable_text(source)
        with self._database.connection(bulk=True) as connection:
            version = _lock(connection) + 1
            is_demo = connection.execute(
                "SELECT 1 FROM sources WHERE name = %s AND demo", [source]
            ).fetchone()
            sources = _number(connection.execute("SELECT count(*) FROM sources WHERE demo"))
            if not is_demo:
                _remove_demo(connection, version)
            told = _tell_profile(connection, profile, source)
            return _close(connection, version, told or (not is_demo and sources > 0))

    def adopt(self, tuning: Tuning | None) -> int:
        """Search by these weights from now on, or by the defaults again; the version after."""
        with self._database.connection() as connection:
            version = _lock(connection) + 1
            if tuning is None:
                undone = connection.execute("UPDATE knowledge SET tuning = NULL WHERE tuning IS NOT NULL")
                return _close(connection, version, undone.rowcount > 0)
            connection.execute(
                _ADOPT, [tuning.engine, Jsonb(tuning.weights), storable_json(tuning.experiment)]
            )
            return _close(connection, version, changed=True)

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with self._database.connection(bulk=True) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection


def _stage(connection: Connection, source: str, documents: Iterable[Document]) -> None:
    connection.execute(_STAGE)
    seen: set[str] = set()
    with connection.cursor().copy(
        f"COPY staged ({DOCUMENT_COLUMNS}, content_hash) FROM STDIN".encode()
    ) as copy:
        for document in documents:
            row = _row(document, source)
            document_id = str(row[0])
            if document_id in seen:
                raise KnowledgeError(
                    f"{source}: the id {document_id!r} comes twice: give each document its own"
                )
            if max(len(document_id.encode()), len(source.encode())) > MAX_NAME:
                raise KnowledgeError(
                    f"{source[:100]}: {document_id[:100]!r} … is too long: at most {MAX_NAME} bytes"
                )
            seen.add(document_id)
            copy.write_row(row)
    connection.execute("ANALYZE staged")


def _row(document: Document, source: str) -> tuple[object, ...]:
    fields: Jsonb = storable_json(document.fields)
    parts = (
        storable_text(document.id),
        source,
        storable_text(document.title),
        [storable_text(question) for question in document.questions],
        storable_text(document.text),
        fields.obj,
        None if document.url is None else storable_text(document.url),
    )
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return (*parts[:5], fields, parts[6], hashlib.sha256(canonical.encode()).digest())


def document_of(row: Sequence[object]) -> Document:
    match row:
        case [
            str(id_),
            str(source),
            str(title),
            list(questions),
            str(text),
            dict(fields),
            str() | None as url,
        ]:
            return Document(DocumentId(id_), source, title, tuple(questions), text, fields, url)
    raise TypeError(f"document {row[0]} is not as it was stored")


def _number(cursor: psycopg.Cursor[TupleRow]) -> int:
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _version(connection: Connection) -> int:
    return _number(connection.execute("SELECT version FROM knowledge"))


def _beside(connection: Connection) -> tuple[Profile, bool, Tuning | None]:
    """All but the documents."""
    query = """
        SELECT profile, EXISTS (SELECT 1 FROM sources WHERE demo), engine, weights, experiment
        FROM knowledge LEFT JOIN tunings ON tunings.id = tuning
    """
    row = connection.execute(query).fetchone()
    if row is None:
        return {}, False, None
    return row[0], row[1], None if row[2] is None else Tuning(*row[2:])


def _lock(connection: Connection) -> int:
    """The version before the change that begins here; the next change waits until this one is over."""
    return _number(connection.execute("SELECT version FROM knowledge FOR UPDATE"))


def _close(connection: Connection, version: int, changed: bool) -> int:
    if not changed:
        return version - 1
    connection.execute("UPDATE knowledge SET version = %s", [version])
    return version


def _remove_demo(connection: Connection, version: int) -> int:
    of_demo = "source IN (SELECT name FROM sources WHERE demo)"
    gone = connection.execute((_BURY + of_demo).encode(), [version]).rowcount
    connection.execute(
        "UPDATE knowledge SET profile = '{}', profile_source = ''"
        " WHERE profile_source IN (SELECT name FROM sources WHERE demo)"
    )
    connection.execute("DELETE FROM sources WHERE demo")
    return gone


def _mark_source(connection: Connection, source: str, demo: bool, origin: str) -> bool:
    """Note that a source was taken in; True where that makes the knowledge a demo, or none any more."""
    before = connection.execute("SELECT demo FROM sources WHERE name = %s", [source]).fetchone()
    connection.execute(
        "INSERT INTO sources (name, demo, origin, ingested_at) VALUES (%s, %s, %s, now()) ON CONFLICT (name)"
        " DO UPDATE SET demo = excluded.demo, origin = excluded.origin, ingested_at = excluded.ingested_at",
        [source, demo, origin],
    )
    return before is None or before != (demo,)


def _tell_profile(connection: Connection, profile: Profile, source: str) -> bool:
    told = connection.execute(
        "UPDATE knowledge SET profile = %(profile)s, profile_source = %(source)s"
        " WHERE (profile, profile_source) IS DISTINCT FROM (%(profile)s, %(source)s)",
        {"profile": storable_json(profile), "source": source},
    )
    return told.rowcount > 0

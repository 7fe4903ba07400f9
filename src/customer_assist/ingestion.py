"""Files of a business into its knowledge: read, embed what is new, then change the database in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from customer_assist.answering.cleaning import left_out
from customer_assist.business import BusinessProfile, read_profile
from customer_assist.errors import KnowledgeError
from customer_assist.indexing import Progress, TextVectors, texts_to_embed, vouched
from customer_assist.knowledge.reading import profile_path, read
from customer_assist.knowledge.rows import BadRow
from customer_assist.model import Document
from customer_assist.storage.documents import DocumentStore

DEMO_SOURCE = "sample business"
LEARNED, CONSOLE = "learned", "console"  # sources of documents that were put one by one
_MOST_LEFT_OUT, _LONGEST_QUOTE = 10, 120  # sentences, and characters of each, that an ingest tells of


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest did. `bad_rows` were left out, everything else is in."""

    source: str
    version: int
    added: int
    changed: int
    unchanged: int
    deleted: int
    embedded: int  # texts that were new to the embedding model
    bad_rows: tuple[BadRow, ...]
    notices: tuple[str, ...]
    profile: bool  # a business profile came with it


def ingest(
    path: Path,
    store: DocumentStore,
    vectors_of: TextVectors | None,
    *,
    source: str | None = None,
    demo: bool = False,
    progress: Progress | None = None,
    on_bad_row: Callable[[BadRow], None] | None = None,
    origin: str | None = None,
    dry_run: bool = False,
) -> IngestReport:
    """Make the documents of `path` the whole of its source: new ones in, changed ones anew, missing ones out.

    `origin` says where they are from where that is not `path`. With `dry_run` nothing is changed and nothing
    embedded: the report tells what would be.

    Documents that are missing are kept as long as the file has bad rows: one of them may be theirs. Nothing is
    half-written: an interruption leaves the knowledge as it was. Raises KnowledgeError where the file cannot
    be used at all, ConfigurationError for a wrong business profile beside it.
    """
    reading = read(path, source=source)
    if reading.source in (LEARNED, CONSOLE):
        raise KnowledgeError(
            f"{reading.source!r} is the source of documents that were put one by one, and these files would take "
            "their place: give another name with --source"
        )
    if source is None:
        _refuse_namesake(reading.source, path, store)
    found_profile = profile_path(path)
    profile = read_profile(found_profile) if found_profile else None
    documents: list[Document] = []
    bad_rows: list[BadRow] = []
    for item in reading:
        if isinstance(item, Document):
            documents.append(item)
        else:
            bad_rows.append(item)
            if on_bad_row:
                on_bad_row(item)
    if not documents:
        reason = f": {bad_rows[0].file} line {bad_rows[0].line}: {bad_rows[0].reason}" if bad_rows else ""
        raise KnowledgeError(f"{path} holds nothing that can be used, so nothing was changed{reason}")
    embedded = 0
    if vectors_of and not dry_run:
        embedded = vectors_of.prepare(texts_to_embed(documents), progress)
    synced = store.sync_source(
        reading.source,
        documents,
        demo=demo,
        profile=_plain(profile),
        keep_missing=bool(bad_rows),
        origin=origin if origin is not None else str(path.resolve()),
        dry_run=dry_run,
    )
    bad_rows.extend(
        BadRow(
            path.name, 0, f"the id {document_id!r} belongs to another source; rename it or delete that one"
        )
        for document_id in synced.foreign
    )
    return IngestReport(
        source=reading.source,
        version=synced.version,
        added=synced.added,
        changed=synced.changed,
        unchanged=synced.unchanged,
        deleted=synced.deleted,
        embedded=embedded,
        bad_rows=tuple(bad_rows),
        notices=(*reading.notices, *_left_out(documents, profile, store)),
        profile=profile is not None,
    )


@dataclass(frozen=True, slots=True)
class Put:
    version: int
    created: bool  # there was none of this id
    notices: tuple[str, ...]  # sentences that answers leave out


def put_document(document: Document, store: DocumentStore, vectors_of: TextVectors | None) -> Put:
    """Add or replace one document, which need not be in any file; whatever else is loaded stays.

    It is kept under its own `source`, which no ingest of another source takes out. Raises KnowledgeError where its
    id or source is too long.
    """
    if vectors_of:
        vectors_of.prepare(texts_to_embed([document]))  # so that no customer's question waits for it
    created = store.get(document.id) is None
    version = store.put(document)
    return Put(version, created, tuple(_left_out([document], None, store)))


def _left_out(
    documents: Sequence[Document], profile: BusinessProfile | None, store: DocumentStore
) -> Iterator[str]:
    """The first sentences that no answer will use, each with its document and why."""
    known = profile or BusinessProfile.model_validate(dict(store.profile()))
    vouching = vouched(known, documents)
    found = [(document.id, each) for document in documents for each in left_out(document, vouching)]
    for document_id, each in found[:_MOST_LEFT_OUT]:
        yield f"{document_id}: answers leave out {_shortened(each.sentence)!r}: {each.why}"
    if len(found) > _MOST_LEFT_OUT:
        yield f"answers leave out {len(found) - _MOST_LEFT_OUT} more sentences: `customer-assist doctor` lists all"


def _shortened(sentence: str) -> str:
    line = " ".join(sentence.split())
    return line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE].rstrip() + " …"


def _refuse_namesake(name: str, path: Path, store: DocumentStore) -> None:
    """Two files of one name are two sources: the second must not silently take the first one's place."""
    origin = next((known.origin for known in store.sources() if known.name == name and known.documents), "")
    if origin and origin != str(path.resolve()):
        raise KnowledgeError(
            f"{name} was loaded from {origin} before: to keep both, give this one a name of its own with --source; "
            f"to replace that one, say --source {name}"
        )


def _plain(profile: BusinessProfile | None) -> dict[str, object] | None:
    return None if profile is None else profile.model_dump(mode="json")

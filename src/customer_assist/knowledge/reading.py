"""A business's file or folder to documents, row by row, with everything that was left out named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from customer_assist.errors import KnowledgeError
from customer_assist.knowledge.columns import QUESTION_COLUMNS, TEXT_COLUMNS, TITLE_COLUMNS
from customer_assist.knowledge.documents import document_from
from customer_assist.knowledge.files import SUFFIXES, records_of
from customer_assist.knowledge.identity import Identities
from customer_assist.knowledge.rows import BadRow, FileProblem, Record, RowProblem
from customer_assist.model import Document

_PROFILE = "business.toml"  # facts about the business, read by the room `business`
_KNOWN = (*QUESTION_COLUMNS, *TITLE_COLUMNS, *TEXT_COLUMNS)
_NAMED = 5  # skipped files that are named before "and n more"


def read(path: Path, *, source: str | None = None) -> Reading:
    """Documents and bad rows of a file (CSV, JSON, JSONL, Markdown) or a folder of them, as iterated over.

    `source` is the name the documents carry, by default the file's or folder's own. Raises KnowledgeError,
    here or while iterating, where a file as a whole cannot be read; in a folder that is a BadRow of the file.
    """
    return Reading(path, source or path.resolve().name)


def read_whole(path: Path) -> list[Document]:
    """All documents; here a bad row raises KnowledgeError, because a measure over part of a corpus would mislead."""
    found: list[Document] = []
    for item in read(path):
        if isinstance(item, BadRow):
            raise KnowledgeError(str(item))
        found.append(item)
    return found


def profile_path(path: Path) -> Path | None:
    """The business profile kept with this knowledge: in the folder itself, or beside the file."""
    found = (path if path.is_dir() else path.parent) / _PROFILE
    return found if found.is_file() else None


class Reading:
    """Each iteration reads the files anew; documents have distinct ids."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.source = source
        self.notices: list[str] = []  # complete when an iteration is: encodings, files passed over
        if not path.exists():
            raise KnowledgeError(
                f"{path} does not exist: name a file ({', '.join(SUFFIXES)}) or a folder of them"
            )
        if not path.is_dir() and path.suffix.lower() not in SUFFIXES:
            raise KnowledgeError(f"{path} is of a kind that is not read: use one of {', '.join(SUFFIXES)}")

    def __iter__(self) -> Iterator[Document | BadRow]:
        self.notices = []
        identities = Identities(self.source)
        if not self.path.is_dir():
            try:
                yield from self._documents(self.path, self.path.name, identities)
            except FileProblem as problem:
                raise KnowledgeError(f"{self.path} {problem}") from problem
            return
        for path in self._files():
            file = path.relative_to(self.path).as_posix()
            try:
                yield from self._documents(path, file, identities)
            except FileProblem as problem:
                yield BadRow(file, 1, f"the file {problem}")

    def _documents(self, path: Path, file: str, identities: Identities) -> Iterator[Document | BadRow]:
        for record in records_of(path, file, key="documents", known=_KNOWN, notice=self.notices.append):
            yield self._document(record, identities) if isinstance(record, Record) else record

    def _document(self, record: Record, identities: Identities) -> Document | BadRow:
        try:
            return document_from(record, self.source, identities)
        except RowProblem as problem:
            return BadRow(record.file, record.line, str(problem))

    def _files(self) -> list[Path]:
        """The folder's readable files, sorted; the others are noted once."""
        try:
            inside = sorted(self.path.rglob("*"), key=lambda found: found.relative_to(self.path).parts)
        except OSError as error:
            raise KnowledgeError(f"{self.path} cannot be read: {error.strerror or error}") from error
        visible = [
            found
            for found in inside
            if found.is_file()
            and not any(part.startswith(".") for part in found.relative_to(self.path).parts)
            and found.name != _PROFILE
            and found.name.lower() != "readme.md"
        ]
        files = [found for found in visible if found.suffix.lower() in SUFFIXES]
        skipped = [found.relative_to(self.path).as_posix() for found in visible if found not in set(files)]
        if skipped:
            more = f" and {len(skipped) - _NAMED} more" if len(skipped) > _NAMED else ""
            self.notices.append(
                f"{len(skipped)} of other kinds passed over: {', '.join(skipped[:_NAMED])}{more} "
                f"(read are {', '.join(SUFFIXES)})"
            )
        if not files:
            raise KnowledgeError(
                f"{self.path} holds no file to read: put {', '.join(SUFFIXES)} files into it"
            )
        return files

"""One file, of whatever kind, to records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from customer_assist.knowledge.encoding import Encoding, detect_encoding
from customer_assist.knowledge.markdown import markdown_records
from customer_assist.knowledge.objects import json_records, jsonl_records
from customer_assist.knowledge.rows import MAX_CHARACTERS, BadRow, FileProblem, Record
from customer_assist.knowledge.tables import csv_records

TABLES = (".csv", ".json", ".jsonl", ".ndjson")
ARTICLES = (".md", ".markdown")
SUFFIXES = (*TABLES, *ARTICLES)


def records_of(
    path: Path, file: str, *, key: str, known: Iterable[str], notice: Callable[[str], None]
) -> Iterator[Record | BadRow]:
    """The records of one file as they are read; `file` is what it is called in messages.

    `key` names the list in a JSON object, `known` the columns of which a CSV file needs one; `notice` is told
    what the owner should know of the file. Raises FileProblem where nothing of it can be read.
    """
    try:
        if path.stat().st_size == 0:
            raise FileProblem("is empty")
        encoding = detect_encoding(path)
        if encoding.notice:
            notice(f"{file} {encoding.notice}")
        yield from _read(path, file, encoding, key, known)
    except UnicodeError as error:  # UTF-16 by its mark, and then not
        raise FileProblem(f"cannot be read as {encoding.name}: save it as UTF-8") from error
    except OSError as error:
        raise FileProblem(f"cannot be read: {error.strerror or error}") from error


def _read(
    path: Path, file: str, encoding: Encoding, key: str, known: Iterable[str]
) -> Iterator[Record | BadRow]:
    suffix = path.suffix.lower()
    if suffix in ARTICLES and path.stat().st_size > 4 * MAX_CHARACTERS:
        yield BadRow(file, 1, f"is longer than {MAX_CHARACTERS:,} characters: part the article")
        return
    # A table keeps its line ends, which its quoted fields may hold.
    newline = "" if suffix == ".csv" else None
    with path.open(encoding=encoding.name, errors=encoding.errors, newline=newline) as lines:
        if suffix == ".csv":
            yield from csv_records(lines, file, known)
        elif suffix == ".json":
            yield from json_records(lines.read(), file, key)
        elif suffix in ARTICLES:
            yield from markdown_records(lines.read(), file, path.stem)
        else:
            yield from jsonl_records(lines, file)

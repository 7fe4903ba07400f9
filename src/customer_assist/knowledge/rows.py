"""What every kind of file is read into before it becomes documents: records, and rows that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_CHARACTERS = 200_000  # of one row, or of one Markdown file: more is a mistake, not an article


@dataclass(frozen=True, slots=True)
class Record:
    """One row, object or article as it stands in its file."""

    file: str
    line: int  # where it begins, from 1
    values: Mapping[str, object]  # column key (columns.column_key) → text, number, list …


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, and why. The rows around it are read."""

    file: str
    line: int  # where it begins, from 1
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


class RowProblem(ValueError):
    """Why this one row cannot be used; becomes a BadRow."""


class FileProblem(ValueError):
    """Why nothing of this file can be used; becomes a KnowledgeError, or a BadRow inside a folder."""


def check_text(value: str) -> str:
    """The text as it was; raises RowProblem where no database or model could hold it."""
    if "\x00" in value:
        raise RowProblem("holds a NUL character: is it really a text file?")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise RowProblem("holds bytes that are not UTF-8: save the file as UTF-8") from None
    return value

"""Records to documents: what fills which part, and what makes a row unusable."""

from __future__ import annotations

import re

from customer_assist.knowledge.columns import (
    ID_COLUMNS,
    QUESTION_COLUMNS,
    TEXT_COLUMNS,
    TITLE_COLUMNS,
    URL_COLUMNS,
    first_text,
    remaining_fields,
    scalar,
    texts,
)
from customer_assist.knowledge.identity import Identities
from customer_assist.knowledge.rows import MAX_CHARACTERS, Record, RowProblem, check_text
from customer_assist.model import Document

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def document_from(record: Record, source: str, identities: Identities) -> Document:
    """Raises RowProblem where the record says nothing, too much, or something no document can hold."""
    values = record.values
    asked = {column: texts(values.get(column), column) for column in QUESTION_COLUMNS if values.get(column)}
    questions = tuple(dict.fromkeys(text for found in asked.values() for text in found))
    title_column, title = first_text(values, TITLE_COLUMNS)
    text_column, text = first_text(values, TEXT_COLUMNS)
    url_column, url = first_text(values, URL_COLUMNS)
    id_column, wanted = first_text(values, ID_COLUMNS)
    if not (questions or title or text):
        filled = (
            ", ".join(column for column, value in values.items() if column and scalar(value)) or "nothing"
        )
        raise RowProblem(f"has no question, no title and no text (only {filled})")
    used = (*asked, title_column, text_column, url_column, id_column)
    fields = dict(remaining_fields(values, used))
    _check(title, *questions, text, url, wanted, *fields, *fields.values())
    if url and _SCHEME.match(url) and not _WEB_ADDRESS.fullmatch(url):
        raise RowProblem(f"its url {url[:60]!r} must begin with https:// or http://")
    place = f"{record.file}, line {record.line}"
    return Document(
        id=identities.explicit(wanted, place)
        if wanted
        else identities.derived(title, questions, text, place),
        source=source,
        title=title,
        questions=questions,
        text=text,
        fields=fields,
        url=url or None,
    )


def _check(*parts: str) -> None:
    length = sum(map(len, parts))
    if length > MAX_CHARACTERS:
        raise RowProblem(
            f"is {length:,} characters long; at most {MAX_CHARACTERS:,} are read: part the article"
        )
    check_text("".join(parts))

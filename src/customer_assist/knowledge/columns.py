"""The one table of accepted column names, for knowledge and for evaluation alike.

A column's name counts without regard to case, and spaces, hyphens and underscores are the same. A name that
is not in the table is a field: something to filter on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from customer_assist.knowledge.rows import RowProblem

# In each, a name further left wins where a row fills several.
QUESTION_COLUMNS = (
    "question",
    "questions",
    "instruction",
    "utterance",
    "query",
    "prompt",
    "customer_message",
    "q",
)
TEXT_COLUMNS = ("response", "answer", "text", "reply", "body", "content", "a")
TITLE_COLUMNS = ("title", "name", "subject", "heading")
ID_COLUMNS = ("id", "document_id", "doc_id")
URL_COLUMNS = ("url",)
GOLD_COLUMNS = ("document", "documents", "document_id", "doc_id", "gold")  # in files of test questions only
INTENT_COLUMN = "intent"
# Fields whose value is the name of a thing that the row is about: search keeps to the one that is spoken of.
NAMING_COLUMNS = (
    "entity",
    "product",
    "business",
    "location",
    "branch",
    "store",
    "venue",
    "brand",
    "model",
    "property",
    "restaurant",
    "hotel",
)


def column_key(name: str) -> str:
    """The form in which names are compared and fields are kept: " Product Line" → "product_line"."""
    return "_".join(name.replace("_", " ").replace("-", " ").lower().split())


def accepted_columns() -> str:
    """The table in one line, for messages."""
    return (
        f"a question ({', '.join(QUESTION_COLUMNS)}), a title ({', '.join(TITLE_COLUMNS)}) "
        f"or a text ({', '.join(TEXT_COLUMNS)})"
    )


def scalar(value: object) -> str | None:
    """A single value as stripped text, "" for nothing at all, None for a list or an object."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.strip()
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value.isoformat() if isinstance(value, date) else None


def texts(value: object, column: str) -> list[str]:
    """One text, a list of them, or (in a CSV cell) a JSON list of them, without the empty ones.

    Raises RowProblem for anything deeper.
    """
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            parsed = value  # "[Order] where is it?" is a question
        value = parsed if isinstance(parsed, list) else value
    found = [scalar(item) for item in value] if isinstance(value, list) else [scalar(value)]
    if None in found:
        raise RowProblem(f"{column} must be a text or a list of texts")
    return [text for text in found if text]


def first_text(values: Mapping[str, object], columns: Iterable[str]) -> tuple[str, str]:
    """The first filled one of these columns: its name and text, or two empty texts.

    Raises RowProblem where it is a list or an object.
    """
    for column in columns:
        text = scalar(values.get(column))
        if text is None:
            raise RowProblem(f"{column} must be one text")
        if text:
            return column, text
    return "", ""


def remaining_fields(values: Mapping[str, object], used: Iterable[str]) -> Iterator[tuple[str, str]]:
    """All filled single values of columns that are not used for something else."""
    taken = set(used)
    for column, value in values.items():
        if column and column not in taken:
            text = scalar(value)
            if text:
                yield column, text

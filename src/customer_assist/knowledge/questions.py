"""Files of test questions: what customers ask, with the documents or the intent that would be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from customer_assist.errors import KnowledgeError
from customer_assist.knowledge.columns import (
    GOLD_COLUMNS,
    INTENT_COLUMN,
    QUESTION_COLUMNS,
    TEXT_COLUMNS,
    first_text,
    remaining_fields,
    texts,
)
from customer_assist.knowledge.files import TABLES, records_of
from customer_assist.knowledge.rows import MAX_CHARACTERS, BadRow, FileProblem, Record, RowProblem, check_text

# A file of nothing but utterances may call them texts.
_ASKED = (*QUESTION_COLUMNS, *(column for column in TEXT_COLUMNS if column == "text"))


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question and what would be right for it; neither documents nor intent where nothing would be."""

    question: str
    documents: tuple[str, ...] = ()
    intent: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)  # every other column, and the intent


def read_questions(path: Path) -> list[LabelledQuestion]:
    """The questions of a CSV, JSON (a list, or {"questions": [...]}) or JSONL file, in its order.

    A row with several phrasings is as many questions, one with an empty question is none. A measure over part
    of a file would mislead, so here any bad row raises KnowledgeError, with its line.
    """
    if path.suffix.lower() not in TABLES:
        raise KnowledgeError(
            f"{path} is of a kind that holds no test questions: use one of {', '.join(TABLES)}"
        )
    found: list[LabelledQuestion] = []
    try:
        for record in records_of(path, path.name, key="questions", known=_ASKED, notice=_ignore):
            if isinstance(record, BadRow):
                raise KnowledgeError(str(record))
            found.extend(_labelled(record))
    except FileProblem as problem:
        raise KnowledgeError(f"{path} {problem}") from problem
    return found


def _ignore(_notice: str) -> None:
    """The encoding of test questions is nobody's concern."""


def _labelled(record: Record) -> Iterator[LabelledQuestion]:
    values = record.values
    try:
        column = next((name for name in _ASKED if values.get(name)), "")
        questions = texts(values.get(column), column)
        if not column and not any(name in values for name in _ASKED):
            raise RowProblem(f"has no question: name it in one of {', '.join(_ASKED)}")
        gold = next((name for name in GOLD_COLUMNS if values.get(name)), "")
        documents = tuple(dict.fromkeys(texts(values.get(gold), gold)))
        _, intent = first_text(values, (INTENT_COLUMN,))
        for question in questions:
            if len(check_text(question)) > MAX_CHARACTERS:
                raise RowProblem(f"its question is longer than {MAX_CHARACTERS:,} characters")
    except RowProblem as problem:
        raise KnowledgeError(f"{record.file}, line {record.line}: {problem}") from problem
    fields = dict(remaining_fields(values, (column, gold)))
    for question in questions:
        yield LabelledQuestion(question, documents, intent or None, fields)

"""A document as an answer rests on it."""

from __future__ import annotations

from dataclasses import dataclass

from customer_assist.model import DocumentId


@dataclass(frozen=True, slots=True)
class Source:
    """One document as the model sees it, its placeholders filled; `number` is what "[1]" means."""

    number: int
    document_id: DocumentId
    title: str
    text: str
    url: str | None = None

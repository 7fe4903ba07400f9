"""A customer's message as it comes in, and what it must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from customer_assist.errors import InvalidInput

MAX_QUESTION = 4000  # characters
DEMO = "demo"  # the channel of pretended customers
# Channels on which whoever runs the assistant tries it out, or measures it. Every other name is a customer's.
NOT_CUSTOMERS = frozenset({"console", "cli", "init", "evaluation"})


@dataclass(frozen=True, slots=True)
class Ask:
    question: str
    conversation_id: str | None = None  # None: a new conversation
    channel: str = "api"
    locale: str = ""
    customer_ref: str = ""
    email: str = ""  # where the customer can be reached, where they said so
    filters: Mapping[str, str] = field(default_factory=dict)  # field → value that documents must have


def check_question(question: str, what: str = "question") -> None:
    """Raises InvalidInput saying what to change."""
    if not question.strip():
        raise InvalidInput(
            f"the {what} is empty: write what you would like to {'know' if what == 'question' else 'say'}"
        )
    if len(question) > MAX_QUESTION:
        raise InvalidInput(
            f"the {what} is too long: {len(question)} characters, at most {MAX_QUESTION} are read"
        )
    if "\x00" in question or any("\ud800" <= character <= "\udfff" for character in question):
        raise InvalidInput(
            f"the {what} holds characters that are no text (NUL or half a pair): send plain text"
        )

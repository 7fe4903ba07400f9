"""The words of the database in an owner's."""

from __future__ import annotations

from collections.abc import Mapping

from customer_assist.model import HandoffReason, Outcome

OUTCOMES: Mapping[str, str] = {
    Outcome.ANSWERED: "answered",
    Outcome.CLARIFYING: "asked back",
    Outcome.SMALL_TALK: "small talk",
    Outcome.ABSTAINED: "did not know",
    Outcome.HANDED_OFF: "handed over",
    Outcome.WITH_HUMAN: "with a human",
}
REASONS: Mapping[str, str] = {
    HandoffReason.WISH: "the customer wanted a person",
    HandoffReason.NOT_KNOWN: "the assistant did not know",
    HandoffReason.TOPIC: "a topic that you keep for people",
    HandoffReason.ALTERNATIVES_FAILED: "what it suggested did not help",
}


def in_words(column: str, words: Mapping[str, str]) -> str:
    """SQL for a column in an owner's words; what has none stays as it is."""
    cases = "".join(f"\n    WHEN '{value}' THEN '{said}'" for value, said in words.items())
    return f"CASE {column}{cases}\n    ELSE {column}\n  END"

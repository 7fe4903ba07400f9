"""What a customer's message does in its conversation."""

from __future__ import annotations

from collections.abc import Sequence

from customer_assist.dialogue.alternatives import wants_another
from customer_assist.dialogue.guide import guide_move
from customer_assist.dialogue.human_wish import declines_a_human, wants_a_human, wants_the_assistant
from customer_assist.dialogue.small_talk import is_mere_no, is_mere_yes, is_small_talk
from customer_assist.model import Move, Outcome, RecordedTurn


def read_move(message: str, past: Sequence[RecordedTurn]) -> Move:
    """By what is said and what was said before it, oldest first. Same words and past, same move."""
    if wants_the_assistant(message):
        return Move.ASSISTANT
    if wants_a_human(message, past):
        return Move.HUMAN
    if declines_a_human(message, past):
        return Move.SMALL_TALK
    guided = guide_move(message, past)
    if guided is not None:
        return guided
    if wants_another(message, past):
        return Move.NOT_HELPED
    if is_small_talk(message) or _asks_nothing(message, past):
        return Move.SMALL_TALK
    return Move.QUESTION


def _asks_nothing(message: str, past: Sequence[RecordedTurn]) -> bool:
    """A mere yes or no; but to several topics that were offered a yes chooses none of them."""
    asked_back = bool(past) and past[-1].outcome == Outcome.CLARIFYING
    return is_mere_no(message) or (is_mere_yes(message) and not asked_back)

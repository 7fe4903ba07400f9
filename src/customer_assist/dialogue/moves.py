"""What a customer's message does in its conversation."""

from __future__ import annotations

from collections.abc import Sequence

from customer_assist.dialogue.alternatives import wants_another
from customer_assist.dialogue.guide import guide_move
from customer_assist.dialogue.human_wish import wants_a_human, wants_the_assistant
from customer_assist.dialogue.small_talk import is_small_talk
from customer_assist.model import Move, RecordedTurn


def read_move(message: str, past: Sequence[RecordedTurn]) -> Move:
    """By what is said and what was said before it, oldest first. Same words and past, same move."""
    if wants_the_assistant(message):
        return Move.ASSISTANT
    if wants_a_human(message, past):
        return Move.HUMAN
    guided = guide_move(message, past)
    if guided is not None:
        return guided
    if wants_another(message, past):
        return Move.NOT_HELPED
    if is_small_talk(message):
        return Move.SMALL_TALK
    return Move.QUESTION

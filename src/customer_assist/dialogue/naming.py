"""Things that a conversation names and then only points at."""

from __future__ import annotations

from collections.abc import Sequence

from customer_assist.model import Mention, Outcome, RecordedTurn
from customer_assist.text.spoken import spoken_words

_AROUND_A_NAME = (
    "a am an and at for from i im in is it its mean meant no of on one please that the this to uh um yes"
)
_AROUND = frozenset(_AROUND_A_NAME.split())


def messages(past: Sequence[RecordedTurn], message: str) -> list[str]:
    """All that was said, oldest first, by whom is no matter. Questions of the assistant name what nobody chose yet."""
    said = []
    for turn in past:
        said += [turn.question] if turn.outcome == Outcome.CLARIFYING else [turn.question, turn.answer]
    return [*said, message]


def meant(message: str, past: Sequence[RecordedTurn], about: Sequence[Mention]) -> str:
    """The question before, where the assistant asked back and `message` does no more than name a thing; else itself."""
    if not past or past[-1].outcome != Outcome.CLARIFYING or not about:
        return message
    named = {word for mention in about for word in mention.words.split()}
    others = [word for word in spoken_words(message) if word not in named | _AROUND]
    return message if others else past[-1].query or past[-1].question

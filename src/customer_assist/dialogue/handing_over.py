"""When a conversation goes to a person, and what customer and person are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from customer_assist.business import BusinessProfile
from customer_assist.dialogue.alternatives import have_failed
from customer_assist.dialogue.promises import when_answered
from customer_assist.dialogue.topics import reserved_topic
from customer_assist.model import HandoffReason, HandoffWish, Move, Outcome, RecordedTurn
from customer_assist.text.said import heard

BY_BUTTON = "I would like to talk to a person."  # what pressing the button says
_LONGEST = 300  # characters of a message in a summary


def reason_to_hand_over(
    message: str, move: Move, profile: BusinessProfile, past: Sequence[RecordedTurn]
) -> HandoffWish | None:
    """A topic of the business, else the customer's wish; None: the assistant answers."""
    topic = reserved_topic(message, profile)
    if topic:
        return HandoffWish(HandoffReason.TOPIC, topic)
    return wish_of(past) if move is Move.HUMAN else None


def wish_of(past: Sequence[RecordedTurn]) -> HandoffWish:
    """The reason of one who asks for a person after `past`."""
    if have_failed(past):
        return HandoffWish(HandoffReason.ALTERNATIVES_FAILED)
    if past and past[-1].outcome == Outcome.ABSTAINED:
        return HandoffWish(HandoffReason.NOT_KNOWN)
    return HandoffWish(HandoffReason.WISH)


# --- for the customer ----------------------------------------------------------------------------


def promise(profile: BusinessProfile, now: datetime) -> str:
    """What the customer is told once the handoff is on its way; `now` is aware."""
    ways = profile.contact.ways()
    parts = (
        "I have passed this on to our team, with what you have written so far. A person will answer you here.",
        when_answered(profile, now),
        f"If you would rather not wait, please {ways}." if ways else "",
    )
    return " ".join(filter(None, parts))


def passed_on() -> str:
    """To a message that came while nobody has taken the conversation yet."""
    return (
        "I have added this to what our team will read. "
        "To go on with me, the assistant, instead, write “back to the assistant”."
    )


def back_again(past: Sequence[RecordedTurn]) -> str:
    """To one who asks for the assistant, which has the conversation: again after a handoff, or all along. `past` is
    the whole conversation."""
    again = "You are with me again" if past and past[-1].handoff_id else "You are talking with me already"
    return f"{again}, the automated assistant. What would you like to know?"


# --- for the person ------------------------------------------------------------------------------


def summary(past: Sequence[RecordedTurn], message: str) -> str:
    """For the person who takes the conversation: what was asked, what came of it, what the customer stated, and
    the last message; in the customer's and the assistant's own words."""
    return "\n".join([*_what_happened(past), *_stated(past, message), f"Last message: {_short(message)}"])


def transcript(past: Sequence[RecordedTurn], message: str, at: datetime) -> list[dict[str, object]]:
    """Every turn of `past`, then the message that led to the handoff."""
    last: dict[str, object] = {
        "asked_at": at.isoformat(),
        "question": message,
        "answer": "",
        "outcome": Outcome.HANDED_OFF.value,
    }
    return [*map(_as_json, past), last]


def _as_json(turn: RecordedTurn) -> dict[str, object]:
    return {
        "asked_at": turn.asked_at.isoformat(),
        "question": turn.question,
        "answer": turn.answer,
        "outcome": turn.outcome,
        "answered_by": turn.answered_by,
        "documents": [citation.document_id for citation in turn.citations],
        "rating": turn.rating,
    }


def _what_happened(past: Sequence[RecordedTurn]) -> Iterator[str]:
    for place, turn in enumerate(past):
        asked = turn.outcome not in (Outcome.SMALL_TALK, Outcome.WITH_HUMAN) and turn.move is not Move.HUMAN
        if turn.question and asked:
            failed = turn.rating == -1 or _complained_of(past[place + 1 :])
            yield f"Asked: {_short(turn.question)} ({_came_to(turn)}{'; it did not help' if failed else ''})"


def _complained_of(later: Sequence[RecordedTurn]) -> bool:
    return bool(later) and later[0].move is Move.NOT_HELPED


def _came_to(turn: RecordedTurn) -> str:
    titles = ", ".join(dict.fromkeys(f"“{citation.title}”" for citation in turn.citations))
    match turn.outcome:
        case Outcome.ANSWERED:
            return f"answered from {titles}" if titles else "answered"
        case Outcome.CLARIFYING:
            return "asked back"
        case _:
            return "not answered"


def _stated(past: Sequence[RecordedTurn], message: str) -> Iterator[str]:
    stated = heard((*(turn.question for turn in past), message))
    if stated:
        yield "Stated: " + ", ".join(f"{name} {value}" for name, value in stated.items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"

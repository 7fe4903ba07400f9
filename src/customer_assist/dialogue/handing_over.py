"""When a conversation goes to a person, and what customer and person are told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from customer_assist.business import BusinessProfile
from customer_assist.dialogue.alternatives import have_failed
from customer_assist.model import HandoffReason, HandoffWish, Outcome, RecordedTurn

_PERSON = (
    r"(?:(?:a|an|some|the|your|real|live|actual|human|other) ){0,3}"
    r"(?:human(?: being)?|person|agent|somebody|someone|representative|operator|colleague|employee|advis[eo]r|team)"
)
_WISH = re.compile(
    rf"(?i)\b(?:talk|speak|chat|connect me|transfer me|put me through|get me)(?: directly)?(?: to| with)? {_PERSON}\b"
    rf"|\b(?:i )?(?:want|need|would like|'d like) {_PERSON}$"
    rf"|^{_PERSON}(?: please)?$"
)
_YES = re.compile(r"(?i)(?:yes|yeah|yep|sure|ok(?:ay)?|please|please do|yes please)")


def wants_a_human(message: str, past: Sequence[RecordedTurn]) -> bool:
    """In so many words, or by a yes to the offer that came before it."""
    said = message.strip().rstrip(".!? ")
    if past and past[-1].outcome == Outcome.ABSTAINED and _YES.fullmatch(said):
        return True
    return bool(_WISH.search(said))


def wish_of(past: Sequence[RecordedTurn]) -> HandoffWish:
    """The reason of one who asks for a person after `past`."""
    if have_failed(past):
        return HandoffWish(HandoffReason.ALTERNATIVES_FAILED)
    if past and past[-1].outcome == Outcome.ABSTAINED:
        return HandoffWish(HandoffReason.NOT_KNOWN)
    return HandoffWish(HandoffReason.WISH)


def summary(past: Sequence[RecordedTurn], message: str) -> str:
    """For the person who takes the conversation: what it was about, the last message last."""
    return "\n".join([*(turn.question for turn in past if turn.question), message])


def promise(profile: BusinessProfile, now: datetime) -> str:
    """What the customer is told once the handoff is on its way; `now` is aware."""
    return "I have passed this on to a colleague, who will answer you here."


def passed_on() -> str:
    """To a message that came while nobody has taken the conversation yet."""
    return "I have added this to what our team will read."

"""What came of a conversation: exactly one of five outcomes, as strictly as the journal allows.

A conversation is written as a word, one letter for each thing that happened in it, oldest first:

    A  answered                        O  answered, and about another subject than the answer before it
    C  asked back                      D  declined: not known
    N  next step of a procedure        X  a procedure was gone through to its end
    n  "that did not help", or a step did not work; what was answered to it follows
    T  thanks, "that worked", "that is all"      + -  the thumb on what stands before it

Other small talk, and what went on with a person, have no letter. docs/insights.md has the definitions in words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from customer_assist.dialogue.standing import Standing, standing
from customer_assist.shares import share_interval
from customer_assist.text.words import content_words


class Came(StrEnum):
    """Of what a conversation came to."""

    CONFIRMED = "confirmed"  # the customer said that it helped
    ASSUMED = "assumed"  # answered, and on to another subject without objecting
    HANDED_OVER = "handed_over"
    NOT_HELPED = "not_helped"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """How one knows; each belongs to one outcome."""

    RATED_UP = "rated_up"
    SAID_SO = "said_so"
    WENT_ON = "went_on"
    WAITING = "waiting"  # for a person
    TAKEN = "taken"
    RESOLVED = "resolved"  # by a person who wrote
    CLOSED_UNANSWERED = "closed_unanswered"  # without a word of a person
    RATED_DOWN = "rated_down"
    OBJECTED = "objected"
    DECLINED = "declined"
    ASKED_BACK = "asked_back"  # and left
    SILENT = "silent"  # left after an answer
    NOTHING_ASKED = "nothing_asked"


OUTCOME_OF: Mapping[Why, Came] = {
    Why.RATED_UP: Came.CONFIRMED,
    Why.SAID_SO: Came.CONFIRMED,
    Why.WENT_ON: Came.ASSUMED,
    Why.WAITING: Came.HANDED_OVER,
    Why.TAKEN: Came.HANDED_OVER,
    Why.RESOLVED: Came.HANDED_OVER,
    Why.CLOSED_UNANSWERED: Came.HANDED_OVER,
    Why.RATED_DOWN: Came.NOT_HELPED,
    Why.OBJECTED: Came.NOT_HELPED,
    Why.DECLINED: Came.NOT_HELPED,
    Why.ASKED_BACK: Came.NOT_HELPED,
    Why.SILENT: Came.UNKNOWN,
    Why.NOTHING_ASKED: Came.UNKNOWN,
}
_REQUESTS = frozenset("AOCDN")
_ANSWERS = frozenset("AON")
_SIGNS: Mapping[str, Why] = {
    "+": Why.RATED_UP,
    "T": Why.SAID_SO,
    "X": Why.SAID_SO,
    "-": Why.RATED_DOWN,
}


@dataclass(frozen=True, slots=True)
class Share:
    """So many of all conversations, with the 95 % interval of the share."""

    conversations: int
    share: float
    low: float
    high: float


def share(part: int, of: int) -> Share | None:
    """None of nothing."""
    return Share(part, part / of, *share_interval(part, of)) if of else None


@dataclass(frozen=True, slots=True)
class Said:
    """A question that was answered, and the documents that the answer came from."""

    question: str
    documents: Collection[str]


def why(word: str, handoff: Why | None = None) -> Why:
    """How the conversation `word` ended. `handoff`: how its handover to a person stands, where there was one that the
    customer did not take back: then nothing else counts.

    What is asked last decides, by the customer's last sign about it. Without one, an objection to anything before
    stands.
    """
    if handoff is not None:
        return handoff
    last, sign, objection, went_on = "", None, None, False
    for letter in word:
        if letter in _REQUESTS:
            confirmed = sign is not None and OUTCOME_OF[sign] is Came.CONFIRMED
            if last in _ANSWERS and letter in _ANSWERS:
                went_on = went_on or letter == "O" or (confirmed and letter == "A")
            if letter == "N" and objection is Why.OBJECTED:
                objection = None  # the step that did not work was got over
            last, sign = letter, None
        elif letter == "n":
            sign, objection = None, Why.OBJECTED
        elif not (letter == "T" and sign is Why.RATED_DOWN):  # polite, and the thumb stays down
            sign = _SIGNS[letter]
            objection = Why.RATED_DOWN if sign is Why.RATED_DOWN else objection
    return _ended(last, sign, objection, went_on)


def _ended(last: str, sign: Why | None, objection: Why | None, went_on: bool) -> Why:
    if last not in _ANSWERS:
        return {"": Why.NOTHING_ASKED, "D": Why.DECLINED, "C": Why.ASKED_BACK}[last]
    if sign is not None:
        return sign
    if objection is not None:
        return objection
    return Why.WENT_ON if went_on else Why.SILENT


def another_subject(before: Said, now: Said) -> bool:
    """Strictly: from other documents, understood without what was said before, and no word of weight in common. Who
    asks the same again in other words was not helped by the first answer."""
    if not before.documents or not now.documents or set(before.documents) & set(now.documents):
        return False
    if content_words(before.question) & content_words(now.question):
        return False
    return standing(now.question) is Standing.ALONE

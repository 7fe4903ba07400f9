"""A message that leans on the conversation, made to stand alone by rules.

Nothing is made up: what is searched is made of the customer's own words, of this message and of an earlier one, or
of a title that was offered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from customer_assist.dialogue.standing import CORRECTED, topic_words, without_lead
from customer_assist.model import Move, Outcome, RecordedTurn

LOOKED_BACK = 6  # turns in which the subject is looked for
_TOPIC = 12  # naming words of the earlier question at most
_LONGEST = 300  # characters of an earlier question
_FRAGMENT = re.compile(
    r"(?i)^(?:(?:and|or|but|what about|how about|what if|(?:is it |would it be |the )?same(?: question"
    r"| thing| again| goes)?"
    r"|also)\b[\s,]*)+"
)
_PLACED = re.compile(
    r"(?i)^(?P<word>to|in|from|with|by|into|within) (?P<rest>(?:[^\W_][\w'’&-]*[ ]?){1,4})[?.! ]*$"
)
_SAYS_SOMETHING = re.compile(
    r"(?i)\b(?:is|are|was|were|do|does|did|can|could|will|would|should|shall|must|may|have|has|had|am|be|i"
    r"|we|you|they|it|he|she"
    r"|how|when|where|why|who|which|what)\b"
)
_ORDINALS = {
    r"1|first|1st|former": 0,
    r"2|second|2nd": 1,
    r"3|third|3rd": 2,
    r"last|latter": -1,
}  # fmt: skip
_CHOSEN = {
    re.compile(
        rf"(?i)(?:(?:the|number|option|no\.?|topic) )*(?:{words})(?: one| option| topic)?(?: please)?"
    ): place
    for words, place in _ORDINALS.items()
}

_ABOUT_SOMETHING = (Outcome.ANSWERED, Outcome.CLARIFYING, Outcome.ABSTAINED)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the conversation was about before a message."""

    question: str  # as it was searched
    documents: frozenset[str]  # that it was answered from

    @property
    def topic(self) -> str:
        """The words of it that name something."""
        return " ".join(topic_words(self.question)[:_TOPIC])


def earlier(past: Sequence[RecordedTurn]) -> Earlier | None:
    """The latest turn of `past` (oldest first) that was about something."""
    for turn in reversed(past[-LOOKED_BACK:]):
        documents = frozenset(str(each.document_id) for each in turn.citations)
        if turn.guide is not None and not turn.guide.finished:
            return Earlier(turn.guide.title, documents | {str(turn.guide.document_id)})
        question = turn.query or turn.question
        if turn.move in (Move.QUESTION, Move.NOT_HELPED) and question and turn.outcome in _ABOUT_SOMETHING:
            return Earlier(question[:_LONGEST], documents)
    return None


def chosen_topic(message: str, past: Sequence[RecordedTurn]) -> str | None:
    """The title that "the second one" chooses among those that were offered just before."""
    offered = past[-1].alternatives if past and past[-1].outcome == Outcome.CLARIFYING else ()
    said = without_lead(message).strip(" .!?")
    for pattern, place in _CHOSEN.items():
        if pattern.fullmatch(said) and -len(offered) <= place < len(offered):
            return offered[place].title
    return None


def in_context(message: str, before: Earlier) -> str:
    """The message with what it leaves out, taken from the earlier question."""
    said = without_lead(message)
    corrected = CORRECTED.sub("", said)
    fragment = _FRAGMENT.sub("", corrected).strip()
    if (corrected != said or fragment != corrected) and fragment and not _SAYS_SOMETHING.search(fragment):
        return _put_in(before.question, fragment)
    topic = " ".join(word for word in before.topic.split() if word.lower() not in said.lower().split())
    return f"{corrected.rstrip(' ?.!')} {topic}" if topic else corrected


def _put_in(question: str, fragment: str) -> str:
    """ "shipping to France possible?" with "to Norway" is "shipping to Norway possible?"."""
    placed = _PLACED.match(fragment)
    question = question.rstrip(" ?.!")
    if placed:
        slot = re.compile(rf"(?i)\b{placed['word']} (?:the |my |a |an )?[^\W\d_][\w'’-]*")
        found = list(slot.finditer(question))
        if found:
            start, end = found[-1].span()
            return f"{question[:start]}{placed['word']} {placed['rest'].strip()}{question[end:]}"
    return f"{question} {fragment.rstrip(' ?.!')}"

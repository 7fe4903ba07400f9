"""Another way, where the first did not help: what the customer says then, and what was tried so far.

The state is in the turns: the answers since the question that failed are what was tried for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from customer_assist.dialogue.guide import MOVES as GUIDE_MOVES
from customer_assist.dialogue.guide import open_guide, without_reminder
from customer_assist.dialogue.guide_words import only_failed, said
from customer_assist.model import DocumentId, Guide, Move, Outcome, RecordedTurn

MOST = 2  # other answers to one question, and to one step, after which a person takes over
NOT_HELPED = "That did not help."  # what a thumb down says, where a face sends it on
OPENING = "Sorry that this did not help. Perhaps this does:"
FOR_STEP = "For when this step does not go as it should:"

_IT = r"(?:that|this|it|which|your (?:answer|reply)|the answer|the (?:first|second) one)"
_FAILED = (
    rf"{_IT}(?:'s| is| was)? (?:still )?(?:(?:did|does|has|is|was|do) ?n[o']?t|not|no|never)(?: really"
    rf"| actually| quite)?"
    r" (?:(?:a |any )?help(?:ed|ful|ing)?(?: me)?|work(?:ed|ing)?|answer(?:ed)? (?:it|my question"
    r"|the question|that)|solve(?:d)? (?:it|my problem)"
    r"|(?:what|it)(?: (?:i|we))? ?(?:meant?|asked(?: for| about)?|wanted|need(?:ed)?|was (?:looking for"
    r"|asking(?: for)?)|am (?:looking for|asking))?)"
    rf"|(?:(?:did|does) ?n[o']?t|not)(?: really)? help(?:ed|ful)?(?: me)?|no help|useless|wrong answer"
    rf"|{_IT}(?:'s| is| was) (?:wrong|useless|no use)"
    r"|not what i (?:meant|asked(?: for| about)?|wanted|need(?:ed)?|was looking for)"
    rf"|(?:{_IT} )?still (?:(?:does|did|is|has) ?n[o']?t|not) (?:work(?:ing|ed)?|help(?:ed)?|fixed|solved)(?: it)?"
    rf"|(?:{_IT} )?(?:did|does) ?n[o']?t work(?: either)?|still (?:the same|no luck|nothing|broken)|no luck"
    rf"|nothing (?:helped|works|worked)"
    r"|i(?:'ve| have)? (?:already )?(?:did|done|tried) (?:that|this|it|all that|everything)(?: already"
    r"| before)?|(?:already )?tried (?:that|it)(?: already)?"
    r"|none of (?:that|this|these|them|those)(?: helps?| helped| works?| worked| (?:is|was) it)?"
)
_MORE = (
    r"(?:(?:is|are) there |do you (?:have|know) |have you got |got |show me |give me |tell me |try )?"
    r"(?:anything else|something else|another (?:way|idea|solution|answer|option|suggestion|one)"
    r"|(?:any|some)? ?other (?:way|ways|ideas?|solutions?|answers?|suggestions?)|a different (?:way|answer"
    r"|solution)|what else(?: can i (?:try|do))?"
    r"|other (?:ways|ideas))(?: (?:that )?i (?:can|could) (?:try|do)| to (?:try|do)| to do (?:it|that|this))?"
)
_AROUND = r"(?:(?:no|nope|nah|hm+|sorry|unfortunately|but|ok(?:ay)?|well|and|sadly|it seems|i'm afraid|thanks but) )*"
_END = r"(?: (?:at all|for me|either|though|sorry|unfortunately|anymore|any more|again|me|here|already))*"
_WISH = re.compile(rf"{_AROUND}(?:{_FAILED}|{_MORE}){_END}(?: {_AROUND}{_MORE})?")
_MORE_ONLY = re.compile(rf"{_AROUND}{_MORE}{_END}")
_NO = re.compile(
    r"(?:still |sadly |hm+ )*(?:no|nope|nah|not|neither)(?: (?:it|that) (?:does|did)(?:n't| not))?(?: either)?"
)


@dataclass(frozen=True, slots=True)
class Tried:
    """What was said to one question, or for one step, so far."""

    query: str  # what was searched for; "" where nothing failed that could be searched again
    documents: frozenset[DocumentId]  # that its answers came from
    others: int  # other answers that were given after the first
    offered: bool  # a person, just before, for want of another answer

    @property
    def is_over(self) -> bool:
        """Nothing more is tried: a person is called for."""
        return self.offered or self.others >= MOST


def wants_another(message: str, past: Sequence[RecordedTurn]) -> bool:
    """Whether it says that what was said last did not help, or asks for something else. Of a step it is something
    else to do that is asked for, not that it failed (dialogue/guide.py)."""
    latest = _latest(past)
    if latest is None:
        return False
    words = said(message)
    asked = past[-1].move is Move.NOT_HELPED or past[-1].outcome == Outcome.CLARIFYING
    if asked and _NO.fullmatch(words):  # to "perhaps this does", or to the topics that were offered
        return True
    return (_MORE_ONLY if _is_step(latest) else _WISH).fullmatch(words) is not None


def tried_for_question(past: Sequence[RecordedTurn]) -> Tried:
    """Back to the question that the latest answers are about."""
    documents: set[DocumentId] = set()
    others, query = 0, ""
    for turn in reversed(past):
        if turn.outcome == Outcome.SMALL_TALK:
            continue
        documents |= {citation.document_id for citation in turn.citations}
        others += turn.move is Move.NOT_HELPED and turn.outcome == Outcome.ANSWERED
        if turn.move is Move.QUESTION or (turn.move is Move.GUIDE and turn.query):
            query = (turn.query or turn.question) if turn.outcome == Outcome.ANSWERED else ""
            break
    return Tried(query, frozenset(documents), others, _offered(past, Move.NOT_HELPED))


def tried_for_step(complaint: str, past: Sequence[RecordedTurn], guide: Guide) -> Tried:
    """As long as its step was the one that the guide is at. What a customer adds in their own words to a complaint
    is tried even after a person was offered."""
    documents: set[DocumentId] = set()
    others = 0
    for turn in reversed(past):
        if turn.guide is None or turn.guide.at != guide.at:
            break
        if turn.move is Move.STUCK and turn.outcome == Outcome.ANSWERED:
            others += 1
            documents |= {citation.document_id for citation in turn.citations}
    return Tried("", frozenset(documents), others, _offered(past, Move.STUCK) and only_failed(complaint))


def have_failed(past: Sequence[RecordedTurn]) -> bool:
    """Whether whoever asks for a person now does it because no answer helped."""
    if _offered(past, Move.NOT_HELPED) or _offered(past, Move.STUCK):
        return True
    latest, guide = _latest(past), open_guide(past)
    if latest is None or latest.move not in (Move.NOT_HELPED, Move.STUCK):
        return False
    if latest.move is Move.STUCK:
        return guide is not None and tried_for_step("", past, guide).is_over
    return tried_for_question(past).is_over


def was_said(text: str, past: Sequence[RecordedTurn]) -> bool:
    """Whether the customer has had this text before, under whatever id."""
    wanted = _plain(text)
    return any(wanted in _plain(turn.answer) for turn in past)


def was_said_for_a_step(text: str, past: Sequence[RecordedTurn]) -> bool:
    """The same, of what was said to complaints: that it stands somewhere in an article that was shown whole before
    the guide began is no reason to keep it back now that it fits."""
    return was_said(text, [turn for turn in past if turn.move is Move.STUCK])


def opened(text: str, opening: str) -> str:
    return f"{opening}\n\n{text}"


def bare(turn: RecordedTurn) -> str:
    """An answer as its answerer wrote it, without what was put around it."""
    text = without_reminder(turn.answer, turn.guide)
    for opening in (OPENING, FOR_STEP):
        text = text.removeprefix(f"{opening}\n\n")
    return text


def none_left(*, in_guide: bool) -> str:
    """A person is offered."""
    what = "nothing about that step" if in_guide else "no other answer"
    on = " You can also go on with “next”, go “back”, or ask for “another way”." if in_guide else ""
    return f"I have {what} that would be worth a try. Shall I pass this on to a person? Say “yes”, and I will.{on}"


def _latest(past: Sequence[RecordedTurn]) -> RecordedTurn | None:
    return next((turn for turn in reversed(past) if turn.outcome != Outcome.SMALL_TALK), None)


def _offered(past: Sequence[RecordedTurn], move: Move) -> bool:
    """Whether a person was offered just before, for want of another answer to this move."""
    latest = _latest(past)
    return latest is not None and latest.move is move and latest.outcome == Outcome.ABSTAINED


def _is_step(turn: RecordedTurn) -> bool:
    return turn.move in GUIDE_MOVES and turn.guide is not None and not turn.guide.finished


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()

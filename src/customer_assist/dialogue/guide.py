"""Taking a customer through a procedure, one step at a time.

The state is in the turns: the guide of the latest turn that has one, as long as a step was asked for within the
last few turns. Its steps are kept with it, so that neither a restart nor changed knowledge moves the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from customer_assist.dialogue.guide_words import (
    asks_for_steps,
    complains,
    move_within,
    said,
    topic_of,
    wanted_step,
)
from customer_assist.model import EXTRACTIVE, Answer, Citation, Guide, Move, Outcome, RecordedTurn

PATIENCE = 8  # turns about something else after which a guide is over
SHOWING = frozenset({Move.GUIDE, Move.NEXT, Move.BACK, Move.REPEAT, Move.WHERE})
MOVES = SHOWING | {Move.STUCK, Move.DONE, Move.LEAVE}
_OPENING = (
    "Let us go through “{title}” step by step: {count} steps. Say “next” when you are ready for another one."
)
_LAST = "This is the last step. Say “done” once it worked."


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said about a guide, and how it goes on."""

    answer: Answer
    guide: Guide
    outcome: Outcome = Outcome.ANSWERED


def open_guide(past: Sequence[RecordedTurn]) -> Guide | None:
    """The one that the customer is in the middle of."""
    recent = past[-PATIENCE:]
    if not any(turn.guide is not None and turn.move in MOVES for turn in recent):
        return None
    guide = next((turn.guide for turn in reversed(recent) if turn.guide is not None), None)
    return None if guide is None or guide.finished else guide


def guide_move(message: str, past: Sequence[RecordedTurn]) -> Move | None:
    """What `message` does to a guide; None: nothing. Without one "next" is a question like any other."""
    guide = open_guide(past)
    just_shown = bool(past) and past[-1].move in MOVES
    if guide is not None:
        move = move_within(message, at_last=guide.at == len(guide.steps), just_shown=just_shown)
        if move is not None:
            return move
    if asks_for_steps(message) and (
        topic_of(message) or any(turn.outcome == Outcome.ANSWERED for turn in past)
    ):
        return Move.GUIDE
    if guide is not None and complains(message, f"{guide.title} {_step(guide)}", just_shown=just_shown):
        return Move.STUCK
    return None


# --- beginning ------------------------------------------------------------------------------------------


def begun(answer: Answer) -> Shown | None:
    """A checked answer as the guide to its steps; None where it has none."""
    if len(answer.steps) < 2 or not answer.citations:
        return None
    cited = _cited_for_steps(answer)
    guide = Guide(cited[0].document_id, cited[0].title, answer.steps, 1)
    return Shown(replace(answer, text=_first_words(guide), steps=(), citations=cited), guide)


def begun_before(message: str, past: Sequence[RecordedTurn]) -> Shown | None:
    """The guide to an answer that was given already: the one that is named, else the latest."""
    topic = said(topic_of(message))
    guide = open_guide(past)
    if guide is not None and not topic and past[-1].move in MOVES and not past[-1].steps:
        return Shown(_answer(_where(guide), guide, past), guide)
    for turn in reversed(past):
        if turn.outcome != Outcome.ANSWERED:
            continue
        if topic and topic not in {said(citation.title) for citation in turn.citations}:
            continue
        if turn.guide is not None and turn.move in MOVES and not turn.steps:
            guide = replace(turn.guide, at=1, finished=False)
            return Shown(_answer(_first_words(guide), guide, past), guide)
        shown = begun(Answer(turn.answer, turn.citations, turn.answered_by, turn.steps))
        if topic and shown is not None and said(shown.guide.title) != topic:
            continue
        if shown is not None or not topic:
            return shown
    return None


def _cited_for_steps(answer: Answer) -> tuple[Citation, ...]:
    """The citations of the steps: of several requests, each answered under its title, those with the title above."""
    before = answer.text[: max(answer.text.find(answer.steps[0]), 0)]
    places = [before.rfind(f"**{citation.title}**") for citation in answer.citations]
    return tuple(each for each, place in zip(answer.citations, places, strict=True) if place == max(places))


def no_steps(way: str) -> str:
    """Where the latest answer has none; `way`: how to reach a person."""
    return f"What I last told you has no steps that I could take one by one. {way}"


# --- going on -------------------------------------------------------------------------------------------


def moved(message: str, move: Move, past: Sequence[RecordedTurn]) -> Shown:
    """What NEXT, BACK, REPEAT, WHERE, DONE or LEAVE come to in the guide, which is open."""
    guide = open_guide(past)
    if guide is None:
        raise ValueError(f"{move} without a guide")
    last = len(guide.steps)
    if move is Move.LEAVE:
        where = f"We leave “{guide.title}” at step {guide.at} of {last}."
        return _closed(
            f"All right. {where} Say “step by step” to begin again, or ask me anything else.", guide
        )
    if move is Move.DONE or (move is Move.NEXT and guide.at == last):
        return _closed(
            f"Good, that was “{guide.title}”. Is there anything else you would like to know?", guide
        )
    wanted = wanted_step(message) if move in (Move.BACK, Move.REPEAT) else None
    if wanted is not None and not 1 <= wanted <= last:
        text = f"There are {last} steps. {_where(guide)}"
        return Shown(_answer(text, guide, past), guide)
    if move is Move.WHERE:
        return Shown(_answer(_where(guide), guide, past), guide)
    at = wanted or guide.at + {Move.NEXT: 1, Move.BACK: -1}.get(move, 0)
    guide = replace(guide, at=max(at, 1))
    text = _words(guide) if at > 0 else f"This is where it begins.\n\n{_words(guide)}"
    return Shown(_answer(text, guide, past), guide)


def reminder(guide: Guide) -> str:
    """What an answer to something else ends with."""
    on = "say “repeat” to see it again, or “done”" if guide.at == len(guide.steps) else "say “next” to go on"
    return f"You were at step {guide.at} of {len(guide.steps)}; {on}."


def with_reminder(text: str, guide: Guide) -> str:
    return f"{text}\n\n{reminder(guide)}"


def without_reminder(text: str, guide: Guide | None) -> str:
    return text if guide is None else text.removesuffix(f"\n\n{reminder(guide)}")


def steps_of(turn: RecordedTurn) -> tuple[str, ...]:
    """Those of the answer that `turn` was made from: of one that began a guide, all that the guide has."""
    began = turn.move is Move.GUIDE and turn.guide is not None and turn.answer == _first_words(turn.guide)
    return turn.guide.steps if began and turn.guide is not None else turn.steps


# --- within ---------------------------------------------------------------------------------------------


def _step(guide: Guide) -> str:
    return guide.steps[guide.at - 1]


def _words(guide: Guide) -> str:
    text = f"**Step {guide.at} of {len(guide.steps)}:** {_step(guide)}"
    return f"{text}\n\n{_LAST}" if guide.at == len(guide.steps) else text


def _first_words(guide: Guide) -> str:
    return f"{_OPENING.format(title=guide.title, count=len(guide.steps))}\n\n{_words(guide)}"


def _where(guide: Guide) -> str:
    return f"You are in “{guide.title}”.\n\n{_words(guide)}"


def _closed(text: str, guide: Guide) -> Shown:
    return Shown(Answer(text), replace(guide, finished=True), Outcome.SMALL_TALK)


def _answer(text: str, guide: Guide, past: Sequence[RecordedTurn]) -> Answer:
    """With the citations that the guide's document had when it was first cited, and who wrote the steps."""
    for turn in reversed(past):
        cited = tuple(c for c in turn.citations if c.document_id == guide.document_id)
        if cited and turn.move in SHOWING:
            return Answer(text, cited, turn.answered_by)
    return Answer(text, (Citation(guide.document_id, guide.title, _step(guide)),), EXTRACTIVE)

"""What a customer's message comes to, given the conversation before it and the knowledge as it is.

Nothing is recorded here and nothing is told to anybody: the desk does both, and a replay neither. Same message, past
and knowledge, same decision.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from time import perf_counter

from customer_assist.answering.replies import person
from customer_assist.asking import Ask
from customer_assist.dialogue.alternatives import none_left, tried_for_question, tried_for_step
from customer_assist.dialogue.guide import (
    begun,
    begun_before,
    moved,
    no_steps,
    open_guide,
    with_reminder,
)
from customer_assist.dialogue.guide_words import topic_of
from customer_assist.dialogue.handing_over import back_again, reason_to_hand_over
from customer_assist.dialogue.moves import read_move
from customer_assist.dialogue.naming import meant, messages
from customer_assist.dialogue.small_talk import reply_to_yes_or_no, small_talk_reply
from customer_assist.indexing import Snapshot
from customer_assist.model import (
    Answer,
    Guide,
    HandoffReason,
    HandoffWish,
    Move,
    Outcome,
    RecordedTurn,
    Timing,
    Trace,
)
from customer_assist.otherwise import for_question, for_step
from customer_assist.ports import Answerer
from customer_assist.questions import Decided, answered, others
from customer_assist.saying import to_the_end
from customer_assist.text.said import heard
from customer_assist.wording import BY_RULES, Wording

Past = Sequence[RecordedTurn]  # the conversation before a message, oldest first


def decide(
    ask: Ask, snapshot: Snapshot, answerer: Answerer, past: Past, wording: Wording = BY_RULES
) -> Generator[str, None, Decided]:
    """Sentences of the answer as they are ready, then what the message comes to."""
    started = perf_counter()
    everything, past = past, since_last_handoff(past)
    trace = _trace(ask, snapshot, past)
    wish = reason_to_hand_over(ask.question, trace.move, snapshot.profile, past)
    match trace.move:
        case _ if wish is not None:
            decided = Decided(trace, Outcome.HANDED_OFF, Answer(""), handoff=wish)
        case Move.ASSISTANT:
            decided = Decided(trace, Outcome.SMALL_TALK, Answer(back_again(everything)))
        case Move.SMALL_TALK:
            reply = small_talk_reply(ask.question, snapshot.profile.name) or reply_to_yes_or_no(ask.question)
            decided = Decided(trace, Outcome.SMALL_TALK, Answer(reply))
        case Move.GUIDE:
            decided = _guided(ask, trace, snapshot, answerer, past, wording)
        case Move.NEXT | Move.BACK | Move.REPEAT | Move.WHERE | Move.DONE | Move.LEAVE:
            shown = moved(ask.question, trace.move, past)
            decided = Decided(replace(trace, query=""), shown.outcome, shown.answer, guide=shown.guide)
        case Move.STUCK | Move.NOT_HELPED:
            decided = _another_way(ask, trace, snapshot, answerer, past)
        case _:
            before = (
                past if trace.query == ask.question else ()
            )  # else it is the question before, asked again
            decided = yield from answered(trace, snapshot, answerer, before, wording)
    decided = _where_the_guide_was(decided, open_guide(past))
    total = perf_counter() - started
    retrieve = decided.timing.retrieve
    return replace(decided, timing=Timing(retrieve=retrieve, answer=total - retrieve, total=total))


def since_last_handoff(past: Past) -> Past:
    """What came after a person had the conversation: the assistant begins anew."""
    begins = max((place for place, turn in enumerate(past, 1) if turn.handoff_id), default=0)
    return past[begins:]


def _trace(ask: Ask, snapshot: Snapshot, past: Past) -> Trace:
    about = snapshot.things.about(messages(past, ask.question))
    return Trace(
        meant(ask.question, past, about),
        snapshot.version,
        snapshot.engine,
        filters=ask.filters,
        about=about,
        said=heard((*(turn.question for turn in past), ask.question)),
        basis=snapshot.basis,
        move=read_move(ask.question, past),
    )


def _guided(
    ask: Ask, trace: Trace, snapshot: Snapshot, answerer: Answerer, past: Past, wording: Wording
) -> Decided:
    """The first step of an answer that was given already, or of the answer to what is asked for here; where more is
    asked for than that, all of it at once."""
    topic = topic_of(ask.question)
    shown = begun_before(ask.question, past)
    if shown is not None:
        return Decided(replace(trace, query=""), shown.outcome, shown.answer, guide=shown.guide)
    if not topic:
        text = no_steps(person(snapshot.profile))
        return Decided(replace(trace, query=""), Outcome.ABSTAINED, Answer(text))
    decided = to_the_end(answered(replace(trace, query=topic), snapshot, answerer, past, wording))
    alone = decided.outcome is Outcome.ANSWERED and not decided.answer.parts
    shown = begun(decided.answer) if alone else None
    return decided if shown is None else replace(decided, answer=shown.answer, guide=shown.guide)


def _another_way(ask: Ask, trace: Trace, snapshot: Snapshot, answerer: Answerer, past: Past) -> Decided:
    """Something else to try; where there is nothing, a person is offered, and after two that failed called."""
    guide = open_guide(past) if trace.move is Move.STUCK else None
    tried = tried_for_step(ask.question, past, guide) if guide else tried_for_question(past)
    if tried.is_over:
        wish = HandoffWish(HandoffReason.ALTERNATIVES_FAILED)
        return Decided(replace(trace, query=""), Outcome.HANDED_OFF, Answer(""), handoff=wish)
    if guide is not None:
        found = for_step(guide, ask.question, tried, trace, snapshot, answerer, past)
    else:
        found = for_question(tried, trace, snapshot, answerer, past)
    if not found.answer.text:
        text = none_left(in_guide=guide is not None)
        return Decided(found.trace, Outcome.ABSTAINED, Answer(text), guide=guide)
    beside = others(found.trace, found.answer, snapshot) if guide is None else ()
    beside = tuple(other for other in beside if other.document_id not in tried.documents)
    return Decided(found.trace, Outcome.ANSWERED, found.answer, beside)


def _where_the_guide_was(decided: Decided, guide: Guide | None) -> Decided:
    """What was answered in the middle of a guide ends with where it goes on."""
    if guide is None or decided.guide is not None or decided.outcome is Outcome.HANDED_OFF:
        return decided
    text = with_reminder(decided.answer.text, guide)
    return replace(decided, guide=guide, answer=replace(decided.answer, text=text))

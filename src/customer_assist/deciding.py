"""What a customer's message comes to, given the conversation before it and the knowledge as it is.

Nothing is recorded here and nothing is told to anybody: the desk does both, and a replay neither. Same message, past
and knowledge, same decision.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter

from customer_assist.answering.extractive import shown_title
from customer_assist.answering.gate import TOPICS
from customer_assist.answering.replies import abstention, asking_back, person
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
from customer_assist.dialogue.small_talk import small_talk_reply
from customer_assist.indexing import Snapshot
from customer_assist.model import (
    Alternative,
    Answer,
    Decision,
    Guide,
    HandoffReason,
    HandoffWish,
    Hit,
    Move,
    Outcome,
    RecordedTurn,
    Timing,
    Trace,
)
from customer_assist.otherwise import for_question, for_step
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.several import Part, answer_each
from customer_assist.text.languages import foreign
from customer_assist.text.said import heard
from customer_assist.understanding import Found, Searching
from customer_assist.wording import BY_RULES, Wording, in_their_language

_ALTERNATIVES = 3
_DENSE, _RELATED = ("dense_question", "dense_text"), 0.4  # cosine from which a topic is worth a mention

Past = Sequence[RecordedTurn]  # the conversation before a message, oldest first


@dataclass(frozen=True, slots=True)
class Ask:
    """A customer's message as it came in."""

    question: str
    conversation_id: str | None = None  # None: a new conversation
    channel: str = "api"
    locale: str = ""
    customer_ref: str = ""
    email: str = ""  # where the customer can be reached, where they said so
    filters: Mapping[str, str] = field(default_factory=dict)  # field → value that documents must have


@dataclass(frozen=True, slots=True)
class Decided:
    """What a message comes to."""

    trace: Trace
    outcome: Outcome  # HANDED_OFF: `answer` is empty until the handoff is there
    answer: Answer
    alternatives: tuple[Alternative, ...] = ()
    guide: Guide | None = None
    handoff: HandoffWish | None = None  # with HANDED_OFF
    timing: Timing = field(default_factory=Timing)


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
            reply = small_talk_reply(ask.question, snapshot.profile.name) or ""
            decided = Decided(trace, Outcome.SMALL_TALK, Answer(reply))
        case Move.GUIDE:
            decided = _guided(ask, trace, snapshot, answerer, past, wording)
        case Move.NEXT | Move.BACK | Move.REPEAT | Move.WHERE | Move.DONE | Move.LEAVE:
            shown = moved(ask.question, trace.move, past)
            decided = Decided(replace(trace, query=""), shown.outcome, shown.answer, guide=shown.guide)
        case Move.STUCK | Move.NOT_HELPED:
            decided = _another_way(ask, trace, snapshot, answerer, past)
        case _:
            decided = yield from _answered(ask, trace, snapshot, answerer, past, wording)
    decided = _where_the_guide_was(decided, open_guide(past))
    total = perf_counter() - started
    retrieve = decided.timing.retrieve
    return replace(decided, timing=Timing(retrieve=retrieve, answer=total - retrieve, total=total))


def since_last_handoff(past: Past) -> Past:
    """What came after a person had the conversation: the assistant begins anew."""
    begins = max((place for place, turn in enumerate(past, 1) if turn.handoff_id), default=0)
    return past[begins:]


def _trace(ask: Ask, snapshot: Snapshot, past: Past) -> Trace:
    return Trace(
        ask.question,
        snapshot.version,
        snapshot.engine,
        filters=ask.filters,
        said=heard((*(turn.question for turn in past), ask.question)),
        basis=snapshot.basis,
        move=read_move(ask.question, past),
    )


def _guided(
    ask: Ask, trace: Trace, snapshot: Snapshot, answerer: Answerer, past: Past, wording: Wording
) -> Decided:
    """The first step of an answer that was given already, or of the answer to what is asked for here."""
    topic = topic_of(ask.question)
    shown = begun_before(ask.question, past)
    if shown is not None:
        return Decided(replace(trace, query=""), shown.outcome, shown.answer, guide=shown.guide)
    if not topic:
        text = no_steps(person(snapshot.profile))
        return Decided(replace(trace, query=""), Outcome.ABSTAINED, Answer(text))
    asked = replace(ask, question=topic)
    decided = whole(_answered(asked, replace(trace, query=topic), snapshot, answerer, past, wording))
    shown = begun(decided.answer) if decided.outcome is Outcome.ANSWERED else None
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
    others = _alternatives(found.trace, found.answer, snapshot) if guide is None else ()
    others = tuple(each for each in others if each.document_id not in tried.documents)
    return Decided(found.trace, Outcome.ANSWERED, found.answer, others)


def _where_the_guide_was(decided: Decided, guide: Guide | None) -> Decided:
    """What was answered in the middle of a guide ends with where it goes on."""
    if guide is None or decided.guide is not None or decided.outcome is Outcome.HANDED_OFF:
        return decided
    text = with_reminder(decided.answer.text, guide)
    return replace(decided, guide=guide, answer=replace(decided.answer, text=text))


def whole(stream: Generator[str, None, Decided]) -> Decided:
    """What it comes to, without its sentences."""
    while True:
        try:
            next(stream)
        except StopIteration as end:
            decided: Decided = end.value
            return decided


def _answered(
    ask: Ask, trace: Trace, snapshot: Snapshot, answerer: Answerer, past: Past, wording: Wording
) -> Generator[str, None, Decided]:
    """A question: understood, searched, judged by the gate, and answered, asked back or declined."""
    started = perf_counter()
    searching = Searching(snapshot, ask.filters)
    tongue = foreign(ask.question, snapshot.tongues) or ""
    requests = () if tongue else searching.requests(ask.question, past)
    if requests:
        traces = tuple(_searched(trace, found) for found in requests)
        timing = Timing(retrieve=perf_counter() - started)
        answer = yield from _each_answered(traces, snapshot, answerer)
        if answer.text:
            together = replace(trace, query="", parts=traces)
            return Decided(together, Outcome.ANSWERED, answer, timing=timing)
        started = perf_counter()
    rewriting = wording.rewriter.rewrite(ask.question, past, snapshot.tongues[0] if tongue else "")
    found = searching.understand(ask.question, rewriting, past)
    trace = replace(_searched(trace, found), written_by=rewriting.written_by, tongue=tongue)
    timing = Timing(retrieve=perf_counter() - started)
    settled = _Settled()
    saying = _settle(trace, snapshot, answerer, settled)
    if tongue:
        answer, translated_by = yield from in_their_language(
            saying, tongue, snapshot.tongues, snapshot.profile, wording.translator
        )
        trace = replace(trace, translated_by=translated_by)
    else:
        answer = yield from saying
    answer = replace(answer, usage=answer.usage + rewriting.usage)
    return Decided(trace, settled.outcome, answer, settled.alternatives, timing=timing)


def _searched(trace: Trace, found: Found) -> Trace:
    return replace(trace, query=found.query, hits=found.hits, verdict=found.verdict)


def _each_answered(
    traces: Sequence[Trace], snapshot: Snapshot, answerer: Answerer
) -> Generator[str, None, Answer]:
    """Several requests, each let through by the gate."""
    parts = []
    for trace in traces:
        title = shown_title(trace.hits[0].document, snapshot.facts, snapshot.vouched)
        request = _request(trace, snapshot)
        parts.append(Part(title, partial(answerer.stream, request), abstention(snapshot.profile)))
    return (yield from answer_each(parts))


def _request(trace: Trace, snapshot: Snapshot) -> AnswerRequest:
    return AnswerRequest(trace.query, trace.hits, snapshot.facts, trace.said, snapshot.vouched)


@dataclass(slots=True)
class _Settled:
    """What a question came to, beside what is said."""

    outcome: Outcome = Outcome.ABSTAINED
    alternatives: tuple[Alternative, ...] = ()


def _settle(
    trace: Trace, snapshot: Snapshot, answerer: Answerer, settled: _Settled
) -> Generator[str, None, Answer]:
    """What the gate's decision comes to: an answer, a question back, or that nothing is known."""
    decision = trace.verdict.decision if trace.verdict else Decision.DECLINE
    answer = Answer("")
    if decision is Decision.ANSWER:
        for event in answerer.stream(_request(trace, snapshot)):
            if isinstance(event, Answer):
                answer = event
            else:
                yield event
        if answer.text:
            settled.outcome, settled.alternatives = Outcome.ANSWERED, _alternatives(trace, answer, snapshot)
            return answer
    topics = _topics(trace, snapshot) if decision is Decision.CLARIFY else ()
    if len(topics) > 1:
        settled.outcome, settled.alternatives = Outcome.CLARIFYING, topics
        return Answer(asking_back([topic.title for topic in topics]))
    settled.outcome, settled.alternatives = Outcome.ABSTAINED, _alternatives(trace, answer, snapshot)
    return replace(answer, text=abstention(snapshot.profile))


def _alternatives(trace: Trace, answer: Answer, snapshot: Snapshot) -> tuple[Alternative, ...]:
    """Other documents that may help: the next best ones behind an answer; without one, only what is close."""
    cited = {citation.document_id for citation in answer.citations}
    used = {hit.document.subject for hit in trace.hits if hit.document.id in cited}
    close = [hit for hit in trace.hits if max(hit.signals.get(name, 0.0) for name in _DENSE) >= _RELATED]
    return _named(trace.hits if cited else close, used, snapshot)[:_ALTERNATIVES]


def _topics(trace: Trace, snapshot: Snapshot) -> tuple[Alternative, ...]:
    """What the customer may have meant, the likeliest first."""
    return _named(trace.hits, set(), snapshot)[:TOPICS]


def _named(hits: Sequence[Hit], used: set[str], snapshot: Snapshot) -> tuple[Alternative, ...]:
    """The first document of each subject that is not `used`, no title twice."""
    found: dict[str, Alternative] = {}
    for hit in hits:
        if hit.document.subject not in used:
            used.add(hit.document.subject)
            title = shown_title(hit.document, snapshot.facts, snapshot.vouched)
            found.setdefault(title, Alternative(hit.document.id, title))
    return tuple(found.values())

"""What a customer's message comes to, given the conversation before it and the knowledge as it is.

Nothing is recorded here and nothing is told to anybody: the desk does both, and a replay neither. Same message, past
and knowledge, same decision.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from customer_assist.answering.extractive import shown_title
from customer_assist.answering.gate import TOPICS
from customer_assist.answering.replies import abstention, asking_back, asking_which
from customer_assist.dialogue.handing_over import wish_of
from customer_assist.dialogue.moves import read_move
from customer_assist.dialogue.naming import meant, messages
from customer_assist.dialogue.small_talk import small_talk_reply
from customer_assist.indexing import Snapshot
from customer_assist.model import (
    Alternative,
    Answer,
    Decision,
    Guide,
    HandoffWish,
    Hit,
    Move,
    Outcome,
    Query,
    RecordedTurn,
    Timing,
    Trace,
)
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.search.things import left_open
from customer_assist.text.said import heard

_DEPTH = 10
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


def decide(ask: Ask, snapshot: Snapshot, answerer: Answerer, past: Past) -> Generator[str, None, Decided]:
    """Sentences of the answer as they are ready, then what the message comes to."""
    started = perf_counter()
    past = since_last_handoff(past)
    trace = _trace(ask, snapshot, past)
    match trace.move:
        case Move.HUMAN:
            decided = Decided(trace, Outcome.HANDED_OFF, Answer(""), handoff=wish_of(past))
        case Move.SMALL_TALK:
            reply = small_talk_reply(ask.question, snapshot.profile.name) or ""
            decided = Decided(trace, Outcome.SMALL_TALK, Answer(reply))
        case _:
            decided = yield from _answered(ask, trace, snapshot, answerer)
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


def _answered(
    ask: Ask, trace: Trace, snapshot: Snapshot, answerer: Answerer
) -> Generator[str, None, Decided]:
    """A question: searched, judged by the gate, and answered, asked back or declined."""
    started = perf_counter()
    hits = tuple(snapshot.retriever.retrieve(Query(trace.query, ask.filters, trace.about), _DEPTH))
    trace = replace(trace, hits=hits, verdict=snapshot.judge(trace.query, hits))
    timing = Timing(retrieve=perf_counter() - started)
    outcome, answer, alternatives = yield from _settle(ask, trace, snapshot, answerer)
    return Decided(trace, outcome, answer, alternatives, timing=timing)


def _settle(
    ask: Ask, trace: Trace, snapshot: Snapshot, answerer: Answerer
) -> Generator[str, None, tuple[Outcome, Answer, tuple[Alternative, ...]]]:
    """What the gate's decision comes to: an answer, a question back, or that nothing is known."""
    decision = trace.verdict.decision if trace.verdict else Decision.DECLINE
    answer = Answer("")
    things = _things(trace, snapshot) if decision is not Decision.DECLINE else ()
    if things:
        return (
            Outcome.CLARIFYING,
            Answer(asking_which([thing for thing, _ in things])),
            tuple(a for _, a in things),
        )
    if decision is Decision.ANSWER:
        request = AnswerRequest(ask.question, trace.hits, snapshot.facts, trace.said, snapshot.vouched)
        for event in answerer.stream(request):
            if isinstance(event, Answer):
                answer = event
            else:
                yield event
        if answer.text:
            return Outcome.ANSWERED, answer, _alternatives(trace, answer, snapshot)
    topics = _topics(trace, snapshot) if decision is Decision.CLARIFY else ()
    if len(topics) > 1:
        return Outcome.CLARIFYING, Answer(asking_back([topic.title for topic in topics])), topics
    return (
        Outcome.ABSTAINED,
        replace(answer, text=abstention(snapshot.profile)),
        _alternatives(trace, answer, snapshot),
    )


def _alternatives(trace: Trace, answer: Answer, snapshot: Snapshot) -> tuple[Alternative, ...]:
    """Other documents that may help: the next best ones behind an answer; without one, only what is close."""
    cited = {citation.document_id for citation in answer.citations}
    used = {hit.document.subject for hit in trace.hits if hit.document.id in cited}
    close = [hit for hit in trace.hits if max(hit.signals.get(name, 0.0) for name in _DENSE) >= _RELATED]
    return _named(trace.hits if cited else close, used, snapshot)[:_ALTERNATIVES]


def _topics(trace: Trace, snapshot: Snapshot) -> tuple[Alternative, ...]:
    """What the customer may have meant, the likeliest first."""
    return _named(trace.hits, set(), snapshot)[:TOPICS]


def _things(trace: Trace, snapshot: Snapshot) -> tuple[tuple[str, Alternative], ...]:
    """What a question that has to say of which thing it is may be of, with the document to each."""
    found = []
    for thing, document in left_open(trace.hits, trace.filters, trace.about)[:TOPICS]:
        title = shown_title(document, snapshot.facts, snapshot.vouched)
        found.append((thing, Alternative(document.id, f"{thing}: {title}")))
    return tuple(found)


def _named(hits: Sequence[Hit], used: set[str], snapshot: Snapshot) -> tuple[Alternative, ...]:
    """The first document of each subject that is not `used`, no title twice."""
    found: dict[str, Alternative] = {}
    for hit in hits:
        if hit.document.subject not in used:
            used.add(hit.document.subject)
            title = shown_title(hit.document, snapshot.facts, snapshot.vouched)
            found.setdefault(title, Alternative(hit.document.id, title))
    return tuple(found.values())

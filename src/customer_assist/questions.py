"""A question: understood, searched, judged by the gate, and answered, asked back or declined.

Same question, past and knowledge, same decision; nothing is recorded here.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter

from customer_assist.answering.extractive import shown_title
from customer_assist.answering.gate import TOPICS
from customer_assist.answering.replies import abstention, asking_back, asking_which
from customer_assist.indexing import Snapshot
from customer_assist.model import (
    Alternative,
    Answer,
    Decision,
    Guide,
    HandoffWish,
    Hit,
    Outcome,
    RecordedTurn,
    Timing,
    Trace,
)
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.search.things import left_open
from customer_assist.several import Part, answer_each
from customer_assist.text.languages import foreign
from customer_assist.understanding import Found, Searching
from customer_assist.wording import Wording, in_their_language

_ALTERNATIVES = 3
_RELATED = 0.4  # cosine from which a topic is worth a mention


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


def answered(
    trace: Trace, snapshot: Snapshot, answerer: Answerer, past: Sequence[RecordedTurn], wording: Wording
) -> Generator[str, None, Decided]:
    """Sentences as they are ready, then what `trace.query` comes to, asked after `past`."""
    started = perf_counter()
    searching = Searching(snapshot, trace.filters, trace.about)
    tongue = foreign(trace.query, snapshot.tongues) or ""
    requests = () if tongue else searching.requests(trace.query, past)
    if requests:
        traces = tuple(_searched(trace, found) for found in requests)
        timing = Timing(retrieve=perf_counter() - started)
        answer = yield from _each_answered(traces, snapshot, answerer)
        if answer.text:
            together = replace(trace, query="", parts=traces)
            return Decided(together, Outcome.ANSWERED, answer, timing=timing)
        started = perf_counter()
    rewriting = wording.rewriter.rewrite(trace.query, past, snapshot.tongues[0] if tongue else "")
    found = searching.understand(trace.query, rewriting, past)
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
    things = _things(trace, snapshot) if decision is not Decision.DECLINE else ()
    if things:
        settled.outcome, settled.alternatives = Outcome.CLARIFYING, tuple(other for _, other in things)
        return Answer(asking_which([thing for thing, _ in things]))
    if decision is Decision.ANSWER:
        for event in answerer.stream(_request(trace, snapshot)):
            if isinstance(event, Answer):
                answer = event
            else:
                yield event
        if answer.text:
            settled.outcome, settled.alternatives = Outcome.ANSWERED, others(trace, answer, snapshot)
            return answer
    topics = _topics(trace, snapshot) if decision is Decision.CLARIFY else ()
    if len(topics) > 1:
        settled.outcome, settled.alternatives = Outcome.CLARIFYING, topics
        return Answer(asking_back([topic.title for topic in topics]))
    settled.outcome, settled.alternatives = Outcome.ABSTAINED, others(trace, answer, snapshot)
    return replace(answer, text=abstention(snapshot.profile))


def others(trace: Trace, answer: Answer, snapshot: Snapshot) -> tuple[Alternative, ...]:
    """Other documents that may help: the next best ones behind an answer; without one, only what is close."""
    cited = {citation.document_id for citation in answer.citations}
    used = {hit.document.subject for hit in trace.hits if hit.document.id in cited}
    close = [hit for hit in trace.hits if hit.cosine >= _RELATED]
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

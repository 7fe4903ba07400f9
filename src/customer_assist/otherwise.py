"""Another answer, where the first did not help: to a question, and for a step of a guide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from customer_assist.answering.cleaning import clean
from customer_assist.answering.extractive import ExtractiveAnswerer, extract
from customer_assist.calibration import DEPTH
from customer_assist.dialogue.alternatives import (
    FOR_STEP,
    OPENING,
    Tried,
    opened,
    was_said,
    was_said_for_a_step,
)
from customer_assist.dialogue.guide_words import only_failed
from customer_assist.dialogue.trouble import remedies, without_label
from customer_assist.indexing import Snapshot
from customer_assist.model import Answer, Guide, Hit, Query, RecordedTurn, Trace
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.text.placeholders import fill

CLOSE = 0.75  # of the best hit's score: what is further away is about something else
_NONE = Answer("")


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The next best answer and how it was found; without text where there is none worth a try."""

    trace: Trace
    answer: Answer


def for_question(
    tried: Tried, trace: Trace, snapshot: Snapshot, answerer: Answerer, past: Sequence[RecordedTurn]
) -> Otherwise:
    """From another document of another subject, which the gate lets through were the tried ones not there."""
    if not tried.query:
        return Otherwise(replace(trace, query=""), _NONE)
    hits = tuple(snapshot.retriever.retrieve(Query(tried.query, trace.filters, trace.about), DEPTH))
    found = _next_best(hits, tried, replace(trace, query=tried.query, hits=hits), snapshot, answerer, past)
    return _opened(found, OPENING)


def for_step(
    guide: Guide,
    complaint: str,
    tried: Tried,
    trace: Trace,
    snapshot: Snapshot,
    answerer: Answerer,
    past: Sequence[RecordedTurn],
) -> Otherwise:
    """What the guide's own document says of such a case; else another document that treats it; else what the own
    one says for whatever does not help. No more words than "it did not work" are nothing to search another by."""
    step = guide.steps[guide.at - 1]
    hits = tuple(snapshot.retriever.retrieve(Query(f"{step} {complaint}", trace.filters, trace.about), DEPTH))
    tried = replace(tried, query=f"{step} {complaint}", documents=tried.documents | {guide.document_id})
    trace = replace(trace, query=tried.query, hits=hits)
    own = _own(guide, hits, trace, snapshot)
    matching, last = remedies(clean(own.document, snapshot.vouched).text, complaint) if own else ((), ())
    found = _from_parts(own, matching, trace, snapshot, past)
    if not (found.answer.text or only_failed(complaint)):
        agreed = _agreed(
            hits,
            snapshot.retriever.retrieve(
                Query(f"{guide.title}: {complaint}", trace.filters, trace.about), DEPTH
            ),
            tried,
        )
        found = _next_best(agreed, tried, trace, snapshot, answerer, past)
    if not found.answer.text:
        found = _from_parts(own, last, found.trace, snapshot, past)
    return _opened(found, FOR_STEP)


def _agreed(hits: Sequence[Hit], others: Sequence[Hit], tried: Tried) -> Sequence[Hit]:
    """`hits` where the complaint finds the same document beside the step as beside the guide's title: what only
    shares the step's words is none for the complaint."""
    best = [
        next((h for h in found if h.document.id not in tried.documents), None) for found in (hits, others)
    ]
    same = None not in best and len({hit.document.subject for hit in best if hit}) == 1
    return hits if same else ()


def _next_best(
    hits: Sequence[Hit],
    tried: Tried,
    trace: Trace,
    snapshot: Snapshot,
    answerer: Answerer,
    past: Sequence[RecordedTurn],
) -> Otherwise:
    gone = {hit.document.subject for hit in hits if hit.document.id in tried.documents}
    rest = [hit for hit in hits if hit.document.subject not in gone]
    while rest:
        trace = replace(trace, verdict=snapshot.judge(tried.query, rest))
        if rest[0].score.value < CLOSE * hits[0].score.value or not (
            trace.verdict and trace.verdict.accepted
        ):
            break
        subject = rest[0].document.subject
        fresh = [
            hit
            for hit in rest
            if hit.document.subject == subject
            and not was_said(fill(extract(hit, snapshot.vouched), snapshot.facts, trace.said).text, past)
        ]
        answer = _written(answerer, tried.query, fresh, trace, snapshot) if fresh else _NONE
        if answer.text and not was_said(answer.text, past):
            return Otherwise(trace, answer)
        rest = [hit for hit in rest if hit.document.subject != subject]
    return Otherwise(trace, _NONE)


def _from_parts(
    own: Hit | None,
    parts: Sequence[str],
    trace: Trace,
    snapshot: Snapshot,
    past: Sequence[RecordedTurn],
) -> Otherwise:
    """Word for word, whoever else writes answers: it is the sentence that counts, not how it is put."""
    for part in parts if own else ():
        assert own is not None
        text = without_label(part)
        hit = replace(own, document=replace(own.document, text=text))
        answer = _written(ExtractiveAnswerer(), trace.query, [hit], trace, snapshot)
        if answer.text and not was_said_for_a_step(answer.text, past):
            return Otherwise(trace, answer)
    return Otherwise(trace, _NONE)


def _own(guide: Guide, hits: Sequence[Hit], trace: Trace, snapshot: Snapshot) -> Hit | None:
    """The guide's document, as it is now; None where it is gone."""
    by_title = snapshot.retriever.retrieve(Query(guide.title, trace.filters, trace.about), DEPTH)
    return next((hit for hit in (*hits, *by_title) if hit.document.id == guide.document_id), None)


def _written(
    answerer: Answerer, question: str, hits: Sequence[Hit], trace: Trace, snapshot: Snapshot
) -> Answer:
    """Whole: that it was not said before is known at its end."""
    request = AnswerRequest(question, tuple(hits), snapshot.facts, trace.said, snapshot.vouched)
    answer = _NONE
    for event in answerer.stream(request):
        if isinstance(event, Answer):
            answer = event
    return answer


def _opened(found: Otherwise, opening: str) -> Otherwise:
    if not found.answer.text:
        return found
    return replace(found, answer=replace(found.answer, text=opened(found.answer.text, opening)))

"""A recorded turn decided again, on today's knowledge, by the way that every question takes.

Nothing is recorded by it and no language model is called: what one wrote is said again, over a prompt that is built
anew. What differs is named, and what changed since among all that decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from customer_assist.answering.fallback import FallbackAnswerer
from customer_assist.answering.prompt import VERSION
from customer_assist.answering.recorded import RecordedAnswerer, RecordedAnswerers
from customer_assist.asking import Ask
from customer_assist.deciding import decide
from customer_assist.desk import REMEMBERED
from customer_assist.dialogue.alternatives import bare
from customer_assist.dialogue.guide import steps_of
from customer_assist.dialogue.handing_over import promise
from customer_assist.dialogue.rewriting import RecordedRewriter
from customer_assist.dialogue.translating import RecordedTranslator
from customer_assist.errors import UnknownFilter
from customer_assist.indexing import Library, Snapshot
from customer_assist.model import (
    EXTRACTIVE,
    Alternative,
    Answer,
    Citation,
    Hit,
    Mention,
    Outcome,
    RecordedHit,
    RecordedTrace,
    Trace,
    TracedTurn,
    Verdict,
)
from customer_assist.ports import Answerer
from customer_assist.questions import Decided
from customer_assist.saying import to_the_end
from customer_assist.storage.history import History, Since
from customer_assist.stores import Journal
from customer_assist.wording import BY_RULES, Wording

Facts = Mapping[str, object]  # by name, each as plain JSON


@dataclass(frozen=True, slots=True)
class Difference:
    what: str
    then: object
    now: object


@dataclass(frozen=True, slots=True)
class Replay:
    now: (
        Decided | None
    )  # None: the question can no longer be asked with its filters, or a person had the conversation
    differences: tuple[Difference, ...]  # in what was decided
    changes: tuple[Difference, ...]  # in what decides
    since: Since  # what became of the documents, today's candidates among them

    @property
    def same(self) -> bool:
        return not self.differences


class Replayer:
    def __init__(self, library: Library, journal: Journal, extractive: Answerer, history: History) -> None:
        self._library = library
        self._journal = journal
        self._extractive = extractive
        self._history = history

    def replay(self, recorded: TracedTurn) -> Replay:
        """Ask again what was asked, with the filters and after the same conversation."""
        turn, trace = recorded.turn, recorded.trace
        seen = trace.candidates
        if turn.outcome == Outcome.WITH_HUMAN:  # nothing was decided: the assistant did not speak
            return Replay(None, (), (), self._history.since(turn.knowledge_version, seen))
        try:
            asked = Ask(turn.question, filters=trace.filters)
            past = self._journal.past(turn.conversation_id, REMEMBERED, before=turn.id)
            snapshot = self._library.current()
            deciding = decide(asked, snapshot, self._answerer(recorded), past, _wording(recorded))
            now = _told(to_the_end(deciding), snapshot, turn.asked_at)
        except UnknownFilter as error:
            gone = Difference("filters", dict(trace.filters), str(error))
            return Replay(None, (gone,), (), self._history.since(turn.knowledge_version, seen))
        seen += [hit.document.id for each in (now.trace, *now.trace.parts) for hit in each.hits]
        return Replay(
            now,
            _differences(_decided_then(recorded), _decided_now(now, prompted=bool(trace.prompt_hash))),
            _differences(_basis_then(recorded), _basis_now(now)),
            self._history.since(turn.knowledge_version, seen),
        )

    def _answerer(self, recorded: TracedTurn) -> Answerer:
        turn, parts = recorded.turn, recorded.trace.parts
        if parts:
            answerers = {part.trace.query: self._saying(part.answer) for part in parts}
            return RecordedAnswerers(answerers, self._extractive)
        return self._saying(
            Answer(
                bare(turn),
                turn.citations,
                turn.answered_by,
                steps_of(turn),
                checks=recorded.trace.checks,
            )
        )

    def _saying(self, answer: Answer) -> Answerer:
        if answer.answered_by == EXTRACTIVE:
            return self._extractive
        return FallbackAnswerer(RecordedAnswerer(answer), self._extractive)


def _wording(recorded: TracedTurn) -> Wording:
    """What a language model wrote is read back; what rules made is made anew."""
    trace = recorded.trace
    rewriter = RecordedRewriter(trace.query, trace.written_by) if trace.written_by else BY_RULES.rewriter
    translated = RecordedTranslator(recorded.turn.answer, trace.translated_by)
    return Wording(rewriter, translated if trace.translated_by else None)


def _told(now: Decided, snapshot: Snapshot, at: datetime) -> Decided:
    """What is decided with what the desk says of a handoff that was kept."""
    if now.outcome is not Outcome.HANDED_OFF:
        return now
    return replace(now, answer=Answer(promise(snapshot.profile, at)))


def _differences(then: Facts, now: Facts) -> tuple[Difference, ...]:
    """Of two mappings only what both have is compared, and only what differs is told."""
    found = []
    for what in then:
        before, after = then[what], now.get(what)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            unlike = [key for key in before if key in after and before[key] != after[key]]
            before, after = {key: before[key] for key in unlike}, {key: after[key] for key in unlike}
        if before != after:
            found.append(Difference(what, before, after))
    return tuple(found)


# --- what is decided ---------------------------------------------------------------------------------


def _decided_then(recorded: TracedTurn) -> Facts:
    turn, trace = recorded.turn, recorded.trace
    prompt = {"prompt": trace.prompt_hash} if trace.prompt_hash else {}
    return {
        "query": trace.query,
        "about": _things(trace.about),
        **_ranked({hit.document_id: hit for hit in trace.hits}),
        **_judged(trace.verdict),
        **_requests([part.trace for part in trace.parts]),
        **_said(turn.outcome, turn.answer, turn.citations, turn.alternatives),
        "guide": turn.guide and asdict(turn.guide),
        **prompt,
    }


def _decided_now(now: Decided, *, prompted: bool) -> Facts:
    answer, trace = now.answer, now.trace
    prompt = {"prompt": answer.prompt_hash} if prompted else {}
    return {
        "query": trace.query,
        "about": _things(trace.about),
        **_ranked({hit.document.id: _as_recorded(hit) for hit in trace.hits}),
        **_judged(trace.verdict),
        **_requests(trace.parts),
        **_said(now.outcome.value, answer.text, answer.citations, now.alternatives),
        "guide": now.guide and asdict(now.guide),
        **prompt,
    }


def _things(about: tuple[Mention, ...]) -> list[object]:
    return [asdict(mention) for mention in about]


def _as_recorded(hit: Hit) -> RecordedHit:
    return RecordedHit(hit.document.id, hit.passage.id, hit.rank, hit.score, hit.signals)


def _ranked(hits: Mapping[str, RecordedHit]) -> Facts:
    return {
        "candidates": list(hits),
        "passages": {document_id: hit.passage_id for document_id, hit in hits.items()},
        "scores": {document_id: hit.score.value for document_id, hit in hits.items()},
    }


def _requests(parts: Sequence[RecordedTrace | Trace]) -> Facts:
    """Of a message with several requests: each by its place."""
    found: dict[str, object] = {"requests": [part.query for part in parts]}
    for place, part in enumerate(parts, 1):
        hits = [hit if isinstance(hit, RecordedHit) else _as_recorded(hit) for hit in part.hits]
        facts = {**_ranked({hit.document_id: hit for hit in hits}), **_judged(part.verdict)}
        found |= {f"{what} of request {place}": value for what, value in facts.items()}
    return found


def _judged(verdict: Verdict | None) -> Facts:
    if verdict is None:
        return {"decision": None, "confidence": None}
    return {"decision": verdict.decision.value, "confidence": verdict.confidence}


def _said(
    outcome: str, text: str, citations: tuple[Citation, ...], alternatives: tuple[Alternative, ...]
) -> Facts:
    return {
        "outcome": outcome,
        "answer": "" if outcome == Outcome.HANDED_OFF else text,  # the desk's promise, by the clock
        "citations": [{"document_id": each.document_id, "quote": each.quote} for each in citations],
        "alternatives": [each.document_id for each in alternatives],
    }


# --- what decides ------------------------------------------------------------------------------------


def _basis_then(recorded: TracedTurn) -> Facts:
    """Without what an earlier version of the program did not keep."""
    trace = recorded.trace
    basis = trace.basis
    kept: dict[str, object] = {"knowledge": recorded.turn.knowledge_version, "engine": trace.engine}
    if trace.prompt_hash:
        kept |= {"prompt": trace.prompt_version}
    if basis.gate:
        kept |= {
            name: getattr(basis, name) for name in ("embedding", "weights", "gate", "profile", "program")
        }
    return kept


def _basis_now(now: Decided) -> Facts:
    basis = now.trace.basis
    return {
        "knowledge": now.trace.knowledge_version,
        "engine": now.trace.engine,
        "prompt": VERSION,
        "embedding": basis.embedding,
        "weights": basis.weights,
        "gate": basis.gate,
        "profile": basis.profile,
        "program": basis.program,
    }

"""The desk: where a customer's question comes in and its turn goes out. All faces use this one path."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Protocol

import structlog

from customer_assist.answering.extractive import shown_title
from customer_assist.answering.gate import TOPICS
from customer_assist.answering.replies import abstention, asking_back
from customer_assist.dialogue.small_talk import small_talk_reply
from customer_assist.errors import InvalidInput, StorageUnavailable, UnknownConversation
from customer_assist.indexing import Library, Snapshot
from customer_assist.model import (
    Alternative,
    Answer,
    ConversationId,
    Decision,
    Hit,
    Outcome,
    Query,
    Rating,
    RecordedTurn,
    Timing,
    Trace,
    Turn,
    TurnId,
)
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.text.said import heard

MAX_QUESTION = 4000  # characters
MAX_COMMENT = 2000
_DEPTH = 10
_ALTERNATIVES = 3
_REMEMBERED = 20  # turns of a conversation in which what the customer stated is looked for
_DENSE, _RELATED = ("dense_question", "dense_text"), 0.4  # cosine from which a topic is worth a mention
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """A customer's message as it came in."""

    question: str
    conversation_id: str | None = None  # None: a new conversation
    channel: str = "api"
    locale: str = ""
    customer_ref: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)  # field → value that documents must have


@dataclass(frozen=True, slots=True)
class Decided:
    """What a question comes to."""

    trace: Trace
    outcome: Outcome
    answer: Answer
    alternatives: tuple[Alternative, ...]
    timing: Timing


class Journal(Protocol):
    """Where turns and ratings are kept (storage/journal.py)."""

    def record(self, turn: Turn) -> None: ...
    def exists(self, conversation_id: str) -> bool: ...
    def turns(self, conversation_id: str, after: str | None = None) -> list[RecordedTurn]: ...
    def questions(self, conversation_id: str, last: int) -> list[str]: ...
    def rate(
        self, conversation_id: str, value: int, *, at: datetime, turn_id: str | None = None, comment: str = ""
    ) -> Rating: ...


class Desk:
    def __init__(
        self,
        library: Library,
        answerer: Answerer,
        journal: Journal,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._library = library
        self._answerer = answerer
        self._journal = journal
        self._now = now
        self._new_id = new_id

    @property
    def library(self) -> Library:
        return self._library

    def ask(self, ask: Ask) -> Turn:
        """Answer one question. Raises InvalidInput for an unusable one, UnknownConversation for a wrong id."""
        for event in self.stream(ask):
            if isinstance(event, Turn):
                return event
        raise AssertionError("a stream ends with its turn")

    def stream(self, ask: Ask) -> Iterator[str | Turn]:
        """Sentences of the answer as they are ready, then exactly one Turn, already recorded.

        The question is examined before this returns; what is wrong with it is raised here, not while iterating.
        """
        check_question(ask.question)
        if ask.conversation_id is not None and not self._exists(ask.conversation_id):
            raise UnknownConversation(
                f"there is no conversation {ask.conversation_id!r}: leave conversation_id out to begin a new one"
            )
        return self._turn(ask)

    def rate(
        self, conversation_id: str, value: int, *, turn_id: str | None = None, comment: str = ""
    ) -> Rating:
        """Keep a customer's thumb (1 or -1) on a turn, by default the conversation's last."""
        if value not in (1, -1) or isinstance(value, bool):
            raise InvalidInput("feedback must be 1 (helped) or -1 (did not help)")
        if len(comment) > MAX_COMMENT:
            raise InvalidInput(f"the comment is too long: at most {MAX_COMMENT} characters")
        return self._journal.rate(conversation_id, value, at=self._now(), turn_id=turn_id, comment=comment)

    def conversation(self, conversation_id: str, after: str | None = None) -> list[RecordedTurn]:
        """The turns so far, oldest first; only those after the turn `after`, where given."""
        return self._journal.turns(conversation_id, after)

    def _exists(self, conversation_id: str) -> bool:
        try:
            return self._journal.exists(conversation_id)
        except StorageUnavailable:
            return True  # an outage of the log must not turn a customer away

    def decide(
        self, ask: Ask, answerer: Answerer, said: Mapping[str, str] | None = None
    ) -> Generator[str, None, Decided]:
        """Sentences of the answer as they are ready, then what the question comes to; nothing is recorded.

        `said` is what the customer stated so far; None: it is looked up in the conversation.
        """
        started = perf_counter()
        snapshot = self._library.current()
        trace, outcome, timing = _trace(ask, snapshot), Outcome.SMALL_TALK, 0.0
        answer, alternatives = _small_talk(ask.question, snapshot), tuple[Alternative, ...]()
        if answer is None:
            trace = _retrieve(ask, snapshot, self._heard(ask) if said is None else said)
            timing = perf_counter() - started
            outcome, answer, alternatives = yield from _settle(ask, trace, snapshot, answerer)
        total = perf_counter() - started
        return Decided(
            trace=trace,
            outcome=outcome,
            answer=answer,
            alternatives=alternatives,
            timing=Timing(retrieve=timing, answer=total - timing, total=total),
        )

    def _turn(self, ask: Ask) -> Iterator[str | Turn]:
        asked_at = self._now()
        decided = yield from self.decide(ask, self._answerer)
        turn_id = self._new_id()
        turn = Turn(
            id=TurnId(turn_id),
            conversation_id=ConversationId(ask.conversation_id or turn_id),
            question=ask.question,
            answer=decided.answer,
            outcome=decided.outcome,
            asked_at=asked_at,
            trace=decided.trace,
            timing=decided.timing,
            alternatives=decided.alternatives,
            channel=ask.channel,
            locale=ask.locale,
            customer_ref=ask.customer_ref,
        )
        yield self._recorded(turn)

    def _heard(self, ask: Ask) -> dict[str, str]:
        """What the customer stated in this conversation: numbers, names, places; what came last counts."""
        earlier: list[str] = []
        if ask.conversation_id is not None:
            try:
                earlier = self._journal.questions(ask.conversation_id, _REMEMBERED)
            except StorageUnavailable:
                log.warning("conversation_not_remembered")  # better an answer that asks again than none
        return heard((*earlier, ask.question))

    def _recorded(self, turn: Turn) -> Turn:
        try:
            self._journal.record(turn)
        except StorageUnavailable as error:
            log.error("turn_not_logged", turn_id=turn.id, reason=str(error))
            return turn
        return replace(turn, logged=True)


def check_question(question: str) -> None:
    """Raises InvalidInput saying what to change."""
    if not question.strip():
        raise InvalidInput("the question is empty: write what you would like to know")
    if len(question) > MAX_QUESTION:
        raise InvalidInput(
            f"the question is too long: {len(question)} characters, at most {MAX_QUESTION} are read"
        )
    if "\x00" in question or any("\ud800" <= character <= "\udfff" for character in question):
        raise InvalidInput(
            "the question holds characters that are no text (NUL or half a pair): send plain text"
        )


def _trace(ask: Ask, snapshot: Snapshot) -> Trace:
    return Trace(ask.question, snapshot.version, snapshot.engine, filters=ask.filters, basis=snapshot.basis)


def _retrieve(ask: Ask, snapshot: Snapshot, said: Mapping[str, str]) -> Trace:
    hits = tuple(snapshot.retriever.retrieve(Query(ask.question, ask.filters), _DEPTH))
    return replace(_trace(ask, snapshot), hits=hits, verdict=snapshot.judge(ask.question, hits), said=said)


def _settle(
    ask: Ask, trace: Trace, snapshot: Snapshot, answerer: Answerer
) -> Generator[str, None, tuple[Outcome, Answer, tuple[Alternative, ...]]]:
    """What the gate's decision comes to: an answer, a question back, or that nothing is known."""
    decision = trace.verdict.decision if trace.verdict else Decision.DECLINE
    answer = Answer("")
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


def _small_talk(question: str, snapshot: Snapshot) -> Answer | None:
    reply = small_talk_reply(question, snapshot.profile.name)
    return None if reply is None else Answer(reply)


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

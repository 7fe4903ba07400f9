"""Replies that a person may send: what the desk would answer, and other solutions beside it.

Decided by the same search, gate, answerers and checks as a customer's answer. Nothing is recorded here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from customer_assist.answering.brief import MOST as BRIEF
from customer_assist.answering.brief import BriefAnswerer
from customer_assist.answering.checks import check_answer, lay_ground
from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.answering.sources import Source
from customer_assist.asking import Ask
from customer_assist.deciding import Past, decide
from customer_assist.indexing import Snapshot
from customer_assist.model import Answer, Hit, Trace
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.proposals import Phrasing, SuggestedReply, Suggestion
from customer_assist.questions import Decided
from customer_assist.saying import to_the_end
from customer_assist.text.letters import letter
from customer_assist.text.sentences import sentences

MOST = 3  # drafts
_LOOKED_BACK = 5  # messages of the customer among which one that asks for something is looked for


@dataclass(frozen=True, slots=True)
class Floors:
    """From where something is shown. Measured by `make bench BENCH=suggestions`; why these:
    docs/design/0014-suggestions-and-learning.md."""

    message: float = (
        0.2  # the gate's confidence in the best document: below it the message is about something else
    )
    own: float = 0.1  # in each document
    cosine: float = 0.35  # of each document and the message, where there is an embedding model


FLOORS = Floors()


@dataclass(frozen=True, slots=True)
class Suggested:
    message: str  # the one that the drafts answer
    trace: Trace  # with hits where the message asked for something
    drafts: tuple[SuggestedReply, ...]

    @property
    def confidence(self) -> float:
        return max((part.verdict.confidence for part in _parts(self.trace) if part.verdict), default=0.0)

    @property
    def sure(self) -> bool:
        """The gate would answer all of it."""
        parts = _parts(self.trace)
        return bool(parts) and all(part.verdict is not None and part.verdict.accepted for part in parts)

    def kept_as(
        self, id_: str, at: datetime, conversation_id: str | None, handoff_id: str | None
    ) -> Suggestion:
        return Suggestion(
            id=id_,
            message=self.message,
            query="\n".join(part.query for part in _parts(self.trace)),
            confidence=self.confidence,
            sure=self.sure,
            drafts=self.drafts,
            made_at=at,
            knowledge_version=self.trace.knowledge_version,
            conversation_id=conversation_id,
            handoff_id=handoff_id,
        )


def suggest(
    message: str, past: Past, snapshot: Snapshot, brief: Answerer, floors: Floors = FLOORS
) -> Suggested:
    """Drafts that answer `message` after `past`; where it is empty, the last message of `past` that asks for something.

    `brief` writes the short ones; where it cannot, they are extracted.
    """
    said, trace = message, Trace("", snapshot.version, snapshot.engine)
    for said, before in _to_answer(message, past):
        trace = decided(said, before, snapshot).trace
        if _parts(trace):
            break
    found = [
        (part, hits, sure) for part in _parts(trace) for hits, sure in _solutions(part, snapshot, floors)
    ]
    bodies: list[_Body] = []
    for solution in _once_each(_in_turns(found)):
        body = _body(*solution, snapshot)
        bodies += [body] if body.answer.text else []  # else its texts say nothing
        if len(bodies) == MOST:
            break
    with ThreadPoolExecutor(MOST) as pool:  # a model writes three in the time of one
        drafts = tuple(pool.map(lambda body: _drafted(body, snapshot, brief), bodies))
    return Suggested(said, trace, drafts)


def decided(message: str, past: Past, snapshot: Snapshot) -> Decided:
    """What the desk would make of `message` after all of `past`, a person's part in it included; without the answer."""
    one_conversation = [replace(turn, handoff_id=None) for turn in past]
    return to_the_end(decide(Ask(message), snapshot, _Silent(), one_conversation))


class _Silent:
    """Whoever asks for its answer wants to know what there is to answer from (an Answerer)."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield Answer("")


def _to_answer(message: str, past: Past) -> Iterator[tuple[str, Past]]:
    """The messages that may be meant, each with what came before it, the likeliest first."""
    if message:
        yield message, past
        return
    places = [place for place, turn in enumerate(past) if turn.question]
    for place in reversed(places[-_LOOKED_BACK:]):
        yield past[place].question, past[:place]


def _parts(trace: Trace) -> tuple[Trace, ...]:
    """What was searched for: nothing where the message was no request."""
    return tuple(part for part in trace.parts or (trace,) if part.hits)


Solution = tuple[Trace, list[Hit], float]


def _solutions(part: Trace, snapshot: Snapshot, floors: Floors) -> list[tuple[list[Hit], float]]:
    """Each subject that was found and is no filler: its hits, and how probably its best one answers."""
    if part.verdict is None or part.verdict.confidence < floors.message:
        return []
    by_subject: dict[str, list[Hit]] = {}
    for hit in part.hits:
        by_subject.setdefault(hit.document.subject, []).append(hit)
    found: list[tuple[list[Hit], float]] = []
    for own in by_subject.values():
        others = [hit for hit in part.hits if hit is not own[0]]
        sure = snapshot.judge(part.query, [own[0], *others]).confidence
        if sure >= floors.own and (snapshot.embedder is None or own[0].cosine >= floors.cosine):
            found.append((own, min(sure, part.verdict.confidence)))
    return found


def _in_turns(found: Sequence[Solution]) -> list[Solution]:
    """The best of each request, then the second of each."""
    seen: dict[int, int] = {}
    places: list[tuple[int, int]] = []
    for number, (part, _, _) in enumerate(found):
        seen[id(part)] = seen.get(id(part), -1) + 1
        places.append((seen[id(part)], number))
    return [found[number] for _, number in sorted(places)]


def _once_each(found: Sequence[Solution]) -> Iterator[Solution]:
    used: set[str] = set()
    for each in found:
        subject = each[1][0].document.subject
        if subject not in used:
            used.add(subject)
            yield each


@dataclass(frozen=True, slots=True)
class _Body:
    """What the approved texts say, before it is put into words for somebody."""

    request: AnswerRequest
    answer: Answer
    sure: float


def _body(part: Trace, hits: Sequence[Hit], sure: float, snapshot: Snapshot) -> _Body:
    request = AnswerRequest(part.query, hits, snapshot.facts, part.said, snapshot.vouched)
    answer = _answer(ExtractiveAnswerer(), request)
    used = {citation.document_id for citation in answer.citations}
    own = [hit for hit in hits if hit.document.id in used]  # the texts of the others had nothing to say
    return _Body(replace(request, hits=own or hits), answer, sure)


def _drafted(body: _Body, snapshot: Snapshot, brief: Answerer) -> SuggestedReply:
    citation = body.answer.citations[0]
    return SuggestedReply(
        document_id=citation.document_id,
        title=citation.title,
        confidence=round(body.sure, 6),
        full=_as_letter(body.answer, body.request, snapshot.profile.name),
        short=_short(brief, body.request, snapshot),
        citations=body.answer.citations,
    )


def _answer(answerer: Answerer, request: AnswerRequest) -> Answer:
    *_, answer = answerer.stream(request)
    assert isinstance(answer, Answer)
    return answer


def _as_letter(body: Answer, request: AnswerRequest, business: str) -> Phrasing:
    """With greeting and closing as far as they pass the checks that every answer has to."""
    citation = body.citations[0]
    source = Source(1, citation.document_id, citation.title, body.text, citation.url)
    ground = lay_ground(
        [source], request.facts, request.question, said=request.said, remember=not request.said
    )
    for name in dict.fromkeys((name_of(request.said), "")):
        text = letter(body.text, name=name, business=business)
        checks = check_answer(text, body.citations, ground)
        if all(check.passed for check in checks):
            return Phrasing(text, body.answered_by, checks)
    return Phrasing(body.text, body.answered_by, body.checks)


def name_of(said: Mapping[str, str]) -> str:
    """How to greet who said this: by first name, else as they call themselves; "" where they did not say."""
    return said.get("Customer First Name") or said.get("Customer Name", "")


def _short(brief: Answerer, request: AnswerRequest, snapshot: Snapshot) -> Phrasing | None:
    """What `brief` says, where it is brief; else extracted; None where nothing stands alone."""
    for answerer in (brief, BriefAnswerer(snapshot.embedder)):
        answer = _answer(answerer, request)
        if answer.text and len(sentences(answer.text)) <= BRIEF:
            return Phrasing(answer.text, answer.answered_by, answer.checks)
    return None

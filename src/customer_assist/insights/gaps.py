"""What customers asked and the knowledge does not answer: open questions of a period, put together by meaning.

A question counts as open where it was declined, asked back about in vain, rated down or handed over. Answers that the
gate itself thought more likely wrong than right stand beside them: alone they make no gap, but they swell one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

import numpy as np

from customer_assist.insights.grouping import grouped
from customer_assist.insights.likeness import Likeness, Likenesses
from customer_assist.model import Document, DocumentId, Hit
from customer_assist.storage.gaps import OpenQuestion
from customer_assist.text.leftovers import without_personal
from customer_assist.text.personal import mask

UNSURE = 0.5  # confidence: the gate's own probability that the answer is right
_MINIMUM, _GROWING = 2, 3  # conversations: by chance alone more ask alike where more ask
_OPEN = 2  # of these at least so many known to have no good answer
_EXAMPLES, _WAYS = 3, 20
_CENTRAL = 3  # questions of a group that are searched for
REASONS = ("declined", "asked_back", "rated_down", "handed_over", "unsure")


@dataclass(frozen=True, slots=True)
class Example:
    turn_id: str
    conversation_id: str
    question: str  # without personal data
    asked_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The article that comes closest to what a group asks."""

    document_id: DocumentId
    title: str
    alike: float  # mean likeness of the group's questions to its ways of asking, 0..1
    is_asked: (
        bool  # as alike as ways of asking for one article are: more of them will do; else it needs its own
    )


@dataclass(frozen=True, slots=True)
class Gap:
    id: str  # of its oldest question: the same from day to day, while that is in the period
    title: str  # its most central question, without personal data
    questions: int
    conversations: int
    reasons: Mapping[str, int]  # of REASONS; a question may have several
    this_half: int  # questions in the later half of the period
    half_before: int
    first_asked: datetime
    last_asked: datetime
    examples: tuple[Example, ...]
    ways: tuple[str, ...]  # different questions without personal data, the most central first
    turn_ids: tuple[str, ...]  # of all its questions, oldest first
    nearest: Nearest | None
    dismissed: bool  # most of its questions were


@dataclass(frozen=True, slots=True)
class Gaps:
    since: datetime
    until: datetime
    questions: int  # that were looked at
    conversations: int
    minimum: int  # conversations that a group has at least
    ungrouped: int  # questions of no group
    by: str  # what was alike: "meaning" or "words"
    gaps: tuple[Gap, ...]  # most conversations first


Search = Callable[[str], Sequence[Hit]]


def find_gaps(
    questions: Sequence[OpenQuestion],
    since: datetime,
    until: datetime,
    likeness: Likeness,
    edge: float,
    search: Search,
) -> Gaps:
    """The gaps among `questions`, asked from `since` to `until`; `edge` as of grouping.fitted_edge. Deterministic."""
    ordered = sorted(questions, key=lambda each: (each.asked_at, each.turn_id))
    texts = [asked_as(each) for each in ordered]
    distinct = sorted(set(texts))
    likenesses = likeness.between(distinct, distinct)
    number_of = dict(zip(distinct, grouped(likenesses, edge).tolist(), strict=True))
    minimum = max(_MINIMUM, round(sqrt(_people(ordered)) / _GROWING))
    members: dict[int, list[OpenQuestion]] = {}
    for each, text in zip(ordered, texts, strict=True):
        members.setdefault(number_of[text], []).append(each)
    found = []
    for own in members.values():
        if _people(own) < minimum or _people([each for each in own if each.is_open]) < _OPEN:
            continue
        central = _by_centrality(own, distinct, likenesses)
        found.append(
            _gap(own, central, since + (until - since) / 2, _nearest(central, likeness, edge, search))
        )
    found.sort(key=lambda gap: (-gap.conversations, -gap.questions, gap.id))
    return Gaps(
        since=since,
        until=until,
        questions=len(ordered),
        conversations=_people(ordered),
        minimum=minimum,
        ungrouped=len(ordered) - sum(gap.questions for gap in found),
        by=likeness.by,
        gaps=tuple(found),
    )


def asked_as(question: OpenQuestion) -> str:
    """What it asks, without what is of one customer alone."""
    text = question.query or question.question
    return without_personal(text) or mask(text).text


def ways_of(documents: Sequence[Document]) -> dict[str, list[str]]:
    """Subject → the ways of asking that its documents list."""
    found: dict[str, list[str]] = {}
    for document in documents:
        found.setdefault(document.subject, []).extend(document.questions)
    return found


def _people(questions: Sequence[OpenQuestion]) -> int:
    return len({each.conversation_id for each in questions})


def _by_centrality(own: Sequence[OpenQuestion], distinct: Sequence[str], likenesses: Likenesses) -> list[str]:
    """Its different questions, the one that is most like all of them first; a question asked often weighs more."""
    asked = Counter(asked_as(each) for each in own)
    place = {text: row for row, text in enumerate(distinct) if text in asked}
    rows = np.array(list(place.values()))
    weights = np.array([asked[text] for text in place], dtype=np.float64)
    mean = dict(zip(place, likenesses[np.ix_(rows, rows)] @ weights, strict=True))
    return sorted(place, key=lambda text: (-round(float(mean[text]), 6), text))


def _gap(
    own: Sequence[OpenQuestion], central: Sequence[str], middle: datetime, nearest: Nearest | None
) -> Gap:
    rank = {text: place for place, text in enumerate(central)}
    later = sum(each.asked_at >= middle for each in own)
    examples: dict[str, Example] = {}
    for each in sorted(own, key=lambda each: (not each.is_open, rank[asked_as(each)])):
        examples.setdefault(asked_as(each), _example(each))
    return Gap(
        id=own[0].turn_id,
        title=central[0],
        questions=len(own),
        conversations=_people(own),
        reasons={reason: sum(getattr(each, reason) for each in own) for reason in REASONS},
        this_half=later,
        half_before=len(own) - later,
        first_asked=own[0].asked_at,
        last_asked=own[-1].asked_at,
        examples=tuple(examples.values())[:_EXAMPLES],
        ways=tuple(central[:_WAYS]),
        turn_ids=tuple(each.turn_id for each in own),
        nearest=nearest,
        dismissed=sum(each.dismissed for each in own) * 2 > len(own),
    )


def _example(question: OpenQuestion) -> Example:
    return Example(
        question.turn_id,
        question.conversation_id,
        asked_as(question),
        question.asked_at,
        tuple(reason for reason in REASONS if getattr(question, reason)),
    )


def _nearest(central: Sequence[str], likeness: Likeness, edge: float, search: Search) -> Nearest | None:
    """Of the documents that its most central questions find, those of one subject taken together."""
    hits = {hit.document.id: hit.document for text in central[:_CENTRAL] for hit in search(text)}
    of_subject: dict[str, list[Document]] = {}
    for document in hits.values():
        of_subject.setdefault(document.subject, []).append(document)
    best: Nearest | None = None
    for documents in of_subject.values():
        asked = [way for each in documents for way in ((each.title,) if each.title else ()) + each.questions]
        if not asked:
            continue
        alike = float(likeness.between(central[:_WAYS], asked).mean())
        if best is None or alike > best.alike:
            first = documents[0]
            best = Nearest(first.id, first.heading, round(alike, 3), alike >= 1 - edge)
    return best

"""Pretended customers: a week of conversations through the real desk, before there was a real one.

What is asked and answered is decided as ever; that a language model worded part of it, that somebody rated it and that
a judge looked at it are pretended. All of it carries the channel "demo" and goes again whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.asking import DEMO, Ask
from customer_assist.desk import Desk, Stores
from customer_assist.dialogue.alternatives import NOT_HELPED
from customer_assist.indexing import Library
from customer_assist.model import Answer, Outcome, Turn, Usage
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.stores import Handoffs, Journal

MODEL = "sample-model"  # wrote nothing: extracted answers carry its name
_PEOPLE = ("Maeve", "Tom", "Ciara")
_HOURS = (*[1] * 7, 4, 8, 12, 14, 14, 12, 12, 12, 11, 10, 10, 11, 12, 11, 8, 4, 2)  # from midnight
_WEEKEND = 0.6  # as busy as another day
_PERSON = "I would like to talk to a person."


@dataclass(frozen=True, slots=True)
class Material:
    """What the customers say."""

    known: Sequence[tuple[str, str]]  # a question and the document that answers it
    unknown: Sequence[str] = ()
    followups: Sequence[tuple[str, str]] = ()  # a question, and another that needs it


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge would have said of a turn."""

    turn: Turn
    right: bool


@dataclass(frozen=True, slots=True)
class Played:
    conversations: int
    turns: int
    handoffs: int


class PretendedModel(Answerer):
    """Extracted answers; some under a model's name with tokens that they would cost, some as if it failed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._extractive = ExtractiveAnswerer()

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        for item in self._extractive.stream(request):
            yield self._signed(item, request) if isinstance(item, Answer) else item

    def _signed(self, answer: Answer, request: AnswerRequest) -> Answer:
        if self._random.random() < 0.04:
            return replace(answer, degraded=True)
        read = 600 + sum(len(hit.passage.text) for hit in request.hits[:5]) // 4  # four characters a token
        return replace(answer, answered_by=MODEL, usage=Usage(read, max(1, len(answer.text) // 4)))


def play(
    library: Library,
    journal: Journal,
    handoffs: Handoffs,
    material: Material,
    *,
    conversations: int,
    days: int,
    until: datetime,
    zone: ZoneInfo,
    judged: Callable[[Judged], None],
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
    seed: int = 0,
) -> Played:
    """Play so many conversations in the `days` days before `until`; the same again for the same arguments.

    `judged` is told of some turns what a judge would say. Nobody is sent a notice.
    """
    random = Random(seed)
    stage = _Stage(library, journal, handoffs, random, until)
    starts = sorted(_moment(random, until, days, zone) for _ in range(conversations))
    turns: list[Turn] = []
    right = dict(material.known)
    for number, start in enumerate(starts, start=1):
        stage.now = start
        said = _conversation(stage, material, random)
        turns += said
        for turn in said:
            verdict = _verdict(turn, right)
            if verdict is not None and random.random() < 0.6:
                judged(Judged(turn, verdict))
        on_progress(number, conversations)
    handed = sum(turn.outcome is Outcome.HANDED_OFF for turn in turns)
    return Played(len({turn.conversation_id for turn in turns}), len(turns), handed)


class _Stage:
    """The desk on a pretended clock that never runs past the real one."""

    def __init__(
        self, library: Library, journal: Journal, handoffs: Handoffs, random: Random, until: datetime
    ) -> None:
        self.now = until
        self._until = until
        self._random = random
        stores = Stores(journal, handoffs)  # no kinds of notices
        self.desk = Desk(library, PretendedModel(random), stores, lambda: self.now, self._new_id)

    def _new_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def wait(self, at_least: int, at_most: int) -> bool:
        """So many seconds pass; False where the present is reached: nobody acts in the future."""
        self.now += timedelta(seconds=self._random.uniform(at_least, at_most))
        return self.now < self._until

    def ask(self, message: str, after: Turn | None = None) -> Turn:
        return self.desk.ask(Ask(message, after.conversation_id if after else None, channel=DEMO))


def _conversation(stage: _Stage, material: Material, random: Random) -> list[Turn]:
    kinds: list[tuple[Callable[[_Stage, Material, Random], list[Turn]], int]] = [(_known, 60)]
    if material.unknown:
        kinds.append((_unknown, 16))
    if material.followups:
        kinds.append((_followed_up, 12))
    kinds += [(_wants_a_person, 7), (_chats, 5)]
    (kind,) = random.choices([each for each, _ in kinds], [weight for _, weight in kinds])
    return kind(stage, material, random)


def _known(stage: _Stage, material: Material, random: Random, after: Turn | None = None) -> list[Turn]:
    question, document = random.choice(material.known)
    turn = stage.ask(question, after)
    turns = [turn]
    if not stage.wait(15, 90):
        return turns
    if turn.outcome is Outcome.CLARIFYING and turn.alternatives and random.random() < 0.6:
        return [turn, stage.ask(turn.alternatives[0].title, turn)]
    if turn.outcome is not Outcome.ANSWERED:
        return turns
    if len(turn.answer.steps) > 2 and random.random() < 0.4:
        return turns + _guided(stage, turn, random)
    liked = random.random()
    if _cites(turn, document):
        if liked < 0.35:
            _rate(stage, turn, 1)
        elif liked < 0.45:
            turns.append(stage.ask("thanks, that helped", turn))
    elif liked < 0.6:
        _rate(stage, turn, -1)
        turns.append(stage.ask(NOT_HELPED, turn))
    return turns


def _guided(stage: _Stage, turn: Turn, random: Random) -> list[Turn]:
    said = [stage.ask("Step by step", turn)]
    for _ in range(random.randint(1, len(turn.answer.steps))):
        if not stage.wait(20, 200) or said[-1].guide is None:
            return said
        said.append(stage.ask("Next", said[-1]))
    if stage.wait(20, 200) and random.random() < 0.5:
        said.append(stage.ask("All done", said[-1]))
    return said


def _unknown(stage: _Stage, material: Material, random: Random) -> list[Turn]:
    turn = stage.ask(random.choice(material.unknown))
    if not stage.wait(15, 90):
        return [turn]
    if random.random() < 0.25:
        _rate(stage, turn, -1)
    if turn.outcome is Outcome.ABSTAINED and random.random() < 0.4:
        return [turn, *_with_a_person(stage, stage.ask(_PERSON, turn), random)]
    return [turn]


def _followed_up(stage: _Stage, material: Material, random: Random) -> list[Turn]:
    question, followup = random.choice(material.followups)
    turn = stage.ask(question)
    return [turn, stage.ask(followup, turn)] if stage.wait(20, 120) else [turn]


def _wants_a_person(stage: _Stage, material: Material, random: Random) -> list[Turn]:
    del material
    return _with_a_person(stage, stage.ask("Can I speak to a human please?"), random)


def _chats(stage: _Stage, material: Material, random: Random) -> list[Turn]:
    turn = stage.ask("hello!")
    return [turn, *_known(stage, material, random, turn)] if stage.wait(5, 30) else [turn]


def _with_a_person(stage: _Stage, turn: Turn, random: Random) -> list[Turn]:
    """Most are answered within the hour; some still wait."""
    if turn.handoff is None or random.random() < 0.15 or not stage.wait(120, 3600):
        return [turn]
    by = random.choice(_PEOPLE)
    reply = stage.desk.reply(turn.handoff.id, f"Hello, this is {by}. I will look into that for you.", by)
    if stage.wait(60, 600) and random.random() < 0.8:
        stage.desk.resolve(turn.handoff.id)
    return [turn, reply]


def _rate(stage: _Stage, turn: Turn, value: int) -> None:
    stage.desk.rate(turn.conversation_id, value, turn_id=turn.id)


def _verdict(turn: Turn, right: Mapping[str, str]) -> bool | None:
    """None: what would be right is not known."""
    if turn.outcome is not Outcome.ANSWERED or turn.question not in right:
        return None
    return _cites(turn, right[turn.question])


def _cites(turn: Turn, document: str) -> bool:
    return any(citation.document_id == document for citation in turn.answer.citations)


def _moment(random: Random, until: datetime, days: int, zone: ZoneInfo) -> datetime:
    """A time at which shops are asked: by day, and less at weekends."""
    busiest = max(_HOURS)
    while True:
        moment = until - timedelta(days=days * random.random())
        local = moment.astimezone(zone)
        busy = _HOURS[local.hour] * (_WEEKEND if local.weekday() >= 5 else 1)
        if random.random() * busiest < busy:
            return moment

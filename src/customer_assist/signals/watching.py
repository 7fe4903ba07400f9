"""What the desk keeps, told to a watcher as well: the one place where turns, ratings and handoffs are observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, cast

from customer_assist.desk import Desk
from customer_assist.errors import StorageUnavailable
from customer_assist.model import HUMAN, Handoff, Rating, Turn
from customer_assist.storage.jobs import Job
from customer_assist.stores import Handoffs, Journal


class Watcher(Protocol):
    """Told after the fact, in the thread of the request. Must be quick, and raise nothing."""

    def turn(self, turn: Turn) -> None:
        """A turn that goes out; `turn.logged` says whether it is in the database."""

    def rating(self, rating: Rating) -> None: ...

    def handoff(self, handoff: Handoff) -> None:
        """One that was opened now."""


def watched(desk: Desk, *watchers: Watcher) -> Desk:
    """The same desk, whose doings the watchers are told of."""
    return desk.remembering(
        lambda journal: cast(Journal, _WatchedJournal(journal, watchers)),
        lambda handoffs: cast(Handoffs, _WatchedHandoffs(handoffs, watchers)),
    )


class _WatchedJournal:
    """Whatever is not watched is the journal's own."""

    def __init__(self, journal: Journal, watchers: Sequence[Watcher]) -> None:
        self._journal = journal
        self._watchers = watchers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def record(self, turn: Turn, jobs: Sequence[Job] = ()) -> bool:
        try:
            recorded = self._journal.record(turn, jobs)
        except StorageUnavailable:
            if turn.answer.answered_by != HUMAN:  # a person's reply does not go out then
                self._tell(turn)
            raise
        if recorded:
            self._tell(replace(turn, logged=True))
        return recorded  # False: it does not go out, another is made in its place

    def rate(
        self, conversation_id: str, value: int, *, at: datetime, turn_id: str | None = None, comment: str = ""
    ) -> Rating:
        rating = self._journal.rate(conversation_id, value, at=at, turn_id=turn_id, comment=comment)
        for watcher in self._watchers:
            watcher.rating(rating)
        return rating

    def _tell(self, turn: Turn) -> None:
        for watcher in self._watchers:
            watcher.turn(turn)


class _WatchedHandoffs:
    """Whatever is not watched is the store's own."""

    def __init__(self, handoffs: Handoffs, watchers: Sequence[Watcher]) -> None:
        self._handoffs = handoffs
        self._watchers = watchers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handoffs, name)

    def open(
        self, handoff: Handoff, transcript: Sequence[Mapping[str, object]] = (), notices: Sequence[Job] = ()
    ) -> Handoff:
        opened = self._handoffs.open(handoff, transcript, notices)
        if opened.id == handoff.id:  # else it was open already
            for watcher in self._watchers:
                watcher.handoff(opened)
        return opened

"""What the desk remembers with, as it needs it; the tables behind it are storage's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from customer_assist.model import Handoff, HandoffStatus, Rating, RecordedTurn, Turn
from customer_assist.proposals import Suggestion
from customer_assist.storage.jobs import Job


class Journal(Protocol):
    """Where turns and ratings are kept (storage/journal.py)."""

    def record(self, turn: Turn, jobs: Sequence[Job] = ()) -> bool: ...
    def exists(self, conversation_id: str) -> bool: ...
    def turns(self, conversation_id: str, after: str | None = None) -> list[RecordedTurn]: ...
    def past(self, conversation_id: str, last: int, before: str | None = None) -> list[RecordedTurn]: ...
    def rate(
        self, conversation_id: str, value: int, *, at: datetime, turn_id: str | None = None, comment: str = ""
    ) -> Rating: ...


class Handoffs(Protocol):
    """Where handoffs are kept (storage/handoffs.py)."""

    def open(
        self, handoff: Handoff, transcript: Sequence[Mapping[str, object]] = (), notices: Sequence[Job] = ()
    ) -> Handoff: ...
    def open_in(self, conversation_id: str) -> Handoff | None: ...
    def get(self, handoff_id: str) -> Handoff: ...
    def reach(self, handoff_id: str, email: str) -> Handoff: ...
    def latest_in(self, conversation_id: str) -> Handoff | None: ...
    def take(self, handoff_id: str, by: str, at: datetime) -> Handoff: ...
    def close(self, handoff_id: str, status: HandoffStatus, at: datetime) -> Handoff: ...


class Suggestions(Protocol):
    """Where suggestions are kept (storage/suggestions.py)."""

    def keep(self, suggestion: Suggestion) -> None: ...


def nothing_follows(_turn: Turn) -> Sequence[Job]:
    """A turn is all there is."""
    return ()


@dataclass(frozen=True, slots=True)
class Stores:
    journal: Journal
    handoffs: Handoffs
    notices: Collection[str] = ()  # the kinds that can be sent (notices/wanted.py)
    suggestions: Suggestions | None = None  # None: they are made and not kept
    follow_up: Callable[[Turn], Sequence[Job]] = (
        nothing_follows  # what is to be done after a turn, kept with it
    )

"""Which answers a judge is to look at: a share of them that follows from their ids, so that nobody throws dice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from customer_assist.asking import DEMO, NOT_CUSTOMERS
from customer_assist.model import HUMAN, Move, Outcome, Turn
from customer_assist.storage.jobs import Job, job_id

JUDGMENT = "judgment"  # the kind of the job
_NOT_JUDGED = NOT_CUSTOMERS | {DEMO}  # of pretended customers the judgments are pretended, too
_WHOLE = 1 << 64


@dataclass(frozen=True, slots=True)
class Sampling:
    """A share, from 0 to 1, of what the assistant answered on `channels`; of none named, on all that customers use."""

    share: float
    channels: Iterable[str] = ()

    def __call__(self, turn: Turn) -> tuple[Job, ...]:
        """The job that has the turn judged, to be kept with it; nothing where it is not to be."""
        answered = turn.outcome is Outcome.ANSWERED and turn.answer.answered_by != HUMAN
        # A guide's next step answers no question: what was asked for is some turns back.
        if not answered or turn.trace.move is not Move.QUESTION or not self.takes(turn.id, turn.channel):
            return ()
        return (judgment_of(turn.id, turn.asked_at),)

    def takes(self, turn_id: str, channel: str) -> bool:
        """Always the same of the same turn; with a larger share all that a smaller one takes, and more."""
        named = frozenset(self.channels)
        if channel not in named if named else channel in _NOT_JUDGED:
            return False
        return int.from_bytes(sha256(turn_id.encode()).digest()[:8]) < self.share * _WHOLE


def judgment_of(turn_id: str, due: datetime) -> Job:
    """The one job about this turn, whoever makes it."""
    return Job(job_id(JUDGMENT, turn_id), JUDGMENT, {"turn_id": str(turn_id)}, due, due)

"""What the program proposes to people of the business: replies to a customer, and documents from what they replied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from customer_assist.model import CheckResult, Citation, DocumentId, TurnId

# --- suggested replies -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to say a suggested reply; all of its checks passed."""

    text: str
    written_by: str  # "extractive", or the language model's name
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True)
class SuggestedReply:
    """One solution, in two lengths."""

    document_id: DocumentId
    title: str
    confidence: float  # 0..1, the gate's: how probably this document answers
    full: Phrasing  # a letter: greeting, approved text, closing
    short: Phrasing | None  # one or two sentences; None where the text has none that stand alone
    citations: tuple[Citation, ...]


class DraftOutcome(StrEnum):
    """What became of a suggested reply."""

    SENT = "sent"  # as it was
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RecordedOutcome:
    draft: int  # its place in the suggestion, from 0
    outcome: DraftOutcome
    text: str  # what was sent; "" where nothing was
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Up to three replies to one message, best first, each a solution of its own."""

    id: str
    message: str  # the customer's, as typed
    query: str  # what was searched for
    confidence: float  # the gate's in the best
    sure: bool  # the gate would have answered; else a person has to judge
    drafts: tuple[SuggestedReply, ...]
    made_at: datetime
    knowledge_version: int
    conversation_id: str | None = None
    handoff_id: str | None = None
    outcomes: tuple[RecordedOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """Of all suggestions ever made."""

    suggestions: int
    drafts: int
    sent: int
    edited: int
    rejected: int

    def share(self, outcome: DraftOutcome) -> float | None:
        """Among the drafts whose outcome is known; None where none is."""
        known = self.sent + self.edited + self.rejected
        return getattr(self, outcome.value) / known if known else None


# --- documents drafted from replies ----------------------------------------------------------------


class DraftStatus(StrEnum):
    OPEN = "open"
    PUBLISHED = "published"
    REJECTED = "rejected"


class LinkKind(StrEnum):
    """What a turn is to a draft."""

    REPLY = "reply"  # it was made from this one
    QUESTION = "question"  # the reply answered it
    ALIKE = "alike"  # asked elsewhere, not answered, and of near-same meaning


@dataclass(frozen=True, slots=True)
class Link:
    turn_id: TurnId
    kind: LinkKind
    question: str = ""  # as typed


@dataclass(frozen=True, slots=True)
class Left:
    """Something in a draft that seems to be of one customer alone."""

    kind: str  # like "e-mail", "Order Number", "name"
    text: str


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """A document to be: an editor looks at it before anybody is answered with it."""

    id: str
    status: DraftStatus
    title: str
    questions: tuple[str, ...]
    text: str
    created_at: datetime
    updated_at: datetime
    turn_id: TurnId | None = None  # the reply that it was made from
    document_id: DocumentId | None = None  # once it was published
    links: tuple[Link, ...] = ()

"""The nouns of the house: frozen, without behaviour that needs anything from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

DocumentId = NewType("DocumentId", str)
PassageId = NewType("PassageId", str)
ConversationId = NewType("ConversationId", str)
TurnId = NewType("TurnId", str)


# --- knowledge -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """One thing the business knows: an article, or one question with its reply."""

    id: DocumentId
    source: str  # the file or folder it came from, by its name
    title: str  # "" where the file has none
    questions: tuple[str, ...]  # ways customers ask for it; may be empty
    text: str  # the approved reply or article in Markdown; may hold {{placeholders}}; may be empty
    fields: Mapping[str, str] = field(default_factory=dict)  # category, intent, language … to filter on
    url: str | None = None

    @property
    def heading(self) -> str:
        """What to call it before a person: its title, else its first question, else its id."""
        return self.title or (self.questions[0] if self.questions else str(self.id))

    @property
    def subject(self) -> str:
        """The same for documents that answer the same: of one intent, else with one text."""
        return self.fields.get("intent") or self.text or str(self.id)


class PassageKind(StrEnum):
    QUESTION = "question"  # a title, or a way of asking
    TEXT = "text"  # a part of the document's text


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document that is searched by itself. Its id is stable while the text before it is."""

    id: PassageId
    document_id: DocumentId
    kind: PassageKind
    text: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the business vouches for: an answer sends customers nowhere else (answering/vouching.py)."""

    stated: frozenset[str] = frozenset()  # every text of the profile: links and addresses are read from them
    pages: frozenset[str] = frozenset()  # where its documents can be read


NOTHING_VOUCHED = Vouched()


# --- search --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that a field of some documents names, as a conversation speaks of it."""

    field: str
    value: str
    strength: float  # 0..1: how surely it was named, less the longer ago
    words: str = ""  # what was heard as its name


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: a question made to stand alone, and the fields that documents must match."""

    text: str
    filters: Mapping[str, str] = field(default_factory=dict)
    about: tuple[
        Mention, ...
    ] = ()  # of the documents that name a thing in these fields only those that name one of these


@dataclass(frozen=True, slots=True)
class Score:
    """Comparable only within its kind."""

    value: float
    kind: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A document as one retriever ranked it, by its best passage."""

    document: Document
    passage: Passage
    rank: int  # from 1
    score: Score
    signals: Mapping[str, float] = field(default_factory=dict)  # what the score was made of

    @property
    def cosine(self) -> float:
        """The better one of its questions and its text; 0 where there is no embedding model."""
        return max(self.signals.get("dense_question", 0.0), self.signals.get("dense_text", 0.0))


class Decision(StrEnum):
    """What the gate lets a question come to."""

    ANSWER = "answer"
    CLARIFY = "clarify"  # ask back: what answers may be among the first few hits
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's decision about one query and its hits."""

    decision: Decision
    confidence: float  # calibrated probability that the best hit answers, 0..1
    threshold: float  # confidence from which is answered
    clarify_from: float = 1.0  # confidence from which is asked back; above `threshold`: never
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return self.decision is Decision.ANSWER


# --- answers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer comes from; `quote` stands literally in the document as it was shown."""

    document_id: DocumentId
    title: str
    quote: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the model's server counted them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    by: str = field(default="", compare=False)  # the model whose they are; "": not told, or nobody's

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.by or other.by,
        )


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of one answer; `detail` names what failed, "" where nothing did."""

    name: str
    passed: bool
    detail: str = ""


EXTRACTIVE = "extractive"
HUMAN = "human"  # `answered_by` of what a person of the business wrote


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to the customer, and on what ground."""

    text: str
    citations: tuple[Citation, ...] = ()
    answered_by: str = EXTRACTIVE  # or the language model's name
    steps: tuple[str, ...] = ()
    degraded: bool = False  # a model should have written it and could not
    degraded_because: str = ""  # in one line, without personal data
    usage: Usage = Usage()
    checks: tuple[CheckResult, ...] = ()
    prompt_hash: str = ""  # SHA-256 of the prompt that was sent first, "" where none was
    prompt_version: int = 0  # of its wording (answering/prompt.py), 0 where none was sent
    by: str = ""  # the name of the person who wrote it, where one did and gave it
    parts: tuple[Answer, ...] = ()  # to a message with several requests: one each


class Outcome(StrEnum):
    """How a turn ended; the names are the API's (contract §3)."""

    ANSWERED = "answered"
    CLARIFYING = "clarifying"  # the topics to choose from are the turn's alternatives
    SMALL_TALK = "small_talk"
    ABSTAINED = "abstained"
    HANDED_OFF = "handed_off"  # the handoff's row is there
    WITH_HUMAN = "with_human"  # said to, or by, the person who has the conversation


class Move(StrEnum):
    """What a customer's message does in its conversation."""

    QUESTION = "question"
    SMALL_TALK = "small_talk"
    GUIDE = "guide"  # one step at a time, please
    NEXT = "next"
    BACK = "back"
    REPEAT = "repeat"
    WHERE = "where"  # which step was I on
    STUCK = "stuck"  # this step does not work, or shows something else
    DONE = "done"
    LEAVE = "leave"  # no more steps
    NOT_HELPED = "not_helped"  # another way, please
    HUMAN = "human"  # a person, please
    ASSISTANT = "assistant"  # back to the assistant, please


@dataclass(frozen=True, slots=True)
class Guide:
    """A procedure that the customer is taken through, one step at a time."""

    document_id: DocumentId
    title: str
    steps: tuple[str, ...]  # as they were when it began: changed knowledge does not move the customer
    at: int  # the step that was shown last, from 1
    finished: bool = False  # done or left: it does not go on


# --- handing over to a person --------------------------------------------------------------------


class HandoffReason(StrEnum):
    WISH = "customer_wish"
    NOT_KNOWN = "not_known"  # the gate declined, and the customer took the offer
    TOPIC = "topic"  # one that the business wants to answer itself
    ALTERNATIVES_FAILED = "alternatives_failed"


class HandoffStatus(StrEnum):
    WAITING = "waiting"  # nobody has taken it yet
    TAKEN = "taken"  # a person speaks: the assistant is silent
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"  # the customer went back to the assistant


@dataclass(frozen=True, slots=True)
class HandoffWish:
    """Why a conversation is to be handed over."""

    reason: HandoffReason
    detail: str = ""  # of a topic: its name


@dataclass(frozen=True, slots=True)
class Handoff:
    """A conversation in a person's hands, or on the way there."""

    id: str
    conversation_id: ConversationId
    reason: HandoffReason
    detail: str
    summary: str  # for the person who takes it
    message: str  # what the customer was told
    email: str  # where the customer can be reached, "" where that is not known
    customer_ref: str
    status: HandoffStatus
    created_at: datetime
    taken_at: datetime | None = None
    taken_by: str = ""
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status in (HandoffStatus.WAITING, HandoffStatus.TAKEN)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another document that may help."""

    document_id: DocumentId
    title: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds spent in each stage of a turn."""

    retrieve: float = 0.0
    answer: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Basis:
    """What a turn was decided with, beside the documents: each part by its fingerprint, "" where that was not kept."""

    gate: str = ""  # as fitted
    weights: str = ""  # of the search
    embedding: str = ""  # the model's stamp; "" beside a gate: there was none
    profile: str = ""  # the business's
    program: str = ""  # its version


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a turn ended as it did: enough to decide it again."""

    query: str
    knowledge_version: int
    engine: str
    hits: tuple[Hit, ...] = ()
    verdict: Verdict | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)  # what the customer stated so far: name → value
    basis: Basis = Basis()
    move: Move = Move.QUESTION
    parts: tuple[Trace, ...] = ()  # of a message with several requests: one each, and nothing of the above
    written_by: str = ""  # the language model that made `query` of the question; "": rules did
    tongue: str = ""  # the language of the question, where it is none of the business's
    translated_by: str = ""  # the language model that put the answer into that language; "": it is as it was
    about: tuple[Mention, ...] = ()  # the things spoken of, to which the search was limited


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it."""

    id: TurnId
    conversation_id: ConversationId
    question: str  # as typed
    answer: Answer
    outcome: Outcome
    asked_at: datetime  # aware, UTC
    trace: Trace
    timing: Timing
    alternatives: tuple[Alternative, ...] = ()
    channel: str = "api"
    locale: str = ""
    customer_ref: str = ""
    guide: Guide | None = None
    handoff: Handoff | None = None  # the one that is open once this turn is there
    logged: bool = False  # it is in the database

    @property
    def confidence(self) -> float:
        """Of several requests the least."""
        verdicts = [trace.verdict for trace in (self.trace, *self.trace.parts) if trace.verdict]
        return min((verdict.confidence for verdict in verdicts), default=0.0)

    @property
    def offers_human(self) -> bool:
        return self.outcome is Outcome.ABSTAINED


@dataclass(frozen=True, slots=True)
class Rating:
    """A customer's thumb on one turn."""

    turn_id: TurnId
    value: int  # 1 or -1
    rated_at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class RecordedTurn:
    """A turn as the journal gives it back: what a reader of the conversation sees."""

    id: TurnId
    conversation_id: ConversationId
    question: str
    answer: str
    outcome: str
    answered_by: str
    degraded: bool
    confidence: float
    citations: tuple[Citation, ...]
    steps: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    asked_at: datetime
    knowledge_version: int
    rating: int | None = None  # the latest
    query: str = ""  # what was searched for, "" where nothing was
    move: Move = Move.QUESTION
    guide: Guide | None = None
    handoff_id: str | None = None
    by: str = ""  # as of an Answer


@dataclass(frozen=True, slots=True)
class RecordedHit:
    """A candidate as the journal gives it back; its document may have changed since."""

    document_id: DocumentId
    passage_id: PassageId
    rank: int  # from 1
    score: Score
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RecordedTrace:
    """A trace as the journal gives it back; what an earlier version of the program did not keep is empty."""

    query: str
    engine: str
    hits: tuple[RecordedHit, ...]
    verdict: Verdict | None
    filters: Mapping[str, str]
    said: Mapping[str, str]
    basis: Basis
    checks: tuple[CheckResult, ...]
    prompt_hash: str
    prompt_version: int
    written_by: str = ""
    tongue: str = ""
    translated_by: str = ""
    parts: tuple[RecordedPart, ...] = ()
    degraded_because: str = ""
    about: tuple[Mention, ...] = ()

    @property
    def candidates(self) -> list[DocumentId]:
        """All that were looked at, for each of several requests."""
        traces = (self, *(part.trace for part in self.parts))
        return [hit.document_id for trace in traces for hit in trace.hits]


@dataclass(frozen=True, slots=True)
class RecordedPart:
    """One request of a message that had several: why it ended so, and what was said to it."""

    trace: RecordedTrace
    answer: Answer


@dataclass(frozen=True, slots=True)
class TracedTurn:
    """A recorded turn with why it ended so, and what it took."""

    turn: RecordedTurn
    trace: RecordedTrace
    timing: Timing = Timing()
    usage: Usage = Usage()

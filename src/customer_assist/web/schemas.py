"""What goes over the wire, in and out. The OpenAPI document is made from these models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from customer_assist.asking import MAX_QUESTION
from customer_assist.desk import MAX_COMMENT
from customer_assist.model import Move

# The desk examines a question, and says what to change about it; here stands what it will say.
QUESTION_SCHEMA: dict[str, Any] = {
    "minLength": 1,
    "maxLength": MAX_QUESTION,
    "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$",
    "examples": ["Where is my order?"],
}
MAX_ID = 64


def _whole(value: object) -> object:
    """`true` and 1.0 equal 1 in Python; they are no rating."""
    if type(value) is not int:
        raise PydanticCustomError("literal_error", "1 or -1", {"expected": "1 or -1"})
    return value


class Incoming(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]


class CustomerBody(Incoming):
    """Who asks, as the business knows them."""

    ref: Annotated[str, Field(min_length=1, max_length=200)]
    email: Email | None = None


class QuestionBody(Incoming):
    question: Annotated[str, Field(json_schema_extra=QUESTION_SCHEMA)]
    conversation_id: Annotated[str, Field(description="Continues that conversation.")] | None = None
    customer: CustomerBody | None = None
    locale: Annotated[str, Field(max_length=35, examples=["en-IE"])] | None = None
    channel: Annotated[str, Field(max_length=32, examples=["api"])] | None = None
    filters: (
        Annotated[
            dict[str, str],
            Field(
                max_length=10,
                description="Answer only from documents with these values of their fields.",
                examples=[{"category": "SHIPPING"}],
            ),
        ]
        | None
    ) = None


class FeedbackBody(Incoming):
    conversation_id: str
    feedback: Annotated[
        Literal[1, -1], BeforeValidator(_whole), Field(description="1: it helped, -1: it did not.")
    ]
    turn_id: Annotated[str, Field(description="The rated turn; by default the last.")] | None = None
    comment: Annotated[str, Field(max_length=MAX_COMMENT)] | None = None


class HandoffBody(Incoming):
    email: Annotated[Email, Field(description="Where the customer can be reached after leaving.")] | None = (
        None
    )


class IdempotencyHeader(BaseModel):
    """A repeated request with the same key gets the first one's reply; nothing is done twice."""

    model_config = ConfigDict(populate_by_name=True)

    key: str | None = Field(None, alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,255}$")


class ConversationPath(BaseModel):
    conversation_id: str


class ConversationQuery(BaseModel):
    after: Annotated[str, Field(description="A turn_id: only the turns after it.")] | None = None


class CitationReply(BaseModel):
    document_id: str
    title: str
    url: str | None = None  # left out where there is none
    quote: str


class AlternativeReply(BaseModel):
    document_id: str
    title: str


class HandoffReply(BaseModel):
    id: str
    reason: str
    message: str


class GuideReply(BaseModel):
    """Where the customer is in a procedure that is shown step by step."""

    document_id: str
    title: str
    step: Annotated[int, Field(ge=1, description="The step that was shown last.")]
    of: int
    steps: Annotated[list[str], Field(description="All of them, each as it is shown when its turn comes.")]
    finished: bool


OutcomeName = Literal["answered", "clarifying", "small_talk", "abstained", "handed_off", "with_human"]


class TurnReply(BaseModel):
    """One question and its answer."""

    conversation_id: str
    question: str
    answer: str
    turn_id: str
    outcome: OutcomeName
    answered_by: str
    degraded: bool
    citations: list[CitationReply]
    steps: list[str]
    alternatives: list[AlternativeReply]
    confidence: Annotated[float, Field(ge=0, le=1)]
    handoff: HandoffReply | None
    logged: bool
    guide: GuideReply | None
    move: Annotated[Move, Field(description="What the message did in its conversation.")]


class RecordedTurnReply(TurnReply):
    """A turn as it was recorded."""

    asked_at: datetime
    rating: Literal[1, -1] | None
    by: Annotated[str, Field(description="The name of the person who wrote the answer, where one gave it.")]


class HandoffStateReply(HandoffReply):
    """The latest handoff of a conversation, as its customer sees it."""

    status: Literal["waiting", "taken", "resolved", "withdrawn"]
    by: Annotated[
        str, Field(description="The name of the person who has the conversation, where one gave it.")
    ]
    promise: Annotated[
        str, Field(description="While waiting: when somebody answers, as it looks now, where known.")
    ]
    created_at: datetime
    closed_at: datetime | None


class ConversationReply(BaseModel):
    conversation_id: str
    turns: list[RecordedTurnReply]
    handoff: HandoffStateReply | None


class FeedbackReply(BaseModel):
    message: str


class HealthReply(BaseModel):
    status: Literal["ok"]


class MetaReply(BaseModel):
    """What a chat window shows before the first question."""

    business: str
    greeting: str
    automated: Literal[True]  # no person answers
    demo: bool  # a sample business is loaded
    examples: list[str]
    max_question: int
    language: Annotated[str, Field(description="Of its texts.")]
    color: Annotated[str, Field(description="The business's own, as #rrggbb; empty where it has none.")]


class ErrorReply(BaseModel):
    """What is wrong and what to do about it; `code` is stable, for programs."""

    error: str
    code: str


_WRONG = {
    "missing": "is missing: send it",
    "string_type": "must be text",
    "string_too_short": "is empty: send some text, or leave it out",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
}
_PATTERNS = {
    "Idempotency-Key": "must be 1 to 255 printable ASCII characters without spaces",
    "customer.email": "must be an e-mail address: name@example.com",
    "email": "must be an e-mail address: name@example.com",
}


def describe(error: ValidationError) -> str:
    """The first thing that is wrong, in one line and without repeating what was sent."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "string_pattern_mismatch" if where in _PATTERNS:
            wrong = _PATTERNS[where]
        case "literal_error":
            wrong = _one_of(first["ctx"]["expected"])
        case "string_too_long":
            wrong = f"is too long: send at most {first['ctx']['max_length']} characters"
        case kind:
            wrong = _WRONG.get(kind, "is not of the kind that /docs describes")
    return f"{where} {wrong}"


def _one_of(expected: str) -> str:
    """`expected` as pydantic names it: "1 or -1", "'open', 'waiting' or 'all'"."""
    return f"must be {expected}" if "'" in expected else f"must be the number {expected}"

"""What goes over the wire between the inbox and the people who run the business."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from customer_assist.suggesting import MOST
from customer_assist.web.schemas import QUESTION_SCHEMA, Incoming, OutcomeName, RecordedTurnReply


class HandoffsQuery(Incoming):
    status: Literal["open", "waiting", "taken", "resolved", "withdrawn", "all"] = "open"
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class HandoffSummaryReply(BaseModel):
    """A conversation in a person's hands, or on the way there."""

    id: str
    conversation_id: str
    reason: Literal["customer_wish", "not_known", "topic", "alternatives_failed"]
    detail: Annotated[str, Field(description="Of a topic: its name.")]
    summary: str
    message: Annotated[str, Field(description="What the customer was told.")]
    email: str
    customer_ref: str
    status: Literal["waiting", "taken", "resolved", "withdrawn"]
    created_at: datetime
    taken_at: datetime | None
    taken_by: str
    closed_at: datetime | None


class ReasonReply(BaseModel):
    reason: Literal["customer_wish", "not_known", "topic", "alternatives_failed"]
    detail: Annotated[str, Field(description="Of a topic: its name.")]
    handoffs: int


class HandoffsReply(BaseModel):
    handoffs: list[HandoffSummaryReply]
    reasons: Annotated[list[ReasonReply], Field(description="Of all with that status, most first.")]


class HandoffPath(BaseModel):
    handoff_id: str


class TranscriptTurnReply(BaseModel):
    """A turn as it was when the conversation was handed over."""

    asked_at: datetime
    question: str
    answer: str
    outcome: str
    answered_by: str
    documents: list[str]
    rating: Literal[1, -1] | None


class HandoffDetailReply(HandoffSummaryReply):
    """With what was said until it was handed over, and the conversation as it is now."""

    transcript: list[TranscriptTurnReply]
    turns: list[RecordedTurnReply]


By = Annotated[
    str, Field(max_length=100, description="Your name, as the customer is to see it.", examples=["Aoife"])
]


class TakeBody(Incoming):
    by: By | None = None


class ResolveBody(Incoming):
    pass


class UsedSuggestionBody(Incoming):
    """The draft that the reply was made from."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    draft: Annotated[int, Field(ge=0, lt=MOST, strict=True)]


class HumanReplyBody(Incoming):
    text: Annotated[
        str, Field(json_schema_extra=QUESTION_SCHEMA | {"examples": ["I have looked at your order: …"]})
    ]
    by: By | None = None
    suggestion: (
        Annotated[
            UsedSuggestionBody,
            Field(description="What became of it is kept: sent as it was, or edited, as the texts tell."),
        ]
        | None
    ) = None


class ConversationsQuery(Incoming):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[str, Field(description="A conversation_id of this list: only older ones.")] | None = (
        None
    )
    outcome: Annotated[OutcomeName, Field(description="Only with a turn that ended so.")] | None = None


class ConversationSummaryReply(BaseModel):
    conversation_id: str
    question: Annotated[str, Field(description="The first that was asked.")]
    turns: int
    outcomes: Annotated[list[str], Field(description="Each once, in the order they came first.")]
    started_at: datetime
    last_at: datetime
    channel: str
    customer_ref: str
    rating: Annotated[Literal[1, -1] | None, Field(description="The one given last.")]
    handoff: Literal["waiting", "taken", "resolved", "withdrawn"] | None


class ConversationsReply(BaseModel):
    conversations: list[ConversationSummaryReply]

"""What goes over the wire of what the knowledge lacks, and of what contradicts itself in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from customer_assist.insights.channels import CUSTOMERS
from customer_assist.web.agent_schemas import Words
from customer_assist.web.schemas import Incoming

Reason = Literal["declined", "asked_back", "rated_down", "handed_over", "unsure"]


class GapsQuery(Incoming):
    days: Annotated[int, Field(ge=1, le=366, description="The period, up to now.")] = 30
    channel: Annotated[
        str,
        Field(
            min_length=1,
            max_length=32,
            pattern=r"^[^\u0000]*$",
            description="customers (not what people of the business tried out), all, or a channel's name.",
        ),
    ] = CUSTOMERS


class GapPath(BaseModel):
    gap_id: Annotated[str, Field(min_length=1, max_length=64)]


class GapBody(GapsQuery):
    """The period in which the gap was seen."""


class GapWaysBody(GapBody):
    document_id: Annotated[str, Field(max_length=1000, description="The article; left out: the nearest.")] = (
        ""
    )
    questions: Annotated[
        list[Words],
        Field(max_length=20, description="The ways of asking; left out: the gap's own, at most 20."),
    ] = Field(default=[])


class GapExampleReply(BaseModel):
    turn_id: str
    conversation_id: str
    question: Annotated[str, Field(description="Without personal data.")]
    asked_at: datetime
    reasons: list[Reason]


class GapNearestReply(BaseModel):
    """The article that comes closest."""

    document_id: str
    title: str
    alike: Annotated[float, Field(ge=0, le=1, description="Of the questions to its ways of asking.")]
    advice: Literal["add_ways_of_asking", "write_article"]


class GapReasonsReply(BaseModel):
    declined: int
    asked_back: Annotated[int, Field(description="In vain: nothing was answered after it.")]
    rated_down: int
    handed_over: int
    unsure: Annotated[int, Field(description="Answered, more likely wrongly than not.")]


class GapTrendReply(BaseModel):
    this_half: Annotated[int, Field(description="Questions in the later half of the period.")]
    half_before: int


class GapReply(BaseModel):
    """Questions that ask the same, without an answer, or without one that helped."""

    id: Annotated[str, Field(description="Of its oldest question: the same while that is in the period.")]
    title: str
    questions: int
    conversations: int
    reasons: GapReasonsReply
    trend: GapTrendReply
    first_asked: datetime
    last_asked: datetime
    examples: list[GapExampleReply]
    ways: Annotated[list[str], Field(description="Different questions, the most central first.")]
    nearest: GapNearestReply | None
    draft_id: Annotated[str | None, Field(description="An open draft that is to answer it.")]
    dismissed: bool


class GapsReply(BaseModel):
    days: int
    since: datetime
    until: datetime
    ready: Annotated[
        bool,
        Field(description="false: they are being looked for; what is here, if anything, is from before."),
    ]
    by: Annotated[Literal["meaning", "words", ""], Field(description="What was alike.")]
    questions: Annotated[int, Field(description="That were looked at: the latest 5,000 at most.")]
    conversations: int
    minimum: Annotated[int, Field(description="Conversations that a group has at least.")]
    ungrouped: Annotated[int, Field(description="Questions of no group.")]
    gaps: Annotated[list[GapReply], Field(description="Most conversations first.")]


class GapDismissedReply(BaseModel):
    id: str
    dismissed: bool


class ConflictSideReply(BaseModel):
    document_id: str
    title: str
    text: Annotated[str, Field(description="The sentence.")]
    values: Annotated[list[str], Field(description="What differs, as written there; none where one denies.")]


class ConflictReply(BaseModel):
    kind: Annotated[str, Field(description='Of what values differ, or "yes or no".')]
    one: ConflictSideReply
    other: ConflictSideReply


class DuplicateReply(BaseModel):
    one: str
    other: str
    alike: Annotated[float, Field(ge=0, le=1, description="Share of the content words.")]


class ConflictsReply(BaseModel):
    ready: Annotated[bool, Field(description="false: they are still being looked for.")]
    documents: int
    statements: Annotated[int, Field(description="Sentences that were compared: 6,000 at most.")]
    conflicts: Annotated[list[ConflictReply], Field(description="The surest first.")]
    duplicates: list[DuplicateReply]

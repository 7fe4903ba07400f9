"""What goes over the wire of an article before a customer sees it: how it would look, and whether it is found."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from customer_assist.web.agent_schemas import Words
from customer_assist.web.schemas import Incoming

MOST_TRIED = 20  # questions, each of which is searched for


class LeftOutReply(BaseModel):
    """A sentence that no answer uses."""

    sentence: str
    why: str


class LackingReply(BaseModel):
    """A placeholder that nothing fills."""

    name: str
    profile_key: Annotated[str, Field(description='Of business.toml; "" where only a customer can say it.')]


class ShownReply(BaseModel):
    """A document as customers are shown it."""

    title: str
    text: str
    steps: Annotated[list[str], Field(description="Of the procedure that it describes, where it does.")]
    left_out: list[LeftOutReply]
    lacking: list[LackingReply]
    lost: Annotated[list[str], Field(description="Sentences that say nothing without their placeholder.")]


class TryBody(Incoming):
    questions: Annotated[list[Words], Field(min_length=1, max_length=MOST_TRIED)]


class FoundReply(BaseModel):
    document_id: str
    title: str


class TriedQuestionReply(BaseModel):
    """How a question would be met now. Nothing is recorded."""

    question: str
    decision: Literal["answer", "clarify", "decline"]
    confidence: Annotated[float, Field(ge=0, le=1)]
    first: Annotated[FoundReply | None, Field(description="The document that comes first.")]


class TriedQuestionsReply(BaseModel):
    tried: list[TriedQuestionReply]

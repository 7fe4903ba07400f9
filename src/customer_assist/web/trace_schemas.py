"""What goes over the wire of why a turn ended as it did. Fields are added, never renamed or taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from customer_assist.web.agent_schemas import CheckReply
from customer_assist.web.schemas import AlternativeReply


class TurnPath(BaseModel):
    turn_id: str


class CandidateReply(BaseModel):
    """A document that was found."""

    rank: int
    document_id: str
    title: Annotated[str, Field(description='As it is called now, "" where nobody knows it any more.')]
    since: Annotated[
        Literal["same", "changed", "deleted", "unknown"], Field(description="What became of it.")
    ]
    passage_id: str
    score: float
    kind: Annotated[str, Field(description="Scores are comparable within one kind.")]
    signals: Annotated[dict[str, float], Field(description="What the score was made of.")]
    used: Annotated[bool, Field(description="The answer cites it.")]


class GateReply(BaseModel):
    """Whether the best candidate was thought to answer."""

    decision: Literal["answer", "clarify", "decline"]
    confidence: Annotated[float, Field(description="Probability that the best candidate answers.")]
    threshold: Annotated[float, Field(description="From which is answered.")]
    clarify_from: Annotated[float, Field(description="From which is asked back; above threshold: never.")]
    features: dict[str, float]


class CitedReply(BaseModel):
    document_id: str
    title: str
    quote: str
    url: str | None


class MentionReply(BaseModel):
    """A thing spoken of, to whose documents the search was limited."""

    field: str
    value: str
    strength: float
    words: str


class RequestReply(BaseModel):
    """One request of a message that had several."""

    query: str
    candidates: list[CandidateReply]
    gate: GateReply | None
    answer: str
    citations: list[CitedReply]
    checks: list[CheckReply]


class PromptReply(BaseModel):
    version: Annotated[int, Field(description="0 where it was not kept.")]
    sha256: str


class TimingReply(BaseModel):
    """Seconds."""

    retrieve: float
    answer: float
    total: float


class TokensReply(BaseModel):
    """As the language model's server counted them; 0 where none was asked."""

    prompt: int
    completion: int


class DecidedWithReply(BaseModel):
    """Each part by its fingerprint."""

    knowledge_version: int
    engine: str
    gate: str
    weights: str
    embedding: str
    profile: str
    program: str


class SinceReply(BaseModel):
    knowledge_version: Annotated[int, Field(description="The present one.")]
    documents_changed: int
    documents_deleted: int


class TraceReply(BaseModel):
    """Why a turn ended as it did."""

    turn_id: str
    conversation_id: str
    asked_at: datetime
    question: Annotated[str, Field(description="As it was typed.")]
    query: Annotated[
        str, Field(description='What was searched for, "" where nothing was, or several things.')
    ]
    written_by: Annotated[str, Field(description='The language model that made the query, "": rules did.')]
    tongue: Annotated[str, Field(description="The question's language, where it is none of the business's.")]
    translated_by: str
    move: str
    filters: dict[str, str]
    about: list[MentionReply]
    said: Annotated[dict[str, str], Field(description="What the customer had stated.")]
    outcome: str
    why: Annotated[str, Field(description="In a sentence.")]
    answer: str
    answered_by: str
    degraded: bool
    degraded_because: Annotated[str, Field(description="Why no model wrote it; empty where one should not.")]
    citations: list[CitedReply]
    alternatives: list[AlternativeReply]
    candidates: list[CandidateReply]
    gate: GateReply | None
    requests: list[RequestReply]
    checks: list[CheckReply]
    prompt: PromptReply | None
    timing: TimingReply
    tokens: TokensReply
    decided_with: DecidedWithReply
    since: SinceReply

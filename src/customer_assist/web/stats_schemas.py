"""What goes over the wire about what happened: figures, and what they are counted from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from customer_assist.insights.period import MOST_DAYS
from customer_assist.web.schemas import Incoming


class StatsQuery(Incoming):
    """`days`, or `from` and `to`."""

    days: (
        Annotated[int, Field(ge=1, le=MOST_DAYS, description="Today and the days before it; 7 if left out.")]
        | None
    ) = None
    first: Annotated[
        date | None, Field(alias="from", description="The first day, e.g. 2026-05-04, in the zone of TZ.")
    ] = None
    last: Annotated[date | None, Field(alias="to", description="The last day; today if left out.")] = None
    channel: Annotated[
        str, Field(max_length=32, description="customers, all, or one by its name.", examples=["customers"])
    ] = "customers"


class PeriodReply(BaseModel):
    since: datetime
    until: Annotated[datetime, Field(description="No longer in it.")]
    time_zone: Annotated[str, Field(description="In which days are days.")]
    channel: str


class DayReply(BaseModel):
    day: date
    messages: Annotated[int, Field(description="That customers wrote.")]
    conversations: Annotated[int, Field(description="That began.")]


class ShareReply(BaseModel):
    """Of all conversations that began in the period."""

    conversations: int
    share: Annotated[float | None, Field(description="null where there was no conversation.")]
    low: Annotated[float | None, Field(description="Lower end of the 95 % interval (Wilson).")]
    high: float | None
    why: Annotated[dict[str, int], Field(description="How one knows: conversations by reason.")]


class OutcomesReply(BaseModel):
    """Each conversation once; docs/insights.md defines them."""

    conversations: int
    confirmed: ShareReply
    assumed: ShareReply
    handed_over: ShareReply
    not_helped: ShareReply
    unknown: ShareReply


class RatingsReply(BaseModel):
    up: int
    down: int


class RelevanceReply(BaseModel):
    """Of the assistant's answers; what a judge found and what the gate expected are never added up."""

    judged: Annotated[dict[str, int], Field(description="Answers by what a judge found.")]
    estimated: Annotated[int, Field(description="Answers that no judge saw, and the gate was so sure of.")]
    expected: Annotated[
        float | None,
        Field(description="Share of those estimated that answer, as the gate expects; no judgment."),
    ]
    neither: Annotated[int, Field(description="Next steps of a procedure.")]


class SecondsReply(BaseModel):
    p50: float | None
    p95: float | None


class SpeedReply(BaseModel):
    """Seconds of the assistant's answers."""

    retrieve: SecondsReply
    answer: SecondsReply
    all: SecondsReply


class DegradedReply(BaseModel):
    turns: Annotated[int, Field(description="That the language model should have written and could not.")]
    of: int
    share: float | None


class HandoffFiguresReply(BaseModel):
    opened: int
    reasons: dict[str, int]
    replied: Annotated[int, Field(description="Of those opened, that a person has written in.")]
    first_word: Annotated[SecondsReply, Field(description="Seconds until then.")]
    waiting_now: int
    taken_now: int
    longest_wait_now: Annotated[float | None, Field(description="Seconds; null: nobody waits.")]


class SpentReply(BaseModel):
    day: date
    purpose: Literal["answering", "judging"]
    model: str
    prompt_tokens: int
    completion_tokens: int
    amount: Annotated[float | None, Field(description="null: the model has no price.")]
    currency: str | None


class CostReply(BaseModel):
    tokens: int
    days: list[SpentReply]
    total: Annotated[dict[str, float], Field(description="By currency.")]
    per_conversation: dict[str, float]
    unpriced: Annotated[dict[str, int], Field(description="Tokens by model that no amount counts.")]


class UsedReply(BaseModel):
    document_id: str
    title: str
    gone: bool
    answers: int


class UnusedReply(BaseModel):
    document_id: str
    title: str


class ArticlesReply(BaseModel):
    documents: int
    most_used: list[UsedReply]
    unused: int
    unused_first: list[UnusedReply]
    last_ingest: datetime | None


class BacklogReply(BaseModel):
    kind: str
    waiting: int
    failing: int
    given_up: Annotated[int, Field(description="Within the last seven days.")]
    oldest: datetime | None
    failure: str


class LatestTurnReply(BaseModel):
    conversation_id: str
    asked_at: datetime
    question: str
    answer: str
    outcome: str
    answered_by: str
    relevance: str


class ClockReply(BaseModel):
    difference_seconds: Annotated[float, Field(description="The database's clock, ahead of the program's.")]
    agree: bool
    time_zone: str


class StatsReply(BaseModel):
    period: PeriodReply
    read_at: datetime
    demo: Annotated[bool, Field(description="Pretended customers are among those counted.")]
    messages: int
    conversations: int
    days: list[DayReply]
    turns_by_outcome: dict[
        Literal["answered", "clarifying", "small_talk", "abstained", "handed_off", "with_human"], int
    ]
    outcomes: OutcomesReply
    ratings: RatingsReply
    relevance: RelevanceReply
    answered_by: dict[str, int]
    seconds: SpeedReply
    degraded: DegradedReply
    handoffs: HandoffFiguresReply
    cost: CostReply
    articles: ArticlesReply
    backlog: list[BacklogReply]
    latest: list[LatestTurnReply]
    clock: ClockReply


class FigureReply(BaseModel):
    name: str
    now: float | None
    before: float | None


class DigestReply(BaseModel):
    """Compared with as many days before; of a period that is not over, up to the same time of the day."""

    since: datetime
    until: datetime
    before_since: datetime
    before_until: datetime
    figures: list[FigureReply]
    lines: Annotated[list[str], Field(description="What happened.")]
    next: Annotated[list[str], Field(max_length=3, description="What to do next.")]

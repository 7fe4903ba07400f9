"""What goes over the wire of how the assistant is set up: what is named here, and nothing else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class ModelReply(BaseModel):
    """The language model. Never its key."""

    name: str
    host: Annotated[str, Field(description="Where it is asked, without path and password.")]
    seconds: float
    calls_per_day: Annotated[int, Field(description="For answers; the judge has its own.")]
    calls_today: Annotated[int, Field(description="Of these.")]


class LimitsReply(BaseModel):
    per_minute: Annotated[int, Field(description="Questions of one client; 0: no limit.")]
    longest_question: Annotated[int, Field(description="Characters.")]
    largest_file: Annotated[int, Field(description="Bytes, over HTTP.")]
    trusted_proxies: int


class NoticesReply(BaseModel):
    """Whether people are told of handoffs."""

    email: bool
    told: Annotated[int, Field(description="Addresses of the business that are told.")]
    webhook: bool


class DatabaseReply(BaseModel):
    kind: Literal["embedded", "your own"]
    server: Annotated[str, Field(description="Version of PostgreSQL.")]


class ClocksReply(BaseModel):
    agree: bool
    seconds: Annotated[float, Field(description="By which the database is ahead.")]


class KnowledgeStateReply(BaseModel):
    version: int
    documents: int
    passages: Annotated[int, Field(description="Parts of documents that are searched by themselves.")]
    sources: int
    demo: Annotated[bool, Field(description="The sample business is loaded.")]


class IndexReply(BaseModel):
    """What questions are answered from at this moment."""

    state: Literal["current", "behind", "not loaded"]
    version: Annotated[int | None, Field(description="Of the knowledge that it holds.")]
    documents: int
    engine: str
    tuned: Annotated[bool, Field(description="By weights that were fitted for this business.")]


class SettingsReply(BaseModel):
    version: str
    engine: Annotated[str, Field(description="That is set.")]
    embedding: Annotated[
        str, Field(description='The embedding model, "": there is none, search is by words.')
    ]
    model: Annotated[ModelReply | None, Field(description="null: answers are taken word for word.")]
    target: Annotated[str, Field(description="What the gate keeps to.")]
    limits: LimitsReply
    notices: NoticesReply
    database: DatabaseReply
    origins: Annotated[list[str], Field(description="Whose pages may ask, beside our own.")]
    time_zone: str
    clocks: ClocksReply
    knowledge: KnowledgeStateReply
    index: IndexReply

"""What goes over the wire of the facts about the business."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from customer_assist.web.schemas import Incoming


class PlaceReply(BaseModel):
    document_id: str
    title: str
    sentence: str
    lost: Annotated[bool, Field(description="Answers leave it out; else it is worded without the fact.")]


class LackingWithPlacesReply(BaseModel):
    """A placeholder that nothing fills."""

    name: str
    profile_key: Annotated[str, Field(description="Where in business.toml its value goes.")]
    documents: int
    sentences_lost: int
    places: Annotated[list[PlaceReply], Field(description="The first of them.")]


class GivenByCustomersReply(BaseModel):
    name: str
    documents: int


class KnownFactReply(BaseModel):
    key: Annotated[str, Field(description="Of business.toml.")]
    value: str
    fills: Annotated[list[str], Field(description="The placeholders that it fills.")]


class FactsReply(BaseModel):
    version: Annotated[int, Field(description="Of the knowledge that this is told of.")]
    known: list[KnownFactReply]
    lacking: Annotated[list[LackingWithPlacesReply], Field(description="The most wanted first.")]
    given_by_customers: list[GivenByCustomersReply]
    profile: Annotated[dict[str, Any], Field(description="All of the business profile.")]
    came_with: Annotated[str, Field(description='The source that brought it, "" where none did.')]
    toml: Annotated[str, Field(description="The same as a business.toml.")]


class FactBody(Incoming):
    key: Annotated[str, Field(min_length=1, max_length=300, examples=["contact.phone", 'facts."Gate Code"'])]
    value: Annotated[
        str, Field(max_length=2000, pattern=r"^[^\u0000\r\n]*$", description='"" takes the fact away.')
    ]


class ChangedFactReply(BaseModel):
    key: str
    value: str
    version: Annotated[int, Field(description="Of the knowledge, after it.")]

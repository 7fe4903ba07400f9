"""What goes over the wire of files that are loaded over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from customer_assist.web.schemas import Incoming

MOST_NAMED = 100  # bad rows that a reply names; the number of all is beside them


class UploadQuery(Incoming):
    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            pattern=r"^[^/\\\u0000-\u001f.][^/\\\u0000-\u001f]*$",
            description="The file's, whose ending says of what kind it is.",
            examples=["faq.csv"],
        ),
    ]
    source: Annotated[
        str, Field(max_length=200, description="What its documents' source is called; by default `name`.")
    ] = ""


class BadRowReply(BaseModel):
    """A row that is left out; everything else is taken."""

    file: str
    line: Annotated[int, Field(description="From 1; 0 where it is no single line.")]
    reason: str


class LackingFactReply(BaseModel):
    name: str
    profile_key: Annotated[str, Field(description="Of business.toml, that would fill it.")]
    documents: int
    sentences_lost: int


class _LoadedReply(BaseModel):
    source: str
    added: int
    changed: int
    unchanged: int
    deleted: Annotated[
        int, Field(description="Of this source, and of the sample business where it makes room.")
    ]
    bad_rows: Annotated[list[BadRowReply], Field(description=f"The first {MOST_NAMED}.")]
    bad: Annotated[int, Field(description="How many rows cannot be used.")]
    notices: list[str]


class PreviewReply(_LoadedReply):
    """What loading this file would do. Nothing was changed."""

    loaded_from: Annotated[
        str | None, Field(description="Where this source came from before; null: it is a new one.")
    ]
    sample_goes: Annotated[bool, Field(description="The sample business would make room.")]
    lacking: Annotated[
        list[LackingFactReply], Field(description="Facts that its texts ask for and nothing fills.")
    ]


class UploadReply(_LoadedReply):
    version: Annotated[int, Field(description="Of the knowledge, after it.")]
    embedded: Annotated[int, Field(description="Texts that were new to the embedding model.")]

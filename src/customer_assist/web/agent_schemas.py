"""What goes over the wire to and from the people who run the business: suggestions, drafts, documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from customer_assist.asking import MAX_QUESTION
from customer_assist.knowledge.rows import MAX_CHARACTERS
from customer_assist.learning import MAX_QUESTIONS
from customer_assist.suggesting import MOST
from customer_assist.web.schemas import CitationReply, Incoming

_NO_NUL, _WORDS = r"^[^\u0000]*$", r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
Id = Annotated[str, Field(min_length=1, max_length=64)]
By = Annotated[str, Field(max_length=100, pattern=_NO_NUL, description="Who did it.", examples=["Ciara"])]
Text = Annotated[str, Field(max_length=MAX_CHARACTERS, pattern=_NO_NUL)]
Words = Annotated[str, Field(max_length=MAX_CHARACTERS, pattern=_WORDS)]  # not white space alone


def _one_of(*parts: str) -> dict[str, Any]:
    """Of a body: at least one of these has to be sent, each being names that go together."""
    return {"anyOf": [{"required": part.split()} for part in parts]}


class Paged(Incoming):
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


# --- suggestions -------------------------------------------------------------------------------------


class SuggestBody(Incoming):
    """A message, or where to find it: the last one of a conversation or handoff that asks for something."""

    model_config = ConfigDict(json_schema_extra=_one_of("message", "conversation_id", "handoff_id"))

    message: Annotated[
        str,
        Field(max_length=MAX_QUESTION, pattern=_WORDS, examples=["can i send opened coffee back"]),
    ] = ""
    conversation_id: Id = ""
    handoff_id: Id = ""


class CheckReply(BaseModel):
    name: str
    passed: bool
    detail: str


class WordingReply(BaseModel):
    text: str
    written_by: Annotated[str, Field(description='"extractive", or the name of the language model.')]
    checks: list[CheckReply]


class DraftReply(BaseModel):
    """One solution, in two lengths."""

    document_id: str
    title: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    full: WordingReply
    short: Annotated[
        WordingReply | None, Field(description="null where the text has no sentence that stands alone.")
    ]
    citations: list[CitationReply]


class OutcomeReply(BaseModel):
    draft: int
    outcome: Literal["sent", "edited", "rejected"]
    text: Annotated[str, Field(description="What was sent.")]
    by: str
    at: datetime


class SuggestionReply(BaseModel):
    """Up to three drafts, best first."""

    id: str
    message: Annotated[str, Field(description="The customer's message that the drafts answer.")]
    query: Annotated[str, Field(description="What was searched for.")]
    confidence: Annotated[float, Field(ge=0, le=1)]
    unsure: Annotated[bool, Field(description="The assistant would not have answered by itself.")]
    drafts: list[DraftReply]
    made_at: datetime
    knowledge_version: int
    conversation_id: str | None
    handoff_id: str | None
    outcomes: list[OutcomeReply]


class OutcomeSharesReply(BaseModel):
    """Among the drafts whose outcome is known; null where none is."""

    sent: float | None
    edited: float | None
    rejected: float | None


class OutcomeCountsReply(BaseModel):
    suggestions: int
    drafts: int
    sent: int
    edited: int
    rejected: int
    shares: OutcomeSharesReply


class SuggestionsReply(BaseModel):
    suggestions: list[SuggestionReply]
    counts: OutcomeCountsReply


class SuggestionPath(BaseModel):
    suggestion_id: str


class OutcomeBody(Incoming):
    draft: Annotated[int, Field(ge=0, lt=MOST, strict=True)]
    outcome: Literal["sent", "edited", "rejected"]
    text: Annotated[Text, Field(description="What was sent; with edited it is needed.")] = ""
    by: By = ""


# --- documents -----------------------------------------------------------------------------------------


class DocumentsQuery(Paged):
    search: Annotated[str, Field(max_length=200, description="Words that stand in it.")] = ""
    source: Annotated[str, Field(max_length=1000)] | None = None


class DocumentPath(BaseModel):
    document_id: str


class DocumentBody(Incoming):
    """The whole document: what is left out is empty."""

    model_config = ConfigDict(json_schema_extra=_one_of("title", "questions", "text"))

    title: Words = ""
    questions: Annotated[list[Words], Field(min_length=1, max_length=1000)] = Field(default=[])
    text: Words = ""
    fields: dict[str, Text] = Field(default={})
    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s<>\"\u0000]+$")] | None = None


class LearnedFromReply(BaseModel):
    """The draft that it came from, and the turns behind that."""

    draft_id: str
    turn_id: str | None


class DocumentReply(BaseModel):
    id: str
    source: str
    title: str
    questions: list[str]
    text: Annotated[str, Field(description="As it is kept, placeholders included.")]
    fields: dict[str, str]
    url: str | None


class DocumentDetailReply(DocumentReply):
    learned_from: LearnedFromReply | None


class DocumentsReply(BaseModel):
    documents: list[DocumentReply]
    total: Annotated[int, Field(description="That match, on all pages.")]
    sources: Annotated[dict[str, int], Field(description="How many documents each source has.")]


class PutReply(BaseModel):
    document: DocumentReply
    created: bool
    version: Annotated[int, Field(description="Of the knowledge, after it.")]
    notices: Annotated[list[str], Field(description="Sentences that answers leave out, and why.")]


class DeletedReply(BaseModel):
    deleted: str
    version: int


# --- drafts --------------------------------------------------------------------------------------------


class DraftsQuery(Paged):
    status: Literal["open", "published", "rejected", "all"] = "open"


class DraftPath(BaseModel):
    draft_id: str


class NewDraftBody(Incoming):
    """A turn that a person wrote; else a text with a title or a question."""

    model_config = ConfigDict(
        json_schema_extra=_one_of("turn_id", "text question", "text questions", "text title")
    )

    turn_id: Id = ""
    question: Words = ""
    questions: Annotated[list[Words], Field(min_length=1, max_length=MAX_QUESTIONS - 1)] = Field(default=[])
    text: Words = ""
    title: Words = ""


class EditDraftBody(Incoming):
    """What is left out stays as it is."""

    title: Text | None = None
    questions: Annotated[list[Words], Field(max_length=MAX_QUESTIONS)] | None = None
    text: Words | None = None


class PublishBody(Incoming):
    confirm: Annotated[
        bool,
        Field(strict=True, description="Somebody looked at what may be personal, or said elsewhere already."),
    ] = False


class LinkReply(BaseModel):
    turn_id: str
    kind: Annotated[
        Literal["reply", "question", "alike"],
        Field(description="alike: asked elsewhere, not answered, and of near-same meaning."),
    ]
    question: str


class LeftReply(BaseModel):
    kind: str
    text: str


class DraftDocumentReply(BaseModel):
    """A document to be."""

    id: str
    status: Literal["open", "published", "rejected"]
    title: str
    questions: list[str]
    text: str
    personal: Annotated[list[LeftReply], Field(description="What seems to be of one customer alone.")]
    turn_id: str | None
    document_id: str | None
    links: list[LinkReply]
    created_at: datetime
    updated_at: datetime


class DraftsReply(BaseModel):
    drafts: list[DraftDocumentReply]


class TriedReply(BaseModel):
    """How one of its questions is met now."""

    question: str
    decision: Literal["answer", "clarify", "decline"]
    confidence: Annotated[float, Field(ge=0, le=1)]
    found: Annotated[bool, Field(description="The new document comes first.")]


class PublishedReply(BaseModel):
    draft: DraftDocumentReply
    document: DocumentReply
    version: int
    notices: list[str]
    tried: list[TriedReply]

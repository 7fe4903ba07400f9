"""Replies suggested to people, by the desk on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from customer_assist import suggesting
from customer_assist.answering.brief import BriefAnswerer
from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.answering.prompt import BRIEFLY, INSTRUCTIONS
from customer_assist.business import BusinessProfile, Contact
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.errors import InvalidInput, UnknownConversation, UnknownHandoff, UnknownSuggestion
from customer_assist.indexing import Library
from customer_assist.llm.minilm import MiniLM
from customer_assist.model import Answer, Document, Outcome, Trace
from customer_assist.ports import Answerer
from customer_assist.proposals import DraftOutcome
from customer_assist.questions import Decided
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.journal import Journal
from customer_assist.storage.suggestions import SuggestionStore
from customer_assist.storage.vectors import VectorStore
from customer_assist.suggesting import Floors, suggest
from stand_ins import make_document

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PROFILE = BusinessProfile(name="Lamp Shop", contact=Contact(email="help@lamps.example"))
SHOP = [
    make_document(
        "return", "How do I return a lamp?", text="Send the lamp back within 30 days.", intent="return"
    ),
    make_document(
        "return2", "Can I return a lamp late?", text="No, a lamp comes back in time.", intent="return"
    ),
    make_document("lost", "My lamp is lost in the post", text="We send a lost lamp again.", intent="lost"),
    make_document("pay", "How do I pay?", text="Pay by card or by bank transfer.", intent="pay"),
    make_document("open", "When do you open?", text="The shop opens at nine.", intent="open"),
]
UNKNOWN = "Which mountain is the highest in Peru?"


@pytest.fixture
def store(database: Database) -> SuggestionStore:
    return SuggestionStore(database)


@pytest.fixture
def library(database: Database, embedder: MiniLM) -> Library:
    documents = DocumentStore(database)
    documents.sync_source("faq", SHOP, profile=PROFILE.model_dump(mode="json"))
    return Library(documents, VectorStore(database), embedder, "hybrid")


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(database: Database, library: Library, store: SuggestionStore) -> MakeDesk:
    def make(brief: Answerer | None = None) -> Desk:
        stores = Stores(Journal(database), HandoffStore(database), suggestions=store)
        return Desk(
            library,
            ExtractiveAnswerer(),
            stores,
            lambda: NOW,
            lambda: str(uuid4()),
            brief=brief or BriefAnswerer(),
        )

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk()


def test_a_draft_is_a_letter_with_the_approved_text_its_sources_and_checks(desk: Desk) -> None:
    suggestion = desk.suggest("My name is Niamh Byrne. How do I return a lamp?")
    first = suggestion.drafts[0]
    assert first.full.text == (
        "Hello Niamh,\n\nSend the lamp back within 30 days.\n\nKind regards\nLamp Shop"
    )
    assert first.short is not None and first.short.text == "Send the lamp back within 30 days."
    assert [citation.document_id for citation in first.citations] == ["return"]
    for wording in (first.full, first.short):
        assert wording.checks and all(check.passed for check in wording.checks)


def test_each_draft_is_another_solution_the_best_first(desk: Desk) -> None:
    drafts = desk.suggest("return a lamp that was lost in the post").drafts
    subjects = [draft.document_id for draft in drafts]
    assert len(subjects) > 1 and len(subjects) == len(set(subjects))
    assert not {"return", "return2"} <= set(subjects)  # they answer the same
    assert drafts[0].confidence == max(draft.confidence for draft in drafts)


def test_what_the_gate_declines_is_suggested_as_unsure(desk: Desk) -> None:
    unsure, sure = desk.suggest("do you sell bulbs for the lamp"), desk.suggest("How do I return a lamp?")
    assert unsure.drafts and not unsure.sure
    assert sure.sure and sure.confidence > unsure.confidence


def test_where_nothing_comes_close_nothing_is_suggested(desk: Desk, library: Library) -> None:
    assert desk.suggest(UNKNOWN).drafts == ()
    unheld = suggest(UNKNOWN, (), library.current(), BriefAnswerer(), Floors(0, 0, 0))
    assert unheld.drafts  # it is the floor that holds them back


def test_a_further_draft_has_a_floor_of_its_own(library: Library) -> None:
    asked = "How do I return a lamp?"
    low = suggest(asked, (), library.current(), BriefAnswerer(), Floors(0.2, 0, 0))
    high = suggest(asked, (), library.current(), BriefAnswerer(), Floors(0.2, 0.9, 0))
    near = suggest(asked, (), library.current(), BriefAnswerer(), Floors(0.2, 0, 0.9))
    assert len(low.drafts) == 3 and len(high.drafts) < 3 and len(near.drafts) < 3


def test_of_several_requests_the_best_of_each_comes_first(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = library.current()
    parts = tuple(
        suggesting.decided(each, (), snapshot).trace for each in ("How do I return a lamp?", "How do I pay?")
    )
    both = Decided(Trace("", 1, "hybrid", parts=parts), Outcome.ANSWERED, Answer(""))
    monkeypatch.setattr(suggesting, "decided", lambda *_: both)
    found = suggest("How do I return a lamp, and how do I pay?", (), snapshot, BriefAnswerer())
    assert [draft.document_id for draft in found.drafts][:2] == ["return", "pay"]


def test_a_conversations_last_request_is_answered(desk: Desk) -> None:
    turn = desk.ask(Ask("How do I return a lamp?"))
    desk.ask(Ask("How do I pay?", turn.conversation_id))
    desk.ask(Ask("thanks", turn.conversation_id))
    suggestion = desk.suggest(conversation_id=turn.conversation_id)
    assert suggestion.message == "How do I pay?" and suggestion.drafts[0].document_id == "pay"
    assert suggestion.conversation_id == turn.conversation_id


def test_a_handoffs_last_request_is_answered_with_what_was_said_before_it(desk: Desk) -> None:
    turn = desk.ask(Ask("My name is Niamh Byrne. How do I return a lamp?"))
    handoff = desk.hand_over(turn.conversation_id)
    said = desk.ask(Ask("How do I pay?", turn.conversation_id))
    assert said.outcome is Outcome.WITH_HUMAN
    suggestion = desk.suggest(handoff_id=handoff.id)
    assert (suggestion.message, suggestion.handoff_id) == ("How do I pay?", handoff.id)
    assert suggestion.drafts[0].full.text.startswith("Hello Niamh,")


def test_what_cannot_be_answered_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="no message"):
        desk.suggest()
    with pytest.raises(UnknownConversation):
        desk.suggest(conversation_id=str(uuid4()))
    with pytest.raises(UnknownHandoff):
        desk.suggest(handoff_id=str(uuid4()))


class Writes:
    """A model that writes this."""

    def __init__(self, text: str) -> None:
        self.text = text

    def stream(self, request: object) -> list[Answer]:  # type: ignore[override]
        return [Answer(self.text, answered_by="model-x")]


def test_a_model_writes_the_short_one_and_the_full_one_stays_the_approved_text(make_desk: MakeDesk) -> None:
    first = make_desk(Writes("Within 30 days, please.")).suggest("How do I return a lamp?").drafts[0]
    assert first.short is not None
    assert (first.short.text, first.short.written_by) == ("Within 30 days, please.", "model-x")
    assert first.full.written_by == "extractive" and "Send the lamp back" in first.full.text


def test_a_model_that_is_not_brief_is_not_used(make_desk: MakeDesk) -> None:
    first = make_desk(Writes("One. Two. Three.")).suggest("How do I return a lamp?").drafts[0]
    assert first.short is not None and first.short.written_by == "extractive"


def test_the_model_is_told_to_be_brief() -> None:
    assert "in one or two sentences" in BRIEFLY and "120 words" not in BRIEFLY
    assert "120 words" in INSTRUCTIONS


# --- what became of them -----------------------------------------------------------------------------


def test_a_suggestion_is_kept_as_it_was_made(desk: Desk, store: SuggestionStore) -> None:
    made = desk.suggest("How do I return a lamp?")
    assert store.get(made.id) == made
    assert store.list() == [made]
    with pytest.raises(UnknownSuggestion):
        store.get("nonsense")


def test_outcomes_are_counted_the_last_word_of_each(desk: Desk, store: SuggestionStore) -> None:
    made = desk.suggest("How do I return a lamp?")
    other = desk.suggest("How do I pay?")
    store.tell(made.id, 0, DraftOutcome.REJECTED, at=NOW, by="Tom")
    store.tell(made.id, 0, DraftOutcome.SENT, at=NOW, by="Ciara")
    store.tell(other.id, 0, DraftOutcome.EDITED, at=NOW, text="By card.", by="Ciara")
    counts = store.counts()
    assert (counts.suggestions, counts.sent, counts.edited, counts.rejected) == (2, 1, 1, 0)
    assert counts.share(DraftOutcome.SENT) == 0.5
    [told] = store.get(made.id).outcomes
    assert (told.outcome, told.by, told.at) == (DraftOutcome.SENT, "Ciara", NOW)
    assert told.text == made.drafts[0].full.text


def test_an_outcome_that_cannot_be_is_refused(desk: Desk, store: SuggestionStore) -> None:
    made = desk.suggest("How do I pay?")
    with pytest.raises(InvalidInput, match="no draft 2"):
        store.tell(made.id, 2, DraftOutcome.SENT, at=NOW)
    with pytest.raises(InvalidInput, match="comes with the text"):
        store.tell(made.id, 0, DraftOutcome.EDITED, at=NOW)
    with pytest.raises(InvalidInput, match="not the draft"):
        store.tell(made.id, 0, DraftOutcome.SENT, at=NOW, text="Other words.")
    assert store.counts().share(DraftOutcome.SENT) is None


def test_a_reply_tells_by_its_text_whether_the_draft_was_edited(desk: Desk, store: SuggestionStore) -> None:
    made = desk.suggest("How do I pay?")
    full = made.drafts[0].full.text
    assert store.used(made.id, 0, full.replace("\n\n", "\n"), by="Tom", at=NOW) is DraftOutcome.SENT
    short = made.drafts[0].short
    assert short is not None and store.used(made.id, 0, short.text, by="Tom", at=NOW) is DraftOutcome.SENT
    assert store.used(made.id, 0, f"{full} Bye!", by="Tom", at=NOW) is DraftOutcome.EDITED
    assert store.get(made.id).outcomes[0].text.endswith("Bye!")


def test_a_letter_that_fails_its_checks_is_not_offered(desk: Desk, database: Database) -> None:
    """The text alone passes, the name in front of it is no name."""
    DocumentStore(database).put(Document(SHOP[3].id, "faq", "", SHOP[3].questions, "Pay by card.", {}))
    made = desk.suggest("my name is Www Example. How do I pay?")
    assert all(check.passed for draft in made.drafts for check in draft.full.checks)

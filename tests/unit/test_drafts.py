"""From a person's reply to a document that answers, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.business import BusinessProfile, Contact
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.errors import (
    DraftClosed,
    InvalidInput,
    KnowledgeError,
    NeedsConfirmation,
    UnknownDraft,
    UnknownTurn,
)
from customer_assist.indexing import Library
from customer_assist.ingestion import ingest
from customer_assist.learning import Learning
from customer_assist.model import Outcome, Turn
from customer_assist.proposals import DraftStatus, LinkKind
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.drafts import DraftStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore
from stand_ins import make_document

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PROFILE = BusinessProfile(name="Lamp Shop", contact=Contact(email="help@lamps.example"))
SHOP = [
    make_document("return", "How do I return a lamp?", text="Send the lamp back within 30 days."),
    make_document("pay", "How do I pay?", text="Pay by card or by bank transfer."),
]
ASKED = "Do you engrave names on brass lamps?"
REPLY = "Hi Niamh,\n\nwe engrave brass lamps for €12, up to 20 letters.\n\nBest wishes\nCiara\nLamp Shop"


class House:
    """What a person of the business works with."""

    def __init__(self, database: Database) -> None:
        self.documents = DocumentStore(database)
        self.drafts = DraftStore(database)
        self.library = Library(self.documents, VectorStore(database), None, "lexical")
        journal = Journal(database)
        stores = Stores(journal, HandoffStore(database))
        ids: Callable[[], str] = lambda: str(uuid4())  # noqa: E731
        self.desk = Desk(self.library, ExtractiveAnswerer(), stores, lambda: NOW, ids)
        self.learning = Learning(self.library, self.documents, self.drafts, journal, None, lambda: NOW, ids)
        self.documents.sync_source("faq", SHOP, profile=PROFILE.model_dump(mode="json"))

    def replied(self, *messages: str, reply: str = REPLY) -> Turn:
        """The turn of a person's reply to a conversation of these messages."""
        turn = self.desk.ask(Ask(messages[0]))
        for message in messages[1:]:
            self.desk.ask(Ask(message, turn.conversation_id))
        return self.desk.reply(self.desk.hand_over(turn.conversation_id).id, reply, "Ciara")


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def test_a_reply_becomes_a_draft_with_the_question_it_answered(house: House) -> None:
    reply = house.replied(ASKED)
    draft = house.learning.draft_reply(reply.id)
    assert draft.text == "We engrave brass lamps for €12, up to 20 letters."
    assert draft.questions == (ASKED,)
    assert (draft.status, draft.turn_id) == (DraftStatus.OPEN, reply.id)
    assert [(link.kind, link.question) for link in draft.links] == [
        (LinkKind.QUESTION, ASKED),
        (LinkKind.REPLY, ""),
    ]


def test_drafting_the_same_reply_again_gives_the_same_draft(house: House) -> None:
    reply = house.replied(ASKED)
    assert house.learning.draft_reply(reply.id) == house.learning.draft_reply(reply.id)


def test_wishes_and_small_talk_are_no_questions_and_an_earlier_reply_ends_the_search(house: House) -> None:
    first = house.replied("Which bulbs fit the brass lamp?", reply="E14 bulbs fit.")
    conversation = first.conversation_id
    for message in (ASKED, "thanks", "and on copper ones?"):
        house.desk.ask(Ask(message, conversation))
    handoff = house.desk.hand_over(conversation)
    second = house.desk.reply(handoff.id, "On both.", "Ciara")
    assert house.learning.draft_reply(second.id).questions == (ASKED, "and on copper ones?")
    third = house.desk.reply(handoff.id, "For €12.", "Ciara")  # to nothing new: to the same
    assert house.learning.draft_reply(third.id).questions == (ASKED, "and on copper ones?")


def test_what_is_one_customers_alone_is_taken_out_or_named(house: House) -> None:
    reply = house.replied(
        f"My name is Niamh Byrne. My order is 204411. {ASKED}",
        reply="Hi Niamh, your order 204411 can be engraved. Write to n.byrne@mail.example, Ms Byrne is known.",
    )
    draft = house.learning.draft_reply(reply.id)
    assert "{{Order Number}}" in draft.text and "204411" not in draft.text
    assert not any("Niamh" in question or "204411" in question for question in draft.questions)
    left = {(each.kind, each.text) for each in house.learning.left(draft)}
    assert ("e-mail", "n.byrne@mail.example") in left and ("name", "Byrne") in left
    with pytest.raises(NeedsConfirmation, match=r"n\.byrne@mail\.example"):
        house.learning.publish(draft.id)
    assert house.learning.publish(draft.id, confirm=True).document.source == "learned"


def test_messages_alike_that_were_declined_are_linked(house: House) -> None:
    other = house.desk.ask(Ask("do you engrave names on lamps of brass"))
    far = house.desk.ask(Ask("Which mountain is the highest in Peru?"))
    assert {other.outcome, far.outcome} == {Outcome.ABSTAINED}
    draft = house.learning.draft_reply(house.replied(ASKED).id)
    assert [link.turn_id for link in draft.links if link.kind is LinkKind.ALIKE] == [other.id]


def test_only_what_a_person_wrote_is_learned_from(house: House) -> None:
    answered = house.desk.ask(Ask("How do I pay?"))
    with pytest.raises(InvalidInput, match="not written by a person"):
        house.learning.draft_reply(answered.id)
    with pytest.raises(UnknownTurn):
        house.learning.draft_reply(str(uuid4()))


def test_a_published_draft_answers_and_is_linked_to_its_origin(house: House) -> None:
    assert house.desk.ask(Ask(ASKED)).outcome is not Outcome.ANSWERED
    draft = house.learning.draft_reply(house.replied(ASKED).id)
    published = house.learning.publish(draft.id)
    turn = house.desk.ask(Ask(ASKED))
    assert turn.outcome is Outcome.ANSWERED
    assert [citation.document_id for citation in turn.answer.citations] == [published.document.id]
    assert published.tried[0].found and published.tried[0].decision == "answer"
    assert house.drafts.of_document(published.document.id) == published.draft
    assert published.draft.status is DraftStatus.PUBLISHED
    house.documents.delete([published.document.id])
    assert house.desk.ask(Ask(ASKED)).outcome is not Outcome.ANSWERED


def test_what_is_published_or_rejected_changes_no_more(house: House) -> None:
    published = house.learning.draft("", [ASKED], "For €12.")
    house.learning.publish(published.id)
    rejected = house.learning.draft("", ["Do you hire?"], "No.")
    house.learning.reject(rejected.id)
    for draft in (published, rejected):
        for change in (
            lambda id_: house.learning.publish(id_),
            lambda id_: house.learning.edit(id_, text="Other."),
            lambda id_: house.learning.reject(id_),
        ):
            with pytest.raises(DraftClosed):
                change(draft.id)
    assert [draft.id for draft in house.drafts.list("rejected")] == [rejected.id]
    with pytest.raises(UnknownDraft):
        house.drafts.get("nonsense")


def test_a_draft_that_is_rejected_while_it_is_published_leaves_no_document(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = house.learning.draft("", [ASKED], "For €12.")
    put = house.documents.put

    def put_late(document: object) -> int:
        house.drafts.close(draft.id, DraftStatus.REJECTED, NOW)
        return put(document)  # type: ignore[arg-type]

    monkeypatch.setattr(house.documents, "put", put_late)
    with pytest.raises(DraftClosed):
        house.learning.publish(draft.id)
    assert house.documents.count() == len(SHOP)


def test_an_editor_changes_a_part_and_leaves_the_others(house: House) -> None:
    draft = house.learning.draft("", [ASKED], "For €12.")
    edited = house.learning.edit(draft.id, title=" Engraving ")
    assert edited == replace(draft, title="Engraving")
    edited = house.learning.edit(draft.id, questions=[ASKED, "engraving?", ASKED])
    assert edited.questions == (ASKED, "engraving?")
    for wrong in (
        {"text": " "},
        {"title": "", "questions": []},
        {"questions": [f"a{n}?" for n in range(21)]},
    ):
        with pytest.raises(InvalidInput):
            house.learning.edit(draft.id, **wrong)


def test_a_placeholder_that_nothing_fills_is_refused(house: House) -> None:
    draft = house.learning.draft("", [ASKED], "Ask {{Engraver On Duty Today}} for the price of a plate.")
    with pytest.raises(InvalidInput, match="Engraver On Duty Today"):
        house.learning.publish(draft.id)
    house.learning.edit(draft.id, text="Write to {{Customer Support Email}} for the price.")
    assert house.learning.publish(draft.id).version


def test_a_document_that_says_the_same_is_named(house: House) -> None:
    same_question = house.learning.draft("", ["How do I pay?"], "Cash is welcome in the shop on weekdays.")
    same_text = house.learning.draft("", ["Lamps back?"], "You can send the lamp back within 30 days.")
    for draft, twin in ((same_question, "pay"), (same_text, "return")):
        with pytest.raises(NeedsConfirmation, match=f"'{twin}'"):
            house.learning.publish(draft.id)
    assert house.learning.publish(same_text.id, confirm=True)


def test_a_learned_document_stays_when_the_demo_goes(house: House, tmp_path: Path) -> None:
    demo = [make_document("demo", "How do I brew?", text="With water.")]
    house.documents.delete([document.id for document in SHOP])
    with house.drafts._database.connection() as connection:
        connection.execute("DELETE FROM sources")
    house.documents.sync_source("sample business", demo, demo=True)
    learned = house.learning.publish(house.learning.draft("", [ASKED], "For €12.").id).document.id
    assert {each.id for each in house.documents.load().documents} == {"demo", learned}
    house.documents.sync_source("faq", SHOP)
    assert {each.id for each in house.documents.load().documents} == {"return", "pay", learned}


@pytest.mark.parametrize("name", ["learned", "console"])
def test_no_ingest_takes_the_place_of_what_was_put_one_by_one(
    house: House, tmp_path: Path, name: str
) -> None:
    (tmp_path / "faq.csv").write_text("question,answer\nWhy?,Because.\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="another name"):
        ingest(tmp_path / "faq.csv", house.documents, None, source=name)

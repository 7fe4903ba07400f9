"""Who speaks in a conversation, at the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.business import BusinessProfile, Contact, HandoffRules, Topic
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.dialogue.handing_over import passed_on, promise
from customer_assist.errors import HandoffClosed, InvalidInput, StorageUnavailable, UnknownConversation
from customer_assist.indexing import Library
from customer_assist.model import Answer, Handoff, HandoffReason, HandoffStatus, Move, Outcome, Turn
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.replay import Replayer
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.history import History
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore
from stand_ins import make_document

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday
PROFILE = BusinessProfile(
    name="Shop",
    timezone="Europe/Dublin",
    contact=Contact(email="help@shop.example"),
    handoff=HandoffRules(
        topics=(Topic(name="Legal", words=("lawyer",)),),
        hours=("Mon-Fri 09:00-17:00",),
        reply_within="2 hours",
    ),
)
LAMP = "How do I return a lamp?"
SHOP = [
    make_document("return", LAMP, text="Send the lamp back within 30 days."),
    make_document("pay", "How do I pay?", text="By card."),
    make_document("gift", "Do you sell gift cards?", text="Gift cards are of 20 to 200 euro."),
]


class Interrupted:
    """A model between whose sentences something happens."""

    def __init__(self) -> None:
        self.happens: Callable[[], object] = lambda: None

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield "One. "
        self.happens()
        yield "Two. "
        yield Answer("One. Two. ", answered_by="model-x")


class Unreachable(HandoffStore):
    """Cannot keep a handoff, while turns can be kept."""

    def open(self, handoff: Handoff, transcript: object = (), notices: object = ()) -> Handoff:
        raise StorageUnavailable("gone")


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(database: Database) -> MakeDesk:
    DocumentStore(database).sync_source("faq", SHOP, profile=PROFILE.model_dump(mode="json"))

    def make(answerer: Answerer | None = None, handoffs: HandoffStore | None = None) -> Desk:
        stores = Stores(Journal(database), handoffs or HandoffStore(database))
        library = Library(DocumentStore(database), VectorStore(database), None, "lexical")
        return Desk(library, answerer or ExtractiveAnswerer(), stores, lambda: NOW, lambda: str(uuid4()))

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk()


def deltas_of(events: list[str | Turn]) -> list[str]:
    return [str(event) for event in events if isinstance(event, str)]


def test_not_a_sentence_more_is_shown_once_a_person_has_the_conversation(make_desk: MakeDesk) -> None:
    model = Interrupted()
    desk = make_desk(model)
    conversation = desk.ask(Ask("Hello")).conversation_id
    model.happens = lambda: desk.take(desk.hand_over(conversation).id, "Aoife")
    events = list(desk.stream(Ask(LAMP, conversation)))
    assert deltas_of(events) == ["One. "]
    turn = events[-1]
    assert isinstance(turn, Turn)
    assert (turn.outcome, turn.answer.text, turn.logged) == (Outcome.WITH_HUMAN, "", True)


def test_an_extracted_answer_is_shown_only_once_it_is_recorded(
    make_desk: MakeDesk, database: Database
) -> None:
    desk, journal = make_desk(), Journal(database)
    conversation = desk.ask(Ask("Hello")).conversation_id
    for event in desk.stream(Ask(LAMP, conversation)):
        assert [turn.question for turn in journal.turns(conversation)] == ["Hello", LAMP], event


def test_a_handoff_has_the_promise_of_its_hour_and_what_was_said_before(desk: Desk) -> None:
    conversation = desk.ask(Ask(LAMP)).conversation_id
    turn = desk.ask(Ask("human please", conversation, customer_ref="c1", email="mary@example.com"))
    handoff = turn.handoff
    assert handoff is not None
    assert "We usually answer within 2 hours." in turn.answer.text
    assert turn.answer.text == handoff.message == promise(PROFILE, NOW)
    assert (handoff.reason, handoff.email, handoff.customer_ref) == (
        HandoffReason.WISH,
        "mary@example.com",
        "c1",
    )
    assert handoff.summary.splitlines()[0].startswith(f"Asked: {LAMP}")


def test_the_first_message_of_all_may_be_handed_over(desk: Desk) -> None:
    turn = desk.ask(Ask("My lawyer will write to you."))
    assert (turn.outcome, turn.logged) == (Outcome.HANDED_OFF, True)
    assert turn.handoff and (turn.handoff.reason, turn.handoff.detail) == (HandoffReason.TOPIC, "Legal")
    assert turn.handoff.conversation_id == turn.conversation_id


def test_where_it_cannot_be_kept_nothing_is_said_to_be_passed_on(
    make_desk: MakeDesk, database: Database
) -> None:
    desk = make_desk(handoffs=Unreachable(database))
    turn = desk.ask(Ask("human please"))
    assert (turn.outcome, turn.handoff) == (Outcome.ABSTAINED, None)
    assert "could not pass this on" in turn.answer.text
    assert "help@shop.example" in turn.answer.text
    with pytest.raises(StorageUnavailable):
        desk.hand_over(turn.conversation_id)


def test_the_button_again_gives_the_same_and_takes_an_address(desk: Desk) -> None:
    conversation = desk.ask(Ask(LAMP)).conversation_id
    first = desk.hand_over(conversation)
    assert desk.hand_over(conversation).id == first.id
    assert desk.hand_over(conversation, "mary@example.com").email == "mary@example.com"
    assert desk.hand_over(conversation).email == "mary@example.com"
    assert len(desk.conversation(conversation)) == 2
    with pytest.raises(UnknownConversation):
        desk.hand_over(str(uuid4()))


def test_while_it_waits_messages_are_added_and_once_taken_there_is_silence(desk: Desk) -> None:
    turn = desk.ask(Ask("human please"))
    assert turn.handoff is not None
    waiting = desk.ask(Ask(LAMP, turn.conversation_id))
    assert (waiting.outcome, waiting.answer.text) == (Outcome.WITH_HUMAN, passed_on())
    desk.take(turn.handoff.id, "Aoife")
    assert desk.ask(Ask(LAMP, turn.conversation_id)).answer.text == ""


def test_a_reply_bears_the_name_of_who_took_it_and_must_be_text(desk: Desk) -> None:
    turn = desk.ask(Ask("human please"))
    assert turn.handoff is not None
    with pytest.raises(InvalidInput, match="the reply is empty"):
        desk.reply(turn.handoff.id, "  ", "Aoife")
    assert desk.latest_handoff(turn.conversation_id) == turn.handoff
    assert desk.reply(turn.handoff.id, "Hello.", "Aoife").answer.by == "Aoife"
    assert desk.reply(turn.handoff.id, "Still here.", "").answer.by == "Aoife"


@pytest.mark.parametrize("taken", [False, True])
def test_the_way_back_withdraws_it_and_the_assistant_says_so(desk: Desk, taken: bool) -> None:
    turn = desk.ask(Ask("human please"))
    assert turn.handoff is not None
    if taken:
        desk.take(turn.handoff.id, "Aoife")
    back = desk.ask(Ask("Back to the assistant, please.", turn.conversation_id))
    assert (back.trace.move, back.outcome, back.handoff) == (Move.ASSISTANT, Outcome.SMALL_TALK, None)
    assert "with me again" in back.answer.text
    handoff = desk.latest_handoff(turn.conversation_id)
    assert handoff and handoff.status is HandoffStatus.WITHDRAWN
    with pytest.raises(HandoffClosed):
        desk.reply(turn.handoff.id, "Hello?", "Aoife")
    assert desk.ask(Ask(LAMP, turn.conversation_id)).outcome is Outcome.ANSWERED


def test_a_yes_after_a_handoff_is_no_yes_to_what_was_offered_before_it(desk: Desk) -> None:
    conversation = desk.ask(Ask("Which mountain is the highest in Peru?")).conversation_id
    handoff = desk.hand_over(conversation)
    desk.resolve(handoff.id)
    assert desk.ask(Ask("yes", conversation)).outcome is not Outcome.HANDED_OFF


def test_every_turn_around_a_handoff_is_decided_the_same_again(desk: Desk, database: Database) -> None:
    turn = desk.ask(Ask("My lawyer will write to you."))
    assert turn.handoff is not None
    conversation = turn.conversation_id
    desk.ask(Ask(LAMP, conversation))
    desk.reply(turn.handoff.id, "Hello.", "Aoife")
    desk.ask(Ask("Back to the assistant", conversation))
    desk.ask(Ask("Which mountain is the highest in Peru?", conversation))
    desk.ask(Ask("yes please", conversation))
    journal = Journal(database)
    library = Library(DocumentStore(database), VectorStore(database), None, "lexical")
    replayer = Replayer(library, journal, ExtractiveAnswerer(), History(database))
    turns = journal.turns(conversation)
    assert [each.outcome for each in turns] == [
        "handed_off",
        "with_human",
        "with_human",
        "small_talk",
        "abstained",
        "handed_off",
    ]
    for each in turns:
        replay = replayer.replay(journal.traced(each.id))
        assert (replay.same, replay.differences) == (True, ()), each.question
        assert (replay.now is None) is (each.outcome == "with_human")

"""Another way where an answer did not help, never the same twice, and a person in the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.answering.prompt import prompt_for
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.dialogue.alternatives import NOT_HELPED, OPENING, wants_another
from customer_assist.indexing import Library
from customer_assist.model import (
    Answer,
    Citation,
    ConversationId,
    Document,
    HandoffReason,
    Move,
    Outcome,
    RecordedTurn,
    Turn,
    TurnId,
)
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.replay import Replayer
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.history import History
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore
from stand_ins import make_document

LAMP = "My desk lamp is dark"
TWIN = make_document("twin", "My desk lamp is dark too", text="Put a new bulb  into the lamp!", intent="twin")
SHOP = [
    make_document("bulb", "My desk lamp is dark now", text="Put a new bulb into the lamp.", intent="bulb"),
    make_document("fuse", "My desk lamp is dark yet", text="Switch the fuse of the lamp on."),
    make_document("plug", "My desk lamp is dark off", text="Push the plug of the lamp in."),
    make_document("dirt", "My desk lamp is dark out", text="Clean the contacts of the lamp."),
    make_document("parcel", "When does my parcel come?", text="It comes within a week."),
    make_document("pay", "Can I pay by card?", text="Yes, by card or bank transfer."),
    *(
        make_document(f"about-{thing}", f"Do you sell a {thing}?", text=f"A {thing} costs {price} euro.")
        for price, thing in enumerate(
            ("chair", "table", "sofa", "carpet", "mirror", "vase", "clock", "candle", "cushion", "shelf"), 20
        )
    ),
]


class Model:
    """Writes a sentence from the best document it was given; remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[list[str]] = []

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        self.given.append([hit.document.id for hit in request.hits])
        best = request.hits[0].document
        text = f"Our advice: {best.text}"
        yield text
        quote = Citation(best.id, best.heading, best.text)
        yield Answer(text, (quote,), "model-x", prompt_hash=prompt_for(request).sha256, prompt_version=1)


class Shop:
    def __init__(self, database: Database, documents: list[Document] = SHOP) -> None:
        self.database = database
        self.store = DocumentStore(database)
        self.store.sync_source("faq", documents)
        self.conversation: str | None = None
        self.answerer: Answerer = ExtractiveAnswerer()

    @property
    def library(self) -> Library:
        return Library(self.store, VectorStore(self.database), None, "lexical")

    @property
    def desk(self) -> Desk:
        stores = Stores(Journal(self.database), HandoffStore(self.database))
        now = datetime(2026, 3, 1, tzinfo=UTC)
        return Desk(self.library, self.answerer, stores, lambda: now, lambda: str(uuid4()))

    def say(self, message: str, **how: dict[str, str]) -> Turn:
        turn = self.desk.ask(Ask(message, self.conversation, **how))  # type: ignore[arg-type]
        self.conversation = turn.conversation_id
        return turn

    def differences(self, turn: Turn) -> list[str]:
        journal = Journal(self.database)
        replayer = Replayer(self.library, journal, ExtractiveAnswerer(), History(self.database))
        return [each.what for each in replayer.replay(journal.traced(turn.id)).differences]


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def source(turn: Turn) -> str:
    (citation,) = turn.answer.citations
    return citation.document_id


def answered(move: Move = Move.QUESTION, outcome: Outcome = Outcome.ANSWERED) -> RecordedTurn:
    return RecordedTurn(
        TurnId("t"), ConversationId("c"), LAMP, "Put a new bulb in.", outcome.value, "extractive", False, 0.9,
        (), (), (), datetime(2026, 3, 1, tzinfo=UTC), 1, query=LAMP, move=move,
    )  # fmt: skip


# --- what customers say -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        NOT_HELPED,
        "that didn't help",
        "This does not help me at all",
        "not helpful",
        "no, that’s not what I meant",
        "That is not what I was looking for.",
        "still doesn't work",
        "it still isn't working",
        "that didn't work either",
        "I already tried that",
        "anything else?",
        "is there another way?",
        "do you have any other ideas",
        "What else can I try?",
        "that didn't help, anything else?",
        "none of these",
    ],
)
def test_what_asks_for_another_way(message: str) -> None:
    assert wants_another(message, [answered()])


@pytest.mark.parametrize(
    "message",
    [
        "that helped",
        "Is there another way to pay?",
        "My lamp still doesn't work",
        "do you sell anything else for desks",
        "that is what I meant",
        "What other lamps are there?",
        "not what I ordered came in the parcel",
        "thanks",
        "",
    ],
)
def test_what_does_not(message: str) -> None:
    assert not wants_another(message, [answered()])


def test_a_mere_no_is_one_to_another_answer_alone(shop: Shop) -> None:
    shop.say(LAMP)
    assert shop.say("no").trace.move is not Move.NOT_HELPED
    shop.say(LAMP)
    assert shop.say(NOT_HELPED).outcome is Outcome.ANSWERED
    assert shop.say("no, it doesn't").trace.move is Move.NOT_HELPED
    assert shop.say("still no").outcome is Outcome.HANDED_OFF


@pytest.mark.parametrize("message", ["no", "Nope!", "no thanks", "No, don't", "not now", "no, thank you"])
def test_who_says_no_to_the_offer_of_a_person_is_left_in_peace(database: Database, message: str) -> None:
    shop = Shop(database, [*SHOP[:1], *SHOP[4:]])
    shop.say(LAMP)
    assert shop.say(NOT_HELPED).outcome is Outcome.ABSTAINED  # there is no other way
    declined = shop.say(message)
    assert (declined.outcome, declined.handoff) == (Outcome.SMALL_TALK, None)
    assert declined.answer.text == "All right. I am here if anything else comes up."
    assert shop.differences(declined) == []


def test_after_a_thank_you_a_mere_no_is_about_that(shop: Shop) -> None:
    for message in (LAMP, NOT_HELPED, "thanks"):
        shop.say(message)
    assert shop.say("no").outcome is Outcome.SMALL_TALK


def test_a_mere_yes_or_no_to_nothing_is_not_searched(shop: Shop) -> None:
    said = [shop.say(message).answer.text for message in (LAMP, "no", LAMP, "yes", "Yes, please.")]
    assert said[1] == "All right. I am here if anything else comes up."
    assert said[3] == said[4] == "Good. What would you like to know?"


def test_a_mere_no_to_the_topics_that_were_offered_is_one() -> None:
    offered = [answered(outcome=Outcome.CLARIFYING)]
    assert wants_another("no", offered) and wants_another("neither", offered)


def test_without_anything_before_it_is_a_question_like_any_other(shop: Shop) -> None:
    assert not wants_another(NOT_HELPED, [])
    assert shop.say(NOT_HELPED).trace.move is Move.QUESTION


@pytest.mark.parametrize("piece", ["no ", "that did not help ", "still ", "sorry but ", "anything else "])
def test_a_long_message_is_read_in_no_time(piece: str) -> None:
    started = time.monotonic()
    wants_another((piece * 4000)[:4000] + "x", [answered()])
    assert time.monotonic() - started < 2


# --- what comes then --------------------------------------------------------------------------------------


def test_after_three_dislikes_two_different_answers_and_then_a_person(shop: Shop, database: Database) -> None:
    first = shop.say(LAMP)
    turns = [shop.say(NOT_HELPED) for _ in range(3)]
    assert [turn.outcome for turn in turns] == [Outcome.ANSWERED, Outcome.ANSWERED, Outcome.HANDED_OFF]
    assert all(turn.trace.move is Move.NOT_HELPED for turn in turns)
    texts = {turn.answer.text for turn in (first, *turns[:2])}
    assert len(texts) == 3 and len({source(turn) for turn in (first, *turns[:2])}) == 3
    handoff = turns[2].handoff
    assert handoff is not None and handoff.reason is HandoffReason.ALTERNATIVES_FAILED
    assert HandoffStore(database).get(handoff.id).reason is HandoffReason.ALTERNATIVES_FAILED
    assert handoff.message in turns[2].answer.text


def test_the_same_text_under_another_id_is_no_other_way(database: Database) -> None:
    shop = Shop(database, [SHOP[0], TWIN, *SHOP[4:]])
    assert source(shop.say(LAMP)) == "bulb"
    turn = shop.say("that didn't help")
    assert (turn.outcome, turn.answer.citations) == (Outcome.ABSTAINED, ())


def test_a_text_that_was_said_to_another_question_is_not_said_again(shop: Shop) -> None:
    assert source(shop.say("My desk lamp is dark now")) == "bulb"
    assert source(shop.say(LAMP)) == "fuse"
    assert "bulb" not in [source(shop.say(NOT_HELPED)), source(shop.say(NOT_HELPED))]


def test_what_has_nothing_to_do_with_it_is_never_another_way(database: Database) -> None:
    shop = Shop(database, [SHOP[0], *SHOP[4:]])
    shop.say(LAMP)
    first = shop.say("anything else?")
    assert first.outcome is Outcome.ABSTAINED and "“yes”" in first.answer.text
    yes = shop.say("yes")
    assert yes.outcome is Outcome.HANDED_OFF
    assert yes.handoff is not None and yes.handoff.reason is HandoffReason.ALTERNATIVES_FAILED


def test_what_is_much_further_away_than_the_first_answer_is_no_other_way(database: Database) -> None:
    long = "My desk lamp flickers whenever the washing machine runs"
    near = make_document("near", long, text="Use another socket.")
    shop = Shop(database, [near, make_document("far", "My desk lamp flickers", text="Wait."), *SHOP[4:]])
    assert source(shop.say(long)) == "near"
    turn = shop.say(NOT_HELPED)
    assert (
        turn.trace.verdict is not None and turn.trace.verdict.accepted
    )  # the gate alone would let it through
    assert turn.outcome is Outcome.ABSTAINED


def test_what_the_gate_does_not_let_through_is_not_said(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.say(LAMP)
    with monkeypatch.context() as strict:
        strict.setattr("customer_assist.answering.gate.Gate._decide", lambda *_, **__: "decline")
        assert shop.say(NOT_HELPED).outcome is Outcome.ABSTAINED


def test_a_dislike_after_a_person_was_offered_calls_one(database: Database) -> None:
    shop = Shop(database, [SHOP[0], *SHOP[4:]])
    shop.say(LAMP)
    assert [shop.say(NOT_HELPED).outcome for _ in range(2)] == [Outcome.ABSTAINED, Outcome.HANDED_OFF]


def test_who_asks_for_a_person_after_two_other_answers_has_that_reason(shop: Shop) -> None:
    shop.say(LAMP)
    shop.say(NOT_HELPED)
    shop.say(NOT_HELPED)
    handoff = shop.desk.hand_over(shop.conversation or "")
    assert handoff.reason is HandoffReason.ALTERNATIVES_FAILED


def test_who_asks_for_a_person_after_one_other_answer_just_wishes_it(shop: Shop) -> None:
    shop.say(LAMP)
    shop.say(NOT_HELPED)
    handoff = shop.say("I want to talk to a person").handoff
    assert handoff is not None and handoff.reason is HandoffReason.WISH


def test_another_question_begins_anew(shop: Shop) -> None:
    shop.say(LAMP)
    shop.say(NOT_HELPED)
    shop.say("Can I pay by card?")
    turn = shop.say(NOT_HELPED)
    assert (turn.trace.query, turn.outcome) == ("Can I pay by card?", Outcome.ABSTAINED)


def test_a_thank_you_in_between_changes_nothing(shop: Shop) -> None:
    first = shop.say(LAMP)
    shop.say("thanks")
    turn = shop.say("hmm, that didn't help")
    assert turn.trace.query == LAMP and source(turn) != source(first)


def test_what_was_declined_or_asked_back_about_leads_to_a_person(shop: Shop) -> None:
    assert shop.say("Which mountain is the highest in Peru?").outcome is Outcome.ABSTAINED
    assert [shop.say(NOT_HELPED).outcome for _ in range(2)] == [Outcome.ABSTAINED, Outcome.HANDED_OFF]


def test_topics_beside_another_answer_leave_out_what_was_tried(shop: Shop) -> None:
    first = shop.say(LAMP)
    turn = shop.say(NOT_HELPED)
    assert turn.alternatives and source(first) not in {each.document_id for each in turn.alternatives}


# --- with a language model --------------------------------------------------------------------------------


def test_a_model_gets_only_what_was_not_tried_and_nothing_is_shown_before_it_is_known_to_be_new(
    shop: Shop,
) -> None:
    shop.answerer = model = Model()
    first = shop.say(LAMP)
    events = list(shop.desk.stream(Ask(NOT_HELPED, shop.conversation)))
    (turn,) = events
    assert isinstance(turn, Turn) and turn.answer.answered_by == "model-x"
    assert source(first) not in model.given[1] and source(turn) in model.given[1]
    assert turn.answer.text.startswith(OPENING)


def test_a_model_does_not_put_a_text_that_was_said_in_other_words(database: Database) -> None:
    shop = Shop(database, [SHOP[0], TWIN, *SHOP[4:]])
    shop.say(LAMP)
    shop.answerer = Model()
    assert shop.say(NOT_HELPED).outcome is Outcome.ABSTAINED


class Same:
    """A model that writes the same whatever it is given."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        best = request.hits[0].document
        yield Answer("Try it again.", (Citation(best.id, best.heading, best.text),), "model-x")


def test_what_a_model_says_twice_is_said_once(shop: Shop) -> None:
    shop.answerer = Same()
    assert shop.say(LAMP).answer.text == "Try it again."
    assert shop.say(NOT_HELPED).outcome is Outcome.ABSTAINED


def test_what_was_decided_is_decided_again_with_and_without_a_model(shop: Shop) -> None:
    for answerer in (ExtractiveAnswerer(), Model()):
        shop.answerer, shop.conversation = answerer, None
        for message in (LAMP, NOT_HELPED, "that's not what I meant"):
            assert shop.differences(shop.say(message)) == [], message


class Steps:
    """A model whose answer has steps."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        best = request.hits[0].document
        yield Answer(
            "1. Take the bulb.\n2. Screw it in.", (Citation(best.id, best.heading, best.text),), "model-x",
            ("Take the bulb.", "Screw it in."), prompt_hash=prompt_for(request).sha256, prompt_version=1,
        )  # fmt: skip


def test_a_guide_to_what_a_model_wrote_is_decided_again(shop: Shop) -> None:
    shop.answerer = Steps()
    turn = shop.say(f"{LAMP}, step by step please")
    assert turn.guide is not None and turn.guide.steps == ("Take the bulb.", "Screw it in.")
    assert shop.differences(turn) == []
    aside = shop.say("Can I pay by card?")
    assert "You were at step 1 of 2" in aside.answer.text and shop.differences(aside) == []
    assert shop.differences(shop.say("next")) == []

"""A procedure, one step at a time: what customers say, where they are, and how they come back to it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.dialogue.guide import PATIENCE, without_reminder
from customer_assist.dialogue.guide_words import complains, move_within, said, topic_of
from customer_assist.dialogue.moves import read_move
from customer_assist.dialogue.trouble import remedies
from customer_assist.indexing import Library
from customer_assist.model import Move, Outcome, Turn
from customer_assist.ports import Answerer
from customer_assist.replay import Replayer
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.history import History
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore
from stand_ins import make_document

LAMP = (
    "Hanging the lamp takes ten minutes.\n\n"
    "1. Switch the fuse off.\n2. Screw the bracket to the ceiling.\n3. Join the wires; "
    "in doubt call {{Customer Support Phone Number}}.\n"
    "4. Hang the lamp on the bracket.\n5. Switch the fuse on.\n\n"
    "If the ceiling is made of plaster, use the long plugs.\n\n"
    "If that does not help: ask an electrician."
)
SHOP = [
    make_document("hang", "How do I hang the lamp?", title="Hanging the lamp", text=LAMP),
    make_document("parcel", "When does my parcel come?", title="Parcels", text="It comes within a week."),
    make_document("pay", "Can I pay by card?", title="Paying", text="Yes, by card or bank transfer."),
    make_document(
        "flicker",
        "The lamp still flickers and the dimmer hums.",
        title="A dimmer that hums",
        text="Where the lamp still flickers and the dimmer hums, take a dimmer for LED.",
    ),
]
PROFILE: dict[str, object] = {"name": "Shop", "contact": {"phone": "+353 91 555 0142"}}
HOW = "How do I hang the lamp?"


class Shop:
    """A desk as after a restart at every message: nothing is shared but the database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = DocumentStore(database)
        self.store.sync_source("faq", SHOP, profile=PROFILE)
        self.conversation: str | None = None
        self.answerer: Answerer = ExtractiveAnswerer()

    @property
    def library(self) -> Library:
        return Library(self.store, VectorStore(self.database), None, "lexical")

    def say(self, message: str) -> Turn:
        stores = Stores(Journal(self.database), HandoffStore(self.database))
        desk = Desk(
            self.library,
            self.answerer,
            stores,
            lambda: datetime(2026, 3, 1, tzinfo=UTC),
            lambda: str(uuid4()),
        )
        turn = desk.ask(Ask(message, self.conversation))
        self.conversation = turn.conversation_id
        return turn

    def steps(self, *messages: str) -> Turn:
        for message in messages:
            turn = self.say(message)
        return turn

    def differences(self, turn: Turn) -> list[str]:
        journal = Journal(self.database)
        replayer = Replayer(self.library, journal, ExtractiveAnswerer(), History(self.database))
        return [each.what for each in replayer.replay(journal.traced(turn.id)).differences]


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def where(turn: Turn) -> tuple[int, bool]:
    assert turn.guide is not None
    return turn.guide.at, turn.guide.finished


# --- what customers say -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "move"),
    [
        ("next", Move.NEXT),
        ("Next, please!", Move.NEXT),
        ("ok done", Move.NEXT),
        ("done", Move.NEXT),
        ("what now?", Move.NEXT),
        ("ok, what's next?", Move.NEXT),
        ("continue", Move.NEXT),
        ("go on", Move.NEXT),
        ("ok", Move.NEXT),
        ("That worked.", Move.NEXT),
        ("back", Move.BACK),
        ("can you go back one step please", Move.BACK),
        ("start over", Move.BACK),
        ("repeat that please", Move.REPEAT),
        ("again", Move.REPEAT),
        ("step 3", Move.REPEAT),
        ("go back to step 2", Move.REPEAT),
        ("which step was I on?", Move.WHERE),
        ("where were we", Move.WHERE),
        ("ok thanks, next", Move.NEXT),
        ("Next step plz!!", Move.NEXT),
        ("👍", Move.NEXT),
        ("skip this step", Move.NEXT),
        ("What’s step 3?", Move.REPEAT),
        ("skip my next delivery", None),
        ("how many steps are left?", Move.WHERE),
        ("all done", Move.DONE),
        ("I'm finished", Move.DONE),
        ("it works now, thanks", Move.DONE),
        ("stop", Move.LEAVE),
        ("forget it", Move.LEAVE),
        ("never mind", Move.LEAVE),
        ("How much is postage to Cork?", None),
        ("what is the next delivery date?", None),
        ("can I go back to my old account?", None),
        ("stop sending me e-mails", None),
        ("thanks", None),
        ("cancel my order", None),
    ],
)
def test_what_is_said_in_a_guide(message: str, move: Move | None) -> None:
    assert move_within(message, at_last=False, just_shown=True) is move


def test_done_is_the_end_at_the_last_step_and_a_mere_ok_counts_only_for_what_was_just_shown() -> None:
    assert move_within("done", at_last=True, just_shown=True) is Move.DONE
    assert move_within("ok", at_last=False, just_shown=False) is None
    assert move_within("ok done", at_last=False, just_shown=False) is Move.NEXT


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("step by step please", ""),
        ("guide me through it", ""),
        ("Can you walk me through this, one step at a time?", ""),
        ("how do I descale, one step at a time", "how do I descale"),
        ("Walk me through descaling the Calder.", "descaling the Calder"),
        ("Please guide me through returning a lamp step by step", "returning a lamp"),
        ("Step by step: I forgot my password", "I forgot my password"),
    ],
)
def test_what_a_guide_is_asked_for(message: str, topic: str) -> None:
    assert topic_of(message) == topic


@pytest.mark.parametrize(
    ("message", "about_it"),
    [
        ("that didn't work", True),
        ("It doesn't show that button", True),
        ("nothing happens", True),
        ("there is no such switch", True),
        ("The bracket does not fit", True),
        ("what if it doesn't hold?", True),
        ("I can't sign in to my account", False),
        ("My parcel has not arrived", False),
        ("Can't I pay by card?", False),
        ("The parcel is blue", False),
    ],
)
def test_a_complaint_is_about_the_step_or_about_something_else(message: str, about_it: bool) -> None:
    assert complains(message, "Screw the bracket to the ceiling.", just_shown=True) is about_it


@pytest.mark.parametrize(
    "message", ["next", "back", "done", "step by step", "that didn't work", "stop", "again"]
)
def test_in_a_fresh_conversation_none_of_it_moves_anything(message: str) -> None:
    assert read_move(message, []) is Move.QUESTION


@given(st.text(max_size=60))
def test_no_message_breaks_the_reading(message: str) -> None:
    move_within(message, at_last=True, just_shown=True)
    complains(message, "Press Brew.", just_shown=True)
    topic_of(message)
    said(message)


@pytest.mark.parametrize(
    "piece", ["ok ", "step by step ", "please ", "it ", "still ", "next next ", "no but ", "' "]
)
def test_a_long_message_is_read_in_no_time(piece: str) -> None:
    message = (piece * 4000)[:4000] + "x"
    started = time.monotonic()
    move_within(message, at_last=True, just_shown=True)
    complains(message, message, just_shown=True)
    read_move(message, [])
    topic_of(message)
    assert time.monotonic() - started < 2


# --- going through ----------------------------------------------------------------------------------------


def test_an_answer_is_taken_through_its_steps_one_at_a_time(shop: Shop) -> None:
    answer = shop.say(HOW)
    assert answer.guide is None and len(answer.answer.steps) == 5
    first = shop.say("step by step please")
    assert (first.trace.move, first.outcome, where(first)) == (Move.GUIDE, Outcome.ANSWERED, (1, False))
    assert "Step 1 of 5:** Switch the fuse off." in first.answer.text and "bracket" not in first.answer.text
    assert first.answer.citations == answer.answer.citations
    texts = [shop.say("next") for _ in range(4)]
    assert [where(turn) for turn in texts] == [(2, False), (3, False), (4, False), (5, False)]
    assert (
        "**Step 3 of 5:** Join the wires; in doubt call +353 91 555 0142." in texts[1].answer.text
    )  # filled as in the answer
    assert all(turn.answer.citations == answer.answer.citations for turn in texts)
    assert "last step" in texts[-1].answer.text
    end = shop.say("done")
    assert (end.outcome, where(end)) == (Outcome.SMALL_TALK, (5, True))
    assert shop.say("next").trace.move is Move.QUESTION


def test_a_question_can_ask_for_the_steps_at_once(shop: Shop) -> None:
    turn = shop.say("How do I hang the lamp, one step at a time?")
    assert (turn.trace.query, where(turn)) == ("How do I hang the lamp?", (1, False))
    assert turn.answer.steps == ()


def test_back_repeat_a_number_and_where(shop: Shop) -> None:
    shop.steps(HOW, "step by step", "next", "next")
    assert where(shop.say("back"))[0] == 2
    assert where(shop.say("repeat"))[0] == 2
    assert where(shop.say("go to step 4"))[0] == 4
    assert "There are 5 steps" in shop.say("step 9").answer.text
    turn = shop.say("which step was I on?")
    assert (turn.trace.move, where(turn)[0]) == (Move.WHERE, 4) and "Step 4 of 5" in turn.answer.text
    assert where(shop.say("start over"))[0] == 1
    turn = shop.say("back")
    assert where(turn)[0] == 1 and "where it begins" in turn.answer.text


def test_a_digression_is_answered_and_says_where_to_go_on(shop: Shop) -> None:
    shop.steps(HOW, "step by step", "next", "next")
    aside = shop.say("Can I pay by card?")
    assert (aside.trace.move, where(aside)) == (Move.QUESTION, (3, False))
    assert aside.answer.text == (
        "Yes, by card or bank transfer.\n\nYou were at step 3 of 5; say “next” to go on."
    )
    thanks = shop.say("thanks")
    assert thanks.outcome is Outcome.SMALL_TALK and "step 3 of 5" in thanks.answer.text
    assert where(shop.say("next"))[0] == 4


def test_after_many_digressions_a_guide_is_over(shop: Shop) -> None:
    shop.steps(HOW, "step by step")
    for _ in range(PATIENCE):
        assert shop.say("Can I pay by card?").guide is not None
    assert shop.say("Can I pay by card?").guide is None
    assert shop.say("next").trace.move is Move.QUESTION


def test_changed_knowledge_does_not_move_who_is_in_the_middle(shop: Shop) -> None:
    shop.steps(HOW, "step by step")
    changed = replace(SHOP[0], text="1. Call us.\n2. Wait.")
    shop.store.sync_source("faq", [changed, *SHOP[1:]], profile=PROFILE)
    assert "Screw the bracket" in shop.say("next").answer.text
    shop.store.sync_source("faq", SHOP[1:], profile=PROFILE)
    assert "Join the wires" in shop.say("next").answer.text
    assert shop.say("that didn't work").outcome is Outcome.ABSTAINED  # its document is gone


def test_leaving_closes_and_asking_again_begins_anew(shop: Shop) -> None:
    shop.steps(HOW, "step by step", "next")
    left = shop.say("forget it")
    assert (left.trace.move, where(left)) == (Move.LEAVE, (2, True))
    assert shop.say("Can I pay by card?").guide is None
    shop.say(HOW)
    assert where(shop.say("step by step"))[0] == 1


def test_asking_for_the_steps_again_in_the_middle_stays_there(shop: Shop) -> None:
    assert where(shop.steps(HOW, "step by step", "next", "step by step"))[0] == 2


def test_an_older_answer_can_be_named(shop: Shop) -> None:
    shop.steps(HOW, "Can I pay by card?")
    assert shop.say("step by step please").outcome is Outcome.ABSTAINED  # the latest has no steps
    assert where(shop.say("Step by step: Hanging the lamp"))[0] == 1


# --- what does not work -----------------------------------------------------------------------------------


def test_a_step_that_does_not_work_is_followed_by_what_the_text_says_of_it(shop: Shop) -> None:
    shop.steps(HOW, "step by step", "next")
    turn = shop.say("It does not hold, the ceiling is plaster")
    assert (turn.trace.move, turn.outcome, where(turn)) == (Move.STUCK, Outcome.ANSWERED, (2, False))
    assert "Use the long plugs" in turn.answer.text or "use the long plugs" in turn.answer.text
    assert [citation.document_id for citation in turn.answer.citations] == ["hang"]
    assert "You were at step 2 of 5" in turn.answer.text
    assert where(shop.say("next"))[0] == 3


def test_another_document_that_treats_the_case_is_found(shop: Shop) -> None:
    shop.steps(HOW, "step by step", "go to step 5")
    turn = shop.say("but the lamp still flickers and the dimmer hums")
    assert (turn.trace.move, turn.outcome) == (Move.STUCK, Outcome.ANSWERED)
    assert [citation.document_id for citation in turn.answer.citations] == ["flicker"]


def test_where_nothing_fits_the_ways_on_are_named_and_then_a_person_comes(shop: Shop) -> None:
    shop.steps(HOW, "step by step")
    first = shop.say("that didn't work")
    assert first.outcome is Outcome.ANSWERED and "electrician" in first.answer.text
    second = shop.say("still not working")
    assert (second.outcome, where(second)) == (Outcome.ABSTAINED, (1, False))
    assert all(way in second.answer.text for way in ("person", "next", "back", "another way"))
    assert where(shop.say("next"))[0] == 2
    shop.steps("back", "it doesn't work")
    last = shop.say("that didn't work")
    assert last.outcome is Outcome.HANDED_OFF and last.handoff is not None


def test_who_says_no_to_a_person_within_a_guide_goes_on_with_it(shop: Shop) -> None:
    shop.steps(HOW, "step by step", "it doesn't work")
    assert shop.say("that didn't work").outcome is Outcome.ABSTAINED
    declined = shop.say("no")
    assert (declined.outcome, where(declined)) == (Outcome.SMALL_TALK, (1, False))
    assert shop.differences(declined) == []
    assert where(shop.say("next"))[0] == 2


def test_the_parts_of_a_text_that_treat_a_case() -> None:
    assert remedies(LAMP, "the ceiling is plaster, it does not hold") == (
        ("If the ceiling is made of plaster, use the long plugs.",),
        ("If that does not help: ask an electrician.",),
    )
    assert remedies(LAMP, "that didn't work") == ((), ("If that does not help: ask an electrician.",))
    assert remedies("No steps. If plaster crumbles, wait.", "plaster crumbles") == ((), ())


# --- of several requests ---------------------------------------------------------------------------------


BOTH = "Can I pay by card and how do I hang the lamp?"


def test_the_steps_of_one_of_two_requests_are_shown_under_its_own_title(shop: Shop) -> None:
    both = shop.say(BOTH)
    assert [each.document_id for each in both.answer.citations] == ["pay", "hang"]
    begun = shop.say("step by step please")
    assert begun.guide is not None and (begun.guide.document_id, begun.guide.at) == ("hang", 1)
    assert [each.document_id for each in begun.answer.citations] == ["hang"]
    assert "“Hanging the lamp”" in begun.answer.text and shop.differences(begun) == []


def test_who_asks_for_steps_and_for_something_else_gets_both_at_once(shop: Shop) -> None:
    turn = shop.say(f"{BOTH[:-1]} step by step?")
    assert turn.guide is None and len(turn.answer.steps) == 5
    assert "Yes, by card or bank transfer." in turn.answer.text and "Hang the lamp" in turn.answer.text
    assert shop.differences(turn) == []


def test_steps_beside_something_else_within_a_guide_are_those_that_are_begun_next(shop: Shop) -> None:
    shop.store.sync_source(
        "more",
        [
            make_document(
                "wash",
                "How do I wash the shade?",
                title="Washing the shade",
                text="1. Take the shade off.\n2. Rinse it.\n3. Dry it.",
            )
        ],
    )
    shop.steps(HOW, "step by step", "next")
    both = shop.say("Can I pay by card and how do I wash the shade step by step?")
    assert "You were at step 2 of 5" in both.answer.text and len(both.answer.steps) == 3
    begun = shop.say("step by step please")
    assert begun.guide is not None and begun.guide.document_id == "wash"
    assert shop.differences(begun) == []


# --- the record -------------------------------------------------------------------------------------------


def test_every_turn_of_a_guide_is_decided_the_same_again(shop: Shop) -> None:
    for message in (
        HOW, "step by step", "ok done", "Can I pay by card?", "next", "it does not hold, the ceiling is plaster",
        "another way", "which step was I on?", "next", "stop",
    ):  # fmt: skip
        assert shop.differences(shop.say(message)) == [], message


def test_a_guide_that_was_altered_in_the_record_is_told(shop: Shop, database: Database) -> None:
    shop.steps(HOW, "step by step")
    turn = shop.say("next")
    with database.connection() as connection:
        connection.execute("UPDATE turns SET guide = jsonb_set(guide, '{at}', '4') WHERE id = %s", [turn.id])
    assert shop.differences(turn) == ["guide"]


def test_what_stands_around_an_answer_can_be_taken_off(shop: Shop) -> None:
    guide = shop.steps(HOW, "step by step").guide
    aside = shop.say("Can I pay by card?")
    assert without_reminder(aside.answer.text, guide) == "Yes, by card or bank transfer."

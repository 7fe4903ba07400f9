"""From what happens at the desk to what is sent: on a real database, to senders that only write down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.business import BusinessProfile
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.errors import DeliveryFailed, StorageUnavailable
from customer_assist.indexing import Library
from customer_assist.model import Handoff, HandoffStatus, Turn
from customer_assist.notices.delivering import Notifier
from customer_assist.notices.letters import Letter
from customer_assist.notices.wanted import CUSTOMER_EMAIL, HANDOFF_EMAIL, HANDOFF_WEBHOOK, LOOKING_TIME
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.jobs import JobStore, job_id
from customer_assist.storage.journal import Journal
from customer_assist.storage.outbox import Outbox
from customer_assist.storage.vectors import VectorStore
from customer_assist.worker import DONE, FAILED, GIVEN_UP, POSTPONED, Pace, Worker
from stand_ins import make_document

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ANN = "ann@customer.example"


class House:
    """A desk, a worker and a clock that a test moves; `down`: how the senders fail."""

    def __init__(self, database: Database, kinds: tuple[str, ...] | None = None) -> None:
        self.now = START
        self.letters: list[Letter] = []
        self.posts: list[tuple[str, bytes]] = []
        self.tried: list[tuple[str, bytes]] = []
        self.down: Exception | None = None
        self.jobs, self.outbox = JobStore(database), Outbox(database, lambda: self.now)
        self.journal, self.handoffs = Journal(database), HandoffStore(database)
        notifier = Notifier(self.outbox, self.jobs, lambda: BusinessProfile(name="Shop"), self.clock, UTC)
        handlers = notifier.handlers(_Mailer(self), ("team@shop.example",), _Poster(self))
        self.worker = Worker(self.jobs, handlers, self.clock, Pace(look=0.01), chance=lambda: 0.5)
        documents = DocumentStore(database)
        documents.sync_source("faq", [make_document("lamp", "Is it bright?", text="Very bright.")])
        self.desk = Desk(
            Library(documents, VectorStore(database), None, "lexical"),
            ExtractiveAnswerer(),
            Stores(self.journal, self.handoffs, self.worker.kinds if kinds is None else kinds),
            self.clock,
            lambda: str(uuid4()),
        )

    def clock(self) -> datetime:
        return self.now

    def handed_over(self, email: str = ANN) -> Handoff:
        turn = self.desk.ask(Ask("I want to talk to a person", email=email))
        assert turn.handoff is not None
        return turn.handoff

    def taken(self, email: str = ANN) -> Handoff:
        """One that the business was told of, a minute ago."""
        handoff = self.handed_over(email)
        self.worker.once()
        self.letters.clear()
        self.now += MINUTE
        return handoff

    def reply(self, handoff: Handoff, text: str) -> Turn:
        return self.desk.reply(handoff.id, text, "Bo")

    def page_looks(self, handoff: Handoff, after: str | None = None) -> None:
        turns = self.desk.conversation(handoff.conversation_id, after)
        self.outbox.shown(handoff.conversation_id, turns)

    def waiting(self) -> dict[str, int]:
        return {each.kind: each.waiting for each in self.jobs.backlog(START) if each.waiting}


class _Mailer:
    def __init__(self, house: House) -> None:
        self.house = house

    def send(self, letter: Letter) -> None:
        if self.house.down:
            raise self.house.down
        self.house.letters.append(letter)


class _Poster:
    def __init__(self, house: House) -> None:
        self.house = house

    def send(self, delivery_id: str, body: bytes) -> None:
        self.house.tried.append((delivery_id, body))
        if self.house.down:
            raise self.house.down
        self.house.posts.append((delivery_id, body))


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


# --- to the business -------------------------------------------------------------------------------


def test_a_handoff_is_told_by_every_way_that_is_set(house: House) -> None:
    handoff = house.handed_over()
    assert house.waiting() == {HANDOFF_EMAIL: 1, HANDOFF_WEBHOOK: 1}
    assert house.worker.once() == {DONE: 2}
    [letter], [(post_id, body)] = house.letters, house.posts
    assert letter.id == job_id(HANDOFF_EMAIL, handoff.id) and letter.to == ("team@shop.example",)
    assert post_id == job_id(HANDOFF_WEBHOOK, handoff.id) and handoff.id.encode() in body
    assert "I want to talk to a person" in letter.body and ANN in letter.body


def test_by_ways_that_are_not_set_nothing_is_kept(database: Database) -> None:
    house = House(database, kinds=(HANDOFF_WEBHOOK,))
    handoff = house.handed_over()
    house.reply(handoff, "Hello")
    assert house.waiting() == {HANDOFF_WEBHOOK: 1}


def test_a_second_wish_in_the_same_conversation_is_told_once(house: House) -> None:
    handoff = house.handed_over()
    assert house.desk.hand_over(handoff.conversation_id).id == handoff.id
    assert house.waiting() == {HANDOFF_EMAIL: 1, HANDOFF_WEBHOOK: 1}


def test_a_handoff_and_its_notices_are_kept_together_or_not_at_all(house: House, database: Database) -> None:
    """Where the notices cannot be kept there is no handoff, and the customer is told no such thing."""
    with database.connection() as connection:
        connection.execute("ALTER TABLE jobs ADD CONSTRAINT nothing CHECK (false)")
    with pytest.raises(Exception, match="nothing"):
        house.handed_over()
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM handoffs").fetchone() == (0,)


def test_what_failed_comes_later_under_the_same_id_with_the_same_body(house: House) -> None:
    handoff = house.handed_over()
    house.down = DeliveryFailed("down")
    assert house.worker.once() == {FAILED: 2}
    house.down, house.now = None, house.now + MINUTE
    house.handoffs.close(handoff.id, HandoffStatus.WITHDRAWN, house.now)
    assert house.worker.once() == {DONE: 2}
    assert len(house.tried) == 2 and house.tried[0] == house.tried[1]
    assert "went back to the assistant" in house.letters[0].body  # the e-mail says how it is now


def test_what_was_erased_meanwhile_is_told_to_nobody(house: House, database: Database) -> None:
    house.handed_over()
    with database.connection() as connection:
        connection.execute("DELETE FROM handoffs")
    assert house.worker.once() == {DONE: 2}
    assert not house.letters and not house.posts


def test_jobs_hold_nothing_that_a_customer_wrote(house: House, database: Database) -> None:
    house.reply(house.handed_over(), "Hello Ann")
    with database.connection() as connection:
        kept = str(connection.execute("SELECT jobs::text FROM jobs").fetchall())
    assert CUSTOMER_EMAIL in kept
    assert not any(word in kept for word in (ANN, "person", "Hello"))


# --- to a customer who has gone ----------------------------------------------------------------------


def test_a_reply_that_the_page_did_not_show_is_mailed_after_two_minutes(house: House) -> None:
    handoff = house.taken()
    turn = house.reply(handoff, "It is on its way.")
    house.now += LOOKING_TIME - SECOND
    assert house.worker.once() == {}
    house.now += SECOND
    assert house.worker.once() == {DONE: 1}
    [letter] = house.letters
    assert letter.to == (ANN,) and "It is on its way." in letter.body
    assert letter.id == job_id(CUSTOMER_EMAIL, turn.id)


def test_a_reply_that_the_page_showed_is_not_mailed(house: House) -> None:
    handoff = house.taken()
    house.reply(handoff, "It is on its way.")
    house.now += 3 * SECOND
    house.page_looks(handoff)
    house.now += LOOKING_TIME
    assert house.worker.once() == {DONE: 1} and not house.letters


def test_a_reply_that_is_shown_is_seen_even_right_after_another_look(house: House) -> None:
    handoff = house.taken()
    house.page_looks(handoff)
    turn = house.reply(handoff, "Yes.")
    house.now += SECOND
    house.page_looks(handoff)
    assert _seen(house, handoff) == turn.asked_at


def test_a_look_before_the_reply_does_not_count(house: House) -> None:
    handoff = house.taken()
    house.page_looks(handoff)
    house.reply(handoff, "Yes.")
    house.now += LOOKING_TIME
    assert house.worker.once() == {DONE: 1} and len(house.letters) == 1


def test_a_look_that_could_not_yet_show_the_reply_does_not_count(house: House) -> None:
    """It looked while the reply was on its way into the database, with a time before the look."""
    handoff = house.taken()
    reply = house.reply(handoff, "Yes.")
    house.now += SECOND
    house.outbox.shown(handoff.conversation_id, [])
    seen = _seen(house, handoff)
    assert seen is not None and seen < reply.asked_at


def test_also_a_page_of_a_conversation_that_is_resolved_shows_its_last_reply(house: House) -> None:
    handoff = house.taken()
    house.reply(handoff, "Done.")
    house.desk.resolve(handoff.id)
    house.page_looks(handoff)
    house.now += LOOKING_TIME
    assert house.worker.once() == {DONE: 1} and not house.letters


def test_several_replies_that_were_not_shown_are_one_letter_known_by_the_last(house: House) -> None:
    handoff = house.taken()
    house.reply(handoff, "First.")
    house.now += MINUTE
    second = house.reply(handoff, "Second.")
    house.now += MINUTE
    assert house.worker.once() == {POSTPONED: 1}
    house.now += MINUTE
    assert house.worker.once() == {DONE: 1}
    [letter] = house.letters
    assert letter.id == job_id(CUSTOMER_EMAIL, second.id)
    assert letter.body.index("First.") < letter.body.index("Second.")
    house.now += MINUTE
    assert house.worker.once() == Counter() and house.waiting() == {}


def test_also_where_the_worker_was_away_for_long(house: House) -> None:
    handoff = house.taken()
    for number in range(4):
        house.reply(handoff, f"Reply {number}.")
        house.now += MINUTE
    house.now += 60 * MINUTE
    came = house.worker.once()
    assert came[DONE] == 1 and len(house.letters) == 1
    house.now += 2 * SECOND
    house.worker.once()
    assert house.waiting() == {} and len(house.letters) == 1


def test_of_replies_of_which_the_page_showed_one_the_other_is_mailed(house: House) -> None:
    handoff = house.taken()
    house.reply(handoff, "First.")
    house.page_looks(handoff)
    house.now += SECOND
    house.reply(handoff, "Second.")
    house.now += LOOKING_TIME + MINUTE
    house.worker.once()
    [letter] = house.letters
    assert "Second." in letter.body and "First." not in letter.body
    assert house.waiting() == {}


def test_a_customer_without_an_address_is_not_mailed(house: House) -> None:
    house.reply(house.taken(email=""), "Yes.")
    house.now += LOOKING_TIME
    assert house.worker.once() == {DONE: 1} and not house.letters


def test_an_address_that_the_server_does_not_know_is_given_up(house: House) -> None:
    house.reply(house.taken(), "Yes.")
    house.now += LOOKING_TIME
    house.down = DeliveryFailed("unknown there", refused=True)
    assert house.worker.once() == {GIVEN_UP: 1}
    [backlog] = house.jobs.backlog(START)
    assert (backlog.kind, backlog.given_up, backlog.waiting) == (CUSTOMER_EMAIL, 1, 0)


# --- the page's looks ------------------------------------------------------------------------------


def test_looks_are_kept_once_in_ten_seconds(house: House, database: Database) -> None:
    handoff = house.taken()
    house.page_looks(handoff)
    kept = _seen(house, handoff)
    for _ in range(9):
        house.now += SECOND
        house.page_looks(handoff)
        assert _seen(house, handoff) == kept
    house.now += 2 * SECOND
    house.page_looks(handoff)
    later = _seen(house, handoff)
    assert kept is not None and later is not None and later > kept


def test_a_look_of_nobody_is_no_error(house: House, outage: Callable[[], None]) -> None:
    house.outbox.shown(str(uuid4()), [])
    house.outbox.shown("no id", [])
    handoff = house.taken()
    outage()
    house.outbox.shown(handoff.conversation_id, [])
    with pytest.raises(StorageUnavailable):
        house.outbox.dossier(handoff.id)


def _seen(house: House, handoff: Handoff) -> datetime | None:
    found = house.outbox.dossier(handoff.id)
    assert found is not None
    return found.seen_at

"""The desk while the database or the model fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.errors import GeneratorUnavailable, StorageUnavailable, UnknownConversation
from customer_assist.indexing import Library
from customer_assist.model import Answer, Outcome, Turn
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore
from stand_ins import make_document

LAMP = make_document("return", "How do I return a lamp?", text="Send the lamp back within 30 days.")


class FullDisk(Journal):
    """A journal that can be read but not written."""

    def record(self, turn: Turn, jobs: object = ()) -> None:
        raise StorageUnavailable("no space left on device")


class BrokenModel:
    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield "Send it"
        raise GeneratorUnavailable("the model went away")


def make_desk(
    database: Database, *, journal: Journal | None = None, answerer: Answerer | None = None
) -> Desk:
    store = DocumentStore(database)
    store.sync_source("faq", [LAMP])
    library = Library(store, VectorStore(database), None, "lexical")
    return Desk(
        library,
        answerer or ExtractiveAnswerer(),
        Stores(journal or Journal(database), HandoffStore(database)),
        lambda: datetime.now(UTC),
        lambda: str(uuid4()),
    )


def test_a_turn_that_cannot_be_recorded_is_answered_and_says_so(database: Database) -> None:
    turn = make_desk(database, journal=FullDisk(database)).ask(Ask("How do I return a lamp?"))
    assert (turn.outcome, turn.answer.text, turn.logged) == (Outcome.ANSWERED, LAMP.text, False)


def test_in_an_outage_customers_are_answered_from_what_is_known(
    database: Database, outage: Callable[[], None]
) -> None:
    desk = make_desk(database)
    first = desk.ask(Ask("How do I return a lamp?"))
    outage()
    new = desk.ask(Ask("How do I return a lamp?"))
    continued = desk.ask(Ask("How do I return a lamp?", conversation_id=first.conversation_id))
    for turn in (new, continued):
        assert (turn.outcome, turn.answer.text, turn.logged) == (Outcome.ANSWERED, LAMP.text, False)
    assert continued.conversation_id == first.conversation_id


def test_what_is_no_id_is_refused_even_in_an_outage(database: Database, outage: Callable[[], None]) -> None:
    desk = make_desk(database)
    desk.ask(Ask("hello"))
    outage()
    with pytest.raises(UnknownConversation):
        desk.stream(Ask("How do I return a lamp?", conversation_id="abc"))


def test_who_starts_in_an_outage_is_told(database: Database, outage: Callable[[], None]) -> None:
    desk = make_desk(database)
    outage()
    with pytest.raises(StorageUnavailable):
        desk.ask(Ask("How do I return a lamp?"))


def test_a_model_that_fails_for_good_leaves_no_half_turn(database: Database) -> None:
    desk = make_desk(database, answerer=BrokenModel())
    with pytest.raises(GeneratorUnavailable):
        desk.ask(Ask("How do I return a lamp?"))
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM turns").fetchone() == (0,)


def test_a_rating_that_cannot_be_kept_is_never_said_to_be(
    database: Database, outage: Callable[[], None]
) -> None:
    desk = make_desk(database)
    turn = desk.ask(Ask("hello"))
    outage()
    with pytest.raises(StorageUnavailable):
        desk.rate(turn.id, 1)

"""A person of the business in a conversation in the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from uuid import uuid4

from rich.console import Console

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.cli.chat import Talk
from customer_assist.desk import Desk, Stores
from customer_assist.indexing import Library
from customer_assist.model import Outcome
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore


def test_a_person_is_asked_for_and_what_they_write_is_shown_once(database: Database) -> None:
    library = Library(DocumentStore(database), VectorStore(database), None, "lexical")
    stores = Stores(Journal(database), HandoffStore(database))
    desk = Desk(library, ExtractiveAnswerer(), stores, lambda: datetime.now(UTC), lambda: str(uuid4()))
    shown = StringIO()
    talk = Talk(desk, Console(file=shown, width=200))

    turn = talk.ask("human please")
    assert turn and turn.outcome is Outcome.HANDED_OFF and turn.handoff
    assert "I have passed this on" in shown.getvalue()
    desk.reply(turn.handoff.id, "What is your order number?", "Aoife")
    talk.ask("BB-123456")
    talk.ask("and I am in a hurry")
    said = shown.getvalue()
    assert said.count("Aoife:") == said.count("What is your order number?") == 1
    assert said.count("A person has this conversation") == 2

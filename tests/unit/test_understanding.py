"""Conversations through the desk on a real database: follow-ups, two requests, other languages; and all of it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from test_rewriting import USAGE, Model

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.business import BusinessProfile, Contact
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.dialogue.rewriting import GeneratedRewriter
from customer_assist.dialogue.translating import GeneratedTranslator
from customer_assist.indexing import Library
from customer_assist.model import Answer, Outcome, Turn, Usage
from customer_assist.ports import Answerer, AnswerRequest, Generator
from customer_assist.replay import Replay, Replayer
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.history import History
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore
from customer_assist.wording import BY_RULES, Wording
from stand_ins import make_document

PROFILE = BusinessProfile(name="Shop", contact=Contact(email="help@shop.example"))
SHOP = [
    make_document("return", "How do I return a lamp?", text="Send the lamp back within 30 days."),
    make_document(
        "label", "What does the label cost to return a lamp?", text="The return label costs €4.90."
    ),
    make_document("address", "How do I change my delivery address?", text="Open My account and press Edit."),
    make_document("cancel", "I want to cancel my order", text="Press Cancel."),
    make_document("katalog", "Ich möchte bitte den Katalog", text="The catalogue is free."),
]
LAMP, ADDRESS, LABEL = (
    "How do I return a lamp?",
    "How do I change my delivery address?",
    "and what does the label cost?",
)
BOTH = "How do I return a lamp and how do I change my delivery address?"
GERMAN = "Ich möchte bitte den Katalog"


class Shop:
    """Nothing is shared between desk and replay but the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._store = DocumentStore(database)
        self._store.sync_source("faq", SHOP, profile=PROFILE.model_dump(mode="json"))

    def desk(self, answerer: Answerer | None = None, wording: Wording = BY_RULES) -> Desk:
        return Desk(
            self._library(),
            answerer or ExtractiveAnswerer(),
            Stores(Journal(self._database), HandoffStore(self._database)),
            lambda: datetime(2026, 3, 1, tzinfo=UTC),
            lambda: str(uuid4()),
            wording,
        )

    def replay(self, turn: Turn) -> Replay:
        journal, history = Journal(self._database), History(self._database)
        return Replayer(self._library(), journal, ExtractiveAnswerer(), history).replay(
            journal.traced(turn.id)
        )

    def recorded(self, turn: Turn):  # type: ignore[no-untyped-def]
        return Journal(self._database).traced(turn.id)

    def _library(self) -> Library:
        return Library(self._store, VectorStore(self._database), None, "lexical")


class Remembering(ExtractiveAnswerer):
    def __init__(self) -> None:
        self.asked: list[str] = []

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        self.asked.append(request.question)
        yield from super().stream(request)


class Writing:
    """An answerer that is a language model, for all the journal knows."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        *_, answer = ExtractiveAnswerer().stream(request)
        assert isinstance(answer, Answer)
        text = f"Gladly. {answer.text}"
        yield text
        yield Answer(text, answer.citations, "model-x", usage=Usage(7, 8), prompt_hash="ab")


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def conversation(desk: Desk, questions: Sequence[str]) -> Turn:
    """The last turn."""
    turn = desk.ask(Ask(questions[0]))
    for question in questions[1:]:
        turn = desk.ask(Ask(question, turn.conversation_id))
    return turn


def cited(turn: Turn) -> list[str]:
    return [citation.document_id for citation in turn.answer.citations]


# --- follow-ups ---------------------------------------------------------------------------------------


def test_a_follow_up_is_searched_with_what_it_leaves_out(shop: Shop) -> None:
    answerer = Remembering()
    turn = conversation(shop.desk(answerer), [LAMP, LABEL])
    assert cited(turn) == ["label"]
    assert turn.question == LABEL and turn.trace.query == "and what does the label cost return lamp"
    assert answerer.asked[-1] == turn.trace.query
    assert shop.replay(turn).same


@pytest.mark.parametrize("message", ["what about the sofa?", "no, I meant the sofa", "and the sofa?"])
def test_what_was_told_is_not_told_again_of_something_that_it_does_not_speak_of(
    shop: Shop, message: str
) -> None:
    turn = conversation(shop.desk(), [LAMP, message])
    assert cited(turn) != ["return"] and "lamp" not in turn.trace.query
    assert shop.replay(turn).same


@pytest.mark.parametrize("before", [LAMP, "I want to cancel my order", "zzz?"])
def test_a_change_of_subject_comes_to_the_same_as_without_history(shop: Shop, before: str) -> None:
    alone, after = shop.desk().ask(Ask(ADDRESS)), conversation(shop.desk(), [before, ADDRESS])
    assert (after.trace.query, after.outcome, cited(after), after.answer.text) == (
        alone.trace.query,
        alone.outcome,
        cited(alone),
        alone.answer.text,
    )


def test_what_a_model_writes_is_searched_counted_and_read_back(shop: Shop) -> None:
    model = Model("What does the label cost to return a lamp?")
    turn = conversation(shop.desk(wording=with_model(model)), [LAMP, LABEL])
    assert cited(turn) == ["label"]
    assert (turn.trace.query, turn.trace.written_by) == (model.written, "model-x")
    assert turn.answer.usage == USAGE
    assert shop.recorded(turn).trace.written_by == "model-x"
    assert shop.replay(turn).same and len(model.asked) == 1


def with_model(model: Generator) -> Wording:
    return Wording(GeneratedRewriter(model, BY_RULES.rewriter), GeneratedTranslator(model))


# --- two requests -------------------------------------------------------------------------------------


def test_two_requests_are_both_answered(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(BOTH))
    assert turn.outcome is Outcome.ANSWERED and cited(turn) == ["return", "address"]
    assert turn.answer.text == (
        f"**{LAMP}**\n\nSend the lamp back within 30 days.\n\n**{ADDRESS}**\n\nOpen My account and press Edit."
    )
    assert [part.query for part in turn.trace.parts] == [
        "How do I return a lamp",
        "how do I change my delivery address?",
    ]
    assert turn.trace.query == "" and turn.trace.hits == () and turn.confidence > 0


def test_they_come_as_a_stream_of_what_is_said(shop: Shop) -> None:
    *sentences, turn = shop.desk().stream(Ask(BOTH))
    assert isinstance(turn, Turn) and "".join(map(str, sentences)) == turn.answer.text


def test_they_are_kept_and_decided_again(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(BOTH))
    parts = shop.recorded(turn).trace.parts
    assert [part.trace.query for part in parts] == [part.query for part in turn.trace.parts]
    assert [part.answer.text for part in parts] == [answer.text for answer in turn.answer.parts]
    assert all(part.trace.hits and part.trace.verdict and part.answer.checks for part in parts)
    assert shop.replay(turn).same


def test_a_changed_part_is_a_difference(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(BOTH))
    shop._store.sync_source("faq", SHOP[:2] + SHOP[3:], profile=PROFILE.model_dump(mode="json"))
    differences = {difference.what for difference in shop.replay(turn).differences}
    assert "requests" in differences


def test_what_a_model_wrote_to_each_is_said_again(shop: Shop) -> None:
    turn = shop.desk(Writing()).ask(Ask(BOTH))
    assert turn.answer.text.count("Gladly.") == 2 and turn.answer.usage == Usage(14, 16)
    replay = shop.replay(turn)
    assert [difference.what for difference in replay.differences] == ["prompt"]  # which the fake made up


@pytest.mark.parametrize(
    "question",
    [
        "How do I return a lamp and who won the world cup in 1966?",  # nothing is known of one
        "How do I return a lamp and how can I send the lamp back?",  # one thing, asked twice
    ],
)
def test_what_the_gate_does_not_let_through_by_itself_is_answered_as_a_whole(
    shop: Shop, question: str
) -> None:
    turn = shop.desk().ask(Ask(question))
    assert turn.trace.parts == () and turn.trace.query == question


# --- languages ----------------------------------------------------------------------------------------


def test_without_a_model_the_languages_are_told_and_the_search_still_runs(shop: Shop) -> None:
    *sentences, turn = shop.desk().stream(Ask(GERMAN))
    assert isinstance(turn, Turn)
    notice = "Ich kann leider nur auf Englisch antworten.\n\n"
    assert turn.answer.text.startswith(notice) and "".join(map(str, sentences)) == turn.answer.text
    assert cited(turn) == ["katalog"] and turn.trace.tongue == "de"
    assert shop.replay(turn).same


def test_nothing_known_is_told_behind_it_too(shop: Shop) -> None:
    turn = shop.desk().ask(Ask("Wo ist meine Bestellung? Ich warte noch."))
    assert turn.outcome is Outcome.ABSTAINED and turn.answer.text.startswith(
        "Ich kann leider nur auf Englisch"
    )
    assert "help@shop.example" in turn.answer.text


def test_with_a_model_question_and_answer_are_translated_and_read_back(shop: Shop) -> None:
    english, german = "How do I return a lamp?", "Schicken Sie die Lampe bitte innerhalb von 30 Tagen zurück."
    model = Scripted(english, german)
    *sentences, turn = shop.desk(wording=with_model(model)).stream(Ask(GERMAN))
    assert isinstance(turn, Turn)
    assert (turn.answer.text, sentences, cited(turn)) == (german, [german], ["return"])
    assert (turn.trace.query, turn.trace.written_by, turn.trace.translated_by) == (
        english,
        "model-x",
        "model-x",
    )
    assert turn.answer.usage == USAGE + USAGE
    assert shop.replay(turn).same and len(model.asked) == 2


def test_a_translation_that_does_not_hold_is_not_given(shop: Shop) -> None:
    model = Scripted("How do I return a lamp?", "Schicken Sie die Lampe innerhalb von 60 Tagen zurück.")
    turn = shop.desk(wording=with_model(model)).ask(Ask(GERMAN))
    assert turn.answer.text == (
        "Ich kann leider nur auf Englisch antworten.\n\nSend the lamp back within 30 days."
    )
    assert turn.trace.translated_by == "" and turn.answer.usage == USAGE + USAGE
    assert shop.replay(turn).same


class Scripted(Model):
    """Writes one text after the other."""

    def __init__(self, *written: str) -> None:
        super().__init__(written[0])
        self.script = list(written)

    def stream(self, messages, *, seconds=None, schema=None):  # type: ignore[no-untyped-def]
        self.written = self.script.pop(0)
        return super().stream(messages, seconds=seconds, schema=schema)

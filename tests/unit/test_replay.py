"""A recorded turn asked again: the same where nothing changed, and what differs and why where something did."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.answering.prompt import prompt_for
from customer_assist.desk import Ask, Desk, Stores
from customer_assist.indexing import Library
from customer_assist.model import Answer, Citation, DocumentId, Outcome, Turn
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.replay import Replay, Replayer
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore, Tuning
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.history import History
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore
from stand_ins import make_document

LAMP, PARCEL, ORDER = (
    "How do I return a lamp?",
    "When does my parcel come?",
    "Where do I see my order {{Order Number}}?",
)
SHOP = [
    make_document("lamp", LAMP, text="Send the lamp back within 30 days.", category="LAMPS"),
    make_document("parcel", PARCEL, text="It comes within a week.", category="PARCELS"),
    make_document("refund", "Do you return money for a lamp?", text="Yes, in five days.", category="LAMPS"),
    make_document("order", ORDER, text="Look for {{Order Number}} in your account.", category="PARCELS"),
]
PROFILE: dict[str, object] = {"name": "Shop", "contact": {"phone": "+353 91 555 0142"}}


class Model:
    """A language model's answerer: it must be asked once, and never again."""

    def __init__(self) -> None:
        self.calls = 0

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        self.calls += 1
        assert self.calls == 1
        quote = Citation(DocumentId("lamp"), "Lamps", "Send the lamp back within 30 days.")
        yield Answer(
            "Send it back.", (quote,), "model-x", prompt_hash=prompt_for(request).sha256, prompt_version=1
        )


class Shop:
    """A desk and a replayer as after a restart: nothing is shared but the database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = DocumentStore(database)

    def desk(self, answerer: Answerer | None = None, engine: str = "lexical") -> Desk:
        library = Library(self.store, VectorStore(self.database), None, engine)
        return Desk(
            library,
            answerer or ExtractiveAnswerer(),
            Stores(Journal(self.database), HandoffStore(self.database)),
            lambda: datetime(2026, 3, 1, tzinfo=UTC),
            lambda: str(uuid4()),
        )

    def replay(self, turn: Turn, engine: str = "lexical") -> Replay:
        replayer = Replayer(
            Library(self.store, VectorStore(self.database), None, engine),
            Journal(self.database),
            ExtractiveAnswerer(),
            History(self.database),
        )
        return replayer.replay(Journal(self.database).traced(turn.id))

    def rewrite(self, turn: Turn, statement: str) -> None:
        """Change the record of a turn, as nobody should."""
        with self.database.connection() as connection:
            connection.execute(f"UPDATE turns SET {statement} WHERE id = %s".encode(), [turn.id])


class NeverAsked:
    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        raise AssertionError("the model was called")


@pytest.fixture
def shop(database: Database) -> Shop:
    shop = Shop(database)
    shop.store.sync_source("faq", SHOP, profile=PROFILE)
    return shop


def names(differences: object) -> list[str]:
    return [difference.what for difference in differences]  # type: ignore[attr-defined]


# --- the same -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [LAMP, PARCEL, "Which mountain is the highest in Peru?", "Hello!", "?"])
def test_a_turn_is_decided_the_same_after_a_restart(shop: Shop, question: str) -> None:
    turn = shop.desk().ask(Ask(question))
    replay = shop.replay(turn)
    assert (replay.same, replay.differences, replay.changes) == (True, (), ())
    assert replay.now is not None
    assert (replay.now.answer, replay.now.outcome) == (turn.answer, turn.outcome)
    assert replay.now.trace == turn.trace


def test_filters_and_what_the_customer_had_said_are_taken_from_the_record(shop: Shop) -> None:
    desk = shop.desk()
    first = desk.ask(Ask("My order is BB-123456"))
    turn = desk.ask(Ask(ORDER.replace(" {{Order Number}}", ""), first.id, filters={"category": "PARCELS"}))
    desk.ask(Ask("Sorry, my order is BB-654321", first.id))
    assert turn.answer.text == "Look for BB-123456 in your account."
    replay = shop.replay(turn)
    assert replay.same and replay.now and replay.now.answer.text == turn.answer.text
    assert [hit.document.fields["category"] for hit in replay.now.trace.hits] == ["PARCELS"] * 2


def test_the_thing_that_the_conversation_spoke_of_is_found_again(shop: Shop) -> None:
    names = ("Castle Hotel", "Mill Hotel", "Harbour Inn")
    made = [
        make_document(name, "Can I park my car?", text=f"Yes, at the {name}.", entity=name) for name in names
    ]
    shop.store.sync_source("houses", made)
    first = shop.desk().ask(Ask("Can I park my car at the mill hotel?"))
    second = shop.desk().ask(Ask("can I park my car", conversation_id=first.id))
    again = shop.replay(second)
    assert again.same and again.now is not None
    assert [mention.value for mention in again.now.trace.about] == ["Mill Hotel"]
    mentioned = "jsonb_set(trace, '{about,0,value}', '\"Castle Hotel\"')"
    with shop.database.connection() as connection:
        connection.execute(f"UPDATE turns SET trace = {mentioned} WHERE id = %s", (second.id,))
    assert [each.what for each in shop.replay(second).differences] == ["about"]


def test_to_ask_again_records_nothing(shop: Shop, database: Database) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    tables = ("turns", "ratings", "model_calls")

    def rows() -> list[object]:
        with database.connection() as connection:
            return [
                connection.execute(f"SELECT count(*), max(xmin::text) FROM {table}".encode()).fetchone()
                for table in tables
            ]

    before = rows()
    shop.replay(turn)
    assert rows() == before


# --- what a language model wrote -----------------------------------------------------------------------


def test_the_prompt_of_a_written_answer_is_built_again_and_the_model_is_not_called(shop: Shop) -> None:
    turn = shop.desk(Model()).ask(Ask(LAMP))
    replay = shop.replay(turn)
    assert replay.same and replay.now
    assert (replay.now.answer.text, replay.now.answer.answered_by) == ("Send it back.", "model-x")
    assert replay.now.answer.prompt_hash == turn.answer.prompt_hash != ""


def test_a_prompt_that_would_read_otherwise_today_differs(shop: Shop) -> None:
    turn = shop.desk(Model()).ask(Ask(LAMP))
    shop.store.put(make_document("refund", *SHOP[2].questions, text="Yes, in six days.", category="LAMPS"))
    replay = shop.replay(turn)
    assert "prompt" in names(replay.differences) and "answer" not in names(replay.differences)
    assert "knowledge" in names(replay.changes)


def test_another_wording_of_the_prompt_is_named(shop: Shop) -> None:
    turn = shop.desk(Model()).ask(Ask(LAMP))
    shop.rewrite(turn, """trace = trace || '{"prompt_version": 0, "prompt_hash": "older"}'""")
    replay = shop.replay(turn)
    assert (names(replay.differences), names(replay.changes)) == (["prompt"], ["prompt"])


# --- every difference is noticed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("trace = jsonb_set(trace, '{query}', '\"something else\"')", "query"),
        ("trace = jsonb_set(trace, '{hits}', (trace->'hits') - 0)", "candidates"),
        ("trace = jsonb_set(trace, '{hits,0,passage_id}', '\"lamp/t9\"')", "passages"),
        ("trace = jsonb_set(trace, '{hits,1,score}', '0.00001')", "scores"),
        ("trace = jsonb_set(trace, '{verdict,decision}', '\"decline\"')", "decision"),
        ("trace = jsonb_set(trace, '{verdict,confidence}', '0.123456')", "confidence"),
        ("trace = jsonb_set(trace, '{verdict}', 'null')", "decision"),
        ("outcome = 'abstained'", "outcome"),
        ("answer = answer || '!'", "answer"),
        ("citations = '[]'", "citations"),
        ("citations = jsonb_set(citations, '{0,quote}', '\"Nothing.\"')", "citations"),
        ("alternatives = '[]'", "alternatives"),
    ],
)
def test_each_thing_that_was_decided_is_compared(shop: Shop, statement: str, what: str) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    shop.rewrite(turn, statement)
    replay = shop.replay(turn)
    assert not replay.same and what in names(replay.differences)
    assert replay.changes == ()


def test_the_order_of_candidates_counts(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    swapped = "jsonb_build_array(trace->'hits'->1, trace->'hits'->0, trace->'hits'->2, trace->'hits'->3)"
    shop.rewrite(turn, f"trace = jsonb_set(trace, '{{hits}}', {swapped})")
    (difference,) = shop.replay(turn).differences
    assert difference.what == "candidates" and difference.then != difference.now
    assert sorted(difference.then) == sorted(difference.now)  # type: ignore[call-overload]


# --- and why --------------------------------------------------------------------------------------------


def test_a_changed_document_is_named_with_the_version_of_the_knowledge(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    shop.store.put(make_document("lamp", LAMP, text="Send the lamp back within 14 days.", category="LAMPS"))
    replay = shop.replay(turn)
    assert not replay.same
    (answer,) = (each for each in replay.differences if each.what == "answer")
    assert (answer.then, answer.now) == (SHOP[0].text, "Send the lamp back within 14 days.")
    (knowledge,) = (each for each in replay.changes if each.what == "knowledge")
    assert (knowledge.then, knowledge.now) == (1, 2)
    assert (replay.since.changed, replay.since.deleted) == (1, 0)
    assert replay.since.of(DocumentId("lamp")) == "changed"
    assert replay.since.of(DocumentId("refund")) == "same"


def test_deleted_and_added_documents_are_named(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    shop.store.delete(["lamp"])
    shop.store.put(make_document("lamps", "May I return any lamp?", text="Yes.", category="LAMPS"))
    replay = shop.replay(turn)
    assert "candidates" in names(replay.differences)
    became = {name: replay.since.of(DocumentId(name)) for name in ("lamp", "lamps", "refund")}
    assert became == {"lamp": "deleted", "lamps": "changed", "refund": "same"}


def test_a_knowledge_without_anything_declines(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    shop.store.delete([document.id for document in SHOP])
    replay = shop.replay(turn)
    assert replay.now and replay.now.outcome is Outcome.ABSTAINED
    assert {"candidates", "decision", "outcome", "answer"} <= set(names(replay.differences))


def test_a_filter_that_no_document_has_any_more_is_a_difference_and_no_error(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP, filters={"category": "LAMPS"}))
    shop.store.delete(["lamp", "refund"])
    replay = shop.replay(turn)
    assert replay.now is None
    (difference,) = replay.differences
    assert difference.what == "filters" and "LAMPS" in str(difference.now)
    assert replay.since.of(DocumentId("lamp")) == "deleted"


def test_another_profile_is_named_and_words_of_it_differ(shop: Shop) -> None:
    turn = shop.desk().ask(Ask("Which mountain is the highest in Peru?"))
    shop.store.set_profile({**PROFILE, "contact": {"phone": "+353 91 555 0999"}}, "faq")
    replay = shop.replay(turn)
    assert (names(replay.differences), names(replay.changes)) == (["answer"], ["knowledge", "profile"])
    assert (replay.since.changed, replay.since.deleted) == (0, 0)


def test_other_weights_are_named_and_move_scores(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    shop.store.adopt(Tuning("lexical", {"word_question": 3.0, "dense_text": 0.0}, {"stamp": ""}))
    replay = shop.replay(turn)
    assert "scores" in names(replay.differences)
    assert "weights" in names(replay.changes)


def test_another_engine_is_named(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    assert "engine" in names(shop.replay(turn, engine="minsearch").changes)


def test_a_turn_of_an_earlier_version_is_asked_again_with_what_it_kept(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    verdict = json.dumps({"accepted": True, "confidence": turn.confidence, "threshold": 0.5, "features": {}})
    shop.rewrite(
        turn,
        "trace = (trace - '{said,basis,prompt_version}'::text[])"
        f" || jsonb_build_object('verdict', '{verdict}'::jsonb)",
    )
    replay = shop.replay(turn)
    assert (replay.same, replay.changes) == (True, ())


# --- what a turn was decided with ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda store: store.put(make_document("more", "More?", text="No.")), None),
        (lambda store: store.set_profile({"name": "Other"}, "faq"), "profile"),
        (lambda store: store.adopt(Tuning("lexical", {"dense_text": 0.0}, {"stamp": ""})), "weights"),
    ],
)
def test_the_basis_of_a_turn_follows_what_decides_it(
    shop: Shop, change: Callable[[DocumentStore], int], part: str | None
) -> None:
    desk = shop.desk()
    before = desk.ask(Ask(LAMP)).trace.basis
    assert before == shop.desk().ask(Ask(LAMP)).trace.basis
    assert before.gate and before.weights and before.profile and before.embedding == ""
    change(shop.store)
    after = desk.ask(Ask(LAMP)).trace.basis
    moved = [
        name for name in ("weights", "profile", "program") if getattr(before, name) != getattr(after, name)
    ]
    assert moved == ([part] if part else [])


def test_a_gate_that_is_fitted_anew_is_told_apart_at_once(shop: Shop) -> None:
    snapshot = shop.desk().library.current()
    refitted = replace(snapshot, gate=replace(snapshot.gate, threshold=snapshot.gate.threshold + 0.1))
    assert refitted.basis == replace(snapshot.basis, gate=refitted.basis.gate) != snapshot.basis


def test_another_gate_is_named(shop: Shop) -> None:
    turn = shop.desk().ask(Ask(LAMP))
    shop.rewrite(turn, """trace = jsonb_set(trace, '{basis,gate}', '"0123456789abcdef"')""")
    (change,) = shop.replay(turn).changes
    assert (change.what, change.then, change.now) == ("gate", "0123456789abcdef", turn.trace.basis.gate)

"""The journal on a real PostgreSQL."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
import pytest

from customer_assist.errors import InvalidInput, StorageUnavailable, UnknownConversation, UnknownTurn
from customer_assist.model import (
    Alternative,
    Answer,
    Basis,
    CheckResult,
    Citation,
    ConversationId,
    Decision,
    Document,
    DocumentId,
    Hit,
    Mention,
    Outcome,
    Passage,
    PassageId,
    PassageKind,
    RecordedHit,
    Score,
    Timing,
    Trace,
    Turn,
    TurnId,
    Usage,
    Verdict,
)
from customer_assist.storage.database import Database
from customer_assist.storage.journal import Journal

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
BASIS = Basis("g1", "w1", "e1", "p1", "1.2")
DOCUMENT = Document(DocumentId("refund"), "faq", "Refunds", ("How do I get a refund?",), "Ask us.")


def make_turn(conversation_id: str | None = None, **changes: object) -> Turn:
    turn_id = str(uuid4())
    passage = Passage(PassageId("refund/t0"), DOCUMENT.id, PassageKind.TEXT, "Ask us.")
    hit = Hit(DOCUMENT, passage, 1, Score(0.75, "fused"), {"bm25": 1.5})
    turn = Turn(
        id=TurnId(turn_id),
        conversation_id=ConversationId(conversation_id or turn_id),
        question="Can I have my money back?",
        answer=Answer(
            "Ask us.",
            (Citation(DOCUMENT.id, "Refunds", "Ask us.", "https://shop.example/refunds"),),
            answered_by="some-model",
            steps=("Ask", "Wait"),
            degraded=True,
            usage=Usage(100, 20),
            checks=(CheckResult("citations", True),),
            prompt_hash="ab12",
            prompt_version=3,
        ),
        outcome=Outcome.ANSWERED,
        asked_at=NOON,
        trace=Trace(
            "money back",
            7,
            "hybrid",
            (hit,),
            Verdict(Decision.ANSWER, 0.9, 0.5, 0.2, {"margin": 0.25}),
            {"category": "RETURNS"},
            {"Order Number": "BB-123456"},
            BASIS,
            about=(Mention("product", "Lumen", 0.9, "the lumen"),),
        ),
        timing=Timing(0.01, 0.2, 0.21),
        alternatives=(Alternative(DocumentId("returns"), "Returns"),),
        channel="web",
        locale="en-GB",
        customer_ref="c-17",
    )
    return replace(turn, **changes)  # type: ignore[arg-type]


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database)


def row_of(database: Database, turn: Turn, columns: str) -> tuple[object, ...]:
    with database.connection() as connection:
        row = connection.execute(f"SELECT {columns} FROM turns WHERE id = %s".encode(), [turn.id]).fetchone()
    assert row is not None
    return row


def test_a_recorded_turn_comes_back_as_it_was(journal: Journal) -> None:
    turn = make_turn()
    journal.record(turn)
    (recorded,) = journal.turns(turn.conversation_id)
    assert recorded.id == turn.id
    assert recorded.conversation_id == turn.conversation_id
    assert (recorded.question, recorded.answer) == (turn.question, turn.answer.text)
    assert (recorded.outcome, recorded.answered_by, recorded.degraded) == ("answered", "some-model", True)
    assert recorded.confidence == 0.9
    assert recorded.citations == turn.answer.citations
    assert recorded.steps == turn.answer.steps
    assert recorded.alternatives == turn.alternatives
    assert recorded.asked_at == NOON
    assert recorded.asked_at.utcoffset() == NOON.utcoffset()
    assert recorded.knowledge_version == 7
    assert recorded.rating is None


def test_the_row_holds_why_the_turn_ended_so(journal: Journal, database: Database) -> None:
    turn = make_turn()
    journal.record(turn)
    (trace,) = row_of(database, turn, "trace")
    assert trace == {
        "parts": [],
        "query": "money back",
        "filters": {"category": "RETURNS"},
        "about": [{"field": "product", "value": "Lumen", "strength": 0.9, "words": "the lumen"}],
        "engine": "hybrid",
        "basis": {"gate": "g1", "weights": "w1", "embedding": "e1", "profile": "p1", "program": "1.2"},
        "hits": [
            {
                "document_id": "refund",
                "passage_id": "refund/t0",
                "rank": 1,
                "score": 0.75,
                "kind": "fused",
                "signals": {"bm25": 1.5},
            }
        ],
        "said": {"Order Number": "BB-123456"},
        "verdict": {
            "decision": "answer",
            "confidence": 0.9,
            "threshold": 0.5,
            "clarify_from": 0.2,
            "features": {"margin": 0.25},
        },
        "checks": [{"name": "citations", "passed": True, "detail": ""}],
        "prompt_hash": "ab12",
        "prompt_version": 3,
    }
    columns = (
        "channel, locale, customer_ref, response_time, retrieve_time, answer_time, total_tokens, relevance"
    )
    assert row_of(database, turn, columns) == ("web", "en-GB", "c-17", 0.21, 0.01, 0.2, 120, "UNKNOWN")


def test_a_turn_comes_back_with_why_it_ended_so(journal: Journal) -> None:
    turn = make_turn()
    journal.record(turn)
    traced = journal.traced(turn.id.upper())
    assert (traced.turn,) == tuple(journal.turns(turn.conversation_id))
    trace, why = turn.trace, traced.trace
    assert (why.query, why.engine, why.filters, why.said) == (
        trace.query,
        trace.engine,
        trace.filters,
        trace.said,
    )
    assert why.about == trace.about
    assert (why.verdict, why.basis) == (trace.verdict, BASIS)
    (hit,) = trace.hits
    assert why.hits == (RecordedHit(hit.document.id, hit.passage.id, 1, hit.score, hit.signals),)
    assert (why.checks, why.prompt_hash, why.prompt_version) == (turn.answer.checks, "ab12", 3)


def test_small_talk_comes_back_without_a_verdict(journal: Journal) -> None:
    turn = make_turn(trace=Trace("hello", 7, "hybrid"), outcome=Outcome.SMALL_TALK)
    journal.record(turn)
    assert journal.traced(turn.id).trace.verdict is None


@pytest.mark.parametrize(("accepted", "decision"), [(True, Decision.ANSWER), (False, Decision.DECLINE)])
def test_a_turn_that_an_earlier_version_recorded_can_still_be_read(
    journal: Journal, database: Database, accepted: bool, decision: Decision
) -> None:
    turn = make_turn()
    journal.record(turn)
    with database.connection() as connection:
        connection.execute(
            "UPDATE turns SET trace = trace - '{said,basis,prompt_version}'::text[] || jsonb_build_object("
            "'verdict', (trace->'verdict') - '{decision,clarify_from}'::text[]"
            " || jsonb_build_object('accepted', %s::boolean)) WHERE id = %s",
            [accepted, turn.id],
        )
    why = journal.traced(turn.id).trace
    assert why.verdict == Verdict(decision, 0.9, 0.5, 1.0, {"margin": 0.25})
    assert (why.said, why.basis, why.prompt_version) == ({}, Basis(), 0)


@pytest.mark.parametrize("trace", ["{}", "[]", "null", '{"hits": [null], "verdict": 1, "checks": {}}'])
def test_whatever_a_trace_holds_it_can_be_read(journal: Journal, database: Database, trace: str) -> None:
    turn = make_turn()
    journal.record(turn)
    with database.connection() as connection:
        connection.execute("UPDATE turns SET trace = %s WHERE id = %s", [trace, turn.id])
    assert journal.traced(turn.id).trace.verdict is None


def test_a_turn_that_is_not_there_is_unknown_and_never_an_sql_error(journal: Journal) -> None:
    journal.record(make_turn())
    for wrong in (str(uuid4()), "moon", "", "a\0b", "\ud800", "{" + str(uuid4()) + "}", "x" * 10_000):
        with pytest.raises(UnknownTurn):
            journal.traced(wrong)


def test_the_latest_turn_is_the_one_asked_last(journal: Journal) -> None:
    with pytest.raises(UnknownTurn, match="no question was asked yet"):
        journal.latest()
    later, earlier = make_turn(), make_turn(asked_at=NOON.replace(hour=11))
    journal.record(later)
    journal.record(earlier)
    assert journal.latest().turn.id == later.id


def test_turns_are_numbered_in_their_conversation_even_when_they_come_at_once(
    journal: Journal, database: Database
) -> None:
    first = make_turn()
    journal.record(first)
    later = [make_turn(first.conversation_id) for _ in range(12)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(journal.record, later))
    with database.connection() as connection:
        rows = connection.execute("SELECT position FROM turns ORDER BY position").fetchall()
    assert [row[0] for row in rows] == list(range(1, 14))
    assert journal.turns(first.conversation_id)[0].id == first.id


def test_turns_of_a_conversation_whose_first_was_lost_are_numbered_too_when_they_come_at_once(
    journal: Journal,
) -> None:
    conversation = str(uuid4())
    turns = [make_turn(conversation) for _ in range(12)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(journal.record, turns))
    assert {turn.id for turn in journal.turns(conversation)} == {turn.id for turn in turns}


def test_a_turn_recorded_again_stays_one(journal: Journal) -> None:
    turn = make_turn()
    journal.record(turn)
    journal.record(turn)
    assert len(journal.turns(turn.conversation_id)) == 1


def test_what_postgresql_cannot_hold_is_replaced_not_refused(journal: Journal, database: Database) -> None:
    odd = "a\0b\ud800c 😀"
    answer = Answer(odd, (Citation(DocumentId(odd), odd, odd),), steps=(odd,))
    trace = Trace(
        odd,
        1,
        "hybrid",
        (),
        Verdict(Decision.DECLINE, 0.0, 0.5, 0.2, {"gap": math.inf, "n": np.float32(0.5)}),
    )  # type: ignore[dict-item]
    turn = make_turn(question=odd, answer=answer, trace=trace, channel=odd, locale=odd, customer_ref=odd)
    journal.record(turn)
    journal.rate(turn.conversation_id, 1, at=NOON, comment=odd)
    (recorded,) = journal.turns(turn.conversation_id)
    assert recorded.question == recorded.answer == recorded.steps[0] == "a\ufffdb\ufffdc 😀"
    (features,) = row_of(database, turn, "trace->'verdict'->'features'")
    assert features == {"gap": None, "n": 0.5}


def test_what_is_no_id_is_no_conversation_and_never_an_sql_error(journal: Journal) -> None:
    for wrong in ("-", "1", "moon", "a\0b", "\ud800", "'; DROP TABLE turns; --", "x" * 10_000):
        assert journal.exists(wrong) is False
        with pytest.raises(UnknownConversation):
            journal.turns(wrong)
        with pytest.raises(UnknownConversation):
            journal.rate(wrong, 1, at=NOON)
        with pytest.raises(UnknownConversation):
            journal.record(make_turn(wrong))


def test_a_conversation_exists_from_its_first_turn(journal: Journal) -> None:
    turn = make_turn()
    assert not journal.exists(turn.conversation_id)
    journal.record(turn)
    assert journal.exists(turn.conversation_id)
    assert journal.exists(turn.conversation_id.upper())
    assert not journal.exists("{" + turn.conversation_id + "}")


def test_only_the_turns_after_a_turn_are_given_when_asked(journal: Journal) -> None:
    first = make_turn()
    second, third = make_turn(first.conversation_id), make_turn(first.conversation_id)
    for turn in (first, second, third):
        journal.record(turn)
    assert [t.id for t in journal.turns(first.conversation_id, after=first.id)] == [second.id, third.id]
    assert journal.turns(first.conversation_id, after=third.id) == []


def test_a_turn_of_another_conversation_is_unknown_in_this_one(journal: Journal) -> None:
    mine, other = make_turn(), make_turn()
    journal.record(mine)
    journal.record(other)
    for turn_id in (other.id, str(uuid4()), "moon"):
        with pytest.raises(UnknownTurn):
            journal.turns(mine.conversation_id, after=turn_id)
        with pytest.raises(UnknownTurn):
            journal.rate(mine.conversation_id, 1, at=NOON, turn_id=turn_id)


def test_a_rating_goes_to_the_last_turn_unless_one_is_named(journal: Journal) -> None:
    first = make_turn()
    second = make_turn(first.conversation_id)
    journal.record(first)
    journal.record(second)
    assert journal.rate(first.conversation_id, -1, at=NOON, comment="no").turn_id == second.id
    assert journal.rate(first.conversation_id, 1, at=NOON, turn_id=first.id).turn_id == first.id
    assert [turn.rating for turn in journal.turns(first.conversation_id)] == [1, -1]


def test_the_latest_rating_counts_and_the_earlier_stay(journal: Journal, database: Database) -> None:
    turn = make_turn()
    journal.record(turn)
    for value in (1, 1, -1):
        journal.rate(turn.conversation_id, value, at=NOON)
    assert journal.turns(turn.conversation_id)[0].rating == -1
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM ratings").fetchone() == (3,)
        assert connection.execute("SELECT conversation_id, feedback FROM feedback").fetchall() == [
            (turn.id, -1)
        ]


def test_a_rating_is_one_up_or_one_down(journal: Journal) -> None:
    turn = make_turn()
    journal.record(turn)
    for value in (0, 2, -2, True, 1.0, "1", None):
        with pytest.raises(InvalidInput):
            journal.rate(turn.conversation_id, value, at=NOON)  # type: ignore[arg-type]


def test_without_a_database_the_journal_says_so(
    journal: Journal, database: Database, outage: Callable[[], None]
) -> None:
    outage()
    with pytest.raises(StorageUnavailable):
        journal.record(make_turn())


def test_what_helped_is_a_question_with_the_documents_of_its_answer(journal: Journal) -> None:
    helped, changed_mind, unrated, declined = (
        make_turn(question=name) for name in ("helped", "changed", "unrated", "declined")
    )
    declined = replace(declined, outcome=Outcome.ABSTAINED)
    for turn in (helped, changed_mind, unrated, declined):
        journal.record(turn)
    for turn in (helped, changed_mind, declined):
        journal.rate(turn.conversation_id, 1, at=NOON)
    journal.rate(changed_mind.conversation_id, -1, at=NOON)
    assert journal.helped() == [("helped", ["refund"])]

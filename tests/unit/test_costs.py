"""What turns cost and how good they were, as dashboards and statistics read it: counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from customer_assist.model import (
    HUMAN,
    Answer,
    ConversationId,
    Decision,
    Outcome,
    Timing,
    Trace,
    Turn,
    TurnId,
    Usage,
    Verdict,
)
from customer_assist.storage.database import Database
from customer_assist.storage.journal import Journal
from customer_assist.storage.migrate import migrate, read_migrations

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NOTHING = Usage()
SURE = Trace("q", 1, "hybrid", verdict=Verdict(Decision.ANSWER, 0.8, 0.5))


def make_turn(
    answered_by: str, usage: Usage = NOTHING, outcome: Outcome = Outcome.ANSWERED, trace: Trace = SURE
) -> Turn:
    turn_id = str(uuid4())
    return Turn(
        id=TurnId(turn_id),
        conversation_id=ConversationId(turn_id),
        question="Where is it?",
        answer=Answer("There.", answered_by=answered_by, usage=usage),
        outcome=outcome,
        asked_at=NOON,
        trace=trace,
        timing=Timing(0.1, 0.4, 0.5),
    )


def rows(database: Database, query: str, *values: object) -> list[tuple[object, ...]]:
    with database.connection() as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def judged(database: Database, turn: Turn, label: str) -> None:
    with database.connection() as connection:
        connection.execute(
            "UPDATE turns SET relevance = %s, judged_by = 'critic', judged_at = %s, eval_prompt_tokens = 400,"
            " eval_completion_tokens = 50, eval_total_tokens = 450 WHERE id = %s",
            [label, NOON, turn.id],
        )


def test_a_turn_costs_its_answer_and_its_judgment_each_at_the_price_of_who_wrote_it(
    any_database: Database,
) -> None:
    turn, free = make_turn("gpt", Usage(1000, 100)), make_turn("extractive")
    for each in (turn, free):
        Journal(any_database).record(each)
    judged(any_database, turn, "RELEVANT")
    with any_database.connection() as connection:
        connection.execute("INSERT INTO prices VALUES ('gpt', 2, 4, 'EUR'), ('critic', 10, 20, 'USD')")
    query = "SELECT turn_id::text, day, purpose, model, currency, cost FROM turn_costs ORDER BY purpose"
    assert rows(any_database, query) == [
        (turn.id, NOON.date(), "answering", "gpt", "EUR", pytest.approx(0.0024)),
        (turn.id, NOON.date(), "judging", "critic", "USD", pytest.approx(0.005)),
    ]


def test_what_has_no_price_has_no_cost_and_is_not_free(any_database: Database) -> None:
    Journal(any_database).record(make_turn("gpt", Usage(1000, 100)))
    assert rows(any_database, "SELECT model, currency, cost FROM turn_costs") == [("gpt", None, None)]


def test_tokens_of_a_question_that_a_model_reworded_are_that_models_though_no_model_answered(
    any_database: Database,
) -> None:
    turn = make_turn("extractive", Usage(30, 3, by="gpt"), Outcome.ABSTAINED)
    Journal(any_database).record(turn)
    assert rows(any_database, "SELECT model, prompt_tokens FROM turn_costs") == [("gpt", 30)]
    assert Usage(1, 1) + Usage(1, 1, by="gpt") == Usage(2, 2)
    assert (Usage(1, 1) + Usage(1, 1, by="gpt")).by == "gpt"


def test_a_judgment_and_an_estimate_are_never_in_one_column(any_database: Database) -> None:
    turns = [
        make_turn("gpt"),
        make_turn("gpt"),
        make_turn("extractive", trace=Trace("", 1, "hybrid")),
        make_turn(HUMAN),
        make_turn("gpt", outcome=Outcome.ABSTAINED),
    ]
    for turn in turns:
        Journal(any_database).record(turn)
    judged(any_database, turns[0], "NON_RELEVANT")
    query = "SELECT turn_id::text, source, relevance, judged_by, estimate FROM turn_relevance ORDER BY source DESC"
    assert rows(any_database, query) == [
        (turns[2].id, "none", None, "", None),
        (turns[0].id, "judged", "NON_RELEVANT", "critic", 0.8),
        (turns[1].id, "estimated", None, "", 0.8),
    ]


def test_calls_counted_before_there_were_kinds_were_for_answers(empty_conninfo: str) -> None:
    migrations = read_migrations()
    database = Database(empty_conninfo).open()
    try:
        migrate(database, migrations[:6])
        with database.connection() as connection:
            connection.execute("INSERT INTO model_calls VALUES ('2026-05-04', 7)")
        migrate(database, migrations[:7])
        assert rows(database, "SELECT kind, calls FROM model_calls") == [("answering", 7)]
    finally:
        database.close()

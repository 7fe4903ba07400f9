"""The reference's tables, as views: its columns, and the queries of its dashboards, run unchanged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from customer_assist.model import Answer, ConversationId, Outcome, Timing, Trace, Turn, TurnId, Usage
from customer_assist.storage.database import Database
from customer_assist.storage.journal import Journal

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CONVERSATIONS = [
    *("id", "question", "response", "model_used", "response_time", "relevance", "relevance_explanation"),
    *("prompt_tokens", "completion_tokens", "total_tokens"),
    *("eval_prompt_tokens", "eval_completion_tokens", "eval_total_tokens", "timestamp"),
]


def make_turn(minute: int, *, model: str = "extractive", conversation_id: str | None = None) -> Turn:
    turn_id = str(uuid4())
    return Turn(
        id=TurnId(turn_id),
        conversation_id=ConversationId(conversation_id or turn_id),
        question=f"question {minute}",
        answer=Answer(f"answer {minute}", answered_by=model, usage=Usage(10 * minute, minute)),
        outcome=Outcome.ANSWERED,
        asked_at=NOON + timedelta(minutes=minute),
        trace=Trace("q", 1, "hybrid"),
        timing=Timing(0.1, 0.4, 0.5 + minute),
    )


@pytest.fixture
def turns(any_database: Database) -> list[Turn]:
    """Seven turns a minute apart, the last two of one conversation; two up, one down and up again."""
    journal = Journal(any_database)
    turns = [make_turn(minute, model="extractive" if minute < 4 else "gpt-4o-mini") for minute in range(6)]
    turns.append(make_turn(6, model="gpt-4o-mini", conversation_id=turns[5].conversation_id))
    for turn in turns:
        journal.record(turn)
    journal.rate(turns[0].conversation_id, 1, at=NOON)
    journal.rate(turns[1].conversation_id, -1, at=NOON)
    journal.rate(turns[5].conversation_id, -1, at=NOON)
    journal.rate(turns[5].conversation_id, 1, at=NOON)
    return turns


def rows(database: Database, query: str, *values: object) -> list[tuple[object, ...]]:
    with database.connection() as connection:
        return connection.execute(query.encode(), values or None).fetchall()


@pytest.mark.parametrize(
    ("table", "columns"),
    [("conversations", CONVERSATIONS), ("feedback", ["id", "conversation_id", "feedback", "timestamp"])],
)
def test_the_columns_are_the_references(any_database: Database, table: str, columns: list[str]) -> None:
    query = (
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    )
    assert [row[0] for row in rows(any_database, query, table)] == columns


def test_one_row_per_turn_the_first_by_its_conversations_id(
    any_database: Database, turns: list[Turn]
) -> None:
    found = rows(any_database, "SELECT * FROM conversations ORDER BY timestamp")
    assert [row[0] for row in found] == [turn.id for turn in turns]
    assert found[5][0] == turns[6].conversation_id
    assert found[6] == (
        *(turns[6].id, "question 6", "answer 6", "gpt-4o-mini", 6.5, "UNKNOWN", ""),
        *(60, 6, 66, 0, 0, 0, turns[6].asked_at),
    )


def test_a_rating_names_the_rated_turn_by_default_the_last(any_database: Database, turns: list[Turn]) -> None:
    found = rows(any_database, "SELECT conversation_id, feedback FROM feedback ORDER BY id")
    assert found == [(turns[0].id, 1), (turns[1].id, -1), (turns[6].id, 1)]
    joined = "SELECT c.question, f.feedback FROM conversations c JOIN feedback f ON c.id = f.conversation_id"
    assert len(rows(any_database, joined)) == 3


def test_the_last_five_conversations(any_database: Database, turns: list[Turn]) -> None:
    query = """
        SELECT timestamp AS "time", relevance, question, response, model_used, response_time, total_tokens
        FROM conversations ORDER BY timestamp DESC LIMIT 5
    """
    found = rows(any_database, query)
    assert [row[2] for row in found] == ["question 6", "question 5", "question 4", "question 3", "question 2"]
    assert found[0][0] == turns[6].asked_at


def test_thumbs_up_and_down(any_database: Database, turns: list[Turn]) -> None:
    query = """
        SELECT
            SUM(CASE WHEN feedback > 0 THEN 1 ELSE 0 END) AS thumbs_up,
            SUM(CASE WHEN feedback < 0 THEN 1 ELSE 0 END) AS thumbs_down
        FROM feedback
    """
    assert rows(any_database, query) == [(2, 1)]


def test_relevance_counts(any_database: Database, turns: list[Turn]) -> None:
    query = """
        SELECT relevance, COUNT(*) AS count FROM conversations
        WHERE timestamp BETWEEN %s AND %s GROUP BY relevance
    """
    assert rows(any_database, query, NOON, NOON + timedelta(minutes=4)) == [("UNKNOWN", 5)]


def test_models_used(any_database: Database, turns: list[Turn]) -> None:
    query = "SELECT model_used, COUNT(*) AS count FROM conversations GROUP BY model_used ORDER BY model_used"
    assert rows(any_database, query) == [("extractive", 4), ("gpt-4o-mini", 3)]


def test_tokens_and_response_times_over_time(any_database: Database, turns: list[Turn]) -> None:
    bucket = "to_timestamp(floor(extract(epoch FROM timestamp) / 240) * 240)"
    query = f"""
        SELECT {bucket} AS "time", AVG(total_tokens) AS avg_tokens, AVG(response_time) AS response_time,
            SUM(eval_total_tokens) AS judge_tokens
        FROM conversations GROUP BY 1 ORDER BY 1
    """
    found = [(row[0], float(str(row[1])), row[2], row[3]) for row in rows(any_database, query)]
    assert found == [(NOON, 16.5, 2.0, 0), (NOON + timedelta(minutes=4), 55.0, 5.5, 0)]


def test_a_turn_that_was_asked_elsewhere_in_the_world_has_its_own_moment(any_database: Database) -> None:
    from_tokyo = datetime.fromisoformat("2026-05-04T21:00:00+09:00")
    Journal(any_database).record(replace(make_turn(0), asked_at=from_tokyo))
    assert rows(any_database, "SELECT timestamp FROM conversations") == [(NOON,)]

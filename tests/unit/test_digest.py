"""The digest: what it says of a week, beside the week before, and what comes first to be done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from customer_assist.insights.channels import Channels
from customer_assist.insights.digest import MOST, Digest, read_digest
from customer_assist.insights.period import last_days
from customer_assist.insights.stats import Insights
from customer_assist.storage.database import Database
from journal_rows import put_handoff, put_thumb, put_turn

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")


def week(database: Database, *gaps: str) -> Digest:
    insights = Insights(database, lambda: NOW)
    return read_digest(insights, last_days(7, NOW, ZONE), Channels(), NOW, gaps)


def fill(database: Database) -> None:
    with database.connection() as connection:
        put_turn(connection, 1, 1, NOW - timedelta(hours=3), answered_by="gpt", tokens=(1_000_000, 0))
        put_turn(connection, 1, 2, NOW - timedelta(hours=2), outcome="small_talk", question="thank you!")
        put_thumb(
            connection, put_turn(connection, 2, 1, NOW - timedelta(hours=2)), -1, NOW - timedelta(hours=1)
        )
        put_turn(connection, 3, 1, NOW - timedelta(hours=1), outcome="abstained")
        put_turn(connection, 4, 1, NOW - timedelta(days=8), answered_by="gpt", tokens=(2_000_000, 0))
        put_turn(connection, 5, 1, NOW - timedelta(days=7) + timedelta(hours=1))  # later on the day than now
        connection.execute("INSERT INTO prices VALUES ('gpt', 2, 0, 'EUR')")


def test_a_week_is_told_beside_the_week_before(database: Database) -> None:
    fill(database)
    digest = week(database)
    figures = {figure.name: (figure.now, figure.before) for figure in digest.figures}
    assert figures["conversations"] == (3, 1) and figures["messages"] == (4, 1)
    assert figures["confirmed"] == (1, 0) and figures["not_helped"] == (2, 0)
    assert figures["rated_down"] == (1, 0) and figures["cost EUR"] == (2.0, 4.0)
    text = "\n".join(digest.lines)
    assert "3 conversations (before: 1) with 4 messages; 2 answered." in text
    assert "1 confirmed that it helped (before: 0), 0 probably, 2 not helped" in text
    assert "1 answer rated down" in text and "2.00 EUR (before: 4)" in text
    assert "waiting" not in text


def test_who_waits_comes_first_then_what_is_missing_and_never_more_than_three(database: Database) -> None:
    fill(database)
    with database.connection() as connection:
        put_handoff(connection, 3, NOW, "waiting")
        connection.execute("DELETE FROM prices")
    gaps = ("12 questions about returns had no answer", "5 about Norway had none")
    assert week(database, *gaps).next == (["Answer 1 customer waiting for a person: open the inbox.", *gaps])
    alone = week(database).next
    assert len(alone) == MOST and "inbox" in alone[0] and "rated down" in alone[1] and "prices" in alone[2]
    assert "without a price: gpt" in "\n".join(week(database).lines)


def test_a_judgment_that_fails_is_not_told_as_a_notice(database: Database) -> None:
    fill(database)
    with database.connection() as connection:
        connection.execute("INSERT INTO prices VALUES ('gpt', 2, 0, 'EUR') ON CONFLICT DO NOTHING")
        connection.execute(
            "INSERT INTO jobs (id, kind, payload, created_at, run_at, attempts, failure) "
            "VALUES (gen_random_uuid(), 'judge', '{}', %s, %s, 1, 'silent')",
            (NOW, NOW),
        )
    assert week(database).next[-1].startswith("1 job tried in vain (notices, judgments)")


def test_without_gaps_the_declined_are_pointed_at(database: Database) -> None:
    fill(database)
    assert "1 conversation ended with “I didn't know”" in week(database).next[0]


def test_a_silent_week_says_so_and_asks_for_nothing(database: Database) -> None:
    digest = week(database)
    assert list(digest.lines) == ["Nobody wrote (before: 0)."] and not digest.next

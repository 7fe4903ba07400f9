"""A Monday of a small business, counted by hand, and what every panel shows of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.grafana_macros import TimeRange

from customer_assist.storage.database import Database

DAY = datetime(2026, 5, 4, tzinfo=UTC)
MONDAY = TimeRange(DAY, DAY + timedelta(days=1, seconds=-1), "1h")
EMAIL = "jo@customer.example"  # must be nowhere that a panel shows


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return DAY + timedelta(days=days, hours=hour, minutes=minute)


def uuid(number: int) -> UUID:
    return UUID(int=number)


H1, H2, H3 = uuid(101), uuid(102), uuid(103)
# id, conversation, position, when, question, answer, outcome, by, degraded, channel, seconds (all, search, answer),
# tokens (sent, written), relevance, handoff
_TURNS = [
    (
        1,
        1,
        1,
        at(12, 0),
        "Q1",
        "A1",
        "answered",
        "extractive",
        False,
        "chat",
        (1, 0.1, 0.4),
        (0, 0),
        "RELEVANT",
    ),
    (2, 1, 2, at(12, 10), "Q2", "A2", "answered", "gpt", False, "chat", (3, 0.3, 2), (1000, 100), "RELEVANT"),
    (
        3,
        3,
        1,
        at(12, 20),
        "Moon?",
        "No idea",
        "abstained",
        "extractive",
        False,
        "api",
        (2, 0.2, 1),
        (0, 0),
        "UNKNOWN",
    ),
    (
        4,
        4,
        1,
        at(13, 0),
        "Q4",
        "Which?",
        "clarifying",
        "extractive",
        True,
        "chat",
        (2, 0.2, 1),
        (0, 0),
        "UNKNOWN",
    ),
    (
        5,
        3,
        2,
        at(13, 30),
        "A person!",
        "Yes",
        "handed_off",
        "extractive",
        False,
        "api",
        (4, 0.4, 3),
        (0, 0),
        "UNKNOWN",
    ),
    (
        6,
        3,
        3,
        at(13, 40),
        "Hello?",
        "",
        "with_human",
        "extractive",
        False,
        "api",
        (0, 0, 0),
        (0, 0),
        "UNKNOWN",
    ),
    (7, 3, 4, at(13, 50), "", "Jo here", "with_human", "human", False, "human", (0, 0, 0), (0, 0), "UNKNOWN"),
    (
        8,
        8,
        1,
        at(12, 0, -1),
        "Q8",
        "A8",
        "answered",
        "gpt",
        False,
        "chat",
        (9, 1, 8),
        (500, 50),
        "NON_RELEVANT",
    ),
]
_INSERT_TURN = """
INSERT INTO turns (
    id, conversation_id, position, timestamp, question, answer, outcome, answered_by, degraded, confidence,
    citations, steps, alternatives, trace, knowledge_version, channel, locale, customer_ref,
    response_time, retrieve_time, answer_time, prompt_tokens, completion_tokens, total_tokens, relevance, handoff_id
) VALUES (
    %s, %s, %s, %s, %s, %s, %s, %s, %s, 0.25, '[]', '[]', '[]', '{}', 1, %s, 'en', %s,
    %s, %s, %s, %s, %s, %s, %s, %s
)
"""
_JUDGED = """
UPDATE turns SET judged_by = %s, eval_prompt_tokens = %s, eval_completion_tokens = %s, eval_total_tokens = %s,
    judged_at = timestamp
WHERE id = ANY(%s)
"""
_INSERT_HANDOFF = """
INSERT INTO handoffs (
    id, conversation_id, reason, detail, summary, transcript, message, email, customer_ref, status, created_at
) VALUES (%s, %s, %s, %s, %s, '[]', '', %s, %s, %s, %s)
"""
_INSERT_JOB = """
INSERT INTO jobs (id, kind, payload, created_at, run_at, attempts, done_at, failure)
VALUES (%s, %s, '{}', %s, %s, %s, %s, %s)
"""


def fill(database: Database, now: datetime) -> None:
    """What waits and what is due is counted from `now`, all else from MONDAY."""
    ago = now - timedelta(minutes=10)
    with database.connection() as connection:
        for number, conversation, position, when, *said, channel, seconds, tokens, relevance in _TURNS:
            connection.execute(
                _INSERT_TURN,
                [
                    *(uuid(number), uuid(conversation), position, when, *said, channel, EMAIL),
                    *(*seconds, *tokens, sum(tokens), relevance, H1 if number in (5, 6, 7) else None),
                ],
            )
        for turn, value, when in (
            (1, 1, at(12, 5)),
            (2, -1, at(12, 15)),
            (2, 1, at(12, 16)),
            (3, -1, at(12, 30)),
            (8, -1, at(12, 30, -1)),
        ):
            connection.execute(
                "INSERT INTO ratings (turn_id, conversation_id, value, comment, timestamp) VALUES (%s, %s, %s, %s, %s)",
                [uuid(turn), uuid(turn), value, EMAIL, when],
            )
        for row in (
            (H1, uuid(3), "customer_wish", "", EMAIL, EMAIL, EMAIL, "taken", at(13, 30)),
            (H2, uuid(4), "not_known", "", EMAIL, EMAIL, EMAIL, "waiting", ago),
            (H3, uuid(1), "topic", "refunds", EMAIL, EMAIL, EMAIL, "resolved", at(14)),
        ):
            connection.execute(_INSERT_HANDOFF, row)
        for job in (
            (uuid(201), "email", ago, ago, 2, None, "timed out"),
            (uuid(202), "email", now, now + timedelta(hours=1), 0, None, ""),
            (uuid(203), "webhook", at(12), at(12), 1, at(13), "410 Gone"),
            (uuid(204), "webhook", at(12), at(12), 1, at(13), ""),
        ):
            connection.execute(_INSERT_JOB, job)
        connection.execute(_JUDGED, ["critic", 200, 20, 220, [uuid(1), uuid(2)]])
        connection.execute(_JUDGED, ["gpt", 300, 30, 330, [uuid(8)]])
        connection.execute(
            "INSERT INTO model_calls (day, calls, kind) VALUES (%s, 7, 'answering'), (%s, 2, 'judging'),"
            " (%s, 3, 'answering'), (%s, 2, 'judging'), (%s, 2, 'answering')",
            [now.date(), now.date(), DAY.date(), DAY.date(), at(0, 0, -1).date()],
        )


NOON, ONE, MIDNIGHT = at(12), at(13), at(0)
# By title: the columns, and the rows. A time is a moment, whatever the database makes of it.
SHOWN: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "Last 5 Conversations": (
        ["time", "question", "response", "relevance"],
        [
            (at(13, 50), "", "Jo here", "UNKNOWN"),
            (at(13, 40), "Hello?", "", "UNKNOWN"),
            (at(13, 30), "A person!", "Yes", "UNKNOWN"),
            (at(13, 0), "Q4", "Which?", "UNKNOWN"),
            (at(12, 20), "Moon?", "No idea", "UNKNOWN"),
        ],
    ),
    "+1/-1": (["thumbs_up", "thumbs_down"], [(2, 1)]),
    "Relevancy": (["relevance", "count"], [("RELEVANT", 2), ("UNKNOWN", 5)]),
    "Tokens": (["time", "avg_tokens"], [(NOON, 1100 / 3), (ONE, 0)]),
    "Model Used": (["model_used", "count"], [("extractive", 5), ("gpt", 1), ("human", 1)]),
    "Response time": (["time", "avg_response_time"], [(NOON, 2), (ONE, 1.5)]),
    "Messages by hour": (["time", "messages"], [(NOON, 3), (ONE, 3)]),
    "Messages and conversations by day": (["time", "messages", "conversations"], [(MIDNIGHT, 6, 3)]),
    "How messages ended": (
        ["outcome", "messages"],
        [("answered", 2), ("asked back", 1), ("did not know", 1), ("handed over", 1), ("with a human", 1)],
    ),
    "How messages ended, over time": (
        ["time", "metric", "messages"],
        [
            *[(NOON, "answered", 2), (NOON, "did not know", 1)],
            *[(ONE, "asked back", 1), (ONE, "handed over", 1), (ONE, "with a human", 1)],
        ],
    ),
    "Where they come from": (["channel", "messages"], [("api", 3), ("chat", 3)]),
    "Share not known": (["not known"], [(1 / 6,)]),
    "Latest unanswered questions": (
        ["time", "question", "confidence", "channel"],
        [(at(12, 20), "Moon?", 0.25, "api")],
    ),
    "Why they were handed over": (
        ["reason", "handoffs"],
        [("a topic that you keep for people", 1), ("the customer wanted a person", 1)],
    ),
    "Time to a person's first reply": (
        ["half", "95 of 100", "replied", "without a reply"],
        [(1200, 1200, 1, 1)],
    ),
    "Handed over by day": (["time", "handoffs"], [(MIDNIGHT, 2)]),
    "Seconds by stage": (
        [
            *["time", "search, half", "search, 95 of 100", "answer, half", "answer, 95 of 100"],
            *["in all, half", "in all, 95 of 100"],
        ],
        [(NOON, 0.2, 0.29, 1, 1.9, 2, 2.9), (ONE, 0.3, 0.39, 2, 2.9, 3, 3.9)],
    ),
    "Model could not answer": (["time", "degraded"], [(NOON, 0), (ONE, 0.5)]),
    "Model calls by day": (
        ["time", "metric", "calls"],
        [(MIDNIGHT, "answering", 3), (MIDNIGHT, "judging", 2)],
    ),
    "Cost by day": (["time", "metric", "cost"], []),
    "Models without a price": (["model", "tokens"], [("gpt", 1100), ("critic", 440)]),
    "Given up": (["time", "kind", "attempts", "failure"], [(at(13), "webhook", 1, "410 Gone")]),
    "Thumbs by day": (["time", "up", "down"], [(MIDNIGHT, 2, 1)]),
    "Answers that did not help": (
        ["time", "question", "answer", "answered_by"],
        [(at(12, 30), "Moon?", "No idea", "extractive")],
    ),
}
# Counted from now, whatever time is looked at.
SHOWN_NOW: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "Waiting now": (["waiting", "longest"], [(1, 600)]),
    "Who waits": (["time", "reason", "detail", "waiting"], [("ago", "the assistant did not know", "", 600)]),
    "Model calls today": (["answering", "judging"], [(7, 2)]),
    "Notices and other jobs that are not done": (
        ["kind", "due", "failing", "oldest", "failure"],
        [("email", 1, 1, 600, "timed out")],
    ),
}

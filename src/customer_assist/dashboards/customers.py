"""Rows of the operator's dashboard about customers: how much comes in, how it ends, what is missing, what helps.

A customer's message is a turn that no person of the business wrote. Days are UTC's, as the model's daily budget is.
"""

from __future__ import annotations

from customer_assist.dashboards.panels import Kind, Panel, Row
from customer_assist.dashboards.wording import OUTCOMES, in_words
from customer_assist.model import HUMAN, Outcome

_IN_TIME = "$__timeFilter(timestamp)"
_ASKED = f"{_IN_TIME} AND answered_by <> '{HUMAN}'"

VOLUME = (
    Row("How much comes in, and how it ends"),
    Panel(
        title="Messages by hour",
        kind=Kind.SERIES,
        drawn="bars",
        sql=f"""\
SELECT date_trunc('hour', timestamp, 'UTC') AS time, COUNT(*) AS messages
FROM turns
WHERE {_ASKED}
GROUP BY 1
ORDER BY 1""",
        says="What customers wrote, by hour. Staff the hours in which most comes in.",
    ),
    Panel(
        title="Messages and conversations by day",
        kind=Kind.SERIES,
        drawn="bars",
        sql=f"""\
SELECT
  date_trunc('day', timestamp, 'UTC') AS time,
  COUNT(*) AS messages,
  COUNT(*) FILTER (WHERE position = 1) AS conversations
FROM turns
WHERE {_ASKED}
GROUP BY 1
ORDER BY 1""",
        says="What customers wrote, and the conversations that began, by day (UTC).",
    ),
    Panel(
        title="How messages ended",
        kind=Kind.BARS,
        width=8,
        sql=f"""\
SELECT
  {in_words("outcome", OUTCOMES)} AS outcome,
  COUNT(*) AS messages
FROM turns
WHERE {_ASKED}
GROUP BY 1
ORDER BY 2 DESC, 1""",
        says='What came of each message. Many "did not know": see what is missing below and write it down. Many '
        '"asked back": documents are too alike, customer-assist doctor names them.',
    ),
    Panel(
        title="How messages ended, over time",
        kind=Kind.SERIES,
        drawn="bars",
        stacked=True,
        sql=f"""\
SELECT
  date_trunc('hour', timestamp, 'UTC') AS time,
  {in_words("outcome", OUTCOMES)} AS metric,
  COUNT(*) AS messages
FROM turns
WHERE {_ASKED}
GROUP BY 1, 2
ORDER BY 1, 2""",
        says="The same, as it goes. A sudden change often follows changed texts or a changed model.",
    ),
    Panel(
        title="Where they come from",
        kind=Kind.BARS,
        width=4,
        sql=f"""\
SELECT channel, COUNT(*) AS messages
FROM turns
WHERE {_ASKED}
GROUP BY channel
ORDER BY 2 DESC, 1""",
        says="Messages by channel: the chat page, the API, the terminal.",
    ),
)
MISSING = (
    Row("What is missing"),
    Panel(
        title="Share not known",
        kind=Kind.STAT,
        width=6,
        unit="percentunit",
        steps=(("green", None), ("orange", 0.15), ("red", 0.3)),
        sql=f"""\
SELECT
  COUNT(*) FILTER (WHERE outcome = '{Outcome.ABSTAINED}')::float8 / NULLIF(COUNT(*), 0) AS "not known"
FROM turns
WHERE {_ASKED}""",
        says="Of all messages, those that the assistant had no answer to. A wrong answer would be worse; a new "
        "document is better.",
    ),
    Panel(
        title="Latest unanswered questions",
        kind=Kind.TABLE,
        width=18,
        units={"confidence": "percentunit"},
        nothing="Nothing went unanswered.",
        sql=f"""\
SELECT timestamp AS time, question, confidence, channel
FROM turns
WHERE {_IN_TIME} AND outcome = '{Outcome.ABSTAINED}'
ORDER BY timestamp DESC
LIMIT 20""",
        says="Write a document for what comes up again. Confidence is the probability that the best document answers: "
        "a high one was nearly good enough.",
    ),
)
HELPED = (
    Row("Whether it helps"),
    Panel(
        title="Thumbs by day",
        kind=Kind.SERIES,
        drawn="bars",
        sql=f"""\
SELECT
  date_trunc('day', timestamp, 'UTC') AS time,
  COUNT(*) FILTER (WHERE feedback > 0) AS up,
  COUNT(*) FILTER (WHERE feedback < 0) AS down
FROM feedback
WHERE {_IN_TIME}
GROUP BY 1
ORDER BY 1""",
        says="Thumbs by the day (UTC) on which they were given; of several on one answer the last counts.",
    ),
    Panel(
        title="Answers that did not help",
        kind=Kind.TABLE,
        nothing="No thumbs down.",
        sql="""\
SELECT given.timestamp AS time, turns.question, turns.answer, turns.answered_by
FROM (
  SELECT turn_id, timestamp
  FROM ratings
  WHERE $__timeFilter(timestamp) AND value < 0
    AND NOT EXISTS (SELECT FROM ratings AS later WHERE later.turn_id = ratings.turn_id AND later.id > ratings.id)
  ORDER BY timestamp DESC
  LIMIT 10
) AS given
JOIN turns ON turns.id = given.turn_id
ORDER BY given.timestamp DESC""",
        says="The latest thumbs down. Read the answer's source: often the document is old, or answers half.",
    ),
)

"""Rows of the operator's dashboard about running it: who waits for a person, how quick, what it takes, what is left."""

from __future__ import annotations

from customer_assist.dashboards.panels import Kind, Panel, Row
from customer_assist.dashboards.wording import REASONS, in_words
from customer_assist.model import HUMAN, Outcome

_IN_TIME = "$__timeFilter(timestamp)"
_ANSWERED = f"{_IN_TIME} AND outcome <> '{Outcome.WITH_HUMAN}'"  # by the assistant: its stages took time

PEOPLE = (
    Row("Handed over to people"),
    Panel(
        title="Waiting now",
        kind=Kind.STAT,
        width=6,
        height=7,
        units={"longest": "s"},
        steps=(("green", None), ("orange", 1)),
        sql="""\
SELECT
  COUNT(*) AS waiting,
  COALESCE(EXTRACT(EPOCH FROM now() - MIN(created_at)), 0)::float8 AS longest
FROM handoffs
WHERE status = 'waiting'""",
        says="Customers who were promised a person whom nobody has taken yet, whatever time you look at, and how long "
        "the first of them has waited. Open the inbox.",
    ),
    Panel(
        title="Who waits",
        kind=Kind.TABLE,
        height=7,
        units={"waiting": "s"},
        nothing="Nobody waits.",
        sql=f"""\
SELECT
  created_at AS time,
  {in_words("reason", REASONS)} AS reason,
  detail,
  EXTRACT(EPOCH FROM now() - created_at)::float8 AS waiting
FROM handoffs
WHERE status = 'waiting'
ORDER BY created_at
LIMIT 20""",
        says="The same, one by one, the longest first, whatever time you look at.",
    ),
    Panel(
        title="Why they were handed over",
        kind=Kind.BARS,
        width=6,
        height=7,
        sql=f"""\
SELECT
  {in_words("reason", REASONS)} AS reason,
  COUNT(*) AS handoffs
FROM handoffs
WHERE $__timeFilter(created_at)
GROUP BY 1
ORDER BY 2 DESC, 1""",
        says="What led to a person. Not known: write documents. A wish: look whether the answers before it helped.",
    ),
    Panel(
        title="Time to a person's first reply",
        kind=Kind.STAT,
        width=12,
        height=6,
        unit="s",
        units={"replied": "short", "without a reply": "short"},
        sql=f"""\
SELECT
  percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS half,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS "95 of 100",
  COUNT(seconds) AS replied,
  COUNT(*) - COUNT(seconds) AS "without a reply"
FROM (
  SELECT (
    SELECT EXTRACT(EPOCH FROM MIN(turns.timestamp) - handoffs.created_at)::float8
    FROM turns
    WHERE turns.conversation_id = handoffs.conversation_id AND turns.handoff_id = handoffs.id
      AND turns.answered_by = '{HUMAN}'
  ) AS seconds
  FROM handoffs
  WHERE $__timeFilter(created_at)
) AS waited""",
        says="How long customers waited who were handed over in this time: half of them, and 95 of 100, not longer "
        "than this. Without a reply are those who still wait, and those who went back or were closed without one.",
    ),
    Panel(
        title="Handed over by day",
        kind=Kind.SERIES,
        drawn="bars",
        height=6,
        sql="""\
SELECT date_trunc('day', created_at, 'UTC') AS time, COUNT(*) AS handoffs
FROM handoffs
WHERE $__timeFilter(created_at)
GROUP BY 1
ORDER BY 1""",
        says="Conversations that went to a person, by day (UTC).",
    ),
)
SPEED = (
    Row("How quick it is"),
    Panel(
        title="Seconds by stage",
        kind=Kind.SERIES,
        width=16,
        unit="s",
        sql=f"""\
SELECT
  date_trunc('hour', timestamp, 'UTC') AS time,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY retrieve_time) AS "search, half",
  percentile_cont(0.95) WITHIN GROUP (ORDER BY retrieve_time) AS "search, 95 of 100",
  percentile_cont(0.5) WITHIN GROUP (ORDER BY answer_time) AS "answer, half",
  percentile_cont(0.95) WITHIN GROUP (ORDER BY answer_time) AS "answer, 95 of 100",
  percentile_cont(0.5) WITHIN GROUP (ORDER BY response_time) AS "in all, half",
  percentile_cont(0.95) WITHIN GROUP (ORDER BY response_time) AS "in all, 95 of 100"
FROM turns
WHERE {_ANSWERED}
GROUP BY 1
ORDER BY 1""",
        says="Half of the assistant's answers, and 95 of 100, did not take longer than this. Search slow: the machine "
        "is short of cores or memory. Answer slow: the language model is.",
    ),
    Panel(
        title="Model could not answer",
        kind=Kind.SERIES,
        width=8,
        unit="percentunit",
        sql=f"""\
SELECT
  date_trunc('hour', timestamp, 'UTC') AS time,
  COUNT(*) FILTER (WHERE degraded)::float8 / COUNT(*) AS degraded
FROM turns
WHERE {_ANSWERED}
GROUP BY 1
ORDER BY 1""",
        says="Share of answers that the language model should have written and could not: it was down, too slow, or "
        "the day's calls were used up. Customers got an answer word for word from your texts instead.",
    ),
)
COST = (
    Row("What the language model takes"),
    Panel(
        title="Model calls today",
        kind=Kind.STAT,
        width=4,
        sql="""\
SELECT
  COALESCE(SUM(calls) FILTER (WHERE kind = 'answering'), 0) AS answering,
  COALESCE(SUM(calls) FILTER (WHERE kind = 'judging'), 0) AS judging
FROM model_calls
WHERE day = (now() AT TIME ZONE 'UTC')::date""",
        says="Calls of the language model since midnight UTC. CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY is how many there "
        "may be for answers; then they are taken word for word. A judge has calls of its own: "
        "CUSTOMER_ASSIST_JUDGE_CALLS_PER_DAY.",
    ),
    Panel(
        title="Model calls by day",
        kind=Kind.SERIES,
        width=8,
        drawn="bars",
        stacked=True,
        sql="""\
SELECT day::timestamp AT TIME ZONE 'UTC' AS time, kind AS metric, calls
FROM model_calls
WHERE day BETWEEN ($__timeFrom()::timestamptz AT TIME ZONE 'UTC')::date
  AND ($__timeTo()::timestamptz AT TIME ZONE 'UTC')::date
ORDER BY 1, 2""",
        says="The same for the days that you look at, each whole.",
    ),
    Panel(
        title="Cost by day",
        kind=Kind.SERIES,
        width=8,
        drawn="bars",
        stacked=True,
        nothing="No prices: customer-assist prices set enters them.",
        sql=f"""\
SELECT
  day::timestamp AT TIME ZONE 'UTC' AS time,
  model || CASE purpose WHEN 'judging' THEN ' as judge' ELSE '' END || ', ' || currency AS metric,
  cost
FROM (
  SELECT day, purpose, model, currency, SUM(cost) AS cost
  FROM turn_costs
  WHERE {_IN_TIME} AND currency IS NOT NULL
  GROUP BY day, purpose, model, currency
) AS by_day
ORDER BY 1, 2""",
        says="Tokens of answers, and of a judge that rated them, at your prices, by model and the day (UTC) on which "
        "was asked. Enter prices with customer-assist prices; a model without one is not counted.",
    ),
    Panel(
        title="Models without a price",
        kind=Kind.TABLE,
        width=4,
        nothing="None.",
        sql=f"""\
SELECT model, SUM(prompt_tokens + completion_tokens) AS tokens
FROM turn_costs
WHERE {_IN_TIME} AND currency IS NULL
GROUP BY 1
ORDER BY 2 DESC, 1""",
        says="Tokens that the cost does not count. Enter the model's price, by this name.",
    ),
)
BACKLOG = (
    Row("Work behind the scenes"),
    Panel(
        title="Notices and other jobs that are not done",
        kind=Kind.TABLE,
        height=6,
        units={"oldest": "s"},
        nothing="All is done.",
        sql="""\
SELECT
  kind,
  COUNT(*) FILTER (WHERE run_at <= now()) AS due,
  COUNT(*) FILTER (WHERE attempts > 0 AND failure <> '') AS failing,
  EXTRACT(EPOCH FROM now() - MIN(created_at))::float8 AS oldest,
  MAX(failure) AS failure
FROM jobs
WHERE done_at IS NULL
GROUP BY kind
ORDER BY kind""",
        says="Whatever time you look at. Due for longer than a minute: the worker does not run. Failing: the last "
        "column says why, and it is tried again by itself. Turns that wait on a server's disk because the database "
        "was away are not seen here.",
    ),
    Panel(
        title="Given up",
        kind=Kind.TABLE,
        height=6,
        nothing="Nothing was given up.",
        sql="""\
SELECT done_at AS time, kind, attempts, failure
FROM jobs
WHERE $__timeFilter(done_at) AND failure <> ''
ORDER BY done_at DESC
LIMIT 20""",
        says="Jobs that can never be done, such as a notice to an address that is refused: somebody was not told.",
    ),
)

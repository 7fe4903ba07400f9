"""The reference's dashboard: its panels, by its names, over the views `conversations` and `feedback`.

What the reference asks of every conversation ever is asked of the time that is looked at, and averaged where it would
be a point for each conversation: a million points are no picture, and no browser draws them.
"""

from __future__ import annotations

from customer_assist.dashboards.panels import Dashboard, Kind, Panel

_IN_TIME = "timestamp BETWEEN $__timeFrom() AND $__timeTo()"

LAST_FIVE = Panel(
    title="Last 5 Conversations",
    kind=Kind.TABLE,
    width=24,
    sql=f"""\
SELECT timestamp AS time, question, response, relevance
FROM conversations
WHERE {_IN_TIME}
ORDER BY timestamp DESC
LIMIT 5""",
    says="The five latest messages in the time that you look at, with what was said and how a judge found it. "
    "Relevance is UNKNOWN until a judge has looked.",
)
THUMBS = Panel(
    title="+1/-1",
    kind=Kind.PIE,
    sql=f"""\
SELECT
  SUM(CASE WHEN feedback > 0 THEN 1 ELSE 0 END) AS thumbs_up,
  SUM(CASE WHEN feedback < 0 THEN 1 ELSE 0 END) AS thumbs_down
FROM feedback
WHERE {_IN_TIME}""",
    says="Thumbs that customers gave, by when they gave them. Of several on one answer the last counts.",
)
RELEVANCY = Panel(
    title="Relevancy",
    kind=Kind.GAUGE,
    steps=(("green", None), ("orange", 70), ("red", 85)),
    sql=f"""\
SELECT relevance, COUNT(*) AS count
FROM conversations
WHERE {_IN_TIME}
GROUP BY relevance
ORDER BY relevance""",
    says="How many answers a judge found RELEVANT, PARTLY_RELEVANT or NON_RELEVANT; UNKNOWN are those that no judge "
    "has seen. The colour tells how large each is beside the largest, not whether that is good.",
)
TOKENS = Panel(
    title="Tokens",
    kind=Kind.SERIES,
    sql=f"""\
SELECT $__timeGroup(timestamp, $__interval) AS time, AVG(total_tokens) AS avg_tokens
FROM conversations
WHERE {_IN_TIME}
GROUP BY 1
ORDER BY 1""",
    says="Tokens of the language model for one answer, on average. Answers that are taken word for word cost none.",
)
MODEL_USED = Panel(
    title="Model Used",
    kind=Kind.BARS,
    sql=f"""\
SELECT model_used, COUNT(*) AS count
FROM conversations
WHERE {_IN_TIME}
GROUP BY model_used
ORDER BY count DESC, model_used""",
    says="Who wrote the answers: a language model by its name, extractive (word for word from your texts), or human.",
)
RESPONSE_TIME = Panel(
    title="Response time",
    kind=Kind.SERIES,
    unit="s",
    sql=f"""\
SELECT $__timeGroup(timestamp, $__interval) AS time, AVG(response_time) AS avg_response_time
FROM conversations
WHERE {_IN_TIME}
GROUP BY 1
ORDER BY 1""",
    says="Seconds until the answer was there, on average.",
)

CONVERSATIONS = Dashboard(
    uid="customer-assist-conversations",
    title="Customer Support: Conversations",
    says="What is asked and answered, whether it helped, and what it took.",
    since="now-24h",
    refresh="30s",
    parts=(LAST_FIVE, THUMBS, RELEVANCY, TOKENS, MODEL_USED, RESPONSE_TIME),
)

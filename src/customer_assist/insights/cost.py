"""What the language model took: tokens, and money where the owner has entered prices.

A model without a price is named with its tokens, never counted as free; amounts of different currencies are never
added up. What a judge read is kept apart from what answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg.rows import class_row

from customer_assist.insights.channels import Channels
from customer_assist.insights.period import Period
from customer_assist.insights.reading import reading
from customer_assist.storage.database import Database

_SPENT = """
SELECT (timestamp AT TIME ZONE %(zone)s)::date AS day, purpose, model, sum(prompt_tokens)::bigint AS prompt_tokens,
    sum(completion_tokens)::bigint AS completion_tokens, sum(cost) AS amount, currency
FROM turn_costs
WHERE timestamp >= %(since)s AND timestamp < %(until)s AND {channel}
GROUP BY 1, purpose, model, currency ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """By one model on one day."""

    day: date
    purpose: str  # answering or judging
    model: str
    prompt_tokens: int
    completion_tokens: int
    amount: float | None  # None: the model has no price
    currency: str | None

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Cost:
    days: Sequence[Spent]
    total: Mapping[str, float]  # by currency
    per_conversation: Mapping[str, float]  # of all conversations, those that cost nothing among them
    unpriced: Mapping[str, int]  # tokens by model, that no amount counts

    @property
    def tokens(self) -> int:
        return sum(each.tokens for each in self.days)


def read_cost(database: Database, period: Period, channels: Channels, conversations: int) -> Cost:
    """Of the messages of a period, which began so many conversations. Raises StorageUnavailable."""
    values = {"since": period.since, "until": period.until, "zone": period.zone.key, **channels.values}
    with reading(database) as connection:
        cursor = connection.cursor(row_factory=class_row(Spent))
        days = cursor.execute(_SPENT.format(channel=channels.sql).encode(), values).fetchall()
    total: dict[str, float] = defaultdict(float)
    unpriced: dict[str, int] = defaultdict(int)
    for each in days:
        if each.amount is None or each.currency is None:
            unpriced[each.model] += each.tokens
        else:
            total[each.currency] += each.amount
    per = {currency: amount / conversations for currency, amount in total.items()} if conversations else {}
    return Cost(days, dict(total), per, dict(unpriced))

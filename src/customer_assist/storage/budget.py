"""What the language model may cost: calls and money a day, and calls for a conversation, counted for all processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

import psycopg
import structlog
from psycopg.rows import TupleRow

from customer_assist.errors import CallsSpent, StorageUnavailable
from customer_assist.model import Usage
from customer_assist.ports import CallBudget
from customer_assist.storage.conversations import as_uuid
from customer_assist.storage.database import Database

ANSWERING, JUDGING = "answering", "judging"  # kinds of calls, each with a number of its own
JUDGES_PART = Decimal("0.1")  # of a day's money, that judging may take at most
_SPENT = {
    ANSWERING: "today's calls of the language model are spent: raise CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY",
    JUDGING: "today's calls of the judge are spent: raise CUSTOMER_ASSIST_JUDGE_CALLS_PER_DAY",
}
_TAKE = """
INSERT INTO model_calls (day, calls, kind) VALUES (%s, 1, %s)
ON CONFLICT (day, kind) DO UPDATE SET calls = model_calls.calls + 1
WHERE model_calls.calls < %s RETURNING calls
"""
_TAKE_FOR_CONVERSATION = """
INSERT INTO conversation_calls (conversation_id, calls, day) VALUES (%s, 1, %s)
ON CONFLICT (conversation_id) DO UPDATE SET calls = conversation_calls.calls + 1, day = excluded.day
WHERE conversation_calls.calls < %s RETURNING calls
"""
_SPEND = """
INSERT INTO model_usage (day, kind, model, prompt_tokens, completion_tokens) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (day, kind, model) DO UPDATE SET
    prompt_tokens = model_usage.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = model_usage.completion_tokens + excluded.completion_tokens
"""
# What cannot be priced, or has another currency, is not in the sums.
_MONEY = """
SELECT
    (SELECT currency FROM prices WHERE model = %(model)s),
    (SELECT currency FROM prices WHERE model = %(judge)s),
    coalesce(sum(cost), 0),
    coalesce(sum(cost) FILTER (WHERE kind = 'judging'), 0)
FROM model_costs
WHERE day = %(day)s AND currency = (SELECT currency FROM prices WHERE model = %(model)s)
"""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MoneyLimit:
    """Money that a day's calls of all kinds may cost, in the currency of `model`'s price."""

    a_day: Decimal
    model: str  # that answers
    judge: str  # that judges; may be the same


@dataclass(frozen=True, slots=True)
class Money:
    """What was spent on a day. A currency is "" where the model has no price."""

    currency: str
    judges_currency: str
    spent: Decimal
    on_judging: Decimal


class DailyCallBudget:
    """A CallBudget of `calls_per_day` of one kind. Calls are counted before they are made, so that none is free.

    `money` is looked at before each call; what a call took is known when it ends. So a day costs at most what the
    calls cost that were under way when the money was spent.
    """

    def __init__(
        self,
        database: Database,
        calls_per_day: int,
        today: Callable[[], date],
        kind: str = ANSWERING,
        money: MoneyLimit | None = None,
    ) -> None:
        self._database = database
        self._calls_per_day = calls_per_day
        self._today = today
        self._kind = kind
        self._money = money

    def take(self) -> None:
        """Count one call. Raises CallsSpent where there is none left.

        Also where the database does not answer: a budget that cannot be counted could be overdrawn without end,
        while the customer is still served with an extracted answer.
        """
        self._take()

    def of_conversation(self, conversation_id: str, calls: int) -> CallBudget:
        """The same for calls that count as the conversation's as well, of which it has so many."""
        return _OfConversation(self, conversation_id, calls)

    def spent(self, usage: Usage) -> None:
        """Never raises: what cannot be counted is logged."""
        try:
            with self._database.connection() as connection:
                values = [self._today(), self._kind, usage.by, usage.prompt_tokens, usage.completion_tokens]
                connection.execute(_SPEND, values)
        except StorageUnavailable as error:
            log.warning("tokens_not_counted", tokens=usage.total_tokens, reason=str(error))

    def _take(self, conversation_id: str = "", calls: int = 0) -> None:
        if self._calls_per_day < 1:
            raise CallsSpent(_SPENT[self._kind])
        try:
            with self._database.connection() as connection:  # what is refused is not counted anywhere
                if self._money is not None:
                    self._look_at(connection, self._money)
                if conversation_id:
                    self._take_for(connection, conversation_id, calls)
                values = [self._today(), self._kind, self._calls_per_day]
                if connection.execute(_TAKE, values).fetchone() is None:
                    raise CallsSpent(_SPENT[self._kind])
        except StorageUnavailable as error:
            raise CallsSpent(
                "calls of the language model cannot be counted: the database does not answer"
            ) from error

    def _take_for(self, connection: psycopg.Connection[TupleRow], conversation_id: str, calls: int) -> None:
        values = [as_uuid(conversation_id), self._today(), calls]
        if calls < 1 or connection.execute(_TAKE_FOR_CONVERSATION, values).fetchone() is None:
            raise CallsSpent(
                f"this conversation's {calls} calls of the language model are spent: "
                "raise CUSTOMER_ASSIST_MODEL_CALLS_PER_CONVERSATION"
            )

    def _look_at(self, connection: psycopg.Connection[TupleRow], limit: MoneyLimit) -> None:
        found = _money(connection, limit, self._today())
        if why := unpriced(limit, found, judging=self._kind == JUDGING):
            raise CallsSpent(why)
        if found.spent >= limit.a_day:
            raise CallsSpent(
                "today's money for the language model is spent: raise CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY"
            )
        if self._kind == JUDGING and found.on_judging >= limit.a_day * JUDGES_PART:
            raise CallsSpent("the judge's part of today's money is spent: it is a tenth")


class _OfConversation(CallBudget):
    def __init__(self, budget: DailyCallBudget, conversation_id: str, calls: int) -> None:
        self._budget = budget
        self._conversation_id = conversation_id
        self._calls = calls

    def take(self) -> None:
        self._budget._take(self._conversation_id, self._calls)

    def spent(self, usage: Usage) -> None:
        self._budget.spent(usage)


def read_calls(database: Database, day: date) -> dict[str, int]:
    """Of each kind that had any. Raises StorageUnavailable."""
    with database.connection() as connection:
        return dict(
            connection.execute("SELECT kind, calls FROM model_calls WHERE day = %s", [day]).fetchall()
        )


def read_money(database: Database, limit: MoneyLimit, day: date) -> Money:
    """Raises StorageUnavailable."""
    with database.connection() as connection:
        return _money(connection, limit, day)


def unpriced(limit: MoneyLimit, found: Money, *, judging: bool) -> str:
    """Why a budget in money cannot be kept, and what to do; "" where it can."""
    for model, currency in (
        (limit.model, found.currency),
        *([(limit.judge, found.judges_currency)] * judging),
    ):
        if not currency:
            return (
                f"CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY needs the price of {model}: "
                "enter it with `customer-assist prices set`"
            )
    if judging and found.judges_currency != found.currency:
        return (
            f"the prices of {limit.model} and {limit.judge} are in two currencies, so no budget holds for both: "
            "enter them in one"
        )
    return ""


def _money(connection: psycopg.Connection[TupleRow], limit: MoneyLimit, day: date) -> Money:
    values = {"model": limit.model, "judge": limit.judge, "day": day}
    currency, judges, spent, on_judging = cast(
        tuple[str | None, str | None, Decimal, Decimal], connection.execute(_MONEY, values).fetchone()
    )
    return Money(currency or "", judges or "", spent, on_judging)

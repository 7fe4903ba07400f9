"""The daily budget of model calls, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from customer_assist.storage.budget import DailyCallBudget
from customer_assist.storage.database import Database

MONDAY = date(2026, 5, 4)


def test_no_more_calls_are_given_than_a_day_has_however_many_ask_at_once(database: Database) -> None:
    budgets = [DailyCallBudget(database, 7, lambda: MONDAY) for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda number: budgets[number % 2].take(), range(30)))
    assert sum(taken) == 7


def test_a_new_day_has_a_new_budget(database: Database) -> None:
    days = iter([MONDAY, MONDAY, date(2026, 5, 5)])
    budget = DailyCallBudget(database, 1, lambda: next(days))
    assert [budget.take(), budget.take(), budget.take()] == [True, False, True]


def test_a_budget_of_nothing_gives_no_call(database: Database) -> None:
    assert not DailyCallBudget(database, 0, lambda: MONDAY).take()


def test_what_cannot_be_counted_is_not_spent(database: Database, outage: Callable[[], None]) -> None:
    outage()
    assert not DailyCallBudget(database, 7, lambda: MONDAY).take()

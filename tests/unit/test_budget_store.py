"""What the language model may cost, on a real PostgreSQL: calls a day, for a conversation, and money."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from customer_assist.errors import CallsSpent
from customer_assist.model import Usage
from customer_assist.ports import CallBudget
from customer_assist.storage.budget import JUDGING, DailyCallBudget, MoneyLimit
from customer_assist.storage.database import Database

MONDAY = date(2026, 5, 4)
EUROS = MoneyLimit(Decimal("0.10"), "gpt", "gpt")


def takes(budget: CallBudget) -> bool:
    try:
        budget.take()
    except CallsSpent:
        return False
    return True


def refusal(budget: CallBudget) -> str:
    with pytest.raises(CallsSpent) as raised:
        budget.take()
    return str(raised.value)


def at_once(budgets: list[CallBudget], calls: int) -> int:
    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(lambda number: takes(budgets[number % len(budgets)]), range(calls)))


def priced(database: Database, *models: str, currency: str = "EUR") -> None:
    """A million tokens cost a hundred: a thousand cost a tenth."""
    with database.connection() as connection:
        for model in models:
            connection.execute("INSERT INTO prices VALUES (%s, 100, 100, %s)", [model, currency])


def test_no_more_calls_are_given_than_a_day_has_however_many_ask_at_once(database: Database) -> None:
    assert at_once([DailyCallBudget(database, 7, lambda: MONDAY) for _ in range(2)], 30) == 7


def test_a_new_day_has_a_new_budget(database: Database) -> None:
    days = iter([MONDAY, MONDAY, date(2026, 5, 5)])
    budget = DailyCallBudget(database, 1, lambda: next(days))
    assert [takes(budget), takes(budget), takes(budget)] == [True, False, True]


def test_a_budget_of_nothing_gives_no_call(database: Database) -> None:
    assert not takes(DailyCallBudget(database, 0, lambda: MONDAY))


def test_what_cannot_be_counted_is_not_spent(database: Database, outage: Callable[[], None]) -> None:
    outage()
    assert "does not answer" in refusal(DailyCallBudget(database, 7, lambda: MONDAY))


def test_judging_takes_nothing_of_what_answers_have(database: Database) -> None:
    answers = DailyCallBudget(database, 3, lambda: MONDAY)
    judge = DailyCallBudget(database, 2, lambda: MONDAY, JUDGING)
    assert at_once([judge], 9) == 2
    assert "CUSTOMER_ASSIST_JUDGE_CALLS_PER_DAY" in refusal(judge)
    assert at_once([answers], 9) == 3
    assert "CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY" in refusal(answers)


def test_a_conversation_gets_no_more_than_its_own_calls_however_many_ask_at_once(database: Database) -> None:
    days = [DailyCallBudget(database, 1000, lambda: MONDAY) for _ in range(2)]
    one, other = str(uuid4()), str(uuid4())
    assert at_once([day.of_conversation(one, 5) for day in days], 30) == 5
    assert "CUSTOMER_ASSIST_MODEL_CALLS_PER_CONVERSATION" in refusal(days[0].of_conversation(one, 5))
    assert takes(days[0].of_conversation(other, 5)), "others have their own"


def test_what_one_budget_refuses_the_other_does_not_count(database: Database) -> None:
    day = DailyCallBudget(database, 3, lambda: MONDAY)
    chatty, late = str(uuid4()), str(uuid4())
    assert at_once([day.of_conversation(chatty, 1)], 9) == 1, "its refused calls are not the day's"
    assert at_once([day], 9) == 2
    assert not takes(day.of_conversation(late, 2)), "the day is spent"
    with database.connection() as connection:
        query = "SELECT calls FROM conversation_calls WHERE conversation_id = %s"
        assert connection.execute(query, [late]).fetchone() is None


def test_when_the_money_is_spent_no_call_is_made_and_a_new_day_has_new_money(database: Database) -> None:
    priced(database, "gpt")
    days = [MONDAY]
    budget = DailyCallBudget(database, 100, lambda: days[0], money=EUROS)
    budget.take()
    budget.spent(Usage(900, 99, by="gpt"))
    assert takes(budget), "0.0999 of 0.10"
    budget.spent(Usage(0, 1, by="gpt"))
    assert "CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY" in refusal(
        DailyCallBudget(database, 100, lambda: MONDAY, money=EUROS)
    ), "another process, or this one after a restart"
    days[0] = date(2026, 5, 5)
    assert takes(budget)


def test_calls_under_way_are_all_that_a_day_of_money_can_be_overdrawn_by(database: Database) -> None:
    priced(database, "gpt")
    budgets = [DailyCallBudget(database, 1000, lambda: MONDAY, money=EUROS) for _ in range(2)]

    def call(number: int) -> bool:
        if not takes(budgets[number % 2]):
            return False
        budgets[number % 2].spent(Usage(100, 0, by="gpt"))  # a hundredth
        return True

    with ThreadPoolExecutor(4) as threads:
        made = sum(threads.map(call, range(60)))
    assert 10 <= made <= 10 + 3, "four at once: when the tenth is told, at most three others are under way"


@pytest.mark.parametrize(
    ("limit", "named"), [(EUROS, "gpt"), (MoneyLimit(Decimal(1), "gpt", "critic"), "critic")]
)
def test_without_a_price_no_budget_in_money_can_be_kept_and_none_is_overdrawn(
    database: Database, limit: MoneyLimit, named: str
) -> None:
    if named == "critic":
        priced(database, "gpt")
        assert takes(DailyCallBudget(database, 9, lambda: MONDAY, money=limit)), (
            "answers need the judge's price not"
        )
    said = refusal(DailyCallBudget(database, 9, lambda: MONDAY, JUDGING, limit))
    assert f"price of {named}" in said and "customer-assist prices set" in said


def test_a_judge_that_is_paid_in_another_currency_is_refused(database: Database) -> None:
    priced(database, "gpt")
    priced(database, "critic", currency="USD")
    limit = MoneyLimit(Decimal(1), "gpt", "critic")
    assert "two currencies" in refusal(DailyCallBudget(database, 9, lambda: MONDAY, JUDGING, limit))


def test_a_judge_gets_a_tenth_of_the_money_and_customers_the_rest(database: Database) -> None:
    priced(database, "gpt", "critic")
    limit = MoneyLimit(Decimal("0.10"), "gpt", "critic")
    judge = DailyCallBudget(database, 1000, lambda: MONDAY, JUDGING, limit)
    judge.take()
    judge.spent(Usage(100, 0, by="critic"))
    assert "tenth" in refusal(judge)
    answers = DailyCallBudget(database, 1000, lambda: MONDAY, money=limit)
    answers.take()
    answers.spent(Usage(900, 0, by="gpt"))
    assert not takes(answers), "together it is all"


def test_tokens_that_cannot_be_counted_disturb_nobody(database: Database, outage: Callable[[], None]) -> None:
    outage()
    DailyCallBudget(database, 7, lambda: MONDAY).spent(Usage(1, 1, by="gpt"))

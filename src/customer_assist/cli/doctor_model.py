"""The part of `customer-assist doctor` about the language model: what is spent, and whether its judge keeps up."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from customer_assist.cli.output import counted, out, print_note

if TYPE_CHECKING:
    from customer_assist.bootstrap import Assistant

_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class JudgeState:
    model: str
    share: float
    calls_today: int
    calls_per_day: int
    waiting: int
    given_up: int  # lately
    failure: str


@dataclass(frozen=True, slots=True)
class ModelState:
    model: str
    calls_today: int
    calls_per_day: int
    calls_per_conversation: int
    spent_today: float | None  # None: no budget in money
    budget_per_day: float | None
    currency: str
    judge: JudgeState
    problems: tuple[str, ...]


def examine_model(opened: Assistant, now: datetime) -> ModelState | None:
    """None: there is none. Calls nobody."""
    from customer_assist.bootstrap import budget_problems, money_limit
    from customer_assist.sampling import JUDGMENT
    from customer_assist.storage.budget import ANSWERING, JUDGING, read_calls, read_money

    llm = opened.settings.llm
    if llm is None:
        return None
    calls, limit = read_calls(opened.database, now.date()), money_limit(llm)
    money = read_money(opened.database, limit, now.date()) if limit else None
    judging = [each for each in opened.jobs.backlog(now - _LATELY) if each.kind == JUDGMENT]
    return ModelState(
        model=llm.model,
        calls_today=calls.get(ANSWERING, 0),
        calls_per_day=llm.calls_per_day,
        calls_per_conversation=llm.calls_per_conversation,
        spent_today=float(money.spent) if money else None,
        budget_per_day=float(limit.a_day) if limit else None,
        currency=money.currency if money else "",
        judge=JudgeState(
            model=llm.judging_model,
            share=llm.judge.share,
            calls_today=calls.get(JUDGING, 0),
            calls_per_day=llm.judge.calls_per_day,
            waiting=sum(each.waiting for each in judging),
            given_up=sum(each.given_up for each in judging),
            failure=judging[0].failure if judging else "",
        ),
        problems=tuple(budget_problems(llm, opened.database)),
    )


def model_as_json(state: ModelState | None) -> dict[str, object]:
    return {"model": None if state is None else asdict(state)}


def show_model(state: ModelState | None) -> None:
    if state is None:
        return
    for problem in state.problems:
        print_note(problem)
    money = ""
    if state.budget_per_day is not None and state.currency:
        money = f"; {state.spent_today:.4f} of {state.budget_per_day:.2f} {state.currency}"
    _line(f"{state.model} today: {state.calls_today} of {counted(state.calls_per_day, 'call')}{money}")
    judge = state.judge
    parts = [f"{judge.calls_today} of {counted(judge.calls_per_day, 'call')} today"]
    parts += [f"{counted(judge.waiting, 'answer')} waiting"] if judge.waiting else []
    parts += [f"{judge.given_up} given up in the last {_LATELY.days} days"] if judge.given_up else []
    parts += [f"last: {judge.failure}"] if judge.failure else []
    _line(f"{judge.model} judges {judge.share:.0%} of answers: {'; '.join(parts)}")


def _line(text: str) -> None:
    out().print(text, markup=False, soft_wrap=True)

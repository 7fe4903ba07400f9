"""A period in a few lines: what was answered, what was wrong, who waits, what it cost, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customer_assist.insights.channels import Channels
from customer_assist.insights.outcomes import Came, Why
from customer_assist.insights.period import Period
from customer_assist.insights.stats import Insights, Stats
from customer_assist.model import Outcome

MOST = 3  # things to do next


@dataclass(frozen=True, slots=True)
class Figure:
    """One number now and in the days before; None: it could not be counted."""

    name: str
    now: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class Digest:
    period: Period
    before: Period
    figures: Sequence[Figure]
    lines: Sequence[str]  # what happened
    next: Sequence[str]  # at most MOST


def read_digest(
    insights: Insights, period: Period, channels: Channels, now: datetime, missing: Sequence[str] = ()
) -> Digest:
    """`missing`: a line for each gap, most asked first. Raises StorageUnavailable."""
    before = period.before(now)
    return _digest(insights.stats(period, channels), insights.stats(before, channels), missing)


def _digest(now: Stats, before: Stats, missing: Sequence[str]) -> Digest:
    figures = [
        Figure("conversations", now.turns.conversations, before.turns.conversations),
        *(_outcome(came, now, before) for came in (Came.CONFIRMED, Came.ASSUMED, Came.NOT_HELPED)),
        Figure("handed_over", now.endings.of(Came.HANDED_OVER), before.endings.of(Came.HANDED_OVER)),
        Figure("messages", now.turns.messages, before.turns.messages),
        Figure("answered", _answered(now), _answered(before)),
        Figure("rated_down", now.thumbs.down, before.thumbs.down),
        Figure("waiting_now", now.people.waiting_now, None),
        *_costs(now, before),
    ]
    return Digest(now.period, before.period, figures, _lines(now, before), _next(now, missing))


def _outcome(came: Came, now: Stats, before: Stats) -> Figure:
    return Figure(str(came), now.endings.of(came), before.endings.of(came))


def _answered(stats: Stats) -> int:
    return stats.turns.by_outcome()[Outcome.ANSWERED]


def _costs(now: Stats, before: Stats) -> list[Figure]:
    currencies = sorted({*now.cost.total, *before.cost.total})
    return [
        Figure(f"cost {currency}", now.cost.total.get(currency, 0.0), before.cost.total.get(currency, 0.0))
        for currency in currencies
    ]


def _lines(now: Stats, before: Stats) -> list[str]:
    turns, endings = now.turns, now.endings
    if not turns.messages:
        return [f"Nobody wrote ({_before(before.turns.messages)})."]
    helped, assumed = endings.of(Came.CONFIRMED), endings.of(Came.ASSUMED)
    lines = [
        f"{_counted(turns.conversations, 'conversation')} ({_before(before.turns.conversations)}) with "
        f"{_counted(turns.messages, 'message')}; {_answered(now)} answered.",
        f"{helped} confirmed that it helped ({_before(before.endings.of(Came.CONFIRMED))}), {assumed} probably, "
        f"{endings.of(Came.NOT_HELPED)} not helped, {endings.of(Came.HANDED_OVER)} handed over, of "
        f"{endings.of(Came.UNKNOWN)} nothing is known.",
        f"{_counted(now.thumbs.down, 'answer')} rated down ({_before(before.thumbs.down)}), {now.thumbs.up} up.",
    ]
    if now.people.waiting_now:
        lines.append(f"{_counted(now.people.waiting_now, 'customer')} waiting for a person now.")
    lines.append(_money(now, before))
    return lines


def _money(now: Stats, before: Stats) -> str:
    costs = [
        f"{amount:.2f} {currency} ({_before(round(before.cost.total.get(currency, 0.0), 2))})"
        for currency, amount in sorted(now.cost.total.items())
    ]
    if now.cost.unpriced:
        costs.append(f"without a price: {', '.join(sorted(now.cost.unpriced))}")
    if not costs:
        return "The language model took nothing: answers came word for word from your texts."
    return f"The language model cost {'; '.join(costs)}."


def _next(now: Stats, missing: Sequence[str]) -> list[str]:
    """What brings most first: who waits, then what is missing, then what was wrong."""
    todo: list[str] = []
    if now.people.waiting_now:
        todo.append(
            f"Answer {_counted(now.people.waiting_now, 'customer')} waiting for a person: open the inbox."
        )
    todo += missing
    declined = now.endings.by_why.get(Why.DECLINED, 0)
    if declined and not missing:
        todo.append(
            f"{_counted(declined, 'conversation')} ended with “I didn't know”: see what was asked, and write it down."
        )
    if now.thumbs.down:
        todo.append(f"Read the {_counted(now.thumbs.down, 'answer')} rated down, and mend their articles.")
    if failing := sum(kind.failing for kind in now.backlog):
        todo.append(
            f"{_counted(failing, 'job')} tried in vain (notices, judgments): customer-assist doctor says why."
        )
    if now.cost.unpriced:
        todo.append("Enter the prices of your language models: customer-assist prices.")
    return todo[:MOST]


def _before(value: float) -> str:
    return f"before: {value:g}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

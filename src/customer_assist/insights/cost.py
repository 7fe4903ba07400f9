"""What the language model took: tokens, and money where the owner has entered prices.

A model without a price is named with its tokens, never counted as free; amounts of different currencies are never
added up. Tokens of a judge have a place of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from psycopg.rows import class_row

from customer_assist.insights.reading import reading
from customer_assist.insights.turns import Cell, Cube
from customer_assist.storage.database import Database

_MILLION = Decimal(1_000_000)
_PRICES = "SELECT model, prompt_per_million, completion_per_million, currency FROM prices ORDER BY model"


@dataclass(frozen=True, slots=True)
class Price:
    model: str
    prompt_per_million: Decimal
    completion_per_million: Decimal
    currency: str

    def of(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        sent = prompt_tokens * self.prompt_per_million
        return (sent + completion_tokens * self.completion_per_million) / _MILLION


@dataclass(frozen=True, slots=True)
class Spent:
    """By one model on one day."""

    day: date
    model: str
    prompt_tokens: int
    completion_tokens: int
    amount: Decimal | None  # None: the model has no price
    currency: str | None


@dataclass(frozen=True, slots=True)
class Cost:
    days: Sequence[Spent]
    total: Mapping[str, Decimal]  # by currency
    per_conversation: Mapping[str, Decimal]  # of all conversations, those that cost nothing among them
    unpriced: Mapping[str, int]  # tokens by model, that no amount counts

    @property
    def tokens(self) -> int:
        return sum(each.prompt_tokens + each.completion_tokens for each in self.days)


def read_prices(database: Database) -> dict[str, Price]:
    """By model. Raises StorageUnavailable."""
    with reading(database) as connection:
        cursor = connection.cursor(row_factory=class_row(Price))
        return {price.model: price for price in cursor.execute(_PRICES)}


def cost(cube: Cube, prices: Mapping[str, Price]) -> Cost:
    """Of the answers of a period."""
    cells: dict[tuple[date, str], list[Cell]] = defaultdict(list)
    for cell in cube.cells:
        if cell.prompt_tokens or cell.completion_tokens:
            cells[cell.day, cell.answered_by].append(cell)
    days = [_spent(day, model, of, prices.get(model)) for (day, model), of in sorted(cells.items())]
    total: dict[str, Decimal] = defaultdict(Decimal)
    unpriced: dict[str, int] = defaultdict(int)
    for each in days:
        if each.amount is None or each.currency is None:
            unpriced[each.model] += each.prompt_tokens + each.completion_tokens
        else:
            total[each.currency] += each.amount
    conversations = cube.conversations
    per = {currency: amount / conversations for currency, amount in total.items()} if conversations else {}
    return Cost(days, dict(total), per, dict(unpriced))


def _spent(day: date, model: str, cells: Sequence[Cell], price: Price | None) -> Spent:
    prompt = sum(cell.prompt_tokens for cell in cells)
    completion = sum(cell.completion_tokens for cell in cells)
    if price is None:
        return Spent(day, model, prompt, completion, None, None)
    return Spent(day, model, prompt, completion, price.of(prompt, completion), price.currency)

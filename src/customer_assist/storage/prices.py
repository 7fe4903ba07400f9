"""What language models cost, as whoever pays for them entered it; none is assumed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from psycopg.rows import class_row

from customer_assist.errors import InvalidInput
from customer_assist.storage.database import Database

_LONGEST_NAME = 200
_MOST = Decimal(1_000_000)
_COLUMNS = "model, prompt_per_million, completion_per_million, currency"
_SET = f"""
INSERT INTO prices ({_COLUMNS}) VALUES (%s, %s, %s, %s)
ON CONFLICT (model) DO UPDATE SET prompt_per_million = excluded.prompt_per_million,
    completion_per_million = excluded.completion_per_million, currency = excluded.currency
"""
_UNPRICED = """
SELECT DISTINCT model FROM model_usage WHERE NOT EXISTS (SELECT FROM prices WHERE prices.model = model_usage.model)
ORDER BY model
"""


@dataclass(frozen=True, slots=True)
class Price:
    """For a million tokens that are sent, and that are written."""

    model: str
    prompt_per_million: Decimal
    completion_per_million: Decimal
    currency: str  # three capital letters


class PriceStore:
    """Raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> Sequence[Price]:
        """By model."""
        query = f"SELECT {_COLUMNS} FROM prices ORDER BY model"
        with self._database.connection() as connection:
            return connection.cursor(row_factory=class_row(Price)).execute(query.encode()).fetchall()

    def set(self, price: Price) -> None:
        """In place of an earlier one: the cost of days gone by changes with it. Raises InvalidInput."""
        _check(price)
        values = [price.model, price.prompt_per_million, price.completion_per_million, price.currency]
        with self._database.connection() as connection:
            connection.execute(_SET.encode(), values)

    def delete(self, model: str) -> bool:
        """False: it had none."""
        with self._database.connection() as connection:
            return connection.execute("DELETE FROM prices WHERE model = %s", [model]).rowcount == 1

    def unpriced(self) -> Sequence[str]:
        """Models that were called and have no price."""
        with self._database.connection() as connection:
            return [str(model) for (model,) in connection.execute(_UNPRICED)]


def _check(price: Price) -> None:
    if not (0 < len(price.model) <= _LONGEST_NAME and price.model.isprintable() and price.model.strip()):
        raise InvalidInput(
            f"{price.model[:60]!r} is no model's name: give it as CUSTOMER_ASSIST_MODEL has it"
        )
    for amount in (price.prompt_per_million, price.completion_per_million):
        if not (amount.is_finite() and 0 <= amount < _MOST):
            raise InvalidInput(
                f"{amount} is no price: give an amount from 0 for a million tokens, such as 0.15"
            )
    if not re.fullmatch("[A-Z]{3}", price.currency):
        raise InvalidInput(f"{price.currency[:20]!r} is no currency: give three letters, such as EUR")

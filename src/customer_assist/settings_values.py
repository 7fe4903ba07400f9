"""How the value of one setting is read, and refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from customer_assist.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its default as a person would type it, and what it does."""

    name: str
    default: str
    meaning: str


def whole(values: Mapping[str, str], name: str, low: int, high: int) -> int:
    """Raises ConfigurationError, as all of these do, naming the variable and what it takes."""
    try:
        number = int(values[name])
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ConfigurationError(f"{name}={values[name]!r}: set a whole number from {low} to {high}")
    return number


def share(values: Mapping[str, str], name: str, low: float, high: float) -> float:
    try:
        found = float(values[name])
    except ValueError:
        found = low - 1
    if not low <= found <= high:
        raise ConfigurationError(
            f"{name}={values[name]!r}: set a share from {low:g} to {high:g}, such as {high - 0.05:g}"
        )
    return found


def money(values: Mapping[str, str], name: str) -> Decimal | None:
    """None where it is left empty."""
    if not values[name]:
        return None
    try:
        amount = Decimal(values[name].strip())
    except InvalidOperation:
        amount = Decimal(0)
    if not (amount.is_finite() and 0 < amount < 1_000_000):
        raise ConfigurationError(f"{name}={values[name]!r}: set an amount above 0, such as 2.50")
    return amount

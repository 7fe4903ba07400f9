"""Whose messages are counted. By default customers': not what people of the business tried out for themselves.

Pretended customers (asking.DEMO) count like real ones, which is what they are there for; pages say that there are some.
"""

from __future__ import annotations

from dataclasses import dataclass

from customer_assist.asking import NOT_CUSTOMERS
from customer_assist.errors import InvalidInput

CUSTOMERS, ALL = "customers", "all"
_LONGEST = 32


@dataclass(frozen=True, slots=True)
class Channels:
    """A filter on `turns.channel`: CUSTOMERS, ALL, or one by its name."""

    name: str = CUSTOMERS

    @property
    def sql(self) -> str:
        """A condition on a column `channel`; its values are in `values`."""
        match self.name:
            case "all":
                return "true"
            case "customers":
                return "channel <> ALL (%(not_customers)s)"
            case _:
                return "channel = %(channel)s"

    @property
    def values(self) -> dict[str, object]:
        return {"not_customers": sorted(NOT_CUSTOMERS), "channel": self.name}


def channels(name: str) -> Channels:
    """Raises InvalidInput for what can be no channel."""
    if not name or len(name) > _LONGEST or "\0" in name:
        raise InvalidInput(
            f"channel: send {CUSTOMERS}, {ALL}, or a channel's name of at most {_LONGEST} letters"
        )
    return Channels(name)

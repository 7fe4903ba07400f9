"""How many calls of the language model there may be, counted in the database for all processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from customer_assist.errors import StorageUnavailable
from customer_assist.storage.database import Database

ANSWERING, JUDGING = "answering", "judging"  # kinds of calls, each with a budget of its own


class DailyCallBudget:
    """A CallBudget of `calls_per_day` of one kind. Calls are counted before they are made, so that none is free."""

    def __init__(
        self, database: Database, calls_per_day: int, today: Callable[[], date], kind: str = ANSWERING
    ) -> None:
        self._database = database
        self._calls_per_day = calls_per_day
        self._today = today
        self._kind = kind

    def take(self) -> bool:
        """Count one call; False when the day's budget is spent.

        Also False where the database does not answer: a budget that cannot be counted could be overdrawn
        without end, while the customer is still served with an extracted answer.
        """
        if self._calls_per_day < 1:
            return False
        try:
            with self._database.connection() as connection:
                taken = connection.execute(
                    "INSERT INTO model_calls (day, calls, kind) VALUES (%s, 1, %s)"
                    " ON CONFLICT (day, kind) DO UPDATE SET calls = model_calls.calls + 1"
                    " WHERE model_calls.calls < %s RETURNING calls",
                    [self._today(), self._kind, self._calls_per_day],
                ).fetchone()
        except StorageUnavailable:
            return False
        return taken is not None

"""Whether the database's clock and ours agree: if not, the dashboards show turns at wrong times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import TupleRow

from customer_assist.errors import StorageUnavailable

TOLERANCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class ClockReport:
    """What both clocks said at one moment, and how a time came back from the database. Times are aware."""

    zone: ZoneInfo  # in which times are shown
    database_zone: str
    database_time: datetime
    python_time: datetime
    selected_time: datetime  # the Python time, written and read back

    @property
    def difference(self) -> timedelta:
        """By how much the database's clock is ahead of ours."""
        return self.database_time - self.python_time

    @property
    def agree(self) -> bool:
        return abs(self.difference) <= TOLERANCE and self.selected_time == self.python_time


def check_clocks(connection: psycopg.Connection, zone: ZoneInfo, now: Callable[[], datetime]) -> ClockReport:
    """Ask both clocks, and write and read a time in a temporary table that is rolled back.

    `now` gives an aware time; `zone` is the one to show times in. Raises StorageUnavailable.
    """
    try:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE clock_check (at timestamptz NOT NULL)")
            cursor.execute("SELECT current_setting('TimeZone'), clock_timestamp()")
            database_zone, database_time = _row(cursor)
            python_time = now().astimezone(UTC)
            cursor.execute("INSERT INTO clock_check VALUES (%s)", [python_time])
            cursor.execute("SELECT at FROM clock_check")
            (selected_time,) = _row(cursor)
    except psycopg.Error as error:
        raise StorageUnavailable(
            f"the database's clock cannot be read ({error}): check the database"
        ) from error
    return ClockReport(
        zone, database_zone, database_time.astimezone(UTC), python_time, selected_time.astimezone(UTC)
    )


def lines(report: ClockReport) -> list[str]:
    """The report for people: eight times, then whether they agree."""
    zone, database, python = report.zone, report.database_time, report.python_time
    selected = report.selected_time
    return [
        f"Database timezone: {report.database_zone}",
        f"Database current time (UTC): {database.astimezone(UTC)}",
        f"Database current time ({zone}): {database.astimezone(zone)}",
        f"Python current time: {python.astimezone(zone)}",
        f"Inserted time (UTC): {python.astimezone(UTC)}",
        f"Inserted time ({zone}): {python.astimezone(zone)}",
        f"Selected time (UTC): {selected.astimezone(UTC)}",
        f"Selected time ({zone}): {selected.astimezone(zone)}",
        _verdict(report),
    ]


def _row(cursor: psycopg.Cursor[TupleRow]) -> TupleRow:
    row = cursor.fetchone()
    if row is None:
        raise StorageUnavailable("the database returned no row to a plain SELECT: check the database")
    return row


def _verdict(report: ClockReport) -> str:
    seconds = report.difference.total_seconds()
    if report.selected_time != report.python_time:
        return "The clocks do not agree: the selected time is not the inserted one; check the column's type"
    if not report.agree:
        direction = "ahead of" if seconds > 0 else "behind"
        return (
            f"The clocks do not agree: the database is {abs(seconds):.1f} s {direction} this program; "
            f"set both machines' clocks (at most {TOLERANCE.total_seconds():.0f} s apart)"
        )
    return f"The clocks agree: {abs(seconds):.3f} s apart, and the selected time is the inserted one"

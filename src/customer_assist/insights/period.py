"""The time that is looked at: whole days of the zone in which times are shown, short and long ones among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from customer_assist.errors import InvalidInput

MOST_DAYS = 366
DEFAULT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to but not including `until`, both aware."""

    since: datetime
    until: datetime
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        """Every day of the zone that the period has a part of."""
        first = self.since.astimezone(self.zone).date()
        last = (self.until.astimezone(UTC) - timedelta(microseconds=1)).astimezone(self.zone).date()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def before(self, now: datetime) -> Period:
        """As many days before it. One that is not over yet is compared with as much of the days before: up to the
        same time of the day."""
        length = timedelta(days=len(self.days))
        return Period(
            _earlier(self.since, length, self.zone),
            _earlier(min(self.until, now), length, self.zone),
            self.zone,
        )


def last_days(days: int, now: datetime, zone: ZoneInfo) -> Period:
    """Today and the days before it, `days` in all. Raises InvalidInput for less than one or more than MOST_DAYS."""
    today = now.astimezone(zone).date()
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"days={days}: ask for 1 to {MOST_DAYS} days")
    return between(today - timedelta(days=days - 1), today, zone)


def between(first: date, last: date, zone: ZoneInfo) -> Period:
    """Both days and all between them. Raises InvalidInput where they are the wrong way round, or too many."""
    if last < first:
        raise InvalidInput(f"from={first} is after to={last}: swap them")
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput(f"{first} to {last} is too long: ask for at most {MOST_DAYS} days")
    try:
        return Period(_midnight(first, zone), _midnight(last + timedelta(days=1), zone), zone)
    except OverflowError as error:
        raise InvalidInput(f"{first} to {last}: ask for days of this century") from error


def asked_for(
    days: int | None, first: date | None, last: date | None, now: datetime, zone: ZoneInfo
) -> Period:
    """By a number of days, or by the first day and the last (left out: today). Raises InvalidInput."""
    if first is None:
        if last is not None:
            raise InvalidInput("`to` alone names no time: send `from` with it, or `days` alone")
        return last_days(DEFAULT_DAYS if days is None else days, now, zone)
    if days is not None:
        raise InvalidInput("`days` and `from` name two times: send one of them")
    return between(first, now.astimezone(zone).date() if last is None else last, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """As an instant; where midnight is skipped, the day's first moment: in UTC, so that lengths are true."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _earlier(moment: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """By the clock on the wall: whatever the days between had of hours."""
    wall = moment.astimezone(zone).replace(tzinfo=None) - by
    return wall.replace(tzinfo=zone).astimezone(UTC)

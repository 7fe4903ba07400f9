"""When people of a business are there: hours of the week as its profile writes them, and days on which nobody is.

All times are wall-clock times of the business's own zone; a question about them comes with an aware time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_LINE = re.compile(rf"({_DAY}(?: ?[-–,] ?{_DAY})*):? +(\S.*)", re.IGNORECASE)
_TIMES = re.compile(r"(\d{1,2})[:.](\d\d) ?[-–] ?(\d{1,2})[:.](\d\d)")
_EXAMPLE = "write them like “Mon-Fri 09:00-17:30”"
_LOOK_AHEAD = 60  # days; who is away for longer than that names no day


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one day of the week (0 is Monday); one that ends before it begins ends on the next day."""

    day: int
    begins: time
    ends: time  # 00:00 is midnight at its end


@dataclass(frozen=True, slots=True)
class Open:
    """A span on a certain day; both ends are aware, in the business's zone."""

    begins: datetime
    ends: datetime


def parse_hours(line: str) -> tuple[Span, ...]:
    """“Mon-Fri 09:00-12:30, 13:30-17:30”, “Sat, Sun 10:00-13:00”. Raises ValueError saying how to write it."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise ValueError(f"{line!r} are no hours: {_EXAMPLE}")
    days = list(_days(found[1].lower(), line))
    spans = []
    for times in found[2].split(","):
        parts = _TIMES.fullmatch(times.strip())
        if parts is None:
            raise ValueError(f"{line!r} are no hours: {_EXAMPLE}")
        begins, ends = _time(parts[1], parts[2], line), _time(parts[3], parts[4], line)
        spans += [Span(day, begins, ends) for day in days]
    return tuple(spans)


def parse_closed(line: str) -> tuple[date, date]:
    """“2026-12-25”, “2026-12-25 to 2027-01-01”: the first and the last day. Raises ValueError."""
    first, _, last = line.strip().partition(" to ")
    try:
        days = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError:
        days = date.max, date.min
    if days[0] > days[1]:
        raise ValueError(
            f"{line!r} is no day: write it like “2026-12-25”, or “2026-12-25 to 2027-01-01” for several"
        )
    return days


def zone(name: str) -> ZoneInfo | None:
    """None for "" and for a name that no zone has."""
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, KeyError):  # unknown, no name of a zone at all, or a folder of zones
        return None


def open_now_or_next(
    spans: Sequence[Span], closed: Sequence[tuple[date, date]], where: ZoneInfo, now: datetime
) -> Open | None:
    """The span that `now` is in, else the next one; None where none begins within the next two months."""
    today = now.astimezone(where).date()
    ahead = (today + timedelta(days=number) for number in range(-1, _LOOK_AHEAD))
    candidates = (
        _on(day, span, where)
        for day in ahead
        if not any(first <= day <= last for first, last in closed)
        for span in sorted(spans, key=lambda span: span.begins)
        if span.day == day.weekday()
    )
    return next((each for each in candidates if each.ends.astimezone(UTC) > now), None)


def _on(day: date, span: Span, where: ZoneInfo) -> Open:
    over = span.ends <= span.begins
    ends = datetime.combine(day + timedelta(days=over), span.ends, where)
    return Open(_real(datetime.combine(day, span.begins, where)), _real(ends))


def _real(wall: datetime) -> datetime:
    """The same where clocks show it; where they skip it, the moment after the gap that they show instead."""
    return wall.astimezone(UTC).astimezone(wall.tzinfo)


def _days(words: str, line: str) -> Iterator[int]:
    for part in words.split(","):
        first, *last = (_DAYS.index(word.strip()[:3]) for word in re.split("[-–]", part))
        if len(last) > 1:
            raise ValueError(f"{line!r} are no hours: {_EXAMPLE}")
        end = last[0] if last else first
        yield from (number % 7 for number in range(first, end + (7 if end < first else 0) + 1))


def _time(hour: str, minute: str, line: str) -> time:
    if (int(hour), int(minute)) == (24, 0):
        return time(0, 0)
    if int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"{line!r} has a time that no clock shows")
    return time(int(hour), int(minute))

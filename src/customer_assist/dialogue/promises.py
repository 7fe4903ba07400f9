"""What may be promised to a customer who is handed over: what the profile says of its people, and nothing else."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from customer_assist.business import BusinessProfile
from customer_assist.business_hours import Open, open_now_or_next, parse_closed, parse_hours, zone

_SPAN = re.compile(r"(\d+|an?|one|two|three) (minute|hour)s?")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}


def when_answered(profile: BusinessProfile, now: datetime) -> str:
    """A sentence on when a person answers; "" where the profile has no hours. `now` is aware."""
    where = zone(profile.timezone)
    if where is None:
        return ""
    rules = profile.handoff
    spans = [span for line in rules.hours for span in parse_hours(line)]
    found = open_now_or_next(spans, [parse_closed(line) for line in rules.closed], where, now)
    if found is None:
        return ""
    here = now.astimezone(where)
    if here < found.begins:
        return f"Nobody is here at the moment: our team is back {_when(found.begins, here)}."
    return _while_open(rules.reply_within, found, here)


def _while_open(within: str, found: Open, here: datetime) -> str:
    if not within:
        return f"Our team is here until {_clock(found.ends)} ({_place(here)})."
    if here + _length(within) <= found.ends:
        return f"We usually answer within {within}."
    return (
        f"We usually answer within {within} while our team is here, today until {_clock(found.ends)}"
        f" ({_place(here)})."
    )


def _length(within: str) -> timedelta:
    """Of "2 hours"; nothing where it is said in a way that this cannot tell."""
    found = _SPAN.fullmatch(within.strip().lower())
    if found is None:
        return timedelta(0)
    number = _NUMBERS.get(found[1]) or int(found[1])
    return timedelta(hours=number) if found[2] == "hour" else timedelta(minutes=number)


def _when(then: datetime, here: datetime) -> str:
    return f"{_day(then.date(), here.date())} at {_clock(then)} ({_place(then)})"


def _day(then: date, today: date) -> str:
    days = (then - today).days
    if days < 2:
        return ("today", "tomorrow")[days]
    return f"on {then:%A}" if days < 7 else f"on {then:%A}, {then.day} {then:%B}"


def _clock(moment: datetime) -> str:
    return "midnight" if (moment.hour, moment.minute) == (0, 0) else f"{moment.hour}:{moment:%M}"


def _place(moment: datetime) -> str:
    """Whose clock it is: "Dublin time"."""
    name = str(moment.tzinfo)
    area, _, city = name.rpartition("/")
    return f"{city.replace('_', ' ')} time" if area and area != "Etc" else name

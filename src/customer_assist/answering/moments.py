"""Dates, weekdays and times of day in a text, in forms that can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MONTHS = (
    r"jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|oktober|nov(?:ember)?|dec(?:ember)?|dez(?:ember)?"
)
_MONTH_OF = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
    "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip
_DAY = r"(\d{1,2})(?:st|nd|rd|th|\.)?"
_UNTIL = r"\s*(?:-|–|to|and|or|until|bis|und)\s*(?:the\s+)?"
_DAY_MONTH = re.compile(rf"(?<![\d.,:/€$£]){_DAY}(?:{_UNTIL}{_DAY})?\s+(?:of\s+)?({_MONTHS})\b\.?", re.I)
_MONTH_DAY = re.compile(
    rf"\b({_MONTHS})\b\.?\s+(?:the\s+)?{_DAY}(?:{_UNTIL}{_DAY})?(?![\d:]|\s?%)(?!,\d{{3}})", re.I
)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_FIGURES = re.compile(
    r"(?<![\w./-])(?:(\d{1,2})([./-])(\d{1,2})(?:\2(?:\d{4}|\d{2})(?!\d)|(?<=\.\d\d)\.(?!\d))"
    r"|(0\d|[12]\d|3[01])/(0\d|1[0-2]|[12]\d|3[01])(?![\d/]))"
)
_MONTH_ALONE = re.compile(rf"\b({_MONTHS})\b")
_BEFORE_MONTH = re.compile(
    r"\b(?:in|by|until|till|from|since|of|to|during|mid|early|late|through|before|after|end|every|each|and|or|[–-])[\s-]$",
    re.I,
)
_MONTHS_IN_FULL = """
    January February April June July August September October November December Januar Februar März Juni Juli
    Oktober Dezember
"""
_LONG_MONTHS = frozenset(_MONTHS_IN_FULL.split())

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GERMAN_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_IN_FULL = rf"(?i:{'|'.join((*_DAYS, *_GERMAN_DAYS))})s?"
_SHORT = r"(?:Mon|Tues?|Weds?|Thu(?:rs?)?|Fri|Sat|Sun)\.?(?![a-z])"
_TO = r"\s*(?:-|–|to|through|thru|until|till|bis|and)\s*"
_DAY_RANGE = re.compile(rf"\b({_IN_FULL}|{_SHORT}){_TO}({_IN_FULL}|{_SHORT})")
_ONE_DAY = re.compile(rf"\b(?:{_IN_FULL}|(?:(?<=on )|(?<=every )|(?<=and )|(?<=until ))({_SHORT}))")
_WEEK = re.compile(r"\b(?:(?P<work>on weekdays|weekdays?|werktags)|(?P<end>weekends?))\b", re.I)
_ALWAYS = re.compile(
    r"\b(?:24\s?/\s?7|24 hours a day|(?:a)?round[\s-]the[\s-]clock|(?:7|seven) days a week"
    r"|every (?:single )?day|day and night)\b",
    re.I,
)
_SOON = re.compile(
    r"\b(?:same|next)[\s-]day\b(?! of)|\b(?:overnight|tomorrow|tonight|instant(?:ly|aneous(?:ly)?)?)\b", re.I
)
_CLOCK = re.compile(
    r"(?<![\d.,:€$£])(?P<h>[01]?\d|2[0-4])(?:(?P<sep>[:.])(?P<m>[0-5]\d))?"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?|(?P<oclock>\s?(?:o['’]clock|uhr)\b)|(?![\d.,:]*\d))",
    re.I,
)
_NOON = re.compile(r"\b(?:(?P<noon>noon|midday)|midnight)\b", re.I)


@dataclass(frozen=True, slots=True)
class Moment:
    """One date, weekday or time as written; the same as another where they share a reading."""

    written: str
    readings: frozenset[str]


_Reader = Callable[[re.Match[str], str], Iterator[Moment]]


def read_moments(text: str) -> tuple[list[Moment], str]:
    """All moments, and the text without them."""
    found: list[Moment] = []
    small = text.lower()
    figures = any(sign in small for sign in "0123456789")
    for pattern, read, needed in _READERS:
        if not (any(word in small for word in needed) if needed else figures):
            continue  # most texts have none, and this is much quicker
        for match in list(pattern.finditer(text)):
            moments = list(read(match, text))
            found += moments
            if moments:
                text = text[: match.start()] + _blank(match[0]) + text[match.end() :]
    return found, text


def known_moments(moments: list[Moment]) -> frozenset[str]:
    """What an answer may say of time where its sources say `moments`: of "Monday to Friday" also "Tuesday"."""
    readings = {reading for moment in moments for reading in moment.readings}
    # "9:00" beside "17:30" is in the morning.
    exact = any(reading.startswith("exact") for reading in readings)
    if exact:
        readings -= {reading for reading in readings if reading.startswith("later")}
    for reading in list(readings):
        kind, _, value = reading.partition(" ")
        if kind in ("exact", "later"):
            readings.add(f"time {value}")
        elif kind == "date":
            readings.add(f"month {int(value[:2])}")
        elif kind == "days":
            first, last = (int(day) for day in value.split("-"))
            readings |= {f"within {day % 7}" for day in range(first, last + (8 if last < first else 1))}
    return frozenset(readings)


def holds(moment: Moment, known: frozenset[str]) -> bool:
    return any(reading in known or _is_made_up_of(reading, known) for reading in moment.readings)


def _is_made_up_of(reading: str, known: frozenset[str]) -> bool:
    """One day of a range, or a range of which every day is named."""
    kind, _, value = reading.partition(" ")
    if kind == "day":
        return f"within {int(value) % 7}" in known
    if kind == "days":
        first, last = (int(day) for day in value.split("-"))
        return first < last and all(f"day {day}" in known for day in range(first, last + 1))
    return kind in ("exact", "later") and f"time {value}" in known


def bare_values(moments: list[Moment]) -> Iterator[str]:
    """The numbers that moments are written with: "9" for "9:00", so that "from 9 to 17:30" is known."""
    for moment in moments:
        if any(
            reading.split()[0] in ("date", "time", "exact", "later", "always") for reading in moment.readings
        ):
            parts = re.findall(r"\d+", moment.written)
            yield from (part.lstrip("0") for part in parts if part.strip("0"))


def _blank(written: str) -> str:
    """A year is a number like any other."""
    return re.sub(r"\b(\d{4})\b|.", lambda match: match[1] or " ", written)


def _dates(match: re.Match[str], _: str) -> Iterator[Moment]:
    day, other, month = match.groups() if match.re is _DAY_MONTH else (match[2], match[3], match[1])
    if month in ("may", "mar", "march"):
        return  # "you may", "on the march"
    for each in (day, other):
        if each and 1 <= int(each) <= 31:
            yield Moment(match[0].strip(), frozenset({_date(_month(month), int(each))}))


def _iso(match: re.Match[str], _: str) -> Iterator[Moment]:
    if 1 <= int(match[2]) <= 12:
        yield Moment(match[0], frozenset({_date(int(match[2]), int(match[3]))}))


def _figures(match: re.Match[str], _: str) -> Iterator[Moment]:
    """Day and month, in either order where both are possible."""
    first, second = int(match[1] or match[4]), int(match[3] or match[5])
    orders = [(second, first)] if match[2] == "." else [(second, first), (first, second)]
    readings = {_date(month, day) for month, day in orders if 1 <= month <= 12 and 1 <= day <= 31}
    if readings:
        yield Moment(match[0], frozenset(readings))


def _months(match: re.Match[str], text: str) -> Iterator[Moment]:
    written = match[1]
    if written in _LONG_MONTHS or (
        written in ("May", "March", "Mai")
        and _BEFORE_MONTH.search(text[max(0, match.start() - 9) : match.start()])
    ):
        yield Moment(written, frozenset({f"month {_month(written)}"}))


def _day_range(match: re.Match[str], _: str) -> Iterator[Moment]:
    first, last = _weekday(match[1]), _weekday(match[2])
    if re.search(r"\band\b", match[0]):
        yield from (Moment(name, frozenset({f"day {_weekday(name)}"})) for name in match.groups())
        return
    yield Moment(match[0], frozenset({f"days {first}-{last}"}))


def _one_day(match: re.Match[str], _: str) -> Iterator[Moment]:
    yield Moment(match[0], frozenset({f"day {_weekday(match[0])}"}))


def _week(match: re.Match[str], _: str) -> Iterator[Moment]:
    yield Moment(match[0], frozenset({"days 1-5" if match["work"] else "days 6-7"}))


def _always(match: re.Match[str], _: str) -> Iterator[Moment]:
    if "week" in match[0].lower() or match[0].lower().startswith("every"):
        yield Moment(match[0], frozenset({"days 1-7", "always"}))
    else:
        yield Moment(match[0], frozenset({"always"}))


def _soon(match: re.Match[str], _: str) -> Iterator[Moment]:
    word = re.sub(r"\W+", "", match[0].lower())[:7]
    yield Moment(match[0], frozenset({f"soon {word}"}))


def _clock(match: re.Match[str], _: str) -> Iterator[Moment]:
    if not (match["half"] or match["oclock"]) and match["sep"] != ":":
        return  # a price, or a bare number
    hour, minute = int(match["h"]), int(match["m"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
        yield Moment(match[0].strip(), frozenset({f"time {hour * 60 + minute}"}))
    elif hour > 12 or match["h"].startswith("0"):
        yield Moment(
            match[0].strip(), frozenset({f"exact {hour * 60 + minute}", f"time {hour * 60 + minute}"})
        )
    else:
        readings = {f"time {hour * 60 + minute}", f"later {(hour + 12) % 24 * 60 + minute}"}
        yield Moment(match[0].strip(), frozenset(readings))


def _noon(match: re.Match[str], _: str) -> Iterator[Moment]:
    yield Moment(match[0], frozenset({"time 720" if match["noon"] else "time 0"}))


_DAY_NAMES = ("day", "tag", "mittwoch", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Each with words of which a text must have one; with none, a figure.
_READERS: tuple[tuple[re.Pattern[str], _Reader, tuple[str, ...]], ...] = (
    (_ALWAYS, _always, ("24", "clock", "week", "every", "night")),
    (_ISO, _iso, ()),
    (_DAY_MONTH, _dates, ()),
    (_MONTH_DAY, _dates, ()),
    (_FIGURES, _figures, ()),
    (_MONTH_ALONE, _months, ("a", "e", "u")),
    (_DAY_RANGE, _day_range, _DAY_NAMES),
    (_ONE_DAY, _one_day, _DAY_NAMES),
    (_WEEK, _week, ("week", "werktag")),
    (_SOON, _soon, ("day", "night", "tomorrow", "instant")),
    (_CLOCK, _clock, ()),
    (_NOON, _noon, ("noon", "midday", "night")),
)


def _date(month: int, day: int) -> str:
    return f"date {month:02d}-{day:02d}"


def _month(name: str) -> int:
    return _MONTH_OF[name.lower()[:3]]


def _weekday(name: str) -> int:
    start = name.lower().rstrip(".")[:3]
    for names in (_DAYS, _GERMAN_DAYS):
        for number, day in enumerate(names, 1):
            if day.startswith(start):
                return number
    return 0

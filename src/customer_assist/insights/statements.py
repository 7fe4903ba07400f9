"""What documents state, sentence by sentence, in a form in which two of them can be laid beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from customer_assist.answering.claims import read_claims
from customer_assist.answering.polarity import denies
from customer_assist.answering.stems import stems
from customer_assist.model import Document
from customer_assist.text.placeholders import fill
from customer_assist.text.sentences import sentences


class Kind(StrEnum):
    """Of which two statements about the same thing may give different values."""

    TIME = "length of time"
    MONEY = "amount of money"
    SHARE = "percentage"
    SIZE = "measure"
    HOURS = "time of day"
    DAYS = "days of the week"
    DATE = "date"
    PHONE = "phone number"
    COUNT = "number"
    YES_OR_NO = "yes or no"


_UNITS: Mapping[str, Kind] = {
    **dict.fromkeys(("second", "working day", "month"), Kind.TIME),
    **dict.fromkeys(
        ("EUR", "CAD", "AUD", "USD", "GBP", "CHF", "JPY", "INR", "PLN", "SEK", "cent"), Kind.MONEY
    ),
    "%": Kind.SHARE,
    **dict.fromkeys(
        ("mg", "lb", "oz", "ml", "mm", "inch", "foot", "degree", "W", "V", "bar", "GB", "MB"), Kind.SIZE
    ),
}
_MOMENTS: Mapping[str, Kind] = {
    "time": Kind.HOURS, "exact": Kind.HOURS, "days": Kind.DAYS, "day": Kind.DAYS, "date": Kind.DATE,
}  # fmt: skip
_STEP = re.compile(r"^[ \t>]*\d{1,3}[.)][ \t][^\n]*$", re.M)  # of a procedure: true of that step alone
_CONDITION = re.compile(
    r"\b(?:if|when(?:ever)?|once|unless|in case|should you|whether|as long as|provided|until|after"
    r"|before|even though)\b"
    r"[^,;:.!?()\n]*[,;:.!?()\n]?",
    re.I,
)
_MARKS = re.compile(r"[*_`#>]+|^\s*[-+•]\s+|\]\([^)]*\)|\[")
_TURNING = frozenset({"not", "never", "none", "nothing", "cannot", "neither", "nobody", "without"})
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")
_LABEL = re.compile(r"(?<=\w )(?:Not?|Never|None)\b")  # "press Not received" denies nothing
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][a-z]{2,}\b")


@dataclass(frozen=True, slots=True)
class Value:
    kind: Kind
    written: str
    readings: frozenset[tuple[str, str]]  # two values are the same where they share one
    bound: str = ""  # "least" of "from €45", "most" of "up to €45": no price


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a document, without its conditions."""

    document: Document
    text: str  # as it stands, placeholders filled, without marks
    plain: str  # what it asserts
    bare: str  # the same without its values
    values: tuple[Value, ...]
    words: frozenset[str]  # stems of what it is about
    about: frozenset[str]  # stems of its document's title
    names: frozenset[str]  # words with a capital that no beginning explains
    denies: bool


def statements(document: Document, facts: Mapping[str, str]) -> Iterator[Statement]:
    """The sentences of a document that assert something, less the steps of procedures and questions."""
    filled = _STEP.sub("", fill(document.text, facts, {}).text)
    about = stems(document.title)
    for sentence in sentences(filled):
        if sentence.rstrip("\"'*_ )").endswith("?"):
            continue
        text = " ".join(_MARKS.sub(" ", sentence).split())
        plain = " ".join(_CONDITION.sub(" ", text).split())
        values = tuple(_values(plain))
        bare = _without(plain, values)
        words = stems(read_claims(bare).text) - _TURNING
        if words:
            names = frozenset(match[0].lower() for match in _NAME.finditer(bare))
            denying = denies(_LABEL.sub(" ", plain))
            yield Statement(document, text, plain, bare, values, words, about, names, denying)


def _without(text: str, values: Iterable[Value]) -> str:
    """What the values are given of: "open Monday to Friday" and "open on Sundays" are of the same."""
    for value in values:
        text = re.sub(rf"(?<!\w){re.escape(value.written)}(?!\w)", "some", text)
    return _FIGURES.sub("some", text)


def _values(text: str) -> Iterator[Value]:
    claims = read_claims(text)
    for quantity in claims.quantities:
        kinds = [kind for _, unit in sorted(quantity.readings) if (kind := _UNITS.get(unit))]
        if kinds:
            same = frozenset(reading for reading in quantity.readings if _UNITS.get(reading[1]) is kinds[0])
            yield Value(kinds[0], quantity.written, same, quantity.bound)
        elif quantity.counted and not quantity.ordinal:
            counted = frozenset({(quantity.value, quantity.counted)})
            yield Value(Kind.COUNT, quantity.written, counted, quantity.bound)
    for moment in claims.moments:
        kinds = [kind for each in sorted(moment.readings) if (kind := _MOMENTS.get(each.split()[0]))]
        if kinds:
            yield Value(kinds[0], moment.written, frozenset((each, "moment") for each in moment.readings))
    for phone in claims.addresses.phones:
        yield Value(Kind.PHONE, phone, frozenset({(phone, "phone")}))

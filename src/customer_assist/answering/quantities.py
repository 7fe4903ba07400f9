"""Numbers of a text with what they measure or count, whether in figures or in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from customer_assist.answering.spelled import WORD_NUMBER, value_of
from customer_assist.answering.units import CURRENCIES, Reading, measured, unit_at, unit_before, units_in

_WINDOW = 4  # words: "5 or even more working days"
_RANGE = re.compile(r"\s*(?:to|and|or|bis|und|oder|à|a|[-–])?\s*\d+(?:[.,]\d+)*")
_FIGURE = re.compile(
    r"(?P<version>(?<![\d.])v?\d+(?:\.\d+){2,}(?![\d]))"
    r"|(?<!\d)\d{1,3}(?:[  ’']\d{3})+(?:[.,]\d{1,2})?(?!\d)"  # 1 000 and 1'000
    r"|\d+(?:[.,]\d+)*(?P<half>\s?½)?|½"
)
_NUMBER = rf"\d{{1,4}}|{WORD_NUMBER.pattern}"
_SPAN = re.compile(
    rf"(?<![\d.,])(?P<between>between )?\b(?P<first>{_NUMBER})(?P<sign>\s?[-–]\s?|\s(?:to|and)\s)"
    rf"(?P<last>{_NUMBER})(?![\d.,]*\d)",
    re.I,
)
_CODE = re.compile(
    r"(?<![\w@./-])(?=[\w/-]*[A-Za-z])(?!v\d)[A-Za-z][A-Za-z]{0,9}[-/]?\d[\w/-]*(?![\w/-]|[.,]\d)"
)  # BB-123456, SAVE10
_AND_A_HALF = re.compile(r"\s+and\s+a\s+half\b", re.I)
# "a week" is one week, but "twice a week" and "€5 a week" say how often.
_SINGLE = re.compile(
    r"\b(?P<of>an?|one|another|the|half an?|a couple of|couple of)[\s-](?:full |whole |single )?", re.I
)
_TIME_UNITS = frozenset({"working day", "day", "week", "fortnight", "month", "year", "hour"})
_OFTEN_BEFORE = re.compile(
    r"(?:\d|\b(?:once|twice|times|hours?|days?|eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?|cents?|[a-z]+ly|more|less))[)%€$£]?\s*$",
    re.I,
)
_RATE = re.compile(
    r"(?:\b(?:per|each|every)\s|(?P<bare>\ban?\s)|/\s?)(?P<unit>hour|day|week|month|year)\b"
    r"|\b(?P<ly>hour|dai|week|month|year|annual)ly\b|\b(?P<annual>annual)\b",
    re.I,
)
_COUNTED_RATE = re.compile(
    r"\b(?:(?P<count>once|twice|thrice)|(?P<n>[a-z]+|\d+) times)"
    r" (?:an?|per|each|every) (?P<unit>hour|day|week|month|year)\b",
    re.I,
)
_LY = {"dai": "day", "annual": "year"}
_SHARE = re.compile(
    r"\b(?P<half>half)(?=[\s-](?:of|the|your|our|price|off|that|as)\b)"
    r"|\b(?P<twice>twice|double|thrice|triple)(?=\s)(?![\s-](?:check|click|tap|sure))|\b(?P<once>once)(?=\s(?:an?|per|every)\b)",
    re.I,
)
_TIMES = {"twice": "2", "double": "2", "thrice": "3", "triple": "3"}
_ORDINAL_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_ORDINALS = _ORDINAL_WORDS.split()
_ORDINAL = re.compile(rf"\b(?:(?P<word>{'|'.join(_ORDINALS)})|(?P<figure>\d{{1,2}})(?:st|nd|rd|th))\b", re.I)
_NEXT = re.compile(r"[\s-]+([^\W\d_]{4,})")
_STEM = 6  # letters that "workshop" and "workshops" share
_NO_NOUNS = "then than that this these those with from more less your ours have will until after before"
_NO_NOUN = frozenset(_NO_NOUNS.split())
# What an answer may count by itself: "there are two ways".
_OF_THE_ANSWER = re.compile(
    r"\s(?:\w+ )?(?:ways?|steps?|options?|things?|methods?|possibilities|choices|cases|kinds?|reasons?|points|pieces"
    r"|questions?|details|conditions|parts|places|words|sections?)\b",
    re.I,
)
_MOST = re.compile(
    r"\b(?:within|up to|at most|no more than|not more than|maximum(?: of)?|max\.?|under|below|less than|fewer than)"
    r"(?:\s(?:the|a|first))?\s[€$£]?$",
    re.I,
)
_LEAST = re.compile(
    r"(?<!no )(?<!not )\b(?:over|above|more than|at least|minimum(?: of)?|exceeding|from|starting at)\s[€$£]?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number as written; the same as another where they share a reading."""

    written: str
    readings: frozenset[Reading]  # empty for a word that measures and counts nothing: "one or two"
    value: str
    bound: str = ""  # "most" in "within 30 days", "least" in "over €45"
    counted: str = ""  # the beginning of the noun: "worksh" of "two workshops"
    ordinal: bool = False


def read_quantities(text: str, *, generous: bool = False) -> Iterator[Quantity]:
    """`generous` is for sources: a unit some words on belongs to a number, too."""
    figures = any(sign in text for sign in "0123456789")
    if figures:
        for match in _CODE.finditer(text):
            code = re.sub(r"[\s_/-]", "", match[0]).lower()
            yield Quantity(match[0], frozenset({(code, "code")}), code)
        if not generous:
            text = _CODE.sub(" ", text)
    yield from _ordinals(text)
    yield from _rates(text)
    yield from _singles(text)
    if not generous:
        text = _COUNTED_RATE.sub(" ", _ORDINAL.sub(" ", text))
    if figures or "½" in text:
        yield from _figures(text, generous)
    yield from _words(text, generous)
    yield from _spans(text)


class Known:
    """The quantities of all sources, to hold an answer's against."""

    def __init__(self, quantities: Iterable[Quantity]) -> None:
        self._readings: set[Reading] = set()
        self._bounds: dict[Reading, set[str]] = {}
        self._counted: dict[tuple[str, bool], set[str]] = {}
        for quantity in quantities:
            self._readings |= quantity.readings
            for reading in quantity.readings:
                self._bounds.setdefault(reading, set()).add(quantity.bound)
            if quantity.counted:
                self._counted.setdefault((quantity.counted, quantity.ordinal), set()).add(quantity.value)

    def holds(self, quantity: Quantity) -> bool:
        if quantity.readings and not quantity.readings & self._readings:
            return False
        others = self._counted.get((quantity.counted, quantity.ordinal), set())
        if quantity.counted and others and quantity.value not in others:
            return False  # "three workshops" where there are two
        opposite = {"most": {"least"}, "least": {"most"}}.get(quantity.bound)
        bounds = [self._bounds[reading] for reading in quantity.readings if reading in self._bounds]
        return not (opposite and bounds and all(found == opposite for found in bounds))


def _figures(text: str, generous: bool) -> Iterator[Quantity]:
    for match in _FIGURE.finditer(text):
        written = match[0]
        if match["version"]:
            value = written.lower().lstrip("v")
            yield Quantity(written, frozenset({(value, "")}), value)
            continue
        for value in _values(written):
            yield _quantity(text, match.start(), match.end(), written, value, generous)


def _words(text: str, generous: bool) -> Iterator[Quantity]:
    for match in WORD_NUMBER.finditer(text):
        value = value_of(match[0])
        if value is None:
            continue
        found = _quantity(text, match.start(), match.end(), match[0], str(value), generous)
        if (
            generous
            or any(unit for _, unit in found.readings)
            or (found.counted and not _OF_THE_ANSWER.match(text, match.end()))
        ):
            yield found
        else:  # it may only not contradict what is counted
            yield Quantity(match[0], frozenset(), found.value, found.bound, found.counted)


def _spans(text: str) -> Iterator[Quantity]:
    """ "3 to 5" is neither "3 to 6" nor "4 to 5", even where both numbers are known."""
    for match in _SPAN.finditer(text):
        first, last = (
            value_of(each) if each[0].isalpha() else each for each in (match["first"], match["last"])
        )
        if first is None or last is None or (match["sign"] == "-" and match["first"].isalpha()):
            continue  # "forty-five"
        if match["between"] or match["sign"].strip() != "and":
            value = f"{first}-{last}"
            yield Quantity(match[0], frozenset({(value, "range")}), value)


def _singles(text: str) -> Iterator[Quantity]:
    for match in _SINGLE.finditer(text):
        unit, end = unit_at(text, match.end())
        of = match["of"].lower()
        if (
            unit not in _TIME_UNITS
            or of == "the"
            or _OFTEN_BEFORE.search(text, max(0, match.start() - 12), match.start())
        ):
            continue
        if of in ("one", "another") and unit == "day":
            continue  # some day
        value = {"half a": "0.5", "half an": "0.5", "a couple of": "2", "couple of": "2"}.get(of, "1")
        if _AND_A_HALF.match(text, end):
            value = "1.5"
        yield Quantity(text[match.start() : end], frozenset({measured(value, unit)}), value)


def _rates(text: str) -> Iterator[Quantity]:
    counted = list(_COUNTED_RATE.finditer(text))
    for match in counted:
        word = (match["count"] or match["n"]).lower()
        count = {"once": 1, "twice": 2, "thrice": 3}.get(word) or (word if word.isdigit() else value_of(word))
        yield Quantity(match[0], frozenset({(f"{count}/{match['unit'].lower()}", "times")}), str(count))
    for match in _RATE.finditer(text):
        if any(match.start() < other.end() and other.start() < match.end() for other in counted):
            continue
        if match["bare"] and not _OFTEN_BEFORE.search(text, max(0, match.start() - 12), match.start()):
            continue
        said = (match["unit"] or match["ly"] or match["annual"]).lower()
        unit = _LY.get(said, said)
        once = () if match["unit"] else ((f"1/{unit}", "times"),)
        yield Quantity(match[0], frozenset({(unit, "per"), *once}), "")
    for match in _SHARE.finditer(text):
        if any(other.start() == match.start() for other in counted):
            continue
        if match["half"]:
            yield Quantity(match[0], frozenset({("half", ""), ("50", "%"), ("0.5", "")}), "half")
        else:
            value = _TIMES.get((match["twice"] or "").lower(), "1")
            yield Quantity(match[0], frozenset({(value, "times")}), value)


def _ordinals(text: str) -> Iterator[Quantity]:
    for match in _ORDINAL.finditer(text):
        value = match["figure"] or str(_ORDINALS.index(match["word"].lower()) + 1)
        noun = _noun(text, match.end())
        readings = frozenset({(value, "")}) if match["figure"] else frozenset()
        if noun or readings:
            yield Quantity(match[0], readings, value, counted=noun, ordinal=True)


def _quantity(text: str, start: int, end: int, written: str, value: str, generous: bool) -> Quantity:
    if _AND_A_HALF.match(text, end):
        value, end = f"{value}.5", _AND_A_HALF.match(text, end).end()  # type: ignore[union-attr]
    unit = unit_before(text, start)
    units = {unit} if unit else {unit_at(text, end)[0]} - {""}
    if generous and not unit:
        units |= units_in(_window(text, end))
    readings = {measured(value, unit) for unit in units}
    if "cent" in units and value.isdigit():
        readings |= {measured(f"0.{int(value):02d}", currency) for currency in CURRENCIES if int(value) < 100}
    if generous or not readings:
        readings.add((value, ""))
    bound = (
        _bound(text[max(0, start - 24) : start])
        if not _RANGE_BEFORE.search(text[max(0, start - 8) : start])
        else ""
    )
    return Quantity(
        written, frozenset(readings), value, bound, "" if units and not generous else _noun(text, end)
    )


_RANGE_BEFORE = re.compile(r"\d\s?(?:-|–|to|and)\s?[€$£]?$")


def _bound(before: str) -> str:
    return "most" if _MOST.search(before) else "least" if _LEAST.search(before) else ""


def _noun(text: str, at: int) -> str:
    following = _NEXT.match(text, at)
    if following is None or following[1].lower() in _NO_NOUN:
        return ""
    return following[1][:_STEM].lower()


def _window(text: str, at: int) -> str:
    """What may say the unit of a number in a source: the next words, up to another number or clause."""
    second = _RANGE.match(text, at)  # "3 to 5 working days": both are days
    start = second.end() if second else at
    clause = re.split(r"[.,;:!?](?:\s|$)|[\n\d€$£]", text[start : start + 80], maxsplit=1)[0]
    return " ".join(clause.split()[:_WINDOW])


def _values(written: str) -> tuple[str, ...]:
    """What a figure says: "1,000" is ("1000",), "4,90" is ("4.9",)."""
    compact = re.sub(r"[  ’'\s]", "", written)
    if compact.endswith("½"):
        return (f"{_canonical(compact[:-1])}.5",)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+", compact):
        return (_canonical(re.sub(r"[.,]", "", compact)),)
    if decimal := re.fullmatch(r"(\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+)[.,](\d+)", compact):
        fraction = decimal[2].rstrip("0")
        whole = _canonical(re.sub(r"[.,]", "", decimal[1]))
        return (f"{whole}.{fraction}" if fraction else whole,)
    return tuple(_canonical(part) for part in re.split("[.,]", compact))


def _canonical(digits: str) -> str:
    return digits.lstrip("0") or "0"

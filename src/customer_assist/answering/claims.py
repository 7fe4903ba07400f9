"""What a text states that can be compared exactly: numbers with units, links, addresses, phone numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Adjectives that make a day another kind of day.
_WORKING = r"(?:business|working|work|arbeits|werk)"
_UNITS: tuple[tuple[str, str], ...] = (
    ("%", r"%|per ?cent\b|percent\b|prozent\b"),
    ("working day", rf"{_WORKING}[\s-]?(?:days?|tagen?|tage)\b|werktagen?\b|jours ouvr\w+"),
    ("day", r"days?\b|tag(?:en?)?\b|jours?\b|d[ií]as?\b|giorni?\b|dag(?:en)?\b"),
    ("week", r"weeks?\b|wochen?\b|semaines?\b|semanas?\b|settimane?\b|we(?:ek|ken)\b"),
    ("month", r"months?\b|monat(?:en?)?\b|mois\b|mes(?:es)?\b|mesi?\b|maand(?:en)?\b"),
    ("year", r"years?\b|jahr(?:en?)?\b|ans\b|ann[ée]es?\b|años?\b|anni?\b|jaar\b"),
    ("hour", r"hours?\b|hrs?\b|stunden?\b|heures?\b|horas?\b|ore\b|uur\b"),
    ("minute", r"minutes?\b|mins?\b|minuten?\b|minutos?\b|minuti?\b"),
    ("EUR", r"€|eur\b|euros?\b"),
    ("USD", r"\$|usd\b|dollars?\b"),
    ("GBP", r"£|gbp\b|pounds?\b"),
    ("CHF", r"chf\b|francs?\b|franken\b"),
    ("January", r"jan(?:uary|uar)?\b"),
    ("February", r"feb(?:ruary|ruar)?\b"),
    ("March", r"mar(?:ch)?\b|märz\b"),
    ("April", r"apr(?:il)?\b"),
    ("May", r"may\b|mai\b"),
    ("June", r"june?\b|juni\b"),
    ("July", r"july?\b|juli\b"),
    ("August", r"aug(?:ust)?\b"),
    ("September", r"sept?(?:ember)?\b"),
    ("October", r"oct(?:ober)?\b|oktober\b"),
    ("November", r"nov(?:ember)?\b"),
    ("December", r"dec(?:ember)?\b|dez(?:ember)?\b"),
)
_UNIT = re.compile(
    r"(?<![^\W\d])(?:" + "|".join(f"(?P<u{i}>{pattern})" for i, (_, pattern) in enumerate(_UNITS)) + ")", re.I
)
_BEFORE = re.compile(
    r"(?P<EUR>€|\beur|\beuro)\s?$|(?P<USD>\$|\busd)\s?$|(?P<GBP>£|\bgbp)\s?$|(?P<CHF>\bchf)\s?$", re.I
)
_MONTH_BEFORE = re.compile(r"\b(?P<month>[A-Z][a-zä]{2,8})\.?\s+(?:the\s+)?$")
_FILLER = re.compile(r"(?:st|nd|rd|th)?\b(?:[\s\-–]+(?:(?:of|full|calendar|whole|consecutive)\s+)?|\.\s+)?")

_MONTHS = frozenset(unit for unit, _ in _UNITS if len(unit) > 2 and unit[0].isupper() and not unit.isupper())
_WINDOW = 4  # words: "5 or even more working days"
_RANGE = re.compile(r"\s*(?:to|and|or|bis|und|oder|à|a|[-–])?\s*\d+(?:[.,]\d+)*")

_NUMBER = re.compile(
    r"(?<!\d)\d{1,3}(?:[  ’']\d{3})+(?:[.,]\d{1,2})?(?!\d)"  # 1 000 and 1'000
    r"|\d+(?:[.,]\d+)*"
)
_ONES_WORDS = "one two three four five six seven eight nine"
_TEEN_WORDS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_GERMAN_WORDS = "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"
_ONES = {word: value for value, word in enumerate(_ONES_WORDS.split(), start=1)}
_TENS = {word: value * 10 for value, word in enumerate(_TENS_WORDS.split(), start=2)}
_WORDS = {
    **{word: value for word, value in _ONES.items() if value > 1},  # "one" is mostly no number
    **{word: value for value, word in enumerate(_TEEN_WORDS.split(), start=10)},
    **_TENS,
    **{word: value for value, word in enumerate(_GERMAN_WORDS.split(), start=2)},
    "hundred": 100,
    "vierzehn": 14,
    "zwanzig": 20,
    "dreißig": 30,
    "sechzig": 60,
}
_WORD_NUMBER = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})[- ](?P<ones>{'|'.join(_ONES)})|(?P<word>{'|'.join(_WORDS)}))\b",
    re.I,
)

_EMAIL = re.compile(r"[\w.%+-]+@(?:[\w-]+\.)+[A-Za-z]{2,24}")
# With a scheme, or any name of small letters with a dot inside: "shop.example", and not "days.Then".
_LINK = re.compile(
    r"(?:(?i:[a-z][a-z+.-]{1,12}://|www\.)|\b(?i:javascript|vbscript):)[^\s<>()\[\]\"'`“”«»]+"
    r"|(?<![\w@.-])(?:[a-z0-9][a-z0-9-]*[a-z0-9]\.)+[a-z]{2,24}(?![\w-])(?:[/?#][^\s<>()\[\]\"'`“”«»]*)?"
    r"|(?<![\w@.-])(?i:(?:[a-z0-9][a-z0-9-]*[a-z0-9]\.)+(?:com|org|net|example|co\.uk))\b"
)
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|\(|\d)(?:[ ./–-]?[\d()]){6,18}\d(?!\w)")
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4} ?[-–] ?\d{4}")
_LIST_MARKER = re.compile(r"^[ \t>]*(?:[-*•][ \t]+)?(?:#{1,6}[ \t]+)?(?:\*\*|__)?\d{1,3}[.)](?=[\s*_])", re.M)
_STEP = re.compile(r"\b(?:step|schritt) \d{1,2}\b", re.I)


@dataclass(frozen=True, slots=True)
class Number:
    """One number as written; `values` are what it says: "1,000" → ("1000",), "31.12." → ("31", "12")."""

    written: str
    values: tuple[str, ...]
    units: frozenset[str]  # none where it stands bare


@dataclass(frozen=True, slots=True)
class Claims:
    numbers: tuple[Number, ...]
    links: tuple[str, ...]  # lower-case, without scheme, "www." and closing punctuation
    emails: tuple[str, ...]
    phones: tuple[str, ...]  # digits, without leading zeros


def read_claims(text: str, *, generous: bool = False) -> Claims:
    """All claims of `text`. `generous` is for sources: a unit some words on belongs to a number, too."""
    text = "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")
    emails = tuple(match[0].lower() for match in _EMAIL.finditer(text))
    text = _EMAIL.sub(" ", text)
    links = tuple(_plain_link(match[0]) for match in _LINK.finditer(text))
    text = _LINK.sub(" ", text)
    undated = _DATE.sub(lambda match: "x" * len(match[0]), text)
    phones = [match[0] for match in _PHONE.finditer(undated) if _is_phone(match[0])]
    for phone in phones:
        text = text.replace(phone, " ")
    text = _STEP.sub("step", _LIST_MARKER.sub(" ", text))
    numbers = (*_figures(text, generous), *_words(text, generous))
    return Claims(numbers, links, emails, tuple(_digits(phone) for phone in phones))


def host_of(link: str) -> str:
    return re.split(r"[/?#:]", link, maxsplit=1)[0]


def _plain_link(link: str) -> str:
    link = re.sub(r"^(?:https?://)?(?:www\.)?", "", link.lower())
    return link.rstrip(".,;:!?*_/")


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone.replace("(0)", "")).lstrip("0")


def _is_phone(text: str) -> bool:
    if len(_digits(text)) < 6:
        return False
    # An order number is a number like any other; a phone number begins or is cut up like one.
    grouped = re.search(r"\d[ ./–-]\(?\d", text) is not None
    return text.startswith(("+", "0", "(")) or (grouped and not re.fullmatch(r"\d{1,3}(?:[ .]\d{3})+", text))


def _figures(text: str, generous: bool) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        written = match[0]
        if text[match.start() - 1 : match.start()] == ":" and re.fullmatch("0+", written):
            continue  # 9:00 is 9
        yield Number(written, _values(written), _units(text, match.start(), match.end(), generous))


def _words(text: str, generous: bool) -> Iterator[Number]:
    """Numbers written out. Where they measure nothing they are no claim: "one of our two workshops"."""
    for match in _WORD_NUMBER.finditer(text):
        if match["tens"]:
            value = _TENS[match["tens"].lower()] + _ONES[match["ones"].lower()]
        else:
            value = _WORDS[match["word"].lower()]
        units = _units(text, match.start(), match.end(), generous)
        if units or generous:
            yield Number(match[0], (str(value),), units)


def _values(written: str) -> tuple[str, ...]:
    compact = re.sub(r"[  ’']", "", written)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+", compact):
        return (_canonical(re.sub(r"[.,]", "", compact)),)
    if decimal := re.fullmatch(r"(\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+)[.,](\d+)", compact):
        fraction = decimal[2].rstrip("0")
        whole = _canonical(re.sub(r"[.,]", "", decimal[1]))
        return (f"{whole}.{fraction}" if fraction else whole,)
    return tuple(_canonical(part) for part in re.split("[.,]", compact))


def _canonical(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _units(text: str, start: int, end: int, generous: bool) -> frozenset[str]:
    before = _BEFORE.search(text, max(0, start - 6), start)
    if before is not None and before.lastgroup:
        return frozenset({before.lastgroup})
    filler = _FILLER.match(text, end)
    at = filler.end() if filler else end
    found = _units_in(text, at)
    if generous:
        found |= _units_in(_window(text, at), 0, everywhere=True)
    if not found or generous:
        month = _MONTH_BEFORE.search(text[max(0, start - 16) : start])
        if month is not None:
            found |= {unit for unit in _units_in(month["month"], 0) if unit in _MONTHS}
    return frozenset(found)


def _window(text: str, at: int) -> str:
    """What may say the unit of a number in a source: the next words, up to another number or clause."""
    second = _RANGE.match(text, at)  # "3 to 5 working days": both are days
    start = second.end() if second else at
    clause = re.split(r"[.,;:!?](?:\s|$)|[\n\d€$£]", text[start : start + 80], maxsplit=1)[0]
    return " ".join(clause.split()[:_WINDOW])


def _units_in(text: str, at: int, *, everywhere: bool = False) -> set[str]:
    first = _UNIT.match(text, at)
    matches = _UNIT.finditer(text, at) if everywhere else [first] if first else []
    units = {(_UNITS[int(str(match.lastgroup)[1:])][0], match[0]) for match in matches}
    # "you may" and "on the march" are no dates
    return {unit for unit, written in units if unit not in _MONTHS or written[0].isupper()}

"""What numbers in support answers measure, and which measures are the same in another unit."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

# Adjectives that make a day another kind of day.
_WORKING = r"(?:business|working|work|arbeits|werk)"
# The first that matches counts. German, French, Spanish, Italian and Dutch for what is written most.
_UNITS: tuple[tuple[str, str], ...] = (
    ("%", r"%|per ?cent\b|percent\b|pct\b|prozent\b"),
    ("working day", rf"{_WORKING}[\s-]?(?:days?|tagen?|tage)\b|werktagen?\b|jours ouvr\w+"),
    ("day", r"days?\b|tag(?:en?)?\b|jours?\b|d[ií]as?\b|giorni?\b|dag(?:en)?\b"),
    ("week", r"weeks?\b|wochen?\b|semaines?\b|semanas?\b|settimane?\b|we(?:ek|ken)\b"),
    ("fortnight", r"fortnights?\b"),
    ("month", r"months?\b|monat(?:en?)?\b|mois\b|mes(?:es)?\b|mesi?\b|maand(?:en)?\b"),
    ("year", r"years?\b|yrs?\b|jahr(?:en?)?\b|ans\b|ann[ée]es?\b|años?\b|anni?\b|jaar\b"),
    ("hour", r"hours?\b|hrs?\b|h\b|stunden?\b|heures?\b|horas?\b|ore\b|uur\b"),
    ("minute", r"minutes?\b|mins?\b|minuten?\b|minutos?\b|minuti?\b"),
    ("second", r"seconds?\b|secs?\b|sekunden?\b"),
    ("EUR", r"€|eur\b|euros?\b"),
    ("CAD", r"c(?:a)?\$|cad\b"),
    ("AUD", r"au?\$|aud\b"),
    ("USD", r"(?:us)?\$|usd\b|dollars?\b"),
    ("GBP", r"£|gbp\b|pounds?\b"),
    ("CHF", r"chf\b|francs?\b|franken\b"),
    ("JPY", r"¥|jpy\b|yen\b"),
    ("INR", r"₹|inr\b|rupees?\b"),
    ("PLN", r"zł|pln\b|z[lł]oty\b"),
    ("SEK", r"sek\b|kronor\b|kr\b"),
    ("cent", r"cents?\b|ct\b|pence\b"),
    ("kg", r"kg\b|kilos?\b|kilograms?\b|kilogrammes?\b"),
    ("mg", r"mg\b|milligrams?\b"),
    ("g", r"g\b|gr\b|gram(?:me)?s?\b|gramm\b"),
    ("lb", r"lbs?\b"),
    ("oz", r"oz\b|ounces?\b"),
    ("ml", r"ml\b|millilit(?:er|re)s?\b"),
    ("cl", r"cl\b"),
    ("l", r"l\b|lit(?:er|re)s?\b"),
    ("mm", r"mm\b|millimet(?:er|re)s?\b"),
    ("cm", r"cm\b|centimet(?:er|re)s?\b"),
    ("km", r"km\b|kilomet(?:er|re)s?\b"),
    ("m", r"m\b|met(?:er|re)s?\b"),
    ("inch", r"inch(?:es)?\b|″"),
    ("foot", r"ft\b|foot\b|feet\b"),
    ("degree", r"°(?:\s?[cf]\b)?|degrees?\b|grad\b"),
    ("kW", r"kw\b|kilowatts?\b"),
    ("W", r"w\b|watts?\b"),
    ("V", r"v\b|volts?\b"),
    ("bar", r"bars?\b"),
    ("GB", r"gb\b|gigabytes?\b"),
    ("MB", r"mb\b|megabytes?\b"),
    ("times", r"times\b|[x×](?!\w)"),
)
_UNIT = re.compile(
    r"(?<![^\W\d])(?:" + "|".join(f"(?P<u{i}>{pattern})" for i, (_, pattern) in enumerate(_UNITS)) + ")", re.I
)
_BEFORE = re.compile(
    r"(?P<EUR>€|\beur|\beuro)\s?$|(?P<CAD>\bca?\$|\bcad)\s?$|(?P<AUD>\bau?\$|\baud)\s?$"
    r"|(?P<USD>\$|\busd)\s?$|(?P<GBP>£|\bgbp)\s?$|(?P<CHF>\bchf)\s?$|(?P<JPY>¥|\bjpy)\s?$|(?P<INR>₹|\binr)\s?$",
    re.I,
)
CURRENCIES = ("EUR", "CAD", "AUD", "USD", "GBP", "CHF", "JPY", "INR", "PLN", "SEK")
# A month is no number of days: only what is always the same is converted.
_SAME_AS: dict[str, tuple[str, int]] = {
    "minute": ("second", 60),
    "hour": ("second", 3600),
    "day": ("second", 86_400),
    "week": ("second", 604_800),
    "fortnight": ("second", 1_209_600),
    "year": ("month", 12),
    "kg": ("mg", 1_000_000),
    "g": ("mg", 1000),
    "l": ("ml", 1000),
    "cl": ("ml", 10),
    "km": ("mm", 1_000_000),
    "m": ("mm", 1000),
    "cm": ("mm", 10),
    "kW": ("W", 1000),
}
_FILLER = re.compile(r"(?:[\s\-–]+(?:(?:of|full|calendar|whole|consecutive|opening)\s+)?)?")
Reading = tuple[str, str]  # (value, unit); a value that stands bare has the unit ""


def unit_before(text: str, start: int) -> str:
    """The currency that stands right before `start`, "" where none does."""
    found = _BEFORE.search(text, max(0, start - 6), start)
    return (found.lastgroup or "") if found is not None else ""


def unit_at(text: str, at: int) -> tuple[str, int]:
    """The unit that follows a number ending at `at`, and where it ends; "" and `at` where none does."""
    filler = _FILLER.match(text, at)
    found = _UNIT.match(text, filler.end() if filler else at)
    return (_name(found), found.end()) if found is not None else ("", at)


def units_in(text: str) -> set[str]:
    return {_name(found) for found in _UNIT.finditer(text)}


def measured(value: str, unit: str) -> Reading:
    """In the smallest unit of its kind: ("2", "week") and ("14", "day") are one."""
    base, factor = _SAME_AS.get(unit, (unit, 1))
    try:
        product = Decimal(value) * factor
    except InvalidOperation:
        return value, unit
    return f"{product.normalize():f}", base


def _name(found: re.Match[str]) -> str:
    return _UNITS[int(str(found.lastgroup)[1:])][0]

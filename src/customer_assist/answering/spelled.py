"""Numbers written out: "twenty-four", "one hundred and twenty", "vierzehn"."""

from __future__ import annotations

import re

_ONES_WORDS = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_GERMAN_WORDS = "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"
_ONES = {word: value for value, word in enumerate(_ONES_WORDS.split(), 1)}
_TENS = {word: value * 10 for value, word in enumerate(_TENS_WORDS.split(), 2)}
_SMALL = _ONES | {word: value for value, word in enumerate(_TEENS.split(), 10)} | _TENS
_LARGE = {"hundred": 100, "thousand": 1000}
_ALONE = {word: value for value, word in enumerate(_GERMAN_WORDS.split(), 2)} | {
    "dozen": 12,
    "vierzehn": 14,
    "zwanzig": 20,
    "dreißig": 30,
    "sechzig": 60,
}
_ANY = "|".join(sorted((*_SMALL, *_LARGE), key=len, reverse=True))
_FOLLOWING = (
    rf"(?<=ty)[ -](?:{'|'.join(_ONES)})|[ -](?:hundred|thousand)"
    rf"|(?:(?<=hundred)(?: and)?|(?<=thousand)) (?:{_ANY})"
)
WORD_NUMBER = re.compile(
    rf"\b(?:(?:{_ANY})(?:(?:{_FOLLOWING})\b)*|{'|'.join(sorted(_ALONE, key=len, reverse=True))})\b", re.I
)


def value_of(words: str) -> int | None:
    """What they say; None where they are no number, and for "one" by itself, which is mostly none."""
    parts = [part for part in re.split(r"[ -]", words.lower()) if part != "and"]
    if parts == ["one"]:
        return None
    if parts[0] in _ALONE:
        return _ALONE[parts[0]]
    if parts[0] not in _SMALL and parts[0] not in _LARGE:
        return None
    total = current = 0
    for part in parts:
        if part == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif part == "hundred":
            current = max(current, 1) * 100
        else:
            current += _SMALL[part]
    return total + current

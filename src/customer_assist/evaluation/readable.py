"""Whether a filled reply still reads well: what leaving a placeholder's value out tends to leave behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_MARKER = r"[ \t>]*(?:(?:[-*•]|\d{1,3}[.)])[ \t]+)?(?:\*\*)?"
_HANGING = (
    r"at|during|via|calling|from|of|the|your|our|an?|or|and|with|by|for|to|in|on|through|within|including"
    r"|such as|like|called|labell?ed|named|is|are|#"
)
_SIGNS = {
    "a brace": r"\{\{|\}\}|[\ue000-\uf8ff]",
    "a word that hangs": rf"(?<![\w-])(?:{_HANGING}) ?[.,!;:)](?:\s|$)"
    r"|\b(?:the|your|our|an?|or|and) ?\?",
    "a number that is missing": r"\b(?:with|to|has|within|in) (?:the |your )?(?:(?:order |purchase )?number"
    r"|(?:business |working )?days) ?[.,!?;]|\btakes (?:business |working )?days",
    "a sign before nothing": r"[$€£#](?![\w$€£#]|\s\w)",
    "empty quotation marks or brackets": r"(?<!\w)''|\"\"|“”|\(\s*\)|\[\s*\]|\*\*\s*\*\*",
    "two spaces": r"\S  +\S",
    "a space before a stop": r" [,.;!?](?:\s|$)",
    "a word twice": r"\b(\w+) \1\b",
    "two words twice": r"\b(\w+ \w+),? (?:or |and )?\1\b",
    "two articles": r"\b(?:the|an?|our|your) (?:your|our|the|an?)\b",
    "the same place twice": r"\b((?:our|your) (?:website|account|order|store|invoice))\b[^.,:!?\n]{0,14}\b\1\b",
    "an empty item": r"(?m)^\s*(?:\d+[.)]|[-*•])\s*$",
    "a small first letter": rf"(?:^|[.!?] |\n){_MARKER}[a-z]",
    "two stops": r",,|,\.|:\s*[.,]|\.\.(?!\.)|[,;]\s*[!?]",
    "a wrong article": r"\ba (?!one\b|on[ce]|uni|use|usu|eu)[aeio]\w"
    r"|\ban (?!hour|honou?r|honest|heir)[bcdfghjklmnpqrstvwxyz]\w",
    "a colon before nothing": r":\s*$",
    "a joint without a part": r"(?:,|\b(?:or|and)) (?:or|and)\b(?=[.,!?;])|\b(?:or|and),? (?:or|and)\b",
    "a sentence of a word or two": r"(?:^|(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\d)[.!?] |\n)"
    r"(?:[A-Z]\w* ?){1,2}\.(?=\s|$)",
    "no space after a stop": r"(?<=[a-z])[!?](?=[A-Za-z][a-z'’ ])",
    "a title twice": r"\b(Mr|Mrs|Ms|Dr)\. (?:Mr|Mrs|Ms|Dr)\.",
}
_PATTERNS = {what: re.compile(pattern) for what, pattern in _SIGNS.items()}
_ALWAYS = ("a brace",)  # also where the source has the same
_AROUND = 4  # characters before a flaw that must be the same in the source for it to be the source's own
_PAIRS = (("(", ")"), ("[", "]"), ('"', '"'), ("**", "**"))


@dataclass(frozen=True, slots=True)
class Flaw:
    what: str
    where: str  # the words around it


def flaws(source: str, text: str) -> list[Flaw]:
    """What looks broken in `text` and does not stand in the same words in `source`, of which it was made."""
    found = [
        Flaw(what, text[max(0, match.start() - 50) : match.end() + 30].replace("\n", "⏎"))
        for what, pattern in _PATTERNS.items()
        for match in pattern.finditer(text)
        if what in _ALWAYS or not _stands_in(source, text, match)
    ]
    for opening, closing in _PAIRS:
        if _unbalanced(text, opening, closing) and not _unbalanced(source, opening, closing):
            found.append(Flaw(f"unbalanced {opening}", text[:80].replace("\n", "⏎")))
    numbers = [int(number) for number in re.findall(r"(?m)^ *(\d+)\. ", text)]
    if any(after not in (before + 1, 1) for before, after in pairwise(numbers)):
        had = [int(number) for number in re.findall(r"(?m)^ *(\d+)\. ", source)]
        if not any(after not in (before + 1, 1) for before, after in pairwise(had)):
            found.append(Flaw("a number left out", str(numbers)))
    return found


def _stands_in(source: str, text: str, match: re.Match[str]) -> bool:
    """The same with a little of what is around it."""
    start, end = max(0, match.start() - _AROUND), match.end() + 1
    if end >= len(text):  # what ends the text must end the source, too
        return source.rstrip().endswith(text[start:].rstrip())
    return text[start:end] in source


def _unbalanced(text: str, opening: str, closing: str) -> bool:
    if opening == closing:
        return text.count(opening) % 2 == 1
    return text.count(opening) != text.count(closing)

"""Names and labels in a text: what somebody or something is called, by which nobody may be misled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’&.-][^\W\d_]+)*(?!\w)")
_QUOTED = re.compile(
    r"(?<![\w])(?:\"(?P<a>[^\"\n]{2,60})\"|“(?P<b>[^“”\n]{2,60})”|„(?P<c>[^„“”\n]{2,60})[“”]|«\s?(?P<d>[^«»\n]{2,60}?)\s?»"
    r"|‘(?P<e>[^‘’\n]{2,60})’(?!\w)|'(?P<f>[^'\n]{2,60})'(?!\w)|`(?P<g>[^`\n]{2,60})`"
    r"|\*\*(?P<h>[^*\n]{2,60})\*\*|__(?P<i>[^_\n]{2,60})__)"
)
# What stands before a colon in a list, and a heading, is written with capitals by habit.
_HEADING = re.compile(
    r"^[ \t>]*(?:#{1,6}[ \t]+[^\n]*|(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)?(?:\*\*|__)[^*_\n]{1,80}(?:\*\*|__):?"
    r"|(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)[^:.!?\n]{1,60}:(?=\s))",
    re.M,
)
_OPENS = re.compile(r"(?:^|[.!?…:;\n|])[\s\"'“„‘«(*_>#-]*(?:\d{1,3}[.)]\s+|[-*+•]\s+)?[\"'“„‘«(*_\[]*$")
# Capitals that name nothing which could be wrong.
_COMMON_WORDS = """
    i i'm i'll i've i'd ok okay yes no hello hi dear please thank thanks note tip faq faqs id ids url urls pdf sms pin
    eta app internet web wi-fi wifi e-mail email mr mrs ms mx dr sir madam english am pm eur usd gbp chf cad aud vat
    eu uk usa us live chat customer support service services help phone number team
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_WRITTEN_OUT = re.compile(
    r"\b(?:[A-Z]\w+ (?:of |and |the )?){1,6}\(([A-Z]{2,6})\)"
)  # what "(ETA)" stands for
_CALENDAR = re.compile(  # what dates check
    r"(?:mon|tues?|wednes|wed|thurs?|fri|satur|sat|sun)(?:day)?s?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?"
    r"|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?",
    re.I,
)
_GERMAN = re.compile(
    r"\b(?:(?i:der|das|und|ist|sind|nicht|eine?[nmrs]?|mit|für|wir|auf|zu[mr]?|bei|oder|bis|vom)|[Ss]ie|Ihnen|im"
    r"|[Ii]hre?[nmrs]?)\b"
)


@dataclass(frozen=True, slots=True)
class NamesKnown:
    """All words and runs of words that an answer may use as names."""

    words: frozenset[str]
    runs: str  # every text as plain words, " between spaces "

    def has(self, label: str) -> bool:
        return f" {_plain(label)} " in self.runs


def known_names(texts: Iterable[str]) -> NamesKnown:
    plain = [_plain(text) for text in texts]
    words = frozenset(word for text in plain for word in text.split())
    return NamesKnown(words, " " + " | ".join(plain) + " ")


def unknown_names(text: str, known: NamesKnown) -> list[str]:
    """The labels in quotation marks or in bold, and the names in mid-sentence, that `known` does not hold."""
    without = _HEADING.sub(lambda match: " " * len(match[0]) + ".", text)
    labels = [label for label in _labels(without) if not known.has(label)]
    without = _QUOTED.sub(lambda match: " " * len(match[0]), without)
    without = _WRITTEN_OUT.sub(lambda match: " " if _is_known(match[1], known) else match[0], without)
    return labels + [name for name in _names(without) if not _is_known(name, known)]


def _labels(text: str) -> Iterator[str]:
    """Quoted words that name something; a whole sentence in quotation marks says something."""
    for match in _QUOTED.finditer(text):
        label = match[match.lastgroup or 0].strip()
        emphasis = match.lastgroup in ("h", "i") and not any(word[0].isupper() for word in label.split())
        if (
            _WORD.search(label)
            and len(label.split()) <= 6
            and not emphasis
            and not label.endswith((".", "!", ","))
        ):
            yield label


def _names(text: str) -> Iterator[str]:
    """Runs of words with a capital that no beginning of a sentence explains. German gives one to every noun."""
    if _GERMAN.search(text):
        return
    run: list[str] = []
    end = -1
    for match in _WORD.finditer(text):
        word = match[0]
        if not word[0].isupper() or _OPENS.search(text, 0, match.start()):
            continue
        if run and text[end : match.start()] not in (" ", " & "):
            yield " ".join(run)
            run = []
        run.append(word)
        end = match.end()
    if run:
        yield " ".join(run)


def _is_known(name: str, known: NamesKnown) -> bool:
    """As a whole; or each word, and each two that follow one another."""
    parts = [word for word in name.split() if not (word.lower() in _COMMON or _CALENDAR.fullmatch(word))]
    if not parts or known.has(name):
        return True
    words = _plain(name).split()
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return all(_is_word(word, known) for word in words) and all(known.has(pair) for pair in pairs)


def _is_word(word: str, known: NamesKnown) -> bool:
    forms = {word, f"{word}s", word.removesuffix("s"), word.removesuffix("es")}
    return word in _COMMON or not forms.isdisjoint(known.words)


def _plain(text: str) -> str:
    """Lower-case words without marks: "'My orders'." is "my orders", "Brindle & Bean's" is "brindle bean"."""
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"['’]s\b|['’]", "", text.lower())))

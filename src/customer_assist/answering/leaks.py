"""Whether a text gives away the prompt's instructions: in any spacing, case or markup, shifted, mirrored, backwards,
encoded, in scraps, or retold. Judged on all that was written so far: a rule may be cut over sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from customer_assist.text.disguises import as_letters, decoded
from customer_assist.text.sentences import sentences
from customer_assist.text.words import content_words

_PLAIN = 32  # letters in a row, some seven words, that nobody writes twice by chance
_DISGUISED = 16  # letters in a row, read otherwise: no text has them by chance
_SCRAP = 12
_MOST_SCRAPS = 60  # places of the instructions that scraps of 12 letters may touch in one answer
_RETOLD, _RETOLD_SHARE = 6, 0.5  # words of one rule in one sentence, not the sources' own, and their part
_RETOLD_IN_ALL, _SHARE_IN_ALL = 12, 0.35  # the same of all rules in a whole answer


@dataclass(frozen=True, slots=True)
class Told:
    """What must not be told on, prepared once for one prompt.

    Letters in a row are kept as the distances between them: a shift by any number of letters leaves them alone.
    """

    plain: frozenset[str]
    disguised: frozenset[str]
    scraps: frozenset[str]
    rules: tuple[frozenset[str], ...]
    own: frozenset[str]  # content words of what may be repeated


def told(instructions: str, own: Iterable[str]) -> Told:
    """`own`: texts that may be repeated, whatever the instructions say: the sources', the customer's."""
    texts = tuple(own)
    letters = [_letters(text) for text in texts]
    fixed = _fixed(instructions)
    own_words = content_words("\n".join(texts))
    return Told(
        plain=fixed.plain - {run for each in letters for run in _runs(_distances(each), _PLAIN - 1)},
        disguised=fixed.disguised,
        scraps=fixed.scraps - {run for each in letters for run in _runs(each, _SCRAP)},
        rules=tuple(rule - own_words for rule in fixed.rules),
        own=own_words,
    )


def leaked(text: str, secret: Told) -> str:
    """How `text`, all that an answer says so far, gives the instructions away; "" where it does not."""
    if not secret.plain:
        return ""
    for reading in (text, *decoded(text)):
        letters = _letters(reading)
        if _runs(_distances(letters), _PLAIN - 1) & secret.plain:
            return "it repeats them"
        if len(_runs(letters, _SCRAP) & secret.scraps) > _MOST_SCRAPS:
            return "it repeats scraps of them"
    if any(_runs(_distances(letters), _DISGUISED - 1) & secret.disguised for letters in _mirrored(text)):
        return "it repeats them in disguise"
    if any(_runs(_distances(letters), _PLAIN - 1) & secret.plain for letters in _reordered(text)):
        return "it repeats them in disguise"
    return _retold(text, secret)


def _mirrored(text: str) -> tuple[str, ...]:
    """Backwards, and with the alphabet turned round."""
    letters = _letters(text)
    turned = "".join(chr(ord("a") + ord("z") - ord(letter)) for letter in letters)
    return letters[::-1], turned, turned[::-1]


def _reordered(text: str) -> tuple[str, ...]:
    words = re.findall(r"\w+", text)
    return (
        _letters(" ".join(reversed(words))),
        _letters(" ".join(word[::-1] for word in words)),
        _letters(as_letters(text.lower())),
        _letters("".join(word[:1] for word in words)),
    )


def _retold(text: str, secret: Told) -> str:
    said = content_words(text)
    of_rules = len(said & frozenset().union(*secret.rules))
    if of_rules >= _RETOLD_IN_ALL and of_rules >= _SHARE_IN_ALL * len(said):
        return "it speaks in their words"
    for sentence in sentences(text):
        words = content_words(sentence)
        for rule in secret.rules:
            shared = len(words & rule)
            if shared >= _RETOLD and shared >= _RETOLD_SHARE * len(words):
                return "it retells one of them"
    return ""


@lru_cache(maxsize=4)
def _fixed(instructions: str) -> Told:
    letters = _letters(instructions)
    return Told(
        plain=_runs(_distances(letters), _PLAIN - 1),
        disguised=_runs(_distances(letters), _DISGUISED - 1),
        scraps=_runs(letters, _SCRAP),
        rules=tuple(content_words(sentence) for sentence in sentences(instructions)),
        own=frozenset(),
    )


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).lower()
    return re.sub("[^a-z]", "", plain)


def _distances(letters: str) -> str:
    places = np.frombuffer(letters.encode("ascii"), dtype=np.uint8).astype(np.int16)
    return (np.diff(places) % 26 + ord("a")).astype(np.uint8).tobytes().decode("ascii")


def _runs(text: str, length: int) -> frozenset[str]:
    return frozenset(text[start : start + length] for start in range(len(text) - length + 1))

"""Subjects that the business wants to answer itself, told by the words that it lists for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from customer_assist.business import BusinessProfile, Topic

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ing", "ed", "es", "s", "e")
_SHORTEST = 3  # letters of a word that are left where an ending is cut off
_GAP = "*"


def reserved_topic(message: str, profile: BusinessProfile) -> str:
    """The name of the first topic of the profile that `message` is on, "" where it is on none.

    What is listed counts where all its words stand in the message one behind the other, in any case and form ("sue" is
    there in "suing", not in "issue"); "*" between them stands for up to three others ("take * to court").
    """
    words = [_stem(word) for word in _words(message)]
    return next((topic.name for topic in profile.handoff.topics if _is_on(words, topic)), "")


def _is_on(words: Sequence[str], topic: Topic) -> bool:
    text = f" {' '.join(words)} "
    return any(pattern.search(text) for pattern in map(_pattern, topic.words))


@lru_cache(maxsize=2048)
def _pattern(listed: str) -> re.Pattern[str]:
    parts = [part for part in re.split(r"(\*)|\s+", listed) if part]
    found = ""
    for part in parts:
        found += "(?: [^ ]+){0,3}?" if part == _GAP else "".join(f" {_stem(w)}" for w in _words(part))
    return re.compile(f"{found} ")


def _words(text: str) -> list[str]:
    return _WORD.findall(re.sub(r"['’`]", "", text.casefold()))


def _stem(word: str) -> str:
    """What the forms of a word share: "sue", "sues", "sued" and "suing"; no two endings are cut off."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - (ending != "s"):
            return word[: -len(ending)]
    return word

"""The words of a text that say what it is about, cut so that "return" and "returned" are one; and the small ones."""

from __future__ import annotations

import re

_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")
# Words of three letters or fewer say little, and these say no more. Others of their kind are rare enough.
_COMMON_WORDS = """
    that this with your have from they them will been were what when where which while then than there here
    also into only more most some such very just about please would could should does their after before
    eine einer einem einen nicht sich auch oder wenn dann sind wird werden haben kann können ihre ihrer ihnen
    vous nous avec pour dans sont être para como esta este
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_STEM = 6  # letters that "return", "returned" and "returning" share


def has_word(text: str) -> bool:
    return _WORD.search(text) is not None


def content_words(text: str) -> frozenset[str]:
    """Numbers, and the stems of words with more than three letters that are not common ones."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(w[:_STEM] for w in words if w[0].isdigit() or (len(w) > 3 and w not in _COMMON))


def small_words(text: str) -> frozenset[str]:
    """All others: they tell languages apart."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(w for w in words if not w[0].isdigit() and (len(w) <= 3 or w in _COMMON))

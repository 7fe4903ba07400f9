"""Texts to terms: stemmed words, and the character n-grams that survive typos."""

from __future__ import annotations

import re
import unicodedata

from customer_assist.text.said import TEMPLATE

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_REFERENCE = re.compile(r"#?\b[A-Z]{0,4}-?\d{4,}\b")
_NAMED_REFERENCE = re.compile(
    r"\b((?:order|purchase|invoice|bill|receipt|parcel|tracking|reference)s?)"
    r"\s+(?:(?:number|no\.?|id|nr\.?)\s*)?[:#]*\s*[A-Z]{0,4}-?\d{4,}\b",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_NGRAM_SIZES = (3, 4, 5)


def without_references(question: str) -> str:
    """Which order it is says nothing: "bill #00108" becomes "bill number", and a number on its own nothing.

    Nor does a template that was copied with its braces, "{{order number}}".
    """
    # One space for each run of them: the patterns would take seconds over thousands.
    text = _SPACE.sub(" ", TEMPLATE.sub(" ", question))
    return _REFERENCE.sub(" ", _NAMED_REFERENCE.sub(r"\1 number", text))


def words(text: str) -> list[str]:
    """Lower-case words without apostrophes: "What's" gives "what", "don't" gives "dont"."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return [word.removesuffix("'s").replace("'", "") for word in _WORD.findall(folded)]


def stems(word: str) -> list[str]:
    """One term: the word without English inflection, a few more endings than Harman's S-stemmer (1991)."""
    if len(word) > 5 and word.endswith("ing"):
        word = word[:-3]
    elif len(word) > 4 and word.endswith(("ied", "ies")):
        word = word[:-3] + "y"
    elif len(word) > 4 and word.endswith("ed"):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    doubled = len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeious"
    return [word[:-1] if doubled else word]


def ngrams(word: str) -> list[str]:
    """Its character n-grams, the edges of the word marked by a space."""
    marked = f" {word} "
    return [marked[i : i + size] for size in _NGRAM_SIZES for i in range(len(marked) - size + 1)]

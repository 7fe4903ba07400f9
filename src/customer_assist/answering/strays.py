"""What in a model's answer comes from neither the sources nor the question: signs that it obeyed somebody else.

None of this needs to know the order that was obeyed. A planted text brings words, codes or a language that the
honest texts do not have, and what is to reach the customer past the other checks is written in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from customer_assist.answering.vouching import mended, places_in
from customer_assist.text.disguises import encoded
from customer_assist.text.planted import speaks_to_a_machine, without_orders
from customer_assist.text.sentences import sentences
from customer_assist.text.tongues import other_tongue, tongue_of
from customer_assist.text.words import EVERYDAY, content_words

_CODE = re.compile(
    r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*(?![\w-])"  # ZX-91-CANARY
    r"|(?<![\w-])[A-Z]{2,}(?:[-_][A-Z]{2,})+(?![\w-])|(?<![\w-])[A-Z]{7,}(?![\w-])|[\w+/=-]{32,}"
)
_MEASURE = re.compile(
    r"\d+(?:[.,]\d+)?(?:-[a-z]+)+|\d+(?:st|nd|rd|th|x|h|am|pm|min|k?g|mg|ml|l|[ckm]?m|mm|gb|mb|kb|tb|w|v|hz|s|er|ten?|e)",
    re.I,
)
_FEWEST_WORDS, _LONG, _STRANGE_SHARE = 2, 5, 0.85


@dataclass(frozen=True, slots=True)
class Explained:
    """What the sources, the facts and the question explain."""

    words: frozenset[str]
    text: str  # all of it, in small letters
    tongues: frozenset[str]  # of sources and question
    told_in: frozenset[str]  # of the sources alone


def explained(own: Iterable[str], question: str) -> Explained:
    """`own`: the texts of sources and facts. What the question asks of a machine explains nothing."""
    asked = without_orders(question)
    texts = (*own, asked)
    told_in = {tongue for text in texts[:-1] if (tongue := tongue_of(text))}
    asked_in = tongue_of(question)
    return Explained(
        words=content_words("\n".join(texts)) | EVERYDAY,
        text="\n".join(texts).lower(),
        tongues=frozenset(told_in | ({asked_in} if asked_in else set())),
        told_in=frozenset(told_in),
    )


def strays(text: str, known: Explained) -> list[str]:
    """What of `text` nothing explains, each by its words; none is an empty list."""
    found = [code for code in _CODE.findall(text) if not _is_known_code(code, known)]
    if (blob := encoded(text)) and blob.lower() not in known.text:
        found.append(blob)
    found += _broken_addresses(text, known)
    for sentence in sentences(text):
        if _is_strange(sentence, known) or (
            speaks_to_a_machine(sentence) and sentence.lower() not in known.text
        ):
            found.append(sentence)
    return found


def _is_known_code(code: str, known: Explained) -> bool:
    return code.lower() in known.text or _MEASURE.fullmatch(code) is not None


def _broken_addresses(text: str, known: Explained) -> list[str]:
    whole = mended(text)
    if whole == text:
        return []
    before, after = places_in(text), places_in(whole)
    fresh = {*after.links, *after.emails} - {*before.links, *before.emails}
    if fresh:
        own = places_in(mended(known.text))  # "polka dot dress" is no address where the source has it
        fresh -= {*own.links, *own.emails}
    return sorted(place for place in fresh if place not in known.text)


def _is_strange(sentence: str, known: Explained) -> bool:
    """In a language that nobody spoke; or in that of the sources and with hardly a word of theirs."""
    if other_tongue(sentence, known.tongues):
        return True
    tongue = tongue_of(sentence)
    if tongue is not None and known.told_in and tongue not in known.told_in:
        return False  # the question's language, which is not the sources': their words cannot be compared
    words = frozenset(
        word for word in content_words(sentence) if not word[0].isdigit()
    )  # numbers have a check
    strange = len(words - known.words)
    if len(words) >= _LONG:
        return strange > _STRANGE_SHARE * len(words)
    return len(words) >= _FEWEST_WORDS and strange == len(words)

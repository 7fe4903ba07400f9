"""Whether a customer asks for a person: in so many words, or by a yes to the offer of one; and whether back again.

A clause counts where every word of it is known: a way of asking, a person, and nothing that makes it a question about
something else ("my bank's agent", "someone in the shop on Saturday"). Slips are forgiven. The words are English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from customer_assist.dialogue.human_words import (
    ALONE,
    BACK,
    BEFORE,
    COMPLAINT,
    KEYWORDS,
    NO,
    NO_PERSON,
    OTHER_WORDS,
    SMALL_SLIPS,
    UNWANTED,
    WISH,
    YES,
)
from customer_assist.model import Outcome, RecordedTurn
from customer_assist.text.slips import one_of

_LONGEST = 60  # words of a clause; whoever asks for a person says it shorter


def wants_a_human(message: str, past: Sequence[RecordedTurn]) -> bool:
    """In so many words, or by a yes to the offer that came before it."""
    if past and past[-1].outcome == Outcome.ABSTAINED and YES.fullmatch(" ".join(_words(message))):
        return True
    return any(_is_a_wish(clause) for clause in _clauses(message))


def declines_a_human(message: str, past: Sequence[RecordedTurn]) -> bool:
    """Whether it says no to the offer of a person that came just before, and nothing else."""
    offered = bool(past) and past[-1].outcome == Outcome.ABSTAINED
    return offered and NO.fullmatch(" ".join(_words(message))) is not None


def wants_the_assistant(message: str) -> bool:
    """Whether one who was handed over would rather go on with the assistant; the whole message says so."""
    words = _words(message)
    said = " ".join(words)
    return len(words) <= _LONGEST and bool(BACK.fullmatch(said) or NO_PERSON.fullmatch(said))


def _is_a_wish(clause: str) -> bool:
    if ALONE.fullmatch(clause):
        return True
    complaint = COMPLAINT.match(clause)
    said = clause[complaint.end() :] if complaint else clause
    return any(map(_asks, dict.fromkeys((said, clause))))


def _asks(clause: str) -> bool:
    found = WISH.fullmatch(clause)
    if found is None:
        return False
    before = found["before"].split()
    asking = clause.split()[: len(before) + 1]  # with the first word of what is asked for: "do not need"
    unwanted = any(UNWANTED.search(" ".join(words)) for words in (before, asking))
    return all(map(_may_precede, before)) and not unwanted


def _may_precede(word: str) -> bool:
    """Also two of them written as one: "haveto", "uhelp"."""
    return word in BEFORE or any(
        word[:place] in BEFORE and word[place:] in BEFORE for place in range(1, len(word))
    )


def _clauses(message: str) -> list[str]:
    parts = (_words(part) for part in re.split(r"[.!?;,:\n()]+| [-–—]+ ", message))
    return [" ".join(map(_mended, words)) for words in parts if 0 < len(words) <= _LONGEST]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’`]", "", text.lower()))


def _mended(word: str) -> str:
    """A word with one slip as it was meant, where that is one that counts here; "tosomebody" is "to somebody"."""
    if word in SMALL_SLIPS:
        return SMALL_SLIPS[word]
    if word in KEYWORDS or word in BEFORE or word in OTHER_WORDS or len(word) < 4:
        return word
    meant = next((keyword for keyword in KEYWORDS if one_of(word, (keyword,))), word)
    glued = word.endswith(meant) and word != meant
    return f"{word.removesuffix(meant)} {meant}" if glued else meant

"""A document as answers may use it: without what somebody planted in it. Model and extracts both see only this.

Three grounds to leave a sentence out: it speaks to a machine (text/planted.py), it is hidden or encoded, or it
sends customers to a place that the business does not vouch for (answering/vouching.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from customer_assist.answering.vouching import strangers, without_places
from customer_assist.model import NOTHING_VOUCHED, Document, Vouched
from customer_assist.text.disguises import encoded
from customer_assist.text.hidden import without_hidden
from customer_assist.text.planted import may_speak_to_a_machine, speaks_of_readers, speaks_to_a_machine
from customer_assist.text.sentences import split_spans
from customer_assist.text.words import EVERYDAY, content_words

MACHINE, HIDDEN, STRANGE, BESIDE = (
    "it speaks to a machine",
    "it is hidden or encoded",
    "it sends customers to a place that the profile does not name",
    "it stands beside such a sentence and has nothing to do with the text",
)
_LABELLED = re.compile(r"!?\[([^\[\]\n]{1,200})\]\(\s*<?([^()\s<>]{1,2000})>?[^()\n]{0,200}\)")
_AFTER_ADDRESS = re.compile(r"(?:://|\bwww\.)[^\s()\[\]]+\s+(?=[A-Z\d*•-])")
_TASK = re.compile(
    r"\?\W*$|^\W*(?:explain|describe|write|draft|compose|develop|provide|give|tell|show|list|name|define|discuss"
    r"|compare|summari[sz]e|translate|solve|calculate|break down|outline|create|generate)\b",
    re.I,
)
_KEPT = 4096  # texts that are remembered


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence that no answer uses; `why` is one of the grounds above, with the words that gave it away."""

    sentence: str
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cleaned:
    text: str
    left_out: tuple[LeftOut, ...] = ()


def clean(document: Document, vouched: Vouched) -> Document:
    """`document` with only that title, those questions and sentences that answers may use."""
    about = _about(document)
    cleaned = replace(
        document,
        title=document.title if is_innocent(document.title, vouched) else "",
        questions=tuple(each for each in document.questions if is_innocent(each, vouched)),
        text=cleaned_text(document.text, about, vouched).text,
    )
    return document if cleaned == document else cleaned


def left_out(document: Document, vouched: Vouched) -> Iterator[LeftOut]:
    """What `clean` takes out of it, for its owner to see."""
    for part in (document.title, *document.questions):
        if words := speaks_to_a_machine(part) or encoded(part):
            yield LeftOut(part, MACHINE, words)
        elif places := strangers(part, vouched):
            yield LeftOut(part, STRANGE, ", ".join(place.written for place in places))
    yield from cleaned_text(document.text, _about(document), vouched).left_out


def is_innocent(text: str, vouched: Vouched = NOTHING_VOUCHED) -> bool:
    """Whether a title or a question may be shown: neither needs to send anybody anywhere."""
    return not (speaks_to_a_machine(text) or encoded(text) or strangers(text, vouched))


@lru_cache(maxsize=_KEPT)
def cleaned_text(text: str, about: str, vouched: Vouched) -> Cleaned:
    """`about`: what else the document says, to tell what belongs to it."""
    seen, hidden = without_hidden(text)
    out = [LeftOut(each.strip(), HIDDEN) for each in hidden if _tells(each)]
    unlabelled = _without_barred_targets(seen, vouched)
    out += [LeftOut(each, STRANGE) for each in unlabelled.taken]
    pieces = _pieces(unlabelled.text)
    found = _found(pieces, about, vouched)
    if not (found or hidden or unlabelled.taken):
        return Cleaned(text)
    kept = "".join(piece for number, piece in enumerate(pieces) if number not in found)
    return Cleaned(kept, (*out, *(found[number] for number in sorted(found))))


def _pieces(text: str) -> list[str]:
    """Its sentences; an address before a new beginning ends one, too."""
    pieces: list[str] = []
    for start, end in split_spans(text):
        for match in _AFTER_ADDRESS.finditer(text, start, end):
            pieces.append(text[start : match.end()])
            start = match.end()
        pieces.append(text[start:end])
    return [piece for piece in pieces if piece]


def _about(document: Document) -> str:
    return "\n".join((document.title, *document.questions))


def _tells(hidden: str) -> bool:
    """Comments are common and honest; worth a word to the owner is one that says something to a machine."""
    return not hidden.startswith("<!--") or bool(speaks_to_a_machine(hidden[4:].removesuffix("-->")))


def _found(pieces: Sequence[str], about: str, vouched: Vouched) -> dict[int, LeftOut]:
    found: dict[int, LeftOut] = {}
    for number, piece in enumerate(pieces):
        if words := speaks_to_a_machine(piece):
            found[number] = LeftOut(piece.strip(), MACHINE, words)
        elif blob := encoded(piece):
            found[number] = LeftOut(piece.strip(), HIDDEN, blob)
    for number in range(len(pieces) - 1):  # an order may be cut in two by a full stop or a line's end
        if number not in found and number + 1 not in found:
            pair = " ".join((pieces[number] + pieces[number + 1]).split())
            if _cut_in_two(pair, pieces[number], pieces[number + 1]):
                words = speaks_to_a_machine(pair)
                for each in (number, number + 1):
                    found[each] = LeftOut(pieces[each].strip(), MACHINE, words)
    for number, piece in enumerate(pieces):
        places = [] if number in found else strangers(piece, vouched)
        if places and (
            any(place.barred for place in places)
            or not _belongs(number, pieces, found, about)
            or speaks_of_readers(piece)
            or (found and may_speak_to_a_machine(piece))
        ):
            found[number] = LeftOut(piece.strip(), STRANGE, ", ".join(place.written for place in places))
    _add_neighbours(found, pieces, about)
    return found


def _cut_in_two(pair: str, first: str, second: str) -> bool:
    ends = re.search(r"[.!?:][\"'”’)\]*_]*\s*$", first)
    return not ends and bool(speaks_to_a_machine(pair)) and not speaks_to_a_machine(second)


def _belongs(number: int, pieces: Sequence[str], found: Mapping[int, LeftOut], about: str) -> bool:
    """Whether the sentence shares a word with what else the document says; where either says nothing, it does.

    A bare address belongs where the sentence before it does.
    """
    words = content_words(without_places(pieces[number]))
    if not words and number:
        return number - 1 not in found and _belongs(number - 1, pieces, found, about)
    own = {word for word in words - EVERYDAY if not word[0].isdigit()}
    others = [piece for other, piece in enumerate(pieces) if other != number and other not in found]
    known = content_words("\n".join((about, *others)))
    return not own or not known or bool(own & known)


def _add_neighbours(found: dict[int, LeftOut], pieces: Sequence[str], about: str) -> None:
    """A question or a task on an order's own line that has nothing to do with the document belongs to the order."""
    waiting = [
        number
        for number, each in found.items()
        if each.why != STRANGE or not _belongs(number, pieces, found, about)
    ]
    while waiting:
        place = waiting.pop()
        for number in (place - 1, place + 1):
            if (
                0 <= number < len(pieces)
                and number not in found
                and "\n" not in pieces[min(place, number)]
                and _TASK.search(pieces[number])
                and not _belongs(number, pieces, found, about)
            ):
                found[number] = LeftOut(pieces[number].strip(), BESIDE)
                waiting.append(number)


@dataclass(frozen=True, slots=True)
class _Unlabelled:
    text: str
    taken: tuple[str, ...]


def _without_barred_targets(text: str, vouched: Vouched) -> _Unlabelled:
    """A labelled link whose target is barred keeps its label: the sentence still says what it says."""
    taken: list[str] = []

    def label(match: re.Match[str]) -> str:
        if any(place.barred for place in strangers(match[2], vouched)) and not strangers(match[1], vouched):
            taken.append(match[0])
            return match[1]
        return match[0]

    return _Unlabelled(_LABELLED.sub(label, text) if "](" in text else text, tuple(taken))

"""A document as answers may use it: without what somebody planted in it. Model and extracts both see only this.

Three grounds to leave a sentence out: it speaks to a machine (text/planted.py), it is hidden or encoded, or it
sends customers to a place that the business does not vouch for (answering/vouching.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from customer_assist.answering.vouching import strangers
from customer_assist.model import Document, Vouched
from customer_assist.text.disguises import encoded
from customer_assist.text.hidden import without_hidden
from customer_assist.text.planted import may_speak_to_a_machine, speaks_to_a_machine
from customer_assist.text.sentences import split_spans
from customer_assist.text.words import content_words

MACHINE, HIDDEN, STRANGE, BESIDE = (
    "it speaks to a machine",
    "it is hidden or encoded",
    "it sends customers to a place that the profile does not name",
    "it stands beside such a sentence and has nothing to do with the text",
)
_LABELLED = re.compile(r"!?\[([^\[\]\n]{1,200})\]\(\s*<?([^()\s<>]{1,2000})>?[^()\n]{0,200}\)")
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
    """`document` with only those titles, questions and sentences that answers may use."""
    if not _worth_a_look(document):
        return document
    about = _about(document)
    cleaned = replace(
        document,
        title=cleaned_text(document.title, document.text, vouched).text.strip(),
        questions=tuple(
            question
            for question in document.questions
            if not cleaned_text(question, document.text, vouched).left_out
        ),
        text=cleaned_text(document.text, about, vouched).text,
    )
    return document if cleaned == document else cleaned


def left_out(document: Document, vouched: Vouched) -> Iterator[LeftOut]:
    """What `clean` takes out of it, for its owner to see."""
    for part in (document.title, *document.questions):
        yield from cleaned_text(part, document.text, vouched).left_out
    yield from cleaned_text(document.text, _about(document), vouched).left_out


@lru_cache(maxsize=_KEPT)
def cleaned_text(text: str, about: str, vouched: Vouched) -> Cleaned:
    """`about`: what else the document says, to tell what belongs to it."""
    seen, hidden = without_hidden(text)
    out = [LeftOut(each.strip(), HIDDEN) for each in hidden if _tells(each)]
    unlabelled = _without_barred_targets(seen, vouched)
    out += [LeftOut(each, STRANGE) for each in unlabelled.taken]
    spans = split_spans(unlabelled.text)
    pieces = [unlabelled.text[start:end] for start, end in spans]
    found = _found(pieces, about, vouched)
    if not (found or hidden or unlabelled.taken):
        return Cleaned(text)
    kept = "".join(piece for number, piece in enumerate(pieces) if number not in found)
    return Cleaned(kept, (*out, *(found[number] for number in sorted(found))))


def _worth_a_look(document: Document) -> bool:
    return bool(document.text or document.title or document.questions)


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
        if number not in found and (places := strangers(piece, vouched)):
            belongs = _belongs(number, pieces, found, about)
            if any(place.barred for place in places) or not belongs or _is_odd(piece, found):
                found[number] = LeftOut(piece.strip(), STRANGE, ", ".join(place.written for place in places))
    _add_neighbours(found, pieces, about)
    return found


def _cut_in_two(pair: str, first: str, second: str) -> bool:
    ends = re.search(r"[.!?:][\"'”’)\]*_]*\s*$", first)
    return not ends and bool(speaks_to_a_machine(pair)) and not speaks_to_a_machine(second)


def _is_odd(piece: str, found: dict[int, LeftOut]) -> bool:
    """A stranger's place beside signs of an order, or in a text in which something was planted."""
    return bool(found) and may_speak_to_a_machine(piece)


def _belongs(number: int, pieces: Sequence[str], found: dict[int, LeftOut], about: str) -> bool:
    """Whether the sentence shares a word with what else the document says; where it says nothing, it does."""
    others = [piece for other, piece in enumerate(pieces) if other != number and other not in found]
    known = content_words("\n".join((about, *others)))
    own = content_words(_LABELLED.sub(r"\1", pieces[number]))
    return not known or bool(own & known)


def _add_neighbours(found: dict[int, LeftOut], pieces: Sequence[str], about: str) -> None:
    """What an order stands beside and the document says nothing of belongs to the order."""
    waiting = [number for number, each in found.items() if each.why in (MACHINE, HIDDEN)]
    while waiting:
        place = waiting.pop()
        for number in (place - 1, place + 1):
            if (
                0 <= number < len(pieces)
                and number not in found
                and content_words(pieces[number])
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

"""Sources as the model sees them, and its "[1]" turned into citations that quote them literally."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from customer_assist.answering.extractive import extract, shown_title
from customer_assist.answering.sources import Source
from customer_assist.model import NOTHING_VOUCHED, Citation, Hit, Vouched
from customer_assist.text.placeholders import fill
from customer_assist.text.sentences import sentences, split_spans
from customer_assist.text.words import content_words, has_word, small_words

MOST_SOURCES = 5
LONGEST_SOURCE = 1500  # characters
LONGEST_QUOTE = 300

_NUMBERS = r"(?:sources?\s*|quelle\s*|\^)?\d{1,2}(?:\s*(?:,|;|-|–|and|und|&)\s*\d{1,2})*(?:†[^\]】\n]{0,12})?"
_MARKER = rf"(?:\[{_NUMBERS}\]|【{_NUMBERS}】)"
_MARKERS = re.compile(rf"[ \t]*(?:\({_MARKER}(?:[\s,;]*{_MARKER})*\)|{_MARKER}(?:[ \t,;]*{_MARKER})*)", re.I)
# The end of a piece that may still become a marker: spaces, whole markers, an open bracket.
_UNDECIDED = re.compile(rf"[ \t]*\(?(?:{_MARKER}[ \t,;]*){{0,9}}(?:[\[【][^\[\]【】\n]{{0,24}})?$", re.I)
_SUPPORT = 0.6  # share of a sentence's content words that a source's sentence must hold to be cited unasked


@dataclass(frozen=True, slots=True)
class Marker:
    at: int  # its place in the text without markers
    number: int


class MarkerReader:
    """Takes the markers out of a text that arrives in pieces, and remembers where each stood."""

    def __init__(self) -> None:
        self.text = ""
        self.markers: list[Marker] = []
        self._held = ""

    def feed(self, piece: str) -> str:
        """What is certain to be text by now."""
        self._held += piece
        undecided = _UNDECIDED.search(self._held)
        end = undecided.start() if undecided else len(self._held)
        ready, self._held = self._held[:end], self._held[end:]
        return self._take_out(ready)

    def flush(self) -> str:
        """The rest, at the end of the text."""
        ready, self._held = self._held, ""
        return self._take_out(ready)

    def _take_out(self, text: str) -> str:
        before = len(self.text)
        position = 0
        for match in _MARKERS.finditer(text):
            self.text += text[position : match.start()]
            self.markers += [Marker(len(self.text), number) for number in _numbers(match[0])]
            position = match.end()
        self.text += text[position:]
        return self.text[before:]


def read_sources(
    hits: Sequence[Hit], facts: Mapping[str, str], vouched: Vouched = NOTHING_VOUCHED
) -> tuple[Source, ...]:
    """The best documents' texts, cleaned, filled, cut at a sentence's end; those without text are passed over."""
    sources: list[Source] = []
    for hit in hits:
        text = _cut(fill(extract(hit, vouched), facts, {}).text.strip())
        if text and len(sources) < MOST_SOURCES:
            document = hit.document
            title = shown_title(document, facts, vouched)
            sources.append(Source(len(sources) + 1, document.id, title, text, document.url))
    return tuple(sources)


def cite(text: str, markers: Sequence[Marker], sources: Sequence[Source]) -> tuple[Citation, ...]:
    """One citation per document, in order of mention; it quotes the sentence that supports the text best.

    A number that no source has is dropped, and so is a marker whose sentence shares no word with its source
    though the languages agree. Without any marker left, sources that clearly say the same are cited.
    """
    by_number = {source.number: source for source in sources}
    language = small_words(" ".join(source.text for source in sources))
    best: dict[int, tuple[float, str]] = {}
    for marker in markers:
        source = by_number.get(marker.number)
        if source is None:
            continue
        support = _support(_sentence_at(text, marker.at), source, language)
        if support is not None and (marker.number not in best or support[0] > best[marker.number][0]):
            best[marker.number] = support
    if not best:
        best = _grounds(text, sources)
    return tuple(
        Citation(by_number[n].document_id, by_number[n].title, quote, by_number[n].url)
        for n, (_, quote) in best.items()
    )


def _numbers(marker: str) -> list[int]:
    found: list[int] = []
    for first, last in re.findall(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?", re.sub(r"†[^\]】]*", "", marker)):
        found += range(int(first), min(int(last or first), int(first) + MOST_SOURCES) + 1)
    return found


def _cut(text: str) -> str:
    if len(text) <= LONGEST_SOURCE:
        return text
    ends = [end for _, end in split_spans(text) if end <= LONGEST_SOURCE]
    return text[: ends[-1] if ends else LONGEST_SOURCE].rstrip()


def _sentence_at(text: str, at: int) -> str:
    """The sentence that a marker stands in or behind."""
    place = len(text[:at].rstrip())
    for start, end in split_spans(text):
        if start < place <= end or (start == place == 0):
            return text[start:end]
    return text


def _support(sentence: str, source: Source, language: frozenset[str]) -> tuple[float, str] | None:
    """How many content words the best sentence of the source shares, and that sentence as a quote.

    None where there are none, though `language`, the sources' small words, is the sentence's own.
    """
    said = content_words(sentence)
    ranked = sorted(
        ((len(said & content_words(candidate)), candidate) for candidate in _quotable(source)),
        key=lambda pair: -pair[0],
    )
    if not ranked:
        return None
    shared, quote = ranked[0]
    if not shared and (not said or language & small_words(sentence)):
        return None
    return float(shared), _quote(quote)


def _grounds(text: str, sources: Sequence[Source]) -> dict[int, tuple[float, str]]:
    """Sources of an answer that names none: most of its sentences must stand in one."""
    found: dict[int, tuple[float, str]] = {}
    weighty = grounded = 0
    for sentence in sentences(text):
        said = content_words(sentence)
        if len(said) < 3:
            continue
        weighty += 1
        shared, number, quote = max(
            (
                (len(said & content_words(candidate)), source.number, candidate)
                for source in sources
                for candidate in _quotable(source)
            ),
            key=lambda found: (found[0], -found[1]),
            default=(0, 0, ""),
        )
        if shared / len(said) >= _SUPPORT:
            grounded += 1
            if number not in found or shared > found[number][0]:
                found[number] = (float(shared), _quote(quote))
    return found if grounded * 2 > weighty else {}


def _quotable(source: Source) -> list[str]:
    return [sentence for sentence in sentences(source.text) if has_word(sentence)]


def _quote(sentence: str) -> str:
    if len(sentence) <= LONGEST_QUOTE:
        return sentence
    return sentence[:LONGEST_QUOTE].rsplit(maxsplit=1)[0]

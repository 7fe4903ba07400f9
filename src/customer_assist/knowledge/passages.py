"""Documents to passages: every way of asking, and the text in parts that compare with a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from customer_assist.knowledge.plain import searchable
from customer_assist.model import Document, Passage, PassageId, PassageKind

_PART = 120  # words at which a text is parted; the embedding model reads 256 word pieces
_WHOLE = 150  # words up to which it is left whole
_LEAD = 40  # words up to which a heading or lead-in is repeated with each part it leads into

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"')\]”’»]))\s+(?![a-z])|(?<=[。！？])")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts without spaces between words


def passages(document: Document) -> tuple[Passage, ...]:
    """The title, the questions and the parts of the text, in this order, plain and without empty ones.

    Ids are `<document>#title`, `#q0` …, `#t0` …; a question that repeats the title or another is left out.
    """
    made: list[Passage] = []
    seen = {""}
    asked = [("title", document.title), *((f"q{i}", text) for i, text in enumerate(document.questions))]
    for name, text in asked:
        words = searchable(text)
        if words.casefold() not in seen:
            seen.add(words.casefold())
            made.append(_passage(document, name, PassageKind.QUESTION, words))
    for number, words in enumerate(text_parts(document.text)):
        made.append(_passage(document, f"t{number}", PassageKind.TEXT, words))
    return tuple(made)


def _passage(document: Document, name: str, kind: PassageKind, text: str) -> Passage:
    return Passage(PassageId(f"{document.id}#{name}"), document.id, kind, text)


@lru_cache(maxsize=4096)  # thousands of questions share a reply
def text_parts(text: str) -> tuple[str, ...]:
    """The text, plain, in parts of about 120 words that end where a sentence or list item does.

    Up to 150 words are one part. A heading, and the sentence that leads into a list, stand in each of the
    parts that they lead into.
    """
    sections = list(_sections(text))
    whole = "\n".join(line for section in sections for line in section.lines())
    if _count(whole) <= _WHOLE:
        return (whole,) if whole else ()
    return tuple(part for section in sections for part in _parts(section))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A paragraph as its sentences, or a list or table as its items with what leads into it."""

    pieces: tuple[str, ...]
    lead: str = ""
    joint: str = " "

    @property
    def text(self) -> str:
        body = self.joint.join(self.pieces)
        return f"{self.lead}\n{body}" if self.lead else body


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    units: tuple[_Unit, ...]

    def lines(self) -> Iterator[str]:
        if self.heading:
            yield self.heading
        for unit in self.units:
            yield unit.text


def _count(text: str) -> int:
    return len(text.split()) + len(_WIDE.findall(text)) // 2


def _sections(text: str) -> Iterator[_Section]:
    heading, units = "", list[_Unit]()
    for kind, raw in _blocks(text):
        if kind == "heading":
            if heading or units:
                yield _Section(heading, tuple(units))
            heading, units = searchable(raw[0]), []
            continue
        pieces = [words for words in map(searchable, raw) if words]
        if kind == "paragraph":
            pieces = [sentence for piece in pieces for sentence in _SENTENCE_END.split(piece) if sentence]
            if pieces:
                units.append(_Unit(tuple(pieces)))
        elif pieces:
            units.append(_led(kind, pieces, units))
    if heading or units:
        yield _Section(heading, tuple(units))


def _led(kind: str, items: list[str], units: list[_Unit]) -> _Unit:
    """A list or table as a unit; what leads into it is taken from the end of `units`."""
    if kind == "table" and len(items) > 1 and _count(items[0]) <= _LEAD:
        return _Unit(tuple(items[1:]), items[0], "\n")
    before = units[-1] if units else None
    if before is None or before.lead or not before.pieces[-1].endswith((":", "：")):
        return _Unit(tuple(items), "", "\n")
    lead = before.pieces[-1]
    if _count(lead) > _LEAD:
        return _Unit(tuple(items), "", "\n")
    units.pop()
    if len(before.pieces) > 1:
        units.append(_Unit(before.pieces[:-1]))
    return _Unit(tuple(items), lead, "\n")


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Kind (heading, paragraph, list, table) and Markdown of each block, a list's or table's by its items."""
    kind, items = "paragraph", list[list[str]]()  # an item is its lines
    after_blank = fenced = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if not line.strip():
            after_blank = True
            continue
        new = "paragraph" if fenced else _kind(line)
        goes_on = not after_blank or (kind == "list" and line[0] in " \t")
        if new == "paragraph" and items and kind in ("paragraph", "list") and goes_on:
            items[-1].append(line)
        elif new == kind and kind in ("list", "table"):
            items.append([_ITEM.sub("", line, count=1) if kind == "list" else line])
        else:
            if items:
                yield kind, ["\n".join(lines) for lines in items]
            kind, items = new, [[_ITEM.sub("", line, count=1) if new == "list" else line]]
        after_blank = False
    if items:
        yield kind, ["\n".join(lines) for lines in items]


def _kind(line: str) -> str:
    if _HEADING.match(line):
        return "heading"
    if _ITEM.match(line):
        return "list"
    return "table" if _ROW.match(line) else "paragraph"


def _parts(section: _Section) -> Iterator[str]:
    """The section's parts, the heading before each; a short last one joins the one before."""
    heading = " ".join(section.heading.split()[:_LEAD])
    bodies: list[str] = []
    for unit in section.units:
        for body in _bodies(unit, max(_PART - _count(heading), _PART - _LEAD)):
            fits = bool(bodies) and _count(bodies[-1]) + _count(body) + _count(heading) <= _PART
            if fits:
                bodies[-1] = f"{bodies[-1]}\n{body}"
            else:
                bodies.append(body)
    if len(bodies) > 1 and _count(bodies[-2]) + _count(bodies[-1]) + _count(heading) <= _WHOLE:
        bodies[-2:] = [f"{bodies[-2]}\n{bodies[-1]}"]
    for body in bodies or ([""] if heading else []):
        yield f"{heading}\n{body}".strip()


def _bodies(unit: _Unit, budget: int) -> Iterator[str]:
    """The unit whole where it fits into `budget` words, else in runs of its pieces, each after its lead."""
    if _count(unit.text) <= budget:
        yield unit.text
        return
    room = budget - _count(unit.lead)
    run: list[str] = []
    filled = 0
    for piece in (part for whole in unit.pieces for part in _cut(whole, room)):
        length = _count(piece)
        if run and filled + length > room:
            yield _Unit(tuple(run), unit.lead, unit.joint).text
            run, filled = [], 0
        run.append(piece)
        filled += length
    yield _Unit(tuple(run), unit.lead, unit.joint).text


def _cut(piece: str, room: int) -> Iterator[str]:
    """A sentence or item in pieces of at most `room` words; most are one."""
    if _count(piece) <= room:
        yield piece
        return
    run: list[str] = []
    filled = 0
    for word in piece.split(" "):
        length = _count(word)
        if run and filled + length > room:
            yield " ".join(run)
            run, filled = [], 0
        run.append(word)
        filled += length
    yield " ".join(run)

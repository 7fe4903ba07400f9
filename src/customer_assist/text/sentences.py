"""Where sentences end, in prose and in Markdown lists; whole, or as a model's text arrives in pieces."""

from __future__ import annotations

import re

# A full stop after one of these never ends a sentence …
_TITLES = frozenset(
    {"mr", "mrs", "ms", "mx", "dr", "prof", "st", "jr", "hr", "fr", "e.g", "i.e", "vs", "approx", "fig", "ca"}
    | {"bzw", "nr", "z.b", "d.h"}
)
# … and after one of these only where a capital follows (which a lower-case letter rules out anyway).
_BEFORE_DIGIT = frozenset({"no", "nos", "art", "p", "pp", "vol", "tel", "ext"})

_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_»]*+(?=\s)|\n")
_SPACE = re.compile(r"\s*")
_WORD_BEFORE = re.compile(r"[\w.]*$")
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t>]*(?:\*\*)?\d{1,3}\.$")
_BLOCK_START = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s|#{1,6}\s|[>|]")
_IN_BLOCK = re.compile(r"[ \t]*(?:#{1,6}\s|\|)")
_LOOKAHEAD = (
    8  # characters after a boundary that may still move it: "\n100. " is a list, "\n100 items" is not
)


def split_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of `text` as (start, end): they tile it, each with the whitespace that follows it."""
    spans: list[tuple[int, int]] = []
    start = after = 0
    leading = len(text) - len(text.lstrip())  # every later sentence starts with a character that is none
    for match in _END.finditer(text):
        if match.end() <= max(start, leading):
            continue
        if match.end() >= after:  # else it is within the white space that was passed over already
            after = _first_after_space(text, match.end())
        if after == len(text):
            break
        if _ends_sentence(text, match, after):
            spans.append((start, after))
            start = after
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order, trimmed; a list marker stays with its sentence ("1. Log in.")."""
    pieces = (text[start:end].strip() for start, end in split_spans(text))
    return [piece for piece in pieces if piece]


class SentenceBuffer:
    """Gives whole sentences from text that arrives in pieces.

    What `feed` and `flush` return, joined, is the text that was fed, cut as `split_spans` cuts it.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that are certain to be complete now, each with the whitespace that follows it."""
        self._held += piece
        ready: list[str] = []
        given = 0
        for start, end in split_spans(self._held)[:-1]:
            if len(self._held) - end < _LOOKAHEAD:
                break
            ready.append(self._held[start:end])
            given = end
        self._held = self._held[given:]
        return ready

    def flush(self) -> list[str]:
        """What is left, at the end of the text. The buffer is empty afterwards."""
        rest = [self._held[start:end] for start, end in split_spans(self._held)]
        self._held = ""
        return rest


def _first_after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _ends_sentence(text: str, match: re.Match[str], after: int) -> bool:
    gap = text[match.start() : after] if match[0] == "\n" else text[match.end() : after]
    if "\n" in gap and _ends_line(text, match, gap, after):
        return True
    if match[0] == "\n":
        return False  # a soft line break inside a paragraph
    if text[after].islower():
        return False
    return not match[0].startswith(".") or match[0].startswith("..") or _is_full_stop(text, match, after)


def _ends_line(text: str, match: re.Match[str], gap: str, after: int) -> bool:
    """A blank line, the next block, or a line that is a block by itself ends whatever came before."""
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    blank_line = gap.count("\n") > 1
    return bool(blank_line or _BLOCK_START.match(text, after) or _IN_BLOCK.match(line) or line.endswith(":"))


def _is_full_stop(text: str, match: re.Match[str], after: int) -> bool:
    dot = match.start() + 1
    if _LIST_NUMBER.search(text, max(0, dot - 12), dot):
        return False
    before = _WORD_BEFORE.search(text, max(0, match.start() - 12), match.start())
    word = before[0].lower().lstrip(".") if before else ""
    if word in _TITLES:
        return False
    if word in _BEFORE_DIGIT and text[after].isdigit():
        return False
    initial = len(word) == 1 and word.isalpha() and word != "i"
    return not (initial and text[after].isupper())

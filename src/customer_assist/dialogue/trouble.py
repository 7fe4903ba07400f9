"""The part of a text that treats the case in which a step does not go as it should."""

from __future__ import annotations

import re

from customer_assist.dialogue.guide_words import only_failed
from customer_assist.text.sentences import sentences
from customer_assist.text.steps import plain, steps
from customer_assist.text.words import EVERYDAY, content_words

_LONGEST = 700  # characters of a paragraph that is given whole; of a longer one, the sentence and the next
_ITEM = re.compile(r"^\s*(?:[-*•+]|\d{1,3}[.)]|\*\*\d|(?:\*\*)?step \d)", re.I)
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|\*\*[^*]+\*\*\s*$)")
# A paragraph that says itself that it is for when nothing helped.
_LAST_RESORT = re.compile(
    r"^\W*(?:if|should|when) (?:that|this|it|none of (?:this|that|these)|you|the problem|nothing|the issue"
    r"|there)\b[^.:,]{0,40}"
    r"\b(?:not|n't|no|nothing|still|persists?|remains?|problems?|trouble|difficult\w+|help|stuck|fails?)\b"
    r"|^\W*(?:still (?:not|no|stuck|having)|troubleshooting|not working|trouble\b|problems?\b)",
    re.I,
)
_LABEL = re.compile(r"^\W*if (?:that|this|it) (?:does|did) ?n[o']t help\W+", re.I)
_CASE = re.compile(
    r"\b(?:if|when|unless|in case)\b|\b(?:not|no|cannot|nothing|never|without)\b|n['’]t\b", re.I
)


def remedies(text: str, complaint: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of a document's text, behind its steps: the parts that speak of what `complaint` does, the closest first, and
    those that are for whatever does not help. A part is one paragraph or less."""
    listed = {step[:60] for step in steps(text)}
    wanted = frozenset() if only_failed(complaint) else content_words(complaint) - EVERYDAY
    matching: list[tuple[int, str]] = []
    last: list[str] = []
    for paragraph in _paragraphs(text, listed):
        found = max(sentences(paragraph), key=lambda each: _fit(each, wanted), default="")
        if _fit(found, wanted):
            matching.append((-_fit(found, wanted), _part(paragraph, found)))
        elif _LAST_RESORT.match(paragraph):
            last.append(_part(paragraph, sentences(paragraph)[0]))
    return tuple(part for _, part in sorted(matching, key=lambda pair: pair[0])), tuple(last)


def without_label(part: str) -> str:
    """ "If that does not help:" has been said by whoever shows the part."""
    rest = _LABEL.sub("", part)
    return rest[:1].upper() + rest[1:]


def _fit(sentence: str, wanted: frozenset[str]) -> int:
    """How many words of the complaint a sentence has that speaks of a case."""
    return len(wanted & content_words(sentence)) if _CASE.search(sentence) else 0


def _part(paragraph: str, sentence: str) -> str:
    if len(paragraph) <= _LONGEST:
        return paragraph
    every = sentences(paragraph)
    at = every.index(sentence)
    return " ".join(every[at : at + 2])


def _paragraphs(text: str, listed: set[str]) -> list[str]:
    """What stands behind the steps: before them is what they are for. A list stays with the line that announces it."""
    found: list[str] = []
    behind = False
    announced = ""
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.split("\n") if not _HEADING.match(line)]
        paragraph = " ".join(" ".join(lines).split())
        if _holds_step(paragraph, listed):
            behind, announced = True, ""
        elif not behind or not paragraph:
            continue
        elif paragraph.endswith(":"):
            announced = paragraph
        elif announced:
            found.append(f"{announced}\n\n" + "\n".join(lines))
            announced = ""
        elif not _ITEM.match(paragraph):
            found.append(paragraph)
    return found


def _holds_step(paragraph: str, listed: set[str]) -> bool:
    return any(step in plain(paragraph) for step in listed)

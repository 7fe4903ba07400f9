"""The procedure that a Markdown text describes, step by step."""

from __future__ import annotations

import re

from customer_assist.text.prose_steps import told_steps

_NUMBERED = re.compile(r"^ {0,3}(?:\*\*)?(?P<number>\d{1,3})[.)](?:\*\*)?\s+(?P<text>\S.*)$")
_NAMED = re.compile(
    r"^ {0,3}(?:[-*•] +|#{1,6} +)?(?:\*\*)?Step (?P<number>\d{1,3})(?:\*\*)?\s*[:.)–-]+\s*(?P<text>\S.*)$",
    re.I,
)
_BULLET = re.compile(r"^ {0,3}[-*•+]\s+(?P<text>\S.*)$")
_CONTINUES = re.compile(r"^(?: {2,}|\t)\S")
_MARKER = re.compile(r"^\s*(?:[-*•+]|\d{1,3}[.)])\s+")

# What stands before a list says what kind of list it is.
_PROCEDURE = re.compile(
    r"\b(?:steps?|follow|instructions?|procedure|proceed|do the following|here(?:'s| is) how|how to)\b", re.I
)
_NOT_A_PROCEDURE = re.compile(
    r"\b(?:options?|cases?|methods?|reasons?|possibilit\w+|scenarios?|situations?|breakdown|channels?|ways"
    r"|examples?|types?|features?|benefits?|questions?|circumstances|criteria|conditions)\b",
    re.I,
)
# What half of a list's items begin with or end in where they are cases to choose from, or questions.
_CASE = re.compile(r"(?:[^:.]{3,60}: ?)?(?:if|should|when(?:ever)?|in case)\b|.*\?$", re.I)


def steps(text: str) -> tuple[str, ...]:
    """The steps of the first procedure in `text`, in order, without markers; () where there is none.

    A procedure is a numbered list (or "Step 1: …") of two steps or more that is not introduced as a list of
    something else (options, cases) and does not read like one, or a bulleted list that is introduced as one;
    where there is no such list, sentences that tell what to do first, then and finally (text/prose_steps.py).
    """
    lines = text.split("\n")
    for start in range(len(lines)):
        for pattern, needs_word in ((_NUMBERED, False), (_NAMED, False), (_BULLET, True)):
            if not pattern.match(lines[start]):
                continue
            if start and _belongs_to_list(pattern, lines, start):
                continue
            found = _read_list(lines, start, pattern)
            if len(found) > 1 and _is_procedure(_lead_in(lines, start), needs_word) and not _are_cases(found):
                return tuple(found)
    return told_steps("\n".join(plain(line) if line.strip() else "" for line in lines))


def plain(text: str) -> str:
    """One line without Markdown: emphasis, code marks and link addresses are taken out."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)\s]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)
    text = re.sub(r"(?<!\w)[*_](\S(?:.*?\S)?)[*_](?!\w)", r"\1", text)
    return re.sub(r"\s+", " ", text.replace("**", "")).strip()


def _belongs_to_list(pattern: re.Pattern[str], lines: list[str], start: int) -> bool:
    previous = start - 1
    while previous > 0 and not lines[previous].strip():
        previous -= 1
    match, before = pattern.match(lines[start]), pattern.match(lines[previous])
    if match is None or before is None:
        return False
    return "number" not in match.groupdict() or int(match["number"]) == int(before["number"]) + 1


def _read_list(lines: list[str], start: int, pattern: re.Pattern[str]) -> list[str]:
    found: list[str] = []
    expected: int | None = None
    blank = False
    for line in lines[start:]:
        match = pattern.match(line)
        if match is not None:
            number = int(match["number"]) if "number" in match.groupdict() else None
            # Markdown counts for itself: a list of "1." only is as good as one that counts.
            if number is not None and expected is not None and number not in (expected, 1):
                break
            expected = None if number is None else number + 1
            found.append(match["text"])
        elif not line.strip():
            blank = True
            continue
        elif _CONTINUES.match(line) or (not blank and not _MARKER.match(line)):
            found[-1] += " " + _MARKER.sub("", line).strip()
        else:
            break
        blank = False
    return [plain(step) for step in found]


def _lead_in(lines: list[str], start: int) -> str:
    for line in reversed(lines[:start]):
        if line.strip():
            sentences = re.split(r"(?<=[.!?])\s+", line.strip())
            return sentences[-1]
    return ""


def _are_cases(found: list[str]) -> bool:
    return 2 * sum(_CASE.match(step) is not None for step in found) >= len(found)


def _is_procedure(lead_in: str, needs_word: bool) -> bool:
    if _PROCEDURE.search(lead_in):
        return True
    return not needs_word and not _NOT_A_PROCEDURE.search(lead_in)

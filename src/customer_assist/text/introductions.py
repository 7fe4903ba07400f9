"""What customers say of themselves beside what they ask: who they are says nothing about what answers them."""

from __future__ import annotations

import re

from customer_assist.text.entities import find

_NAME = "Customer Name"
_SAYS_SO = re.compile(
    r"(?i)(?:[,;.(-]\s?)?(?:\b(?:and|hi|hello|hey|ps|thanks?)\b[\s,]*)*\bmy (?:full |last |sur)?name(?:['’]s| is)\s$"
    r"|(?:[,;.(-]\s?)?\bname:\s$"
)
_BEFORE = 60  # characters in which it may be said that a name follows


def without_introductions(question: str) -> str:
    """Without "my name is Jo Byrne"; the question itself where nothing is left but that."""
    text, end = question, len(question)
    for entity in reversed(find(question)):
        if entity.name != _NAME or entity.end > end:
            continue
        said = _SAYS_SO.search(text, max(0, entity.start - _BEFORE), entity.start)
        if said:
            end = said.start()
            text = text[:end] + " " + text[entity.end :].lstrip(",;) ")
    if text == question or not re.search(r"\w", text):
        return question
    return " ".join(re.sub(r"(?i)^(?:[\s,;.!]*(?:(?:and|but|so)\b)?[\s,;.!]*)", "", text, count=1).split())

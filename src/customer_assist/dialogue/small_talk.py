"""Greetings, thanks and the like, met briefly and without a search."""

from __future__ import annotations

import re

_FILLER = r"(?:there|all|team|again|guys|everyone|folks|so much|a lot|very much|for (?:your|the) help|mate|sir|madam)"
_HELLO = r"(?:(?:hi|hey|hello)[\s,]+)?"
_OK = r"(?:(?:ok(?:ay)?|great|perfect)[\s,]+)?"
_SOMEBODY = r"(?:real )?(?:(?:ro)?bot|human|person|ai|machine|computer)"
_PATTERNS = {
    "hello": r"hi+|hey+|hello+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|yo",
    "how": rf"{_HELLO}(?:how are you(?: doing)?(?: today)?|how's it going|what's up|sup)",
    "thanks": rf"{_OK}(?:thanks?|thank you|thx|ty|cheers|much appreciated)",
    "bye": rf"{_OK}(?:bye+|goodbye|bye bye|see (?:you|ya)(?: later)?|have a (?:nice|good|great) (?:day|one))",
    "fine": r"ok(?:ay)?|great|perfect|cool|nice|awesome|got it|alright|all good|that (?:worked|helped)",
    "robot": rf"{_HELLO}(?:are|r) (?:you|u) (?:an? )?(?:{_SOMEBODY}|real)(?: or (?:an? )?{_SOMEBODY})?"
    rf"|who are you|what are you|am i (?:talking|speaking|chatting) (?:to|with) an? {_SOMEBODY}",
}
_KINDS = {
    kind: re.compile(rf"(?:{pattern})(?:[\s,]+{_FILLER})*", re.IGNORECASE)
    for kind, pattern in _PATTERNS.items()
}


def is_small_talk(message: str) -> bool:
    """Whether the whole message is."""
    return _kind(message) is not None


def small_talk_reply(message: str, business: str) -> str | None:
    """A short reply where the whole message is small talk, else None. `business` may be empty."""
    kind = _kind(message)
    if kind is None:
        return None
    name = f" of {business}" if business else ""
    return {
        "hello": f"Hello, I am the automated assistant{name}. What would you like to know?",
        "how": "I am a computer program, so always the same, thank you. What would you like to know?",
        "thanks": "You are welcome. Is there anything else you would like to know?",
        "bye": "Goodbye, and thank you for writing.",
        "fine": "Good. Is there anything else you would like to know?",
        "robot": f"I am the automated assistant{name}, not a person. I answer from our help texts, "
        "and when I do not know something I say so and point you to a person.",
    }[kind]


def _kind(message: str) -> str | None:
    said = re.sub(r"\s+", " ", re.sub(r"[^\w\s,']", " ", message.replace("’", "'"))).strip(" ,")
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(said)), None)

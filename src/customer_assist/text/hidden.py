"""What stands in a text and is not seen where it is shown: comments, elements with a hiding style, tag signs."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_HIDING = re.compile(
    r"<(?P<tag>[a-z][a-z0-9]*)\b[^<>]{0,300}?(?:\bhidden\b|aria-hidden\s*=\s*[\"']?true"
    r"|style\s*=\s*[\"'][^\"'<>]{0,200}?(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d]*[1-9])"
    r"|font-size\s*:\s*[01](?![.\d])|(?<![\w-])color\s*:\s*(?:white|#fff(?:fff)?\b|rgb\(\s*255\s*,\s*255\s*,\s*255|transparent)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3}))[^<>]{0,300}>",
    re.I,
)
_TAG_SIGNS = re.compile("[\U000e0000-\U000e007f]+")  # letters that no font shows


def without_hidden(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` as it is seen, and what was taken out of it. Time is linear in the text."""
    taken: list[str] = []
    if "<!--" in text:
        taken += (match[0] for match in _COMMENT.finditer(text))
        text = _COMMENT.sub("", text)
    if _TAG_SIGNS.search(text):
        taken += ("".join(chr(ord(sign) - 0xE0000) for sign in m[0]) for m in _TAG_SIGNS.finditer(text))
        text = _TAG_SIGNS.sub("", text)
    if "<" in text:
        text = _without_elements(text, taken)
    return text, tuple(taken)


def _without_elements(text: str, taken: list[str]) -> str:
    lower = text.lower()
    kept: list[str] = []
    at = 0
    for match in _HIDING.finditer(text):
        if match.start() < at:
            continue
        closing = f"</{match['tag'].lower()}"
        end = lower.find(closing, match.end())
        end = len(text) if end < 0 else lower.find(">", end) + 1 or len(text)
        kept.append(text[at : match.start()])
        taken.append(text[match.start() : end])
        at = end
    return "".join([*kept, text[at:]])

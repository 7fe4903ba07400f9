"""Foreign text within a prompt: data that cannot pass for the prompt's own words."""

from __future__ import annotations

import re
import unicodedata

# "<" before anything that could be read as a tag, in all its look-alikes.
_TAG = re.compile(r"[<＜﹤‹〈⟨](?=[\s/]*[A-Za-zＡ-Ｚａ-ｚ!])")
_INVISIBLE = ("Cf", "Cc", "Co", "Cs")


def as_data(text: str) -> str:
    """`text` so that it cannot close or open one of the prompt's delimiters: no tags, nothing invisible."""
    visible = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in _INVISIBLE)
    return _TAG.sub("‹ ", visible)

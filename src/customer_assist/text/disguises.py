"""What a text says once its disguises are off: look-alikes, invisible signs, spelling out, encodings."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

# Letters of other alphabets that look like Latin ones.
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁӏвнкмтАВЕКМНОРСТХІЈЅαεοριτυνΑΒΕΗΙΚΜΝΟΡΤΥΧΖ’‘ʼ",
    "aeopcyxijsdlbhkmtABEKMHOPCTXIJSaeopituvABEHIKMNOPTYXZ'''",
)
_MARKS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")
_BLANKS = re.compile(r"[ \t\u00a0]+")
_SPELLED = re.compile(r"(?<!\w)\w(?:[ .\-_/|]{1,3}\w(?!\w)){7,}")
_LEET = str.maketrans("013457@$!", "oieastasi")
_LEET_WORD = re.compile(r"(?<![a-z0-9@$])(?=[0-9@$!]*[a-z])(?=[a-z]*[0134578@$!])[a-z0-9@$!]+(?<!!)")
_BLOB = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{20,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<!\w)(?:0x)?(?:[0-9a-f]{2}[ :]?){12,}(?!\w)", re.I)
_READABLE = 0.95  # share of letters, blanks and common signs from which decoded bytes are a text
_COMMON_WORD = re.compile(r"\b(?:the|to|your|and|you|of|is|for|in|a|we|our|der|die|und|sie|de|la|et|el|en)\b")
_LONGEST = 5000  # characters of a text in which disguises are looked for


def flattened(text: str) -> str:
    """`text` in small Latin letters, without invisible signs and marks of emphasis, blanks single."""
    text = unicodedata.normalize("NFKC", html.unescape(text)).translate(_LOOK_ALIKES)
    text = "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cf", "Cc", "Co")
    )
    return _BLANKS.sub(" ", _MARKS.sub("", text)).lower().strip()


def undisguised(flat: str) -> Iterator[str]:
    """Other readings of a flattened text: with figures as letters; shifted or backwards where it has no small
    words of its own."""
    flat = flat[:_LONGEST]
    if _LEET_WORD.search(flat):
        yield as_letters(flat)
    if "%" in flat:
        yield unquote(flat)
    if len(_COMMON_WORD.findall(flat)) * 12 < len(flat.split()):
        yield codecs.decode(flat, "rot13")
        yield flat[::-1]


def as_letters(text: str) -> str:
    """Small letters with figures and signs between them read as the letters that they look like."""
    return _LEET_WORD.sub(lambda match: match[0].translate(_LEET), text)


def decoded(text: str) -> Iterator[str]:
    """What stands in `text` in Base64 or hexadecimal digits, or with %20 and &amp; for signs."""
    for reading in dict.fromkeys((text, re.sub(r"\s+", "", text))):
        for blob in _BLOB.finditer(reading):
            yield _from_base64(blob[0]).decode("utf-8", "ignore")
        for digits in _HEX.finditer(reading):
            yield bytes.fromhex(re.sub(r"0x|[ :]", "", digits[0], flags=re.I)).decode("utf-8", "ignore")
    if "%" in text:
        yield unquote(text)
    if "&" in text:
        yield html.unescape(text)


@lru_cache(maxsize=20_000)
def encoded(text: str) -> str:
    """A part of `text` that holds other text: Base64, hexadecimal digits, or letters one by one; "" for none."""
    for blob in _BLOB.finditer(text):
        if _reads(_from_base64(blob[0])):
            return blob[0]
    for digits in _HEX.finditer(text):
        if _reads(bytes.fromhex(re.sub(r"0x|[ :]", "", digits[0], flags=re.I))):
            return digits[0]
    spelled = _SPELLED.search(text)
    return spelled[0] if spelled and any(sign.isalpha() for sign in spelled[0]) else ""


def _from_base64(blob: str) -> bytes:
    blob = blob.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(blob + "=" * (-len(blob) % 4))
    except (binascii.Error, ValueError):
        return b""


def _reads(decoded: bytes) -> bool:
    try:
        text = decoded.decode("utf-8")
    except UnicodeDecodeError:
        return False
    good = sum(sign.isalpha() or sign in " .,:;!?'/-\n" or sign.isdigit() for sign in text)
    return len(text) >= 8 and good >= _READABLE * len(text) and any(sign.isalpha() for sign in text)

"""Words as they are spoken: the form in which what somebody said is compared with what is written."""

from __future__ import annotations

import re
import unicodedata

_ONES_AND_TENS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
    twenty thirty forty fifty sixty seventy eighty ninety
"""
_ONES, _TENS = _ONES_AND_TENS.split()[:20], _ONES_AND_TENS.split()[20:]
NUMBER_WORDS = frozenset((*_ONES, *_TENS))
_NUMBER = re.compile(r"[0-9]+")
_WORD = re.compile(r"[^\W_]+")


def spoken_words(text: str) -> list[str]:
    """Lower-case words without accents and apostrophes, "&" and numbers as they are said.

    Numbers up to ninety-nine are said whole, others and those that begin with 0 digit by digit: "Pier 39" gives
    pier thirty nine, "Studio 105" gives studio one zero five.
    """
    folded = unicodedata.normalize("NFKD", text.lower().replace("&", " and "))
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign) and sign not in "'’`")
    return _WORD.findall(_NUMBER.sub(lambda match: f" {_said(match[0])} ", plain))


def _said(digits: str) -> str:
    if len(digits) > 2 or digits.startswith("0"):
        return " ".join(_ONES[int(digit)] for digit in digits)
    number = int(digits)
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens - 2]} {_ONES[ones]}" if ones else _TENS[tens - 2]

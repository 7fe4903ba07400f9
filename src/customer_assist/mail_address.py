"""What counts as an e-mail address: nothing that could say more to a mail server than whom to write to."""

from __future__ import annotations

import re

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the brackets
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")


def is_address(text: str) -> bool:
    """Whether `text` is one bare address of ASCII letters: no name beside it, no quotes, no space, no line end."""
    return len(text) <= MAX_LENGTH and _ADDRESS.fullmatch(text) is not None

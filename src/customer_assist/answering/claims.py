"""What a text states that can be compared exactly: addresses, moments, and numbers with what they measure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from customer_assist.answering.addresses import Addresses, host_of, is_one_phone, read_addresses
from customer_assist.answering.moments import Moment, bare_values, read_moments
from customer_assist.answering.quantities import Quantity, read_quantities

__all__ = ["Addresses", "Claims", "host_of", "is_one_phone", "read_claims"]
_LIST_MARKER = re.compile(r"^[ \t>]*(?:[-*•][ \t]+)?(?:#{1,6}[ \t]+)?(?:\*\*|__)?\d{1,3}[.)](?=[\s*_])", re.M)
_STEP = re.compile(r"\b(?:step|schritt) \d{1,2}\b", re.I)


@dataclass(frozen=True, slots=True)
class Claims:
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    addresses: Addresses
    text: str  # without the addresses


def read_claims(text: str, *, generous: bool = False) -> Claims:
    """All claims of `text`. `generous` is for sources: a unit some words on belongs to a number, too."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = "".join(sign for sign in text if sign.isascii() or unicodedata.category(sign) != "Cf")
    addresses, plain = read_addresses(text)
    text = _STEP.sub("step", _LIST_MARKER.sub(" ", plain))
    moments, text = read_moments(text)
    quantities = list(read_quantities(text, generous=generous))
    if generous:
        quantities += [Quantity(value, frozenset({(value, "")}), value) for value in bare_values(moments)]
    return Claims(tuple(quantities), tuple(moments), addresses, plain)

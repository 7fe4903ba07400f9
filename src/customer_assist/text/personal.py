"""Personal data masked before text leaves for a language model. Order numbers stay: answers need them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import phonenumbers

CARD, EMAIL, PHONE, IBAN, IDENTITY = "card number", "e-mail", "phone number", "IBAN", "identity number"

_EMAIL = re.compile(r"[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\w.@+-])\d(?:[ -]?\d){11,18}(?![\w@]|[.-]\d)")
# Issuers' prefixes: Visa, Mastercard, American Express, Diners, Discover, JCB, Maestro, UnionPay.
_ISSUER = re.compile(r"4|5|2[2-7]|6|3[04-9]\d{10,14}$|1800|2131")
# Digits in at least two groups, "(0xx)" groups among them; an extension may follow.
_SEPARATED = re.compile(
    r"(?<![\w.,/@€$£#-])(?:\+?\d{1,4}[ .-]?)?(?:\(\d{1,5}\)[ .-]?)?\d{2,5}(?:["
    r" .-]\d{2,8}){1,5}(?:\s?(?:x|ext\.?)\s?\d{1,6})?"
    r"(?![\w@]|[.,/-]\d)"
)
_UNBROKEN = re.compile(r"(?<![\w.,/@€$£#+-])\d{7,15}(?![\w@]|[.,/-]\d)")
# Two groups parted by a space before a capitalised word are a house and a street ("5533 119 Countess Road").
_HOUSE = re.compile(r"\d{2,5} \d{2,5}")
_STREET = re.compile(r" ?[A-Z]|[ ]?\d* [A-Z]")
_IDENTITY = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")  # a US social security number
_ADDRESS_OF_HOST = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_DATE = re.compile(
    r"(?:19|20)\d\d[.\- ]\d{1,2}[.\- ]\d{1,2}(?: \d{1,2})?|\d{1,2}[.\- ]\d{1,2}[.\- ](?:19|20)\d\d"
    r"|(?:19|20)\d\d[- ](?:19|20)\d\d"
)
_PHONE_WORD = re.compile(
    r"(?:\b(?:phone|call(?:ing)?|tel|telephone|mobile|cell|whatsapp|fax|dial|ring|sms|text|reach"
    r"|contact)\b[^.!?\n]{0,30}"
    r"|\bmy (?:new |old )?number\b[^.!?\n]{0,12})$",
    re.I,
)
_BUSINESS_NUMBER = re.compile(
    r"(?:\b(?:order|purchase|invoice|bill|tracking|parcel|shipment|reference|ticket|case|article|item"
    r"|model|serial|customer|licen[cs]e)"
    r"(?:\s+(?:number|no\.?|nr\.?|id|code|is|was|with|the)){0,4}\s*[:#]?\s*|(?<!card )#\s*)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data, and what stood where: token → the words it stands for."""

    text: str
    replaced: Mapping[str, str]


def mask(text: str) -> Masked:
    """Replaces e-mail addresses, payment cards (Luhn), IBANs (checksum), phone and identity numbers by
    tokens like "[e-mail 1]".

    One value has one token however often it occurs. A number that is called an order's or an invoice's
    is kept.
    """
    taken: list[tuple[int, int, str]] = []
    for find in (_emails, _ibans, _cards, _identities, _phones):
        for start, end, kind in find(text):
            if all(end <= other_start or start >= other_end for other_start, other_end, _ in taken):
                taken.append((start, end, kind))
    return _replace(text, sorted(taken))


def _replace(text: str, found: list[tuple[int, int, str]]) -> Masked:
    tokens: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = {}
    pieces: list[str] = []
    position = 0
    for start, end, kind in found:
        value = text[start:end]
        if (kind, value) not in tokens:
            token = ""
            while not token or token in text:  # a token that the customer typed stands for nothing
                counts[kind] = counts.get(kind, 0) + 1
                token = f"[{kind} {counts[kind]}]"
            tokens[kind, value] = token
        pieces += [text[position:start], tokens[kind, value]]
        position = end
    return Masked("".join([*pieces, text[position:]]), {token: value for (_, value), token in tokens.items()})


def _emails(text: str) -> Iterator[tuple[int, int, str]]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield match.start(), match.end(), EMAIL


def _ibans(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _IBAN.finditer(text):
        end = match.end()
        # In spaced text the pattern may run on into the next word: shorten it until the checksum holds.
        while end - match.start() >= 15:
            if _iban_holds(text[match.start() : end]):
                yield match.start(), end, IBAN
                break
            end = text.rfind(" ", match.start(), end)


def _iban_holds(candidate: str) -> bool:
    compact = candidate.replace(" ", "").upper()
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1


def _cards(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _ISSUER.match(digits) and _luhn_holds(digits) and not _is_business_number(text, match.start()):
            yield match.start(), match.end(), CARD


def _luhn_holds(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _identities(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _IDENTITY.finditer(text):
        yield match.start(), match.end(), IDENTITY


def _phones(text: str) -> Iterator[tuple[int, int, str]]:
    if "+" in text:
        for found in phonenumbers.PhoneNumberMatcher(text, None, leniency=phonenumbers.Leniency.POSSIBLE):
            yield found.start, found.end, PHONE
    for match in _SEPARATED.finditer(text):
        digits = sum(sign.isdigit() for sign in re.split(r"x|ext", match[0])[0])
        if 7 <= digits <= 15 and not _is_something_else(text, match):
            yield match.start(), match.end(), PHONE
    for match in _UNBROKEN.finditer(text):
        before = text[max(0, match.start() - 50) : match.start()]
        if _PHONE_WORD.search(before) and not _BUSINESS_NUMBER.search(before):
            yield match.start(), match.end(), PHONE


def _is_something_else(text: str, match: re.Match[str]) -> bool:
    if (
        _DATE.fullmatch(match[0])
        or _ADDRESS_OF_HOST.fullmatch(match[0])
        or _is_business_number(text, match.start())
    ):
        return True
    return bool(_HOUSE.fullmatch(match[0]) and _STREET.match(text, match.end()))


def _is_business_number(text: str, start: int) -> bool:
    return bool(_BUSINESS_NUMBER.search(text[max(0, start - 50) : start]))

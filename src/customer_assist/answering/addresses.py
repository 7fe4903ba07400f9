"""Links, e-mail addresses and phone numbers in a text, in forms that can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EMAIL = re.compile(r"[\w.%+-]+@(?:[\w-]+\.)+[A-Za-z]{2,24}")
# With a scheme, or any name of small letters with a dot inside: "shop.example", and not "days.Then".
_LINK = re.compile(
    r"(?:(?i:[a-z][a-z+.-]{1,12}://|www\.)|\b(?i:javascript|vbscript):)[^\s<>()\[\]\"'`“”«»]+"
    r"|(?<![\w@.-])(?:[^\W_A-Z][^\W_A-Z-]*(?:-+[^\W_A-Z]+)*\.)+[a-z]{2,24}(?![\w-])(?:[/?#][^\s<>()\[\]\"'`“”«»]*)?"
    r"|(?<![\w@.-])(?i:(?:[a-z0-9][a-z0-9-]*[a-z0-9]\.)+(?:com|org|net|example|co\.uk))\b"
)
_LINK_SIGN = re.compile(r"[^\W_]\.[^\W\d_]|://|script:")
_FIGURES = re.compile(r"\d\D{0,3}\d\D{0,3}\d")
_NO_HOST = frozenset({"e.g", "i.e", "a.m", "p.m", "z.b", "d.h", "u.a", "o.ä"})
_TARGET = re.compile(r"\]\(\s*<?([^()\s<>]+)")  # where a Markdown link leads
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|\(|\d)(?:[ ./–-]?[\d()]){6,18}\d(?!\w)")
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4} ?[-–] ?\d{4}")
_CLOSING = ".,;:!?"  # the sentence's own marks, not the link's
_SHORTEST_PHONE = 6  # digits by which two ways of writing one number are recognised


@dataclass(frozen=True, slots=True)
class Addresses:
    links: tuple[str, ...]  # lower-case, without scheme, "www." and closing punctuation
    emails: tuple[str, ...]
    phones: tuple[str, ...]  # digits, without leading zeros


def read_addresses(text: str) -> tuple[Addresses, str]:
    """What `text` holds of them, and the text without."""
    emails: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    phones: list[str] = []
    # Each is looked for only where its signs are: most sentences have none, and this is much quicker.
    targets = [match[1] for match in _TARGET.finditer(text) if "@" not in match[1]] if "](" in text else []
    if "@" in text:
        emails = tuple(match[0].lower() for match in _EMAIL.finditer(text))
        text = _EMAIL.sub(" ", text)
    if targets or _LINK_SIGN.search(text):
        found = [match[0] for match in _LINK.finditer(text) if _is_link(match[0])]
        links = tuple(dict.fromkeys(_plain_link(link) for link in (*found, *targets) if _plain_link(link)))
        text = _LINK.sub(lambda match: _without_link(match[0]) if _is_link(match[0]) else match[0], text)
    if _FIGURES.search(text):
        undated = _DATE.sub(lambda match: "x" * len(match[0]), text)
        phones = [match[0] for match in _PHONE.finditer(undated) if _is_phone(match[0])]
        for phone in phones:
            text = text.replace(phone, " ")
    return Addresses(links, emails, tuple(_digits(phone) for phone in phones)), text


def host_of(link: str) -> str:
    return re.split(r"[/?#:]", link, maxsplit=1)[0]


def is_one_phone(one: str, other: str) -> bool:
    """One number with or without its country's code is the same number."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_PHONE and longer.endswith(shorter)


def _is_link(found: str) -> bool:
    return found.lower() not in _NO_HOST


def _without_link(link: str) -> str:
    return " " + link[len(link.rstrip(_CLOSING)) :]


def _plain_link(link: str) -> str:
    link = re.sub(r"^(?:https?://)?(?:www\.)?", "", link.lower())
    link = re.sub(r"^(?:mailto|tel):.*", "", link)  # what they lead to is read by itself
    return link.rstrip(".,;:!?*_/")


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone.replace("(0)", "")).lstrip("0")


def _is_phone(text: str) -> bool:
    if len(_digits(text)) < _SHORTEST_PHONE:
        return False
    # An order number is a number like any other; a phone number begins or is cut up like one.
    grouped = re.search(r"\d[ ./–-]\(?\d", text) is not None
    return text.startswith(("+", "0", "(")) or (grouped and not re.fullmatch(r"\d{1,3}(?:[ .]\d{3})+", text))

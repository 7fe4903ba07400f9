"""Links, e-mail addresses and phone numbers that no word of the business stands behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from customer_assist.answering.addresses import host_of, read_addresses
from customer_assist.model import Vouched

# Where everybody may have a page or an address: one of them says nothing of the next.
_SHARED = frozenset(
    """gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com gmx.de
    gmx.net gmx.at web.de t-online.de mail.com mail.ru proton.me protonmail.com zoho.com facebook.com instagram.com
    twitter.com x.com linkedin.com youtube.com youtu.be tiktok.com pinterest.com reddit.com t.me wa.me whatsapp.com
    medium.com google.com forms.gle goo.gl bit.ly tinyurl.com dropbox.com github.com
    typeform.com linktr.ee""".split()  # noqa: SIM905
)
# "invoice.pdf" is no host.
_FILE = re.compile(
    r"[\w-]+\.(?:pdf|jpe?g|png|gif|csv|txt|docx?|xlsx?|html?|zip|json|xml|md|js|py|mp[34]|mov|exe)"
)
# With capitals a name is a host only where it ends like one: "Evil.XYZ", not "days.Then".
_SHOUTED = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]*\.)+(?:com|net|org|info|biz|xyz|top|click|site|online|store|io|co|me|ru|cn|tk"
    r"|app|dev|example|link|live|shop|club|win|vip|cc|ws|eu|uk|de|fr|es|it|nl|ie|at|ch|us)\b(?:/[^\s<>()\[\]\"']*)?",
    re.I,
)
# Written so that only a person reads it as an address.
_BROKEN_UP = re.compile(
    r"\b([\w-]{2,})\s{0,2}(?:\[\.\]|\(\.\)|\{\.\}|\s\.\s?|[\[(]dot[\])]|\sdot\s)\s{0,2}(?=[a-z]{2,12}\b)",
    re.I,
)
_BROKEN_AT = re.compile(r"\b([\w.-]+)\s{0,2}(?:\[at\]|\(at\))\s{0,2}(?=[\w-]+\.[a-z]{2,12}\b)", re.I)
_CALLED = re.compile(
    r"\b(?:call|phone|tel|telephone|dial|ring|hotline|helpline|sms|text|whatsapp|fax|mobile)\b", re.I
)
_TARGET = re.compile(r"\]\([^()\n]{1,2000}\)")
_PLACE = re.compile(
    r"[a-z][a-z+.-]*://\S+|www\.\S+|[\w.%+-]+@[\w.-]+|(?<![\w.])(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", re.I
)
_INTERNATIONAL = re.compile(r"[+(]\d")
_SHORTEST_PHONE = 6
_REMEMBERED = 20_000  # sentences


@dataclass(frozen=True, slots=True)
class Stranger:
    """A place that `text` sends a customer to and the business does not vouch for."""

    written: str
    barred: bool  # the profile states places of this kind, and this is none of them


@dataclass(frozen=True, slots=True)
class _Known:
    hosts: frozenset[str]
    links: frozenset[str]  # on hosts that are shared
    emails: frozenset[str]
    phones: frozenset[str]
    states_links: bool
    states_emails: bool
    states_phones: bool


@dataclass(frozen=True, slots=True)
class Places:
    links: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]


def places_in(text: str) -> Places:
    """Links outside of the business's own site, e-mail addresses and phone numbers, as addresses.py writes them."""
    found, _ = read_addresses(text)
    links = tuple(link for link in found.links if host_of(link) and not _FILE.fullmatch(link))
    return Places(links, found.emails, found.phones)


@lru_cache(maxsize=_REMEMBERED)
def strangers(text: str, vouched: Vouched) -> tuple[Stranger, ...]:
    """In the order of their kinds. A host vouches for its pages, its subdomains and its e-mail addresses."""
    places = places_in(text)
    shouted = (match[0].rstrip(".,;:!?") for match in _SHOUTED.finditer(text) if match[0] != match[0].lower())
    links = dict.fromkeys((*places.links, *(each.lower().removeprefix("www.") for each in shouted)))
    if not (links or places.emails or places.phones):
        return ()
    known = _known(vouched)
    found = [Stranger(link, known.states_links) for link in links if not _is_known_link(link, known)]
    found += [
        Stranger(email, known.states_emails) for email in places.emails if not _is_known_email(email, known)
    ]
    if places.phones and (_CALLED.search(text) or _INTERNATIONAL.search(text)):
        found += [
            Stranger(phone, known.states_phones)
            for phone in places.phones
            if not any(_is_same_phone(phone, other) for other in known.phones)
        ]
    return tuple(dict.fromkeys(found))


def without_places(text: str) -> str:
    """The words of `text` alone: a labelled link is its label, other links and addresses are gone."""
    return _PLACE.sub(" ", _TARGET.sub("]", text))


def mended(text: str) -> str:
    """`text` with addresses that were broken up, "shop [dot] example", written as addresses."""
    text = re.sub(r"\bhxxp", "http", text, flags=re.I)
    return _BROKEN_AT.sub(r"\1@", _BROKEN_UP.sub(r"\1.", text))


@lru_cache(maxsize=8)
def _known(vouched: Vouched) -> _Known:
    stated = [places_in(text) for text in vouched.stated]
    links = {link for places in stated for link in places.links}
    pages = {link for page in vouched.pages for link in places_in(page).links}
    emails = frozenset(email for places in stated for email in places.emails)
    phones = frozenset(phone for places in stated for phone in places.phones)
    hosts = {host_of(link) for link in links | pages} | {email.split("@")[1] for email in emails}
    shared = {link for link in links | pages if _is_shared(host_of(link))}
    return _Known(
        hosts=frozenset(host for host in hosts if not _is_shared(host)),
        links=frozenset(shared),
        emails=emails,
        phones=phones,
        states_links=bool(links),
        states_emails=bool(emails),
        states_phones=bool(phones),
    )


def _is_shared(host: str) -> bool:
    return any(host == other or host.endswith("." + other) for other in _SHARED)


def _is_known_link(link: str, known: _Known) -> bool:
    return _is_known_host(host_of(link), known) or any(
        link == other or link.startswith(other + "/") for other in known.links if "/" in other
    )


def _is_known_email(email: str, known: _Known) -> bool:
    return email in known.emails or _is_known_host(email.split("@")[1], known)


def _is_known_host(host: str, known: _Known) -> bool:
    return any(host == other or host.endswith("." + other) for other in known.hosts)


def _is_same_phone(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_PHONE and longer.endswith(shorter)

"""What a customer's words fill placeholders with: of one question, or remembered through a conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from customer_assist.text import places
from customer_assist.text.entities import TEMPLATE, Entity, find
from customer_assist.text.planted import speaks_to_a_machine

__all__ = ["TEMPLATE", "heard", "said"]

_NUMBERS = ("Order Number", "Invoice Number", "Tracking Number")
_ANOTHER = re.compile(
    r"(?i)\b(?:another|a different|(?:my|the|an) other|(?:my|the) (?:second|next|new|newer)|a new|a second)"
    r" (?:one|order|purchase|invoice|bill|parcel|shipment)\b"
)
_SYMBOLS = {
    "euro": "€", "euros": "€", "eur": "€", "dollar": "$", "dollars": "$", "usd": "$", "pound": "£",
    "pounds": "£", "gbp": "£",
}  # fmt: skip
_TITLE = re.compile(r"(?P<title>Mr|Mrs|Ms|Miss|Mx|Dr)\.? ", re.I)
# What is said of one of these together replaces what was said of them before.
_TOGETHER = (
    ("Person Name", "Salutation", "Client First Name", "Client Last Name"),
    ("Customer Name", "Customer First Name", "Customer Last Name", "First Name", "Last Name"),
    (places.CITY, places.LAND),
    ("Refund Amount", "Currency Symbol"),
)
_NEVER_FILLED = "Date"  # any date: that of an order, a delivery or a birthday


def said(question: str) -> dict[str, str]:
    """Placeholder names with the values that `question` states, e.g. {"Order Number": "00123842"}.

    Of two different values for one name neither counts, unless one corrects the other. Values hold letters,
    digits and the signs of numbers and names only: no link and no markup. Same question, same result.
    """
    return heard((question,))


def heard(questions: Iterable[str]) -> dict[str, str]:
    """The same for the questions of a conversation, oldest first: what was stated last counts.

    "Another order" is not the one named before: its number is forgotten.
    """
    known: dict[str, str] = {}
    number: Entity | None = None
    for question in questions:
        entities = find(question, number)
        if _ANOTHER.search(question):
            known = {name: value for name, value in known.items() if name not in _NUMBERS}
        _take_over(_values(entities), known)
        number = next((entity for entity in reversed(entities) if entity.name in _NUMBERS), number)
    return known


def _take_over(stated: Mapping[str, str], known: dict[str, str]) -> None:
    """`known` with what was `stated`; a name stated with "" is no longer certain."""
    for names in _TOGETHER:
        if any(name in stated for name in names):
            for name in names:
                known.pop(name, None)
    for name, value in stated.items():
        known.pop(name, None)
        if value:
            known[name] = value


def _values(entities: Iterable[Entity]) -> dict[str, str]:
    by_name: dict[str, list[Entity]] = {}
    for entity in entities:
        # Nobody is called "Ignore Previous Instructions": what is remembered may stand in any later answer.
        if speaks_to_a_machine(entity.value):
            continue
        by_name.setdefault(entity.name, []).append(entity)
    found: dict[str, str] = {}
    for name, named in by_name.items():
        if name != _NEVER_FILLED:
            found |= _VALUES.get(name, _as_it_is)(name, _settled(named))
    return found


def _settled(named: list[Entity]) -> str:
    """The one value of a name, the one that corrects, or ""."""
    if corrected := [entity for entity in named if entity.corrects]:
        return _plain(corrected[-1].value)
    different = {_plain(entity.value).casefold() for entity in named}
    return _plain(named[0].value) if len(different) == 1 else ""


def _plain(value: str) -> str:
    return " ".join(value.split()).lstrip("# ")


def _as_it_is(name: str, value: str) -> dict[str, str]:
    return {name: value}


def _symbol(name: str, value: str) -> dict[str, str]:
    return {name: _SYMBOLS.get(value.lower(), value)}


def _country(name: str, value: str) -> dict[str, str]:
    return {name: places.spoken(value) if value else ""}


def _range(name: str, value: str) -> dict[str, str]:
    return {name: re.sub(r" (?:and|until|till|-|–) ", " to ", value)}


def _account(name: str, value: str) -> dict[str, str]:
    return {name: value.capitalize() if value.isupper() else value}


def _sender(name: str, value: str) -> dict[str, str]:
    title, first, last = _parts(value)
    spoken = " ".join(part for part in (title, first, last) if part)
    names = {"Salutation": title, "Client First Name": first, "Client Last Name": last}
    return {name: spoken} | _known(names)


def _customer(name: str, value: str) -> dict[str, str]:
    title, first, last = _parts(value)
    spoken = " ".join(part for part in (title, first, last) if part)
    names = {f"{whose}First Name": first for whose in ("Customer ", "")}
    names |= {f"{whose}Last Name": last for whose in ("Customer ", "")}
    return {name: spoken} | _known(names)


def _known(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _parts(person: str) -> tuple[str, str, str]:
    """Title, first and last name: "Ms Okafor" is ("Ms.", "", "Okafor"), "Mara van Houten" has no title."""
    match = _TITLE.match(person)
    title = "" if match is None else match["title"].capitalize()
    title += "." if title not in ("", "Miss") else ""
    words = person[match.end() if match else 0 :].split()
    if len(words) == 1:
        word = words[0].capitalize() if words[0].islower() else words[0]
        return (title, "", word) if title else ("", word, "")
    return title, words[0] if words else "", " ".join(words[1:])


_VALUES = {
    "Currency Symbol": _symbol,
    places.LAND: _country,
    "Account Type": _account,
    "Date Range": _range,
    "Person Name": _sender,
    "Customer Name": _customer,
}

"""One fact of an answer changed, as a language model changes them: by rules, one kind at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from bench.lie_businesses import Business

KINDS = ("number", "date", "price", "name", "url", "contact", "negation")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_WORDS = "January February March April June July August September October November December"
_MONTHS = _MONTHS_WORDS.split()
_SPELLED_OUT = "two three four five six seven eight nine ten twelve fifteen thirty forty-five"
_NUMBER_WORDS = _SPELLED_OUT.split()
_SPELLED = "|".join(sorted((*_NUMBER_WORDS, "forty"), key=len, reverse=True))
_UNIT = r"(?:business |working )?(?:days?|hours?|weeks?|months?|years?)"
_OTHER_NAMES = (
    "Hollis Express", "Marwood", "Tamsin Oakes", "Northgate Hub", "My Basket", "FedEx", "Denver", "Account Overview",
    "Sunridge", "Parcelwise", "Help Desk Online", "Priya Nair", "Order Centre", "Glasgow", "Purchase Manager",
)  # fmt: skip
_ADDRESS = r"(?:https?://|www\.)[\w./-]*\w|[\w-]+\.(?:[\w-]+\.)*example(?:/[\w/-]*\w)?|[\w.]+@[\w.-]*\w"
_PHONE = r"\+?\d[\d ()-]{8,}\d"
Edit = tuple[int, int, str]  # text[start:end] becomes the string


def alter(text: str, kind: str, business: Business, random: Random) -> str | None:
    """`text` with one fact of that kind changed; None where it has none."""
    edits = list(_EDITS[kind](text, business, random))
    if not edits:
        return None
    start, end, other = random.choice(edits)
    return text[:start] + other + text[end:]


def _matches(pattern: str, text: str, flags: int = 0, *, within: bool = False) -> Iterator[re.Match[str]]:
    """Not in links, addresses and phone numbers, but for those themselves."""
    taken = [] if within else [m.span() for m in re.finditer(rf"{_ADDRESS}|{_PHONE}", text)]
    for match in re.finditer(pattern, text, flags):
        if all(match.end() <= start or match.start() >= end for start, end in taken):
            yield match


def _numbers(text: str, business: Business, random: Random) -> Iterator[Edit]:
    """Counts, shares, sizes, versions and an order's number; neither times nor prices, which are kinds of their own."""
    order = business.values["Order Number"]
    for match in _matches(re.escape(order), text):
        yield (*match.span(), _other_digits(order, random))
    for match in _matches(r"\d+(?:[.,]\d+)*(?=\s?(?:%|percent|kg|g\b|cm|m\b|metres|kilograms))", text):
        yield (*match.span(), _other_figure(match[0], random))
    for match in _matches(
        rf"\b(?:{_SPELLED})(?= (?:workshops|repair benches|boxes|soil tests|presses))", text
    ):
        yield (*match.span(), _other_word(match[0], random))
    for match in _matches(r"\b(?:LEARN|TALON|SPADE|FOLIO)\d+", text):
        yield (*match.span(), _other_digits(match[0], random))


def _dates(text: str, _: Business, random: Random) -> Iterator[Edit]:
    for match in _matches(rf"\b\d+(?=[ –-]{_UNIT})", text):
        yield (*match.span(), _other_figure(match[0], random))
    for match in _matches(rf"\b(?:{_SPELLED})(?= {_UNIT})", text, re.I):
        yield (*match.span(), _other_word(match[0], random))
    for match in _matches(r"(?<=\d )(?:(?:business|working) days|days|hours|years)\b", text):
        others = {
            "days": ("weeks", "hours", "business days"),
            "hours": ("days", "minutes"),
            "years": ("months",),
        }
        yield (*match.span(), random.choice(others.get(match[0], ("days", "weeks", "hours"))))
    for match in _matches("|".join(_DAYS), text):
        yield (*match.span(), random.choice([day for day in _DAYS if day != match[0]]))
    for match in _matches("|".join(_MONTHS), text):
        yield (*match.span(), random.choice([month for month in _MONTHS if month != match[0]]))
    for match in _matches(r"\b\d{1,2}(?=(?:st|nd|rd|th)? (?:of )?(?:" + "|".join(_MONTHS) + r"))", text):
        yield (*match.span(), str((int(match[0]) + random.randint(2, 25)) % 28 + 1))
    for match in _matches(r"\b\d{1,2}(?=:\d\d| ?[ap]m\b)", text):
        yield (*match.span(), str(int(match[0]) % 11 + 1 if int(match[0]) < 12 else int(match[0]) + 2))


def _prices(text: str, _: Business, random: Random) -> Iterator[Edit]:
    for match in _matches(
        r"(?<=[$£€])\d+(?:\.\d\d)?|(?<=USD )[\d.]+\d|\b[\d.]+(?= (?:GBP|dollars|pounds))", text
    ):
        yield (*match.span(), _other_figure(match[0], random))
    for match in _matches(r"[$£](?=\d)", text):
        yield (*match.span(), random.choice([sign for sign in "$£€" if sign != match[0]]))


def _names(text: str, business: Business, random: Random) -> Iterator[Edit]:
    """A place, a person, a carrier, a label or the business itself under another name."""
    pattern = "|".join(r"\b" + re.escape(name) for name in business.names)
    for match in _matches(rf"(?:{pattern})(?!\w)", text):
        other = random.choice(_OTHER_NAMES)
        if len(match[0].split()) > 1 and random.random() < 0.3:  # only a part of it
            other = f"{match[0].split()[0]} {other.split()[-1]}"
        yield (*match.span(), other)


def _urls(text: str, _: Business, random: Random) -> Iterator[Edit]:
    links = r"(?<!@)(?<![\w.-])(?:https?://)?(?:www\.)?(?:[\w-]+\.)+example(?:/[\w/-]*\w)?"
    for match in _matches(links, text, within=True):
        host, _slash, path = match[0].removeprefix("https://").partition("/")
        scheme = "https://" if match[0].startswith("https://") else ""
        others = [
            f"{host.replace('.example', '-support.example')}/{path}".rstrip("/"),
            f"{host.replace('.example', '.com')}/{path}".rstrip("/"),
            f"{host}/{random.choice(('contact-us', 'refunds', 'my-account', 'help/order'))}",
            f"{host.replace('-', '', 1)}/{path}".rstrip("/"),
        ]
        if path:
            others.append(f"{host}/{path}s")
        yield (*match.span(), scheme + random.choice(others))


def _contacts(text: str, _: Business, random: Random) -> Iterator[Edit]:
    for match in _matches(r"[\w.]+@[\w.-]*\w", text, within=True):
        local, _at, host = match[0].partition("@")
        others = (f"support@{host}", f"{local}@{host.replace('.example', '.com')}", f"{local}.team@{host}")
        yield (*match.span(), random.choice(others))
    for match in _matches(_PHONE, text, within=True):
        yield (*match.span(), _other_digits(match[0], random))


_DONE_TO = r"available|possible|free|covered|included|refunded|paid|registered|open|explained"
_VERBS = r"be|also be|reach|contact|view|see|track|check|find|visit|change|exchange|return|cancel|read|have|reverse"
_TURNED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"\b(?:can|may)(?= (?:{_VERBS})\b)", ("cannot", "can't", "can no longer", "may not", "can never")),
    (rf"\b(?:is|are)(?= (?:{_DONE_TO})\b)", (r"\g<0> not", r"\g<0>n't", r"\g<0> never", r"\g<0> no longer")),
    (r"\bwill(?= (?:find|see|receive|be able to (?:see|view|track))\b)", ("will not", "won't", "will never")),
    (r"\b(?:can't|cannot)\b", ("can",)),
    (r"\b(is|are)(?: not|n't)\b", (r"\1",)),
    (r"\b(?:does not|doesn't|do not|don't) (cover|include)\b", (r"\1", r"always \1")),
    (r"\bnever\b", ("always", "usually")),
    (r"\bexcluded from\b", ("included in", "part of")),
    (r"\bbefore(?= the parcel\b)", ("after", "even after")),
    (r"\bwithout(?= (?:any fee|a deposit))", ("with",)),
)
_NOT_STATED = re.compile(
    r"\b(?:if|when|once|whether|unless|should|until|while|after|where|what|how|that|so)\b", re.I
)


def _negations(text: str, _: Business, random: Random) -> Iterator[Edit]:
    """A "not" put in or taken out, in what is stated: no question and no condition."""
    for pattern, others in _TURNED:
        for match in _matches(pattern, text):
            start = max(text.rfind(sign, 0, match.start()) for sign in ".!?\n:")
            rest = text[match.end() :].split("\n")[0]
            if not _NOT_STATED.search(text[start + 1 : match.start()]) and not re.match(r"[^.!]*\?", rest):
                yield (*match.span(), match.expand(random.choice(others)))


def swap(text: str, business: Business, random: Random) -> str | None:
    """A true figure, place or address of the business in the place of another: the hardest lie to see."""
    told = " ".join(business.facts.values())
    edits: list[Edit] = []
    for pattern in (
        r"[$£]\d+(?:\.\d\d)?", rf"\b\d+ {_UNIT}", r"[\w.]+@[\w.-]*\w", _PHONE, "|".join(_DAYS), "|".join(_MONTHS),
        "|".join(re.escape(name) for name in business.names),
    ):  # fmt: skip
        known = {match[0] for match in re.finditer(pattern, told)}
        for match in re.finditer(pattern, text):
            edits += [(*match.span(), other) for other in sorted(known - {match[0]})]
    if not edits:
        return None
    start, end, other = random.choice(edits)
    return text[:start] + other + text[end:]


_EDITS: dict[str, Callable[[str, Business, Random], Iterator[Edit]]] = {
    "number": _numbers, "date": _dates, "price": _prices, "name": _names, "url": _urls, "contact": _contacts,
    "negation": _negations,
}  # fmt: skip


def _other_digits(written: str, random: Random) -> str:
    """Two of its digits changed, neither the first nor in a country's code."""
    places = [i for i, sign in enumerate(written) if sign.isdigit()][-6:]
    signs = list(written)
    for place in random.sample(places, min(2, len(places))):
        signs[place] = random.choice([digit for digit in "0123456789" if digit != signs[place]])
    return "".join(signs)


def _other_figure(written: str, random: Random) -> str:
    """A number that a model might write instead: about as large, as many digits behind the point."""
    value = float(written.replace(",", ""))
    while True:
        factor = random.choice((0.4, 0.5, 0.7, 1.4, 1.5, 2, 3, 10))
        other = value * factor if value > 3 else value + random.choice((1, 2, 3, 4))
        decimals = len(written.partition(".")[2])
        shown = f"{other:,.{decimals}f}" if "," in written else f"{other:.{decimals}f}"
        if shown != written and float(shown.replace(",", "")) > 0:
            return shown


def _other_word(written: str, random: Random) -> str:
    other = random.choice([word for word in _NUMBER_WORDS if word != written.lower()])
    return other.capitalize() if written[0].isupper() else other

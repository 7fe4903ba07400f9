"""What a customer states in a question, and where it stands. Rather nothing than a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from customer_assist.text import places
from customer_assist.text.places import NO_NAME
from customer_assist.text.slips import one_of

TEMPLATE = re.compile(r"(?<!\{)\{++[^{}]*+\}++")  # "{{Order Number}}", typed as it stands in a reply


@dataclass(frozen=True, slots=True)
class Entity:
    """`value` is what stands from `start` to `end` of the question, under the name of its placeholder."""

    name: str
    value: str
    start: int
    end: int
    corrects: bool = False  # it is given in place of what was given before


Found = tuple[str, re.Match[str], str]  # name, match, the group that is the value


def find(question: str, earlier: Entity | None = None) -> tuple[Entity, ...]:
    """The entities of `question` in order, none within another.

    Only what is named as such counts: a bare number is nobody's order, and `{{Order Number}}` is no value.
    `earlier` is the number that the conversation was about: one given as a correction is of its kind.
    """
    text, origin = _condensed(question)
    found: list[Entity] = []

    def add(name: str, match: re.Match[str], group: str = "value", corrects: bool = False) -> None:
        start, end = origin[match.start(group)], origin[match.end(group) - 1] + 1
        if all(end <= other.start or start >= other.end for other in found):
            found.append(Entity(name, question[start:end], start, end, corrects))

    for name, match in _numbers(text):
        add(name, match)
    about = found[-1] if found else earlier
    if about is not None:
        for match in _corrections(text, about.value):
            add(about.name, match, corrects=True)
    if not found:
        for match in _bare(text):
            add("Order Number", match)
    for finder in (_money, _people, _destinations, _months, _dates, _accounts):
        for name, match, group in finder(text):
            add(name, match, group)
    return tuple(sorted(found, key=lambda entity: entity.start))


def _condensed(question: str) -> tuple[str, list[int]]:
    """The text without templates and with single spaces, and where each of its characters stands.

    Long runs of white space would keep the patterns busy for seconds.
    """
    text = TEMPLATE.sub(lambda match: "\n" * len(match[0]), question)
    kept: list[str] = []
    origin: list[int] = []
    for position, sign in enumerate(text):
        if sign.isspace():
            sign = "\n" if sign in "\n\r" else " "
            if kept and kept[-1] in " \n":
                kept[-1] = "\n" if "\n" in (sign, kept[-1]) else " "
                continue
        kept.append(sign)
        origin.append(position)
    return "".join(kept), origin


# --- numbers --------------------------------------------------------------------------------------

# A reference has a digit; letters before it only as a prefix of capitals ("ORD-2024-0081", "RB123456785IE").
_REFERENCE = (
    r"(?P<value>(?P<hash>#\s?)?(?:[A-Z]{1,6}[-/]?)?\d(?:[A-Z0-9]|[-/](?=[A-Z0-9])){0,29})"
    r"(?![\w@#/]|[.,:]\d|[-.](?:[a-z]{2,}|\w+@)|\s?(?:%|€|\$|£))"
)
_BRIDGE = (
    r"(?:\s(?i:number|numbers|numbr|numer|no|nr|num|id|code|ref|reference))?\.?"
    r"(?:\s(?i:is|was|with|the|of|called|number|no|id)){0,4}"
)
_NAMED = re.compile(rf"\b(?P<noun>[A-Za-z]{{3,24}})['’]?s?{_BRIDGE}\s?(?:[:=]\s?|\(\s?)?{_REFERENCE}")
_NUMBERED: dict[str, tuple[str, ...]] = {
    "Order Number": ("order", "orders", "purchase", "purchases", "oder"),
    "Invoice Number": ("invoice", "invoices", "bill", "bills", "receipt", "receipts"),
    "Tracking Number": ("tracking", "parcel", "parcels", "shipment", "shipments", "consignment"),
}
_GLUED_TO = re.compile(r"(?i)(?:cancell?(?:ing)?|track(?:ing)?|chang(?:e|ing)|check(?:ing)?)(?=\w{4})")
_PREFIXED = re.compile(r"(?<![\w/-])(?P<value>(?:ORD|PO|SO)-?\d[\d-]{2,19})\b(?![-/@]\w)")
_WITH_HASH = re.compile(r"(?:\b(?P<before>[\w'’]+)[,:]?\s|^|[.!?\n]\s?)(?P<value>#\s?\d{3,20})\b(?![-/@]\w)")
# "#12345" alone is an order's where no other noun owns it ("ticket #12345").
_OWNERLESS = re.compile(
    r"about|for|of|regarding|re|concerning|cancell?(?:ing)?|track(?:ing)?|return(?:ing)?|hi|hello|please"
    r"|where['’]s",
    re.I,
)
_QUANTITY = re.compile(
    r"\s(?i:items?|pieces?|pcs|units?|times?|days?|weeks?|months?|hours?|minutes?|years?|euros?|dollars?"
    r"|pounds?|eur|usd|gbp|kg|bags?|boxes|packs?|products?|articles?|bottles?|machines?|o'?clock|am|pm"
    r"|of (?:the|these|those|them|this|your)"
    r"|purchases?|orders?|invoices?|people|persons?|percent|street|road|avenue)\b"
)
_CORRECTED = re.compile(
    r"\b(?i:i mean|i meant|meant|sorry|correction|actually|oops|should be|should read|should have been"
    r"|(?:correct|right) (?:one|number) is)[,:.]?\s"
    rf"(?:(?i:it's|it’s|it is|is|was|that|the|order|number|no|it|i meant?|of|for|to|be),?\s){{0,4}}{_REFERENCE}"
)
_DENIED = re.compile(
    r"\b(?i:not|isn't|isn’t|wasn't|wasn’t|instead of|rather than)(?: (?:for|my|the|about|of))?\s?$"
)
_AND_ANOTHER = re.compile(rf"(?:,|,? and|,? or| &|,? plus) (?=\d|#|[A-Z]+[-_]?\d){_REFERENCE}")
_FEWEST, _FEWEST_UNSURE = 3, 5  # digits; the latter where the noun was misspelt or a bare number corrects


def _numbers(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _NAMED.finditer(text):
        name, exact = _kind(match["noun"], certain=match["hash"] is not None)
        fewest = _FEWEST if exact or match["hash"] else _FEWEST_UNSURE
        if name and not _denied(text, match) and _is_reference(text, match, fewest):
            yield name, match
            yield from ((name, other) for other in _others(text, match.end("value"), fewest))
    for match in _PREFIXED.finditer(text):
        if not _denied(text, match):
            yield "Order Number", match


def _others(text: str, end: int, fewest: int) -> Iterator[re.Match[str]]:
    """Those in a row with one that is named: "orders 11111, 22222 and 33333"."""
    while (match := _AND_ANOTHER.match(text, end)) and _is_reference(text, match, fewest):
        yield match
        end = match.end("value")


def _denied(text: str, match: re.Match[str]) -> bool:
    return bool(_DENIED.search(text[max(0, match.start() - 30) : match.start()]))


def _kind(noun: str, *, certain: bool) -> tuple[str, bool]:
    """Which number the noun announces ("": none), and whether it is spelt as it should be."""
    plain = _GLUED_TO.sub("", noun.lower()) or noun.lower()
    for name, nouns in _NUMBERED.items():
        if plain in nouns:
            return name, True
    if plain.endswith("ed"):  # "purchased" is no slip of "purchase"
        return "", False
    near = [name for name, nouns in _NUMBERED.items() if one_of(plain, nouns, certain=certain)]
    return (near[0], False) if len(near) == 1 else ("", False)


def _is_reference(text: str, match: re.Match[str], fewest: int) -> bool:
    value = match["value"].lstrip("# ")
    return (
        sum(sign.isdigit() for sign in value) >= fewest
        and not _QUANTITY.match(text, match.end("value"))
        and not re.fullmatch(
            r"(?:19|20)\d\d(?:[-/]\d{1,2}[-/]\d{1,2})?|\d{1,2}[-/]\d{1,2}[-/](?:19|20)?\d\d", value
        )
    )


def _corrections(text: str, value: str) -> Iterator[re.Match[str]]:
    """Numbers put in the place of `value`: of about its length, which a telephone number rarely is."""
    for match in _CORRECTED.finditer(text):
        alike = abs(len(match["value"].lstrip("# ")) - len(value.lstrip("# "))) <= 2
        if alike and _is_reference(text, match, _FEWEST_UNSURE):
            yield match


def _bare(text: str) -> Iterator[re.Match[str]]:
    for match in _WITH_HASH.finditer(text):
        if match["before"] is None or _OWNERLESS.fullmatch(match["before"]):
            yield match


# --- money ----------------------------------------------------------------------------------------

_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d{2})?|\d{1,3}(?:\.\d{3})+(?:,\d{2})?|\d{1,6}(?:[.,]\d{2})?)"
_MONEY = re.compile(
    rf"(?:(?P<sign>[$€£])\s?(?P<a>{_AMOUNT})"
    rf"|(?<![\w.,#-])(?P<b>{_AMOUNT})\s?(?P<after>[$€£]|(?i:euros?|eur|dollars?|usd|pounds?|gbp)\b))"
    r"(?!\d|[.,]\d)"
)
_REFUNDS = (
    "refund", "refunds", "refunded", "refunding", "rebate", "rebates", "rebated", "rebating", "reimburse",
    "reimbursed", "reimbursing", "reimbursement", "reimbursements", "compensate", "compensated",
    "compensating", "compensation", "compensations", "restitution", "restitutions",
)  # fmt: skip
_GLUED_END = re.compile(r"(?:of|to)$")
_WORD = re.compile(r"[A-Za-z]+")
_MOST = 50  # amounts, and dates, that are looked at in one question
_BEFORE_AMOUNT = 60  # characters before an amount in which it may be called a refund
_SENTENCE = re.compile(r".*(?:[!?\n]|\.(?!\d))", re.S)
_ASKED_BACK = re.compile(
    r"(?i)\b(?:refund|reimburse|reimbursement|rebate|compensation|restitution|money back)"
)
_PAID = re.compile(r"\b(?i:paid|pay)\b[^.!?\n]{0,12}$")


def _money(text: str) -> Iterator[Found]:
    """An amount with its currency that is, or is to be, a refund."""
    last_asked = max((match.start() for match in _ASKED_BACK.finditer(text)), default=-1)
    for match in islice(_MONEY.finditer(text), _MOST):
        before = _SENTENCE.sub("", text[max(0, match.start() - _BEFORE_AMOUNT) : match.start()])
        asks_later = last_asked >= match.end() and _PAID.search(before)
        if asks_later or re.search(r"(?i)\bmoney back\b", before) or _names_a_refund(before):
            yield "Refund Amount", match, "a" if match["a"] else "b"
            yield "Currency Symbol", match, "sign" if match["a"] else "after"


def _names_a_refund(text: str) -> bool:
    words = _WORD.findall(text)
    return any(one_of(each, _REFUNDS) for word in words for each in {word, _GLUED_END.sub("", word)})


# --- people ---------------------------------------------------------------------------------------

_TITLE = r"(?i:Mr|Mrs|Ms|Miss|Mx|Dr)"
_GIVEN = rf"(?!(?:I['’]|I\b)|(?i:{NO_NAME})\b)[A-ZÀ-Þ](?:[^\W\d_]|['’-](?=[^\W\d_])){{1,29}}"
_FULL = rf"{_GIVEN}(?: (?:van|von|de|der|den|la|di|du|O'))*(?: {_GIVEN}){{0,2}}(?!{places.GOES_ON})"
_INTRODUCTION = re.compile(
    rf"\b(?i:my (?:full |last |sur)?name(?:['’]s| is)|name:)\s(?P<value>(?:{_TITLE}\.? )?{_FULL})"
)
_SENDER = re.compile(
    rf"\b(?P<noun>[A-Za-z]{{3,12}}) (?P<from>[A-Za-z]{{2,6}}) "
    rf"(?P<value>{_TITLE}\.? (?:{_FULL}|[a-z]{{2,20}}\b)|{_FULL})"
)
_SENT = (*_NUMBERED["Invoice Number"], "statement", "statements")


def _people(text: str) -> Iterator[Found]:
    for match in _INTRODUCTION.finditer(text):
        yield "Customer Name", match, "value"
    for match in _SENDER.finditer(text):
        if _sends(match):
            yield "Person Name", match, "value"


def _sends(match: re.Match[str]) -> bool:
    """A bill is from somebody who has a title or two names; "from Vodafone" names nobody."""
    return (
        len(match["value"].split()) > 1
        and one_of(match["noun"], _SENT, certain=True)
        and one_of(match["from"], ("from",), certain=True)
        and match["from"].lower() != "for"
    )


# --- places, dates, accounts ----------------------------------------------------------------------

_TO = re.compile(
    r"\b(?P<verb>[A-Za-z]{3,12})(?: (?:it|them|this|these|my \w+|goods|orders|parcels))? to (?:the |The )?"
)
_DELIVER = (
    "ship", "ships", "shipped", "shipping", "shipment", "shipments", "deliver", "delivers", "delivered",
    "delivering", "delivery", "deliveries",
)  # fmt: skip
_FROM = re.compile(r"\b(?=(?P<verb>[A-Za-z]{4,8}) (?P<from>[A-Za-z]{3,6}) (?:the |The )?(?P<place>))")
# "can I order from …" is where the customer is; "my order from …" is where it came from.
_ORDERING = re.compile(r"(?:\b(?:i|we|you|u|to|people|customers)|\bpl[a-z]{2,6} (?:[a-z]+ ){1,3}?)\s?$", re.I)
_ANOTHER = re.compile(r",? (?:and|or|&) (?:the )?[A-Z]")


def _destinations(text: str) -> Iterator[Found]:
    """One place where something is to go; of two ("to Galway or Cork") neither."""
    starts = [match.end() for match in _TO.finditer(text) if one_of(match["verb"], _DELIVER)]
    for match in _FROM.finditer(text):
        orders = one_of(match["verb"], ("order",)) and one_of(match["from"], ("from",), certain=True)
        if orders and _ORDERING.search(text[max(0, match.start() - 40) : match.start()]):
            starts.append(match.start("place"))
    for start in starts:
        place = places.PLACE.match(text, start)
        kind = places.kind(place["value"]) if place else ""
        if place and kind and not _ANOTHER.match(text, place.end()):
            yield kind, place, "value"
            country = re.compile(rf", ?(?P<value>{places.COUNTRY})\b", re.I).match(text, place.end())
            if kind == places.CITY and country:
                yield places.LAND, country, "value"


_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?i:{_MONTHS})\b(?:[.,]{{0,2}} (?:19|20)\d\d)?"
    rf"|(?i:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? (?:19|20)\d\d)?"
    r"|(?:19|20)\d\d-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:19|20)?\d\d)(?![\w/])"
)
_RANGE = re.compile(
    rf"\b(?i:from|between) (?:the )?(?P<value>(?:\d{{1,2}}(?:st|nd|rd|th)?|{_DAY}) (?:to|and|until|till|-|–)"
    rf" (?:the )?{_DAY})"
)
_DATE = re.compile(rf"(?<![\w/.-])(?P<value>{_DAY})")
_ORDERED = re.compile(
    r"\b(?i:(?:ordered|bought|purchased|placed)\b[^.!?,\n]{0,30}\bon|(?:order|purchase) (?:of|from|dated|on))"
    r" (?:the )?$"
)
_MONTH = re.compile(
    r"\b(?P<noun>[A-Za-z]{3,12}) (?:from|for|of|dated) (?:the month of )?"
    rf"(?P<value>(?i:{_MONTHS})(?: (?:19|20)\d\d)?)\b(?! ?\d)"
)


def _months(text: str) -> Iterator[Found]:
    """The month that a bill is of."""
    for match in _MONTH.finditer(text):
        if one_of(match["noun"], _SENT, certain=True):
            yield "Month", match, "value"


def _dates(text: str) -> Iterator[Found]:
    """ "Order Date" where something was ordered on it, else "Date", which no placeholder takes a value from."""
    for match in islice(_RANGE.finditer(text), _MOST):
        yield "Date Range", match, "value"
    for match in islice(_DATE.finditer(text), _MOST):
        ordered = _ORDERED.search(text[max(0, match.start() - 60) : match.start()])
        yield "Order Date" if ordered else "Date", match, "value"


_ACCOUNT = re.compile(
    r"(?<![\w-])(?P<value>(?i:freemium|free|premium|pro|standard|basic|plus|gold|silver|bronze|platinum"
    r"|business|enterprise)) (?P<noun>[A-Za-z]{4,13})\b"
)
_ACCOUNTS = ("account", "accounts", "membership", "memberships", "profile", "profiles", "subscription")


def _accounts(text: str) -> Iterator[Found]:
    for match in _ACCOUNT.finditer(text):
        if one_of(match["noun"], _ACCOUNTS):
            yield "Account Type", match, "value"

"""What a customer said in a question: numbers, a name, a place, an amount. Rather nothing than a guess."""

from __future__ import annotations

import re

from customer_assist.text.planted import speaks_to_a_machine

TEMPLATE = re.compile(r"(?<!\{)\{++[^{}]*+\}++")  # "{{Order Number}}", typed as it stands in a reply
_SPACE = re.compile(r"\s+")
# A reference has a digit; letters before it only as a prefix of capitals ("ORD-2024-0081", "RB123456785IE").
_REFERENCE = (
    r"(?P<value>(?:[A-Z]{1,6}[-_/]?)?\d(?:[A-Z0-9]|[-_/](?=[A-Z0-9]))*)(?![\w@]|[.,:]\d|\s?(?:%|€|\$|£))"
)
_NAMED = (
    r"(?:\s+(?i:number|no|nr|num|id|code|ref|reference))?\.?(?:\s+(?i:is|was|with|the|of|called|number))*"
    r"\s*[:#]?\s*#?"
)

_ORDER = re.compile(rf"\b(?i:o+rders?|purchases?|pur[ck]hase|oder){_NAMED}{_REFERENCE}")
_INVOICE = re.compile(rf"\b(?i:invoices?|bills?|receipts?){_NAMED}{_REFERENCE}")
_TRACKING = re.compile(rf"\b(?i:tracking|parcel|shipment|consignment){_NAMED}{_REFERENCE}")
_BARE = re.compile(r"(?<![\w&])#\s?(?P<value>\d{3,20})\b")
_PREFIXED = re.compile(r"(?<![\w-])(?P<value>(?:ORD|PO|SO)[-_]?\d[\d-]{2,19})\b")
_QUANTITY = re.compile(
    r"\s+(?i:items?|pieces?|pcs|units?|times?|days?|weeks?|months?|hours?|minutes?|years?|euros?|dollars?"
    r"|pounds?|eur|usd|gbp|kg|bags?|boxes|packs?|products?|articles?|bottles?|machines?|o'?clock|am|pm)\b"
)

_NAME = r"(?P<value>[A-ZÀ-Þ][\w'’-]+(?: (?:van|von|de|der|la|O'))*(?: [A-ZÀ-Þ][\w'’-]+){0,2})"
_INTRODUCTION = re.compile(
    rf"\b(?i:my (?:full |last |sur)?name(?:'s| is)|name:)\s+(?:(?P<title>Mr|Mrs|Ms|Miss"
    rf"|Dr)\.?\s+)?{_NAME}"
)
_SENDER = re.compile(
    rf"\b(?i:bills?|invoices?)\s+(?i:ffom|from|fom|of)\s+(?:(?P<title>Mr|Mrs|Ms|Miss|Dr)\.?\s+)?{_NAME}"
)
_NO_NAME = frozenset(
    {
        "the",
        "my",
        "about",
        "regarding",
        "not",
        "a",
        "what",
        "order",
        "your",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "last",
        "amazon",
        "paypal",
    }
)

_PLACE = r"(?:the )?(?P<value>[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+){0,2}|USA|UK)"
_DESTINATION = re.compile(
    rf"\b(?i:(?:ship|shipping|shipments?|deliver|delivery|deliver?ies|delivering)(?: it"
    rf"| them| this| my \w+)? to"
    rf"|(?:order|orders|place an order|placing an order)\s+from)\s+{_PLACE}"
)
_COUNTRIES = frozenset(
    """argentina australia austria belgium brazil bulgaria canada chile china colombia croatia cyprus
    czechia denmark egypt england estonia finland france germany greece hungary iceland india
    indonesia ireland israel italy japan latvia liechtenstein lithuania luxembourg malaysia malta
    mexico morocco netherlands norway peru philippines poland portugal romania russia scotland
    serbia singapore slovakia slovenia spain sweden switzerland taiwan thailand turkey uk ukraine
    usa vietnam wales""".split()  # noqa: SIM905 - a paragraph of names is read more easily
) | {
    "new zealand",
    "south africa",
    "south korea",
    "united kingdom",
    "united states",
    "united arab emirates",
    "northern ireland",
    "hong kong",
    "czech republic",
    "great britain",
    "saudi arabia",
}

_MONEY = re.compile(
    r"(?:(?P<sign>[$€£])\s?(?P<a>\d{1,6}(?:[.,]\d{2})?)"
    r"|(?P<b>\d{1,6}(?:[.,]\d{2})?)\s?(?P<after>[$€£]|(?i:euros?|eur|dollars?|usd|"
    r"pounds?|gbp)\b))(?![\d])"
)
_REFUND = re.compile(
    r"\b(?i:re[fi]\w*und\w*|rebat\w+|reimburs\w+|reinburs\w+|compensat\w+|restitut\w+"
    r"|money back)\b(?:[^.!?\n]|(?<=\d)[.](?=\d)){0,40}$"
)
_BEFORE_AMOUNT = 120  # characters before an amount in which it may be called a refund
_ASKED_BACK = re.compile(r"(?i)\b(?:refund|reimburse|rebate|compensation|money back)")
_PAID = re.compile(r"\b(?i:paid|pay)\b[^.!?\n]{0,12}$")
_SYMBOLS = {
    "euro": "€",
    "euros": "€",
    "eur": "€",
    "dollar": "$",
    "dollars": "$",
    "usd": "$",
    "pound": "£",
    "pounds": "£",
    "gbp": "£",
}

_ACCOUNT = re.compile(
    r"\b(?P<value>(?i:freemium|free|premium|pro|standard|basic|plus|gold|silver|platinum"
    r"|business)) (?i:accounts?|membership)\b"
)


def said(question: str) -> dict[str, str]:
    """Placeholder names with the values that `question` states, e.g. {"Order Number": "00123842"}.

    Only what is named as such counts: a bare number is nobody's order, and `{{Order Number}}` is no value.
    Where two different values are given for one name, the first stands. Same question, same result.
    """
    text = TEMPLATE.sub(" ", question)
    # Long runs of white space would keep the patterns busy for seconds.
    text = _SPACE.sub(lambda match: "\n" if "\n" in match[0] else " ", text)
    found: dict[str, str] = {}
    for name, pattern in (
        ("Invoice Number", _INVOICE),
        ("Tracking Number", _TRACKING),
        ("Order Number", _ORDER),
    ):
        value = _reference(pattern, text)
        if value:
            found[name] = value
    if not found:
        value = _reference(_PREFIXED, text) or _reference(_BARE, text)
        if value:
            found["Order Number"] = value
    return found | _innocent(_person(text)) | _place(text) | _refund(text) | _account(text)


def _innocent(person: dict[str, str]) -> dict[str, str]:
    """Nobody is called "Ignore Previous Instructions": what is remembered may stand in any later answer."""
    return {} if any(speaks_to_a_machine(value) for value in person.values()) else person


def _reference(pattern: re.Pattern[str], text: str) -> str:
    for match in pattern.finditer(text):
        digits = sum(sign.isdigit() for sign in match["value"])
        if (
            digits >= 3
            and not _QUANTITY.match(text, match.end())
            and not re.fullmatch(r"(?:19|20)\d\d", match["value"])
        ):
            return match["value"]
    return ""


def _person(text: str) -> dict[str, str]:
    match = _INTRODUCTION.search(text) or _SENDER.search(text)
    if match is None or match["value"].split()[0].lower() in _NO_NAME:
        return {}
    parts = match["value"].split()
    title = (
        {"Salutation": match["title"] + ("" if match["title"] == "Miss" else ".")} if match["title"] else {}
    )
    if title and len(parts) == 1:
        return title | {"Client Last Name": parts[0], "Person Name": parts[0]}
    if len(parts) == 1:
        return {"Client First Name": parts[0], "Person Name": parts[0]}
    names = {
        "Person Name": match["value"],
        "Client First Name": parts[0],
        "Client Last Name": " ".join(parts[1:]),
    }
    return title | names


def _place(text: str) -> dict[str, str]:
    match = _DESTINATION.search(text)
    if match is None or match["value"].split()[0].lower() in _NO_NAME | {"i", "me"}:
        return {}
    return {"Delivery Country" if match["value"].lower() in _COUNTRIES else "Delivery City": match["value"]}


def _refund(text: str) -> dict[str, str]:
    last_asked = max((match.start() for match in _ASKED_BACK.finditer(text)), default=-1)
    for match in _MONEY.finditer(text):
        before = max(0, match.start() - _BEFORE_AMOUNT), match.start()
        asks_later = last_asked >= match.end() and _PAID.search(text, *before)
        if asks_later or _REFUND.search(text, *before):
            symbol = match["sign"] or match["after"]
            return {
                "Refund Amount": match["a"] or match["b"],
                "Currency Symbol": _SYMBOLS.get(symbol.lower(), symbol),
            }
    return {}


def _account(text: str) -> dict[str, str]:
    values = {match["value"].lower() for match in _ACCOUNT.finditer(text)}
    return {"Account Type": values.pop()} if len(values) == 1 else {}

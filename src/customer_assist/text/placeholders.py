"""Approved replies with their {{placeholders}} filled, or reworded so that nobody misses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from customer_assist.text import mending, wording
from customer_assist.text.names import is_detail
from customer_assist.text.wording import CLOSE, DURATION, END, LOST, OPEN, PART, VALUE, key_of

# Well-formed, with a brace too few at either end, or never closed.
_PLACEHOLDER = re.compile(
    r"\{{2,}\s*([^{}\n]{0,140}?)\s*\}+|\{\s*([^{}\n]{1,80}?)\s*\}{2,}|\{{2,}\s*((?:[A-Z][\w-]*[ \t]?){0,4})"
)
# What the author of a reply was still to write: "[Provide the steps]". A link or "[Add to cart]" is none.
_TO_WRITE = re.compile(r"\[((?:Insert|Provide|Specify|Describe) [^\[\]{}\n]{2,120})\](?!\()", re.I)
_BRACES = re.compile(r"\{{2,}|\}{2,}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A reply as the customer may see it."""

    text: str  # "" where nothing was left to say
    missing: tuple[str, ...]  # names that had no value, as the reply writes them, in order
    lost: tuple[str, ...] = ()  # sentences that made no sense without their value and were left out


def fill(text: str, facts: Mapping[str, str], said: Mapping[str, str]) -> Filled:
    """`text` with every placeholder replaced: by what the customer `said`, else by the business's `facts`,
    else by neutral wording.

    Names match whatever their case, spaces and underscores. A value is put in as it is and never read as a
    template. No "{{" or "}}" is left, whatever the text, the facts and the customer hold.
    """
    if not _BRACES.search(text) and not _TO_WRITE.search(text):
        return Filled(text, ())
    text = _TO_WRITE.sub(r"{{\1}}", text)
    source = wording.MARKS.sub("", text)
    names: dict[str, str] = {}
    marked = _mark(source, names)
    marked = wording.apply(wording.STRUCTURE, marked)
    _tell_durations_apart(marked, names)
    marked = _choose_buttons(marked)
    marked = _name_what_is_asked_for(marked, names)
    values = _Values(facts, said)
    # Taken before rewording: what the reply names and nobody knows, even where a rule words it away.
    missing = tuple(dict.fromkeys(name for key, name in names.items() if key and values.find(key) is None))
    marked = values.put_in(marked)
    marked = wording.apply(wording.WITH_VALUE, marked)
    marked = _mark_answers_about_hours(marked)
    marked = wording.apply(wording.WITHOUT_VALUE, marked)
    marked = mending.name_labels(marked, names)
    marked, lost = mending.leave_out(marked, source, names)
    whole = mending.mend(marked, source)
    return Filled(values.write_out(whole), missing, tuple(values.write_out(sentence) for sentence in lost))


def _mark(text: str, names: dict[str, str]) -> str:
    """Placeholders as marks around their keys; `names` learns how each was written."""

    def mark(match: re.Match[str]) -> str:
        name = " ".join((match[1] or match[2] or match[3] or "").replace("_", " ").split())
        names.setdefault(key_of(name), name)
        gap = " " if match[3] and match[3] != match[3].rstrip() else ""
        return f"{OPEN}{key_of(name)}{CLOSE}{gap}"

    return _BRACES.sub("", _PLACEHOLDER.sub(mark, text))


def _tell_durations_apart(text: str, names: dict[str, str]) -> None:
    """ "{{Date Range}} days" is the business's to know, other ranges of dates are the customer's."""
    if f"{OPEN}{DURATION}{CLOSE}" in text:
        names[DURATION] = names["daterange"] if f"{OPEN}daterange{CLOSE}" in text else names.pop("daterange")


def _choose_buttons(text: str) -> str:
    if not re.search(r"\bcancel", text, re.I):
        return text
    mark = f"{OPEN}cancelpurchase{CLOSE}"
    return wording.BUTTON.sub(lambda match: (match[1] or "") + mark, text)


def _name_what_is_asked_for(text: str, names: Mapping[str, str]) -> str:
    """ "Please provide the {{Order Number}}" asks for an order number; it does not quote one."""
    pieces: list[str] = []
    position = 0
    for match in _ANY.finditer(text):
        clause = ("".join(pieces) + text[position : match.start()])[-200:]
        if not wording.ASKS.search(clause) or wording.NAMED_BEFORE.search(clause):
            continue
        name = names.get(match[1], "")
        bare = wording.BARE.search(clause)
        if not wording.REFERENCE.match(match[0]) and not (
            wording.IN_A_ROW.search(clause) and is_detail(name)
        ):
            continue
        asked = mending.words(name)
        pieces += [text[position : match.start()], asked if bare else f"your {asked}"]
        position = match.end()
    return "".join([*pieces, text[position:]])


def _mark_answers_about_hours(text: str) -> str:
    """Where the hours are the question, "during our opening hours" is no answer."""
    asked = re.search(r"\b(?:operating|working|business|service|the) hours\b", text[:300], re.I)
    hours = f"{OPEN}customersupporthours{CLOSE}"
    if not asked or hours not in text:
        return text
    return re.sub(r" (?:within|during) these hours", "", text.replace(hours, LOST))


class _Values:
    """The values at hand, by key; each stands in the text as a number until everything else is done."""

    def __init__(self, facts: Mapping[str, str], said: Mapping[str, str]) -> None:
        self._by_key: dict[str, str] = {}
        for name, value in facts.items():
            self._take(name, value)
        self._duration = self._by_key.get("daterange")
        for name, value in said.items():  # wins over the facts
            if _HARMLESS.fullmatch(value):
                self._take(name, value)
        self._numbers: list[str] = []

    def _take(self, name: str, value: str) -> None:
        clean = " ".join(wording.MARKS.sub("", value).split())
        if clean and not _BRACES.search(clean):  # a template is nobody's value
            self._by_key[key_of(name)] = clean

    def find(self, key: str) -> str | None:
        if key == wording.DURATION:
            return self._duration
        if key == "clientlastname" and "salutation" not in self._by_key:
            key = "personname" if "personname" in self._by_key else key  # "Freeman" alone is rude
        value = self._by_key.get(key)
        if value is None and key in _SAME_AS:
            value = next((self._by_key[other] for other in _SAME_AS[key] if other in self._by_key), None)
        if key == "currencysymbol" and "refundamount" not in self._by_key:
            return None
        if key == "refundamount" and "currencysymbol" not in self._by_key:
            return None
        return value.lstrip("#") if value and key in _SAME_AS["number"] else value

    def put_in(self, text: str) -> str:
        def put(match: re.Match[str]) -> str:
            value = self.find(match[1])
            if value is None:
                return match[0]
            if value not in self._numbers:
                self._numbers.append(value)
            return f"{VALUE}{match[1]}{PART}{self._numbers.index(value)}{END}"

        text = re.sub(f"{OPEN}([^{CLOSE}]*){CLOSE}", put, text)
        # Two labels may be one and the same: "'My orders' or 'My orders'".
        same = rf"([\"'])({VALUE}\w+{PART}(\d+){END})\1,? or \1{VALUE}\w+{PART}\3{END}\1"
        return re.sub(same, r"\1\2\1", text)

    def write_out(self, text: str) -> str:
        text = text.replace(f"{VALUE}currency{END}", self._by_key.get("currencysymbol", ""))

        def write(match: re.Match[str]) -> str:
            article, value = match[1] or "", self._numbers[int(match[2])]
            if article.strip().lower() in ("a", "an"):
                return mending.article(article.strip(), value) + " " + value
            before = text[max(0, match.start() - 12) : match.start()]
            return value[:1].upper() + value[1:] if _starts_a_sentence(before, value) else value

        text = _HOURS.sub(lambda match: self._spoken_hours(match), text)
        return re.sub(rf"(\b[Aa]n? )?{VALUE}\w+{PART}(\d+){END}", write, text)

    def _spoken_hours(self, match: re.Match[str]) -> str:
        """Hours may read well after "during" ("our opening hours") or be times ("Monday to Friday, 9-5")."""
        hours = self._numbers[int(match[2])]
        comma = "," if match[3] and re.search(r"[,;]", hours) else ""
        before = "from " if _BEGINS_WITH_A_TIME.match(hours) else match[1]
        return ("" if _SPEAKS_FOR_ITSELF.match(hours) else before) + hours + comma


_ANY = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
# What a customer stated goes into an answer as words and numbers: no link, no markup, nothing long.
_HARMLESS = re.compile(r"(?!.*(?://|www|\w\.\w{2,}))[\w .,'’&#/+$€£%:;-]{1,80}", re.I)
_AT_THE_START = re.compile(r"(?:^|[.!?]\s|\n)[ \t>]*(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?(?:\*\*)?$")


def _starts_a_sentence(before: str, value: str) -> bool:
    """Addresses stay as they are."""
    return bool(re.match(r"[a-z]+(?![\w@/.:-])", value) and _AT_THE_START.search(before))


_HOURS = re.compile(
    rf"(\bduring ){VALUE}(?:customersupport|support|business)hours{PART}(\d+){END}"
    r"(?=( (?:at|by|via|through|to|or|and)\b)?)"
)
_SPEAKS_FOR_ITSELF = re.compile(r"(?:during|from|between|daily|every|on|24|around the clock)\b", re.I)
_BEGINS_WITH_A_TIME = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)|\d", re.I)
_SAME_AS: Mapping[str, tuple[str, ...]] = {
    "purchasenumber": ("ordernumber",),
    "orderid": ("ordernumber",),
    "purchasedate": ("orderdate",),
    "accountcategory": ("accounttype",),
    "accounttype": ("accountcategory",),
    "clientfullname": ("personname",),
    "clientname": ("personname",),
    "invoicename": ("personname",),
    "supportemail": ("customersupportemail",),
    "number": ("ordernumber", "invoicenumber", "purchasenumber", "trackingnumber", "orderid"),
}

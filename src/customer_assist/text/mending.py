"""What is left of a reply once values are in and wordings chosen: labels, lost sentences, punctuation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from customer_assist.text import clauses
from customer_assist.text.sentences import split_spans
from customer_assist.text.wording import (
    CLOSE,
    KNOWN,
    LOST,
    MISSING,
    OPEN,
    QUOTE,
    UNQUOTE,
)

# As an adjective before "section" or "option". Any other name in quotes is its own description.
LABELS = {
    "onlineorderinteraction": "orders",
    "orderstatus": "order status",
    "shippingstatus": "shipping status",
    "ordertracking": "order tracking",
    "trackorder": "order tracking",
    "purchasehistory": "purchase history",
    "settings": "settings",
    "profile": "profile",
    "profilesettings": "profile settings",
    "accountchange": "account change",
    "upgradeaccount": "account upgrade",
    "cancelpurchase": "cancellation",
    "forgotpassword": "forgotten password",
    "pinmanagement": "PIN management",
    "forgotpin": "forgotten PIN",
    "retrievepin": "PIN retrieval",
    "resetpin": "PIN reset",
    "loginpageurl": "login page",
    "accountrecoverypageurl": "account recovery page",
}
WHOLE = frozenset({"loginpageurl", "accountrecoverypageurl"})  # these need no "section" after them
# As a verb after "an option to".
LABEL_VERBS = {
    "cancelpurchase": "cancel",
    "accountchange": "change your account",
    "upgradeaccount": "upgrade your account",
    "trackorder": "track your order",
    "resetpin": "reset your PIN",
    "forgotpassword": "reset your password",
}

_NOUN = r"section|page|tab|option|button|link|area|menu|feature|category|zone"
_LABEL_KEY = "|".join(LABELS)
_ITEM = rf"(?:{QUOTE}{MISSING}{UNQUOTE}|{OPEN}(?:{_LABEL_KEY}){CLOSE})"
_ITEMS = rf"(?P<items>{_ITEM}(?:,? (?:or|and) {_ITEM})?)"
_CALLED = (
    r"(?:(?:often |usually )?(?:labell?ed|named|titled|called|marked|denoted|that says|that reads|saying)"
    r"(?: as| with)? )"
)
_SIMILAR = r"(?: or (?:something similar|similar|a similar (?:phrase|option|indicator|label)))?"
_KEY = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")

_LABELLED = re.compile(rf"\b(?P<noun>{_NOUN}) (?P<how>{_CALLED}|to )?{_ITEMS}{_SIMILAR}", re.I)
_BEFORE_NOUN = re.compile(rf"{_ITEMS} (?P<noun>{_NOUN})\b", re.I)
_ALONE = re.compile(_ITEMS)
_ASIDE = re.compile(rf", {_CALLED}{_ITEM}{_SIMILAR}", re.I)
_MAY_BE_CALLED = re.compile(rf"\b(?:may|might|can|could|will|should) (?:also )?be {_CALLED}{_ITEM}", re.I)
_PATH = re.compile(rf"(?<=[>→»] ){MISSING}|{MISSING}(?= [>→»])")  # "Account > {{Settings}} > Password"
_BARE_TO = re.compile(
    rf"\bto (?={QUOTE}(?:{MISSING}|{KNOWN}){UNQUOTE}"
    rf"(?:,? or {QUOTE}(?:{MISSING}|{KNOWN}){UNQUOTE})? (?:section|page|tab)\b)"
)


def words(name: str) -> str:
    """A placeholder's name as words inside a sentence: "Gift Card PIN" is "gift card PIN"."""
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in name.split())


def name_labels(text: str, names: Mapping[str, str]) -> str:
    """Labels that are not known, described instead: "the 'X' section" becomes "the orders section"."""

    def described(items: str, table: Mapping[str, str]) -> str:
        found = [table.get(key) or words(names.get(key, key)) for key in _KEY.findall(items)]
        return " or ".join(dict.fromkeys(found))

    def labelled(match: re.Match[str]) -> str:
        keys = _KEY.findall(match["items"])
        if match["how"] == "to " and all(key in LABEL_VERBS for key in keys):
            return f"{match['noun']} to {described(match['items'], LABEL_VERBS)}"
        return f"{described(match['items'], LABELS)} {match['noun']}"

    def alone(match: re.Match[str]) -> str:
        whole = all(key in WHOLE for key in _KEY.findall(match["items"]))
        return described(match["items"], LABELS) + ("" if whole else " section")

    text = _PATH.sub(lambda match: names.get(match[0][1:-1], ""), text)
    text = _BARE_TO.sub("to the ", text)
    text = _ASIDE.sub("", text)
    text = _MAY_BE_CALLED.sub(LOST, text)
    text = _LABELLED.sub(labelled, text)
    text = _BEFORE_NOUN.sub(lambda match: f"{described(match['items'], LABELS)} {match['noun']}", text)
    return _ALONE.sub(alone, text)


# --- names that no rule knows --------------------------------------------------------------------

_LIST = rf"{MISSING}(?:, {MISSING})*(?:,? (?:and|or) {MISSING})?"
_FOR_EXAMPLE = re.compile(
    rf",? (?:including|such as|in this case,?|namely|e\.g\.,?|i\.e\.,?|like"
    rf"|located in) {_LIST}(?=[.,;!?]| and\b| or\b)"
)
# An adjunct may go, unless the verb before it needs it ("we are open on Monday", "it is located at …") or it is a
# limit: "send it back within {{Return Period}}" is not "send it back".
_ADJUNCT = re.compile(
    rf"(?<!\bis)(?<!\bare)(?<!\bbe)(?<!\bwas)(?<!\blocated)(?<!\bopen)(?<!\blisted)(?<!\bcosts)(?<!\btakes)(?<!\bup)"
    rf",? (?:at|in|on|via|by calling|through) (?:the |our "
    rf"|your )?{_LIST}(?=[.,;!?)]| and\b| or\b| to\b|$)",
    re.M,
)
_OWN = re.compile(rf"(?<=\b)(?P<whose>[Yy]our|[Oo]ur) (?P<mark>{MISSING})")
_AFTER_ITS_NAME = re.compile(
    rf"(?P<before>\b(?:your|the|my|our|an?) (?:[\w-]+ ){{0,3}}[\w-]+) (?P<mark>{MISSING})", re.I
)
_GREETING = re.compile(rf"\b(Dear|Hello|Hi|Hey) {MISSING}")
_MARKER = r"[ \t>]*(?:[-*+•][ \t]+|(?:\*\*)?\d{1,3}[.)](?:\*\*)?[ \t]+|#{1,6}[ \t]+)?"
_LEAD = re.compile(rf"^{_MARKER}(?P<lead>(?:\*\*)?[^\s:.!?*][^:.!?\n*]{{1,60}}(?::\*\*|\*\*:|:)[ \t]*)?")
_LABEL_ONLY = re.compile(
    rf"(?:{_MARKER})?[ \t]*(?:\*\*)?[\w /-]{{2,40}}(?:\*\*)?:(?:\*\*)?[ \t]*(?:{MISSING}|{QUOTE}{MISSING}{UNQUOTE})\.?"
)
_HOLLOW = re.compile(
    r"^(?:Please |You can (?:also )?|Feel free to |Just )?(?:reach|contact|call|email|visit"
    r"|reach out to)(?: out to)?(?: us| them)?[.!]?$",
    re.I,
)


def leave_out(text: str, source: str, names: Mapping[str, str]) -> tuple[str, list[str]]:
    """Clauses, then whole sentences, whose placeholder has no value and no wording; the sentences are told.

    A list item keeps its marker and its lead-in ("2. Pay:"); mend() sees to those that are left empty.
    """
    text = _AFTER_ITS_NAME.sub(partial(_said_already, names), text)
    text = clauses.in_brackets(text)
    text = "".join(clauses.without_unknown(text[start:end]) for start, end in split_spans(text))
    text = _FOR_EXAMPLE.sub("", text)
    text = _ADJUNCT.sub("", text)
    text = _GREETING.sub(lambda match: "Hello" if match[1] == "Dear" else match[1], text)
    text = _OWN.sub(
        lambda match: f"{match['whose']} {words(names.get(match['mark'][1:-1]) or 'details')}", text
    )
    kept: list[str] = []
    lost: list[str] = []
    for start, end in split_spans(text):
        sentence = text[start:end]
        hollow = sentence.strip() not in source and bool(_HOLLOW.match(sentence.strip()))
        if not hollow and not re.search(f"[{OPEN}{LOST}]", sentence):
            kept.append(sentence)
            continue
        if _LABEL_ONLY.fullmatch(sentence.strip()):  # "- Fax: {{Fax Number}}"
            kept.append(_end_of(sentence)[1:])  # its line goes, and what ends it
            lost.append(_spoken(sentence, names))
            continue
        head = _LEAD.match(sentence)
        start_of_item = head[0] if head else ""
        if re.search(f"[{OPEN}{LOST}]", start_of_item):
            marker = re.match(_MARKER, sentence)
            start_of_item = marker[0] if marker else ""
        kept.append(start_of_item.rstrip("\n") + _end_of(sentence))
        lost.append(_spoken(sentence[len(start_of_item) :], names))
    return "".join(kept), lost


def _said_already(names: Mapping[str, str], match: re.Match[str]) -> str:
    """ "your customer number {{Customer Number}}" names it already."""
    name = words(names.get(match["mark"][1:-1], "")) or match["mark"]
    return match["before"] if match["before"].lower().endswith(f" {name.lower()}") else match[0]


def _end_of(sentence: str) -> str:
    gap = sentence[len(sentence.rstrip()) :]
    return gap if "\n" in gap else ""


def _spoken(sentence: str, names: Mapping[str, str]) -> str:
    return _KEY.sub(lambda match: names.get(match[1], match[1]), sentence).replace(LOST, "…").strip()


# --- punctuation ---------------------------------------------------------------------------------

_NUMBER = re.compile(r"^(?P<indent>[ \t]*(?:\*\*)?)(?P<number>\d{1,3})(?P<rest>[.)].*)$")
_EMPTY_ITEM = re.compile(r"^[ \t>]*(?:[-*+•]|(?:\*\*)?\d{1,3}[.)]|#{1,6})(?:\*\*)?[ \t]*$")
_ITEM_START = re.compile(r"[-*+•][ \t]|(?:\*\*)?\d{1,3}[.)]")
_HANGING = re.compile(
    r"(?P<word>\w+) (?:at|by|via|from|in|on|for|with|during|through|within|of|to|or|and)(?=[.,;!?](?:\s|$))"
)
_TWICE = re.compile(
    r"\b(the|your|our|a|an|to|at|in|for|of|on|through|via|or|and|website|account|during)\s+\1\b", re.I
)
_NO_SPACE = re.compile(r"(?<=[a-z])(?P<stop>!)(?P<next>[A-Za-z])(?=[a-z'’ ])")  # "account!I'm here"
_TWO_ARTICLES = re.compile(r"\b(?:the|a|an|our) (?=your\b|our\b)", re.I)
_ARTICLE = re.compile(r"\b(an?) (?=([A-Za-z][\w-]*))", re.I)
_SPOKEN_AS_CONSONANT = re.compile(r"(?:uni|use|usu|eu|one\b|once\b|u[A-Z])", re.I)


def article(current: str, following: str) -> str:
    """ "a" or "an" before `following`, in the case of `current`."""
    vowel = following[:1].lower() in "aeiou" and not _SPOKEN_AS_CONSONANT.match(following)
    return current[0] + ("n" if vowel else "")


def mend(text: str, source: str) -> str:
    """`text` without what leaving out left behind; what `source` has the same way stays as it is there."""
    lines = _without_empty_items(text.split("\n"))
    known = frozenset(source.split("\n"))
    lines = [line if line in known else _mend_line(line, source) for line in lines]
    whole = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    if source.endswith('"') and source.count('"') % 2 and whole.endswith('"'):
        whole = whole[:-1]  # the closing half of quotation marks around a whole reply
    return whole.strip() if whole.strip() else ""


def _mend_line(line: str, source: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    line = re.sub(r"[ \t]{2,}", " ", line.strip())
    line = re.sub(r"\(\s*\)|\[\s*\](?!\()|(?<!\w)(?:\"\s*\"|''|“\s*”)", "", line)
    line = re.sub(r"[ \t]+([,.;:!?)])", r"\1", line)
    line = re.sub(r",(?:\s*,)+", ",", line)
    line = re.sub(r"[,;:]\s*([.!?])", r"\1", line)
    line = _HANGING.sub(lambda match: match[0] if match[0] in source else match["word"], line)
    line = _TWICE.sub(r"\1", line)
    line = _TWO_ARTICLES.sub("", line)
    line = _ARTICLE.sub(
        lambda match: match[0] if match[0] + match[2] in source else article(match[1], match[2]) + " ", line
    )
    line = _NO_SPACE.sub(lambda match: f"{match['stop']} {match['next'].upper()}", line)
    line = re.sub(r"[ \t]{2,}", " ", line).strip()
    if _ITEM_START.match(line) and not _ends_a_line(line, source):
        line = re.sub(r":(\**)$", r"\1", line)  # a lead-in whose sentence is gone: "3. **Pay:**"
    pieces = [_capital(line[start:end], source) for start, end in split_spans(line)]
    return indent + "".join(pieces)


def _ends_a_line(line: str, source: str) -> bool:
    return any(other.rstrip().endswith(line[-12:]) for other in source.split("\n"))


def _capital(sentence: str, source: str) -> str:
    match = re.match(rf"{_MARKER}(?:\*\*)?", sentence)
    start = match.end() if match else 0
    first = re.match(r"[a-z]+\b", sentence[start:])
    if first is None or re.search(rf"(?:^|[.!?]\s+|\n){re.escape(sentence[start : start + 12])}", source):
        return sentence
    return sentence[:start] + sentence[start].upper() + sentence[start + 1 :]


def _without_empty_items(lines: list[str]) -> list[str]:
    """Items of which only the marker is left go, and the numbers after them close the gap."""
    kept: list[str] = []
    gone, previous = 0, 0
    for line in lines:
        number = _NUMBER.match(line)
        if number is not None:
            if int(number["number"]) <= previous:
                gone = 0
            previous = int(number["number"])
        if _EMPTY_ITEM.match(line):
            gone += number is not None
            continue
        if number is not None and gone:
            line = f"{number['indent']}{int(number['number']) - gone}{number['rest']}"
        kept.append(line)
    return kept

"""How an approved reply is worded around its placeholders: with a value, and where there is none.

The rules are read from top to bottom; each works on what those before it left. In a pattern `<order number>`
is a placeholder that has no value, `<=order number>` one that has, `<*order number>` either. LOST marks a
sentence that says nothing without its value: placeholders.py takes it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

OPEN, CLOSE = "\ue000", "\ue001"  # around the key of a placeholder without a value
VALUE, PART, END = "\ue002", "\ue003", "\ue004"  # VALUE key PART number-of-the-value END
LOST = "\ue005"
DURATION = "duration"  # key of a number of days
MARKS = re.compile(f"[{OPEN}-{LOST}]")

Rule = tuple[re.Pattern[str], str]

MISSING = rf"{OPEN}[^{CLOSE}]*{CLOSE}"
KNOWN = rf"{VALUE}[^{END}]*{END}"
EITHER = rf"(?:{MISSING}|{KNOWN})"
QUOTE, UNQUOTE = r"[\"'“‘]", r"[\"'”’]"


def key_of(name: str) -> str:
    """Names are the same whatever their case, spaces, hyphens and underscores."""
    return re.sub(r"[\W_]+", "", name).lower()


def expand(pattern: str) -> str:
    """The placeholders of a rule as they stand in the text while it is worked on."""

    def mark(match: re.Match[str]) -> str:
        key = "|".join(key_of(name) for name in match[2].split("|"))
        missing, known = rf"{OPEN}(?:{key}){CLOSE}", rf"{VALUE}(?:{key}){PART}\d+{END}"
        return {"": missing, "=": known, "*": rf"(?:{missing}|{known})"}[match[1]]

    return re.sub(r"<([=*]?)([A-Za-z][\w |-]*)>", mark, pattern)


def _rules(*pairs: tuple[str, str]) -> tuple[Rule, ...]:
    return tuple((re.compile(expand(pattern), re.I), replacement) for pattern, replacement in pairs)


def apply(rules: Iterable[Rule], text: str) -> str:
    """Every rule, in order, everywhere. A replacement begins with a capital where the words replaced did."""
    for pattern, replacement in rules:
        text = pattern.sub(partial(_in_the_same_case, replacement), text)
    return text


def _in_the_same_case(replacement: str, match: re.Match[str]) -> str:
    new = match.expand(replacement)
    if match[0][:1].isupper() and replacement.startswith("your "):
        new = "your " + new[5:6].lower() + new[6:]  # "Order {{Order Number}}" is "Your order"
    return new[:1].upper() + new[1:] if match[0][:1].isupper() else new


# --- with or without a value ---------------------------------------------------------------------

ACCOUNT = "account type|account category|membership type|membership level|plan name"
REFERENCES = (
    "order number|purchase number|tracking number|invoice number|reference number|order id|date range"
)
SENDERS = "client last name|client full name|client first name|client name|person name|invoice name"
PEOPLE = (
    f"{SENDERS}|customer name|customer full name|customer first name|customer last name|first name|last name"
)

STRUCTURE = _rules(
    # "free" became {{Account Type}} when the replies were made, also where it is no account's.
    (rf"\bfeel <*{ACCOUNT}> to\b", "feel free to"),
    (rf"({EITHER})(?: \1)+", r"\1"),
    (rf"({QUOTE}{EITHER}{UNQUOTE}),? or \1", r"\1"),
    (
        rf"({QUOTE})<*order number>({UNQUOTE}) (section|page|tab)",
        rf"\1{OPEN}onlineorderinteraction{CLOSE}\2 \3",
    ),
    (rf"<*salutation> (?=<*{PEOPLE}>)", f"{OPEN}salutation{CLOSE} "),
    # Who is greeted is who writes; the others are the people that a bill is from.
    (rf"\b(dear|hello|hi|hey) (?:<*salutation> )?<*{SENDERS}>", rf"\1 {OPEN}customername{CLOSE}"),
    # "It takes {{Date Range}} days" is no range of dates.
    (r"<*date range>(?= (?:business |working )?(?:days|hours|weeks)\b)", f"{OPEN}duration{CLOSE}"),
)

# In "could you provide your {{Order Number}}" the number is what is wanted, whether or not it is known.
ASKS = re.compile(
    r"\b(?:provid\w+|shar(?:e|ing)|giv(?:e|ing)|send(?:ing)?|tell(?:ing)?|request\w*|supply\w*"
    r"|confirm\w*|need|know"
    r"|details|information|have|with)\b[^.!?\n]*$",
    re.I,
)
REFERENCE = re.compile(expand(f"<*{REFERENCES}>"))
BARE = re.compile(r"\b(?:the|your|my|any|or|and|an?)\s*$|\b(?:the|your) [\w ]{3,24},\s*$", re.I)
IN_A_ROW = re.compile(r"\b(?:your|the) [\w ,'’-]{3,60}(?:,| and| or)\s*$", re.I)
NAMED_BEFORE = re.compile(
    r"(?:#|\b(?:number|no\.?|id|order|purchase|invoice|bill|item|of|case|to|from|is|within|in|takes"
    r"|cancel\w*)|in this case,)\s*$",
    re.I,
)

WITH_VALUE = _rules(
    (r"\bthe (?=<=delivery country>)", ""),
    # A person's name comes with the title that the customer gave.
    (r"\b(?:mr|mrs|ms|dr)\.? (?=<=person name>)", ""),
    (r"<*salutation> (?=<=person name|client full name|client name|invoice name|customer name>)", ""),
    (
        rf"(?<!{QUOTE})(<=cancel purchase|online order interaction>)(?=(?: or \w+)? (?:button|section"
        rf"|page|tab)\b)",
        r"'\1'",
    ),
    (r"(?:available|assist you) (?=<=customer support hours|support hours|business hours>)", r"\g<0>during "),
    (r"\bat (?=<=customer support hours|support hours|business hours>)", "during "),
    (r"\b(our|the) (?=<=website url>)", r"\1 website at "),
    (
        r"\b(log\w*|sign\w*) (in to|into) (?:our|the) (?=<=online company portal info|company account>)",
        r"\1 \2 your ",
    ),
    (r"\byour account (?:on|through|in|via) (?:our|the) (?=<=online company portal info>)", "your "),
    (r"\b(?:our|the) (?=<=online company portal info|company account>)", "your "),
    (r"(<=online company portal info|company account>) account\b", r"\1"),
    (r"\bone of our <=store location>", "one of our stores"),
    (r"\bour (<=store location>)", r"our store at \1"),
    (rf"{QUOTE}(<=login page url>){UNQUOTE}", r"login page (\1)"),
    (rf"{QUOTE}(<=account recovery page url>){UNQUOTE}", r"account recovery page (\1)"),
    (r"\$(<=currency symbol>)", r"\1"),
    (r"(?<![\w])\$(?=<=refund amount>)", f"{VALUE}currency{END}"),
    (r"#(?=<=invoice number|order number|purchase number>)", "#"),
)

# --- without a value -----------------------------------------------------------------------------

_LIVE_CHAT = (
    r"(?:alternatively,? )?(?:also )?(?:by )?(?:us(?:e|ing)|utili[sz](?:e|ing)|engag(?:e"
    r"|ing) with us (?:through|via)|engag(?:e|ing) (?:with|in)"
    r"|connect(?:ing)? with us (?:through|via)|reach(?:ing)? out (?:to (?:us|them) )?(?:through|via)"
    r"|through|via)"
)
_BY_PHONE = r"(?:at|via|through|on|by phone at|by calling|by dialing|by dialling|calling|dialing)"
_P = "<customer support phone number|phone number|support phone number|customer service phone number>"
_H = "<customer support hours|support hours|opening hours|business hours>"
_U = "<website url|website|company website>"
_E = "<customer support email|support email|customer service email|email address>"
_PORTAL = "<online company portal info|company portal|customer portal|company account>"
_STORE = "<store location|store address>"
_SOONER = r"(?:swiftly, )?(?:typically )?(?:within|in) <duration> (?:business |working )?days"

# A link whose address is not known is its text; "here" is none.
LINKS = _rules(
    (rf"\[(?:here|this|link|this (?:link|page))\]\(\s*({MISSING})\s*\)", r"\1"),
    (rf"\[([^\[\]\n]+)\]\(\s*{MISSING}\s*\)", r"\1"),
)

BUSINESS = _rules(
    (r"\b(?:the|our) <business name|company name>(?='s|’s)", "our"),
    (r"<business name|company name>(?:'s|’s)", "our"),
    (
        r"\b(?:the |our )?<business name|company name>(?= (?:team|website|site|app|shop|store|account|staff)\b)",
        "our",
    ),
    (
        r"\b(contact\w*|writ\w+ to|reach\w* out to|choos\w+|with|at|from|to|by|trust\w*|visit\w*)"
        r" <business name|company name>(?=[.,;!?]|\s|$)",
        r"\1 us",
    ),
)

CONTACT = _rules(
    (rf"\blive chat through our {_U}", "Live Chat on our website"),
    (rf"\bour {_U}", "our website"),
    (rf"\b(website|site|store|shop|platform)(?:,| at|:)? {_U}(?:,(?= and\b))?", r"\1"),
    (rf"(?:the )?{_U}", "our website"),
    (rf"(?:\bis |\bare |: ?|\bopen (?:during |from )?){_H}", LOST),
    (rf"(?<!\w)(?:during |at |via |in |on |from )?{_H}", "during our opening hours"),
    (rf"\b(hotline|helpline|phone line|phone support|a call),? {_BY_PHONE} {_P}", r"\1"),
    (rf"\bby phone at {_P},(?= by )", "by phone,"),
    (rf"\b{_BY_PHONE} {_P},? or {_LIVE_CHAT} ", "through "),
    (rf"\b{_BY_PHONE} {_P},? or (?=live chat)", "through "),
    (rf",? or (?:{_BY_PHONE}|call) {_P}", ""),
    (rf",? {_BY_PHONE} {_P}", ""),
    (rf"\bcall {_P}", "call us"),
    (rf"\b(an e-?mail|by e-?mail|us|them|team),? (?:at|to|via) {_E}", r"\1"),
    (rf",? (?:or )?(?:at|via|through|by e-?mailing|on) {_E}", ""),
    (rf"\be-?mail {_E}", "email us"),
)

ACCOUNTS = _rules(
    (rf"\byour account (on|through|in|via) (?:our |the ){_PORTAL}", r"your account \1 our website"),
    (rf"\b(log\w*|sign\w*) (in to|into) (?:your|our|the) {_PORTAL}(?: account)?", r"\1 \2 your account"),
    (rf"\byour {_PORTAL}(?: account)?", "your account"),
    (rf"\b(?:our|the) {_PORTAL}(?= using your)", "your account"),
    (rf"(?<!\w)(?:our |the )?{_PORTAL}", "our website"),
    (
        rf"\b(?:choose|select|opt for) the {QUOTE}<{ACCOUNT}>(?: account)?{UNQUOTE}(?: option)?",
        "choose the account type you want",
    ),
    (
        rf"\b(?:an|the) option (?:named|labell?ed"
        rf"|called) {QUOTE}<{ACCOUNT}>(?: account)?{UNQUOTE}(?: or something similar)?",
        "the account type you want",
    ),
    (rf"\bselecting <{ACCOUNT}>(?=:)", "selecting the account"),
    (rf"\b(select|choose) <{ACCOUNT}>(?: account)?(?=:)", r"\1 your account type"),
    (
        rf"\b(switch\w*|transition|elevate|upgrad\w+|mov\w+) to (?:the|our)(?: esteemed"
        rf"| distinguished)? <{ACCOUNT}> account\b",
        r"\1 to your new account",
    ),
    (
        rf"\b(?:our|the)( versatile| flexible| esteemed| distinguished)? <{ACCOUNT}> account\b(?= is\b"
        rf"| comes\b| offers\b)",
        "this account",
    ),
    (rf"\bour( versatile| flexible| esteemed| distinguished)? <{ACCOUNT}> account\b", "this account"),
    (rf"\bassociated with the <{ACCOUNT}> account\b", "associated with your account"),
    (rf"\bthe <{ACCOUNT}> account\b", "the new account"),
    (rf"\bthe <{ACCOUNT}> membership\b", "your membership"),
    (rf"\bthe <{ACCOUNT}> features\b", "the features"),
    (rf"\bthe world of <{ACCOUNT}> accounts\b", "our world of accounts"),
    (rf"(?m)^<{ACCOUNT}> accounts\b", "Our accounts"),
    (rf"(?<=[.!?] )<{ACCOUNT}> accounts\b", "Our accounts"),
    (
        rf"\b(your|a|an|of|about|regarding|any|new)((?: new| esteemed| distinguished"
        rf"| thriving)?) <{ACCOUNT}>(?= \w)",
        r"\1\2",
    ),
    (rf"<{ACCOUNT}> (?=account|member|plan|features|selection|privileges|experience)", ""),
)

WHERE_AND_WHEN = _rules(
    (rf"\bat one of our {_STORE}", "at one of our stores"),
    (rf"\bone of our {_STORE}", "one of our stores"),
    (rf"\b(?:our|the) {_STORE}", "our store"),
    (rf"\b(store|shop|branch)(?: located)? (?:at|in) {_STORE}", r"\1"),
    (r",? including <delivery city|delivery country>", ""),
    (r"\b(shipping|delivery) to <delivery country|delivery city>(?=:|\*)", r"\1"),
    (r"\bfrom the (?:vibrant )?city of <delivery city>", "from your city"),
    # That something is delivered is not said of a place that is not known.
    (
        r"\b(we (?:do |can |also )?(?:deliver|ship|accept orders|offer \w+)|(?:we are|we're) \w+ to offer)"
        r"\b([^.!?\n]*) (?:to|from|in) (?:the )?<delivery city|delivery country>",
        rf"\1\2{LOST}",
    ),
    (r"\byour location in <delivery city|delivery country>", LOST),
    (r"\b(from|to|in|for|of) (?:the )?<delivery city>", r"\1 your city"),
    (r"\b(from|to|in|for|of) (?:the )?<delivery country>", r"\1 your country"),
    (
        r",? (?:which|that) (?:generally|typically|usually) (?:takes|delivers|arrives)(?: within"
        r"| in)? <duration> (?:business |working )?days(?: to deliver your items)?",
        "",
    ),
    (r",? typically arriving within <duration> (?:business |working )?days", ""),
    (r"\btypically (?:takes|arrives within) <duration> (?:business |working )?days and is\b", "is"),
    (r"\b(delivers your items|delivering your items) within <duration> (?:business |working )?days", r"\1"),
    (r"\b(swift|fast|quick) delivery (?:within|in) <duration> (?:business |working )?days", r"\1 delivery"),
    (rf"\b(reach you|items to you|to arrive|will arrive|your package) {_SOONER}", r"\1 sooner"),
    (r",? (?:for|from|between|during) <date range>", ""),
    (r"\bfrom the month of <month>", ""),
)

PERSONS = _rules(
    (rf"\bdear (?:<salutation> ?)?(?:<{PEOPLE}>)?(?=[,!.\n])", "hello"),
    (rf"\b(hello|hi|hey) (?:<salutation> ?)?(?:<{PEOPLE}>)?(?=[,!.\n])", r"\1"),
    (
        rf"\b(?:the|your) (bills?|invoices?) from (?:<salutation> )?(?:mr|mrs|ms|dr)?\.? ?<{PEOPLE}>",
        r"your \1",
    ),
    (
        rf"\b(?:the|your) (specific )?(bills?|invoices?) associated with (?:<salutation> )?<{PEOPLE}>",
        r"your \2",
    ),
    (rf",? ?(?:<salutation> )<{PEOPLE}>(?=,)", ""),
    (rf",? <salutation> <{PEOPLE}>(?=[.!?])", ""),
    (rf",? <{PEOPLE}>(?=[!?])", ""),
    (r"<salutation> (?=\S)", ""),
    (
        r"\b(?:the|your expected|your) (refund|rebate"
        r"|reimbursement) of (?:<*currency symbol>)?\s?<refund amount>",
        r"your \1",
    ),
    (r"\brefunding [$€£]?(?:<*currency symbol>)?<refund amount>", "getting your refund"),
    (
        r"\b(refund|rebate|reimbursement|amount"
        r"|compensation) of [$€£]?(?:<*currency symbol>)?\s?<refund amount>",
        r"\1",
    ),
    (r",? in this case, <invoice number|order number>", ""),
    (r",? including (?:invoice|bill|order) (?:number )?#?<invoice number|order number>", ""),
    (
        r"\b(enter) (?:the|your) (invoice|order|purchase|tracking) number #?<invoice number"
        r"|order number|purchase number|tracking number>",
        r"\1 the \2 number",
    ),
)

# --- order and invoice numbers without a value ---------------------------------------------------

_N = "<order number|purchase number|order id|invoice number|bill number|tracking number|reference number>"
_KIND = r"(?:order|purchase|invoice|bill|tracking|reference)"
_LINK = (
    r"(?:that (?:has|corresponds to|matches)|with|having|bearing|under|for|labell?ed with"
    r"|associated with|(?:linked|tied|connected) (?:to|with)"
    r"|corresponding to|matching|identified by|related to)"
)
_NUMBERED = (
    r"(?:the |a |an |your |its )?(?:same |specific |corresponding |associated )*"
    rf"(?:{_KIND} )?(?:number |id )?(?:is )?[:#]?\s?{_N}"
)
_THE = r"(?:the|that|this|your|my|an?|any)"

NUMBERS = _rules(
    (rf"\s?\((?:{_KIND} )?(?:number|no\.?|id)?[:#\s]*{_N}\)", ""),
    (
        rf"(?:\b{_THE} )?(?:specific |corresponding |associated )*\b(order|purchase|invoice"
        rf"|bill) (?:that (?:is|'s) )?{_LINK} {_NUMBERED}",
        r"your \1",
    ),
    (rf"\b({_THE} (?:item|product|article|package|parcel|shipment|delivery)) {_LINK} {_NUMBERED}", r"\1"),
    (rf"\b(?:your|the) purchase of (?:item )?{_N}", "your purchase"),
    (
        rf"\b(?:if |that |whether )?(the|your) (\w+ )?number,? (?:which )?you mentioned is {_N}",
        r"\1 \2number you mentioned",
    ),
    (
        rf", specifically (?:with |for )?(?:the |your )?(?:order|purchase)(?: number"
        rf"| {_LINK} {_NUMBERED})?\s?#?(?:{_N})?(?=[.,])",
        "",
    ),
    (rf", (?:order|purchase|invoice|bill) (?:number )?[#:]?\s?{_N}", ""),
    (
        rf"(?:\b{_THE} )?(?:specific |corresponding |associated )*\b(order|purchase|invoice"
        rf"|bill)(?: number| no\.?| id)?\s?[:#]?\s?{_N}",
        r"your \1",
    ),
    (r"\byour (order|purchase|invoice|bill) that you", r"the \1 that you"),
    (rf" {_LINK} {_NUMBERED}", ""),
    (rf"\s?#{_N}", ""),
)

WITHOUT_VALUE: tuple[Rule, ...] = (
    *LINKS,
    *BUSINESS,
    *CONTACT,
    *ACCOUNTS,
    *WHERE_AND_WHEN,
    *PERSONS,
    *NUMBERS,
)

# --- buttons --------------------------------------------------------------------------------------

# A reply about cancelling calls both the orders and the button "Online Order Interaction".
BUTTON = re.compile(
    expand(
        rf"(\b(?:option|options|button|link)(?: (?:labell?ed|named|called|titled|that says))?(?: as"
        rf"| to)? {QUOTE}?"
        rf"|\blabell?ed as {QUOTE}|\bor {QUOTE}?(?=<*online order interaction>{UNQUOTE}? (?:option"
        rf"|button)))<*online order interaction>"
        rf"|<*online order interaction>(?={UNQUOTE}? (?:option|button|link)\b)"
    ),
    re.I,
)

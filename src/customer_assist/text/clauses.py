"""Of several ways or things in a row, those that are known: "call X or fax {{Fax Number}}" becomes "call X"."""

from __future__ import annotations

import re

from customer_assist.text.wording import KNOWN, MISSING, QUOTE, UNQUOTE

_MARK = rf"{QUOTE}?(?:{MISSING}|{KNOWN}){UNQUOTE}?"
_PREPOSITION = (
    r"(?:by (?:e-?mail|phone|fax|post|text|chat) (?:at|on|to|via)|at|by|via|through|on|in|from|to|with)"
)
_VERB = (
    r"(?:calling|call|phoning|phone|ringing|ring|dialing|dialling|dial|texting|text|faxing|fax|e-?mailing|e-?mail"
    r"|mailing|mail|writing|write|visiting|visit|messaging|message|contacting|contact|reaching|reach|using|use"
    r"|seeing|see|checking|check|opening|open|going|go|clicking|click|sending|send)"
)
# What joins the members of a row, and where one of each kind begins.
_JOIN = re.compile(r"(?P<join>,? (?:or|and) (?:also )?|, )")
_KINDS = (
    re.compile(rf"{_VERB}\b(?: us| them)?(?: (?:at|on|via|to|through|an? [\w-]+ to))?(?: (?:the|our))?"),
    re.compile(rf"{_PREPOSITION}\b(?: (?:the|our))?"),
)
_BARE = re.compile(rf"(?:{_MARK}|[A-Z][\w-]*(?: [A-Z][\w-]*){{0,2}})$")
_LONGEST = 1000  # characters of a sentence that is looked into
_IN_BRACKETS = re.compile(rf"\s?(?P<open>[(\[])(?P<inside>[^()\[\]\n]*{MISSING}[^()\[\]\n]*)[)\]]")


def in_brackets(text: str) -> str:
    """Without what is not known in brackets; the brackets go where nothing that is known is left in them."""

    def kept(match: re.Match[str]) -> str:
        parts = [
            part for part in re.split(r", | or | and |; ", match["inside"]) if not re.search(MISSING, part)
        ]
        if not any(re.search(KNOWN, part) for part in parts):
            return ""
        closing = ")" if match["open"] == "(" else "]"
        return f" {match['open']}{', '.join(parts)}{closing}"

    return _IN_BRACKETS.sub(kept, text)


def without_unknown(sentence: str) -> str:
    """The sentence without those members of a row that are not known; the sentence itself where there is no row.

    A row is ways ("call …, email … or visit …", "at … or via …") or bare names ("A, B and C"); one member at
    least must be known.
    """
    if len(sentence) > _LONGEST or not re.search(MISSING, sentence):
        return sentence
    pieces = _JOIN.split(sentence)
    texts, joins = pieces[::2], pieces[1::2]
    for kind in (*_KINDS, None):
        for first in range(len(texts) - 1):
            row = _row(texts, first, kind)
            if row is not None:
                prefix, members, tail = row
                kept = [member for member in members if not re.search(MISSING, member)]
                if not kept or len(kept) == len(members) or re.search(MISSING, tail):
                    continue
                last = first + len(members) - 1
                joined = _joined(kept, joins[last - 1] if last > first else "")
                before = "".join(text + join for text, join in zip(texts[:first], joins[:first], strict=True))
                after = "".join(
                    join + text for join, text in zip(joins[last:], texts[last + 1 :], strict=True)
                )
                return without_unknown(before + prefix + joined + tail + after)
    return sentence


def _row(texts: list[str], first: int, kind: re.Pattern[str] | None) -> tuple[str, list[str], str] | None:
    """What stands before the row that begins in `texts[first]`, its members, and what follows the last one."""
    start = _start(texts[first], kind)
    if start is None:
        return None
    members = [texts[first][start:]]
    for text in texts[first + 1 :]:
        if re.search(rf"[.!?]$|{_MARK}.+", members[-1]) and not _whole(members[-1], kind):
            break
        member, _ = _cut(text)
        if not (kind.match(member) and re.search(_MARK, member) if kind else _BARE.match(member)):
            break
        members.append(text)
    if len(members) < 2:
        return None
    members[-1], tail = _cut(members[-1])
    return texts[first][:start], members, tail


def _start(text: str, kind: re.Pattern[str] | None) -> int | None:
    """Where in `text` its last member begins; it must end with its mark."""
    if kind is None:
        match = re.search(rf"(?:^|(?<=\s)){_MARK}$", text)
        return match.start() if match else None
    starts = [match.start() for match in re.finditer(rf"(?:^|(?<=\s)){kind.pattern}", text, re.I)]
    fitting = [start for start in starts if _whole(text[start:], kind)]
    return fitting[0] if fitting else None


def _whole(member: str, kind: re.Pattern[str] | None) -> bool:
    """A way and its mark, and nothing else."""
    pattern = rf"{kind.pattern} {_MARK}$" if kind else _BARE.pattern
    return re.match(pattern, member, re.I) is not None


def _cut(text: str) -> tuple[str, str]:
    """A member as far as its mark, and the rest."""
    match = re.match(rf".*?{_MARK}", text)
    if match is None:
        end = re.search(r"[.!?]*\s*$", text)
        cut = end.start() if end else len(text)
        return text[:cut], text[cut:]
    return match[0], text[match.end() :]


def _joined(members: list[str], join: str) -> str:
    if len(members) == 1:
        return members[0]
    conjunction = re.search(r"or|and", join)
    word = f" {conjunction[0]} " if conjunction else ", "
    return ", ".join(members[:-1]) + word + members[-1]

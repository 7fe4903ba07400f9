"""What a text promises in the business's name, and whether its sources promise it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from customer_assist.answering.stems import stem, stems
from customer_assist.text.sentences import sentences

_BUSINESS = r"(?:we|i|our (?:\w+ ){0,3}team|(?:the |a |our )?(?:\w+ )?(?:team|agent|representative|specialist|manager|colleague|advis[eo]r)s?|someone|they|somebody)"
_WILL = r"(?:['’]ll| will| shall| (?:am|are|is) going to)"
_KINDS: tuple[tuple[str, str], ...] = (
    ("refund", r"\brefund\w*|\bmoney[\s-]back\b|\breimburs\w+|\bcash[\s-]?back\b"),
    ("compensation", r"\bcompensat\w+|\bgoodwill\b"),
    ("discount", r"\bdiscount\w*|\bvouchers?\b|\bcoupons?\b|\bpromo(?:tional)? codes?\b|\bstore credit\b|\bbonus\w*|\brebates?\b|\bspecial offers?\b|\bgift\b"),
    (
        "free of charge",
        r"\bfree of charge\b|\bfor free\b|\bcomplimentary\b|\bon the house\b|\bwaive[ds]?\b"
        r"|\b(?:no|without(?: any)?) (?:(?:extra|additional|further|hidden) )?(?:costs?|charges?|fees?)\b"
        r"|\bfree (?:express |standard |next[\s-]day )?(?:shipping|delivery|postage|returns?|gifts?|samples?|replacements?|exchanges?|cancellations?|trials?|repairs?|upgrades?)\b"
        r"|\b(?:is|are|be|completely|absolutely|totally|entirely) free\b(?! (?:to|from)\b)",
    ),
    ("guarantee", r"\bguarantee\w*|\bwe promise\b|\bI promise\b|\bwarrant(?:y|ies)\b"),
    (
        "call back",
        rf"\bcall[\s-]?backs?\b|\b{_BUSINESS}{_WILL}(?: \w+){{0,2}}? (?:call|phone|ring|text|contact|e-?mail|message|notify|write to|reach out to|reply to|respond to|get back to|be in touch)\b"
        r"|\byou(?:['’]ll| will) (?:be (?:called|contacted|notified|e-?mailed)|hear (?:back )?from)\b",
    ),
    ("replacement", r"\b(?:replacements?|new one|exchange[ds]?)\b"),
)  # fmt: skip
_EVIDENCE = {
    "free of charge": re.compile(r"\bfree\b(?! (?:to|from)\b(?! [€$£\d]))|\bcomplimentary\b|\bwaive|\b(?:no|without(?: any)?) (?:\w+ )?(?:costs?|charges?|fees?)\b", re.I),
    "call back": re.compile(r"\b(?:call|phone|ring|contact|e-?mail|message|notif|write|reach out|reply|respond|get back|in touch|inform)\w* (?:to |with )?you\b|\bhear from us\b|\bcall[\s-]?back", re.I),
    "discount": re.compile(r"\bdiscount|\bvoucher|\bcoupon|\bpromo|\bcredit\b|\bbonus|\brebate|\boffers?\b|\bgift\b|\d ?% off", re.I),
}  # fmt: skip
_PATTERNS = tuple((name, re.compile(pattern, re.I)) for name, pattern in _KINDS)
# Only so much makes a promise of the word: "about a refund, please contact us" is none.
_FRAME = re.compile(
    rf"\b(?:you(?:['’]ll| will| can| get| receive| are| may| have)|{_BUSINESS}(?:{_WILL}| can| offer| give| issue| pay| provide| refund| replace)"
    r"|(?:will|can|is|are|be) (?:refunded|reimbursed|compensated|replaced|free|guaranteed|waived|issued|exchanged)|entitled|eligible|full refund|comes? with|includ\w+|use (?:the )?code|guaranteed?)",
    re.I,
)
_OPEN = re.compile(
    r"\?\s*$|\b(?:whether|if (?:you|there|your)|in case|regarding|concerning|questions? about|information (?:on|about)"
    r"|details (?:on|about|of)|ask (?:us |them )?(?:for|about)|cannot|can['’]t|not|unable|no (?:information|mention)|depend\w*)\b",
    re.I,
)
_DOING = re.compile(
    rf"\b{_BUSINESS}{_WILL}(?: (?:\w+ly|also|then|first|be (?:able|happy|glad|more than happy|delighted) to|do (?:our|my) best to|make sure to))*(?:,)? (?P<verb>\w+)",
    re.I,
)
_HARMLESS = frozenset(
    """help assist support guide do be try make ensure look work need ask find provide take answer resolve see keep have
    let walk continue start explain show strive aim give go address handle direct gladly happily require ll able get
    best never not offer deliver always only still"""
    .split()
)  # fmt: skip
_ACTS = r"(?:cancel|refund|process|issue|sent|send|forward|escalat|chang|updat|modif|remov|add|delet|appl|credit|creat|book|reserv|submit|arrang|schedul|initiat|replac|ship|dispatch|extend|waiv|notif)\w*"
_DONE = re.compile(
    rf"(?<!once )(?<!after )\b(?:i|we)(?:['’]ve| have)(?: \w+ly| just| already| now)* (?P<act>{_ACTS}ed|sent)\b"
    rf"|\byour (?:\w+ ){{1,3}}?(?:has|have) (?:now |already |just |\w+ly )*been (?P<passive>{_ACTS}ed|sent)\b",
    re.I,
)
_PART = re.compile(r"[,;:()–—]|\b(?:but|and|though|although)\b", re.I)
_CONDITIONAL = re.compile(r"\b(?:once|when|after|if|as soon as|until|whether|before)\b", re.I)


@dataclass(frozen=True, slots=True)
class Promised:
    """What the sources say, in sentences, and what the customer asked."""

    by_kind: dict[str, tuple[tuple[frozenset[str], bool], ...]]  # kind → (words, negated) of each sentence
    verbs: frozenset[str]
    done: frozenset[str]
    asked: frozenset[str]  # kinds that the question names


def read_promises(texts: Iterable[tuple[str, str]], question: str) -> Promised:
    """`texts` are (title, text) pairs: a title says what its text is about."""
    by_kind: dict[str, list[tuple[frozenset[str], bool]]] = {}
    verbs: set[str] = set()
    done: set[str] = set()
    for title, text in texts:
        read = _read(title, text)
        verbs |= read.verbs
        done |= read.done
        for name, found in read.by_kind.items():
            by_kind.setdefault(name, []).extend(found)
    asked = frozenset(name for name, pattern in _PATTERNS if _EVIDENCE.get(name, pattern).search(question))
    return Promised(
        {name: tuple(found) for name, found in by_kind.items()}, frozenset(verbs), frozenset(done), asked
    )


@lru_cache(maxsize=2048)
def _read(title: str, text: str) -> Promised:
    about = stems(title)
    by_kind: dict[str, list[tuple[frozenset[str], bool]]] = {}
    for name, pattern in _PATTERNS:
        evidence = _EVIDENCE.get(name, pattern)
        if evidence.search(text):
            by_kind[name] = [
                (stems(sentence) | about, all(_negated(part) for part in parts))
                for sentence in sentences(text)
                if (parts := [part for part in _PART.split(sentence) if evidence.search(part)])
            ]
    done = frozenset(_act(match) for match in _DONE.finditer(text))
    return Promised({name: tuple(found) for name, found in by_kind.items()}, stems(text), done, frozenset())


def unfounded(text: str, promised: Promised) -> list[str]:
    """The promises of `text` that no source makes."""
    return [found for sentence in sentences(text) for found in _unfounded(sentence, promised)]


def _unfounded(sentence: str, promised: Promised) -> list[str]:
    wrong: list[str] = []
    for name, pattern in _PATTERNS:
        match = pattern.search(sentence)
        if (
            match is None
            or _OPEN.search(sentence)
            or (name in promised.asked and not _FRAME.search(sentence))
        ):
            continue
        words = stems(sentence) - stems(match[0])
        if not _is_founded(words, _negated(sentence), promised.by_kind.get(name, ())):
            wrong.append(match[0])
    for match in _DOING.finditer(sentence):
        verb = match["verb"].lower()
        if verb not in _HARMLESS and stem(verb) not in promised.verbs and stem(verb):
            wrong.append(match[0])
    for match in _DONE.finditer(sentence):
        if not _CONDITIONAL.search(sentence, 0, match.start()) and _act(match) not in promised.done:
            wrong.append(match[0])
    return wrong


def _is_founded(words: frozenset[str], denied: bool, evidence: Sequence[tuple[frozenset[str], bool]]) -> bool:
    """A sentence of a source that promises such a thing, too, and is about something that the answer is about."""
    return any((denied or not negated) and (not words or words & said) for said, negated in evidence)


def _negated(sentence: str) -> bool:
    return (
        re.search(
            r"\b(?:not|no|never|cannot|without)\b(?! (?:any )?(?:extra|additional|further|charge|cost|fee))|n['’]t\b",
            sentence,
            re.I,
        )
        is not None
    )


def _act(match: re.Match[str]) -> str:
    return stem(match["act"] or match["passive"])

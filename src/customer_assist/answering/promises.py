"""What a text promises in the business's name, and whether its sources promise it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from customer_assist.answering.stems import stem, stems
from customer_assist.text.sentences import sentences

_PEOPLE = r"team|agent|representative|specialist|manager|colleague|advis[eo]r"
_BUSINESS = rf"(?:we|i|they|someone|somebody|(?:(?:our|the|a|an) )?(?:\w+ ){{0,3}}(?:{_PEOPLE})s?)"
_WILL = r"(?:['’]ll| will| shall| (?:am|are|is) going to)"
_REACH_YOU = (
    r"call|phone|ring|text|contact|e-?mail|message|notify|write to|reach out to|reply to|respond to|get back to"
    r"|be in touch"
)
_FREE_THINGS = (
    r"shipping|delivery|postage|returns?|gifts?|samples?|replacements?|exchanges?|cancellations?|trials?|repairs?"
    r"|upgrades?"
)
_NO_COST = r"\b(?:no|without(?: any)?) (?:(?:extra|additional|further|hidden) )?(?:costs?|charges?|fees?)\b"
# Each kind with what promises it in an answer, and what else in a source is ground enough.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("refund", r"\brefund\w*|\bmoney[\s-]back\b|\breimburs\w+|\bcash[\s-]?back\b", ""),
    ("compensation", r"\bcompensat\w+|\bgoodwill\b", ""),
    (
        "discount",
        r"\bdiscount\w*|\bvouchers?\b|\bcoupons?\b|\bpromo(?:tional)? codes?\b|\bstore credit\b|\bbonus\w*"
        r"|\brebates?\b|\bspecial offers?\b|\bgift\b",
        r"\bdiscount|\bvoucher|\bcoupon|\bpromo|\bcredit\b|\bbonus|\brebate|\boffers?\b|\bgift\b|\d ?% off",
    ),
    (
        "free of charge",
        rf"\bfree of charge\b|\bfor free\b|\bcomplimentary\b|\bon the house\b|\bwaive[ds]?\b|{_NO_COST}"
        rf"|\bfree (?:express |standard |next[\s-]day )?(?:{_FREE_THINGS})\b"
        r"|\b(?:is|are|be|completely|absolutely|totally|entirely) free\b(?! (?:to|from)\b)",
        r"\bfree\b(?! (?:to|from)\b(?! [€$£\d]))|\bcomplimentary\b|\bwaive"
        r"|\b(?:no|without(?: any)?) (?:\w+ )?(?:costs?|charges?|fees?)\b",
    ),
    ("guarantee", r"\bguarantee\w*|\bwe promise\b|\bI promise\b|\bwarrant(?:y|ies)\b", ""),
    (
        "call back",
        rf"\bcall[\s-]?backs?\b|\b{_BUSINESS}{_WILL}(?: \w+){{0,2}}? (?:{_REACH_YOU})\b"
        r"|\byou(?:['’]ll| will) (?:be (?:called|contacted|notified|e-?mailed)|hear (?:back )?from)\b",
        r"\b(?:call|phone|ring|contact|e-?mail|message|notif|write|reach out|reply|respond|get back|in touch|inform)"
        r"\w* (?:to |with )?you\b|\bhear from us\b|\bcall[\s-]?back",
    ),
    ("replacement", r"\b(?:replacements?|new one|exchange[ds]?)\b", ""),
)
_PATTERNS = tuple(
    (name, re.compile(promise, re.I), re.compile(f"{ground}|{promise}" if ground else promise, re.I))
    for name, promise, ground in _KINDS
)
# Where the question names the thing, only so much makes a promise of it: "about a refund, contact us" is none.
_FRAME = re.compile(
    rf"\b(?:you(?:['’]ll| will| can| get| receive| are| may| have)|entitled|eligible|full refund|comes? with|includ\w+"
    rf"|{_BUSINESS}(?:{_WILL}| can| offer| give| issue| pay| provide| refund| replace)|use (?:the )?code|guaranteed?"
    r"|(?:will|can|is|are|be) (?:refunded|reimbursed|compensated|replaced|free|waived|issued|exchanged))",
    re.I,
)
_OPEN = re.compile(
    r"\?\s*$|\b(?:whether|if (?:you|there|your)|in case|regarding|concerning|questions? about|depend\w*"
    r"|(?:information|details) (?:on|about|of)|ask (?:us |them )?(?:for|about)|cannot|can['’]t|not|unable"
    r"|no (?:information|mention))\b",
    re.I,
)
_ADVERBS = (
    r"\w+ly|also|then|first|make sure to|do (?:our|my) best to"
    r"|be (?:able|happy|glad|more than happy|delighted) to"
)
_DOING = re.compile(rf"\b{_BUSINESS}{_WILL}(?: (?:{_ADVERBS}))* (?P<verb>\w+)", re.I)
_HARMLESS_WORDS = """
    help assist support guide do be try make ensure look work need ask find provide take answer resolve see keep have
    let walk continue start explain show strive aim give go address handle direct require able get best never not
    offer deliver always only still
"""
_HARMLESS = frozenset(_HARMLESS_WORDS.split())
_ACTS = (
    r"(?:cancel|refund|process|issu|forward|escalat|chang|updat|modifi|remov|add|delet|appli|credit|creat|book|reserv"
    r"|submitt|arrang|schedul|initiat|replac|shipp|dispatch|extend|waiv|notifi|inform)\w*ed|sent"
)
_DONE = re.compile(
    rf"\b(?:i|we)(?:['’]ve| have)(?: \w+ly| just| already| now)* (?P<act>{_ACTS})\b"
    rf"|\byour (?:\w+ ){{1,3}}?(?:has|have) (?:now |already |just |\w+ly )*been (?P<passive>{_ACTS})\b",
    re.I,
)
_PART = re.compile(r"[,;:()–—]|\b(?:but|and|though|although)\b", re.I)
_CONDITIONAL = re.compile(r"\b(?:once|when|after|if|as soon as|until|whether|before)\b", re.I)
_NEGATED = re.compile(
    r"\b(?:not|no|never|cannot|without)\b(?! (?:any )?(?:extra|additional|further|charge|cost|fee))|n['’]t\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Promised:
    """What sources promise, sentence by sentence, and what the customer asked for."""

    by_kind: dict[str, tuple[tuple[frozenset[str], bool], ...]]  # kind → (words, negated) of each sentence
    verbs: frozenset[str]
    done: frozenset[str]
    asked: frozenset[str]  # kinds that the question names


def read_promises(texts: Iterable[tuple[str, str]], question: str, *, remember: bool = True) -> Promised:
    """`texts` are (title, text) pairs: a title says what its text is about. `remember` what was read of them."""
    by_kind: dict[str, list[tuple[frozenset[str], bool]]] = {}
    verbs: set[str] = set()
    done: set[str] = set()
    for title, text in texts:
        read = _remembered(title, text) if remember else _read(title, text)
        verbs |= read.verbs
        done |= read.done
        for name, found in read.by_kind.items():
            by_kind.setdefault(name, []).extend(found)
    asked = frozenset(name for name, _, ground in _PATTERNS if ground.search(question))
    return Promised(
        {name: tuple(found) for name, found in by_kind.items()}, frozenset(verbs), frozenset(done), asked
    )


def _read(title: str, text: str) -> Promised:
    about = stems(title)
    by_kind = {
        name: tuple(
            (stems(sentence) | about, all(_NEGATED.search(part) for part in parts))
            for sentence in sentences(text)
            if (parts := [part for part in _PART.split(sentence) if ground.search(part)])
        )
        for name, _, ground in _PATTERNS
        if ground.search(text)
    }
    return Promised(
        by_kind, stems(text), frozenset(_act(match) for match in _DONE.finditer(text)), frozenset()
    )


_remembered = lru_cache(maxsize=2048)(_read)


def unfounded(sentence: str, promised: Promised) -> list[str]:
    """The promises of `sentence` that no source makes: of a kind, of something to be done, or of it being done."""
    return [*_given(sentence, promised), *_announced(sentence, promised), *_claimed(sentence, promised)]


def _given(sentence: str, promised: Promised) -> list[str]:
    wrong = []
    for name, pattern, _ in _PATTERNS:
        match = pattern.search(sentence)
        if (
            match is None
            or _OPEN.search(sentence)
            or (name in promised.asked and not _FRAME.search(sentence))
        ):
            continue
        words = stems(sentence) - stems(match[0])
        if not _is_founded(words, _NEGATED.search(sentence) is not None, promised.by_kind.get(name, ())):
            wrong.append(match[0])
    return wrong


def _is_founded(words: frozenset[str], denied: bool, ground: Sequence[tuple[frozenset[str], bool]]) -> bool:
    """A sentence of a source that promises such a thing, too, and is about something that the answer is about."""
    return any((denied or not negated) and (not words or words & said) for said, negated in ground)


def _announced(sentence: str, promised: Promised) -> list[str]:
    """ "We will …" with a verb that no source has; to help is no promise."""
    return [
        match[0]
        for match in _DOING.finditer(sentence)
        if match["verb"].lower() not in _HARMLESS and stem(match["verb"]) not in promised.verbs | {""}
    ]


def _claimed(sentence: str, promised: Promised) -> list[str]:
    """ "I have cancelled your order": the assistant does nothing."""
    return [
        match[0]
        for match in _DONE.finditer(sentence)
        if not _CONDITIONAL.search(sentence, 0, match.start()) and _act(match) not in promised.done
    ]


def _act(match: re.Match[str]) -> str:
    return stem(match["act"] or match["passive"])

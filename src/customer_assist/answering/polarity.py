"""Whether a sentence says the opposite of what a source says: "cannot" for "can", "after" for "before".

A clause is the set of its content words and its turns: a word that turns the meaning, with the words it turns.
Two clauses that share most of their words contradict each other where one is turned once more than the other
(or once less), so that "cannot be returned unopened" and "can be returned opened" are told apart and "it is not
refundable" and "it is non-refundable" are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from customer_assist.answering.stems import WORD, stem
from customer_assist.text.sentences import sentences

_REACH = 3  # content words behind a "not" that it may turn
_FEWEST = 2  # content words that two clauses share before they are said to be of the same thing
_ALIKE = 0.6  # share of the answer's clause that must stand in the source's
_ALIKE_BACK = 0.4  # and the other way round

_TURNING = """
    not never no none nobody nothing neither nor without non cannot unable hardly rarely seldom can't don't doesn't
    didn't won't isn't aren't wasn't weren't couldn't shouldn't wouldn't haven't hasn't hadn't mustn't needn't ain't
    shan't
"""
_TURNS = frozenset(_TURNING.split())
# Words that are another word turned round.
_OPPOSITES = {
    "impossible": "possible", "unavailable": "available", "unopened": "opened", "unused": "used",
    "invalid": "valid", "ineligible": "eligible", "unnecessary": "necessary", "incomplete": "complete",
    "incorrect": "correct", "inactive": "active", "unpaid": "paid", "unlimited": "limited", "unsafe": "safe",
    "nonrefundable": "refundable", "irreversible": "reversible", "unlock": "lock", "unlocked": "locked",
    "unsubscribe": "subscribe", "unsuitable": "suitable", "inaccessible": "accessible",
    "exclude": "include", "excludes": "include", "excluded": "include", "excluding": "include",
    "except": "include", "refuse": "accept", "refused": "accept", "decline": "accept", "declined": "accept",
    "reject": "accept", "rejected": "accept", "forbidden": "allowed", "prohibited": "allowed", "banned": "allowed",
    "closed": "opened", "closes": "opened", "optional": "required", "deactivate": "activate", "disable": "activate",
    "enable": "activate", "after": "before", "afterwards": "before", "below": "above", "less": "greater",
    "fewer": "greater", "minimum": "maximum", "latest": "earliest", "later": "earlier", "decrease": "increase",
    "outside": "inside", "offline": "online", "cheaper": "dearer", "slower": "faster",
}  # fmt: skip
_UNTURNED = frozenset({"enable"})
_KEPT = {"more": "greater"}
_IDIOMS = re.compile(
    r"\b(?:do not|don['’]t|never|not)\s+(?:hesitate|worry|forget|be afraid|mind)\b"
    r"|\bno (?:problem|worries|matter|doubt|time)\b|\bnot only\b|\bwhy not\b|\bif not\b|\bnot to mention\b"
    r"|\b(?:no (?:later|more|less|fewer)|not (?:more|less)) than\b|\bmore or less\b|\bsooner or later\b"
    r"|\bwhether or not\b|\bwithout (?:any )?(?:hesitation|issues?|problems?|hassle|delay|difficult\w+|doubt)\b"
    r"|\b(?:order|purchase|invoice|item|ref\w*) no\b\.?|\bno\.? ?[#\d]"
    r"|\bup[\s-]to[\s-]date\b|\bafter all\b|\blook(?:ed|s)? after\b|\bafter (?:that|this|which)\b",
    re.I,
)
_CONDITION = re.compile(
    r"\b(?:if|when(?:ever)?|once|unless|in case|should (?:you|there|it)|whether|in the event|even though|provided)\b"
    r"[^,;:.!?()\n]*[,;:.!?()\n]?",
    re.I,
)
_BREAK = re.compile(
    r"[,;:()–—\n]+\s*|\s-\s|\b(?:but|however|although|though|because|whereas|while|which|so that)\b|[.!?]+(?:\s|$)",
    re.I,
)
_WITHOUT_FIRST = re.compile(
    r"^([\W\d]*without\b[^,;:.!?\n]*),\s*", re.I
)  # "Without a deposit, … is not possible"
# What the assistant says of itself, "I cannot see your order", is no word about the business.
_OF_ITSELF = re.compile(
    r"\bI(?:'m| am| have)?,? (?:\w+ )?(?:cannot|can't|could not|couldn't|do not|don't|not|unable|no)\b"
)
_ANSWERS = re.compile(r"^\W*(?:yes|no|sorry|unfortunately)\b[,.!:]?", re.I)


@dataclass(frozen=True, slots=True)
class Clause:
    words: frozenset[str]
    turns: tuple[frozenset[str], ...]  # for each turn, the words that it may turn

    def turned(self, shared: frozenset[str]) -> bool:
        return sum(not shared.isdisjoint(turn) for turn in self.turns) % 2 == 1


def read_clauses(text: str) -> Iterator[Clause]:
    """What `text` asserts: neither its questions nor its conditions."""
    for sentence in sentences(text):
        if sentence.rstrip("\"'*_ )").endswith("?"):
            continue
        plain = _CONDITION.sub(" , ", _IDIOMS.sub(" ", _ANSWERS.sub("", sentence.replace("’", "'"))))
        for part in _BREAK.split(_WITHOUT_FIRST.sub(r"\1 ", plain)):
            if _OF_ITSELF.search(part):
                continue
            clause = _clause(part)
            if len(clause.words) >= _FEWEST:
                yield clause


def contradicted(sentence: str, known: Iterable[Clause]) -> bool:
    """Whether a clause of `sentence` says the opposite of the clause of `known` that it is most like."""
    clauses = tuple(known)
    return any(_is_contradicted(clause, clauses) for clause in read_clauses(sentence))


def denies(sentence: str) -> bool:
    """Whether it says "not" of anything."""
    return any(word.lower().replace("’", "'") in _TURNS for word in WORD.findall(sentence))


def _is_contradicted(clause: Clause, known: tuple[Clause, ...]) -> bool:
    same = opposite = 0.0
    for other in known:
        shared = clause.words & other.words
        if len(shared) < _FEWEST:
            continue
        alike = len(shared) / len(clause.words)
        if clause.turned(shared) == other.turned(shared):
            same = max(same, alike)
        elif len(shared) / len(other.words) >= _ALIKE_BACK:
            opposite = max(opposite, alike)
    return opposite >= _ALIKE and opposite > same


def _clause(text: str) -> Clause:
    words: list[str] = []
    turning: list[int] = []  # for each "not", how many content words stand before it
    turns: list[frozenset[str]] = []
    for match in WORD.finditer(text):
        word = match[0].lower()
        if word in _TURNS:
            turning.append(len(words))
        elif word in _OPPOSITES:
            base = stem(_OPPOSITES[word]) or _OPPOSITES[word]
            words.append(base)
            if word not in _UNTURNED:
                turns.append(frozenset({base}))
        elif found := stem(_KEPT.get(word, word)):
            words.append(found)
    for at in turning:
        turned = words[at : at + _REACH]
        turns.append(frozenset(turned if len(turned) > 1 else words[max(0, at - 2) : at] + turned))
    return Clause(frozenset(words), tuple(turns))

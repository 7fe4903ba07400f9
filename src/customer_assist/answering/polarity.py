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
_HALF = 0.5  # enough where all of the source's clause stands in the answer's
_ALIKE_BACK = 0.4  # and the other way round

_TURNING = """
    not never no none nobody nothing neither nor without non cannot unable hardly rarely seldom fail fails failed
    can't don't doesn't didn't won't isn't aren't wasn't weren't couldn't shouldn't wouldn't haven't hasn't hadn't
    mustn't needn't ain't shan't
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
    "enable": "activate", "below": "above", "less": "greater",
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
_OF_A_PART = re.compile(r" (?:as|for|in|on|at|by|from|with|to)\b", re.I)  # "never as a voucher"
_SENT_BACK = re.compile(r"\b(?:send|sent|sends|sending|bring|give)((?: \w+){0,2}) back\b", re.I)
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
        plain = _SENT_BACK.sub(r"return\1", plain)
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
    """A clause of the same mind speaks for it where it has the words in question, too."""
    like = [(other, shared) for other in known if len(shared := clause.words & other.words) >= _FEWEST]
    opposite = [pair for pair in like if clause.turned(pair[1]) != pair[0].turned(pair[1])]
    agreed = [shared for other, shared in like if clause.turned(shared) == other.turned(shared)]
    for other, shared in opposite:
        enough = _ALIKE if shared != other.words else _HALF
        if len(shared) < enough * len(clause.words) or len(shared) < _ALIKE_BACK * len(other.words):
            continue
        turned = frozenset().union(*clause.turns, *other.turns) & shared
        if all(len(shared) > len(words) or turned.isdisjoint(words) for words in agreed):
            return True
    return False


def _clause(text: str) -> Clause:
    words: list[str] = []
    turning: list[
        tuple[int, bool]
    ] = []  # for each "not", how many content words stand before it, and may be meant
    turns: list[frozenset[str]] = []
    order: list[tuple[int, bool]] = []  # for each "before" and "after", the same, and whether it is "after"
    for match in WORD.finditer(text):
        word = match[0].lower()
        if word in _TURNS:
            turning.append((len(words), _OF_A_PART.match(text, match.end()) is None))
        elif word in ("before", "after"):
            order.append((len(words), word == "after"))
        elif word in _OPPOSITES:
            base = stem(_OPPOSITES[word]) or _OPPOSITES[word]
            words.append(base)
            if word not in _UNTURNED:
                turns.append(frozenset({base}))
        elif found := stem(_KEPT.get(word, word)):
            words.append(found)
    for at, back in turning:
        behind = words[at : at + _REACH]
        turns.append(frozenset(behind + words[max(0, at - 2) : at] if back and len(behind) < 2 else behind))
    # Of one thing only: "after you ask" is not the opposite of "before we send".
    relations = [(" ".join(["before", *words[at : at + 1]]), after) for at, after in order]
    turns += [frozenset({relation}) for relation, after in relations if after]
    return Clause(frozenset(words).union(relation for relation, _ in relations), tuple(turns))

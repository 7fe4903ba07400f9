"""Words cut to what their forms share, so that two ways of saying one thing can be laid beside each other."""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SUFFIX = re.compile(r"(?:ations?|ments?|ings?|ions?|able|ible|ally|ly|ed|es|s|al)$")
_LENGTH = 6
_SMALL_WORDS = """
    a an the this that these those it its we us our ours you your yours i me my mine he she they them their who
    which what be is are was were been being am do does did done have has had having will would shall should can
    could may might must and or but nor if then than so as of to in on at by for from with into onto about over
    under up out off through during within between while because there here also just only very more most such any
    some all each every both please simply kindly well however still yet already again further additional ll ve re
    get got let lets make sure like want wish one ones own same other another when once how why where whom back
    possible able always usually often two three four five six seven eight nine ten eleven twelve fourteen fifteen
    twenty thirty forty fifty sixty ninety hundred day days week weeks month months year years hour hours minute
    minutes der die das und oder ein eine ist sind nicht sie wir ihr
"""
_STOP = frozenset(_SMALL_WORDS.split())
_SAME = {
    "purcha": "order", "bought": "order", "buy": "order", "articl": "item", "produc": "item", "reach": "contac",
    "dispat": "send", "ship": "send", "post": "send", "sent": "send", "modif": "chang", "edit": "chang",
    "alter": "chang", "amend": "chang", "adjust": "chang", "assist": "help", "suppor": "help", "locat": "find",
    "see": "view", "check": "view", "choos": "select", "chosen": "select", "chos": "select", "packag": "parcel",
    "provid": "giv", "given": "giv", "permit": "allow", "requir": "need", "begin": "start", "sign": "log",
    "login": "log", "client": "custom", "port": "accoun", "receiv": "arriv", "taken": "tak", "paid": "pay",
    "sold": "sell", "kept": "keep", "left": "leav",
}  # fmt: skip


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """ "" for a word that says nothing by itself."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if word in _STOP or len(word) < 3:
        return ""
    cut = _SUFFIX.sub("", word)
    root = cut if len(cut) >= 3 else word
    root = root.rstrip("eyi") if len(root) > 3 else root
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "sl":
        root = root[:-1]
    root = root[:_LENGTH]
    return _SAME.get(root, root)


def stems(text: str) -> frozenset[str]:
    return frozenset(found for word in WORD.findall(text) if (found := stem(word)))

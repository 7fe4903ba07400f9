"""Whether a message can be understood without what was said before it.

Three things make it lean on the conversation: how it begins ("and …", "what about …", "no, I meant …"), words that
point at something it does not name ("how much is it"), and that it names nothing at all ("until when?").
"""

from __future__ import annotations

import re
from enum import Enum

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LEAD = re.compile(
    r"(?i)^(?:(?:ok(?:ay)?|thanks?|thank you|thx|cheers|great|nice|cool|perfect|good|right|hm+|ah+|oh|well"
    r"|sorry|alright"
    r"|got it|yes|yeah|no)\b[\s,.!:…-]*)+"
)
_CONNECTED = re.compile(
    r"(?i)^(?:and|or|but|what about|how about|what if|same\b|the same|is it the same|(?:no,? )?(?:i"
    r"|sorry i) mean[t]?"
    r"|not (?:the|my|that|this)|(?:from|for|until|till|in|at|by|on|with|to) (?:what|which|when|how|where)\b"
    r"|only|even if|what else|anything else|for (?:the|my|a|an)\b[^?]{0,20}\?*$)"
)
CORRECTED = re.compile(
    r"(?i)^(?:(?:no|sorry|oh|oops|ah|hm+|wait)[\s,.!-]+)*(?:i mean(?:t)?|i was (?:talking|asking) about"
    r"|it'?s about"
    r"|actually,?(?: i meant?)?)\b[\s,:]*"
)
_POINTING = (
    r"it|its|it's|it’s|they|them|their|theirs|they're|that|that's|that’s|thats|this|these|those|there"
    r"|one|ones|same|else"
)
_POINTERS = re.compile(rf"(?i)\b(?:{_POINTING})\b|\bany (?:from|of|left)\b|\b(?:any|some|none)[?.! ]*$")
# "Is it possible to …", "does it cost to …", "is there a …": the word points at nothing.
_EMPTY_POINTER = re.compile(
    r"(?i)\b(?:is|was|would|isn't|isnt) (?:it|there|this) (?:\w+ )?(?:possible|ok|okay|allowed|true"
    r"|too late|normal|safe|worth"
    r"|an?|any|some|no)\b"
    r"|\b(?:there's|theres|there is|there are|there was|there were|are there|is there"
    r"|was there|were there)\b"
    r"|\bit(?:'s|’s|s| is| was) (?:possible|ok|true|a pity|been)\b|\b(?:so|hope|think|know|sure|says?|said"
    r"|told|fact) that\b"
    r"|\b(?:this|that|these|those) (?:morning|evening|afternoon|week|month|year|summer|spring|autumn|winter"
    r"|time|weekend|chat"
    r"|website|site|page|shop)\b|\b(?:that one time|one of|no one|one (?:day|week|month|year|time|more))\b"
    r"|\bover there\b"
)
# What is named by these words is named by any question: they say what is asked, not about what.
_SAYING_LITTLE_WORDS = """
    a about above after again all already also am an and any anybody anyone anything are as ask at away back
    be because been before being but by call can cannot cant come coming cost costs could couldnt day days
    did didnt do does doesnt doing done dont each either else end enough euro euros ever every exactly far
    few first for from get gets getting give go goes going gone gonna good got had happen happens has hasnt
    have havent having he help her here hers him his how hows i id if ill im in instead into is isnt it its
    ive just keep know last later least leave let like little long look lot many may maybe me mean means
    might mine minimum money month months more most much must my myself need needs never new next no none
    nor not nothing now of off ok okay old on once one ones only or other our out over own pay paying pays
    people please pls possible price put really right said same say says see send she should shouldnt since
    so some somebody someone something soon still stop such sure take takes taking tell than thank thanks
    that thats the their them then there theres these they theyre thing things think this those though till
    time times to today together told tomorrow too tried try trying u under until up ur us use used very
    wait want wants was way we week weeks well were what whats when whens where wheres which while who whos
    whose why will with without wont work works would wouldnt yeah year years yes yet you your yours
"""
_SAYING_LITTLE = frozenset(_SAYING_LITTLE_WORDS.split())
_ASKING_WORDS = """
    a am an and any are at be been but can cant could did do does dont for get had has have hello hi how i
    id if im in is it just like me my need no not of on or our out please pls so some that the there this to
    u up us want was we were what whats when wheres where which who whos why will with would you your
"""
_ASKING = frozenset(_ASKING_WORDS.split())
_DETERMINED = re.compile(
    r"(?i)\b(?:a|an|the|my|our|your|his|her|some|any|no|two|three|\d+) (?:\w+ ){0,2}?(?P<noun>[a-z]{3,})\b"
)
_SENTENCE = 4  # words of one that names something and points at nothing
_ENOUGH = 2  # words that name something, from which a message says by itself what it is about


_VERB_BEFORE = re.compile(r"(?i)\b(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have) $")


class Standing(Enum):
    ALONE = "alone"
    UNSURE = "unsure"
    LEANS = "leans"


def standing(message: str) -> Standing:
    """By its words alone; white space and case say nothing."""
    said = without_lead(message)
    names = len(naming_words(said))
    if _CONNECTED.match(said) or CORRECTED.match(said) or names == 0:
        return Standing.LEANS
    if _points_outside(said):
        return Standing.LEANS if names < _ENOUGH else Standing.UNSURE
    return Standing.ALONE if names >= _ENOUGH or len(said.split()) >= _SENTENCE else Standing.UNSURE


def without_lead(message: str) -> str:
    """Without "ok thanks," before it, and with single spaces."""
    said = " ".join(message.split())
    return _LEAD.sub("", said) or said


def points_outside(message: str) -> bool:
    """Whether a word of it stands for something that it does not name."""
    return _points_outside(without_lead(message))


def topic_words(text: str) -> list[str]:
    """The words of a question but those that only ask, in order: "send dress back"."""
    return [word for word in _WORD.findall(text) if _plain(word) not in _ASKING]


def naming_words(text: str) -> list[str]:
    """The words that say what a text is about, in order, without those that any question may have."""
    return [word for word in _WORD.findall(text) if _plain(word) not in _SAYING_LITTLE and len(word) > 1]


def _plain(word: str) -> str:
    return re.sub(r"['’]", "", word.lower())


def _points_outside(said: str) -> bool:
    """Whether a word points at something that is not named before it."""
    covered = [match.span() for match in _EMPTY_POINTER.finditer(said)]
    for match in _POINTERS.finditer(said):
        if any(start <= match.start() < end for start, end in covered):
            continue
        if not _named_before(said[: match.start()]) and not _is_determiner(said, match):
            return True
    return False


def _named_before(text: str) -> bool:
    """Something that could be meant: "my calder is loud, how do I mend it"."""
    named = [match["noun"].lower() for match in _DETERMINED.finditer(text)]
    return any(noun not in _SAYING_LITTLE for noun in named) or len(naming_words(text)) > _ENOUGH


def _is_determiner(said: str, match: re.Match[str]) -> bool:
    """ "that machine" names what it points at; "is that covered" does not."""
    if match[0].lower() not in ("that", "this", "these", "those") or _VERB_BEFORE.search(
        said[: match.start()]
    ):
        return False
    following = _WORD.match(said, match.end() + 1)
    return following is not None and _plain(following[0]) not in _SAYING_LITTLE

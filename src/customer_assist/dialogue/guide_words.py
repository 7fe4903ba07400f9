"""What customers say while they are taken through a procedure, and to be taken through one.

Told by whole messages, so that a question about something else is never taken for "next"; only what does not work
is told in a customer's own words.
"""

from __future__ import annotations

import re

from customer_assist.model import Move
from customer_assist.text.words import EVERYDAY, content_words

_ACK = (
    r"(?:ok(?:ay)?|k|yes|yeah|yep|yup|right|all ?right|alright|good|great|perfect|cool|nice|fine|sure|got it|ready"
    r"|i'?m ready|done(?: (?:it|that|this|so))?|did (?:it|that|this)|i did(?: (?:it|that|this))?"
    r"|(?:i(?:'ve| have) )?(?:done|finished) (?:it|that|this|this step|that step)|i(?:'ve| have) done (?:it|that|so)"
    r"|(?:it|that)(?:'s| is) done|(?:it|that) worked|worked|(?:it|that) works|works)"
)
_ON = (
    r"(?:next(?: (?:step|one))?|go on|continue|carry on|keep going|proceed"
    r"|skip(?: (?:this|that)(?: (?:step|one))?)?|move on|go ahead|on|more"
    r"|go to the next(?: step)?"
    r"|(?:and )?(?:what(?:'s| is)? )?(?:now|next)(?: what)?|and then(?: what)?|then what|(?:the )?next step"
    r"|what(?:'s| is) (?:the )?next(?: step)?|what (?:do|should) i do (?:now|next)|show(?: me)? the next(?: step)?)"
)
_PATTERNS = {
    Move.WHERE: r"(?:which|what) step (?:am|was) i (?:on|at)|(?:which|what) step (?:are|were) we (?:on|at)"
    r"|(?:which|what) step (?:is|was) (?:this|that|it)|where (?:am|was) i|where (?:are|were) we"
    r"|how many (?:more )?steps(?: (?:are|there|left|to go|remain(?:ing)?|is it|does it have))*"
    r"|how (?:far|much) (?:am i|is left)",
    Move.BACK: r"(?:go |step )?back(?: (?:one|a|1))?(?: step)?|(?:the )?previous(?: (?:step|one))?"
    r"|(?:the )?step before"
    r"|what was the (?:previous|last) (?:step|one)|start (?:over|again)|restart|begin again"
    r"|(?:go )?(?:back )?to the (?:start|beginning)"
    r"|from the (?:start|beginning|top)|(?:the )?first step(?: again)?",
    Move.REPEAT: r"repeat(?: (?:it|that|this|please|the step|that step|this step|the last (?:step|one)))*"
    r"|again|(?:say|show)(?: me)?"
    r" (?:it|that|this|the step|that step|this step)(?: one more time| once more| again)|once more|one more time"
    r"|come again|pardon(?: me)?|what was (?:it|that|the step)(?: again)?|i (?:did not|didn't) (?:get|catch"
    r"|understand) (?:it|that)"
    r"|(?:the )?(?:same|current|this) step(?: again)?",
    Move.DONE: r"(?:we're |i'm |i am |we are |it's |it is )?(?:all done|finished|all finished|through|all set|solved)"
    r"|(?:we're|i'm|i am|we are|i have|i've) (?:done|finished)(?: with (?:it|that|all|everything|this))?"
    r"|that(?:'s| is| was) (?:it|all|everything)|everything(?:'s| is)? (?:done|works|working|fine)|problem solved"
    r"|(?:it|that)(?:'s| is)? (?:all )?(?:works|working|fixed|solved)(?: again)? now|now it works|(?:it"
    r"|that) works again"
    r"|(?:it|that)(?:'s| is) (?:fixed|solved)",
    Move.LEAVE: r"stop(?: (?:it|that|this|here|please|the (?:guide|steps)|guiding me))*|cancel|abort|quit"
    r"|exit|leave(?: (?:it|the guide))?"
    r"|forget (?:it|about it|that)|never ?mind|(?:that's )?enough|no more(?: steps)?|end(?: the guide)?"
    r"|i give up|skip (?:it|the rest)"
    r"|leave it(?: there)?|let's stop(?: here)?|not now",
    Move.NEXT: rf"(?:(?:{_ACK}|thanks|thank you|thx) )*(?:and |so |now )?(?:{_ON}|next {_ON})",
}  # fmt: skip
_MOVES = {move: re.compile(pattern) for move, pattern in _PATTERNS.items()}
_ACKNOWLEDGED = re.compile(rf"(?:{_ACK} ?)+")
_DONE = re.compile(r"done")  # of the last step it is the end
_DID = re.compile(
    r"\b(?:done|did|ready|worked|works|finished)\b"
)  # said of a step, whatever was said in between
_TO_STEP = re.compile(
    r"(?:(?:ok(?:ay)? )?(?:what(?:'?s| is| was) )?"
    r"(?:(?:can|could) (?:you|we|i) )?(?:please )?(?:go |jump |skip |get |take me "
    r"|show(?: me)? |repeat |see )?"
    r"(?:back |on |ahead )?(?:to )?)step (?:number |no )?(\d{1,2})(?: again)?"
)
_THUMB = re.compile("[👍👌✅]")  # with no word beside it: "ok"
_LEAD = re.compile(
    r"^(?:(?:um+|uh+|so|well|and|please|hey|hi|thanks|thank you|(?:can|could|would) (?:you|we|i)|let'?s"
    r"|let me|i(?:'d| would) like to"
    r"|i want to|i think) )+"
)
_TRAIL = re.compile(
    r"(?: (?:please|thanks|thank you|then|pls|plz|thx|mate|for me|all right|if you (?:can|could)))+$"
)

_BY_STEPS = (
    r"(?:(?:one )?step[ -]by[ -]step|one step (?:at|by) (?:a time|one)|one (?:at a time|by one|after the other)"
    r"|step (?:at a time|after step))"
)
_THROUGH = r"(?:guide|walk|take|talk|lead|help|bring|coach|get) me through|(?:guide|coach) me|go through"
_REQUEST = re.compile(rf"\b(?:{_BY_STEPS}|{_THROUGH})\b", re.I)
_SAID_AROUND = re.compile(
    r"\b(?:please|pls|thanks|thank you|can|could|would|will|you|i|we|me|want|need|like|to|d|it|that|this|them"
    r"|the|of|steps?|all|go|do"
    r"|show|tell|give|explain|again|ok(?:ay)?|yes|let'?s|now|with|for|these|those|in|just|instead|through|one"
    r"|each|by|time|a|at|hi|hello"
    r"|instructions?|procedure|guide|wish|prefer|so|then|and)\b",
    re.I,
)

_FAILING = (
    r"(?:(?:but |sorry |hm+ |no |nope |unfortunately )*(?:(?:it|that|this|the step|that step|this step|step \d+)"
    r"(?:'s| is)? (?:still )?(?:(?:did|does|has|is|was|do) ?n[o']?t|no longer"
    r"|never)(?: really)? ?(?:help(?:ed)?|work(?:ed|ing)?|do anything)"
    r"|(?:still )?(?:does not|did not|doesn't|didn't|not) work(?:ing)?|(?:still )?nothing (?:happens|happened"
    r"|is happening|works|worked)"
    r"|(?:it|that|this|i) failed|no luck|no success|i'?m stuck|i am stuck|stuck|i (?:can't|cannot|can not"
    r"|couldn't)(?: do (?:it|that|this))?"
    r"|help|i need help|what if (?:it|that) (?:doesn't|does not) work|no effect|still (?:the same|broken|no))"
    r"(?: (?:for me|at all|either|here|though|yet|unfortunately|anymore|any more|again|still|me|with (?:that"
    r"|this)))*)"
)
_FAILED = re.compile(_FAILING)
_DENIES = re.compile(
    r"n't\b|\b(?:not|no|nothing|nowhere|never|cannot|cant|dont|doesnt|didnt|isnt|wont|without|missing|wrong"
    r"|errors?|fail(?:s|ed)?"
    r"|stuck|instead|still|keeps?|broken?|refuses?|different|unable|only)\b"
)
_POINTS = re.compile(
    r"^(?:(?:but|hm+|um+|no|nope|sorry|ok(?:ay)?|well|and|now|then|oh|strange|wait|after that|i (?:did"
    r"|pressed|tried) (?:it|that)(?: but)?) )*"
    r"(?:it|it's|that|this|there|there's|the|nothing|still|no|mine|what if|i (?:can ?no?t|can't|don't|do not"
    r"|couldn't|could not)"
    r" (?:see|find|get|have|open|press|reach|do|remove|turn|move)|step)\b"
)
_ASKS = re.compile(
    r"^(?:what|why|how|when|where|which|who|can|could|do|does|did|is|are|will|would|should|may)\b"
)
_LONGEST = 40  # words of a complaint; more is a story of its own


def said(message: str) -> str:
    """In small letters, with one space between words and no marks but apostrophes, without what is said around."""
    words = re.sub(r"[^\w']+", " ", message.lower().replace("’", "'").replace("`", "'")).strip()
    return _TRAIL.sub("", _LEAD.sub("", words)).strip() or ("ok" if _THUMB.search(message) else "")


def move_within(message: str, *, at_last: bool, just_shown: bool) -> Move | None:
    """What `message` does in a guide that is open; None: it is about something else.

    `at_last`: the last step was shown; `just_shown`: by the turn before, so that a mere "ok" is about it.
    """
    words = said(message)
    if at_last and _DONE.fullmatch(words):
        return Move.DONE
    for move, pattern in _MOVES.items():
        if pattern.fullmatch(words):
            return move
    if _ACKNOWLEDGED.fullmatch(words) and (just_shown or _DID.search(words)):
        return Move.NEXT
    if _TO_STEP.fullmatch(words):
        return Move.REPEAT
    return None


def wanted_step(message: str) -> int | None:
    """The number of the step that is asked for, as in "go back to step 2"; 1 for the beginning."""
    words = said(message)
    found = _TO_STEP.fullmatch(words)
    if found is not None:
        return int(found[1])
    return 1 if re.search(r"\b(?:start|beginning|top|first|restart|over|begin again)\b", words) else None


def complains(message: str, step: str, *, just_shown: bool) -> bool:
    """Whether it says that a step does not work or shows something else.

    In a customer's own words only where they point to the step or share a word with it: "I cannot sign in" is
    about something else in a guide to descaling.
    """
    words = said(message)
    if _FAILED.fullmatch(words):
        return just_shown
    if len(words.split()) > _LONGEST or not _DENIES.search(words) or _ASKS.match(words):
        return bool(re.match(r"what if\b", words) and _POINTS.match(words) and _DENIES.search(words))
    shared = (content_words(message) & content_words(step)) - EVERYDAY
    return bool(shared or (just_shown and _POINTS.match(words)))


def only_failed(message: str) -> bool:
    """Whether it says no more than that it did not work."""
    return _FAILED.fullmatch(said(message)) is not None or not content_words(message) - EVERYDAY


def asks_for_steps(message: str) -> bool:
    return _REQUEST.search(message) is not None


def topic_of(message: str) -> str:
    """What the customer wants to be taken through; "" where that is what was spoken of before."""
    left = re.sub(r"\s+", " ", _REQUEST.sub(" ", message))
    left = re.sub(r"[\s,;:]+(?=[,.;:?!])", "", left).strip(" ,.;:-–—!\"'“”")
    left = re.sub(r"^(?:(?:please|can you|could you|would you|hi|hello)\b[ ,:]*)+", "", left, flags=re.I)
    left = re.sub(r"[ ,:]*\b(?:please|thanks|thank you)\b[ .!?]*$", "", left, flags=re.I).strip(
        " ,.;:-–—!\"'“”"
    )
    return left if re.search(r"\w\w", _SAID_AROUND.sub(" ", left)) else ""

"""Greetings, thanks and the like, met briefly and without a search."""

from __future__ import annotations

import re

_SOMEBODY = r"(?:real )?(?:(?:ro)?bot|human(?: being)?|person|ai|machine|computer|chatbot|program)"
# The kinds in the order in which they decide what is replied, where a message has several.
_PATTERNS = {
    "robot": rf"(?:are|r) (?:you|u) (?:an? )?(?:{_SOMEBODY}|real)(?: or (?:an? )?{_SOMEBODY})?"
    rf"|who are you|what are you|am i (?:talking|speaking|chatting) (?:to"
    rf"|with) an? {_SOMEBODY}(?: or an? {_SOMEBODY})?"
    r"|what(?:'s| is) your name|do you have a name",
    "how": r"how are (?:you|u|things)(?: doing)?(?: today)?|how(?:'s| is) it going|how do you do"
    r"|what'?s up|sup|wassup|hru"
    r"|you (?:ok|alright)",
    "bye": r"bye+(?: bye+)?|goodbye|good night|cya|see (?:you|ya)(?: later| soon)?|take care|talk later"
    r"|(?:have|enjoy) (?:a |the |your )?(?:nice |good |great |lovely )?(?:day|one|weekend|evening|week"
    r"|rest of (?:your|the) day)",
    "thanks": r"(?:many )?thanks?(?: you)?|thank u|thankyou|thx|tx|ty|tysm|tyvm|thanx|thnx|cheers|ta"
    r"|much appreciated"
    r"|(?:i )?appreciate (?:it|that|your help)|that(?:'s| is| was) (?:very |so |really )?(?:kind|helpful"
    r"|nice)(?: of you)?"
    r"|(?:you(?:'re| are|ve been| have been) )(?:very |so |really )?(?:kind|helpful|great|the best|a star"
    r"|a (?:life ?)?saver)",
    "done": r"no,? (?:thanks?(?: you)?|thx)|no(?:pe)?,? that(?:'s| is|s) (?:all|it)|that(?:'s| is"
    r"|s) (?:all|it|everything)"
    r"|that will be all|nothing else|no more questions|i(?:'m| am|m) (?:good|fine|all set|done)|all set",
    "sorry": r"sorry|my bad|apologies|oops|never ?mind|nvm|forget it",
    "fine": r"ok(?:ay)?|okey|k|great|perfect|cool|nice|awesome|amazing|brilliant|excellent|lovely|super"
    r"|wonderful|good|got it"
    r"|i see|understood|makes sense|alright|all good|fair enough|(?:that )?(?:worked|helped|works|helps)"
    r"|it works(?: now)?"
    r"|(?:good|great) (?:to know|stuff|job)|well done|haha+|lol|wow|sounds good|no worries|no problem"
    r"|you too|same to you",
    "hello": r"hi+|hey+|hello+|helo|hallo|hiya|howdy|greetings|(?:good )?(?:morning|afternoon|evening)"
    r"|good day|yo"
    r"|nice to meet you|anyone there|anybody there|are you there|is (?:any(?:one|body)|some(?:one"
    r"|body)) there|you there",
}  # fmt: skip
_KINDS = {kind: re.compile(rf"(?:{pattern})(?![\w'])", re.IGNORECASE) for kind, pattern in _PATTERNS.items()}
_FILLER = re.compile(
    r"(?:there|all|team|again|guys|everyone|folks|so much|so|a lot|lots|very much|a million|a bunch|a ton"
    r"|indeed"
    r"|for (?:your|the|all your|all the) (?:quick |fast |great )?(?:help|reply|answer|info(?:rmation)?"
    r"|assistance|time|support)"
    r"|for (?:helping|that|this|everything|letting me know)|mate|sir|madam|buddy|pal|friend|dear|bot"
    r"|assistant|and|but|very"
    r"|really|oh|ah|well|hm+|yes|yeah|please|x+)(?![\w'])",
    re.IGNORECASE,
)
_REFUSAL = re.compile(r"\bno,? (?:thanks?|thank you|thx)\b", re.IGNORECASE)
_HELPED = re.compile(
    rf"(?<!\w)(?:{_PATTERNS['thanks']}|{_PATTERNS['done']}|(?:worked|helped|works|helps))(?!\w)",
    re.IGNORECASE,
)
_NO = re.compile(r"(?:(?:oh|um+|hm+|ok(?:ay)?) )*(?:no|nope|nah)(?: (?:no|nope|please|sorry))*")
_YES = re.compile(
    r"(?:(?:oh|um+|hm+|ok(?:ay)?) )*(?:yes|yeah|yep|yup)(?: (?:yes|yeah|please|pls|sure|ok(?:ay)?))*"
)
_NOTHING_ELSE = "All right. I am here if anything else comes up."
_SPACE = re.compile(r"[\s,]+")
_LONGEST = 120  # characters of a message that is nothing but small talk


def is_small_talk(message: str) -> bool:
    """Whether the whole message is."""
    return _kind(message) is not None


def says_it_helped(message: str) -> bool:
    """Whether the whole message is thanks, "that worked" or "that is all". Not a mere "ok", "great" or "never mind",
    which say as little as silence; nor "no thanks", which turns something down."""
    kind = _kind(message)
    if kind in ("thanks", "bye", "fine", "done") and _REFUSAL.search(message):
        return False
    return kind in ("thanks", "done") or (kind in ("bye", "fine") and _HELPED.search(message) is not None)


def small_talk_reply(message: str, business: str) -> str | None:
    """A short reply where the whole message is small talk, else None. `business` may be empty."""
    kind = _kind(message)
    if kind is None:
        return None
    name = f" of {business}" if business else ""
    return {
        "hello": f"Hello, I am the automated assistant{name}. What would you like to know?",
        "how": "I am a computer program, so always the same, thank you. What would you like to know?",
        "thanks": "You are welcome. Is there anything else you would like to know?",
        "bye": "Goodbye, and thank you for writing.",
        "done": _NOTHING_ELSE,
        "sorry": "No problem. What would you like to know?",
        "fine": "Good. Is there anything else you would like to know?",
        "robot": f"I am the automated assistant{name}, not a person. I answer from our help texts, "
        "and when I do not know something I say so and point you to a person.",
    }[kind]


def is_mere_no(message: str) -> bool:
    return _NO.fullmatch(_bare(message)) is not None


def is_mere_yes(message: str) -> bool:
    return _YES.fullmatch(_bare(message)) is not None


def reply_to_yes_or_no(message: str) -> str:
    """To what answers a question of ours, where nothing more was said: a yes, or else a no."""
    return "Good. What would you like to know?" if is_mere_yes(message) else _NOTHING_ELSE


def _bare(message: str) -> str:
    return re.sub(r"[\W_]+", " ", message[: _LONGEST + 1].lower()).strip() if len(message) <= _LONGEST else ""


def _kind(message: str) -> str | None:
    """Of the phrases that the message is made of, and of nothing else, the one that decides."""
    said = re.sub(r"\s+", " ", re.sub(r"[^\w\s,']", " ", message.replace("’", "'"))).strip(" ,")
    if not said or len(said) > _LONGEST:
        return None
    found: set[str] = set()
    at = 0
    while at < len(said):
        kind, end = _phrase(said, at)
        if end == at:
            return None
        if kind:
            found.add(kind)
        gap = _SPACE.match(said, end)
        at = gap.end() if gap else end
    return next((kind for kind in _KINDS if kind in found), None)


def _phrase(said: str, at: int) -> tuple[str, int]:
    """The longest phrase that begins there: its kind ("": a filler) and its end, which is `at` where there is none."""
    matches = [(match.end(), kind) for kind, pattern in _KINDS.items() if (match := pattern.match(said, at))]
    filler = _FILLER.match(said, at)
    end, kind = max(matches, key=lambda each: each[0], default=(at, ""))
    if filler and filler.end() > end:
        return "", filler.end()
    return kind, end

"""A message that asks for several things, taken apart by its form.

Only a piece with the form of a request is one: a question, an order, a wish, or, where a word like "also" adds it,
a complaint. What is merely told belongs to the request that it tells the story of. Whether each piece is really
asked for by itself, the gate decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 3  # requests in one message; who asks for more is answered as a whole
_LONGEST = 1000  # characters of a message that is taken apart

_LIST = re.compile(r"(?:^|(?<=\s))\(?(?P<number>[1-9])[.):]\s+|(?:^|\n)\s*[-*•]\s+")
_ANNOUNCED = re.compile(
    r"(?i)^.{0,40}?\b(?:two|2|three|3|couple of|few|some) (?:quick |other |different )?(?:things|questions"
    r"|requests)\b[^:.,;\n]{0,20}"
    r"(?:[:.,;\n-]\s*|$)"
)
_SENTENCE = re.compile(r"(?<=[.?!;])\s+|\n+|(?<=;)")
_GREETING = re.compile(
    r"(?i)^(?:(?:hi|hey|hello|hiya|good (?:morning|afternoon|evening)|dear \w+|thanks?|thank you|ok(?:ay)?"
    r"|sorry|so|please|pls"
    r"|right|well|oh|ah|again|there|all|team)\b[\s,.!-]*)+"
)
_ADDED = re.compile(
    r"(?i)^(?:(?:and|also|plus|additionally|besides|another (?:thing|question)|one more (?:thing|question)"
    r"|secondly|second|next"
    r"|furthermore|moreover|on top(?: of that)?|while (?:i'?m|we'?re|you'?re|ur) (?:at it|writing|here)"
    r"|then|finally|lastly)\b"
    r"[\s,:.-]*)+"
)
_JOINT = re.compile(
    r"(?i)(?P<comma>,)?\s+(?P<word>and also|and then|and|plus|also|as well as|then|&"
    r"|\+)\s+(?=(?P<rest>\S.*))|,\s+(?=also\b)"
)
_YOU_TELL = (
    r"(?:(?:can|could|would|will|may|might) (?:you|u|ye|someone|somebody|anybody|anyone|i) (?:please |pls "
    r"|also |quickly )*"
    r"(?:tell|let|ask|explain|know)(?: (?:me|us|to))*(?: know)?|i(?:'d| would)? (?:also )?(?:like|want"
    r"|need) to know"
    r"|i (?:was|am) wondering|i wonder|tell me|my \w+ would (?:also )?like to know)"
)
_QUESTION = re.compile(
    rf"(?i)(?:(?:{_YOU_TELL}|please|pls|just|also|if so|in which case)[\s,:]+)*"
    r"(?:how|what|whats|what's|what’s|when|whens|when's|where|wheres|where's|which|who|whos|who's|why"
    r"|whether|if|is|are|am|was|were"
    r"|do|does|did|don't|dont|can|can't|cant|could|may|will|won't|wont|would|should|shall|must|have|has"
    r"|any chance|r) (?:\S+)"
)
_ORDER = re.compile(
    r"(?i)(?:(?:please|pls|plz|just|kindly|also|can you|could you) )*(?:cancel|change|send|stop|delete"
    r"|close|erase|remove|take|add|update"
    r"|refund|reset|track|return|exchange|swap|switch|unsubscribe|tell|explain|show|give|help|put|connect"
    r"|ship|deliver|reserve"
    r"|resend|replace|book|pause|skip|fix|repair|check|renew|sign|correct|order|confirm|block|unlock"
    r"|upgrade) \S+"
)
_WISH = re.compile(
    r"(?i)(?:also )?(?:(?:i|we)(?:'d|’d|'ve|’ve)? (?:also |really |just |still )*(?:want|need|would like"
    r"|like to|'d like|have to|must|wish|can't|cant"
    r"|cannot|could not|couldn't|would love|am looking|forgot|lost)|want|need|would like|looking|forgot"
    r"|cant|can't|lost) \S+"
)
_TOLD = re.compile(
    r"(?i)(?:my|the|our|a|an|one|two|there|theres|there's|there’s|it|its|i|we|you|nobody|no|some|something"
    r"|got|received|was|were|this|that)\b \S+"
)
_TOO = re.compile(r"(?i)\b(?:as well|too|also)\b")
_FEWEST = 3  # words of a request


@dataclass(frozen=True, slots=True)
class Request:
    """A piece of a message, in its own words."""

    text: str
    asked: bool = (
        True  # it has the form of a question, an order or a wish; else it is a complaint, merely told
    )


def split(message: str) -> tuple[Request, ...]:
    """The requests of `message` in order; () where it has the form of one."""
    if len(message) > _LONGEST:
        return ()
    pieces = _listed(message) or _requests(_ANNOUNCED.sub("", message.strip(), count=1))
    return tuple(pieces) if 2 <= len(pieces) <= MOST else ()


def _listed(message: str) -> list[Request]:
    """The items of "1. … 2. …"."""
    markers = list(_LIST.finditer(message))
    numbers = [match["number"] for match in markers]
    if len(markers) < 2 or (numbers[0] and numbers != [str(n) for n in range(1, len(markers) + 1)]):
        return []
    ends = [match.start() for match in markers[1:]] + [len(message)]
    items = [message[match.end() : end].strip(" ,;\n") for match, end in zip(markers, ends, strict=True)]
    return [Request(_ADDED.sub("", item) or item) for item in items if len(item.split()) >= 2]


def _requests(message: str) -> list[Request]:
    """Sentences, and clauses joined by "and", as requests, each with what is told before it."""
    found: list[Request] = []
    story = ""
    for sentence in _SENTENCE.split(message):
        for clause, added in _clauses(sentence):
            piece = _GREETING.sub("", clause).strip(" ,;")
            plain = _ADDED.sub("", piece)
            added = added or plain != piece
            if not plain:
                continue
            asked = _asks(plain)
            if asked or (added and _TOLD.match(plain) and len(plain.split()) >= _FEWEST):
                if story and added:  # what was told is a complaint of its own
                    found.append(Request(story, asked=False))
                    story = ""
                found.append(Request(f"{story} {plain}".strip(), asked))
                story = ""
            else:
                story = f"{story} {plain}".strip()
    if story and found:
        found[-1] = Request(f"{found[-1].text} {story}", found[-1].asked)
    return found


def _asks(clause: str) -> bool:
    return len(clause.split()) >= _FEWEST and any(form.match(clause) for form in (_QUESTION, _ORDER, _WISH))


def _clauses(sentence: str) -> list[tuple[str, bool]]:
    """A sentence at each joint behind which a request begins; and whether a word adds the clause to the one before."""
    found: list[tuple[str, bool]] = []
    start, added = 0, False
    for joint in _JOINT.finditer(sentence):
        before, after = sentence[start : joint.start()], sentence[joint.end() :]
        if _begins(before, after, firm=joint["comma"] is not None or joint["word"] is None):
            found.append((before, added))
            start, added = joint.end(), True
    return [*found, (sentence[start:], added)]


def _begins(before: str, after: str, *, firm: bool) -> bool:
    """Whether `after` is a request of its own beside `before`, not the second half of it."""
    after = _ADDED.sub("", after)
    if len(before.split()) < _FEWEST or len(after.split()) < _FEWEST:
        return False
    return _asks(after) or bool(_TOLD.match(after) and (firm or _TOO.search(after)))

"""The procedure that sentences tell one after the other: "First … Then … After that … Finally …".

Told apart from a story of what the business does, and from a list of points, by what follows the words: it tells
the reader to do something.
"""

from __future__ import annotations

import re

from customer_assist.text.sentences import sentences

_FEWEST = 3  # steps; two sentences with "first" and "then" are an aside
_LONGEST = 3  # sentences of one step: what comes after more of them is about something else

_FIRST = r"first(?:ly)?(?: of all)?|to (?:begin|start)(?: with)?"
_ON = (
    r"(?:and )?(?:then|next|after (?:that|this|which)|afterwards?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?"
    r"|once [^,.;]{2,80}(?=,))"
)
_LAST = r"(?:and )?(?:finally|lastly|last(?: of all)?|to finish|as a last step|in the end)"
_OPENS = re.compile(rf"(?:{_FIRST})\b[,:]?\s+", re.I)
_GOES_ON = re.compile(rf"(?:{_ON}|{_LAST})\b[,:]?\s+", re.I)
_CONDITION = re.compile(r"once\b", re.I)  # stays with its step
_ENDS = re.compile(rf"{_LAST}\b", re.I)
# Within one sentence: "first sign in, then open Orders, and finally press Cancel".
_JOINT = re.compile(rf"[,;]\s+(?=(?:{_ON}|{_LAST})\b)", re.I)

# Who begins so tells, and does not ask for anything; "you need to" does.
_ASKS_YOU = re.compile(
    r"you(?:'ll| will)? (?:(?:just|simply|only) )?(?:need|have|must|should|can|may)\b(?: to)?", re.I
)
_TELLS = re.compile(
    r"(?:we|our|us|i|you|your|he|she|it|its|they|their|this|that|these|those|there|the|a|an|one|some|any|all|each|every"
    r"|no|not|is|are|was|were|will|would|has|have|had|if|when|why|what|who|which|how|where|because|as|since|in|on|at"
    r"|for|of|by|with|to|from|than|come|comes|(?!bring\b|ring\b)\w+ing|\d\S*|\w+['’]s)\b",
    re.I,
)
_HOW = re.compile(r"(?:please|simply|just|only|\w+ly),? ", re.I)  # "carefully remove", which asks


def told_steps(text: str) -> tuple[str, ...]:
    """The steps of the first paragraph that tells a procedure so, without the words that join them; () where none
    does. A step keeps the sentences that explain it."""
    for paragraph in re.split(r"\n\s*\n", text):
        found = _in_paragraph(" ".join(paragraph.split()))
        if found:
            return found
    return ()


def _in_paragraph(paragraph: str) -> tuple[str, ...]:
    pieces = [piece for sentence in sentences(paragraph) for piece in _pieces(sentence)]
    for start, piece in enumerate(pieces):
        opened = _OPENS.match(piece)
        if opened is None or not _is_asked(piece[opened.end() :]) or piece.endswith("?"):
            continue
        found = _from(pieces[start:], opened.end())
        if len(found) >= _FEWEST:
            return tuple(found)
    return ()


def _from(pieces: list[str], skip: int) -> list[str]:
    """As far as the words that go on lead; a sentence without one explains the step before it,
    but behind the last step of all comes what is no part of it."""
    steps, closed = [[pieces[0][skip:]]], False
    for piece in pieces[1:]:
        joined = _GOES_ON.match(piece)
        if joined is not None:
            if not _is_asked(piece[joined.end() :]):
                break
            steps.append([piece if _CONDITION.match(piece) else piece[joined.end() :]])
        elif closed or len(steps[-1]) == _LONGEST:
            break
        else:
            steps[-1].append(piece)
        closed = closed or bool(joined and _ENDS.match(piece))
    steps[-1] = steps[-1][:1]
    return [_sentence(" ".join(step)) for step in steps]


def _pieces(sentence: str) -> list[str]:
    return [piece.strip() for piece in _JOINT.split(sentence) if piece.strip()]


def _is_asked(rest: str) -> bool:
    """Whether it begins with what the reader is to do."""
    rest = _HOW.sub("", rest, count=1) if _HOW.match(rest) else rest
    return bool(_ASKS_YOU.match(rest)) or not _TELLS.match(rest)


def _sentence(text: str) -> str:
    text = text.strip(" ,;")
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":", ")", "…", "”", '"')) else f"{text}."

"""Words as customers type them: a letter too many, one too few, a wrong one, or two that changed places."""

from __future__ import annotations

from collections.abc import Iterable

_SHORT = 4  # letters; among so short words a wrong letter is another word ("ship", "shop")
_GLUED = ("the", "my", "of", "for", "to", "an", "a", "you", "ya", "uu", "u", "i")  # "mybill", "udeliver"


def one_of(word: str, meant: Iterable[str], *, certain: bool = False) -> bool:
    """Whether `word` is one of the lower-case words `meant`, but for at most one slip.

    `certain`: what stands around leaves no doubt that one of them is meant, so that any slip is forgiven.
    """
    word = word.lower()
    return any(_is(candidate, other, certain) for other in meant for candidate in _unglued(word, other))


def _unglued(word: str, meant: str) -> Iterable[str]:
    yield word
    for glued in _GLUED:
        if word.startswith(glued) and len(word) - len(glued) >= max(len(meant) - 1, _SHORT):
            yield word[len(glued) :]


def _is(word: str, meant: str, certain: bool) -> bool:
    if word == meant:
        return True
    if len(meant) < _SHORT or abs(len(word) - len(meant)) > 1:
        return False
    start = _common(word, meant)
    end = _common(word[start:][::-1], meant[start:][::-1])
    here, there = word[start : len(word) - end], meant[start : len(meant) - end]
    swapped = len(here) == 2 and here == there[::-1]
    extra, short = len(here) == 1 and not there, not here and len(there) == 1
    wrong = len(here) == len(there) == 1
    if len(meant) == _SHORT and not certain:
        return swapped or extra
    return swapped or extra or short or wrong


def _common(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length

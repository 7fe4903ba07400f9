"""What is said sentence by sentence, and what it comes to at its end."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Saying(Generic[T]):
    """The sentences of a generator, to be iterated once; then its value is in `came_to`."""

    came_to: T

    def __init__(self, sentences: Generator[str, None, T]) -> None:
        self._sentences = sentences

    def __iter__(self) -> Iterator[str]:
        self.came_to = yield from self._sentences


def to_the_end(sentences: Generator[str, None, T]) -> T:
    """What it comes to, without its sentences."""
    saying = Saying(sentences)
    for _ in saying:
        pass
    return saying.came_to

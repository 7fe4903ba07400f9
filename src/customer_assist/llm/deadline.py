"""One deadline over a whole stream, however slowly the other side drips.

Timeouts of a socket start again with every byte, and looking up a name has none. So the stream is read in a
thread of its own, and the caller waits for that thread no longer than the deadline.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deadline:
    at: float  # in time.monotonic's seconds: real waiting is bounded, so no other clock can stand in

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


class HangUp:
    """Told by the reader how to break its connection; used by whoever stops waiting for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hung_up = False
        self._break_off: Callable[[], None] | None = None

    @property
    def hung_up(self) -> bool:
        return self._hung_up

    def on_hang_up(self, break_off: Callable[[], None] | None) -> None:
        """`break_off` is called at once where the caller is gone already; None: nothing is open any more."""
        with self._lock:
            self._break_off = break_off
            if self._hung_up:
                self._call()

    def __call__(self) -> None:
        with self._lock:
            self._hung_up = True
            self._call()

    def _call(self) -> None:
        if self._break_off is not None:
            with suppress(Exception):  # the connection is gone already: that is what was wanted
                self._break_off()


def within(deadline: Deadline, read: Callable[[HangUp], Iterator[T]]) -> Generator[T, None, None]:
    """What `read` yields, as it comes. Raises TimeoutError at the deadline, else whatever `read` raised.

    Closing this generator before its end hangs up on `read`, too.
    """
    arrived: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
    hang_up = HangUp()

    def work() -> None:
        try:
            for item in read(hang_up):
                if hang_up.hung_up:
                    return
                arrived.put(item)
            arrived.put(_End())
        except BaseException as error:  # handed to the caller's thread, which raises it
            arrived.put(_End(error))

    threading.Thread(target=work, name="model-stream", daemon=True).start()
    try:
        while True:
            try:
                item = arrived.get(timeout=deadline.remaining)
            except queue.Empty:
                raise TimeoutError from None
            if not isinstance(item, _End):
                yield item
                continue
            if item.error is not None:
                raise item.error
            return
    finally:
        hang_up()  # of no effect where `read` came to its end and so has nothing open

"""A breaker: after several failures in a row, what failed is left alone for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Breaker:
    """Opens after `limit` failures in a row; then lets one call through per `pause` until one succeeds.

    `clock` gives seconds that never go back, as `time.monotonic`; `pause` is in seconds. Threads share it.
    """

    def __init__(self, clock: Callable[[], float], *, limit: int = 5, pause: float = 30.0) -> None:
        self._clock = clock
        self._limit = limit
        self.pause = pause
        self._lock = threading.Lock()
        self._failures = 0
        self._since = 0.0  # when it opened, or when the last probe was let through

    def allow(self) -> bool:
        """Whether a call may be made now. While open, True is given to one caller per pause: the probe."""
        with self._lock:
            if self._failures < self._limit:
                return True
            # A probe that never reports back costs one more pause, and blocks nothing for ever.
            if self._clock() - self._since < self.pause:
                return False
            self._since = self._clock()
            return True

    @property
    def is_open(self) -> bool:
        with self._lock:
            return self._failures >= self._limit

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._since = self._clock()

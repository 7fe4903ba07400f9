"""How many questions one client may ask in a minute."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

WINDOW = 60.0  # seconds
MAX_CLIENTS = 10_000  # remembered at a time; beyond that the one that was quiet longest is forgotten


class RateLimiter:
    """Counts in any 60 seconds. Kept in memory, for one process; safe for threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        """`per_minute` 0 lets everything pass."""
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, client: str) -> int:
        """Count a question of `client`: 0 where it may pass, else the whole seconds until one may again."""
        if not self._per_minute:
            return 0
        with self._lock:
            now = self._clock()
            asked = self._asked.setdefault(client, deque())
            self._asked.move_to_end(client)
            while asked and asked[0] <= now - WINDOW:
                asked.popleft()
            if len(asked) >= self._per_minute:
                return max(1, ceil(asked[0] + WINDOW - now))
            asked.append(now)
            if len(self._asked) > MAX_CLIENTS:
                self._asked.popitem(last=False)
            return 0


def client_of(remote_address: str | None) -> str:
    """Who is counted: an IPv4 address, or the /64 network that one customer has of IPv6."""
    try:
        address = ip_address(remote_address or "")
    except ValueError:
        return remote_address or "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)

"""How many requests one client may send in a minute, and have open at a time."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

WINDOW = 60.0  # seconds
MAX_OPEN = 16  # requests of one client at a time: a part of the server's threads
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


class OpenRequests:
    """Counts the requests that each client has open; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = Counter[str]()

    def enter(self, client: str) -> bool:
        """False: the client has its share already. Where True, `leave` must follow."""
        with self._lock:
            if self._open[client] >= MAX_OPEN:
                return False
            self._open[client] += 1
            return True

    def leave(self, client: str) -> None:
        with self._lock:
            self._open[client] -= 1
            if self._open[client] <= 0:
                del self._open[client]


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

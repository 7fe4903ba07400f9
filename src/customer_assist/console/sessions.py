"""Who has logged in, beyond a reload of the page.

The browser keeps a random token in a cookie that scripts cannot read; the key that it stands for never leaves this
process, and goes with it. Streamlit cannot set a cookie, so the page hands a ticket, good once and for a minute, to
an address of the console that can (`app.py`).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HOURS = 12  # of a session, from its start
_TICKET_SECONDS = 60.0


@dataclass
class Session:
    """One browser that has logged in."""

    key: str
    started: float
    name: str = ""  # as customers see it
    drafts: dict[str, dict[str, object]] = field(default_factory=dict)  # replies that were not sent yet


@dataclass
class Sessions:
    """`now`: seconds on a clock that never goes back. May be used by many threads."""

    now: Callable[[], float] = time.monotonic
    _tickets: dict[str, tuple[Session, float]] = field(default_factory=dict)
    _by_token: dict[str, Session] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, key: str) -> tuple[Session, str]:
        """Of somebody whose key is right: the session, and the ticket to a token for it."""
        session, ticket = Session(key, self.now()), secrets.token_urlsafe(32)
        with self._lock:
            self._drop_what_is_over()
            self._tickets[ticket] = (session, self.now())
        return session, ticket

    def token_for(self, ticket: str) -> str | None:
        """None: there is no such ticket, it is too old, or it was used."""
        with self._lock:
            self._drop_what_is_over()
            session, _ = self._tickets.pop(ticket, (None, 0.0))
            if session is None:
                return None
            token = secrets.token_urlsafe(32)
            self._by_token[token] = session
            return token

    def find(self, token: str) -> Session | None:
        with self._lock:
            self._drop_what_is_over()
            return self._by_token.get(token)

    def end(self, session: Session) -> None:
        """Its token opens nothing any more, nor does a ticket that was not used."""
        with self._lock:
            self._by_token = {token: one for token, one in self._by_token.items() if one is not session}
            self._tickets = {ticket: one for ticket, one in self._tickets.items() if one[0] is not session}

    def _drop_what_is_over(self) -> None:
        began, issued = self.now() - 3600 * HOURS, self.now() - _TICKET_SECONDS
        self._by_token = {token: one for token, one in self._by_token.items() if one.started > began}
        self._tickets = {ticket: one for ticket, one in self._tickets.items() if one[1] > issued}


SESSIONS = Sessions()  # of this process: Streamlit runs the pages anew for every click, and imports this once


def cookie_name(host: str) -> str:
    """Cookies are shared by all ports of a machine: two consoles on it are told apart."""
    return f"customer_assist_console_{urlsplit(f'//{host}').port or 0}"


def is_own_page(headers: Mapping[str, str]) -> bool:
    """Whether the page that connected is the console's own. One of another port of the same machine gets the cookie
    sent along as well, and must not come in with it."""
    return urlsplit(headers.get("Origin", "")).netloc == headers.get("Host", "-")

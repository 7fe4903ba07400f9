"""Who stays logged in when the page is loaded anew, and who does not."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from customer_assist.console import app
from customer_assist.console.sessions import HOURS, SESSIONS, Sessions, cookie_name, is_own_page


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_ticket_is_good_once_and_for_a_minute() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    session, ticket = sessions.begin("the-key")
    token = sessions.token_for(ticket)
    assert token is not None and token != ticket and sessions.find(token) is session
    assert sessions.token_for(ticket) is None
    _, late = sessions.begin("the-key")
    clock.now += 61
    assert sessions.token_for(late) is None


def test_a_session_is_over_after_its_hours_and_at_once_when_somebody_leaves() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    tokens = []
    for _ in range(2):
        session, ticket = sessions.begin("the-key")
        tokens.append(sessions.token_for(ticket) or "")
    _, unused = session, sessions.begin("the-key")[1]
    sessions.end(session)
    assert sessions.find(tokens[0]) is not None and sessions.find(tokens[1]) is None
    clock.now += 3600 * HOURS
    assert sessions.find(tokens[0]) is None and sessions.token_for(unused) is None


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://127.0.0.1:8501", True),
        ("http://127.0.0.1:3000", False),  # another program's page on this machine: the same cookies
        ("http://localhost:8501", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_the_consoles_own_page_comes_in_with_the_cookie(origin: str, own: bool) -> None:
    assert is_own_page({"Origin": origin, "Host": "127.0.0.1:8501"}) is own
    assert not is_own_page({"Origin": origin})


def test_the_cookie_is_for_this_console_alone_and_no_script_reads_it() -> None:
    browser = TestClient(app.app._build_starlette_app(), base_url="http://127.0.0.1:8501")
    session, ticket = SESSIONS.begin("the-key")
    kept = browser.post(app.SESSION, content=ticket)
    said = kept.headers["Set-Cookie"]
    assert said.startswith("customer_assist_console_8501=") and "the-key" not in said
    assert "HttpOnly" in said and "SameSite=strict" in said and "Secure" not in said
    assert SESSIONS.find(browser.cookies[cookie_name("127.0.0.1:8501")]) is session
    for bad in (ticket, "", "x" * 10_000, "né"):
        assert "Set-Cookie" not in browser.post(app.SESSION, content=bad.encode()).headers
    _, ticket = SESSIONS.begin("the-key")
    behind = browser.post(app.SESSION, content=ticket, headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in behind.headers["Set-Cookie"]

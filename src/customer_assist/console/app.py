"""The console's server: Streamlit's, and one address that gives a browser its cookie. Run by `streamlit run`."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit.starlette import App

from customer_assist.console.sessions import HOURS, SESSIONS, cookie_name

SESSION = "/session"
_LONGEST_TICKET = 100


async def keep_session(request: Request) -> Response:
    """The body is a ticket. Whether it was good is not said."""
    response = Response(status_code=204)
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > _LONGEST_TICKET:
        return response
    token = SESSIONS.token_for((await request.body()).decode("ascii", "replace"))
    if token is not None:
        https = "https" in (request.url.scheme, request.headers.get("X-Forwarded-Proto"))
        response.set_cookie(
            cookie_name(request.headers.get("Host", "")),
            token,
            max_age=3600 * HOURS,
            httponly=True,
            samesite="strict",
            secure=https,
        )
    return response


app = App(Path(__file__).with_name("main.py"), routes=[Route(SESSION, keep_session, methods=["POST"])])

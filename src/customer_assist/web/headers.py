"""What browsers are told to refuse."""

from __future__ import annotations

from flask import Flask, Response, request

from customer_assist.web.compression import FILES

_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DATA = "default-src 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What the widget is made of, which pages of others load: the same for everybody, and no secret.
_ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def send_security_headers(app: Flask) -> None:
    """Nothing from elsewhere, nothing inline, no frames; and what was said to one is kept by no cache."""

    @app.after_request
    def _add(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        if request.endpoint in FILES:
            response.headers.update(_ANYWHERE)
        response.headers["Content-Security-Policy"] = _PAGE if response.mimetype == "text/html" else _DATA
        if request.endpoint in FILES:
            response.headers["Cache-Control"] = "no-cache"  # ask whether it changed
        else:
            response.headers["Cache-Control"] = "no-store"
        return response

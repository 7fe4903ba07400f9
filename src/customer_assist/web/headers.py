"""What browsers are told to refuse."""

from __future__ import annotations

from flask import Flask, Response, request

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


def send_security_headers(app: Flask) -> None:
    """Nothing from elsewhere, nothing inline, no frames; and what was said to one is kept by no cache."""

    @app.after_request
    def _add(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        response.headers["Content-Security-Policy"] = _PAGE if response.mimetype == "text/html" else _DATA
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "no-cache"  # ask whether it changed
        else:
            response.headers["Cache-Control"] = "no-store"
        return response

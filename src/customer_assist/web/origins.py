"""Which sites' pages may use the customers' routes from a browser.

A browser asks before it lets a page read, and sends without asking much that a page may not read. So a page of another
site is refused here, before anything happens, and not only by its browser afterwards.
"""

from __future__ import annotations

from collections.abc import Collection

import structlog
from flask import Flask, Response, request

from customer_assist.origin import origin_of
from customer_assist.web.errors import Failure

CUSTOMERS = "api"  # the blueprint whose routes a page may use; no other route ever is readable from elsewhere
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Accept, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "7200",  # seconds; Chromium takes no more
}
log = structlog.get_logger(__name__)


def keep_to_origins(app: Flask, allowed: Collection[str]) -> None:
    """Lets in the pages of this server and of the sites `allowed`, and whoever is no browser's page.

    To be called before `send_security_headers`, whose headers it then loosens where they are in the way.
    """

    @app.before_request
    def _refuse_other_sites() -> Response | None:
        origin = request.headers.get("Origin")
        if origin is None or request.blueprint != CUSTOMERS:
            return None
        if origin in allowed:
            asks_first = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
            return Response(status=204, headers=_PREFLIGHT) if asks_first else None
        if _is_own(origin):
            return None
        site = origin_of(origin)
        log.info("origin_refused", origin=site)
        return Failure(
            403,
            f"pages of {site or 'an unknown site'} may not use this assistant: "
            "whoever runs it can name their site in CUSTOMER_ASSIST_ORIGINS",
            "origin_not_allowed",
        ).response()

    @app.after_request
    def _let_allowed_sites_read(response: Response) -> Response:
        if request.blueprint != CUSTOMERS:
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin is not None and origin in allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _is_own(origin: str) -> bool:
    """Whether the page is this server's, as far as can be known behind a proxy that says little."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:  # from the browser itself, no page can set it: right whatever a proxy made of Host
        return site == "same-origin"
    scheme = origin.partition("://")[0]
    if scheme == "http" and request.scheme == "https":
        return False
    # https where we see http: TLS ended at a proxy. A browser lets no https page ask an http server.
    return origin == origin_of(f"{scheme}://{request.headers.get('Host', '')}")

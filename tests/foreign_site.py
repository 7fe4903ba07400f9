"""Somebody's website, on another origin than the assistant: a few pages with a strict policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PAGE = """<!doctype html>
<html lang="{lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{path}</title><link rel="stylesheet" href="/site.css"></head>
<body><main><h1>Lamps of {path}</h1><p>A page of a shop.</p><a href="/second">Second page</a>
<button>Buy</button></main>
<script src="{assistant}/widget.js" {attributes}></script></body></html>
"""
_STYLE = "body { margin: 0; padding: 2rem; font: 1rem/1.5 Georgia, serif; background: #f4f1ea; color: #222 }"


@dataclass
class ForeignSite:
    """Its pages carry the widget of `assistant` (an origin), with these data-attributes."""

    base: str
    assistant: str = ""
    attributes: str = ""
    lang: str = ""
    style: str = _STYLE
    asked: list[str] = field(default_factory=list)

    def page(self, path: str) -> str:
        words = {"path": path, "lang": self.lang, "assistant": self.assistant, "attributes": self.attributes}
        return _PAGE.format_map(words)

    def policy(self) -> str:
        """Nothing of the assistant's but its scripts and its replies; no style of its own, nothing inline."""
        a = self.assistant
        return (
            f"default-src 'none'; script-src {a}; connect-src {a}; style-src 'self'; "
            "require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'"
        )


@contextmanager
def foreign_site() -> Iterator[ForeignSite]:
    """On a port of its own, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            css = self.path == "/site.css"
            body = (site.style if css else site.page(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if css else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", site.policy())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = ForeignSite(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

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
<body><header><strong>Dock Row Living</strong> <nav><a href="/second">Second page</a></nav></header>
<main><h1>Good mornings begin here</h1><p>Machines, grinders and kettles for people who take their time.</p>
<ul><li><i></i>Espresso machine <b>€489</b></li>
<li><i></i>Burr grinder <b>€179</b></li><li><i></i>Kettle <b>€89</b></li></ul>
<button>Buy</button></main>
<script src="{assistant}/widget.js" {attributes}></script></body></html>
"""
_STYLE = """
body { margin: 0; font: 1rem/1.5 Georgia, serif; background: #f6f2ea; color: #33291f }
header { display: flex; justify-content: space-between; padding: 1.2rem 6vw; background: #fffdf8 }
a { color: inherit }
main { padding: 3.5rem 6vw; max-width: 60rem }
h1 { margin: 0; font-size: 2.6rem; line-height: 1.15 }
ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1.2rem }
ul { padding: 0; list-style: none }
i { display: block; height: 9rem; margin-bottom: .6rem; border-radius: 8px }
i { background: linear-gradient(140deg, #d9c7ac, #a88a66) }
button { padding: .7rem 1.4rem; border: 0; border-radius: 6px; background: #33291f; color: #fff; font: inherit }
"""


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
def foreign_site(port: int = 0) -> Iterator[ForeignSite]:
    """On that port of 127.0.0.1, or any that is free, until the end of the block."""

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

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    site = ForeignSite(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

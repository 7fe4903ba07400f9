"""Scripts and styles travel compressed: a visitor of somebody's shop loads them over a telephone."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache

from flask import Flask, Response, request

FILES = frozenset({"static", "widget"})  # the endpoints that serve them
_COMMENT = re.compile(rb"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
_INDENTATION = re.compile(rb"^[ \t]+", re.MULTILINE)
_TEXT = frozenset({"text/javascript", "application/javascript", "text/css", "image/svg+xml"})


def compress_files(app: Flask) -> None:
    """Only what is the same for everybody: replies that hold a secret beside a customer's words never are."""

    @app.after_request
    def _compress(response: Response) -> Response:
        if request.endpoint not in FILES or response.mimetype not in _TEXT:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code == 200 and request.accept_encodings["gzip"] > 0:
            response.direct_passthrough = False
            response.set_data(_packed(response.get_data()))
            response.content_encoding = "gzip"
            response.set_etag(response.get_etag()[0] or "", weak=True)  # the same file, other bytes
        return response


@lru_cache(maxsize=64)
def _packed(content: bytes) -> bytes:
    return gzip.compress(without_comments(content), 9, mtime=0)


def without_comments(content: bytes) -> bytes:
    """Less the lines that are a comment, and indentation. No text of ours goes over a line's end (a test looks)."""
    return _INDENTATION.sub(b"", _COMMENT.sub(b"", content))

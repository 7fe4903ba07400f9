"""How this program logs: one line of key=value to stderr for each event, without personal data."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog

_LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}
_FIRST = ["timestamp", "level", "event"]


class _Stderr:
    """Whose failures stop nothing: a full disk under the log must not take an answer from a customer."""

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # full, broken off; closed
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def configure_logging(level: str) -> None:
    """`level` as in config.LOG_LEVELS. Libraries are heard from `warning` on. May be called again."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,  # the request's id
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=_FIRST, drop_missing=True, bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        stream=sys.stderr,
        level=max(_LEVELS[level], logging.WARNING),
        format="timestamp=%(asctime)s level=%(levelname)s logger=%(name)s event=%(message)r",
        force=True,
    )

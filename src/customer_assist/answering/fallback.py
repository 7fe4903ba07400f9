"""A second answerer for when the first cannot: the customer gets one answer either way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import structlog

from customer_assist.errors import GeneratorUnavailable
from customer_assist.model import Answer
from customer_assist.ports import Answerer, AnswerRequest

_log = structlog.get_logger(__name__)


class FallbackAnswerer(Answerer):
    """`primary` as long as it can, else `backup`, whose answer is marked as degraded."""

    def __init__(self, primary: Answerer, backup: Answerer) -> None:
        self._primary = primary
        self._backup = backup

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        """Exactly one Answer. The backup's sentences are shown only where none was shown before."""
        shown = False
        try:
            for item in self._primary.stream(request):
                yield item
                if isinstance(item, Answer):
                    return
                shown = True
            reason = "it ended without an answer"
        except GeneratorUnavailable as error:
            reason = str(error)
        _log.warning("answer_degraded", reason=reason)
        for item in self._backup.stream(request):
            if isinstance(item, Answer):
                yield replace(item, degraded=True, degraded_because=reason)
            elif not shown:
                yield item

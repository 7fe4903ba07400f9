"""A turn as server-sent events: `delta` …, then one `turn` or one `error`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain

from customer_assist.model import Turn
from customer_assist.web.errors import Failure, failure_of
from customer_assist.web.idempotency import Claim

Body = dict[str, object]


def event(name: str, data: Body) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


class TurnStream:
    """The desk's events, encoded one by one. A WSGI server iterates and, whatever happens, closes it.

    The desk is driven to its end even where nobody listens any more, so that every turn is recorded. What
    goes wrong before the first event is raised by the constructor, while a status can still be sent.
    """

    def __init__(
        self,
        events: Iterator[str | Turn],
        claim: Claim,
        render: Callable[[Turn], Body],
        on_failure: Callable[[Failure], None],
    ) -> None:
        self._claim = claim
        self._on_failure = on_failure
        self._render = render
        first = next(events)
        self._chunks = self._encoded(chain((first,), events))

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        for _ in self._chunks:
            pass

    def _encoded(self, events: Iterator[str | Turn]) -> Iterator[bytes]:
        try:
            for item in events:
                if isinstance(item, str):
                    yield event("delta", {"text": item})
                    continue
                body = self._render(item)
                self._claim.finish(body)
                yield event("turn", body)
        except Exception as error:
            self._claim.abandon()
            failure: Failure = failure_of(error)
            self._on_failure(failure)
            yield event("error", failure.body)

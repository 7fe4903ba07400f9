"""Reading server-sent events."""

from __future__ import annotations

import json
from typing import Any

Event = tuple[str, dict[str, Any]]


def events_of(body: str) -> list[Event]:
    """Server-sent events as (name, data)."""
    events = []
    for block in body.split("\n\n"):
        if block:
            name, data = block.split("\n")
            events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events

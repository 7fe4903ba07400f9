"""All dashboards, and the files that they are kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping

from customer_assist.dashboards.operations import OPERATIONS
from customer_assist.dashboards.panels import Dashboard, as_json
from customer_assist.dashboards.reference import CONVERSATIONS

DASHBOARDS: tuple[Dashboard, ...] = (CONVERSATIONS, OPERATIONS)


def files() -> Mapping[str, str]:
    """Text by file name, as deploy/grafana/dashboards holds it and Grafana imports it."""
    return {
        f"{dashboard.uid.removeprefix('customer-assist-')}.json": json.dumps(
            as_json(dashboard), ensure_ascii=False, indent=2
        )
        + "\n"
        for dashboard in DASHBOARDS
    }

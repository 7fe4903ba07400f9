"""The dashboard of whoever runs the assistant."""

from __future__ import annotations

from customer_assist.dashboards.customers import HELPED, MISSING, VOLUME
from customer_assist.dashboards.panels import Dashboard
from customer_assist.dashboards.running import BACKLOG, COST, PEOPLE, SPEED

OPERATIONS = Dashboard(
    uid="customer-assist-operations",
    title="Customer Support: Operations",
    says="How much comes in, how it ends, what is missing, who waits, and what it takes.",
    since="now-7d",
    refresh="1m",
    parts=(*VOLUME, *MISSING, *PEOPLE, *SPEED, *COST, *BACKLOG, *HELPED),
)

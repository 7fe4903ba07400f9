"""Which notices there are, and what leads to one: decided before anything is sent, as jobs beside what they tell of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from customer_assist.model import Handoff, Turn
from customer_assist.storage.jobs import Job, job_id

HANDOFF_EMAIL = "handoff_email"  # to the business
HANDOFF_WEBHOOK = "handoff_webhook"
CUSTOMER_EMAIL = "customer_email"  # a person's reply, to a customer whose page has not shown it
LOOKING_TIME = timedelta(minutes=2)  # that a customer's page has to show a reply before it is mailed


def notices_of(handoff: Handoff, kinds: Collection[str]) -> tuple[Job, ...]:
    """What tells the business of a new handoff, by those `kinds` that can be sent."""
    return tuple(
        Job(
            id=job_id(kind, handoff.id),
            kind=kind,
            payload={"handoff_id": handoff.id},
            created_at=handoff.created_at,
            run_at=handoff.created_at,
        )
        for kind in (HANDOFF_EMAIL, HANDOFF_WEBHOOK)
        if kind in kinds
    )


def notices_of_reply(turn: Turn, kinds: Collection[str]) -> tuple[Job, ...]:
    """What tells the customer of a person's reply, should the page not show it in time.

    Also where no address is known yet: it is looked up when the time comes.
    """
    if turn.handoff is None or CUSTOMER_EMAIL not in kinds:
        return ()
    payload = {"handoff_id": turn.handoff.id, "turn_id": str(turn.id)}
    due = turn.asked_at + LOOKING_TIME
    return (Job(job_id(CUSTOMER_EMAIL, turn.id), CUSTOMER_EMAIL, payload, turn.asked_at, due),)

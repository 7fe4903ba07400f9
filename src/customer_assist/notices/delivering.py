"""How each kind of notice is delivered: from the job to the sender."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from customer_assist.business import BusinessProfile
from customer_assist.notices.letters import Letter, to_the_business, to_the_customer
from customer_assist.notices.wanted import CUSTOMER_EMAIL, HANDOFF_EMAIL, HANDOFF_WEBHOOK
from customer_assist.notices.webhook import handoff_opened
from customer_assist.storage.jobs import Handler, Job, JobStore
from customer_assist.storage.outbox import Outbox


class Mailer(Protocol):
    def send(self, letter: Letter) -> None: ...


class Poster(Protocol):
    def send(self, delivery_id: str, body: bytes) -> None: ...


class Notifier:
    """Reads what a job is about when it is run, so that what was erased meanwhile is told to nobody.

    Each method is a Handler, and raises DeliveryFailed, or StorageUnavailable.
    """

    def __init__(
        self,
        outbox: Outbox,
        jobs: JobStore,
        profile: Callable[[], BusinessProfile],
        now: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._outbox = outbox
        self._jobs = jobs
        self._profile = profile
        self._now = now
        self._zone = zone

    def handlers(
        self, mailer: Mailer | None, business: tuple[str, ...], poster: Poster | None
    ) -> Mapping[str, Handler]:
        """By kind, those that can be delivered; `business` are the addresses that are told of handoffs."""
        found: dict[str, Handler] = {}
        if mailer is not None:
            found[CUSTOMER_EMAIL] = lambda job: self.mail_customer(job, mailer)
            if business:
                found[HANDOFF_EMAIL] = lambda job: self.mail_business(job, mailer, business)
        if poster is not None:
            found[HANDOFF_WEBHOOK] = lambda job: self.post(job, poster)
        return found

    def mail_business(self, job: Job, mailer: Mailer, business: tuple[str, ...]) -> None:
        found = self._outbox.dossier(job.payload["handoff_id"])
        if found is not None:
            mailer.send(
                to_the_business(
                    job.id, business, found.handoff, found.transcript, self._profile(), self._zone
                )
            )

    def post(self, job: Job, poster: Poster) -> None:
        found = self._outbox.dossier(job.payload["handoff_id"])
        if found is not None:
            poster.send(job.id, handoff_opened(job.id, found.handoff, found.transcript))

    def mail_customer(self, job: Job, mailer: Mailer) -> datetime | None:
        """One e-mail for all replies that the page has not shown: the job of the latest sends it, those before wait
        for that one. So it is the latest's id that the e-mail is known by."""
        handoff_id = job.payload["handoff_id"]
        found = self._outbox.dossier(handoff_id)
        if found is None or not found.handoff.email:
            return None
        seen = found.seen_at
        waiting = self._outbox.waiting_replies(handoff_id, CUSTOMER_EMAIL)
        unseen = [reply for reply in waiting if seen is None or reply.at > seen]
        if job.id not in {reply.job_id for reply in unseen}:
            return None
        last = unseen[-1]
        if last.job_id != job.id:
            return last.run_at + timedelta(seconds=1)
        mailer.send(to_the_customer(job.id, found.handoff, [reply.text for reply in unseen], self._profile()))
        self._jobs.done([reply.job_id for reply in unseen], self._now())
        return None

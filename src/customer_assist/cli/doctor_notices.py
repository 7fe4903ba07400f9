"""The part of `customer-assist doctor` about telling people: which ways there are, whether they work, what waits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from customer_assist.cli.output import counted, out, print_note
from customer_assist.cli.worker import NOBODY, tells_anybody

if TYPE_CHECKING:
    from customer_assist.bootstrap import Assistant
    from customer_assist.storage.jobs import Backlog

_LATELY = timedelta(days=7)  # that what was given up is shown


@dataclass(frozen=True, slots=True)
class Notices:
    told: bool  # the business is told of handoffs
    problems: tuple[str, ...]
    backlog: tuple[Backlog, ...]

    def as_json(self) -> dict[str, object]:
        backlog = [
            asdict(each) | {"oldest": each.oldest.isoformat() if each.oldest else None}
            for each in self.backlog
        ]
        return {"told": self.told, "problems": list(self.problems), "backlog": backlog}


def examine_notices(opened: Assistant, now: datetime) -> Notices:
    """Logs in to the mail server and reaches the webhook's port; sends nothing."""
    from customer_assist.errors import DeliveryFailed
    from customer_assist.notices.smtp import SmtpSender
    from customer_assist.notices.webhook import WebhookSender
    from customer_assist.sampling import JUDGMENT

    mail, webhook, problems = opened.settings.mail, opened.settings.webhook, []
    checks = []
    if mail is not None:
        checks.append(SmtpSender(mail, lambda: now).check)
    if webhook is not None:
        checks.append(WebhookSender(webhook, lambda: now).check)
    for check in checks:
        try:
            check()
        except DeliveryFailed as error:
            problems.append(str(error))
    if webhook is not None and webhook.travels_in_clear:
        problems.append(
            "CUSTOMER_ASSIST_WEBHOOK_URL is http: what customers wrote travels readable; use https"
        )
    backlog = [each for each in opened.jobs.backlog(now - _LATELY) if each.kind != JUDGMENT]
    problems += [_left(each) for each in backlog if each.kind not in opened.worker.kinds]
    return Notices(tells_anybody(opened.settings), tuple(problems), tuple(backlog))


def _left(backlog: Backlog) -> str:
    return f"{counted(backlog.waiting, 'job')} of kind {backlog.kind} wait for settings that are not there any more"


def show_notices(notices: Notices, now: datetime) -> None:
    if not notices.told:
        print_note(NOBODY)
    for problem in notices.problems:
        print_note(problem)
    for each in notices.backlog:
        out().print(_line(each, now), markup=False, soft_wrap=True)


def _line(backlog: Backlog, now: datetime) -> str:
    parts = [f"{counted(backlog.waiting, 'notice')} waiting ({backlog.kind})"]
    if backlog.oldest is not None:
        parts.append(f"the oldest for {_length(now - backlog.oldest)}")
    if backlog.failing:
        parts.append(f"{backlog.failing} tried before, up to {backlog.most_attempts} times")
    if backlog.given_up:
        parts.append(f"{backlog.given_up} given up in the last {_LATELY.days} days")
    if backlog.failure:
        parts.append(f"last: {backlog.failure}")
    return "; ".join(parts)


def _length(passed: timedelta) -> str:
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 120:
        return counted(minutes, "minute")
    return counted(minutes // 60, "hour") if minutes < 48 * 60 else counted(minutes // (24 * 60), "day")

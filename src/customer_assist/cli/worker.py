"""`customer-assist worker`: delivers notices and does what else was left for later."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import counted, out, print_error, print_json, print_note
from customer_assist.cli.session import AsJson, settings_of_command

if TYPE_CHECKING:
    from customer_assist.config import Settings
    from customer_assist.worker import Worker

EXAMPLE = "customer-assist worker --once"
NOBODY = (
    "nobody is told when a customer waits for a person: set CUSTOMER_ASSIST_NOTICE_EMAIL or "
    "CUSTOMER_ASSIST_WEBHOOK_URL (docs/notices.md)"
)


def worker(
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due, each once, and end: for cron.")
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try at once what failed and waits for its next attempt.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Deliver notices of handoffs by e-mail and webhook until Ctrl-C.

    serve does the same while it runs; several at once share the work. With --once it ends with 1 where something
    could not be delivered: it stays and is tried again.
    """
    settings = settings_of_command()
    from customer_assist.bootstrap import open_worker

    if as_json and not once:
        raise typer.BadParameter("it goes with --once", param_hint="--json")
    if not tells_anybody(settings):
        print_note(NOBODY)
    with open_worker(settings) as opened:
        if retry:
            opened.retry()
        if once:
            _tell(opened.once(), as_json)
        else:
            _until_told_to_end(opened)


def tells_anybody(settings: Settings) -> bool:
    return settings.webhook is not None or (settings.mail is not None and bool(settings.mail.business))


def _tell(came: Counter[str], as_json: bool) -> None:
    from customer_assist.worker import DONE, FAILED, GIVEN_UP

    if as_json:
        print_json({"done": came[DONE], "failed": came[FAILED], "given_up": came[GIVEN_UP]})
    else:
        out().print(counted(came[DONE], "job") + " done")
    if came[FAILED] or came[GIVEN_UP]:
        print_error(
            f"{counted(came[FAILED], 'job')} failed and will be tried again, {came[GIVEN_UP]} given up: "
            "`customer-assist doctor` says why"
        )
        raise typer.Exit(1)


def _until_told_to_end(worker: Worker) -> None:
    """SIGINT or SIGTERM, either of which is the expected end: what is under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with worker.running():
        stop.wait()

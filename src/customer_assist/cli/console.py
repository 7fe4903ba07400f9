"""`customer-assist console`: the pages of the people who run the business."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from customer_assist.cli.session import settings_of_command

EXAMPLE = "customer-assist console --api http://127.0.0.1:5000"
PORT = 8501


def console(
    api: Annotated[
        str,
        typer.Option("--api", metavar="URL", help="The assistant's address; if left out, on this machine."),
    ] = "",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", help="Of the console.", min=1, max=65535)
    ] = PORT,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="To listen on; 0.0.0.0 for every network.")
    ] = "127.0.0.1",
    browser: Annotated[
        bool | None,
        typer.Option("--browser/--no-browser", help="Open it; if left out, at a desk with a browser."),
    ] = None,
) -> None:
    """Open the console: the inbox, what a customer would get, and what was learned.

    It speaks to the assistant that `customer-assist serve` runs. Ctrl-C ends it.
    """
    settings = settings_of_command()
    from customer_assist.admin_key import FILE
    from customer_assist.console.launching import has_browser, launch

    key_at = "CUSTOMER_ASSIST_ADMIN_KEY" if settings.admin_key else str(settings.home / FILE)
    address = api or f"http://127.0.0.1:{settings.port}"
    sys.stdout.write(
        f"Console    http://{host}:{port}/\nAssistant  {address}\nKey        {key_at}\nCtrl-C ends it.\n"
    )
    sys.stdout.flush()
    if browser is None:
        browser = sys.stdout.isatty() and has_browser(os.environ)
    launch(address, key_at, host, port, os.environ, browser=browser)

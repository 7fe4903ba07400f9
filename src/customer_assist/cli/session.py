"""An assistant for the length of one command, with knowledge to answer from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import progress_bar
from customer_assist.errors import KnowledgeError

if TYPE_CHECKING:
    from customer_assist.bootstrap import Assistant
    from customer_assist.config import Settings

Sample = Annotated[
    Path | None,
    typer.Option(
        "--sample",
        metavar="PATH",
        help="Load this sample business first, if the database never had any knowledge.",
    ),
]
Continued = Annotated[
    str | None,
    typer.Option(
        "--conversation",
        metavar="ID",
        help="Go on with this conversation, as `chat` names it at its end.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


def settings_of_command() -> Settings:
    """The settings, with logging set up for one command: warnings to stderr, everything at level debug."""
    from customer_assist.config import load_settings
    from customer_assist.logs import configure_logging

    settings = load_settings()
    configure_logging("debug" if settings.log_level == "debug" else "warning")
    return settings


@contextmanager
def assistant() -> Iterator[Assistant]:
    """Over the database that the settings name, which may be empty."""
    from customer_assist.bootstrap import open_assistant

    with open_assistant(settings_of_command()) as opened:
        yield opened


@contextmanager
def answering_assistant(sample: Path | None) -> Iterator[Assistant]:
    """One that has something to answer from. Raises KnowledgeError where there is nothing."""
    with assistant() as opened:
        with progress_bar("Reading the first knowledge") as progress:
            opened.load_first_knowledge(sample, progress)
        if opened.documents.count() == 0:
            raise KnowledgeError(
                "there is no knowledge to answer from yet: load your files with `customer-assist ingest "
                "PATH`, or try the sample business with `--sample examples/brindle`"
            )
        yield opened

"""`--keep NAME` of `customer-assist evaluate`: the figures, and nothing else, go into the database to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from customer_assist.cli.output import print_note

Keep = Annotated[
    str | None,
    typer.Option(
        "--keep",
        metavar="NAME",
        help="Keep the figures in the database under this name, for the console's page Evaluation.",
        show_default=False,
    ),
]
_LONGEST = 80


def check_name(name: str | None) -> None:
    """Before anything is measured. Raises BadParameter."""
    if name is not None and not 0 < len(name.strip()) <= _LONGEST:
        raise typer.BadParameter(f"give a name of 1 to {_LONGEST} letters", param_hint="--keep")


def keep(
    name: str,
    kind: str,
    runs: Iterable[tuple[str, str, Mapping[str, object]]],
    settings: Mapping[str, object],
) -> None:
    """`runs`: engine, fingerprint of the documents, figures. Raises StorageUnavailable."""
    from customer_assist.bootstrap import open_database, utc_now
    from customer_assist.config import load_settings
    from customer_assist.fingerprints import program_version
    from customer_assist.storage.evaluations import Evaluation, EvaluationStore

    with open_database(load_settings()) as database:
        store, now = EvaluationStore(database), utc_now()
        for engine, corpus, figures in runs:
            store.keep(
                Evaluation(now, name.strip(), kind, engine, corpus, program_version(), settings, figures)
            )
    print_note(f"kept as {name.strip()!r}: the console's page Evaluation compares it")

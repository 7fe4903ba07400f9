"""`customer-assist trace`: why a turn ended as it did, and whether it would today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import out, print_json
from customer_assist.cli.session import AsJson, settings_of_command

if TYPE_CHECKING:
    from customer_assist.replay import Difference, Replay

EXAMPLE = "customer-assist trace last --rerun"
LAST = "last"


def trace(
    turn_id: Annotated[
        str,
        typer.Argument(metavar="TURN_ID", help=f'The turn_id of an answer, or "{LAST}".', show_default=False),
    ],
    rerun: Annotated[
        bool,
        typer.Option(
            "--rerun", help="Ask again on today's knowledge, record nothing, and name what differs."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show why a question was answered as it was: what was found, the gate's decision, checks and versions.

    No language model is called.
    """
    settings = settings_of_command()
    from customer_assist.bootstrap import join, open_database
    from customer_assist.storage.history import History
    from customer_assist.storage.journal import Journal

    with open_database(settings) as database:
        journal = Journal(database)
        recorded = journal.latest() if turn_id == LAST else journal.traced(turn_id)
        replay = join(settings, database).replayer.replay(recorded) if rerun else None
        candidates = recorded.trace.candidates
        since = (
            replay.since if replay else History(database).since(recorded.turn.knowledge_version, candidates)
        )
    if as_json:
        from customer_assist.web.traces import trace_body

        print_json(trace_body(recorded, since) | {"rerun": replay and _rerun(replay)})
    else:
        from customer_assist.cli.trace_text import print_replay, print_trace

        print_trace(out(), recorded, since)
        if replay is not None:
            print_replay(out(), recorded, replay)


def _rerun(replay: Replay) -> dict[str, object]:
    touched = {document_id: replay.since.of(document_id) for document_id in replay.since.fates}
    return {
        "same": replay.same,
        "differences": _listed(replay.differences),
        "changed_since": _listed(replay.changes),
        "documents": {document_id: fate for document_id, fate in touched.items() if fate != "same"},
    }


def _listed(differences: Sequence[Difference]) -> list[dict[str, object]]:
    return [asdict(difference) for difference in differences]

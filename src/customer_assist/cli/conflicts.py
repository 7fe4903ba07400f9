"""`customer-assist conflicts`: articles that contradict each other, and articles that say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer_assist.cli.output import counted, escaped, out, print_json
from customer_assist.cli.session import AsJson, answering_assistant

if TYPE_CHECKING:
    from customer_assist.insights.conflicts import Conflicts

EXAMPLE = "customer-assist conflicts"
_PATIENCE = 600.0  # seconds


def conflicts(as_json: AsJson = False) -> None:
    """Compare all sentences of all articles: those that contradict each other, with both, and articles said twice.

    Compared are lengths of time, amounts, percentages, hours, days, dates, phone numbers, counts, and yes with no.
    Changes nothing.
    """
    with answering_assistant(None) as opened:
        found = opened.conflicts.standing(_PATIENCE)
    if as_json:
        from customer_assist.web.gaps import conflicts_body

        print_json(conflicts_body(found))
    elif found is not None:
        show_conflicts(found)


def show_conflicts(found: Conflicts) -> None:
    """Two tables, or one line where there is nothing to show."""
    from rich.table import Table

    compared = (
        f"{counted(found.statements, 'sentence')} of {counted(found.documents, 'document')} were compared"
    )
    if not found.conflicts and not found.duplicates:
        out().print(f"No document contradicts another: {compared}", soft_wrap=True)
        return
    if found.conflicts:
        table = Table("about", "document", "says", "document", "says", title="Contradict each other")
        for each in found.conflicts:
            sides = [text for side in (each.one, each.other) for text in (side.document_id, side.text)]
            table.add_row(each.kind.value, *map(escaped, sides))
        out().print(table)
    if found.duplicates:
        table = Table("document", "and document", "alike", title="Say the same: one may do")
        for pair in found.duplicates:
            table.add_row(escaped(pair.one), escaped(pair.other), f"{pair.alike:.2f}")
        out().print(table)
    out().print(compared, soft_wrap=True)

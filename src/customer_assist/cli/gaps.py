"""`customer-assist gaps`: what customers asked and the knowledge does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import counted, escaped, out, print_json
from customer_assist.cli.session import AsJson, assistant

if TYPE_CHECKING:
    from customer_assist.insights.gaps import Gap

EXAMPLE = "customer-assist gaps --days 90"
_PATIENCE = 600.0  # seconds


def gaps(
    days: Annotated[int, typer.Option(min=1, max=366, help="The period, up to now.")] = 30,
    channel: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="customers (not what you tried out yourself), all, or a channel's name."
        ),
    ] = "customers",
    dismissed: Annotated[bool, typer.Option("--dismissed", help="Also those that were dismissed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Group the questions that were declined, asked back about in vain, rated down or handed over.

    Each group comes with how many asked, whether it grows, and the nearest article: add ways of asking to that one, or
    write a new one. Changes nothing.
    """
    from customer_assist.insights.channels import channels
    from customer_assist.insights.gap_book import LastDays

    period = LastDays(days, channels(channel).name)
    with assistant() as opened:
        standing = opened.gaps.standing(period, _PATIENCE)
        if as_json:
            from customer_assist.web.gaps import gaps_body

            print_json(gaps_body(standing, period, opened))
            return
    found = standing.gaps
    assert found is not None  # a failure was raised
    shown = [gap for gap in found.gaps if dismissed or not gap.dismissed]
    if not shown:
        out().print(
            f"No gap in the last {counted(days, 'day')}: fewer than {found.minimum} customers asked the same without "
            f"an answer ({counted(found.questions, 'open question')} in all)",
            soft_wrap=True,
        )
        return
    from rich.table import Table

    table = Table("asked", "customers", "lately", "why", "nearest article", "what to do")
    for gap in shown:
        table.add_row(escaped(gap.title), str(gap.conversations), _trend(gap), _why(gap), *_nearest(gap))
    out().print(table)
    out().print(f"{counted(found.ungrouped, 'question')} of no group", soft_wrap=True)


def _trend(gap: Gap) -> str:
    return f"{gap.half_before} → {gap.this_half}"


def _why(gap: Gap) -> str:
    return ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in gap.reasons.items() if count)


def _nearest(gap: Gap) -> tuple[str, str]:
    if gap.nearest is None:
        return "", "write an article"
    todo = "add ways of asking" if gap.nearest.is_asked else "write an article"
    return escaped(f"{gap.nearest.title} ({gap.nearest.document_id})"), todo

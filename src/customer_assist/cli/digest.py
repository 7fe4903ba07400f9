"""`customer-assist digest`: the last days in a few lines."""

from __future__ import annotations

from typing import Annotated

import typer

from customer_assist.cli.output import out, print_json
from customer_assist.cli.session import AsJson, settings_of_command

EXAMPLE = "customer-assist digest --days 7"


def digest(
    days: Annotated[int, typer.Option(min=1, max=183, help="Today and the days before it.")] = 7,
    channel: Annotated[str, typer.Option(help="customers, all, or one by its name.")] = "customers",
    json: AsJson = False,
) -> None:
    """Print what happened, compared with as many days before, and what to do next. Needs no running server."""
    from rich.text import Text

    from customer_assist.bootstrap import open_database, utc_now
    from customer_assist.insights.channels import channels
    from customer_assist.insights.digest import read_digest
    from customer_assist.insights.period import last_days
    from customer_assist.insights.stats import Insights

    settings, now = settings_of_command(), utc_now()
    period, wanted = last_days(days, now, settings.time_zone), channels(channel)
    with open_database(settings) as database:
        found = read_digest(Insights(database, utc_now), period, wanted, now)
    if json:
        from customer_assist.web.stats import digest_body

        print_json(digest_body(found))
        return
    first, last = found.period.days[0], found.period.days[-1]
    text = [f"{first:%d %b} to {last:%d %b %Y}", *found.lines]
    text += ["", "Next:", *(f"- {line}" for line in found.next)] if found.next else []
    out().print(Text("\n".join(text)), soft_wrap=True)

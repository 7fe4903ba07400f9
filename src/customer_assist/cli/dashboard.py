"""`customer-assist dashboard`: Grafana's view of what is asked and answered."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import out, print_json, print_note
from customer_assist.cli.session import settings_of_command

if TYPE_CHECKING:
    from customer_assist.config import Settings
    from customer_assist.dashboards.grafana import Source

EXAMPLE = "customer-assist dashboard init --url http://localhost:3000"

app = typer.Typer(
    rich_markup_mode=None,
    help="Bring the dashboards into Grafana.",
)


@app.command("init", epilog=f"\b\nExample: {EXAMPLE}")
def initialise(
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Where Grafana is.")
    ] = "http://localhost:3000",
    database: Annotated[
        str,
        typer.Option(
            "--database", metavar="HOST:PORT", help="The database as Grafana reaches it, if that differs."
        ),
    ] = "",
    only_print: Annotated[
        bool,
        typer.Option("--print", help="Print the dashboards as one JSON array instead; nothing is changed."),
    ] = False,
) -> None:
    """Make or update the data source and the dashboards of a running Grafana.

    It lets us in by GRAFANA_TOKEN (of a service account with the role Admin), or by GRAFANA_ADMIN_USER and
    GRAFANA_ADMIN_PASSWORD. The data source reads through an account that can do nothing else; it is made by the way,
    with the password in GRAFANA_POSTGRES_PASSWORD, or a new one where that is not set. May be run again.
    """
    from customer_assist.dashboards.files import DASHBOARDS
    from customer_assist.dashboards.grafana import Grafana
    from customer_assist.dashboards.panels import as_json

    if only_print:
        print_json([as_json(dashboard) for dashboard in DASHBOARDS])
        return
    settings = settings_of_command()
    given = settings.grafana
    grafana = Grafana(url, token=given.token, user=given.admin_user, password=given.admin_password)
    grafana.check_version()
    done = [grafana.put_datasource(lambda: _source(settings, database))]
    done += [grafana.put_dashboard(dashboard) for dashboard in DASHBOARDS]
    for each in done:
        where = f"  {each.where}" if each.where else ""
        out().print(f"{each.what}: {each.how}{where}", soft_wrap=True, markup=False)
    if reason := grafana.unreachable():
        print_note(
            f"Grafana does not reach the database ({reason}): name it as Grafana sees it with --database HOST:PORT; "
            "the embedded one is reached from this machine alone, while it runs"
        )


def _source(settings: Settings, address: str) -> Source:
    """The database, with the account that reads it made or brought up to date."""
    from customer_assist.bootstrap import open_database
    from customer_assist.dashboards.grafana import Source
    from customer_assist.storage.reader import Reader, make_reader

    given = settings.grafana
    reader = Reader(given.reader, given.reader_password or secrets.token_urlsafe(24))
    with open_database(settings) as database:
        make_reader(database, reader)
        with database.connection() as connection:
            here = connection.info
            return Source(
                address=address or f"{here.host}:{here.port}",
                database=here.dbname,
                user=reader.user,
                encrypted=bool(connection.pgconn.ssl_in_use),
                password=reader.password,
            )

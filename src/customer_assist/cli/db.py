"""`customer-assist db`: the database itself."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import err, out, print_note
from customer_assist.cli.session import settings_of_command

if TYPE_CHECKING:
    from customer_assist.config import Settings

app = typer.Typer(
    rich_markup_mode=None,
    help="Set up and check the database.",
)


@app.command("init", epilog="\b\nExample: customer-assist db init")
def initialise() -> None:
    """Create the tables, or update them.

    Says where the database is. serve, ask and the others do this by themselves.
    """
    settings = settings_of_command()
    from customer_assist.bootstrap import open_database
    from customer_assist.storage.migrate import migrate

    with open_database(settings, migrated=False) as database:
        applied = migrate(database)
        where = f"{database.name}, {_kind(settings)}"
    out().print(
        f"The database is {'ready' if applied else 'there and up to date'}: {where}",
        soft_wrap=True,
        markup=False,
    )


@app.command(epilog="\b\nExample: customer-assist db migrate")
def migrate() -> None:
    """Apply and name what is missing.

    Migrations only go forward and never drop data.
    """
    settings = settings_of_command()
    from customer_assist.bootstrap import open_database
    from customer_assist.storage.migrate import migrate as apply

    with open_database(settings, migrated=False) as database:
        applied = apply(database)
    for name in applied:
        out().print(f"applied {name}", markup=False)
    if not applied:
        out().print("up to date")


@app.command(epilog="\b\nExample: TZ=Europe/Berlin customer-assist db check")
def check() -> None:
    """Compare the clocks.

    Shows the database's time and this machine's, in UTC and in the time zone TZ. Ends with 1 where they do
    not agree: dashboards would show turns at wrong times.
    """
    settings = settings_of_command()
    from datetime import UTC, datetime

    from customer_assist.bootstrap import open_database
    from customer_assist.storage.clocks import check_clocks, lines

    with open_database(settings) as database, database.connection() as connection:
        report = check_clocks(connection, settings.time_zone, lambda: datetime.now(UTC))
    *times, verdict = lines(report)
    for line in times:
        out().print(line, soft_wrap=True, markup=False)
    (out() if report.agree else err()).print(verdict, soft_wrap=True, markup=False)
    if not report.agree:
        raise typer.Exit(1)


@app.command(epilog="\b\nExample: customer-assist db reader")
def reader() -> None:
    """Make the account that Grafana reads through, or bring it up to date.

    Its name is GRAFANA_POSTGRES_USER, its password GRAFANA_POSTGRES_PASSWORD. It may read what the dashboards show and
    nothing else. May be run again; serve does so at its start where the password is set.
    """
    settings = settings_of_command()
    from customer_assist.bootstrap import open_database
    from customer_assist.errors import ConfigurationError
    from customer_assist.storage.reader import Reader, make_reader

    given = settings.grafana
    if not given.reader_password:
        raise ConfigurationError(
            "GRAFANA_POSTGRES_PASSWORD is not set: set the password of the account to make"
        )
    with open_database(settings) as database:
        make_reader(database, Reader(given.reader, given.reader_password))
        out().print(
            f"{given.reader} may read what dashboards show in {database.name}", soft_wrap=True, markup=False
        )


@app.command(epilog="\b\nExample: customer-assist db url --hold")
def url(
    hold: Annotated[bool, typer.Option("--hold", help="Keep the database running until Ctrl-C.")] = False,
) -> None:
    """Print the address, with the password.

    For psql, Grafana and the like. The embedded server runs only while something uses it: `serve` does, and
    so does `db url --hold`.
    """
    settings = settings_of_command()
    from psycopg.conninfo import conninfo_to_dict

    from customer_assist.bootstrap import open_server
    from customer_assist.storage.embedded import ServerEndpoint

    with open_server(settings) as conninfo:
        address = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
        endpoint = ServerEndpoint(
            address["host"],
            int(address["port"]),
            address["user"],
            address["password"],
            address["dbname"],
        )
        typer.echo(endpoint.url)
        if hold:
            print_note("the database runs until you press Ctrl-C")
            _wait()


def _wait() -> None:
    """Until SIGINT or SIGTERM, either of which is the expected end."""
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.sigwait(signals)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)


def _kind(settings: Settings) -> str:
    return "your own server" if settings.external_database else f"the embedded server of {settings.home}"

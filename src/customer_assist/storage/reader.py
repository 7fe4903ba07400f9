"""The database account that dashboards look through: it reads what their panels show, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from customer_assist.errors import ConfigurationError
from customer_assist.storage.database import Database

Connection = psycopg.Connection[TupleRow]

# Of a table these columns, of a view (and where none is named) all. No address, no name, no comment of a customer; no
# transcript, no trace, no payload. What was asked and answered is there: the panels show it.
READABLE: Mapping[str, tuple[str, ...]] = {
    "conversations": (),
    "feedback": (),
    "turns": (
        *("id", "conversation_id", "position", "timestamp", "question", "answer", "outcome", "answered_by"),
        *("degraded", "confidence", "channel", "locale", "move", "handoff_id"),
        *("relevance", "judged_by", "judged_at"),
        *("response_time", "retrieve_time", "answer_time"),
        *("prompt_tokens", "completion_tokens", "total_tokens", "tokens_by"),
        *("eval_prompt_tokens", "eval_completion_tokens", "eval_total_tokens"),
    ),
    "ratings": ("id", "turn_id", "conversation_id", "value", "timestamp"),
    "handoffs": (
        *("id", "conversation_id", "reason", "detail", "status"),
        *("created_at", "taken_at", "closed_at"),
    ),
    "jobs": ("id", "kind", "created_at", "run_at", "attempts", "done_at", "failure"),
    "model_calls": (),
    "model_usage": (),
    "prices": (),
    "turn_costs": (),
    "model_costs": (),
    "turn_relevance": (),
}
_SETTINGS = {
    "statement_timeout": "10s",  # a panel that takes longer is told so, and the customers' questions go on
    "idle_in_transaction_session_timeout": "30s",
    "default_transaction_read_only": "on",
    "timezone": "UTC",
    "max_parallel_workers_per_gather": "0",  # the other cores are for customers
    "work_mem": "32MB",  # a week's percentiles are sorted in memory
    "jit": "off",  # compiling takes longer than these queries
}
_CONNECTIONS = 20  # at most, of all its users together
_LOCK = 0x43415F52  # any number that nobody else locks in this database


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and by which password."""

    user: str
    password: str = field(repr=False)


def make_reader(database: Database, reader: Reader) -> None:
    """The account is there, by this password, and may read what is READABLE and nothing else; again changes nothing.

    The database must be migrated. Raises ConfigurationError where the name is one of somebody with rights of
    their own, or where our user may neither make the account nor is there one that somebody else made.
    """
    try:
        with database.connection(bulk=True) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            _refuse_the_powerful(connection, reader.user)
            _make_or_take(connection, reader)
            _grant(connection, sql.Identifier(reader.user))
    except psycopg.Error as error:
        raise ConfigurationError(
            f"The account {reader.user} cannot be given what dashboards read ({error.diag.message_primary or error}): "
            "make POSTGRES_USER the owner of the database and its tables"
        ) from error


def _make_or_take(connection: Connection, reader: Reader) -> None:
    """Make the account, or take the one that an administrator made, whose password must be ours."""
    try:
        with connection.transaction():
            _make_account(connection, reader)
    except psycopg.errors.InsufficientPrivilege as error:
        if not _exists(connection, reader.user) or not _gets_in(connection, reader):
            raise ConfigurationError(_by_hand(reader.user)) from error


def _make_account(connection: Connection, reader: Reader) -> None:
    name = sql.Identifier(reader.user)
    if not _exists(connection, reader.user):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    # Hashed here: the server's log may show statements.
    secret = connection.pgconn.encrypt_password(
        reader.password.encode(), reader.user.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOINHERIT CONNECTION LIMIT {} PASSWORD {}").format(
            name, sql.Literal(_CONNECTIONS), sql.Literal(secret.decode())
        )
    )
    for setting, value in _SETTINGS.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
        )


def _grant(connection: Connection, name: sql.Identifier) -> None:
    for table in _our_tables(connection):
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(table), name))
    for table, columns in READABLE.items():
        which = (
            sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
            if columns
            else sql.SQL("")
        )
        connection.execute(sql.SQL("GRANT SELECT{} ON {} TO {}").format(which, sql.Identifier(table), name))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(connection.info.dbname), name)
    )
    connection.execute(
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(_schema(connection)), name)
    )


def _refuse_the_powerful(connection: Connection, user: str) -> None:
    found = connection.execute(
        """
        SELECT
            rolname = current_user OR rolname = session_user,
            rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
            EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid),
            EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)
                OR EXISTS (SELECT FROM pg_database WHERE datdba = pg_roles.oid)
        FROM pg_roles WHERE rolname = %s
        """,
        [user],
    ).fetchone()
    if found is not None and any(found):
        raise ConfigurationError(
            f"GRAFANA_POSTGRES_USER={user!r} is an account with rights of its own: "
            "name one that is there for dashboards only, or leave it unset"
        )


def _gets_in(connection: Connection, reader: Reader) -> bool:
    try:
        psycopg.connect(
            connection.info.dsn, user=reader.user, password=reader.password, connect_timeout=5
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _by_hand(user: str) -> str:
    return (
        f"The user of the database may not make the account {user}: give it CREATEROLE, or have an administrator "
        f"run CREATE ROLE {user} LOGIN NOINHERIT PASSWORD '…' with the password in GRAFANA_POSTGRES_PASSWORD; "
        "then run `customer-assist db reader` again"
    )


def _exists(connection: Connection, user: str) -> bool:
    return connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [user]).fetchone() is not None


def _schema(connection: Connection) -> str:
    [schema] = connection.execute("SELECT current_schema()").fetchone() or [None]
    return str(schema)


def _our_tables(connection: Connection) -> list[str]:
    query = """
        SELECT relname FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
            AND pg_has_role(relowner, 'USAGE')
    """
    return [str(name) for (name,) in connection.execute(query)]

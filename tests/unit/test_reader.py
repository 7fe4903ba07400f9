"""The account that dashboards look through: what it may read, and all that it may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql

from customer_assist.errors import ConfigurationError
from customer_assist.storage.database import Database
from customer_assist.storage.reader import READABLE, Reader, make_reader
from dashboard_data import fill
from dashboard_reader import PASSWORD, Connection, connect, forget, made_reader, reader_of

DENIED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def reader(any_database: Database) -> Iterator[Connection]:
    fill(any_database, datetime.now(UTC))
    with made_reader(any_database), connect(any_database) as connection:
        yield connection


def columns(database: Database) -> set[tuple[str, str]]:
    query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    with database.connection() as connection:
        return {(str(table), str(column)) for table, column in connection.execute(query)}


def readable(table: str, column: str) -> bool:
    return table in READABLE and (not READABLE[table] or column in READABLE[table])


def may_read(connection: Connection, table: str, column: str) -> bool:
    try:
        connection.execute(
            sql.SQL("SELECT {} FROM {} LIMIT 1").format(sql.Identifier(column), sql.Identifier(table))
        )
    except DENIED:
        return False
    return True


def test_it_reads_what_is_listed_and_no_other_column_of_any_table(
    any_database: Database, reader: Connection
) -> None:
    everything = columns(any_database)
    assert {("handoffs", "email"), ("handoffs", "transcript"), ("turns", "customer_ref")} <= everything
    found = {(table, column): may_read(reader, table, column) for table, column in everything}
    assert found == {each: readable(*each) for each in everything}
    assert {table for table, _ in everything if READABLE.get(table, ())} == {
        *("turns", "ratings", "handoffs", "jobs")
    }


def test_what_it_may_not_read_names_customers_or_quotes_more_than_panels_show(any_database: Database) -> None:
    private = {
        *(("handoffs", name) for name in ("email", "transcript", "summary", "customer_ref", "message")),
        *(("turns", name) for name in ("customer_ref", "trace")),
        *(("ratings", "comment"), ("jobs", "payload"), ("replies", "body")),
    }
    assert private <= columns(any_database)
    assert not any(readable(*each) for each in private)


WRITES = (
    "INSERT INTO prices VALUES ('gpt', 1, 1, 'EUR')",
    "UPDATE turns SET answer = ''",
    "DELETE FROM ratings",
    "TRUNCATE jobs",
    "DROP VIEW feedback",
    "ALTER TABLE turns ADD COLUMN x int",
    "CREATE TABLE mine (id int)",
    "CREATE INDEX ON turns (question)",
    "SELECT * FROM handoffs FOR UPDATE",
)


def test_it_cannot_write(reader: Connection) -> None:
    for statement in WRITES:
        with pytest.raises((DENIED, psycopg.errors.ReadOnlySqlTransaction)):
            reader.execute(statement.encode())
    reader.execute("SET default_transaction_read_only = off")  # what it may set for itself is no wall
    for statement in WRITES:
        with pytest.raises(DENIED):
            reader.execute(statement.encode())


def test_it_is_nobody_else_and_becomes_nobody_else(any_database: Database, reader: Connection) -> None:
    with any_database.connection() as connection:
        [owner] = connection.execute("SELECT current_user").fetchone() or [""]
        found = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolinherit FROM pg_roles"
            " WHERE rolname = %s",
            [reader.info.user],
        ).fetchone()
    assert found == (False,) * 6
    with pytest.raises(DENIED):
        reader.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(str(owner))))


def test_a_query_that_takes_long_is_ended(reader: Connection) -> None:
    assert reader.execute("SHOW statement_timeout").fetchone() == ("10s",)
    reader.execute("SET statement_timeout = '50ms'")
    with pytest.raises(psycopg.errors.QueryCanceled):
        reader.execute("SELECT pg_sleep(5)")


def test_made_again_it_is_as_it_should_be_whatever_was_done_to_it(any_database: Database) -> None:
    with made_reader(any_database) as reader:
        name = sql.Identifier(reader.user)
        with any_database.connection() as connection:
            connection.execute(sql.SQL("GRANT SELECT ON replies, turns TO {}").format(name))
            connection.execute(sql.SQL("GRANT UPDATE (answer) ON turns TO {}").format(name))
            connection.execute(sql.SQL("REVOKE SELECT ON feedback FROM {}").format(name))
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD 'other' CONNECTION LIMIT 0").format(name))
        make_reader(any_database, reader)
        make_reader(any_database, reader)
        with connect(any_database) as connection:
            assert may_read(connection, "feedback", "feedback")
            assert not may_read(connection, "replies", "body") and not may_read(connection, "turns", "trace")
            connection.execute("SET default_transaction_read_only = off")
            with pytest.raises(DENIED):
                connection.execute("UPDATE turns SET answer = ''")


def test_another_password_takes_the_place_of_the_first(any_database: Database) -> None:
    with made_reader(any_database) as reader:
        make_reader(any_database, Reader(reader.user, "another"))
        with pytest.raises(psycopg.OperationalError):
            connect(any_database)
        connect(any_database, Reader(reader.user, "another")).close()


def test_the_password_does_not_travel_in_the_statement(any_database: Database) -> None:
    with made_reader(any_database) as reader, any_database.connection() as connection:
        [kept] = connection.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", [reader.user]
        ).fetchone() or [""]
        assert str(kept).startswith("SCRAM-SHA-256$") and PASSWORD not in str(kept)


# --- whom it leaves alone ------------------------------------------------------------------------


def test_the_owner_of_the_database_is_never_made_the_reader(any_database: Database) -> None:
    with any_database.connection() as connection:
        user = connection.info.user
    with pytest.raises(ConfigurationError, match=r"rights of its own"):
        make_reader(any_database, Reader(user, "x"))


@pytest.mark.parametrize(
    "made",
    [
        "CREATE ROLE {0} SUPERUSER",
        "CREATE ROLE {0} CREATEROLE",
        "CREATE ROLE {0} IN ROLE pg_write_all_data",
        "CREATE ROLE {0}; CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO {0}",
    ],
)
def test_an_account_with_rights_of_its_own_is_left_as_it_is(any_database: Database, made: str) -> None:
    user = reader_of(any_database).user
    with any_database.connection() as connection:
        connection.execute(made.format(user).encode())
    try:
        with pytest.raises(ConfigurationError, match=r"rights of its own"):
            make_reader(any_database, Reader(user, "x"))
        with any_database.connection() as connection:
            found = connection.execute(
                "SELECT rolcanlogin, has_table_privilege(oid, 'conversations', 'SELECT') AND NOT rolsuper"
                " FROM pg_roles WHERE rolname = %s",
                [user],
            ).fetchone()
        assert found == (False, False)
    finally:
        forget(any_database, user)


@pytest.fixture
def owned(any_database: Database) -> Iterator[Database]:
    """The same database, as an owner who may not make accounts."""
    name = f"owner_{any_database.name.rpartition('/')[2]}"
    where, _, database = any_database.name.rpartition("/")
    host, _, port = where.rpartition(":")
    with any_database.connection() as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'owner'".encode())
        connection.execute(f"ALTER DATABASE {database} OWNER TO {name}".encode())
        connection.execute(f"ALTER SCHEMA public OWNER TO {name}".encode())
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"ALTER TABLE {table} OWNER TO {name}".encode())
    opened = Database(f"host={host} port={port} dbname={database} user={name} password=owner").open()
    try:
        yield opened
    finally:
        opened.close()
        with any_database.connection() as connection:
            connection.execute(f"REASSIGN OWNED BY {name} TO CURRENT_USER".encode())
        forget(any_database, name)


def test_a_user_who_may_not_make_accounts_is_told_what_an_administrator_has_to_run(owned: Database) -> None:
    reader = reader_of(owned)
    with pytest.raises(ConfigurationError, match=rf"CREATE ROLE {reader.user} LOGIN") as raised:
        make_reader(owned, reader)
    assert "\n" not in str(raised.value) and reader.password not in str(raised.value)


def test_an_account_that_an_administrator_made_is_taken_if_it_has_our_password(
    any_database: Database, owned: Database
) -> None:
    reader = reader_of(owned)
    with any_database.connection() as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(reader.user), sql.Literal(reader.password)
            )
        )
    try:
        with pytest.raises(ConfigurationError, match="GRAFANA_POSTGRES_PASSWORD"):
            make_reader(owned, Reader(reader.user, "another"))
        make_reader(owned, reader)
        with connect(any_database) as connection:
            assert may_read(connection, "feedback", "feedback") and not may_read(connection, "turns", "trace")
    finally:
        forget(any_database, reader.user)

"""Migrations: forwards, once, and nothing done where something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from customer_assist.errors import ConfigurationError
from customer_assist.storage.database import Database
from customer_assist.storage.migrate import Migration, migrate, pending, read_migrations
from throwaway_postgres import ThrowawayServer

ONE = Migration(1, "0001_one", b"CREATE TABLE one (id int); INSERT INTO one VALUES (1);")
TWO = Migration(2, "0002_two", b"CREATE TABLE two (id int);")
BROKEN = Migration(2, "0002_broken", b"CREATE TABLE two (id int); SELECT * FROM nowhere;")


@pytest.fixture
def empty(empty_conninfo: str) -> Iterator[Database]:
    database = Database(empty_conninfo).open()
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    query = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
    )
    with database.connection() as connection:
        return {row[0] for row in connection.execute(query)}


def test_a_new_database_gets_every_file_in_order_and_then_nothing_more(empty: Database) -> None:
    assert pending(empty, [ONE, TWO]) == ["0001_one", "0002_two"]
    assert tables(empty) == set()  # asking changed nothing
    assert migrate(empty, [ONE, TWO]) == ["0001_one", "0002_two"]
    assert pending(empty, [ONE, TWO]) == migrate(empty, [ONE, TWO]) == []
    with empty.connection() as connection:
        recorded = connection.execute(
            "SELECT version, name, checksum, applied_at IS NOT NULL FROM schema_migrations"
        )
        assert recorded.fetchall() == [
            (1, "0001_one", ONE.checksum, True),
            (2, "0002_two", TWO.checksum, True),
        ]


def test_an_older_database_gets_only_what_it_lacks(empty: Database) -> None:
    migrate(empty, [ONE])
    assert migrate(empty, [ONE, TWO]) == ["0002_two"]
    with empty.connection() as connection:
        assert connection.execute("SELECT count(*) FROM one").fetchone() == (1,)


def test_a_file_that_fails_leaves_nothing_of_itself_and_keeps_what_came_before(empty: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        migrate(empty, [ONE, BROKEN])
    assert tables(empty) == {"one", "schema_migrations"}
    assert migrate(empty, [ONE, TWO]) == ["0002_two"]


def test_a_changed_file_is_refused_and_nothing_done(empty: Database) -> None:
    migrate(empty, [ONE])
    changed = replace(ONE, sql=ONE.sql + b"-- changed")
    for do in (migrate, pending):
        with pytest.raises(ConfigurationError, match="0001_one"):
            do(empty, [changed, TWO])
    assert "two" not in tables(empty)


def test_a_newer_database_is_refused(empty: Database) -> None:
    migrate(empty, [ONE, TWO])
    for do in (migrate, pending):
        with pytest.raises(ConfigurationError, match=r"newer.*0002_two"):
            do(empty, [ONE])


def test_line_endings_of_a_checkout_do_not_change_a_file() -> None:
    assert Migration(1, "0001_a", b"SELECT 1;\nSELECT 2;").checksum == (
        Migration(1, "0001_a", b"SELECT 1;\r\nSELECT 2;").checksum
    )


def test_processes_that_migrate_at_once_apply_each_file_once(empty_conninfo: str) -> None:
    slow = replace(ONE, sql=b"SELECT pg_sleep(0.2);" + ONE.sql)
    databases = [Database(empty_conninfo).open() for _ in range(4)]
    try:
        with ThreadPoolExecutor(4) as threads:
            applied = list(threads.map(lambda database: migrate(database, [slow, TWO]), databases))
    finally:
        for database in databases:
            database.close()
    assert sorted(name for names in applied for name in names) == ["0001_one", "0002_two"]


def test_gaps_and_repeated_numbers_are_refused(tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").write_text("SELECT 1")
    (tmp_path / "notes.txt").write_text("no migration")
    assert [migration.name for migration in read_migrations(tmp_path)] == ["0001_one"]
    for other in ("0003_gap.sql", "0001_twice.sql"):
        (tmp_path / other).write_text("SELECT 1")
        with pytest.raises(ConfigurationError, match="numbered"):
            read_migrations(tmp_path)
        (tmp_path / other).unlink()


def test_tables_of_somebody_else_by_our_names_are_left_alone(empty: Database) -> None:
    with empty.connection() as connection:
        connection.execute("CREATE TABLE conversations (id text)")
    with pytest.raises(ConfigurationError, match=r"conversations.*POSTGRES_DB"):
        migrate(empty)
    assert tables(empty) == {"conversations"}


def test_a_user_without_rights_is_told_so(empty_conninfo: str, server: ThrowawayServer) -> None:
    server.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    guest = Database(make_conninfo(empty_conninfo, user="guest", password="guest")).open()
    try:
        with pytest.raises(ConfigurationError, match="owner"):
            migrate(guest)
    finally:
        guest.close()
        server.execute("DROP ROLE guest")


def test_the_real_migrations_go_in_everywhere_and_need_no_extension(any_database: Database) -> None:
    assert pending(any_database) == []
    with any_database.connection() as connection:
        extensions = connection.execute(
            "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'"
        ).fetchall()
    assert extensions == []

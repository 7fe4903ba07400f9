"""Numbered SQL files, applied forwards only; the database remembers which, and their contents."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import psycopg
from psycopg.rows import TupleRow

from customer_assist.errors import ConfigurationError
from customer_assist.storage.database import Database

MIGRATIONS = files("customer_assist.storage") / "migrations"
_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_LOCK = 0x43415F4D  # any number that nobody else locks in this database


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str  # the file's, without .sql
    sql: bytes

    @property
    def checksum(self) -> str:
        """SHA-256, the same whichever line ends a checkout has."""
        return hashlib.sha256(self.sql.replace(b"\r\n", b"\n")).hexdigest()


def read_migrations(folder: Traversable = MIGRATIONS) -> list[Migration]:
    """All of a folder in order. Raises ConfigurationError where numbers repeat or leave gaps."""
    found = [
        Migration(version=int(match[1]), name=match[0].removesuffix(".sql"), sql=file.read_bytes())
        for file in folder.iterdir()
        if (match := _FILE_NAME.fullmatch(file.name))
    ]
    found.sort(key=lambda migration: migration.name)
    if [migration.version for migration in found] != list(range(1, len(found) + 1)):
        raise ConfigurationError(f"{folder}: migrations must be numbered 0001, 0002, … without gaps")
    return found


def pending(database: Database, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Names of what `migrate` would apply; changes nothing. Raises as `migrate` does."""
    migrations = read_migrations() if migrations is None else migrations
    with database.connection() as connection:
        return [migration.name for migration in _missing(connection, migrations, database.name)]


def migrate(database: Database, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Bring the database up to date, each file in its own transaction, and name what was applied.

    Any number of processes may call this at once. Raises ConfigurationError, with nothing more done, when
    the database is newer than this program, when an applied file was changed, when the user may not create
    tables, or when a table of ours is there already but not by our hand.
    """
    migrations = read_migrations() if migrations is None else migrations
    applied: list[str] = []
    while (name := _apply_next(database, migrations)) is not None:
        applied.append(name)
    return applied


def _apply_next(database: Database, migrations: Sequence[Migration]) -> str | None:
    try:
        with database.connection(bulk=True) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            missing = _missing(connection, migrations, database.name)
            if not missing:
                return None
            _apply(connection, missing[0])
            return missing[0].name
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigurationError(
            f"The user may not create tables in {database.name} ({error.diag.message_primary}): "
            "make the user the owner of the database"
        ) from error
    except psycopg.errors.DuplicateTable as error:
        raise ConfigurationError(
            f"{database.name} holds other tables by our names ({error.diag.message_primary}): "
            "name another, empty database in POSTGRES_DB"
        ) from error


def _apply(connection: psycopg.Connection[TupleRow], migration: Migration) -> None:
    connection.execute(
        """CREATE TABLE IF NOT EXISTS schema_migrations (
            version integer PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )"""
    )
    connection.execute(migration.sql)
    connection.execute(
        "INSERT INTO schema_migrations (version, name, checksum) VALUES (%s, %s, %s)",
        [migration.version, migration.name, migration.checksum],
    )


def _missing(
    connection: psycopg.Connection[TupleRow], migrations: Sequence[Migration], database: str
) -> Sequence[Migration]:
    known = connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
    applied: list[tuple[str, str]] = []
    if known == (True,):
        query = "SELECT name, checksum FROM schema_migrations ORDER BY version"
        applied = [(name, checksum) for name, checksum in connection.execute(query)]
    if len(applied) > len(migrations):
        raise ConfigurationError(
            f"{database} was made by a newer version of this program (it has {applied[-1][0]}): "
            "update the program, or name another database"
        )
    for (name, checksum), migration in zip(applied, migrations, strict=False):
        if (name, checksum) != (migration.name, migration.checksum):
            raise ConfigurationError(
                f"{database} has {name}, but this program's {migration.name} is another file: "
                "install the version that made the database, or name another database"
            )
    return migrations[len(applied) :]

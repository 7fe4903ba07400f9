"""The business profile, changed in place: what its file says comes back with the file's next ingest."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from customer_assist.storage.database import Database, storable_json

Profile = Mapping[str, object]


class ProfileStore:
    """Raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def source(self) -> str:
        """The source that the profile came with; "" where none came yet."""
        with self._database.connection() as connection:
            row = connection.execute("SELECT profile_source FROM knowledge").fetchone()
        return str(row[0]) if row else ""

    def change(self, changed: Callable[[Profile], Profile]) -> int:
        """Put `changed(profile)` in its place, of the same source; the knowledge's version after. Two who change
        it at once do so one after the other."""
        with self._database.connection() as connection:
            row = connection.execute("SELECT profile, version FROM knowledge FOR UPDATE").fetchone()
            before, version = (dict(row[0]), int(row[1])) if row else ({}, 0)
            after = changed(before)
            if after == before:
                return version
            connection.execute(
                "UPDATE knowledge SET profile = %s, version = %s", [storable_json(after), version + 1]
            )
            return version + 1

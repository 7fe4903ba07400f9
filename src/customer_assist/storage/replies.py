"""Replies kept under an Idempotency-Key: the same request sent twice is worked on once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg.types.json import Json

from customer_assist.errors import IdempotencyKeyReused, RequestInProgress
from customer_assist.storage.database import Database, storable_text

KEPT_FOR = timedelta(hours=24)  # after which a key may be used anew
GIVEN_UP_AFTER = timedelta(minutes=2)  # by then whoever claimed it has crashed

_CLAIM = """
INSERT INTO replies (endpoint, key, request_hash, created_at)
VALUES (%(endpoint)s, %(key)s, %(request_hash)s, %(now)s)
ON CONFLICT (endpoint, key) DO UPDATE SET created_at = excluded.created_at
WHERE replies.status IS NULL
    AND replies.request_hash = excluded.request_hash AND replies.created_at < %(given_up)s
RETURNING true
"""


@dataclass(frozen=True, slots=True)
class StoredReply:
    status: int  # HTTP
    body: Mapping[str, object]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ReplyStore:
    """`claim` before the work; then `finish` with its reply, or `abandon` where it failed.

    Every method raises StorageUnavailable where the database does not answer.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._now = now

    def claim(self, endpoint: str, key: str, request_hash: bytes) -> StoredReply | None:
        """None: the work is the caller's. A reply: it was done, this was the answer.

        Raises RequestInProgress while another does it, and IdempotencyKeyReused where the key came with
        another request.
        """
        key, now = storable_text(key), self._now()
        with self._database.connection() as connection:
            connection.execute("DELETE FROM replies WHERE created_at < %s", [now - KEPT_FOR])
            claimed = connection.execute(
                _CLAIM,
                {
                    "endpoint": endpoint,
                    "key": key,
                    "request_hash": request_hash,
                    "now": now,
                    "given_up": now - GIVEN_UP_AFTER,
                },
            ).fetchone()
            if claimed:
                return None
            found = connection.execute(
                "SELECT request_hash, status, body FROM replies WHERE endpoint = %s AND key = %s",
                [endpoint, key],
            ).fetchone()
        if found is not None and found[0] != request_hash:
            raise IdempotencyKeyReused("This Idempotency-Key was used for another request: use a new one")
        if found is None or found[1] is None:  # none: it was abandoned in this very moment
            raise RequestInProgress(
                "The first request with this Idempotency-Key is still at work: try again soon"
            )
        return StoredReply(found[1], found[2])

    def finish(self, endpoint: str, key: str, *, status: int, body: Mapping[str, object]) -> None:
        """Keep the reply to a claimed request; the first reply stays."""
        with self._database.connection() as connection:
            connection.execute(
                "UPDATE replies SET status = %s, body = %s"
                " WHERE endpoint = %s AND key = %s AND status IS NULL",
                [status, Json(body), endpoint, storable_text(key)],
            )

    def abandon(self, endpoint: str, key: str) -> None:
        """Give a claim back: the next request with this key does the work."""
        with self._database.connection() as connection:
            connection.execute(
                "DELETE FROM replies WHERE endpoint = %s AND key = %s AND status IS NULL",
                [endpoint, storable_text(key)],
            )

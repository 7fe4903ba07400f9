"""A request that comes twice under one Idempotency-Key is worked on once."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import structlog
from pydantic import BaseModel

from customer_assist.errors import StorageUnavailable
from customer_assist.storage.replies import ReplyStore, StoredReply

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a request, and the duty to say how it ended; without a key, to nobody."""

    store: ReplyStore | None
    endpoint: str
    key: str

    def finish(self, body: dict[str, object]) -> None:
        """Keep the reply for those who ask again."""
        if self.store:
            try:
                self.store.finish(self.endpoint, self.key, status=200, body=body)
            except StorageUnavailable:
                log.warning("reply_not_kept", endpoint=self.endpoint)

    def abandon(self) -> None:
        """The work failed: the next request with this key does it."""
        if self.store:
            try:
                self.store.abandon(self.endpoint, self.key)
            except StorageUnavailable:
                log.warning("claim_not_given_back", endpoint=self.endpoint)


def claim(
    store: ReplyStore, endpoint: str, client: str, key: str | None, body: BaseModel
) -> Claim | StoredReply:
    """Claim a request, or get the reply that it had before. Each client has keys of its own.

    Raises RequestInProgress and IdempotencyKeyReused. Where the database is gone the request is let through
    unprotected: better an answer twice than none.
    """
    if key is None:
        return Claim(None, endpoint, "")
    key = sha256(f"{client}\n{key}".encode()).hexdigest()  # two may choose the same one
    content = sha256(body.model_dump_json().encode()).digest()
    try:
        stored = store.claim(endpoint, key, content)
    except StorageUnavailable:
        return Claim(None, endpoint, "")
    return stored or Claim(store, endpoint, key)

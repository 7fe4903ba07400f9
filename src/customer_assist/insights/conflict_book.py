"""The contradictions of the knowledge as it is, looked for once for each of its versions."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waited

from customer_assist.indexing import Library, Snapshot
from customer_assist.insights.conflicts import Conflicts, find_conflicts
from customer_assist.storage.documents import DocumentStore


class ConflictBook:
    """Safe for many threads. Raises StorageUnavailable where the database does not answer."""

    def __init__(self, library: Library, documents: DocumentStore) -> None:
        self._library = library
        self._documents = documents
        self._lock = threading.Lock()
        self._work: tuple[int, Future[Conflicts]] | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="conflicts")

    def standing(self, wait: float) -> Conflicts | None:
        """None: they are still being looked for after `wait` seconds."""
        snapshot = self._library.current()
        with self._lock:
            failed = self._work is not None and self._work[1].done() and self._work[1].exception() is not None
            if self._work is None or self._work[0] != snapshot.version or failed:
                self._work = snapshot.version, self._pool.submit(self._find, snapshot)
            work = self._work[1]
        try:
            return work.result(wait)
        except Waited:
            return None

    def close(self) -> None:
        """What has begun is finished first."""
        self._pool.shutdown(cancel_futures=True)

    def _find(self, snapshot: Snapshot) -> Conflicts:
        return find_conflicts(self._documents.load().documents, snapshot.facts, snapshot.embedder)

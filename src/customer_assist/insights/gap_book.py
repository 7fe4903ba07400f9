"""The gaps as they stand, found beside the requests that ask for them and kept until something changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waited
from dataclasses import dataclass
from datetime import datetime, timedelta

from customer_assist.asking import NOT_CUSTOMERS
from customer_assist.errors import UnknownGap
from customer_assist.indexing import Library, Snapshot
from customer_assist.insights.channels import ALL, CUSTOMERS
from customer_assist.insights.gaps import UNSURE, Gap, Gaps, asked_as, find_gaps, ways_of
from customer_assist.insights.grouping import fitted_edge
from customer_assist.insights.likeness import ByMeaning, ByWords, Likeness
from customer_assist.model import Document, Hit, Query
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.gaps import GapStore

MOST = 5000  # questions, the latest, that are put together: a few seconds
_DEPTH = 3
_KEPT = 8  # periods


@dataclass(frozen=True, slots=True)
class LastDays:
    """Up to now, to the hour."""

    days: int = 30
    channel: str = CUSTOMERS  # as of channels.Channels


@dataclass(frozen=True, slots=True)
class Standing:
    """The gaps of a period; None: they are being looked for, and were never found yet. `fresh`: nothing changed since
    they were."""

    gaps: Gaps | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Learned:
    """From the documents of one version of the knowledge."""

    version: int
    ways: dict[str, list[str]]
    edge: float


class GapBook:
    """Safe for many threads. Raises StorageUnavailable where the database does not answer."""

    def __init__(
        self, store: GapStore, library: Library, documents: DocumentStore, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._library = library
        self._documents = documents
        self._now = now
        self._lock = threading.Lock()
        self._at_work: dict[object, Future[Gaps]] = {}
        self._found: dict[LastDays, tuple[object, Gaps]] = {}
        self._learned: _Learned | None = None
        self._by_meaning: ByMeaning | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="gaps")

    def standing(self, period: LastDays, wait: float) -> Standing:
        """The gaps of a period; where they take longer than `wait` seconds, those found before."""
        since, until = self.bounds(period)
        key = (period, since, self._library.current().version, self._store.stamp(since))
        with self._lock:
            known = self._found.get(period)
            if known is not None and known[0] == key:
                return Standing(known[1], fresh=True)
            work = self._at_work.get(key)
            if work is None:
                work = self._at_work[key] = self._pool.submit(self._find, period, key, since, until)
        try:
            return Standing(work.result(wait), fresh=True)
        except Waited:
            return Standing(known[1] if known else None, fresh=False)

    def gap(self, gap_id: str, period: LastDays, wait: float) -> Gap:
        """The one that holds the question `gap_id`. Raises UnknownGap."""
        found = self.standing(period, wait).gaps
        for gap in found.gaps if found else ():
            if gap_id in gap.turn_ids:
                return gap
        raise UnknownGap(
            f"there is no gap {gap_id[:60]!r} in the last {period.days} days: GET /gaps lists all"
        )

    def dismiss(self, gap: Gap) -> None:
        """Away until as many ask again as had asked."""
        self._store.dismiss(gap.turn_ids, self._now())

    def restore(self, gap: Gap) -> None:
        self._store.restore(gap.turn_ids)

    def close(self) -> None:
        """What has begun is finished first."""
        self._pool.shutdown(cancel_futures=True)

    def bounds(self, period: LastDays) -> tuple[datetime, datetime]:
        """Whole hours, so that one look serves the next."""
        until = self._now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return until - timedelta(days=period.days), until

    def _find(self, period: LastDays, key: object, since: datetime, until: datetime) -> Gaps:
        try:
            questions = self._store.open_questions(
                since,
                until,
                excluded=sorted(NOT_CUSTOMERS) if period.channel == CUSTOMERS else (),
                only="" if period.channel in (CUSTOMERS, ALL) else period.channel,
                unsure=UNSURE,
                most=MOST,
            )
            snapshot = self._library.current()
            ways = self._ways(snapshot)
            likeness = self._likeness(snapshot, [*ways, *(asked_as(each) for each in questions)])
            edge = self._edge(snapshot, likeness) if questions else 0.0
            found = find_gaps(questions, since, until, likeness, edge, _search(snapshot))
            with self._lock:
                self._found.pop(period, None)  # the latest stands last
                self._found[period] = (key, found)
                while len(self._found) > _KEPT:
                    del self._found[next(iter(self._found))]
            return found
        finally:
            with self._lock:
                self._at_work.pop(key, None)

    def _ways(self, snapshot: Snapshot) -> list[str]:
        if self._learned is None or self._learned.version != snapshot.version:
            self._learned = _Learned(snapshot.version, ways_of(self._all_documents()), -1.0)
        return [way for own in self._learned.ways.values() for way in own]

    def _all_documents(self) -> Sequence[Document]:
        return self._documents.load().documents

    def _edge(self, snapshot: Snapshot, likeness: Likeness) -> float:
        assert self._learned is not None
        if self._learned.edge < 0:
            edge = fitted_edge(self._learned.ways, likeness)
            self._learned = _Learned(self._learned.version, self._learned.ways, edge)
        return self._learned.edge

    def _likeness(self, snapshot: Snapshot, texts: Sequence[str]) -> Likeness:
        if snapshot.embedder is None:
            return ByWords(texts)
        if self._by_meaning is None:
            self._by_meaning = ByMeaning(snapshot.embedder)
        return self._by_meaning


def _search(snapshot: Snapshot) -> Callable[[str], Sequence[Hit]]:
    return lambda text: snapshot.retriever.retrieve(Query(text), _DEPTH)

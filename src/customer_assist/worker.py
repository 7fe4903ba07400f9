"""The worker: does jobs when they are due, each kind in a thread of its own, until it is told to end.

A receiver that hangs holds up its own kind only. Whatever happens to a job, the worker goes on.
"""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from customer_assist.errors import DeliveryFailed, StorageUnavailable
from customer_assist.storage.jobs import Handler, Job, JobStore

_WRITING_TRIES = 10
DONE, FAILED, GIVEN_UP, POSTPONED = "done", "failed", "given_up", "postponed"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is looked, and how long is waited after a failure. In seconds."""

    look: float = 1.0  # between two looks for what is due
    lease: float = (
        120.0  # that a job is one worker's alone; more than any attempt takes (notices: 30 and a look-up)
    )
    first: float = 5.0  # after the first failure; then twice as long each time
    longest: float = 900.0
    daily_after: int = 100  # attempts, a day's worth, after which there is one a day

    def wait(self, attempts: int, chance: float) -> timedelta:
        """After so many attempts, at least 1. `chance`, from 0 to 1, moves it by up to a fifth, so that what failed
        together does not come back together."""
        if attempts > self.daily_after:
            return timedelta(days=1) * (0.9 + 0.2 * chance)
        doubled = self.first * 2.0 ** min(attempts - 1, 40)
        return timedelta(seconds=min(doubled, self.longest) * (0.8 + 0.4 * chance))


class Worker:
    def __init__(
        self,
        jobs: JobStore,
        handlers: Mapping[str, Handler],
        now: Callable[[], datetime],
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._jobs = jobs
        self._handlers = handlers
        self._now = now
        self._pace = pace or Pace()
        self._chance = chance

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it can do; jobs of other kinds are left to others."""
        return tuple(self._handlers)

    @contextmanager
    def running(self, patience: float = 35.0) -> Iterator[None]:
        """Beside the block. At its end jobs under way have `patience` seconds; what is cut off comes again."""
        stop = threading.Event()
        threads = [
            threading.Thread(target=self._work, args=(kind, stop), name=f"worker-{kind}", daemon=True)
            for kind in self._handlers
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(patience)

    def once(self) -> Counter[str]:
        """Everything that is due, one try each; how many jobs ended how. Raises StorageUnavailable."""
        came: Counter[str] = Counter()
        failures: list[StorageUnavailable] = []
        beginning = self._now()

        def work(kind: str) -> None:
            try:
                while (job := self._claim(kind, beginning)) is not None:
                    came[self._do(job)] += 1
            except StorageUnavailable as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(kind,), daemon=True) for kind in self._handlers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return came

    def retry(self) -> int:
        """Everything that failed and waits for its next attempt is due now; how many."""
        return self._jobs.retry(self.kinds, self._now())

    def _work(self, kind: str, stop: threading.Event) -> None:
        there = True
        while not stop.is_set():
            try:
                job = self._claim(kind, self._now())
                if not there:
                    log.info("worker_goes_on", kind=kind)
                there = True
                if job is not None:
                    self._do(job)
                    continue
            except StorageUnavailable as error:
                if there:
                    log.warning("worker_waits_for_the_database", kind=kind, reason=str(error))
                there = False
            except Exception as error:  # no fault of ours or of a library ends this thread
                log.error("worker_stumbled", kind=kind, error=type(error).__name__)
            stop.wait(self._pace.look)

    def _claim(self, kind: str, due: datetime) -> Job | None:
        return self._jobs.claim([kind], due, timedelta(seconds=self._pace.lease) + (self._now() - due))

    def _do(self, job: Job) -> str:
        """How it ended. Raises StorageUnavailable where that could not be written down: then it comes again."""
        try:
            again = self._handlers[job.kind](job)
        except StorageUnavailable:
            raise
        except DeliveryFailed as error:
            return self._not_done(job, str(error), refused=error.refused)
        except Exception as error:  # its text may quote a customer: its kind and place are enough
            frames = "".join(traceback.format_tb(error.__traceback__)[-4:])
            log.error("job_broke", id=job.id, kind=job.kind, error=type(error).__name__, frames=frames)
            return self._not_done(job, f"unexpected {type(error).__name__}", refused=False)
        if again is not None:
            self._jobs.postponed(job, again)
            return POSTPONED
        self._written(lambda: self._jobs.done([job.id], self._now()))
        log.info("job_done", id=job.id, kind=job.kind, attempts=job.attempts)
        return DONE

    def _written(self, write: Callable[[], None]) -> None:
        """Keep what is done already: a short outage must not have it done twice."""
        for _ in range(_WRITING_TRIES - 1):
            try:
                write()
                return
            except StorageUnavailable:
                time.sleep(self._pace.look)
        write()

    def _not_done(self, job: Job, why: str, *, refused: bool) -> str:
        if refused:
            self._jobs.given_up(job, why, self._now())
            log.error("job_given_up", id=job.id, kind=job.kind, reason=why)
            return GIVEN_UP
        wait = self._pace.wait(job.attempts, self._chance())
        self._jobs.failed(job, why, self._now() + wait)
        log.error(
            "job_failed",
            id=job.id,
            kind=job.kind,
            attempts=job.attempts,
            reason=why,
            again_in=f"{wait.seconds} s",
        )
        return FAILED

"""What is read at the moment when somebody asks: of the process, of the knowledge, of the database."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from time import monotonic

import structlog
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from customer_assist.bootstrap import Assistant, utc_now
from customer_assist.errors import StorageUnavailable
from customer_assist.llm.generation import OpenAIGenerator
from customer_assist.signals import names
from customer_assist.signals.names import COUNTER, Signal
from customer_assist.storage.pulse import Pulse, read_pulse

KEPT = 5.0  # seconds that the database is not asked again
PATIENCE = 1.0  # seconds that somebody who asks waits for it
log = structlog.get_logger(__name__)


class State(Collector):
    """The state of one assistant. Never fails, and never waits longer than PATIENCE."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        llm = assistant.settings.llm
        model = llm.model if llm else ""
        self._pulse = RecentPulse(lambda: read_pulse(assistant.database, utc_now(), model))

    def collect(self) -> Iterable[Metric]:
        yield _metric(names.INFO, {(version("customer-assist"),): 1})
        yield _metric(names.THREADS, _threads())
        yield from self._of_the_pool()
        yield from self._of_the_knowledge()
        yield from self._of_the_model()
        pulse = self._pulse()
        yield _metric(names.DATABASE_UP, pulse is not None)
        if pulse is not None:
            yield from _of_the_database(pulse)
            if self._assistant.settings.llm is not None:
                yield from _of_the_models_work(pulse)
                if self._assistant.settings.llm.budget_per_day is not None:
                    yield _metric(names.MONEY_TODAY, pulse.money)

    def _of_the_pool(self) -> Iterator[Metric]:
        pool = self._assistant.database.pool()
        yield _metric(names.CONNECTIONS, {("in_use",): pool.in_use, ("idle",): pool.idle})
        yield _metric(names.CONNECTIONS_MAX, pool.most)
        yield _metric(names.WAITING, pool.waiting)

    def _of_the_knowledge(self) -> Iterator[Metric]:
        snapshot = self._assistant.library.held
        if snapshot is not None:
            yield _metric(names.KNOWLEDGE_VERSION, snapshot.version)
            yield _metric(names.KNOWLEDGE_DOCUMENTS, snapshot.size)

    def _of_the_model(self) -> Iterator[Metric]:
        generator, settings = self._assistant.generator, self._assistant.settings.llm
        if settings is not None:
            yield _metric(names.CALLS_LIMIT, settings.calls_per_day)
            yield _metric(names.JUDGE_CALLS_LIMIT, settings.judge.calls_per_day)
            if settings.budget_per_day is not None:
                yield _metric(names.MONEY_LIMIT, float(settings.budget_per_day))
        if isinstance(generator, OpenAIGenerator):
            spent = generator.spent
            counted = {"prompt": spent.prompt_tokens, "completion": spent.completion_tokens}
            yield _metric(names.BREAKER_OPEN, generator.is_left_alone)
            yield _metric(names.TOKENS, {(generator.model, kind): n for kind, n in counted.items()})


class RecentPulse:
    """What was read at most KEPT seconds ago; None where the database does not say.

    It is read in a thread of its own, one at a time: a database that falls silent holds up nobody for longer
    than `patience` seconds.
    """

    def __init__(
        self,
        read: Callable[[], Pulse],
        *,
        kept: float = KEPT,
        patience: float = PATIENCE,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._read = read
        self._kept = kept
        self._patience = patience
        self._clock = clock
        self._lock = threading.Lock()
        self._latest: Pulse | None = None
        self._until = float("-inf")
        self._under_way: threading.Event | None = None

    def __call__(self) -> Pulse | None:
        with self._lock:
            if self._under_way is None and self._clock() >= self._until:
                self._under_way = threading.Event()
                threading.Thread(target=self._renew, args=(self._under_way,), daemon=True).start()
            under_way = self._under_way
        if under_way is not None and not under_way.wait(self._patience):
            return None
        return self._latest

    def _renew(self, done: threading.Event) -> None:
        latest = None
        try:
            latest = self._read()
        except StorageUnavailable:
            pass
        except Exception as error:
            log.warning("pulse_not_read", error=type(error).__name__)
        with self._lock:
            self._latest, self._until, self._under_way = latest, self._clock() + self._kept, None
        done.set()


def _of_the_database(pulse: Pulse) -> Iterator[Metric]:
    yield _metric(names.KNOWLEDGE_STORED, pulse.knowledge_version)
    yield _metric(names.HANDOFFS_OPEN, {("waiting",): pulse.waiting, ("taken",): pulse.taken})
    yield _metric(names.LONGEST_WAIT, pulse.longest_wait)
    yield _metric(names.JOBS_DUE, pulse.due)
    yield _metric(names.JOBS_LONGEST_DUE, pulse.longest_due)
    yield _metric(names.JOBS_FAILING, pulse.failing)
    yield _metric(names.JOBS_GIVEN_UP, pulse.given_up)


def _of_the_models_work(pulse: Pulse) -> Iterator[Metric]:
    yield _metric(names.CALLS_TODAY, pulse.model_calls)
    yield _metric(names.JUDGE_CALLS_TODAY, pulse.judge_calls)
    yield _metric(names.JUDGMENTS_WAITING, pulse.to_judge)
    yield _metric(names.JUDGMENTS_LONGEST_WAIT, pulse.longest_to_judge)
    yield _metric(names.JUDGMENTS_GIVEN_UP, pulse.not_judged)
    found: dict[tuple[str, ...], float] = {
        ("RELEVANT",): pulse.relevant,
        ("PARTLY_RELEVANT",): pulse.partly_relevant,
        ("NON_RELEVANT",): pulse.non_relevant,
    }
    yield _metric(names.JUDGED, found)


def _metric(signal: Signal, value: float | dict[tuple[str, ...], float]) -> Metric:
    """One value, or one for each tuple of the signal's labels."""
    family = (CounterMetricFamily if signal.kind == COUNTER else GaugeMetricFamily)(
        signal.name, signal.meaning, labels=signal.labels
    )
    for labels, each in value.items() if isinstance(value, dict) else [((), value)]:
        family.add_metric(labels, float(each))
    return family


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - names alone, no paths
    except OSError:  # not Linux: those that Python knows of
        return threading.active_count()

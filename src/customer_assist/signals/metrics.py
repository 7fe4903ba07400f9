"""What is counted as it happens. A registry of its own for each application: nothing is global."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from customer_assist.model import EXTRACTIVE, HUMAN, Handoff, HandoffReason, Outcome, Rating, Turn
from customer_assist.signals import names
from customer_assist.signals.names import Signal

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
EXTRACTED, GENERATED = "extracted", "generated"
STAGES = ("retrieve", "answer", "total")
STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
NO_ROUTE = NO_METHOD = "none"


class Metrics:
    """Counts turns (as a Watcher) and requests, and shows them with what `also` knows. Safe for threads."""

    def __init__(self, *also: Collector) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._counter(names.REQUESTS)
        self._request_seconds = self._histogram(names.REQUEST_SECONDS)
        self._open = Gauge(names.REQUESTS_OPEN.name, names.REQUESTS_OPEN.meaning, registry=self._registry)
        self._turns = self._counter(names.TURNS)
        self._turn_seconds = self._histogram(names.TURN_SECONDS)
        self._not_logged = self._counter(names.NOT_LOGGED)
        self._checks = self._counter(names.CHECKS_FAILED)
        self._ratings = self._counter(names.RATINGS)
        self._handoffs = self._counter(names.HANDOFFS_OPENED)
        self._begin_at_zero()
        for collector in also:
            self._registry.register(collector)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """Everything, in Prometheus's text format: CONTENT_TYPE."""
        return generate_latest(_WithoutBirthdays(self._registry))

    # --- requests ------------------------------------------------------------------------------------

    def request_begins(self) -> None:
        self._open.inc()

    def request_ends(self, route: str, method: str, status: int, seconds: float) -> None:
        """`route` is a pattern of ours, or NO_ROUTE, `method` one of METHODS, or NO_METHOD: not what was asked for."""
        self._open.dec()
        self._requests.labels(route, method, f"{status // 100}xx").inc()
        self._request_seconds.labels(route).observe(seconds)

    # --- what the desk does (Watcher) ----------------------------------------------------------------

    def turn(self, turn: Turn) -> None:
        answer, timing = turn.answer, turn.timing
        self._turns.labels(turn.outcome.value, kind_of(answer.answered_by), _word(answer.degraded)).inc()
        if not turn.logged:
            self._not_logged.inc()
        for stage, seconds in zip(STAGES, (timing.retrieve, timing.answer, timing.total), strict=True):
            if seconds:  # nothing was searched for small talk
                self._turn_seconds.labels(stage).observe(seconds)
        for check in answer.checks:
            if not check.passed:
                self._checks.labels(check.name).inc()

    def rating(self, rating: Rating) -> None:
        self._ratings.labels(str(rating.value)).inc()

    def handoff(self, handoff: Handoff) -> None:
        self._handoffs.labels(handoff.reason.value).inc()

    # --- within --------------------------------------------------------------------------------------

    def _counter(self, signal: Signal) -> Counter:
        return Counter(signal.name, signal.meaning, signal.labels, registry=self._registry)

    def _histogram(self, signal: Signal) -> Histogram:
        return Histogram(
            signal.name, signal.meaning, signal.labels, buckets=names.BUCKETS, registry=self._registry
        )

    def _begin_at_zero(self) -> None:
        """A series that begins at one looks as if nothing had happened: Prometheus sees no increase."""
        for outcome, kind, degraded in product(Outcome, (EXTRACTED, GENERATED, HUMAN), (False, True)):
            self._turns.labels(outcome.value, kind, _word(degraded))
        for stage in STAGES:
            self._turn_seconds.labels(stage)
        for value in (1, -1):
            self._ratings.labels(str(value))
        for reason in HandoffReason:
            self._handoffs.labels(reason.value)


class _WithoutBirthdays(Collector):
    """Without when each series began, which nobody here looks at and which doubles the lines."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        for metric in self._registry.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric


def kind_of(answered_by: str) -> str:
    """The kind of what a turn was answered by: a model's name is whatever a setting says."""
    if answered_by in (EXTRACTIVE, HUMAN):
        return EXTRACTED if answered_by == EXTRACTIVE else HUMAN
    return GENERATED


def _word(value: bool) -> str:
    return "true" if value else "false"

"""Every metric: its name, what it says, and by what it is told apart. docs/monitoring.md is made from this.

Labels take few values, all of them known beforehand, and nothing that a customer wrote.
"""

from __future__ import annotations

from dataclasses import dataclass

COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0)  # seconds
PREFIX = "customer_assist_"


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    kind: str
    meaning: str
    labels: tuple[str, ...] = ()


def _counter(name: str, meaning: str, *labels: str) -> Signal:
    return Signal(f"{PREFIX}{name}_total", COUNTER, meaning, labels)


def _gauge(name: str, meaning: str, *labels: str) -> Signal:
    return Signal(f"{PREFIX}{name}", GAUGE, meaning, labels)


def _seconds(name: str, meaning: str, *labels: str) -> Signal:
    return Signal(f"{PREFIX}{name}_seconds", HISTOGRAM, meaning, labels)


# --- counted as it happens ---------------------------------------------------------------------------

REQUESTS = _counter(
    "http_requests",
    "HTTP requests that ended, by the route's pattern (none: no such address) and class of status; a stream that "
    "ended in an error counts as that error",
    "route", "method", "status",
)  # fmt: skip
REQUEST_SECONDS = _seconds("http_request", "until the last byte of a reply was sent", "route")
REQUESTS_OPEN = _gauge("http_requests_open", "HTTP requests under way, this one included")
TURNS = _counter(
    "turns",
    "turns, recorded or not, by outcome (the API's), by whom (extracted, generated, human), and whether the model "
    "should have written it and could not",
    "outcome", "answered_by", "degraded",
)  # fmt: skip
TURN_SECONDS = _seconds("turn", "a turn by the assistant, by stage: retrieve, answer, total", "stage")
NOT_LOGGED = _counter("turns_not_logged", "turns that customers saw and the database did not take")
CHECKS_FAILED = _counter("checks_failed", "answers that went out with a failed check, by its name", "check")
RATINGS = _counter("ratings", "ratings by customers: 1 helped, -1 did not", "value")
HANDOFFS_OPENED = _counter("handoffs_opened", "conversations handed over to a person, by reason", "reason")

# --- read when it is asked for -----------------------------------------------------------------------

INFO = _gauge("info", "1, with the program's version", "version")
THREADS = _gauge("threads", "threads of the process, the server's and others")
CONNECTIONS = _gauge("database_connections", "pooled connections by state: in_use, idle", "state")
CONNECTIONS_MAX = _gauge("database_connections_max", "how many the pool may have")
WAITING = _gauge("database_waiting", "threads that wait for a connection")
KNOWLEDGE_VERSION = _gauge("knowledge_version", "version of the knowledge that is answered from")
KNOWLEDGE_DOCUMENTS = _gauge("knowledge_documents", "documents in it")
BREAKER_OPEN = _gauge("model_breaker_open", "1: the language model failed so often that it is left alone")
TOKENS = _counter(
    "model_tokens",
    "tokens of the language model as its server counted them, by kind: prompt, completion; of a call that broke "
    "off, none",
    "model", "kind",
)  # fmt: skip
CALLS_LIMIT = _gauge("model_calls_limit", "calls of the language model that a day may have, for answers")
MONEY_LIMIT = _gauge("model_money_limit", "money that a day's calls may cost, where it is limited")
JUDGE_CALLS_LIMIT = _gauge("judge_calls_limit", "calls that judging may take a day")

# --- from the database -------------------------------------------------------------------------------

DATABASE_UP = _gauge("database_up", "1: the database answered within a second; at 0 what follows is left out")
KNOWLEDGE_STORED = _gauge("knowledge_version_stored", "version of the knowledge in the database")
CALLS_TODAY = _gauge(
    "model_calls_today", "calls of the language model today (UTC), for answers, by all processes"
)
HANDOFFS_OPEN = _gauge(
    "handoffs_open", "conversations in a person's hands, by status: waiting, taken", "status"
)
LONGEST_WAIT = _gauge(
    "handoffs_longest_wait_seconds", "how long the longest has waited for somebody to take it"
)
JOBS_DUE = _gauge("jobs_due", "jobs, such as notices, whose time has come and which nobody is at work on")
JOBS_LONGEST_DUE = _gauge("jobs_longest_due_seconds", "how long the longest has been due")
JOBS_FAILING = _gauge("jobs_failing", "jobs that failed and will be tried again")
JOBS_GIVEN_UP = _gauge("jobs_given_up", "jobs of the last 24 hours that failed for good")

JUDGMENTS_WAITING = _gauge("judgments_waiting", "answers that wait for the judge")
JUDGMENTS_LONGEST_WAIT = _gauge("judgments_longest_wait_seconds", "how long the first of them has waited")
JUDGMENTS_GIVEN_UP = _gauge(
    "judgments_given_up", "answers of the last 24 hours that the judge was given up for"
)
JUDGED = _gauge(
    "judged", "answers that were judged in the last 24 hours, by what the judge found", "relevance"
)
JUDGE_CALLS_TODAY = _gauge("judge_calls_today", "calls of the judge today (UTC), by all processes")
MONEY_TODAY = _gauge("model_money_today", "what today's calls (UTC) cost, where a day's money is limited")

COUNTED = (
    REQUESTS, REQUEST_SECONDS, REQUESTS_OPEN, TURNS, TURN_SECONDS, NOT_LOGGED, CHECKS_FAILED, RATINGS, HANDOFFS_OPENED,
)  # fmt: skip
READ = (
    INFO, THREADS, CONNECTIONS, CONNECTIONS_MAX, WAITING, KNOWLEDGE_VERSION, KNOWLEDGE_DOCUMENTS,
    BREAKER_OPEN, TOKENS, CALLS_LIMIT, JUDGE_CALLS_LIMIT, MONEY_LIMIT,
)  # fmt: skip
ASKED = (
    DATABASE_UP, KNOWLEDGE_STORED, CALLS_TODAY, HANDOFFS_OPEN, LONGEST_WAIT, JOBS_DUE, JOBS_LONGEST_DUE, JOBS_FAILING,
    JOBS_GIVEN_UP, JUDGMENTS_WAITING, JUDGMENTS_LONGEST_WAIT, JUDGMENTS_GIVEN_UP, JUDGED, JUDGE_CALLS_TODAY,
    MONEY_TODAY,
)  # fmt: skip
SIGNALS = (*COUNTED, *READ, *ASKED)
OF_A_MODEL = (
    BREAKER_OPEN, TOKENS, CALLS_LIMIT, CALLS_TODAY, JUDGE_CALLS_LIMIT, JUDGMENTS_WAITING, JUDGMENTS_LONGEST_WAIT,
    JUDGMENTS_GIVEN_UP, JUDGED, JUDGE_CALLS_TODAY, MONEY_TODAY, MONEY_LIMIT,
)  # fmt: skip  # there where a language model is set

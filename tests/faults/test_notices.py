"""Receivers that are down, fail half-way or hang, and workers that are killed: no notice is lost, none goes out twice
at once, and what comes twice is known by its id."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGKILL
from uuid import uuid4

import pytest
from psycopg.conninfo import conninfo_to_dict

from customer_assist.bootstrap import choose_worker
from customer_assist.config import Settings, load_settings
from customer_assist.model import ConversationId, Handoff, HandoffReason, HandoffStatus
from customer_assist.notices.wanted import HANDOFF_EMAIL, HANDOFF_WEBHOOK, notices_of
from customer_assist.storage.database import Database
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.jobs import JobStore, job_id
from customer_assist.worker import Pace
from receivers import HTTP_OK, SMTP_OK, Ending, FakeSmtp, FakeWebhook, Receiver
from throwaway_postgres import ThrowawayServer

HANDOFFS = 100
SAID = "A person, please"
KINDS = (HANDOFF_EMAIL, HANDOFF_WEBHOOK)
QUICK = Pace(look=0.05, lease=5.0, first=0.1, longest=0.5)
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    yield from _ended(FakeSmtp())


@pytest.fixture
def hook() -> Iterator[FakeWebhook]:
    yield from _ended(FakeWebhook())


@pytest.fixture
def environment(smtp: FakeSmtp, hook: FakeWebhook) -> dict[str, str]:
    return {
        "CUSTOMER_ASSIST_SMTP_HOST": "127.0.0.1",
        "CUSTOMER_ASSIST_SMTP_PORT": str(smtp.port),
        "CUSTOMER_ASSIST_SMTP_TLS": "none",
        "CUSTOMER_ASSIST_MAIL_FROM": "assistant@shop.example",
        "CUSTOMER_ASSIST_NOTICE_EMAIL": "team@shop.example",
        "CUSTOMER_ASSIST_WEBHOOK_URL": hook.url,
        "CUSTOMER_ASSIST_WEBHOOK_SECRET": "whsec_" + "c2VjcmV0" * 6,
    }


@pytest.fixture
def settings(environment: dict[str, str], tmp_path: Path) -> Settings:
    return load_settings(environment, folder=tmp_path)


def test_a_hundred_handoffs_reach_receivers_that_were_down_and_come_back_failing(
    database: Database, settings: Settings, smtp: FakeSmtp, hook: FakeWebhook
) -> None:
    """Down, then up with every second delivery failing after all of it was there, then well."""
    ids = _opened(database, HANDOFFS)
    smtp.ends, hook.ends = _failing_half_way([451, "drop", 554]), _failing_half_way([500, "drop", 503, 302])
    with ExitStack() as workers:
        for _ in range(2):
            workers.enter_context(choose_worker(settings, database, QUICK).running())
        _wait_for(lambda: all(backlog.failing >= HANDOFFS / 2 for backlog in _backlog(database)))
        assert not smtp.mails and not hook.posts
        smtp.begin()
        hook.begin()
        _wait_for(lambda: not _backlog(database))
    for kind, receiver in ((HANDOFF_EMAIL, smtp), (HANDOFF_WEBHOOK, hook)):
        wanted = {job_id(kind, handoff) for handoff in ids}
        assert {_plain(each.id) for each in receiver.taken} == wanted
        assert len(_deliveries(receiver)) > HANDOFFS  # some came again …
        assert set(_deliveries(receiver)) == wanted  # … and are known by their ids


@pytest.mark.slow
def test_workers_that_are_killed_while_a_receiver_has_the_notice_lose_none(
    server: ThrowawayServer, environment: dict[str, str], tmp_path: Path, smtp: FakeSmtp, hook: FakeWebhook
) -> None:
    """Every 34th mail and every 49th post kills the worker that sent it, before it can write down that it did."""
    with _own_database(server, environment) as (database, changed):
        ids = _opened(database, HANDOFFS)
        smtp.begin()
        hook.begin()
        workers: list[subprocess.Popen[str]] = []
        killed: list[str] = []

        def kill(every: int, receiver: Receiver) -> None:
            def on_arrival(id_: str) -> None:
                if len(_deliveries(receiver)) % every == 0:
                    killed.append(_plain(id_))
                    workers[-1].kill()
                    time.sleep(0.05)  # it answers a dead one

            receiver.on_arrival = on_arrival

        kill(34, smtp)
        kill(49, hook)
        deadline = time.monotonic() + 100  # each start of a worker takes seconds on a busy machine
        while _backlog(database):
            assert time.monotonic() < deadline, _backlog(database)
            workers.append(_worker_process(changed, tmp_path, lease=1.0))
            while workers[-1].poll() is None and _backlog(database):
                time.sleep(0.05)
                assert time.monotonic() < deadline, _backlog(database)
            workers[-1].kill()
            workers[-1].wait()
        assert all(worker.returncode == -SIGKILL for worker in workers)
        assert len(killed) >= 4
        log = (tmp_path / "worker.log").read_text()
        assert "job_done" in log and not any(word in log for word in ("c2VjcmV0", SAID, "team@"))
        for kind, receiver in ((HANDOFF_EMAIL, smtp), (HANDOFF_WEBHOOK, hook)):
            came = Counter(_deliveries(receiver))
            assert set(came) == {job_id(kind, handoff) for handoff in ids}
            cut_off = [each for each in killed if each in came]
            assert cut_off and all(came[each] >= 2 for each in cut_off)  # again, by the same id


def test_workers_that_share_the_work_send_nothing_twice(
    database: Database, settings: Settings, smtp: FakeSmtp, hook: FakeWebhook
) -> None:
    _opened(database, 40)
    smtp.on_arrival = hook.on_arrival = lambda _: time.sleep(0.02)
    smtp.begin()
    hook.begin()
    with ExitStack() as workers:
        for _ in range(4):
            workers.enter_context(choose_worker(settings, database, replace(QUICK, lease=60)).running())
        _wait_for(lambda: not _backlog(database))
    assert len(smtp.mails) == len({mail.id for mail in smtp.mails}) == 40
    assert len(hook.posts) == len({post.id for post in hook.posts}) == 40


def test_a_receiver_that_hangs_does_not_hold_up_the_other(
    database: Database, settings: Settings, smtp: FakeSmtp, hook: FakeWebhook
) -> None:
    _opened(database, 20)
    hook.ends = lambda _: "hang"
    smtp.begin()
    hook.begin()
    with choose_worker(settings, database, QUICK).running(patience=0.1):
        _wait_for(lambda: len(smtp.taken) == 20, seconds=8)
        hook.end()
    assert not hook.taken


def test_an_outage_of_the_database_is_waited_for(
    server: ThrowawayServer, environment: dict[str, str], tmp_path: Path, smtp: FakeSmtp, hook: FakeWebhook
) -> None:
    smtp.begin()
    hook.begin()
    with _own_database(server, environment) as (database, changed):
        settings = load_settings(changed, folder=tmp_path)
        name = database.name.rpartition("/")[2]
        with choose_worker(settings, database, QUICK).running():
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            time.sleep(1.5)
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            _wait_for(lambda: _can_open(database))
            _wait_for(lambda: len(smtp.taken) == len(hook.taken) == 1)


# --- handoffs, workers, waiting --------------------------------------------------------------------


def _opened(database: Database, number: int) -> list[str]:
    store = HandoffStore(database)
    handoffs = [make_handoff() for _ in range(number)]
    for handoff in handoffs:
        store.open(handoff, [{"question": SAID, "answer": ""}], notices_of(handoff, KINDS))
    return [handoff.id for handoff in handoffs]


def make_handoff() -> Handoff:
    return Handoff(
        id=str(uuid4()),
        conversation_id=ConversationId(str(uuid4())),
        reason=HandoffReason.WISH,
        detail="",
        summary=SAID,
        message="",
        email="",
        customer_ref="",
        status=HandoffStatus.WAITING,
        created_at=datetime.now(UTC),
    )


def _can_open(database: Database) -> bool:
    try:
        _opened(database, 1)
    except Exception:
        return False
    return True


def _failing_half_way(failures: list[Ending]) -> Callable[[int], Ending]:
    """Every second delivery of the first hundred, in turn as `failures` say."""

    def ending(number: int) -> Ending:
        if number > 100 or number % 2:
            return SMTP_OK if 451 in failures else HTTP_OK
        return failures[number // 2 % len(failures)]

    return ending


def _deliveries(receiver: Receiver) -> list[str]:
    """The ids of all that arrived, taken or not."""
    if isinstance(receiver, FakeSmtp):
        return [_plain(mail.id) for mail in receiver.mails]
    assert isinstance(receiver, FakeWebhook)
    return [post.id for post in receiver.posts]


def _plain(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]


def _backlog(database: Database) -> list[object]:
    return list(JobStore(database).backlog(datetime.now(UTC) - timedelta(days=1)))


@contextmanager
def _own_database(
    server: ThrowawayServer, environment: dict[str, str]
) -> Iterator[tuple[Database, dict[str, str]]]:
    with server.new_database("migrated") as conninfo:
        address = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
        own = {f"POSTGRES_{name.upper()}": address[name] for name in ("host", "port", "user", "password")}
        database = Database(conninfo, patience=2.0).open()
        try:
            yield database, {**environment, **own, "POSTGRES_DB": address["dbname"]}
        finally:
            database.close()


def _worker_process(environment: dict[str, str], folder: Path, lease: float) -> subprocess.Popen[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, TESTS / "worker_process.py", str(lease)],
            env=inherited | environment | {"CUSTOMER_ASSIST_HOME": str(folder / "home")},
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=log,
            text=True,
        )


def _ended(receiver: FakeSmtp | FakeWebhook) -> Iterator[object]:
    try:
        yield receiver
    finally:
        receiver.end()


def _wait_for(condition: Callable[[], bool], seconds: float = 45) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)

"""A judge that hangs while customers ask, and workers that are killed while it thinks: no customer notices, and each
answer is judged once."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from json import dumps
from pathlib import Path
from signal import SIGKILL

import pytest
from psycopg.conninfo import conninfo_to_dict

from answered_turns import answered, kept, recorded
from customer_assist.asking import Ask
from customer_assist.bootstrap import Assistant, choose_worker, join
from customer_assist.config import Settings, load_settings
from customer_assist.notices.wanted import HANDOFF_EMAIL
from customer_assist.sampling import JUDGMENT
from customer_assist.storage.database import Database
from customer_assist.storage.jobs import Job, JobStore, add, job_id
from customer_assist.worker import FAILED, POSTPONED, Pace, Worker
from fakes import FakeOpenAI, Reply, Request
from stand_ins import make_document
from throwaway_postgres import ThrowawayServer

TESTS = Path(__file__).resolve().parents[1]
QUICK = Pace(look=0.05, lease=30.0, first=0.1, longest=0.5)
GOOD = dumps({"explanation": "It says how long.", "relevance": "RELEVANT"})
QUESTION = "How long does a parcel to Malta take?"


class Shop:
    """A model that answers at once, and judges as it is told to: it hangs until `says` is set."""

    def __init__(self) -> None:
        self.judged = 0
        self.judges = threading.Event()
        self.breaks = False

    def __call__(self, request: Request) -> str:
        if request["model"] != "critic":
            return "Parcels to Malta take nine days [1]."
        self.judged += 1
        if self.breaks:
            raise ConnectionAbortedError
        self.judges.wait(60)
        return GOOD


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.judges.set()


@pytest.fixture
def model(shop: Shop) -> Iterator[FakeOpenAI]:
    with FakeOpenAI(Reply(shop)) as fake:
        yield fake


@pytest.fixture
def environment(model: FakeOpenAI) -> dict[str, str]:
    return {
        "OPENAI_BASE_URL": model.base_url,
        "CUSTOMER_ASSIST_MODEL": "writer",
        "CUSTOMER_ASSIST_JUDGE": "1",
        "CUSTOMER_ASSIST_JUDGE_MODEL": "critic",
        "CUSTOMER_ASSIST_JUDGE_CALLS_PER_DAY": "1000",
        "CUSTOMER_ASSIST_ENGINE": "lexical",
    }


@pytest.fixture
def settings(environment: dict[str, str], tmp_path: Path) -> Settings:
    return load_settings(environment, folder=tmp_path)


def test_a_judge_that_hangs_holds_up_neither_customers_nor_notices(
    database: Database, settings: Settings, shop: Shop
) -> None:
    assistant = opened(settings, database)

    def seconds() -> float:
        began = time.monotonic()
        turn = assistant.desk.ask(Ask(QUESTION, channel="web"))
        assert (turn.answer.answered_by, turn.answer.degraded) == ("writer", False)
        return time.monotonic() - began

    before = [seconds() for _ in range(5)]
    sent: list[str] = []
    notices = Worker(JobStore(database), {HANDOFF_EMAIL: lambda job: sent.append(job.id)}, _now, QUICK)
    with choose_worker(settings, database, QUICK).running(patience=0.1), notices.running(patience=1):
        _wait_for(lambda: shop.judged > 0)
        meanwhile = [seconds() for _ in range(5)]
        with database.connection() as connection:
            add(connection, [Job(job_id(HANDOFF_EMAIL, "1"), HANDOFF_EMAIL, {}, _now(), _now())])
        _wait_for(lambda: bool(sent))
        assert _waiting(database) == 10 and shop.judged == 1, "one call hangs, the rest waits"
        assert statistics.median(meanwhile) < statistics.median(before) + 1.0
        shop.judges.set()
        _wait_for(lambda: _waiting(database) == 0)
    assert shop.judged == 10


def test_a_judge_that_keeps_failing_leaves_customers_their_model(
    database: Database, settings: Settings, shop: Shop
) -> None:
    assistant = opened(settings, database)
    shop.breaks = True
    recorded(database, *[answered() for _ in range(8)])
    assert assistant.worker.once() == {FAILED: 5, POSTPONED: 3}, "its own breaker is open"
    turn = assistant.desk.ask(Ask(QUESTION, channel="web"))
    assert (turn.answer.answered_by, turn.answer.degraded) == ("writer", False)


@pytest.mark.slow
def test_workers_that_are_killed_while_the_judge_thinks_leave_each_answer_judged_once(
    server: ThrowawayServer, environment: dict[str, str], tmp_path: Path, shop: Shop, model: FakeOpenAI
) -> None:
    """Three workers, one after the other, are killed with the judge's reply on its way; two more end the work."""
    shop.judges.set()
    killed: list[subprocess.Popen[str]] = []
    workers: list[subprocess.Popen[str]] = []

    def judge(request: Request) -> str:
        if shop.judged in (1, 5, 9):  # with the reply on its way to it
            workers[-1].kill()
            workers[-1].wait()
            killed.append(workers[-1])
        return shop(request)

    model.says(Reply(judge))
    with server.new_database("migrated") as conninfo:
        address = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
        own = {f"POSTGRES_{name.upper()}": address[name] for name in ("host", "port", "user", "password")}
        changed = {**environment, **own, "POSTGRES_DB": address["dbname"]}
        database = Database(conninfo, patience=2.0).open()
        try:
            turns = [answered(f"Question {number}?") for number in range(15)]
            recorded(database, *turns)
            deadline = time.monotonic() + 150
            while _waiting(database):
                workers.append(_worker_process(changed, tmp_path))
                while workers[-1].poll() is None and _waiting(database):
                    time.sleep(0.05)
                    assert time.monotonic() < deadline, _waiting(database)
            for worker in workers:
                worker.kill()
                worker.wait()
            assert [worker.returncode for worker in killed] == [-SIGKILL] * 3
            asked = Counter(str(request["messages"][-1]["content"]) for request in model.requests)
            assert len(asked) == 15 and sum(asked.values()) == 15 + 3, (
                "once more for each that was killed, no more"
            )
            assert all(kept(database, turn)[0] == "RELEVANT" for turn in turns)
            with database.connection() as connection:
                [calls] = connection.execute(
                    "SELECT calls FROM model_calls WHERE kind = 'judging'"
                ).fetchone() or [0]
                [tokens] = connection.execute("SELECT sum(eval_total_tokens) FROM turns").fetchone() or [0]
            assert calls == 15 + 3, "a call that was lost is counted, too"
            assert tokens == 15 * kept(database, turns[0])[2]
        finally:
            for worker in workers:
                worker.kill()
            database.close()


def test_several_workers_judge_each_answer_once(database: Database, settings: Settings, shop: Shop) -> None:
    shop.judges.set()
    turns = [answered(f"Question {number}?") for number in range(30)]
    recorded(database, *turns)
    with ExitStack() as workers:
        for _ in range(3):
            workers.enter_context(choose_worker(settings, database, QUICK).running())
        _wait_for(lambda: _waiting(database) == 0)
    assert shop.judged == 30 and all(kept(database, turn)[0] == "RELEVANT" for turn in turns)


def opened(settings: Settings, database: Database) -> Assistant:
    """Over a shop that ships to one island."""
    assistant = join(settings, database)
    for number, place in enumerate(("Malta", "Crete", "Iceland", "Norway", "Corsica", "Sicily")):
        text = f"Parcels to {place} take nine days." if place == "Malta" else f"We do not ship to {place}."
        asked = (f"Do you ship to {place}?", QUESTION.replace("Malta", place))
        assistant.documents.put(make_document(f"d{number}", *asked, text=text))
    return assistant


def _now() -> datetime:
    return datetime.now(UTC)


def _waiting(database: Database) -> int:
    found = JobStore(database).backlog(_now() - timedelta(days=1))
    return sum(backlog.waiting for backlog in found if backlog.kind == JUDGMENT)


def _worker_process(environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, TESTS / "worker_process.py", "2"],
            env=inherited | environment | {"CUSTOMER_ASSIST_HOME": str(folder / "home")},
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=log,
            text=True,
        )


def _wait_for(condition: Callable[[], bool], seconds: float = 45) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)

"""Every process of the application killed at once: nothing is left running, nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from psycopg.conninfo import conninfo_to_dict

from server_process import ServerProcess
from throwaway_postgres import ThrowawayServer

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")]
KNOWLEDGE = (
    "question,answer\nHow do I cancel?,Open your order and press cancel.\nWhen do you open?,At nine.\n"
)


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    file = tmp_path / "faq.csv"
    file.write_text(KNOWLEDGE, encoding="utf-8")
    return file


@pytest.fixture(params=["embedded", "debian 15"])
def environment(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    settings = {"CUSTOMER_ASSIST_ENGINE": "lexical", "CUSTOMER_ASSIST_RATE_LIMIT": "0"}
    if request.param == "embedded":
        yield settings
        return
    server: ThrowawayServer = request.getfixturevalue("server_15")
    with server.new_database() as conninfo:
        address = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
        yield settings | {
            "POSTGRES_HOST": address["host"],
            "POSTGRES_PORT": address["port"],
            "POSTGRES_DB": address["dbname"],
            "POSTGRES_USER": address["user"],
            "POSTGRES_PASSWORD": address.get("password", "any"),
        }


def test_a_kill_of_everything_leaves_nothing_running_and_loses_no_logged_turn(
    tmp_path: Path, knowledge: Path, environment: dict[str, str]
) -> None:
    home = tmp_path / "home"
    server = ServerProcess(home, knowledge, environment).wait_until_ready()
    logged: list[str] = []
    asking = [threading.Thread(target=_ask_until_it_ends, args=(server.base, logged)) for _ in range(4)]
    for thread in asking:
        thread.start()
    _wait_for(lambda: len(logged) >= 40)
    own = _processes_of(server, home)
    for pid in own:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for thread in asking:
        thread.join(timeout=30)
    server.wait()
    _wait_for(lambda: not any(_alive(pid) for pid in own) and not _using(home))

    again = ServerProcess(home, knowledge, environment).wait_until_ready()
    try:
        kept = [t for t in logged if requests.get(f"{again.base}/conversations/{t}", timeout=10).ok]
        assert kept == logged
    finally:
        assert again.stop() == 0


def _ask_until_it_ends(base: str, logged: list[str]) -> None:
    for number in range(5000):
        try:
            turn = requests.post(
                f"{base}/question", json={"question": f"How do I cancel number {number}?"}, timeout=10
            ).json()
        except (requests.RequestException, ValueError):
            return
        if turn["logged"]:
            logged.append(turn["turn_id"])


def _processes_of(server: ServerProcess, home: Path) -> list[int]:
    """The server, its worker, and whoever uses the home: the database's supervisor and its processes."""
    return [server.pid, server.worker(), *_using(home)]


def _using(home: Path) -> list[int]:
    """Processes that work in `home` or were started for it, with all that descend from them."""
    found: set[int] = set()
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError, ValueError):
            pid = int(entry.name)
            parents[pid] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
            if str(home) in command or (entry / "cwd").resolve().is_relative_to(home):
                found.add(pid)
    grown = True
    while grown:
        children = {pid for pid, parent in parents.items() if parent in found} - found
        found |= children
        grown = bool(children)
    return sorted(pid for pid in found - {os.getpid()} if _alive(pid))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_for(condition: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)

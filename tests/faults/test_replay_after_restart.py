"""Two hundred turns asked in one process, and again in another: to the last digit the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PROGRAM = REPOSITORY / "tests" / "replay_process.py"


def test_two_hundred_turns_are_decided_the_same_after_a_restart_of_everything(
    tmp_path: Path, weights: Path
) -> None:
    file = tmp_path / "turns.json"
    _run("ask", file)
    _wait_until_the_database_has_ended(tmp_path / "home")
    _run("replay", file, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # and on fewer threads

    then = _read(file)
    now = _read(file.with_suffix(".again"))
    assert len(then) >= 200
    assert len(Counter(turn["outcome"] for turn in then)) >= 3  # answered, declined, small talk
    for before, after in zip(then, now, strict=True):
        assert after.pop("told") == []
        assert after == before


def _run(mode: str, file: Path, **environment: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LD_LIBRARY_PATH")}
    own = {"CUSTOMER_ASSIST_HOME": str(file.parent / "home")}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), mode, str(file)],
        env=kept | own | environment,
        cwd=file.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def _wait_until_the_database_has_ended(home: Path) -> None:
    deadline = time.monotonic() + 30
    while (home / "postgres" / "data" / "postmaster.pid").exists():
        assert time.monotonic() < deadline, "the embedded server is still there"
        time.sleep(0.1)


def _read(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return found

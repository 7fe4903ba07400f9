"""26,872 documents on the default settings: ingest, restart, and answers over HTTP, each in a process of its own."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

PROGRAM = Path(sys.executable).with_name("customer-assist")
QUESTIONS = 200


def run(data: Path) -> dict[str, object]:
    """The file as published: 787 distinct replies."""
    return _run(data, distinct=False)


def run_distinct(data: Path) -> dict[str, object]:
    """The same with every reply made a text of its own: nothing can be shared. Takes a quarter of an hour."""
    return _run(data, distinct=True)


def _run(data: Path, *, distinct: bool) -> dict[str, object]:
    knowledge = data / "bitext" / "bitext_27k_assembled.csv"
    if not knowledge.is_file():
        print(f"skipped, {knowledge} is not there")
        return {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if distinct:
            knowledge = _distinct(knowledge, Path(folder) / "distinct.csv")
        return _measure(knowledge, Path(folder) / "home")


def _measure(knowledge: Path, home: Path) -> dict[str, object]:
    environment = {**os.environ, "CUSTOMER_ASSIST_HOME": str(home), "CUSTOMER_ASSIST_RATE_LIMIT": "0"}
    figures: dict[str, object] = {}
    for name in ("ingest", "ingest again, unchanged"):
        seconds, report, peak = _ingest(knowledge, environment)
        figures[name] = {"seconds": seconds, "peak_mb": peak, **report}
        print(f"{name}: {seconds:.1f} s, peak {peak:.0f} MB, {report}", flush=True)
    served = _serve(environment)
    figures["serve"] = served
    print(f"restart: {served}", flush=True)
    return figures


def _ingest(knowledge: Path, environment: dict[str, str]) -> tuple[float, dict[str, object], float]:
    started = time.perf_counter()
    command = [str(PROGRAM), "ingest", str(knowledge), "--source", "bitext", "--json"]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=environment, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        output.seek(0)
        printed = output.read().decode()
    if status:
        raise SystemExit(f"ingest failed with status {status}")
    return round(time.perf_counter() - started, 1), json.loads(printed), round(usage.ru_maxrss / 1024)


def _serve(environment: dict[str, str]) -> dict[str, object]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(PROGRAM), "serve"], env={**environment, "APP_PORT": str(port)}, stdout=subprocess.DEVNULL
    )
    try:
        while not _ready(address):
            if process.poll() is not None or time.perf_counter() - started > 120:
                raise SystemExit("the server did not get ready")
            time.sleep(0.05)
        ready = time.perf_counter() - started
        session, times = requests.Session(), []
        for number in range(QUESTIONS):
            question = f"{_ASKED[number % len(_ASKED)]} (customer {number})"
            begun = time.perf_counter()
            reply = session.post(f"{address}/question", json={"question": question}, timeout=10)
            times.append(1000 * (time.perf_counter() - begun))
            reply.raise_for_status()
        resident = sum(_resident(pid) for pid in _family(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    return {
        "ready_seconds": round(ready, 1),
        "ms_median": round(statistics.median(times), 1),
        "ms_p95": round(statistics.quantiles(times, n=20)[-1], 1),
        "resident_mb": round(resident),
    }


_ASKED = (
    "how do I cancel my order",
    "where is my refund, I sent the parcel back two weeks ago",
    "i need to change the shipping adress",
    "can I speak to a human please",
    "what payment methods do you take",
    "I forgot my password and cannot log in",
)


def _ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/health/ready", timeout=1).ok
    except requests.RequestException:
        return False


def _family(pid: int) -> list[int]:
    """The process and its children: the server's own, without PostgreSQL's, which runs detached."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0


def _distinct(published: Path, target: Path) -> Path:
    """The same rows, each reply with a sentence of its own: nothing can be shared."""
    with (
        published.open(encoding="utf-8", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.DictReader(source)
        writer = csv.DictWriter(out, fieldnames=list(rows.fieldnames or ()))
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow({**row, "response": f"{row['response']}\n\nThis is note {number} of our team."})
    return target

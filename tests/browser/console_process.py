"""The real console as a process of its own, for tests that come through a browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page

from server_process import ServerProcess, free_port

_START_SECONDS = 90.0  # Streamlit on a busy machine
_MAIN = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # end when the tests are killed
os.execv(sys.argv[1], sys.argv[1:])
"""


class Office:
    """An assistant and the console over it; the key, and the way in."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.home = server.log.with_suffix("")
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        requests.get(f"{server.base}/handoffs", timeout=10)  # the first request makes the key
        self.key = (self.home / "admin.key").read_text().strip()
        self.log = self.home.with_name(f"{self.home.name}-console.log")
        inherited = {n: v for n, v in os.environ.items() if n in ("PATH", "HOME", "LD_LIBRARY_PATH")}
        program = Path(sys.executable).with_name("customer-assist")
        arguments = ["console", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _MAIN, str(program), *arguments],
                env=inherited | {"CUSTOMER_ASSIST_HOME": str(self.home), "APP_PORT": str(server.port)},
                cwd=self.home.parent,
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self) -> Office:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the console did not start: {self.log.read_text()}")
            time.sleep(0.1)
        return self

    def stop(self) -> int:
        """Its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=30)

    def get(self, path: str) -> Any:
        """What the assistant says to those who have the key."""
        return self._asked("GET", path, None)

    def post(self, path: str, **body: object) -> Any:
        return self._asked("POST", path, body)

    def log_in(self, page: Page) -> None:
        """From the form that asks for the key to the page of the address; the first is the inbox."""
        page.get_by_role("textbox", name="Admin key").fill(self.key)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Log in").wait_for(state="detached")
        page.get_by_role("heading", level=1).first.wait_for()
        settled(page)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.base}/_stcore/health", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def _asked(self, method: str, path: str, body: object) -> Any:
        key = {"Authorization": f"Bearer {self.key}"}
        reply = requests.request(method, self.server.base + path, json=body, headers=key, timeout=60)
        assert reply.ok, reply.text
        return reply.json()


@contextmanager
def running_console(server: ServerProcess) -> Iterator[Office]:
    """A console that answers, ended with the block."""
    office = Office(server)
    try:
        yield office.wait_until_ready()
    finally:
        office.stop()


def settled(page: Page) -> None:
    """Until what was clicked has been worked on and is on the page."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.locator('[data-testid="stSkeleton"]').first.wait_for(state="detached")

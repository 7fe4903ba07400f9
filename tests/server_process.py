"""The real server as a process of its own, for tests that come over the network."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_START_SECONDS = 150.0  # a first start on a busy machine: database, model, sample
_MAIN = """
import ctypes, signal, sys
from pathlib import Path
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # end when the tests are killed
from customer_assist.config import load_settings
from customer_assist.serving import serve
serve(load_settings(), Path(sys.argv[1]) if sys.argv[1] else None)
"""


class ServerProcess:
    def __init__(self, home: Path, sample: Path | None, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        inherited = {n: v for n, v in os.environ.items() if n in ("PATH", "HOME", "LD_LIBRARY_PATH")}
        own = {"CUSTOMER_ASSIST_HOME": str(home), "APP_PORT": str(self.port)}
        self.log = home.with_suffix(".log")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _MAIN, str(sample or "")],
                env=inherited | own | dict(environment),
                cwd=home.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self.log.read_text()

    def worker(self) -> int:
        """The process that answers."""
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.pid)], capture_output=True, text=True)
        return int(found.stdout.split()[0])

    def wait_until_ready(self) -> ServerProcess:
        deadline = time.monotonic() + _START_SECONDS
        while "Ctrl-C" not in self.output:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {self.output}")
            time.sleep(0.05)
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        return self._process.wait(timeout=30)


@contextmanager
def running_server(
    home: Path, sample: Path | None, environment: Mapping[str, str]
) -> Iterator[ServerProcess]:
    """A server that answers, ended with the block; without a sample it knows nothing."""
    server = ServerProcess(home, sample, environment)
    try:
        yield server.wait_until_ready()
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port

"""Real PostgreSQL servers that live as long as the test session, and no longer even if that is killed."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

# Ends the server when our end of its standard input closes, which a killed session does too.
_KEEPER = """
exec 3<&0
"$@" </dev/null 3<&- & server=$!
(read -r _ <&3; kill -INT $server 2>/dev/null) & keeper=$!
wait $server; code=$?
kill $keeper 2>/dev/null
exit $code
"""
_FAST = ("-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB")


class ThrowawayServer:
    """One running server. `conninfo(name)` is the superuser's way into one of its databases."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._folder = folder
        self._owner = _unprivileged_owner(folder)
        self._programs = _reachable(programs, folder) if self._owner else programs
        self._password = secrets.token_urlsafe(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._made = 0
        self._initialise()

    def conninfo(self, database: str = "postgres") -> str:
        return make_conninfo(
            host="127.0.0.1", port=self._port, dbname=database, user="tester", password=self._password
        )

    def start(self) -> None:
        """On a free port the first time, on the same one after a stop."""
        for _ in range(3):  # somebody else may take the port before the server does
            self._port = self._port or _free_port()
            self._process = self._spawn()
            if self._answers():
                return
            self.stop()
            self._port = 0
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """At once, breaking connections."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(timeout=30)
            self._process = None

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def new_database(self, template: str = "template0") -> Iterator[str]:
        """The conninfo of a database that is dropped at the end of the block."""
        self._made += 1
        name = f"test_{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.conninfo(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _initialise(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(self._password)
        if self._owner:
            os.chown(password_file, *self._owner)
        initdb = (self._programs / "initdb", "--no-sync", "--username=tester", "--auth=scram-sha-256")
        place = (
            f"--pgdata={self._folder / 'data'}",
            f"--pwfile={password_file}",
            "--encoding=UTF8",
            "--locale=C",
        )
        subprocess.run([*initdb, *place], check=True, capture_output=True, **self._as_owner())

    def _spawn(self) -> subprocess.Popen[bytes]:
        server = (self._programs / "postgres", "-D", self._folder / "data", "-p", str(self._port), *_FAST)
        network = ("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                ["sh", "-c", _KEEPER, "postgres", *server, *network],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; the fixture then ends the server
                **self._as_owner(),
            )

    def _answers(self) -> bool:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            try:
                psycopg.connect(self.conninfo(), connect_timeout=2).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False

    def _as_owner(self) -> dict[str, object]:
        where: dict[str, object] = {"cwd": self._folder}
        return (
            where | {"user": self._owner[0], "group": self._owner[1], "extra_groups": []}
            if self._owner
            else where
        )


@contextmanager
def throwaway_server(programs: Path) -> Iterator[ThrowawayServer]:
    """A started server, made of the folder of PostgreSQL's programs; nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="customer-assist-test-"))
    try:
        server = ThrowawayServer(programs, folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_owner(folder: Path) -> tuple[int, int] | None:
    """Whom PostgreSQL runs as where we are root, which it refuses to be; the folder is theirs then."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_uid, nobody.pw_gid


def _reachable(programs: Path, folder: Path) -> Path:
    """`programs`, or a copy where a checkout below a private folder hides them from other users."""
    if all(parent.stat().st_mode & 0o001 for parent in programs.resolve().parents):
        return programs
    shutil.copytree(programs.parent, folder / "programs", symlinks=True)
    return folder / "programs" / programs.name


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port

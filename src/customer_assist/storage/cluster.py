"""One PostgreSQL data directory: make it, and start a server on it, whatever an earlier end left behind."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from customer_assist.errors import DatabaseStartFailed
from customer_assist.storage.programs import (
    MAJOR,
    OWN_SERVER,
    account_for,
    end_servers,
    find_programs,
    first_line,
    programs_for,
    run_program,
    send,
    servers_in,
    stop,
)
from customer_assist.storage.server_folder import Access, ServerFolder, sync_folder

HOST = "127.0.0.1"
SUPERUSER = "customer_assist"
START_SECONDS = 120.0  # recovery after a crash included
LOG_LIMIT = 5_000_000  # bytes; one older log of about that size is kept beside it

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket's path may be 107 bytes long, a home's is anything
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "jit": "off",
    "dynamic_shared_memory_type": "mmap",  # in the data directory: a killed server leaves nothing elsewhere
    "io_method": "sync",  # saves three processes
    "max_parallel_workers_per_gather": "0",
    "max_wal_size": "256MB",  # bounds the time that recovery takes
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "log_min_error_statement": "panic",  # statements and values hold what customers wrote
    "log_error_verbosity": "terse",
}


class Cluster:
    """The data directory in a folder. Only the holder of the supervisor's lock may use one.

    Raises DatabaseStartFailed when there are no programs or no account to run it.
    """

    def __init__(self, folder: ServerFolder) -> None:
        self._folder = folder
        self._account = account_for(folder.data)
        self._programs = programs_for(find_programs(), self._account)

    def start(self) -> subprocess.Popen[bytes]:
        """A server that accepts connections at the port in `server.json`.

        Makes the data directory where there is none; ends what an earlier server left running.
        Raises DatabaseStartFailed with the reason and the end of the log.
        """
        self._clear_leftovers()
        access = self._prepare()
        for _ in range(5):
            if not _is_free(access.port):
                access = Access(_free_port(), access.password)
                access.save(self._folder.access)
            bound_log(self._folder.log)
            server = self._launch(access.port)
            if self._becomes_ready(server):
                return server
            stop(server)
            if _is_free(access.port):  # nobody was faster to take it: there is another reason
                break
        raise DatabaseStartFailed(
            f"PostgreSQL did not start: {log_end(self._folder.log)} (all of it in {self._folder.log}): "
            f"put right what it names, {OWN_SERVER}"
        )

    def _clear_leftovers(self) -> None:
        """After this nobody runs in the data directory, whatever `postmaster.pid` says."""
        data = self._folder.data
        if not end_servers(data):
            pids = ", ".join(map(str, servers_in(data)))
            raise DatabaseStartFailed(f"an earlier server still runs in {data}: end the processes {pids}")
        if sys.platform == "linux":  # PostgreSQL takes any process that has this number by now for a server
            (data / "postmaster.pid").unlink(missing_ok=True)
        for partial in self._folder.root.glob("data.partial-*"):
            for pid in servers_in(partial):
                send(pid, signal.SIGKILL)
            shutil.rmtree(partial)

    def _prepare(self) -> Access:
        data, access = self._folder.data, self._folder.access
        if not data.exists():
            if not access.exists():
                Access(_free_port(), secrets.token_urlsafe(24)).save(access)
            self._initialise(_load(access))
        version = first_line(data / "PG_VERSION")
        if version != MAJOR:
            raise DatabaseStartFailed(
                f"{data} is of PostgreSQL {version or '(unknown)'} and the installed one is {MAJOR}: "
                f"make a backup with the release that made it and restore that into a new home"
            )
        return _load(access)

    def _initialise(self, access: Access) -> None:
        """Under another name, renamed when whole: `data` is never half a directory."""
        partial = Path(tempfile.mkdtemp(prefix="data.partial-", dir=self._folder.root))
        with tempfile.TemporaryFile() as password, self._name_of(partial) as (name, descriptors):
            password.write(access.password.encode() + b"\n")
            password.seek(0)
            if self._account:
                os.fchown(password.fileno(), self._account.uid, self._account.gid)
                os.chown(partial, self._account.uid, self._account.gid)
            command = [str(self._programs / "initdb"), "--pgdata", name, "--username", SUPERUSER]
            command += ["--pwfile", f"/dev/fd/{password.fileno()}", "--auth=scram-sha-256"]
            command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
            command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
            descriptors = (password.fileno(), *descriptors)
            process = run_program(command, self._account, subprocess.PIPE, descriptors=descriptors)
            output = process.communicate()[0].decode(errors="replace").strip()
        if process.returncode != 0:
            reason = next((line for line in output.split("\n") if "error:" in line), output[-300:])
            raise DatabaseStartFailed(f"no database could be made in {self._folder.root}: {reason}")
        partial.rename(self._folder.data)
        sync_folder(self._folder.root)

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        with self._name_of(self._folder.data) as (name, descriptors), self._folder.log.open("ab") as log:
            command = [str(self._programs / "postgres"), "-D", name, "-p", str(port)]
            for setting, value in _SETTINGS.items():
                command += ["-c", f"{setting}={value}"]
            return run_program(
                command, self._account, log, at_our_death=signal.SIGINT, descriptors=descriptors
            )

    @contextmanager
    def _name_of(self, directory: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """A name by which the account can open the directory, and the descriptors that this needs.

        The home of root lets nobody else pass, and stays so: an open descriptor needs no parents, and
        PostgreSQL's processes inherit it from each other.
        """
        if self._account is None:
            yield str(directory), ()
            return
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)

    def _becomes_ready(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while server.poll() is None and time.monotonic() < deadline:
            if self._says_ready(server.pid):
                return True
            time.sleep(0.02)
        return False

    def _says_ready(self, pid: int) -> bool:
        """The first line of `postmaster.pid` is the process, the eighth its state (libpq's pidfile.h)."""
        try:
            lines = (self._folder.data / "postmaster.pid").read_text("utf-8").split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(pid) and len(lines) > 7 and lines[7].strip() == "ready"


def bound_log(log: Path) -> None:
    """Begin the log anew when it is too long. The server appends, so it goes on at the new beginning."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        shutil.copyfile(log, log.with_suffix(".log.old"))
        os.truncate(log, 0)


def log_end(log: Path) -> str:
    """The last lines, in one."""
    if not log.exists():
        return "(no log)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        lines = file.read().decode(errors="replace").strip().split("\n")
    return " | ".join(lines[-5:])


def _load(access: Path) -> Access:
    try:
        return Access.load(access)
    except (OSError, ValueError) as error:
        raise DatabaseStartFailed(
            f"the database's password is lost: restore {access} from a backup"
        ) from error


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port

"""The embedded PostgreSQL as its users see it: say that you use it, get its address, let it go."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TypeVar
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from customer_assist.errors import DatabaseStartFailed
from customer_assist.storage.cluster import HOST, START_SECONDS, SUPERUSER, log_end
from customer_assist.storage.programs import OWN_SERVER
from customer_assist.storage.server_folder import Access, ServerFolder, is_held, try_lock

WAIT_SECONDS = START_SECONDS + 60.0  # another supervisor's end included
END_SECONDS = 20.0  # that a server without users may take to be gone
ATTEMPTS = 3  # to start a supervisor; one that says why it failed is not tried again

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServerEndpoint:
    """Where a database is, and who may use it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str

    @property
    def conninfo(self) -> str:
        """libpq's keywords and values, quoted."""
        return make_conninfo(
            host=self.host, port=self.port, user=self.user, password=self.password, dbname=self.database
        )

    @property
    def url(self) -> str:
        """With the password in it."""
        user, password, database = (quote(x, safe="") for x in (self.user, self.password, self.database))
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{database}"


class EmbeddedServer:
    """This process's share in the PostgreSQL server of a home folder.

    From `acquire` to `release`, or to the end of the process by any means, the server keeps running; a
    moment after its last user it stops. Whoever starts it may go first. What this process executes does not
    count as a user; what it forks does, until it ends. Safe to use from several threads.
    """

    def __init__(self, home: Path, database: str = "customer_support") -> None:
        self._home = home.absolute()
        self._folder = ServerFolder.of(home)
        self._database = database
        self._share: int | None = None  # descriptor of the users' lock
        self._guard = threading.Lock()

    def acquire(self) -> ServerEndpoint:
        """The address of a server that answers, started if need be, and of the database, made if need be.

        Call it again when the server is lost (its supervisor was killed): it brings it back, as a rule at the
        same port. Raises DatabaseStartFailed.
        """
        with self._guard:
            try:
                return self._acquire()
            except OSError as error:
                raise DatabaseStartFailed(
                    f"the embedded database cannot use {self._folder.root} ({error}): "
                    f"make that folder writable, set CUSTOMER_ASSIST_HOME to another one, {OWN_SERVER}"
                ) from error

    def release(self) -> None:
        """Stop using the server. Nothing happens where it is not used."""
        with self._guard:
            self._let_go()

    def __enter__(self) -> ServerEndpoint:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _acquire(self) -> ServerEndpoint:
        deadline = time.monotonic() + WAIT_SECONDS
        self._folder.create()
        if self._share is None:  # first of all: from here on no supervisor ends for want of users
            self._share = self._await(lambda: try_lock(self._folder.users_lock, shared=True), deadline)
        try:
            for attempts_left in range(ATTEMPTS - 1, -1, -1):
                endpoint = self._find_server(deadline)
                try:
                    _make_database(endpoint)
                except psycopg.OperationalError as error:  # lost just now, or it is not ours to use
                    if not attempts_left:
                        raise DatabaseStartFailed(f"the embedded database refuses: {error}") from error
                    time.sleep(0.3)
                else:
                    return endpoint
            raise AssertionError("unreachable")
        except BaseException:
            self._let_go()
            raise

    def _find_server(self, deadline: float) -> ServerEndpoint:
        """The address of the server that a living supervisor calls ready; starts one where there is none."""
        started = 0

        def look() -> ServerEndpoint | None:
            nonlocal started
            if is_held(self._folder.ready_lock):
                access = Access.load(self._folder.access)
                return ServerEndpoint(HOST, access.port, SUPERUSER, access.password, self._database)
            lock = try_lock(self._folder.supervisor_lock)
            if lock is None:
                return None  # one is about to be ready, or to go
            try:
                if started:
                    self._explain_end(last=started == ATTEMPTS)
                self._start_supervisor(lock)
                started += 1
            finally:
                os.close(lock)  # the supervisor has it too
            return None

        return self._await(look, deadline)

    def _start_supervisor(self, lock: int) -> None:
        """Hand the lock over to a new supervisor: at no time could another be started beside it."""
        self._folder.failure.unlink(missing_ok=True)
        module = "customer_assist.storage.supervisor"
        kept = {n: v for n, v in os.environ.items() if n in ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH")}
        with self._folder.log.open("ab") as log:
            subprocess.run(  # returns at once: the supervisor itself is that process's child
                [sys.executable, "-P", "-m", module, str(self._home), str(lock)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=kept,  # no keys in the environment of what outlives us
                pass_fds=(lock,),
                start_new_session=True,
                check=False,  # what it has to say is in the log
            )

    def _explain_end(self, *, last: bool) -> None:
        """Raise what the supervisor that we started and that has ended left as its reason."""
        if self._folder.failure.exists():
            raise DatabaseStartFailed(self._folder.failure.read_text("utf-8"))
        if last:
            raise DatabaseStartFailed(
                f"the embedded database's supervisor ended {ATTEMPTS} times: {log_end(self._folder.log)} "
                f"(all of it in {self._folder.log}): put right what it names, {OWN_SERVER}"
            )

    def _await(self, look: Callable[[], T | None], deadline: float) -> T:
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise DatabaseStartFailed(
                    f"the embedded database was not ready within {WAIT_SECONDS:.0f} s: "
                    f"{log_end(self._folder.log)} (all of it in {self._folder.log}): "
                    f"end its processes, {OWN_SERVER}"
                )
            time.sleep(0.02)
        return found

    def _let_go(self) -> None:
        if self._share is not None:
            os.close(self._share)  # closed, not unlocked: processes that we forked may use it still
            self._share = None


@contextmanager
def throwaway_home() -> Iterator[Path]:
    """A new home folder for the length of the block. Its server has ended before the folder goes."""
    with TemporaryDirectory(prefix="customer-assist-", ignore_cleanup_errors=True) as name:
        try:
            yield Path(name)
        finally:
            lock = ServerFolder.of(Path(name)).supervisor_lock
            deadline = time.monotonic() + END_SECONDS
            while lock.exists() and is_held(lock) and time.monotonic() < deadline:
                time.sleep(0.05)


def _make_database(endpoint: ServerEndpoint) -> None:
    """Make sure that the database is there; that the server answers is shown by the way."""
    with psycopg.connect(
        endpoint.conninfo, dbname="postgres", autocommit=True, connect_timeout=10
    ) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [endpoint.database]).fetchone():
            return
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(endpoint.database)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process was faster

"""The process that owns the embedded server: `python -m customer_assist.storage.supervisor HOME`.

It belongs to nobody who uses the server. While anybody lives who does, it keeps the server running; when
nobody has for a moment, it stops the server and ends. When it is killed, the kernel stops the server.

How newcomers and the end stay apart (see `ServerFolder` for the locks): a user first takes the users' lock,
shared, then looks whether a supervisor is there. The supervisor stops the server only while it has the
users' lock alone, and keeps it until it is gone: a newcomer waits that long and then starts another.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from customer_assist.errors import DatabaseStartFailed
from customer_assist.storage.cluster import Cluster, bound_log
from customer_assist.storage.programs import stop
from customer_assist.storage.server_folder import ServerFolder, try_lock

POLL_SECONDS = 0.25
GRACE_SECONDS = 1.0  # without users, so that commands one after another share a server
QUICK_DEATHS = 3  # of the server, one after another, before we give up
QUICK_SECONDS = 10.0

log = logging.getLogger(__name__)


def supervise(folder: ServerFolder, own_lock: int) -> None:
    """Run the server until nobody uses it. `own_lock` is the descriptor that holds the supervisor's lock.

    The users' lock is left taken for as long as this process lives.
    Raises DatabaseStartFailed when the server does not start, or does not stay.
    """
    cluster = Cluster(folder)
    quick_deaths = 0
    while quick_deaths < QUICK_DEATHS:
        server = cluster.start()
        started = time.monotonic()
        try:
            if _serve(folder, own_lock, server):
                return
        finally:
            stop(server)
        log.warning("the server ended by itself (%s), starting it again", server.returncode)
        quick_deaths = quick_deaths + 1 if time.monotonic() - started < QUICK_SECONDS else 1
    raise DatabaseStartFailed(
        f"PostgreSQL ended {QUICK_DEATHS} times soon after its start: read {folder.log}"
    )


def _serve(folder: ServerFolder, own_lock: int, server: subprocess.Popen[bytes]) -> bool:
    """Say that the server is ready while it is. True: nobody uses it now; False: it ended by itself."""
    ready = _take_ready(folder)
    unused_since: float | None = None
    try:
        while server.poll() is None:
            if not _is_file_of(own_lock, folder.supervisor_lock):
                raise DatabaseStartFailed(f"{folder.root} was moved or removed while its server ran")
            users = try_lock(folder.users_lock)
            if users is None:
                unused_since = None
            elif unused_since is not None and time.monotonic() - unused_since >= GRACE_SECONDS:
                return True  # and keep the lock
            else:
                os.close(users)
                unused_since = unused_since or time.monotonic()
            bound_log(folder.log)
            time.sleep(POLL_SECONDS)
        return False
    finally:
        os.close(ready)


def _take_ready(folder: ServerFolder) -> int:
    while (ready := try_lock(folder.ready_lock)) is None:  # others hold it for as long as a look takes
        time.sleep(0.002)
    return ready


def _is_file_of(descriptor: int, path: Path) -> bool:
    """Whether the path still names the open file: not after the folder was removed, or made anew."""
    return path.exists() and os.path.samestat(os.fstat(descriptor), path.stat())


def main(arguments: list[str]) -> int:
    """HOME, and the descriptor of the supervisor's lock where the caller already has that."""
    folder = ServerFolder.of(Path(arguments[0]))
    folder.create()
    lock = int(arguments[1]) if len(arguments) > 1 else try_lock(folder.supervisor_lock)
    if lock is None:
        return 0  # there is a supervisor
    if os.fork():  # nobody is our parent: nobody has to wait for us, or takes us along
        os._exit(0)
    os.chdir("/")
    logging.basicConfig(format="%(asctime)s supervisor [%(process)d] %(message)s")
    signal.signal(signal.SIGTERM, _end)
    try:
        supervise(folder, lock)
    except (DatabaseStartFailed, OSError, subprocess.SubprocessError) as error:
        log.error("%s", error)
        if folder.root.exists():
            folder.failure.write_text(str(error), "utf-8")
        return 1
    return 0


def _end(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)  # past every `finally` that stops the server


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

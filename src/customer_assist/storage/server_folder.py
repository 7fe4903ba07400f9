"""What the embedded server keeps in a home folder, and the locks by which its processes know of each other.

A lock here is `flock`: it belongs to an open file, the kernel drops it when the last process that holds
that file open ends, however it ends. So a lock that is held says that somebody is alive, and is never stale.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """`<home>/postgres/`, mode 0700."""

    root: Path

    @classmethod
    def of(cls, home: Path) -> ServerFolder:
        return cls(home.absolute() / "postgres")

    def create(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def access(self) -> Path:
        return self.root / "server.json"

    @property
    def log(self) -> Path:
        """Of the server and of its supervisor."""
        return self.root / "server.log"

    @property
    def failure(self) -> Path:
        """Why the last supervisor gave up, if it did."""
        return self.root / "failure"

    @property
    def users_lock(self) -> Path:
        """Shared: by every process that uses the server. Exclusive: by a supervisor that stops it."""
        return self.root / "users.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Exclusive: by the supervisor, all its life; it gets the lock from the process that starts it."""
        return self.root / "supervisor.lock"

    @property
    def ready_lock(self) -> Path:
        """Exclusive: by the supervisor, while its server accepts connections."""
        return self.root / "ready.lock"


@dataclass(frozen=True, slots=True)
class Access:
    """Where the server listens and the superuser's password; kept in `server.json`, mode 0600."""

    port: int
    password: str

    @classmethod
    def load(cls, path: Path) -> Access:
        """Raises OSError, or ValueError when the file does not hold both."""
        fields = json.loads(path.read_text("utf-8"))
        try:
            return cls(int(fields["port"]), str(fields["password"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} does not hold port and password") from error

    def save(self, path: Path) -> None:
        """All or nothing, even if the machine stops here: there is no other copy of the password."""
        handle, new = tempfile.mkstemp(prefix="server.json-", dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"port": self.port, "password": self.password}, file)
            file.flush()
            os.fsync(handle)
        Path(new).replace(path)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make a rename in the folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """A descriptor that holds the lock until it is closed, or None when another has it.

    As every descriptor that Python opens it is closed in the programs that this process executes, so they do
    not keep the lock; a plain fork does.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_held(path: Path) -> bool:
    """Whether somebody has the lock exclusively."""
    descriptor = try_lock(path, shared=True)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False

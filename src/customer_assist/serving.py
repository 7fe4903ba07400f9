"""Runs the API and the chat page: one worker process, so that one model is in memory, and many threads."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from customer_assist.admin_key import FILE, admin_key
from customer_assist.config import Settings
from customer_assist.errors import ConfigurationError, CustomerAssistError
from customer_assist.logs import configure_logging

THREADS = 64  # an open stream holds one
HEADER_SECONDS = 10  # for a request's headers to arrive; granian has no such limit for its body
STOP_SECONDS = 2  # for answers under way when the server is told to stop
_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
_PROGRAM, _USUAL = "customer-assist", "http://127.0.0.1:5000"  # where `console` looks if nothing else is said
_EVERYWHERE = ("0.0.0.0", "::")


def serve(settings: Settings, sample: Path | None) -> None:
    """Serve until SIGINT or SIGTERM; `sample` is loaded into a database that never held anything.

    Prints the addresses on stdout once they answer. A worker that dies is replaced; one that cannot start
    says why on stderr. Raises ConfigurationError before anything is started where the port is taken or
    the host unknown, SystemExit(1) where the worker cannot start.
    """
    address = _address_of(settings.host)
    _refuse_taken_port(settings, address)
    configure_logging(settings.log_level)
    ready, is_ready = Pipe(duplex=False)
    server = Server(
        "customer_assist.wsgi:build",
        address=address,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backpressure=2 * THREADS,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=1000 * HEADER_SECONDS),
        log_level=LogLevels.critical,
        workers_kill_timeout=STOP_SECONDS,
        respawn_interval=0.0,
        respawn_failed_workers=False,  # until one has started
    )
    hangup = signal.getsignal(signal.SIGHUP)

    def before_workers() -> None:
        # Granian reloads on SIGHUP. Here the terminal is gone: stop, unless nohup said not to.
        signal.signal(signal.SIGHUP, hangup if hangup is signal.SIG_IGN else server.signal_handler_interrupt)
        threading.Thread(target=_announce, args=(settings, ready, server), daemon=True).start()

    server.on_startup(before_workers)
    server.serve(target_loader=partial(_load, settings, sample, os.getpid(), is_ready), wrap_loader=False)


def _load(settings: Settings, sample: Path | None, main: int, is_ready: Connection) -> Callable[..., Any]:
    """In the worker: the application, once it can answer."""
    os.setsid()  # Ctrl-C is for the main process, which then tells us to stop
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until the server has its own way to stop
    _die_with(main)
    configure_logging(settings.log_level)
    from customer_assist.wsgi import build  # the model and the database belong to this process alone

    try:
        app = build(settings, sample)
    except CustomerAssistError as error:
        sys.stderr.write(f"customer-assist: {error}\n")
        raise SystemExit(1) from None
    is_ready.send_bytes(b"ready")
    return app


def _announce(settings: Settings, ready: Connection, server: Any) -> None:
    """In the main process: once the first worker answers, say where, and from then on replace what dies."""
    try:
        ready.recv_bytes()
    except (EOFError, OSError, TypeError):  # the program ends, and this pipe with it
        return
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    while not _answers(host, settings.port):
        time.sleep(0.02)
    server.respawn_failed_workers = True
    base = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    sys.stdout.write(
        f"Chat page  {base}/\n"
        f"Console    {_console_command(base)}   (in another terminal; {_where_the_key_is(settings)})\n"
        f"API        {base}/docs\n"
        f"Try it     curl -s {base}/question -H 'Content-Type: application/json'"
        """ -d '{"question": "Where is my order?"}'\n"""
        "Ctrl-C stops everything.\n"
    )
    sys.stdout.flush()


def _console_command(base: str) -> str:
    """What opens the console of the assistant at `base`, from the folder that it was started in."""
    beside = Path(sys.executable).with_name(_PROGRAM)
    program = _PROGRAM if shutil.which(_PROGRAM) or not beside.exists() else os.path.relpath(beside)
    return f"{program} console" if base == _USUAL else f"{program} console --api {base}"


def _where_the_key_is(settings: Settings) -> str:
    """It is made here, so that it is there to be read before anybody asked for it."""
    if settings.admin_key:
        return "its key: CUSTOMER_ASSIST_ADMIN_KEY"
    try:
        admin_key(settings)
    except ConfigurationError as error:
        return str(error)
    return f"its key is in {settings.home / FILE}"


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _address_of(host: str) -> str:
    """Granian takes addresses only, people say "localhost". IPv4 where a name has both."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(
            f"CUSTOMER_ASSIST_HOST={host!r} is no address of this machine: "
            "set 127.0.0.1, or 0.0.0.0 for every network"
        ) from error
    return str(min(found, key=lambda one: one[0] != socket.AF_INET)[4][0])


def _refuse_taken_port(settings: Settings, address: str) -> None:
    """Granian would share the port with another one of its kind."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, settings.port))
            probe.listen(1)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigurationError(
                f"cannot listen on {settings.host} port {settings.port} ({reason}): stop what uses it, "
                "or set APP_PORT to another port"
            ) from error


def _die_with(main: int) -> None:
    """End this process when `main` ends, however: the database must not be kept running for nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != main:
            os.kill(os.getpid(), signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(main,), daemon=True).start()


def _watch(main: int) -> None:
    while os.getppid() == main:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)

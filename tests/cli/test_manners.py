"""How the program behaves whatever the command: its exit status, its one line of error, its terminals."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
from program import PROGRAM, Command, is_one_line
from typer.main import get_command

from customer_assist.cli import app


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for name, one in get_command(app).commands.items():  # type: ignore[attr-defined]
        found += [(name,), *((name, inner) for inner in getattr(one, "commands", ()))]
    return found


@pytest.mark.parametrize("name", commands(), ids=" ".join)
def test_help_shows_an_example(bare_command: Command, name: tuple[str, ...]) -> None:
    done = bare_command(*name, "--help")
    assert done.status == 0 and done.err == ""
    assert "customer-assist " + " ".join(name) in done.out.split("Options:")[1]


def test_help_comes_at_once() -> None:
    best = min(_seconds([PROGRAM, "--help"]) for _ in range(3))
    assert best < 0.5 * _slowness()


@pytest.mark.parametrize(
    "arguments",
    [("nix",), ("ask",), ("ask", "a", "b"), ("ask", "a", "--nix"), ("db", "nix"), ("documents", "show")],
)
def test_wrong_usage_is_one_line_that_names_the_help_and_status_2(
    bare_command: Command, arguments: tuple[str, ...]
) -> None:
    done = bare_command(*arguments)
    assert (done.status, done.out) == (2, "") and is_one_line(done.err) and "--help)" in done.err


def test_a_wrong_setting_is_one_line(bare_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_PORT", "http")
    done = bare_command("ask", "Why?")
    assert done.status == 1 and is_one_line(done.err) and "APP_PORT" in done.err


def test_settings_that_cannot_be_read_are_one_line(
    bare_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CUSTOMER_ASSIST_HOME", "~nosuchuser/x")
    done = bare_command("ask", "Why?")
    assert done.status == 1 and is_one_line(done.err) and "full path" in done.err
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes("TZ=grün".encode("latin-1"))
    done = bare_command("ask", "Why?")
    assert done.status == 1 and is_one_line(done.err) and "UTF-8" in done.err


def test_a_database_that_is_not_there_is_one_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_PORT", "9")
    for arguments in (("ask", "Why?"), ("db", "check"), ("documents", "list", "--json")):
        done = command(*arguments)
        assert (done.status, done.out) == (1, "") and is_one_line(done.err) and "POSTGRES_HOST" in done.err


def test_an_embedded_database_without_a_usable_folder_is_one_line(
    bare_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CUSTOMER_ASSIST_HOME", str(tmp_path / "file"))
    done = bare_command("db", "init")
    assert done.status == 1 and is_one_line(done.err) and "CUSTOMER_ASSIST_HOME" in done.err


def test_what_nobody_expected_is_one_line_and_a_traceback_only_when_asked_for(
    bare_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("surprise\nin two lines")

    monkeypatch.setattr("customer_assist.bootstrap.open_assistant", broken)
    done = bare_command("ask", "Why?")
    assert done.status == 1 and is_one_line(done.err) and "CUSTOMER_ASSIST_LOG_LEVEL=debug" in done.err
    monkeypatch.setenv("CUSTOMER_ASSIST_LOG_LEVEL", "debug")
    assert "Traceback" in bare_command("ask", "Why?").err


def test_ctrl_c_is_quiet_and_status_130(environment: dict[str, str], loaded: Path) -> None:
    with _started("chat", stdin=subprocess.PIPE) as chat:
        assert chat.stdout and "not a person" in chat.stdout.readline()
        chat.send_signal(signal.SIGINT)
        _, errors = chat.communicate(timeout=20)
    assert (chat.returncode, errors) == (130, "")


def test_a_reader_who_goes_away_is_no_error() -> None:
    with _started("--help") as program:
        assert program.stdout and program.stderr
        program.stdout.close()
        assert program.stderr.read() == ""
    assert program.returncode == 1


def test_db_url_hold_keeps_the_embedded_database_until_it_is_told_to_end() -> None:
    with _started("db", "url", "--hold") as holder:
        assert holder.stdout
        url = holder.stdout.readline().strip()
        time.sleep(1.5)  # longer than an embedded server stays without users
        psycopg.connect(url).close()
        holder.send_signal(signal.SIGINT)
        assert holder.wait(timeout=20) == 0


def test_through_a_pipe_there_are_no_colours_and_no_wrapped_lines() -> None:
    with _started("nix") as program:
        _, errors = program.communicate(timeout=20)
    assert "\x1b" not in errors


def test_a_terminal_gets_colours_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1;31merror" in _on_terminal(["nix"], [])
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in _on_terminal(["nix"], [])


def test_a_chat_on_a_terminal_answers_and_keeps_the_rating(
    environment: dict[str, str], loaded: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("PROMPT_TOOLKIT_NO_CPR", "1")
    keys = [("You:", "Do you ship to Malta?\r"), ("Did that help?", "\r"), ("You:", "exit\r")]
    seen = _on_terminal(["chat"], keys)
    assert "nine days" in seen and "not a person" in seen
    with psycopg.connect(command("db", "url").out.strip()) as connection:
        assert connection.execute("SELECT feedback FROM feedback").fetchall() == [(1,)]


# --- running it ------------------------------------------------------------------------------------


def _started(*arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PROGRAM, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_with_ctrl_c,
    )


def _with_ctrl_c() -> None:
    """Which a shell takes from what it starts in the background, tests among it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _on_terminal(arguments: list[str], keys: list[tuple[str, str]]) -> str:
    """What a terminal shows of a run to its end; each of `keys` is typed once its prompt came after the last."""
    mine, its = pty.openpty()
    program = subprocess.Popen(
        [PROGRAM, *arguments], stdin=its, stdout=its, stderr=its, start_new_session=True
    )
    os.close(its)
    seen, since, waiting = "", 0, list(keys)
    deadline = time.monotonic() + 60
    try:
        while time.monotonic() < deadline:
            if not select.select([mine], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(mine, 65536)
            except OSError:  # the other side is closed
                break
            seen += data.decode(errors="replace")
            if waiting and waiting[0][0] in seen[since:]:
                since = len(seen)
                os.write(mine, waiting.pop(0)[1].encode())
        assert program.wait(timeout=10) in (0, 2), seen
    finally:
        program.kill()
        program.wait()
        os.close(mine)
    assert not waiting, seen
    return seen


def _seconds(call: list[str | Path]) -> float:
    started = time.perf_counter()
    subprocess.run(call, check=True, capture_output=True)
    return time.perf_counter() - started


def _slowness() -> float:
    """How much slower than usual Python starts just now, at least 1: other work may share the machine."""
    import sys

    return max(1.0, min(_seconds([sys.executable, "-c", "import typing, re"]) for _ in range(3)) / 0.05)

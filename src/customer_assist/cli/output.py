"""What every command prints by: one line for an error, one document for JSON, a bar on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[int, int], None]  # done, of
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def out() -> Console:
    """Standard output as it is now: colours and wrapping on a terminal only; NO_COLOR is respected."""
    from rich.console import Console

    return Console(highlight=False)


def err() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def print_error(message: str) -> None:
    """One line on stderr, whatever the message holds."""
    _line("error: ", "bold red", message)


def print_note(message: str) -> None:
    """One line on stderr beside the result, so that stdout stays the result alone."""
    _line("note: ", "yellow", message)


def print_json(document: object) -> None:
    """The one JSON document of a command; non-ASCII text stays readable."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def printable(text: str) -> str:
    """Without what could steer a terminal: control characters, escape sequences among them."""
    return text.translate(_CONTROLS)


def counted(number: int, noun: str) -> str:
    """1 document, 2 documents."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def escaped(text: str) -> str:
    """One line for a cell of a table, where brackets are text and no markup."""
    from rich.markup import escape

    return escape(one_line(text))


def check_output(file: Path | None, *inputs: Path) -> None:
    """Before any work is done for a file that cannot be written, or that is itself read."""
    if file is None:
        return
    if file.is_dir() or not file.parent.is_dir():
        reason = "it is a folder" if file.is_dir() else "its folder is not there"
        raise typer.BadParameter(f"{file} cannot be written: {reason}")
    if any(file.resolve() == each.resolve() for each in inputs):
        raise typer.BadParameter(f"{file} is read here, and would be overwritten: name another file")


@contextmanager
def progress_bar(doing: str) -> Iterator[Progress]:
    """A bar on stderr that appears with the first report of progress; nothing where that is no terminal."""
    console = err()
    if not console.is_terminal:
        yield lambda _done, _of: None
        return
    from rich import progress

    columns = (
        progress.TextColumn(doing),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=console, transient=True) as bar:
        tasks: list[progress.TaskID] = []

        def report(done: int, of: int) -> None:
            if not tasks:
                tasks.append(bar.add_task(doing, total=of))
            bar.update(tasks[0], completed=done, total=of)

        yield report


def _line(label: str, style: str, message: str) -> None:
    from rich.text import Text

    err().print(Text.assemble((label, style), one_line(message)), soft_wrap=True)

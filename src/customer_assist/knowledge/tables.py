"""CSV files: rows to records, with the broken rows named and the others kept.

The danger in a CSV file is a quote that is opened and not closed: read naively, it swallows the rows after
it. So quoting is strict, and after a broken row reading goes on at the first line that is a whole row again.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from customer_assist.knowledge.columns import accepted_columns, column_key
from customer_assist.knowledge.rows import BadRow, FileProblem, Record

DELIMITERS = (",", ";", "\t")
# How far a quoted field may reach before its closing quote is given up for lost: well beyond the longest text
# that is accepted, so that an over-long field is skipped as one.
_REACH = 1_000_000


def csv_records(lines: Iterable[str], file: str, known: Iterable[str]) -> Iterator[Record | BadRow]:
    """Rows as records whose values are text, in the file's order.

    `lines` keep their line ends (a file opened with newline=""). `known` are the column keys of which the
    header must name at least one; it also decides between the delimiters. Raises FileProblem for an empty
    file or one whose header names none.
    """
    if csv.field_size_limit() < _REACH:
        csv.field_size_limit(_REACH)  # the module's only, process-wide, setting
    source = _Lines(lines)
    table = _read_header(source, frozenset(known))
    for start, cells in _rows(source, table):
        if isinstance(cells, str):
            yield BadRow(file, start, cells)
        elif any(cell.strip() for cell in cells):
            yield Record(file, start, _named(table.columns, cells))


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]  # keys; "" for a column without a name
    delimiter: str
    whole_row: re.Pattern[str]  # a row in impeccable quoting, and nothing after it

    def row_like(self, lines: list[str]) -> bool:
        return self.whole_row.fullmatch("".join(lines)) is not None


class _Lines:
    """The file's lines, with those of the row that is being read at hand, to be given back if need be."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._given_back: deque[str] = deque()
        self.taken: list[str] = []
        self.before = 0  # lines before those taken

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._source)
        self.taken.append(line)
        return line

    def begin_row(self) -> None:
        self.before += len(self.taken)
        self.taken = []

    def keep_only_first(self) -> None:
        self._given_back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _read_header(source: _Lines, known: frozenset[str]) -> _Table:
    for line in source:
        if line.strip() and not re.fullmatch(r"sep=.\s*", line, re.IGNORECASE):  # a line that Excel writes
            break
    else:
        raise FileProblem("is empty: the first line must name the columns")
    start = source.taken[-1]
    readings = {delimiter: _cells(start, delimiter) for delimiter in DELIMITERS}

    def fitness(delimiter: str) -> tuple[int, int]:
        keys = [column_key(cell) for cell in readings[delimiter]]
        return len(known.intersection(keys)), len(keys)

    delimiter = max(DELIMITERS, key=fitness)
    names = readings[delimiter]
    if not fitness(delimiter)[0]:
        found = ", ".join(name.strip()[:40] for name in names)
        raise FileProblem(f"has the columns {found}, but needs at least {accepted_columns()}")
    spaced = f"{delimiter} " in start  # written "a, b": a space begins cells in rows, too, not only in prose
    return _Table(
        tuple(column_key(name) for name in names), delimiter, _whole_row(delimiter, len(names), spaced)
    )


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])


def _whole_row(delimiter: str, width: int, spaced: bool) -> re.Pattern[str]:
    outside = f'[^"{delimiter}\\r\\n]'
    cell = f'(?:{" ?" if spaced else ""}(?:"(?:[^"]|"")*"|(?! ){outside}+|))'
    return re.compile(f"{cell}(?:{delimiter}{cell}){{{width - 1}}}[\\r\\n]*")


def _rows(source: _Lines, table: _Table) -> Iterator[tuple[int, list[str] | str]]:
    """Each row's first line, and its cells or what is wrong with it."""
    reader = csv.reader(source, delimiter=table.delimiter, skipinitialspace=True, strict=True)
    broken: tuple[int, str] | None = None  # the row after which the next whole one is looked for
    while True:
        source.begin_row()
        start = source.before + 1
        problem, cells = "", []
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            problem = (
                "a quote is opened and not closed, or stands inside a quoted field without being doubled"
            )
        if not problem and not cells:
            continue
        problem = problem or _misfit(cells, source.taken, table)
        if broken:
            if problem and len(_cells(source.taken[0], table.delimiter)) == len(table.columns):
                yield _with_extent(broken, start - 1)  # broken as well, but a row of its own
                broken = None
            elif problem or not table.row_like(source.taken):
                source.keep_only_first()
                continue
            else:
                yield _with_extent(broken, start - 1)
                broken = None
        if not problem:
            yield start, cells
        elif len(source.taken) == 1 and cells:
            yield start, problem
        else:
            broken = start, problem
            source.keep_only_first()
    if broken:
        yield _with_extent(broken, source.before)


def _misfit(cells: list[str], taken: list[str], table: _Table) -> str:
    width = len(table.columns)
    if len(cells) != width:
        return f"has {len(cells)} columns where the header has {width}"
    inside = [line for line in taken[1:-1] if not line.isspace()] if len(taken) > 3 and width > 1 else []
    if len(inside) > 1 and all(table.row_like([line]) for line in inside):
        return "a quoted field holds whole rows: its closing quote is missing"
    return ""


def _with_extent(broken: tuple[int, str], last: int) -> tuple[int, str]:
    start, problem = broken
    return start, problem if last <= start else f"{problem} (lines {start} to {last} are left out)"


def _named(columns: tuple[str, ...], cells: list[str]) -> dict[str, object]:
    """Cells by column; of columns with the same name the first filled one counts."""
    values: dict[str, object] = {}
    for column, cell in zip(columns, cells, strict=True):
        if column and not values.get(column):
            values[column] = cell
    return values

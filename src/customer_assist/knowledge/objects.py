"""JSON and JSONL files: objects to records, each with the line on which it begins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from customer_assist.knowledge.columns import column_key
from customer_assist.knowledge.rows import BadRow, FileProblem, Record

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"
_NOT_AN_OBJECT = 'is not an object like {"question": …, "answer": …}'


def jsonl_records(lines: Iterable[str], file: str) -> Iterator[Record | BadRow]:
    """One object per line; blank lines are passed over. Raises FileProblem for an empty file."""
    empty = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        empty = False
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield BadRow(file, number, f"is not valid JSON ({_short(error)})")
        else:
            yield _record(value, file, number)
    if empty:
        raise FileProblem("is empty: each line must hold one object")


def json_records(content: str, file: str, key: str) -> Iterator[Record | BadRow]:
    """The objects of a list, or of the list under `key` in an object.

    Where the JSON breaks off being valid, the objects before that place are kept, and it is a BadRow.
    Raises FileProblem for an empty file or another shape.
    """
    if not content.strip():
        raise FileProblem(f'is empty: it must hold a list of objects, or {{"{key}": [objects]}}')
    line, counted = 1, 0
    try:
        begin = _find_list(content, key)
        if begin is None:
            raise FileProblem(f'must hold a list of objects, or {{"{key}": [objects]}}')
        for place, value in _items(content, begin):
            line, counted = line + content.count("\n", counted, place), place
            yield _record(value, file, line)
    except json.JSONDecodeError as error:
        reason = f"is not valid JSON from here on ({_short(error)}); the rest of the file was not read"
        yield BadRow(file, error.lineno, reason)


def _short(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, column {error.colno}"
    return "nested too deep" if isinstance(error, RecursionError) else str(error).split(":")[0]


def _record(value: object, file: str, line: int) -> Record | BadRow:
    if not isinstance(value, dict):
        return BadRow(file, line, _NOT_AN_OBJECT)
    values: dict[str, object] = {}
    for name, item in value.items():
        column = column_key(name)
        if not values.get(column):
            values[column] = item
    return Record(file, line, values)


def _decode(content: str, place: int) -> tuple[object, int]:
    """The value that begins at `place`, and the place after it; JSONDecodeError whatever is wrong with it."""
    try:
        return _DECODER.raw_decode(content, place)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:  # thousands of digits; lists in lists in lists
        raise json.JSONDecodeError(_short(error), content, place) from error


def _after_space(content: str, place: int) -> int:
    while place < len(content) and content[place] in _SPACE:
        place += 1
    return place


def _expect(content: str, place: int, mark: str) -> int:
    place = _after_space(content, place)
    if content[place : place + 1] != mark:
        raise json.JSONDecodeError(f"Expecting '{mark}'", content, place)
    return place + 1


def _find_list(content: str, key: str) -> int | None:
    """The place after the "[" of the list that is read; None where there is no such list."""
    place = _after_space(content, 0)
    if content[place] == "[":
        return place + 1
    if content[place] != "{":
        _decode(content, place)  # says where it is not JSON at all
        return None
    place = _after_space(content, place + 1)
    while content[place : place + 1] == '"':
        name, place = _decode(content, place)
        place = _after_space(content, _expect(content, place, ":"))
        if column_key(str(name)) == key and content[place : place + 1] == "[":
            return place + 1
        _, place = _decode(content, place)
        place = _after_space(content, place)
        if content[place : place + 1] != ",":
            break
        place = _after_space(content, place + 1)
    _expect(content, place, "}")
    return None


def _items(content: str, place: int) -> Iterator[tuple[int, object]]:
    """Place and value of each item of the list whose first item begins at or after `place`."""
    place = _after_space(content, place)
    if content[place : place + 1] == "]":
        return
    while True:
        value, end = _decode(content, place)
        yield place, value
        place = _after_space(content, end)
        if content[place : place + 1] == "]":
            return
        place = _after_space(content, _expect(content, place, ","))

"""What Grafana's PostgreSQL data source makes of the macros in a panel's SQL before it sends it.

As documented, and as its code has it (grafana/grafana, pkg/tsdb/grafana-postgresql-datasource/macros.go): a macro ends
at the first closing bracket, its arguments are split at commas, `$__timeGroup` directly before a comma gets an alias.
`$__interval` is put in by the browser before all that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_MACRO = re.compile(r"\$(__[_a-zA-Z0-9]+)\(([^)]*)\)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class TimeRange:
    """What is looked at."""

    since: datetime  # aware
    until: datetime
    interval: str = "1h"  # of one point


class UnknownMacro(ValueError):
    """Grafana would show an error in place of the panel."""


def expand(sql: str, seen: TimeRange) -> str:
    """The SQL that PostgreSQL gets. Raises UnknownMacro for what Grafana does not know, and where a `$` is left."""
    whole = sql.replace("${__interval}", seen.interval)
    whole = re.sub(r"\$__interval_ms\b", str(1000 * seconds(seen.interval)), whole)
    whole = re.sub(r"\$__interval\b", seen.interval, whole)

    def expanded(found: re.Match[str]) -> str:
        arguments = [argument.strip(" ") for argument in found[2].split(",")]
        old_way = found[1] == "__timeGroup" and whole[found.end() : found.end() + 1] == ","
        return _macro("__timeGroupAlias" if old_way else found[1], arguments, seen)

    result = _MACRO.sub(expanded, whole)
    if left := re.search(r"\$\w+|\$\{[^}]*\}", result):
        raise UnknownMacro(left[0])
    return result


def seconds(interval: str) -> int:
    """Of an interval such as 30s, 10m, 1h or 1d."""
    found = re.fullmatch(r"(\d+)([smhdw])", interval.strip("'"))
    if found is None:
        raise UnknownMacro(f"interval {interval}")
    return int(found[1]) * _SECONDS[found[2]]


def _macro(name: str, arguments: list[str], seen: TimeRange) -> str:
    column = arguments[0]
    since, until = _text(seen.since), _text(seen.until)
    match name:
        case "__time":
            return f'{column} AS "time"'
        case "__timeEpoch":
            return f'extract(epoch from {column}) as "time"'
        case "__timeFilter":
            return f"{column} BETWEEN '{since}' AND '{until}'"
        case "__timeFrom":
            return f"'{since}'"
        case "__timeTo":
            return f"'{until}'"
        case "__timeGroup" if len(arguments) in (2, 3):
            size = seconds(arguments[1])
            return f"floor(extract(epoch from {column})/{size})*{size}"
        case "__timeGroupAlias":
            return _macro("__timeGroup", arguments, seen) + ' AS "time"'
        case "__unixEpochFilter":
            return f"{column} >= {int(seen.since.timestamp())} AND {column} <= {int(seen.until.timestamp())}"
        case "__unixEpochGroup" if len(arguments) in (2, 3):
            size = seconds(arguments[1])
            return f"floor(({column})/{size})*{size}"
        case "__unixEpochGroupAlias":
            return _macro("__unixEpochGroup", arguments, seen) + ' AS "time"'
    raise UnknownMacro(f"${name}({', '.join(arguments)})")


def _text(moment: datetime) -> str:
    """RFC 3339, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

"""The program as the tests run it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("customer-assist")


@dataclass(frozen=True, slots=True)
class Result:
    status: int
    out: str
    err: str


Command = Callable[..., Result]


def is_one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n")

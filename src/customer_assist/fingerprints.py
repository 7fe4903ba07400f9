"""Fingerprints of what decides a turn: two parts that hold the same have the same one, in every process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from numbers import Integral, Real

import numpy as np

_DIGITS = 6  # of numbers: float noise makes no other gate of one


def fingerprint(part: object) -> str:
    """Sixteen hexadecimal digits for a dataclass, or anything made of mappings, sequences, texts and numbers.

    Raises TypeError for what is none of these, whose content nobody could see.
    """
    told = json.dumps(_plain(part), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def program_version() -> str:
    """Of this program; "" where it was never installed."""
    try:
        return version("customer-assist")
    except PackageNotFoundError:
        return ""


def _plain(part: object) -> object:
    match part:
        case None | bool() | str():
            return part
        case Integral():
            return int(part)
        case Real():
            return round(float(part), _DIGITS) + 0.0  # nought without a sign
        case np.ndarray():
            return _plain(part.tolist())
        case Mapping():
            return {str(key): _plain(value) for key, value in part.items()}
        case Sequence():
            return [_plain(value) for value in part]
    if is_dataclass(part) and not isinstance(part, type):
        return {field.name: _plain(getattr(part, field.name)) for field in fields(part)}
    raise TypeError(f"{type(part).__name__} has no fingerprint")

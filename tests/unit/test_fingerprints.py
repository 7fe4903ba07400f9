"""Fingerprints: alike for what holds the same, in whatever process; another for any other part."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pytest

from customer_assist.answering import subjects
from customer_assist.answering.gate import unfitted
from customer_assist.answering.subjects import SubjectModel
from customer_assist.fingerprints import fingerprint
from customer_assist.search.fusion import HYBRID


@dataclass(frozen=True)
class Part:
    numbers: tuple[float, ...]
    name: str = "a"


def test_what_holds_the_same_has_the_same_fingerprint() -> None:
    assert fingerprint(Part((1.0, 2.5))) == fingerprint(Part(tuple(np.array([1.0, 2.5]))))
    assert fingerprint({"a": 1, "b": [0.0]}) == fingerprint({"b": np.array([-0.0]), "a": 1})
    assert fingerprint(Part((0.1 + 0.2,))) == fingerprint(Part((0.3,)))


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    assert fingerprint(Part((1.0, 2.5), "é")) == "ced24f7110395ff9"


def test_every_part_of_a_gate_and_of_weights_counts() -> None:
    gate = replace(unfitted(), subjects=subjects.learn(np.eye(2, dtype=np.float32), [0, 1]))
    others = [replace(gate, **{part.name: _moved(getattr(gate, part.name))}) for part in fields(gate)]
    weights = [replace(HYBRID, **{part.name: 0.123}) for part in fields(HYBRID)]
    prints = [fingerprint(part) for part in (gate, *others, HYBRID, *weights)]
    assert len(set(prints)) == len(prints)


def test_every_part_of_a_model_of_subjects_counts() -> None:
    model = subjects.learn(np.eye(2, dtype=np.float32), [0, 1])
    others = [replace(model, **{part.name: getattr(model, part.name) + 0.01}) for part in fields(model)]
    assert len({fingerprint(part) for part in (model, *others)}) == 1 + len(others)


def test_a_change_of_a_millionth_counts_and_float_noise_does_not() -> None:
    assert fingerprint(Part((0.5,))) != fingerprint(Part((0.500001,)))
    assert fingerprint(Part((0.5,))) == fingerprint(Part((0.5 + 1e-9,)))


def test_what_cannot_be_looked_into_has_none() -> None:
    with pytest.raises(TypeError, match="object has no fingerprint"):
        fingerprint({"part": object()})


def _moved(value: object) -> object:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 0.01
        case str():
            return value + "x"
        case SubjectModel():
            return replace(value, bias=value.bias + 0.01)
        case tuple():
            return tuple(_moved(each) for each in value) or (1.0,)
    raise AssertionError(f"no other value of {value!r} is known")

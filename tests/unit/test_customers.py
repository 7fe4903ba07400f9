"""The examples that come with the program: how customers of invented businesses ask for articles."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.util import module_from_spec, spec_from_file_location
from itertools import islice
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from customer_assist.answering import customers as room
from customer_assist.answering.customers import customers, load, save
from customer_assist.answering.gate import FEATURES, Examples, Kind
from customer_assist.llm.minilm import MiniLM

TRAINING = Path(__file__).resolve().parents[2] / "training"


def make_examples(count: int = 5) -> Examples:
    random = np.random.default_rng(0)
    kinds = np.array([Kind.KNOWN, Kind.NEAR, Kind.FAR, Kind.KNOWN, Kind.NEAR][:count], dtype=np.int8)
    right = kinds == Kind.KNOWN
    return Examples(random.normal(0, 1, (count, len(FEATURES))), kinds, right, right, np.ones(count))


@pytest.fixture(scope="module")
def training() -> ModuleType:
    """The script that makes them, which is no part of the program."""
    spec = spec_from_file_location("training_gate", TRAINING / "gate.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names_of(training: ModuleType) -> list[str]:
    """The businesses that were learned from, in their order."""
    files = training.BUSINESSES.glob("*.jsonl")
    return sorted(f.stem for f in files if ".unanswerable" not in f.name and f.stem not in training.REPORTED)


def rows_of(training: ModuleType, name: str) -> list[dict[str, object]]:
    file = training.BUSINESSES / f"{name}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_examples_that_were_saved_are_loaded_as_they_were(tmp_path: Path) -> None:
    first, second = make_examples(5), make_examples(3)
    save(tmp_path / "made.npz", {"": first, "model/1": second})
    for stamp, wanted in (("", first), ("model/1", second)):
        found = load(tmp_path / "made.npz", stamp)
        assert found is not None
        assert found.features == pytest.approx(wanted.features, rel=0.001, abs=0.001)
        for part in fields(Examples)[1:]:
            assert np.array_equal(getattr(found, part.name), getattr(wanted, part.name))
            assert getattr(found, part.name).dtype == getattr(wanted, part.name).dtype


def test_for_another_model_there_are_none(tmp_path: Path) -> None:
    save(tmp_path / "made.npz", {"": make_examples(), "model/1": make_examples()})
    assert load(tmp_path / "made.npz", "model/2") is None
    assert load(tmp_path / "made.npz", "model") is None
    assert customers("model/of/nobody") is None


@pytest.mark.parametrize(
    "others", [FEATURES[:-1], (*FEATURES[1:], FEATURES[0]), (*FEATURES[:-1], "other"), (*FEATURES, "more")]
)
def test_for_other_features_than_the_gates_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: tuple[str, ...]
) -> None:
    save(tmp_path / "made.npz", {"": make_examples()})
    assert load(tmp_path / "made.npz", "") is not None
    monkeypatch.setattr(room, "FEATURES", others)
    assert load(tmp_path / "made.npz", "") is None


def test_those_that_come_with_the_program_are_of_its_search_with_its_model(
    embedder: MiniLM, training: ModuleType
) -> None:
    """None of them is of a business that the README reports on: so many are those of all others."""
    names = names_of(training)
    assert len(names) > 10 and not set(names) & set(training.REPORTED)
    asked = [
        len(row["messages"]) - listed  # type: ignore[arg-type]
        for name in names
        for listed in training.LISTED
        for row in rows_of(training, name)
    ]
    unknown = [
        (training.BUSINESSES / f"{name}.unanswerable.jsonl").read_text("utf-8").count("\n") for name in names
    ]
    shipped = customers(embedder.stamp)
    assert shipped is not None and customers("") is None
    assert (shipped.kinds == Kind.KNOWN).sum() == sum(asked)
    assert (shipped.kinds == Kind.NEAR).sum() == len(training.LISTED) * sum(unknown)
    assert not (shipped.kinds == Kind.FAR).any()
    assert np.isfinite(shipped.features).all()
    assert (shipped.listed >= shipped.right).all()
    assert not shipped.right[shipped.kinds != Kind.KNOWN].any()
    assert 0.6 < shipped.right[shipped.kinds == Kind.KNOWN].mean() < 1


def made_anew_as_shipped(anew: Examples, stamp: str) -> None:
    """`anew` are those of the first business, or the first of these."""
    shipped = customers(stamp)
    assert shipped is not None
    first = shipped.these(np.arange(len(shipped)) < len(anew))
    for name in ("kinds", "right", "listed"):
        assert np.array_equal(getattr(first, name), getattr(anew, name))
    assert first.features == pytest.approx(anew.features, rel=0.002, abs=0.002)


def test_made_anew_they_are_the_same(embedder: MiniLM, training: ModuleType) -> None:
    """Else the search, its model or its adapter was changed without making them anew."""
    some = islice(training._asked(names_of(training)[0], training.LISTED[0], embedder), 60)
    made_anew_as_shipped(Examples.together(list(some)), embedder.stamp)

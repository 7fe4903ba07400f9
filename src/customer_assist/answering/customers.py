"""How customers ask for articles, learned from invented businesses: examples for a gate, made by training/gate.py."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from customer_assist.answering.gate import FEATURES, Examples

FILE = "customers.npz"


@lru_cache(maxsize=4)
def customers(stamp: str) -> Examples | None:
    """Those made with the embedding model of this stamp; None where there are none."""
    with as_file(files("customer_assist.answering").joinpath(FILE)) as file:
        return load(file, stamp)


def load(file: Path, stamp: str) -> Examples | None:
    """None where the file has none for this model, or for other features than the gate's."""
    with np.load(file, allow_pickle=False) as kept:
        if tuple(kept["names"].tolist()) != FEATURES or stamp not in kept["stamps"].tolist():
            return None
        part = kept["stamps"].tolist().index(stamp)
        return Examples(
            features=kept[f"features{part}"].astype(np.float64),
            kinds=kept[f"kinds{part}"],
            right=kept[f"right{part}"],
            listed=kept[f"listed{part}"],
            weights=np.ones(len(kept[f"kinds{part}"])),
        )


def save(file: Path, of_stamp: dict[str, Examples]) -> None:
    """Rounded to what float16 holds."""
    arrays: dict[str, object] = {"names": np.array(FEATURES), "stamps": np.array(list(of_stamp))}
    for part, examples in enumerate(of_stamp.values()):
        arrays |= {
            f"features{part}": examples.features.astype(np.float16),
            f"kinds{part}": examples.kinds,
            f"right{part}": examples.right,
            f"listed{part}": examples.listed,
        }
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]

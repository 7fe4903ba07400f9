"""Invented businesses, with a value for every placeholder of the public answers and facts of their own.

Each fact is a sentence of the profile and other words for the same, with which an answer may say it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("businesses")
_NAMING = (
    "Company Name", "Online Company Portal Info", "Online Order Interaction", "Purchase History", "Order Status",
    "Shipping Status", "Order Tracking", "City 1", "City 2",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    sentence: str  # as the profile has it
    paraphrases: tuple[str, ...]  # as an answer may say it


@dataclass(frozen=True, slots=True)
class Business:
    values: dict[str, str]  # placeholder → value
    told: tuple[Fact, ...]
    names: tuple[str, ...]  # of people, carriers, labels, places: the longest first

    @property
    def facts(self) -> dict[str, str]:
        return self.values | {fact.name: fact.sentence for fact in self.told}


def read_business(name: str) -> Business:
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    told = tuple(Fact(each["name"], each["sentence"], tuple(each["paraphrases"])) for each in data["facts"])
    names = {*data["names"], *(data["values"][name] for name in _NAMING)}
    return Business(data["values"], told, tuple(sorted(names, key=lambda each: (-len(each), each))))

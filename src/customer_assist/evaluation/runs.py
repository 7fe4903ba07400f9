"""A run: what one engine found for each question, kept whole, so that it can be measured, shown and compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from customer_assist.errors import InvalidInput
from customer_assist.evaluation.measures import hit_rate, interval, ndcg, reciprocal_rank
from customer_assist.model import Document

Measure = Callable[[Sequence[str], frozenset[str]], float]
MEASURES: dict[str, Measure] = {
    "hit_rate@1": lambda ranking, relevant: hit_rate(ranking, relevant, 1),
    "hit_rate@5": lambda ranking, relevant: hit_rate(ranking, relevant, 5),
    "hit_rate@10": lambda ranking, relevant: hit_rate(ranking, relevant, 10),
    "mrr@5": lambda ranking, relevant: reciprocal_rank(ranking, relevant, 5),
    "mrr@10": lambda ranking, relevant: reciprocal_rank(ranking, relevant, 10),
    "ndcg@10": lambda ranking, relevant: ndcg(ranking, relevant, 10),
}
INTENT_PRECISION = "intent_precision@1"
DEEPEST = 10  # what the measures look at
_FORMAT = "customer-assist run 1"


@dataclass(frozen=True, slots=True)
class Found:
    """One document as it was ranked."""

    document: str
    title: str
    intent: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, what would have been right, and what was found, best first."""

    question: str
    documents: tuple[str, ...]  # the right ones; none where only the intent is known
    intents: tuple[str, ...]  # the right ones, where documents have intents
    found: tuple[Found, ...]

    @property
    def ranking(self) -> list[str]:
        return [found.document for found in self.found]

    def values(self) -> dict[str, float]:
        """Each measure that this question's judgment allows."""
        relevant = frozenset(self.documents)
        values = {name: of(self.ranking, relevant) for name, of in MEASURES.items()} if relevant else {}
        if self.intents:
            values[INTENT_PRECISION] = float(bool(self.found) and self.found[0].intent in self.intents)
        return values


@dataclass(frozen=True)
class Run:
    """One engine on one corpus and one list of questions."""

    engine: str
    documents: int
    corpus: str  # fingerprint of the documents
    depth: int  # how many documents were asked for
    asked: tuple[Asked, ...]
    latency: dict[str, float]  # milliseconds per query

    @cached_property
    def values(self) -> dict[str, list[float]]:
        """measure → one value per question that it applies to, in the order of the questions."""
        values: dict[str, list[float]] = {}
        for asked in self.asked:
            for name, value in asked.values().items():
                values.setdefault(name, []).append(value)
        return {name: values[name] for name in (*MEASURES, INTENT_PRECISION) if name in values}

    @property
    def measures(self) -> dict[str, float]:
        return {name: float(np.mean(each)) for name, each in self.values.items()}

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float]]:
        return {name: interval(each) for name, each in self.values.items()}

    @cached_property
    def by_intent(self) -> dict[str, float]:
        """intent → share of its questions whose first hit has it; questions with one right intent alone."""
        rights: dict[str, list[float]] = {}
        for asked in self.asked:
            if len(asked.intents) == 1:
                rights.setdefault(asked.intents[0], []).append(asked.values()[INTENT_PRECISION])
        return {intent: round(float(np.mean(each)), 4) for intent, each in sorted(rights.items())}

    def as_json(self) -> dict[str, object]:
        """The contract's object (§2), and `by_intent` where intents are known."""
        return {
            "engine": self.engine,
            "documents": self.documents,
            "questions": len(self.asked),
            **{name: round(value, 4) for name, value in self.measures.items()},
            "ci95": {name: [round(low, 4), round(high, 4)] for name, (low, high) in self.intervals.items()},
            "ms_per_query": self.latency,
            **({"by_intent": self.by_intent} if self.by_intent else {}),
        }


def fingerprint(documents: Sequence[Document]) -> str:
    """Names a corpus: the same documents in any order have the same, any change another."""
    digest = hashlib.sha256()
    for d in sorted(documents, key=lambda document: document.id):
        fields = sorted(d.fields.items())
        digest.update(json.dumps([d.id, d.title, list(d.questions), d.text, fields]).encode())
    return digest.hexdigest()[:16]


def save(run: Run, file: Path) -> None:
    """Write the run as JSON lines, in ASCII. Raises InvalidInput where that cannot be."""
    kept = {
        "format": _FORMAT,
        "questions": len(run.asked),
        **{name: value for name, value in asdict(run).items() if name != "asked"},
    }
    rows = [json.dumps(asdict(asked)) for asked in run.asked]
    try:
        with file.open("w", encoding="utf-8") as out:
            out.write("\n".join([json.dumps(kept), *rows]) + "\n")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}") from error


def load(file: Path) -> Run:
    """The run that `save` wrote. Raises InvalidInput for any other file."""
    try:
        head, *rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        if head.pop("format") != _FORMAT or head.pop("questions") != len(rows) or not rows:
            raise ValueError("of another kind, or cut off")
        asked = tuple(
            Asked(
                question=row["question"],
                documents=tuple(row["documents"]),
                intents=tuple(row["intents"]),
                found=tuple(Found(**found) for found in row["found"]),
            )
            for row in rows
        )
        return Run(**head, asked=asked)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"{file} is no saved run: make one with `customer-assist evaluate retrieval … --save {file}`"
        ) from error

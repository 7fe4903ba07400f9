"""A lying model: whether the checks catch one changed fact, and let honest words through.

From 200 real answers of a language model (orders_rag/rag-eval-gpt-4o-mini.csv) 600 clean ones are made: each
answer as it stands and in two other wordings, one of them with a fact of the profile in it; and of each of these
a lie, by changing one fact. The sources are those that search finds. The checks were developed on the answers of
even rows with one business, and are reported on those of odd rows with another, too.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.alterations import KINDS, alter
from bench.lie_businesses import KESTREL, LARKFIELD, Business
from bench.paraphrases import paraphrase
from bench.retrieval import read_documents
from customer_assist.answering.checks import Ground, check_text, lay_ground
from customer_assist.answering.citing import read_sources
from customer_assist.answering.prompt import INSTRUCTIONS
from customer_assist.bootstrap import choose_embedder
from customer_assist.config import load_settings
from customer_assist.indexing import retriever
from customer_assist.model import CheckResult, Hit, Query
from customer_assist.search.index import build

ANSWERS, DOCUMENTS = "orders_rag/rag-eval-gpt-4o-mini.csv", "orders_rag/documents-with-ids.json"
Check = Callable[[str, Ground], Sequence[CheckResult]]


@dataclass(frozen=True, slots=True)
class Told:
    """One answer, clean or altered, and what it may rest on."""

    row: int
    wording: str  # "real", "reworded" or "with a fact"
    kind: str  # of the change; "" where there is none
    text: str
    clean: str  # what it was made of
    case: Case

    @property
    def held_out(self) -> bool:
        return self.row % 2 == 1


@dataclass(frozen=True, slots=True)
class Case:
    question: str
    hits: tuple[Hit, ...]
    business: Business
    ground: Ground


def told(data: Path) -> Iterator[Told]:
    """The clean answers, each followed by its lie."""
    with (data / ANSWERS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    documents = read_documents(data / DOCUMENTS)
    embedder = choose_embedder(load_settings({}))
    search = retriever("hybrid", build(0, documents, embedder and embedder.encode), embedder)
    number = 0
    for row, line in enumerate(rows):
        business = KESTREL if row % 2 else LARKFIELD
        question = _filled(line["question"], business)
        hits = tuple(search.retrieve(Query(question), 10))
        ground = lay_ground(
            read_sources(hits, business.facts), business.facts, question, instructions=INSTRUCTIONS
        )
        case = Case(question, hits, business, ground)
        real = _filled(line["answer"], business)
        random = Random(row)
        reworded = paraphrase(real, random)
        wordings = {
            "real": real,
            "reworded": reworded,
            "with a fact": _with_fact(paraphrase(real, random), business, random),
        }
        for wording, clean in wordings.items():
            kind = KINDS[number % len(KINDS)]
            number += 1
            honest, lie = _altered(clean, kind, business, random)
            yield Told(row, wording, "", honest, honest, case)
            yield Told(row, wording, kind, lie, honest, case)


def _filled(text: str, business: Business) -> str:
    """As the model would have written it from filled sources."""
    values = {_key(name): value for name, value in business.values.items()}
    return re.sub(r"\{\{\s*([^{}]*?)\s*\}{2,}", lambda match: values.get(_key(match[1]), match[0]), text)


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _with_fact(text: str, business: Business, random: Random) -> str:
    return _inserted(text, random.choice(random.choice(business.told).paraphrases), random)


def _inserted(text: str, sentence: str, random: Random) -> str:
    """`sentence` as a paragraph of its own, or behind the last but one."""
    blocks = text.split("\n\n")
    at = random.randint(1, len(blocks))
    return "\n\n".join([*blocks[:at], sentence, *blocks[at:]])


def _altered(clean: str, kind: str, business: Business, random: Random) -> tuple[str, str]:
    """A clean answer and its lie; where it has nothing of the kind, a fact that has is put into both."""
    wanted = random.random() < 0.5  # a fact of the profile, even where the answer has something itself
    lie = None if wanted and kind != "url" else alter(clean, kind, business, random)
    while lie is None:
        sentence = random.choice(random.choice(business.told).paraphrases)
        changed = alter(sentence, kind, business, random)
        if changed is not None:
            clean = _inserted(clean, sentence, random)
            lie = clean.replace(sentence, changed)
    return clean, lie


@dataclass(frozen=True, slots=True)
class Figures:
    altered: Counter[str]
    caught: Counter[str]
    clean: int
    blocked: int

    def as_json(self) -> dict[str, object]:
        found, all_ = self.caught.total(), self.altered.total()
        precision = found / max(found + self.blocked, 1)
        recall = found / max(all_, 1)
        return {
            "altered": all_,
            "caught": {kind: f"{self.caught[kind]} of {self.altered[kind]}" for kind in KINDS},
            "recall": round(recall, 4),
            "precision": round(precision, 4),
            "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
            "clean": self.clean,
            "clean blocked": self.blocked,
        }


def measure(answers: Sequence[Told], check: Check = check_text) -> Figures:
    altered, caught = Counter[str](), Counter[str]()
    clean = blocked = 0
    for answer in answers:
        failed = any(not result.passed for result in check(answer.text, answer.case.ground))
        if answer.kind:
            altered[answer.kind] += 1
            caught[answer.kind] += failed
        else:
            clean += 1
            blocked += failed
    return Figures(altered, caught, clean, blocked)


def run(data: Path) -> dict[str, object]:
    if not (data / ANSWERS).is_file():
        print(f"skipped, {data / ANSWERS} is not there")
        return {}
    answers = list(told(data))
    found: dict[str, object] = {}
    for name, part in (
        ("all", answers),
        ("developed on", [each for each in answers if not each.held_out]),
        ("held out", [each for each in answers if each.held_out]),
    ):
        figures = measure(part).as_json()
        print(f"{name}: {figures}")
        found[name] = figures
    return found

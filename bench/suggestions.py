"""Replies suggested to people: whether the right document is among them, and what is shown where nothing answers.

The floors were chosen on five of the businesses that the gate's examples come from; the sample shop and the businesses
that nothing was fitted on report them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.abstention import BUSINESSES
from bench.retrieval import SHOP, UNSEEN, business, read_documents
from customer_assist.answering.brief import BriefAnswerer
from customer_assist.answering.gate import off_topic
from customer_assist.bootstrap import open_throwaway_assistant
from customer_assist.config import load_settings
from customer_assist.knowledge.questions import LabelledQuestion, read_questions
from customer_assist.model import Document
from customer_assist.suggesting import FLOORS, Floors, suggest

CHOSEN_ON = ("bike-shop", "book-shop", "clothing-store", "cosmetics", "electronics-store")
TRIED = (Floors(0, 0), Floors(0.1, 0.05), Floors(0.2, 0.05), FLOORS, Floors(0.3, 0.1))
_EVERY = 4  # messages of a business, of which one is asked

Case = tuple[str, list[Document], dict[str, list[LabelledQuestion]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is suggested for one message where nothing is held back."""

    kind: str  # known, near, far
    confidence: float
    drafts: tuple[tuple[float, bool], ...]  # each one's confidence, and whether it is the right document

    def above(self, floors: Floors) -> list[bool]:
        return [
            right for sure, right in self.drafts if self.confidence >= floors.message and sure >= floors.own
        ]


def run(_data: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, cases in (("chosen on", _chosen_on()), ("reported", _reported())):
        shown = [each for case in cases for each in _shown(case)]
        print(f"{name}: {len(shown)} messages")
        heads = ("right among", "drafts", "near: any", "drafts", "far: any", "drafts")
        print(f"{'floors':12s}" + "".join(f"{head:>12s}" for head in heads))
        found[name] = {str((f.message, f.own)): _figures(shown, f) for f in TRIED}
    return found


def _figures(shown: Sequence[Shown], floors: Floors) -> dict[str, float]:
    figures: dict[str, float] = {}
    for kind in ("known", "near", "far"):
        above = [each.above(floors) for each in shown if each.kind == kind]
        figures[f"{kind}_right_among"] = round(sum(map(any, above)) / len(above), 4)
        figures[f"{kind}_any"] = round(sum(map(bool, above)) / len(above), 4)
        figures[f"{kind}_drafts"] = round(sum(map(len, above)) / len(above), 3)
    shown_as = ("known_right_among", "known_drafts", "near_any", "near_drafts", "far_any", "far_drafts")
    cells = "".join(f"{figures[name]:12.3f}" for name in shown_as)
    print(f"{f'{floors.message} / {floors.own}':12s}{cells}", flush=True)
    return figures


def _shown(case: Case) -> Iterator[Shown]:
    name, documents, asked = case
    with open_throwaway_assistant(load_settings({})) as assistant:
        assistant.documents.sync_source(name, documents)
        snapshot, brief = assistant.library.current(), BriefAnswerer()
        for kind, questions in asked.items():
            for each in questions:
                found = suggest(each.question, (), snapshot, brief, Floors(0, 0))
                drafts = tuple((d.confidence, d.document_id in each.documents) for d in found.drafts)
                yield Shown(kind, found.confidence, drafts)


def _businesses(names: Sequence[str]) -> Iterator[Case]:
    """Their own messages, known and near. What is of another subject, every gate was fitted on."""
    for name in names:
        documents, asked = business(BUSINESSES / f"{name}.jsonl")
        lines = (BUSINESSES / f"{name}.unanswerable.jsonl").read_text(encoding="utf-8").splitlines()
        near = [LabelledQuestion(json.loads(line)["message"]) for line in lines]
        yield name, documents, {"known": asked[::_EVERY], "near": near}


def _chosen_on() -> Iterator[Case]:
    far = [LabelledQuestion(question) for question in off_topic()]
    for name, documents, asked in _businesses(CHOSEN_ON):
        yield name, documents, {**asked, "far": far}


def _reported() -> Iterator[Case]:
    yield from _businesses(UNSEEN)
    questions = SHOP / "questions"
    unknown = [
        json.loads(line)
        for line in (questions / "unanswerable.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    kinds = {
        kind: [LabelledQuestion(row["question"]) for row in unknown if row["kind"] == kind]
        for kind in ("near", "far")
    }
    yield (
        "shop",
        read_documents(SHOP / "brindle"),
        {"known": read_questions(questions / "questions.jsonl"), **kinds},
    )

"""Replies suggested to people: whether the right document is among them, and what is shown where nothing answers.

The floors were chosen on businesses that the gate's examples come from, half of whose messages are listed as ways of
asking, and on questions of other subjects from a public set; the sample shop and the businesses that nothing was fitted
on report them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.abstention import BANKING, BUSINESSES
from bench.retrieval import SHOP, UNSEEN, business, read_documents
from customer_assist.answering.brief import BriefAnswerer
from customer_assist.bootstrap import open_throwaway_assistant
from customer_assist.config import load_settings
from customer_assist.knowledge.questions import LabelledQuestion, read_questions
from customer_assist.model import Document
from customer_assist.suggesting import FLOORS, Floors, suggest

CHOSEN_ON = ("bike-shop", "cosmetics", "electronics-store", "outdoor-gear")
TRIED = {"no floors": Floors(0, 0, 0), "floors": FLOORS}
_KNOWN, _FAR = 6, 40  # of the messages of a business one in so many is asked; questions of other subjects

Case = tuple[str, list[Document], dict[str, list[LabelledQuestion]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is suggested for one message."""

    kind: str  # known, near, far
    drafts: int
    right: bool  # the right document is among them


def run(data: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, cases in (("chosen on", list(_chosen_on(data))), ("reported", list(_reported()))):
        shown = [(floors, each) for case in cases for floors, each in _shown(case)]
        print(f"{name}: {len(shown) // len(TRIED)} messages")
        heads = ("right among", "drafts", "near: any", "drafts", "far: any", "drafts")
        print(f"{'':12s}" + "".join(f"{head:>12s}" for head in heads))
        found[name] = {
            floors: _figures(floors, [each for of, each in shown if of == floors]) for floors in TRIED
        }
    return found


def _figures(floors: str, shown: Sequence[Shown]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for kind in ("known", "near", "far"):
        own = [each for each in shown if each.kind == kind]
        figures |= {
            f"{kind}": len(own),
            f"{kind}_right_among": _mean([each.right for each in own]),
            f"{kind}_any": _mean([each.drafts > 0 for each in own]),
            f"{kind}_drafts": _mean([each.drafts for each in own]),
        }
    shown_as = ("known_right_among", "known_drafts", "near_any", "near_drafts", "far_any", "far_drafts")
    print(f"{floors:12s}" + "".join(f"{figures[name]:12.3f}" for name in shown_as), flush=True)
    return figures


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _shown(case: Case) -> Iterator[tuple[str, Shown]]:
    name, documents, asked = case
    with open_throwaway_assistant(load_settings({})) as assistant:
        assistant.documents.sync_source(name, documents)
        snapshot, brief = assistant.library.current(), BriefAnswerer()
        for kind, questions in asked.items():
            for each in questions:
                for tried, floors in TRIED.items():
                    found = suggest(each.question, (), snapshot, brief, floors).drafts
                    right = any(draft.document_id in each.documents for draft in found)
                    yield tried, Shown(kind, len(found), right)


def _chosen_on(data: Path) -> Iterator[Case]:
    file = data / BANKING / "ood_oos_valid.csv"
    far = read_questions(file)[::16][:_FAR] if file.is_file() else []
    if not far:
        print(f"questions of other subjects are missing: {file} is not there")
    for name in CHOSEN_ON:
        documents, asked = business(BUSINESSES / f"{name}.jsonl")
        own = {each.id: [one.question for one in asked if each.id in one.documents] for each in documents}
        articles = [replace(each, questions=tuple(own[each.id][::2])) for each in documents]
        listed = {question for each in articles for question in each.questions}
        known = [each for each in asked if each.question not in listed]
        yield name, articles, {"known": known[::_KNOWN], "near": _unanswerable(name), "far": far}


def _reported() -> Iterator[Case]:
    for name in UNSEEN:
        documents, asked = business(BUSINESSES / f"{name}.jsonl")
        yield name, documents, {"known": asked[::_KNOWN], "near": _unanswerable(name)}
    known = read_questions(SHOP / "questions" / "questions.jsonl")
    lines = (SHOP / "questions" / "unanswerable.jsonl").read_text(encoding="utf-8").splitlines()
    unknown = {"near": list[LabelledQuestion](), "far": list[LabelledQuestion]()}
    for row in map(json.loads, lines):
        unknown[row["kind"]].append(LabelledQuestion(row["question"]))
    yield "shop", read_documents(SHOP / "brindle"), {"known": known, **unknown}


def _unanswerable(name: str) -> list[LabelledQuestion]:
    lines = (BUSINESSES / f"{name}.unanswerable.jsonl").read_text(encoding="utf-8").splitlines()
    return [LabelledQuestion(json.loads(line)["message"]) for line in lines]

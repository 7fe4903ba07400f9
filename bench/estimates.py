"""Whether the gate's confidence is the share of answers that are right: what `turn_relevance.estimate` is worth.

Of what is answered, the mean confidence stands beside the share whose best document is right; a question that the
knowledge has no answer to makes every answer wrong. `ece` is the mean distance between the two over ten groups of equal
size by confidence, `brier` the mean square of confidence against right (1) or wrong (0).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.abstention import BANKING, BUSINESSES, Case
from bench.retrieval import SHOP, UNSEEN, business, read_documents
from customer_assist.bootstrap import choose_embedder
from customer_assist.config import load_settings
from customer_assist.evaluation.abstention import Judged, evaluate_abstention
from customer_assist.knowledge.questions import LabelledQuestion, read_questions
from customer_assist.model import Decision

GROUPS = 10


def run(data: Path) -> dict[str, object]:
    embedder = choose_embedder(load_settings({}))
    found: dict[str, object] = {}
    print(f"{'corpus':34s}{'answered':>10s}{'estimate':>10s}{'right':>8s}{'ece':>8s}{'brier':>8s}")
    for name, documents, answerable, unanswerable in _cases(data):
        judged = evaluate_abstention(documents, answerable, unanswerable, engine="hybrid", embedder=embedder)
        for label, asked in (
            (name, judged.answerable),
            (f"{name}, with unknown", (*judged.answerable, *judged.unanswerable)),
        ):
            figures = reliability(asked, len(judged.answerable))
            print(
                f"{label:34s}{figures['answered']:10.0f}{figures['estimate']:10.3f}{figures['right']:8.3f}"
                f"{figures['ece']:8.3f}{figures['brier']:8.3f}",
                flush=True,
            )
            found[label] = figures
    return found


def reliability(asked: Sequence[Judged], answerable: int) -> dict[str, float]:
    """Of those answered; the first `answerable` have an answer, the others none."""
    pairs = [
        (each.confidence, float(place < answerable and each.right is True))
        for place, each in enumerate(asked)
        if each.decision is Decision.ANSWER
    ]
    confidence, right = np.array(sorted(pairs)).T
    groups = zip(np.array_split(confidence, GROUPS), np.array_split(right, GROUPS), strict=True)
    ece = sum(abs(c.mean() - r.mean()) * len(c) for c, r in groups if len(c)) / len(pairs)
    return {
        "answered": len(pairs),
        "estimate": round(float(confidence.mean()), 4),
        "right": round(float(right.mean()), 4),
        "ece": round(float(ece), 4),
        "brier": round(float(((confidence - right) ** 2).mean()), 4),
    }


def _cases(data: Path) -> Iterator[Case]:
    """Messages of which somebody said what answers them."""
    articles, asked = read_documents(SHOP / "brindle"), read_questions(SHOP / "questions" / "questions.jsonl")
    yield "shop", articles, asked, read_questions(SHOP / "questions" / "unanswerable.jsonl")
    for name in UNSEEN:
        documents, asked = business(BUSINESSES / f"{name}.jsonl")
        yield f"unseen: {name}", documents, asked, _messages(BUSINESSES / f"{name}.unanswerable.jsonl")
    if not (data / BANKING).is_dir():
        print(f"{BANKING}: skipped, {data / BANKING} is not there")
        return
    unknown = [
        question
        for file in ("id_oos_valid.csv", "ood_oos_valid.csv")
        for question in read_questions(data / BANKING / file)
    ]
    known = read_documents(data / BANKING / "in_scope_train.csv")
    yield BANKING, known, read_questions(data / BANKING / "in_scope_valid.csv"), unknown


def _messages(path: Path) -> list[LabelledQuestion]:
    return [LabelledQuestion(json.loads(line)["message"]) for line in path.read_text("utf-8").splitlines()]

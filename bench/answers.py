"""Whole answers on the 200 questions whose answers the reference published with a model's judgments."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.retrieval import PUBLIC, read_documents
from customer_assist.bootstrap import open_throwaway_assistant
from customer_assist.config import load_settings
from customer_assist.evaluation.answer_report import PUBLISHED, report_html
from customer_assist.evaluation.answer_runs import Answered, AnswerRun, leaks
from customer_assist.evaluation.answers import AT_ONCE, estimate, evaluate_answers
from customer_assist.evaluation.judge import Judge, Label
from customer_assist.evaluation.measures import interval, share_interval
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.model import Document

RECORDED = "orders_rag/rag-eval-gpt-4o-mini.csv"
PAGE = Path(__file__).resolve().parent / "results" / "answers.html"
_SHOWN = ("answered", "clarified", "abstained", "right_document", "right_intent", "checks_passed", "degraded")
_OF_MODELS = ("OPENAI_", "CUSTOMER_ASSIST_MODEL")


@dataclass(frozen=True, slots=True)
class Theirs:
    """One recorded answer of the reference, which says nothing of its sources."""

    question: str
    document: str  # that the question was written from
    answer: str
    label: Label


def run(data: Path) -> dict[str, object]:
    documents_file = data / PUBLIC["orders_rag"][0]
    for file in (documents_file, data / RECORDED):
        if not file.is_file():
            print(f"skipped, {file} is not there")
            return {}
    documents, recorded = read_documents(documents_file), _recorded(data / RECORDED)
    asked = [LabelledQuestion(each.question, (each.document,)) for each in recorded]
    ours = _run(documents_file, documents, asked)
    figures: dict[str, object] = {"ours": ours.as_json(), "recorded": _recorded_figures(recorded)}
    _show(ours, recorded)
    figures["agreement"] = _agreement(ours, recorded, {str(d.id): d.text for d in documents})
    _say_what_a_model_adds(ours, asked)
    if PAGE.parent.is_dir():
        PAGE.write_text(report_html(ours, documents), encoding="utf-8")
    return figures


def _run(file: Path, documents: Sequence[Document], asked: Sequence[LabelledQuestion]) -> AnswerRun:
    """Over the settings' defaults, with the environment's language model where there is one."""
    model = {name: value for name, value in os.environ.items() if name.startswith(_OF_MODELS)}
    with open_throwaway_assistant(load_settings(model)) as opened:
        opened.ingest(file)
        judge = None if opened.generator is None else Judge(opened.generator)
        return evaluate_answers(opened.desk, documents, asked, judge=judge, at_once=AT_ONCE if judge else 1)


def _recorded(file: Path) -> list[Theirs]:
    with file.open(encoding="utf-8", newline="") as rows:
        return [
            Theirs(row["question"], row["id"], row["answer"], Label(row["relevance"]))
            for row in csv.DictReader(rows)
        ]


def _recorded_figures(recorded: Sequence[Theirs]) -> dict[str, object]:
    leaked, words = [leaks(r.answer) for r in recorded], [float(len(r.answer.split())) for r in recorded]
    return {
        "answers": len(recorded),
        "leaked_placeholders": round(float(np.mean(leaked)), 4),
        "words": round(float(np.mean(words)), 4),
        "ci95": {
            "leaked_placeholders": [round(edge, 4) for edge in share_interval(sum(leaked), len(leaked))],
            "words": [round(edge, 4) for edge in interval(words)],
        },
        "labels": {label.value: sum(each.label is label for each in recorded) for label in Label},
    }


def _show(ours: AnswerRun, recorded: Sequence[Theirs]) -> None:
    print(f"{len(recorded)} questions, the same for both; 95 % intervals in brackets")
    print(f"{'':22s}{'ours, ' + _author(ours):>28s}{'recorded, gpt-4o-mini':>28s}")
    for name in _SHOWN:
        print(f"{name:22s}{_cell(ours, name):>28s}{'not recorded':>28s}")
    leaked = [float(leaks(each.answer)) for each in recorded]
    words = [float(len(each.answer.split())) for each in recorded]
    theirs = {
        "leaked_placeholders": _share(leaked),
        "words": _told(float(np.mean(words)), interval(words), 1),
    }
    for name, cell in theirs.items():
        print(f"{name:22s}{_cell(ours, name):>28s}{cell:>28s}")


def _author(ours: AnswerRun) -> str:
    return ", ".join(sorted({asked.answered_by for asked in ours.asked if asked.is_answer})) or "none"


def _cell(ours: AnswerRun, name: str) -> str:
    value, edges = ours.measures[name], ours.intervals[name]
    return "-" if value is None or edges is None else _told(value, edges, 1 if name == "words" else 3)


def _share(values: Sequence[float]) -> str:
    return _told(float(np.mean(values)), share_interval(sum(values), len(values)), 3)


def _told(value: float, edges: tuple[float, float], digits: int) -> str:
    return f"{value:.{digits}f} [{edges[0]:.{digits}f}, {edges[1]:.{digits}f}]"


def _agreement(ours: AnswerRun, recorded: Sequence[Theirs], texts: dict[str, str]) -> dict[str, object]:
    """Their labels against what can be computed without a model: of their answers, and of ours to the same question."""
    pairs = list(zip(recorded, ours.asked, strict=True))
    measures: dict[str, Callable[[Theirs, Answered], float | None]] = {
        "theirs: shows a placeholder": lambda theirs, _: float(leaks(theirs.answer)),
        "theirs: words": lambda theirs, _: float(len(theirs.answer.split())),
        "theirs: words that its question's document has": lambda theirs, _: _borne_out(
            theirs.answer, texts[theirs.document]
        ),
        "ours: answered": lambda _, asked: asked.values()["answered"],
        "ours: confidence": lambda _, asked: asked.confidence,
        "ours: right document": lambda _, asked: asked.values().get("right_document"),
        "ours: right intent": lambda _, asked: asked.values().get("right_intent"),
    }
    print(
        "\nTheir labels beside measures without a model: means, and how well each tells RELEVANT from the others"
    )
    print(f"{'':48s}" + "".join(f"{label.value:>17s}" for label in Label) + f"{'of':>6s}{'AUROC':>20s}")
    found: dict[str, object] = {}
    for name, measure in measures.items():
        values = [
            (theirs.label, value) for theirs, asked in pairs if (value := measure(theirs, asked)) is not None
        ]
        means = {label.value: _mean([v for of, v in values if of is label]) for label in Label}
        area, edges = _auroc([v for of, v in values if of is Label.RELEVANT], _rest(values))
        cells = "".join(f"{'-' if mean is None else f'{mean:.3f}':>17s}" for mean in means.values())
        print(f"{name:48s}{cells}{len(values):>6d}{_told(area, edges, 2):>20s}")
        found[name] = {
            **means,
            "of": len(values),
            "auroc": round(area, 4),
            "ci95": [round(edge, 4) for edge in edges],
        }
    return found


def _rest(values: Sequence[tuple[Label, float]]) -> list[float]:
    return [value for label, value in values if label is not Label.RELEVANT]


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def _borne_out(answer: str, text: str) -> float:
    said = re.findall(r"[a-z]{4,}", answer.lower())
    known = set(re.findall(r"[a-z]{4,}", text.lower()))
    return sum(word in known for word in said) / max(len(said), 1)


def _auroc(positive: Sequence[float], negative: Sequence[float]) -> tuple[float, tuple[float, float]]:
    """How often a RELEVANT answer has the higher value, ties by half; its interval by drawing both groups anew."""
    random = np.random.default_rng(0)
    ones, others = np.asarray(positive), np.asarray(negative)
    wins = np.sign(ones[:, None] - others[None, :]) / 2 + 0.5
    rows = random.integers(0, len(ones), size=(1000, len(ones)))
    columns = random.integers(0, len(others), size=(1000, len(others)))
    areas = [wins[np.ix_(row, column)].mean() for row, column in zip(rows, columns, strict=True)]
    low, high = np.quantile(areas, [0.025, 0.975])
    return float(wins.mean()), (float(low), float(high))


def _say_what_a_model_adds(ours: AnswerRun, asked: Sequence[LabelledQuestion]) -> None:
    total = sum(PUBLISHED.values())
    published = " / ".join(f"{count / total:.0%}" for count in PUBLISHED.values())
    counts = " / ".join(map(str, PUBLISHED.values()))
    print(f"\nPublished by the reference: {published} RELEVANT / PARTLY_RELEVANT / NON_RELEVANT ({counts}).")
    print(
        "Its judge was gpt-4o-mini. None of the measures above is that judge, and none can be set beside it."
    )
    if ours.judge:
        unscored = sum(ours.unscored.values())
        told = f"{ours.judged} judged, {unscored} unscored, the others had no answer"
        print(f"Ours, judged by {ours.judge}, another judge: {told}.")
        for name in ("relevant", "partly_relevant", "non_relevant", "relevant_of_asked"):
            print(f"{name:22s}{_cell(ours, name):>28s}")
        return
    calls = estimate(asked)
    print(
        "No language model is set, so there is no such figure of ours. With OPENAI_API_KEY or OPENAI_BASE_URL the"
    )
    print(
        f"same command has that model answer and judge: up to {calls.expected} calls, {calls.most} at most."
    )

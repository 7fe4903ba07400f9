"""A run of whole answers: what the desk said to each question, kept whole, so that it can be measured and shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from customer_assist.errors import InvalidInput
from customer_assist.evaluation.judge import Label, Relevance
from customer_assist.evaluation.measures import interval, percentiles, share_interval
from customer_assist.model import Outcome, Usage

MEANINGS: Mapping[str, str] = {
    "answered": "Questions that got an answer.",
    "clarified": "Questions that were asked back.",
    "abstained": "Questions that were declined.",
    "right_document": "Answers that cite a right document, where the question names one.",
    "right_intent": "Answers whose first source is about the right subject, where it is known.",
    "checks_passed": "Answers that passed all of their checks.",
    "degraded": "Answers that a language model should have written, and could not.",
    "leaked_placeholders": "Replies of any kind that show a {{placeholder}} to the customer.",
    "words": "Words of an answer.",
    "relevant": "Answers that the judge calls RELEVANT, of those that it judged.",
    "partly_relevant": "Answers that it calls PARTLY_RELEVANT, of the same.",
    "non_relevant": "Answers that it calls NON_RELEVANT, of the same.",
    "relevant_of_asked": "RELEVANT answers of all questions: where there was no answer, it was not relevant.",
}
DETERMINISTIC = tuple(MEANINGS)[:9]
JUDGED = dict(zip(("relevant", "partly_relevant", "non_relevant"), Label, strict=True))
RELEVANT_OF_ASKED = "relevant_of_asked"
_NO_SHARE = frozenset({"words"})
_FORMAT = "customer-assist answers 1"


@dataclass(frozen=True, slots=True)
class Answered:
    """One question, what would have been right, and what the desk made of it."""

    question: str
    documents: tuple[str, ...]  # the right ones; none where that is not known
    intents: tuple[str, ...]  # the right ones, where documents have intents
    outcome: Outcome
    text: str  # as the customer sees it, whatever the outcome
    answered_by: str
    degraded: bool
    confidence: float
    cited: tuple[str, ...]  # documents, in the answer's order
    cited_intent: str | None  # of the first
    checks: Mapping[str, bool]  # by name: passed
    milliseconds: float
    usage: Usage
    relevance: Relevance | None = None  # None: not given to a judge

    @property
    def is_answer(self) -> bool:
        return self.outcome is Outcome.ANSWERED

    def values(self) -> dict[str, float]:
        """Each measure that applies to this question, but `relevant_of_asked`."""
        values = {
            "answered": float(self.is_answer),
            "clarified": float(self.outcome is Outcome.CLARIFYING),
            "abstained": float(self.outcome is Outcome.ABSTAINED),
            "leaked_placeholders": float(leaks(self.text)),
        }
        if not self.is_answer:
            return values
        if self.documents:
            values["right_document"] = float(any(document in self.documents for document in self.cited))
        if self.intents:
            values["right_intent"] = float(self.cited_intent in self.intents)
        values["checks_passed"] = float(bool(self.checks) and all(self.checks.values()))
        values["degraded"] = float(self.degraded)
        values["words"] = float(len(self.text.split()))
        if self.relevance is not None and self.relevance.label is not None:
            values |= {name: float(self.relevance.label is label) for name, label in JUDGED.items()}
        return values


@dataclass(frozen=True)
class AnswerRun:
    """The desk on one corpus and one list of questions."""

    engine: str
    documents: int
    corpus: str  # fingerprint of the documents
    judge: str | None  # the model that judged; None: nobody did
    asked: tuple[Answered, ...]

    @cached_property
    def values(self) -> dict[str, list[float]]:
        """measure → one value per question that it applies to; none where it applies to no question."""
        values: dict[str, list[float]] = {name: [] for name in MEANINGS}
        for asked in self.asked:
            for name, value in asked.values().items():
                values[name].append(value)
        if self.judge is not None and self.judged:
            values[RELEVANT_OF_ASKED] = [
                asked.values().get("relevant", 0.0) for asked in self.asked if not _is_unscored(asked)
            ]
        return values

    @property
    def measures(self) -> dict[str, float | None]:
        return {name: float(np.mean(each)) if each else None for name, each in self.values.items()}

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float] | None]:
        return {
            name: None
            if not each
            else interval(each)
            if name in _NO_SHARE
            else share_interval(sum(each), len(each))
            for name, each in self.values.items()
        }

    @property
    def outcomes(self) -> dict[str, int]:
        """How many questions came to each outcome, of all that there are."""
        counts = Counter(asked.outcome for asked in self.asked)
        return {outcome.value: counts[outcome] for outcome in Outcome}

    @property
    def judged(self) -> int:
        return sum(asked.relevance is not None and asked.relevance.label is not None for asked in self.asked)

    @property
    def unscored(self) -> dict[str, int]:
        """Why answers that were given to the judge have no label → how many; the most frequent first."""
        reasons = Counter(
            asked.relevance.explanation
            for asked in self.asked
            if asked.relevance is not None and asked.relevance.label is None
        )
        return dict(reasons.most_common())

    def as_json(self) -> dict[str, object]:
        """Always the same keys; what could not be measured is null."""
        authors = Counter(asked.answered_by for asked in self.asked if asked.is_answer)
        return {
            "engine": self.engine,
            "documents": self.documents,
            "questions": len(self.asked),
            "outcomes": self.outcomes,
            "answered_by": dict(sorted(authors.items())),
            **{name: None if value is None else round(value, 4) for name, value in self.measures.items()},
            "ci95": {
                name: None if edges is None else [round(edge, 4) for edge in edges]
                for name, edges in self.intervals.items()
            },
            "of": {name: len(each) for name, each in self.values.items()},
            "judge": self.judge,
            "judged": self.judged,
            "unscored": sum(self.unscored.values()),
            "unscored_because": self.unscored,
            "tokens": {
                "answers": _tokens(sum((asked.usage for asked in self.asked), Usage())),
                "judge": _tokens(sum((a.relevance.usage for a in self.asked if a.relevance), Usage())),
            },
            "ms_per_question": dict(percentiles([asked.milliseconds for asked in self.asked])),
        }


def leaks(text: str) -> bool:
    """Whether a placeholder of the approved texts is shown, whole or broken."""
    return "{{" in text or "}}" in text


def save(run: AnswerRun, file: Path) -> None:
    """Write the figures, then a line for each question with its answer, as JSON lines in ASCII.

    Raises InvalidInput where that cannot be.
    """
    rows = [
        {"format": _FORMAT, "corpus": run.corpus, **run.as_json()},
        *(asdict(asked) for asked in run.asked),
    ]
    try:
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}") from error


def _is_unscored(asked: Answered) -> bool:
    return asked.is_answer and (asked.relevance is None or asked.relevance.label is None)


def _tokens(usage: Usage) -> dict[str, int]:
    return {"prompt": usage.prompt_tokens, "completion": usage.completion_tokens}

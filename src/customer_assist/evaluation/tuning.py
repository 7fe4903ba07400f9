"""How much each kind of evidence should count for one business: fitted on its own questions, reported on others.

A listwise linear model (the softmax over a question's candidates, as ListNet with one right answer: Cao et al.
2007) whose weights are not negative and are pulled to the defaults. Questions are split by document, so that
nothing is fitted on a document that is reported on: a fifth is kept for the report, and the others choose how strong
the pull is, each fold of them in turn by what the other folds would have fitted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from customer_assist.errors import InvalidInput
from customer_assist.evaluation.comparison import Comparison, compare
from customer_assist.evaluation.measures import reciprocal_rank
from customer_assist.evaluation.retrieval import Progress, check_judgments, measure
from customer_assist.evaluation.runs import DEEPEST, INTENT_PRECISION, Run
from customer_assist.indexing import WEIGHTS, stamp_of
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.model import Hit, Query
from customer_assist.ports import Embedder
from customer_assist.search.fusion import CANDIDATES, HYBRID, FusionRetriever, Weights, kin_vote
from customer_assist.search.index import SIGNALS, Index
from customer_assist.storage.documents import Tuning

REPORTED = 0.2  # share of the groups of questions
FOLDS = 4  # of the others
FEWEST = 20  # groups below which any weights would be luck
_LEAST_GAIN = 0.001  # less is noise of floats, or no reason to change anything
_PULLS = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # how strongly weights are pulled to the defaults
_KIN = (0.0, 0.15, 0.3, 0.6)


@dataclass(frozen=True, slots=True)
class Candidates:
    """One question's best documents, and which of them are right."""

    evidence: NDArray[np.float64]  # (k, 8), columns as in SIGNALS
    right: NDArray[np.bool_]  # (k,)
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class Experiment:
    """What was fitted on what, and what it gave on the rest."""

    engine: str
    stamp: str  # of the embedding model
    weights: Weights
    pull: float | None  # None: the defaults were best
    questions: Mapping[str, int]  # part → how many
    before: Run  # with the defaults, on the questions to report on
    after: Run  # with `weights`
    fitted_on: frozenset[str]  # `mark` of all `keys` of the questions that were not kept for the report

    @cached_property
    def comparisons(self) -> list[Comparison]:
        return compare(self.after, self.before)

    @property
    def helps(self) -> bool:
        """Whether the weights are better than the defaults on the reported questions, and not by chance.

        So it is decided there whether they are adopted, though nothing of them was chosen there.
        """
        judged = next(each for each in self.comparisons if each.measure == target(self.before))
        return self.pull is not None and judged.difference >= _LEAST_GAIN and judged.interval[0] >= 0

    def as_tuning(self) -> Tuning:
        return Tuning(self.engine, asdict(self.weights), self.as_json())

    def as_json(self) -> dict[str, object]:
        return {
            "engine": self.engine,
            "stamp": self.stamp,
            "weights": asdict(self.weights),
            "pull": self.pull,
            "questions": dict(self.questions),
            "corpus": self.after.corpus,
            "before": _figures(self.before),
            "after": _figures(self.after),
            "comparisons": [each.as_json() for each in self.comparisons],
            "helps": self.helps,
            "fitted_on": sorted(self.fitted_on),
        }


def tune(
    index: Index,
    questions: Sequence[LabelledQuestion],
    embedder: Embedder | None,
    *,
    engine: str = "hybrid",
    progress: Callable[[int, int], None] | None = None,
) -> Experiment:
    """Fit on a part of `questions`, and report on the rest. Deterministic.

    `progress`: questions asked so far, and of how many.

    Raises InvalidInput where the questions are too few or cannot be judged.
    """
    check_judgments(index.documents, questions)
    start, (report, *folds) = WEIGHTS[engine], split(questions)
    asking = _Asking(progress, len(questions) + len(report))
    pools = [list(candidates(index, fold, embedder, start, asking)) for fold in folds]
    weights, pull = fitted(pools, start)

    def run(name: str, of: Weights) -> Run:
        under_test = FusionRetriever(name, index, of, embedder, candidates_by=start)
        return measure(under_test, index.documents, report, progress=asking)

    before, after = run("default", start), run("tuned", weights)
    return Experiment(
        engine=engine,
        stamp=stamp_of(embedder),
        weights=weights,
        pull=pull,
        questions={"fitted": len(questions) - len(report), "reported": len(report)},
        before=before,
        after=after,
        fitted_on=frozenset(mark(key) for fold in folds for each in fold for key in keys(each)),
    )


def save(experiment: Experiment, file: Path) -> None:
    """Write it as one JSON document. Raises InvalidInput where that cannot be."""
    try:
        file.write_text(json.dumps(experiment.as_json(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}") from error


def load(file: Path) -> tuple[Weights, frozenset[str]]:
    """The weights of a saved experiment, and what they were fitted on. Raises InvalidInput for any other file."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Weights(**kept["weights"]), frozenset(kept["fitted_on"])
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            f"{file} is no saved experiment: make one with `customer-assist tune … --save {file}`"
        ) from error


def check_unseen(questions: Sequence[LabelledQuestion], fitted_on: frozenset[str]) -> None:
    """Raise InvalidInput where a question, or one about the same document, took part in the fit."""
    seen = [each.question for each in questions if any(mark(key) in fitted_on for key in keys(each))]
    if seen:
        raise InvalidInput(
            f"{len(seen)} of {len(questions)} questions, or others about their documents, took part in fitting these "
            f"weights, {seen[0][:60]!r} among them: measure on others, or read the figures that `tune` gave"
        )


def keys(question: LabelledQuestion) -> list[str]:
    """What two questions may not share across a split: their words, a document; an intent where it is all."""
    judged = [f"document {each}" for each in question.documents] or [f"intent {question.intent}"]
    return [f"words {wording(question.question)}", *judged]


def wording(question: str) -> str:
    """What two questions in the same words have in common, however they are typed."""
    return " ".join(question.casefold().split())


def mark(key: str) -> str:
    """Names a key without telling what it says."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def split(questions: Sequence[LabelledQuestion], seed: int = 0) -> list[list[LabelledQuestion]]:
    """The part to report on, and FOLDS others; no document is in two of them.

    Raises InvalidInput for fewer than FEWEST groups of questions.
    """
    groups = grouped(questions)
    if len(groups) < FEWEST:
        raise InvalidInput(
            f"{len(questions)} questions about {len(groups)} different documents or intents are too few to fit weights "
            f"on and to tell whether they help: give questions about at least {FEWEST}"
        )
    Random(seed).shuffle(groups)
    kept = round(len(groups) * REPORTED)
    parts = [groups[:kept], *(groups[kept + fold :: FOLDS] for fold in range(FOLDS))]
    return [[each for group in part for each in group] for part in parts]


def grouped(questions: Sequence[LabelledQuestion]) -> list[list[LabelledQuestion]]:
    """Questions that share a key stand together."""
    group_of: dict[str, list[LabelledQuestion]] = {}
    for each in questions:
        own = keys(each)
        joined = list({id(group_of[key]): group_of[key] for key in own if key in group_of}.values())
        group = joined[0] if joined else []
        for other in joined[1:]:
            group.extend(other)
            group_of.update((key, group) for key, held in group_of.items() if held is other)
        group.append(each)
        group_of.update((key, group) for key in own)
    return list({id(group): group for group in group_of.values()}.values())


def candidates(
    index: Index,
    questions: Sequence[LabelledQuestion],
    embedder: Embedder | None,
    weights: Weights = HYBRID,
    progress: Progress | None = None,
) -> Iterator[Candidates]:
    """The best documents of each question by `weights`, without those questions whose right one is not among
    them: they teach nothing."""
    searcher = FusionRetriever("candidates", index, weights, embedder)
    for done, question in enumerate(questions, start=1):
        hits = searcher.retrieve(Query(question.question), CANDIDATES)
        right = np.array([_is_right(hit, question) for hit in hits], dtype=bool)
        if progress and (done % 50 == 0 or done == len(questions)):
            progress("candidates", done, len(questions))
        if right.any():
            evidence = np.array([[hit.signals[name] for name in SIGNALS] for hit in hits], dtype=np.float64)
            yield Candidates(evidence, right, tuple(hit.document.subject for hit in hits))


def fitted(folds: Sequence[Sequence[Candidates]], start: Weights = HYBRID) -> tuple[Weights, float | None]:
    """The weights for all `folds`, and how strongly they were pulled to `start`.

    What each fold gains by weights fitted on the others decides that: the pull by the loss, which tells more finely
    than ranks do, the vote of kin by the ranks. `start` and None where the ranks are no better than by `start`. The
    sum is that of `start`, so that scores stay as large.
    """
    if not all(folds) or len(folds) < 2:
        return start, None
    others = [[pool for j, fold in enumerate(folds) if j != i for pool in fold] for i in range(len(folds))]
    best: tuple[float, float, list[Weights]] | None = None  # loss, pull, weights for each fold
    for pull in _PULLS:
        found = [_fit(pools, start, pull) for pools in others]
        loss = sum(
            _Padded.of(fold).loss(array)[0] * len(fold) for fold, (_, array) in zip(folds, found, strict=True)
        )
        if best is None or loss < best[0]:
            best = loss, pull, [weights for weights, _ in found]
    assert best is not None
    _, pull, weights_of_each = best

    def reached(weights: Sequence[Weights]) -> float:
        return sum(_reached(fold, each) * len(fold) for fold, each in zip(folds, weights, strict=True))

    by_kin = {
        kin: reached([replace(each, kin=kin) for each in weights_of_each]) for kin in (start.kin, *_KIN)
    }
    kin = max(by_kin, key=lambda each: by_kin[each])
    if by_kin[kin] <= reached([start] * len(folds)):
        return start, None
    return replace(_fit([pool for fold in folds for pool in fold], start, pull)[0], kin=kin), pull


def _fit(pools: Sequence[Candidates], start: Weights, pull: float) -> tuple[Weights, NDArray[np.float64]]:
    """Fitted weights in the sum of `start`, and as large as the softmax wants them."""
    padded = _Padded.of(pools)
    anchor = start.array().astype(np.float64)
    found = padded.minimum(anchor * padded.scale(anchor), pull)
    scaled = found * anchor.sum() / max(found.sum(), 1e-9)
    named = {name: round(float(w), 4) for name, w in zip(SIGNALS, scaled, strict=True)}
    return replace(start, **named), found


def target(run: Run) -> str:
    """The measure that weights are chosen and judged by."""
    return "mrr@10" if "mrr@10" in run.measures else INTENT_PRECISION


@dataclass(frozen=True, slots=True)
class _Padded:
    """The candidates of n questions in one array; what is not there cannot be chosen."""

    evidence: NDArray[np.float64]  # (n, k, 8)
    there: NDArray[np.float64]  # (n, k): 0, or minus infinity where no candidate is
    right: NDArray[np.float64]  # (n, k): 0, or minus infinity where none is or it is wrong

    @staticmethod
    def of(pools: Sequence[Candidates]) -> _Padded:
        longest = max(len(pool.right) for pool in pools)
        evidence = np.zeros((len(pools), longest, len(SIGNALS)))
        there = np.full((len(pools), longest), -np.inf)
        right = there.copy()
        for row, pool in enumerate(pools):
            evidence[row, : len(pool.right)] = pool.evidence
            there[row, : len(pool.right)] = 0
            right[row, : len(pool.right)] = np.where(pool.right, 0, -np.inf)
        return _Padded(evidence, there, right)

    def loss(self, weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Mean of minus the log of the share that the right ones have in the softmax, and its gradient."""
        logits = self.evidence @ weights
        all_share, all_sum = _softmax(logits + self.there)
        right_share, right_sum = _softmax(logits + self.right)
        gradient = np.einsum("nk,nkf->f", all_share - right_share, self.evidence) / len(logits)
        return float((all_sum - right_sum).mean()), gradient

    def scale(self, anchor: NDArray[np.float64]) -> float:
        """How sure the softmax should be of the ranking by `anchor`."""
        from scipy.optimize import minimize_scalar

        found = minimize_scalar(lambda s: self.loss(anchor * np.exp(s))[0], bounds=(-3, 5), method="bounded")
        return float(np.exp(found.x))

    def minimum(self, anchor: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
        from scipy.optimize import minimize

        unit = float((anchor**2).mean())

        def objective(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            loss, gradient = self.loss(weights)
            away = weights - anchor
            return loss + strength * float((away**2).mean()) / unit, gradient + strength * 2 * away / (
                unit * len(away)
            )

        found = minimize(
            objective,
            anchor,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None if each else 0) for each in anchor],
        )
        return np.asarray(found.x, dtype=np.float64)


class _Asking:
    """The stages of an experiment as one count of questions."""

    def __init__(self, report: Callable[[int, int], None] | None, total: int) -> None:
        self._report = report
        self._total = total
        self._before = 0

    def __call__(self, _stage: str, done: int, of: int) -> None:
        if self._report:
            self._report(self._before + done, self._total)
        if done == of:
            self._before += of


def _softmax(logits: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Along the last axis, and the logarithm of its denominator."""
    top = logits.max(axis=-1, keepdims=True)
    shares = np.exp(logits - top)
    total = shares.sum(axis=-1, keepdims=True)
    return shares / total, (top + np.log(total))[..., 0]


def _reached(pools: Sequence[Candidates], weights: Weights) -> float:
    """Mean reciprocal rank of the first right candidate."""
    if not pools:
        return 0.0
    ranks: list[float] = []
    for pool in pools:
        scores = pool.evidence @ weights.array().astype(np.float64)
        scores = np.round(scores + weights.kin * kin_vote(scores, pool.subjects), 5)
        order = np.argsort(-scores, kind="stable")
        ranks.append(
            reciprocal_rank(list(map(str, order)), {str(p) for p in np.flatnonzero(pool.right)}, DEEPEST)
        )
    return float(np.mean(ranks))


def _is_right(hit: Hit, question: LabelledQuestion) -> bool:
    if question.documents:
        return hit.document.id in question.documents
    return hit.document.fields.get("intent") == question.intent


def _figures(run: Run) -> dict[str, object]:
    told = run.as_json()
    return {name: told[name] for name in (*run.measures, "ci95")}

"""Runs as a page that a person can read: one HTML file, plots inside, nothing fetched, no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from customer_assist.evaluation.measures import hit_rate
from customer_assist.evaluation.page import COLOURS, figure, page
from customer_assist.evaluation.runs import INTENT_PRECISION, Asked, Run
from customer_assist.model import Document

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WORST = 25  # questions
_WEAKEST, _OFTEN = 15, 4  # subjects shown, and questions that each has at least
_LENGTHS = ((1, 5), (6, 10), (11, 20), (21, 40), (41, None))  # words, both included
_MEANINGS = {
    "hit_rate@1": "The right document is the first one found.",
    "hit_rate@5": "It is among the first five.",
    "hit_rate@10": "It is among the first ten.",
    "mrr@5": "1 for a right document in first place, 1/2 in second, … 0 after the fifth (mean reciprocal rank).",
    "mrr@10": "The same, down to the tenth.",
    "ndcg@10": "As above, milder to lower places, and for questions with several right documents.",
    INTENT_PRECISION: "The first document found is about the right subject.",
}


def report_html(runs: Sequence[Run], documents: Sequence[Document]) -> str:
    """A whole page about `runs`, at least one, all over the same questions and `documents`."""
    first = runs[0]
    names = ", ".join(run.engine for run in runs)
    title = f"Search measured: {names}"
    body = "\n".join(
        [
            f"<h1>{escape(title)}</h1>",
            f"<p>{len(first.asked)} questions on {first.documents} documents (corpus {first.corpus}). The small "
            "figures are a 95 % interval, from drawing the questions anew (bootstrap): what many more questions of "
            "this kind would give is most likely within it.</p>",
            _summary(runs),
            *_figures(runs),
            _worst(first, {str(d.id): d.heading for d in documents}),
        ]
    )
    return page(title, body)


def _summary(runs: Sequence[Run]) -> str:
    rows = []
    for name in runs[0].measures:
        best = max(run.measures[name] for run in runs)
        cells = []
        for run in runs:
            value, (low, high) = run.measures[name], run.intervals[name]
            shown = f"<b>{value:.3f}</b>" if value == best and len(runs) > 1 else f"{value:.3f}"
            cells.append(f'<td class="n">{shown}<small>{low:.3f} to {high:.3f}</small></td>')
        rows.append(f"<tr><td>{name}<small>{_MEANINGS[name]}</small></td>{''.join(cells)}</tr>")
    times = "".join(
        f'<td class="n">{run.latency["p50"]:.1f} ms<small>99 % in {run.latency["p99"]:.1f} ms</small></td>'
        for run in runs
    )
    rows.append(f"<tr><td>time<small>Half of the questions took less.</small></td>{times}</tr>")
    heads = "".join(f'<th class="n">{escape(run.engine)}</th>' for run in runs)
    return f'<div class="wide"><table><tr><th></th>{heads}</tr>{"".join(rows)}</table></div>'


def _figures(runs: Sequence[Run]) -> Iterator[str]:
    by_document = [asked for asked in runs[0].asked if asked.documents]
    if by_document:
        yield figure(
            "How far down the right document is",
            "Share of questions whose right document is among the first so many.",
            lambda axes: _by_depth(axes, runs),
        )
    yield figure(
        "By length of the question",
        f"Share that is right first, by words; below each bar group, how many questions. {_counted(runs[0])}",
        lambda axes: _by_length(axes, runs),
    )
    intents = _often_asked(runs[0])
    if len(intents) > 1:
        worst = sorted(intents, key=lambda intent: (runs[0].by_intent[intent], intent))[:_WEAKEST]
        yield figure(
            "By subject"
            if len(intents) == len(worst)
            else f"By subject, the {len(worst)} weakest of {len(intents)}",
            f"Share of questions whose first document is about their subject, the weakest at the top; subjects with "
            f"at least {_OFTEN} questions.",
            lambda axes: _by_intent(axes, runs, worst),
            height=0.8 + len(worst) * (0.12 + 0.09 * len(runs)),
        )


def _often_asked(run: Run) -> list[str]:
    """Subjects with enough questions for a share to mean something."""
    counts = Counter(asked.intents[0] for asked in run.asked if len(asked.intents) == 1)
    return [intent for intent, count in counts.items() if count >= _OFTEN]


def _by_depth(axes: Axes, runs: Sequence[Run]) -> None:
    depths = [d for d in (1, 2, 3, 5, 7, 10, 15, 20, 30, 50) if d <= min(run.depth for run in runs)]
    for run, colour in zip(runs, _colours(), strict=False):
        asked = [each for each in run.asked if each.documents]
        shares = [np.mean([hit_rate(a.ranking, frozenset(a.documents), d) for a in asked]) for d in depths]
        axes.plot(depths, shares, marker="o", markersize=4, color=colour, label=run.engine)
    axes.set_xscale("log")
    axes.set_xticks(depths, [str(d) for d in depths])
    axes.minorticks_off()
    axes.set_xlabel("first so many documents")
    axes.set_ylim(0, 1.02)
    _legend(axes, runs)


def _by_length(axes: Axes, runs: Sequence[Run]) -> None:
    groups = [_in_length(runs[0].asked, low, high) for low, high in _LENGTHS]
    shown = [i for i, group in enumerate(groups) if group]
    width = 0.8 / len(runs)
    for number, (run, colour) in enumerate(zip(runs, _colours(), strict=False)):
        for place, i in enumerate(shown):
            share = np.mean([_right_first(run.asked[row]) for row in groups[i]])
            axes.bar(
                place - 0.4 + width * (number + 0.5),
                share,
                width * 0.92,
                color=colour,
                label=run.engine if not place else None,
            )
    names = [f"{low}-{high}" if high else f"{low} or more" for low, high in _LENGTHS]
    axes.set_xticks(range(len(shown)), [f"{names[i]} words\n({len(groups[i])})" for i in shown])
    axes.set_ylim(0, 1.02)
    _legend(axes, runs)


def _by_intent(axes: Axes, runs: Sequence[Run], intents: Sequence[str]) -> None:
    height = 0.8 / len(runs)
    for number, (run, colour) in enumerate(zip(runs, _colours(), strict=False)):
        places = [-row + 0.4 - height * (number + 0.5) for row in range(len(intents))]
        shares = [run.by_intent[intent] for intent in intents]
        axes.barh(places, shares, height * 0.92, color=colour, label=run.engine)
    axes.set_yticks([-row for row in range(len(intents))], [i.replace("$", r"\$") for i in intents])
    axes.set_xlim(0, 1.02)
    _legend(axes, runs)


def _legend(axes: Axes, runs: Sequence[Run]) -> None:
    """Above the plot, where it hides nothing; one engine needs none."""
    if len(runs) > 1:
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=min(len(runs), 5))


def _worst(run: Run, titles: dict[str, str]) -> str:
    failed = [asked for asked in run.asked if not _right_first(asked)]
    if not failed:
        return "<h2>Questions that failed</h2><p>None.</p>"
    failed.sort(key=lambda asked: max(asked.values().get("mrr@10", 0.0), 0.0))
    rows = []
    for asked in failed[:_WORST]:
        instead = "<br>".join(f"{escape(f.title)} <small>{f.score:.2f}</small>" for f in asked.found[:2])
        wanted = "<br>".join(escape(titles.get(d, d)) for d in asked.documents) or escape(
            ", ".join(asked.intents)
        )
        rows.append(
            f"<tr><td>{escape(asked.question)}</td><td>{wanted}<small>{_place(asked)}</small></td>"
            f"<td>{instead or 'nothing'}</td></tr>"
        )
    return (
        f"<h2>Questions that failed with {escape(run.engine)}: the worst {len(rows)} of {len(failed)}</h2>"
        '<div class="wide"><table><tr><th>question</th><th>would have been right</th><th>found instead</th></tr>'
        f"{''.join(rows)}</table></div>"
    )


def _place(asked: Asked) -> str:
    if not asked.documents:
        return ""
    place = next((i for i, d in enumerate(asked.ranking, start=1) if d in asked.documents), None)
    return f"found in place {place}" if place else f"not among the first {len(asked.found)}"


def _right_first(asked: Asked) -> float:
    values = asked.values()
    return values.get("hit_rate@1", values.get(INTENT_PRECISION, 0.0))


def _in_length(asked: Sequence[Asked], low: int, high: int | None) -> list[int]:
    lengths = [len(each.question.split()) for each in asked]
    return [row for row, n in enumerate(lengths) if max(n, 1) >= low and (high is None or n <= high)]


def _counted(run: Run) -> str:
    lengths = [len(each.question.split()) for each in run.asked]
    return f"Half of the questions have {int(np.median(lengths))} words or fewer."


def _colours() -> Sequence[str]:
    return COLOURS * 10  # one for each run

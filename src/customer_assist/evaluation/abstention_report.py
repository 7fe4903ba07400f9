"""What a gate lets through as a page: its figures, what coverage costs, and the questions to read."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from customer_assist.evaluation.abstention import AbstentionRun, Judged, share
from customer_assist.evaluation.page import COLOURS, figure, page
from customer_assist.model import Decision

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LISTED = 20  # questions in a table


def report_html(run: AbstentionRun) -> str:
    """A whole page about `run`."""
    title = "What is answered and what is declined"
    asked = f"{len(run.answerable)} questions that the knowledge answers, {len(run.unanswerable)} that it does not"
    body = [
        f"<h1>{title}</h1>",
        f"<p>{asked}, on {run.documents} documents (corpus {run.corpus}), search by {escape(run.engine)}. "
        "The gate was fitted from the documents alone; the questions only measure it.</p>",
        _summary(run),
        figure("Coverage and risk", _ABOUT_RISK, lambda axes: _draw_risk(axes, run)),
        figure("Coverage and what is declined", _ABOUT_DECLINED, lambda axes: _draw_declined(axes, run)),
        figure("Confidence", _ABOUT_CONFIDENCE, lambda axes: _draw_confidence(axes, run)),
        _table("Answered, though nothing answers them", _answered(run.unanswerable), -1),
        _table("Not answered, though the knowledge does", _left(run.answerable), 1),
        _table(
            "Answered from another document",
            [each for each in _answered(run.answerable) if each.right is False],
            -1,
        ),
    ]
    return page(title, "\n".join(body))


_ABOUT_RISK = (
    "Each point is a threshold: the share of the answerable questions that are answered from there on, and how many of "
    "all answers, given to these two files of questions together, are wrong. The ring is the threshold in use."
)
_ABOUT_DECLINED = (
    "The same thresholds: the share of the unanswerable questions that are declined or asked back about. "
    "The ring is the threshold in use."
)
_ABOUT_CONFIDENCE = "How many questions have which confidence. The line is the threshold in use."


def _summary(run: AbstentionRun) -> str:
    correct = run.accepted_correct
    rows = [
        ("Answerable questions that are answered", run.answerable_accepted),
        ("Unanswerable questions that are not answered (asked back included)", run.unanswerable_declined),
        ("Answerable ones that are asked back about", share(run.answerable, Decision.CLARIFY)),
        ("Unanswerable ones that are asked back about", share(run.unanswerable, Decision.CLARIFY)),
        ("Probability that an answerable question has the higher confidence (AUROC)", run.auroc),
    ]
    if correct is not None:
        rows.insert(1, ("Of these, answered from a right document", correct))
    cells = "".join(f'<tr><td>{name}</td><td class="n">{value:.3f}</td></tr>' for name, value in rows)
    return f"<table>{cells}</table>"


def _draw_risk(axes: Axes, run: AbstentionRun) -> None:
    points = [(point.coverage, point.risk) for point in run.curve if point.risk is not None]
    axes.plot([x for x, _ in points], [y for _, y in points], color=COLOURS[0])
    _ring(axes, run, [(point.coverage, point.risk or 0.0) for point in run.curve])
    axes.set_xlabel("coverage")
    axes.set_ylabel("risk: wrong among answered")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(bottom=0)


def _draw_declined(axes: Axes, run: AbstentionRun) -> None:
    axes.plot([p.coverage for p in run.curve], [p.declined for p in run.curve], color=COLOURS[1])
    _ring(axes, run, [(p.coverage, p.declined) for p in run.curve])
    axes.set_xlabel("coverage")
    axes.set_ylabel("unanswerable declined")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)


def _ring(axes: Axes, run: AbstentionRun, points: Sequence[tuple[float, float]]) -> None:
    nearest = min(range(len(points)), key=lambda i: abs(run.curve[i].threshold - run.threshold))
    axes.plot(*points[nearest], marker="o", markersize=10, fillstyle="none", color="black")


def _draw_confidence(axes: Axes, run: AbstentionRun) -> None:
    bins = [i / 25 for i in range(26)]
    for name, judged, colour in (
        ("answerable", run.answerable, COLOURS[0]),
        ("unanswerable", run.unanswerable, COLOURS[1]),
    ):
        axes.hist(
            [each.confidence for each in judged], bins=bins, density=True, alpha=0.6, color=colour, label=name
        )
    axes.axvline(run.threshold, color="black", linewidth=1)
    axes.set_xlabel("confidence")
    axes.set_yticks([])
    axes.legend(frameon=False)


def _answered(judged: Sequence[Judged]) -> list[Judged]:
    return [each for each in judged if each.decision is Decision.ANSWER]


def _wrong(judged: Sequence[Judged]) -> list[Judged]:
    return [each for each in _answered(judged) if each.right is False]


def _left(judged: Sequence[Judged]) -> list[Judged]:
    return [each for each in judged if each.decision is not Decision.ANSWER]


def _table(title: str, judged: Sequence[Judged], order: int) -> str:
    """By confidence; the most telling first."""
    if not judged:
        return ""
    shown = sorted(judged, key=lambda each: order * each.confidence)[:_LISTED]
    rows = "".join(
        f"<tr><td>{escape(each.question)}</td><td>{escape(each.found or 'nothing')}</td>"
        f'<td class="n">{each.confidence:.2f}</td></tr>'
        for each in shown
    )
    head = "<tr><th>question</th><th>best hit</th><th class='n'>confidence</th></tr>"
    return f"<h2>{title} ({len(judged)})</h2><div class='wide'><table>{head}{rows}</table></div>"

"""A run of whole answers as a page: what became of the questions, how answers were rated, and which to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from customer_assist.evaluation.answer_runs import (
    DETERMINISTIC,
    JUDGED,
    MEANINGS,
    Answered,
    AnswerRun,
    leaks,
)
from customer_assist.evaluation.judge import Label
from customer_assist.evaluation.measures import share_interval
from customer_assist.evaluation.page import COLOURS, figure, page
from customer_assist.model import Document

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The reference's published figures: its own 200 questions on its own 418 documents, answered and judged by gpt-4o-mini.
PUBLISHED: Mapping[Label, int] = {Label.RELEVANT: 156, Label.PARTLY_RELEVANT: 38, Label.NON_RELEVANT: 6}
_PUBLISHED_NAME = "published by the reference, judged by gpt-4o-mini"
_LISTED = 25  # questions in a table
_LONGEST = 600  # characters of an answer that are shown
_SHARES = tuple(name for name in DETERMINISTIC if name != "words")


def report_html(run: AnswerRun, documents: Sequence[Document]) -> str:
    """A whole page about `run`, which is over `documents`."""
    title = "Answers measured"
    judged = f"judged by {run.judge}" if run.judge else "judged by nobody, because no language model is set"
    titles = {str(document.id): document.heading for document in documents}
    body = "\n".join(
        [
            f"<h1>{title}</h1>",
            f"<p>{len(run.asked)} questions on {run.documents} documents (corpus {run.corpus}), search by "
            f"{run.engine}, {escape(judged)}. The small figures are a 95 % interval: what many more questions of "
            "this kind would give is most likely within it.</p>",
            _summary(run),
            figure(
                "What became of the questions",
                "Shares with their 95 % intervals. Each is of the questions or answers that the table names.",
                lambda axes: _draw_shares(axes, run),
            ),
            figure(
                "How a model rates the answers",
                _caution(run),
                lambda axes: _draw_labels(axes, run),
                height=2.6,
            ),
            *_tables(run, titles),
        ]
    )
    return page(title, body)


def _summary(run: AnswerRun) -> str:
    rows = []
    for name, meaning in MEANINGS.items():
        value, edges, of = run.measures[name], run.intervals[name], len(run.values[name])
        if value is None or edges is None:
            shown, small = "not measured", ""
        else:
            digits = 1 if name == "words" else 3
            shown, small = f"{value:.{digits}f}", f"{edges[0]:.{digits}f} to {edges[1]:.{digits}f}, of {of}"
        rows.append(
            f'<tr><td>{name}<small>{escape(meaning)}</small></td><td class="n">{shown}<small>{small}</small></td></tr>'
        )
    return f'<div class="wide"><table>{"".join(rows)}</table></div>'


def _draw_shares(axes: Axes, run: AnswerRun) -> None:
    shown = [name for name in _SHARES if run.measures[name] is not None]
    for row, name in enumerate(shown):
        value, edges = run.measures[name], run.intervals[name]
        assert value is not None and edges is not None
        _bar(axes, -row, 0.7, value, edges, COLOURS[0], None)
    axes.set_yticks([-row for row in range(len(shown))], shown)
    axes.set_xlim(0, 1.02)


def _draw_labels(axes: Axes, run: AnswerRun) -> None:
    """Ours only where a model judged them; the published ones in another colour and named as what they are."""
    total = sum(PUBLISHED.values())
    of_run = [] if not run.judged else [(f"this run, judged by {run.judge}", COLOURS[0])]
    groups = [*of_run, (_PUBLISHED_NAME, COLOURS[4])]
    height = 0.8 / len(groups)
    for row, (name, label) in enumerate(JUDGED.items()):
        for number, (group, colour) in enumerate(groups):
            value, edges = PUBLISHED[label] / total, share_interval(PUBLISHED[label], total)
            if group != _PUBLISHED_NAME:
                value, edges = run.measures[name] or 0.0, run.intervals[name] or (0.0, 0.0)
            place = -row + 0.4 - height * (number + 0.5)
            _bar(axes, place, height * 0.9, value, edges, colour, None if row else group.replace("$", r"\$"))
    axes.set_yticks([-row for row in range(len(JUDGED))], [label.value for label in JUDGED.values()])
    axes.set_xlim(0, 1.02)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=1)


def _bar(
    axes: Axes,
    place: float,
    height: float,
    value: float,
    edges: tuple[float, float],
    colour: str,
    label: str | None,
) -> None:
    axes.barh(place, value, height, color=colour, label=label)
    axes.plot(edges, (place, place), color="black", linewidth=1)
    axes.text(max(edges[1], value) + 0.01, place, f"{value:.0%}", va="center")


def _caution(run: AnswerRun) -> str:
    published = " / ".join(str(count) for count in PUBLISHED.values())
    theirs = (
        f"The grey bars are the reference's published figures: {published} of its own 200 questions on its own 418 "
        "documents, answered and judged by gpt-4o-mini."
    )
    if not run.judged:
        return (
            f"No answer of this run was judged by a model, so there is no bar of it here. {theirs} The measures above "
            "compare documents and not meaning: they cannot be set against these."
        )
    return (
        f"{theirs} Another judge, with instructions of its own, and most likely other questions: they show what such "
        "figures look like, and are no comparison."
    )


def _tables(run: AnswerRun, titles: Mapping[str, str]) -> Iterator[str]:
    doubtful = [(reason, asked) for asked in run.asked if (reason := _doubt(asked))]
    order = list(dict.fromkeys(_DOUBTS))
    doubtful.sort(key=lambda pair: order.index(pair[0]))
    yield _table(
        "Answers to read first",
        ("question", "answer", "why"),
        [
            (
                escape(asked.question),
                f"{escape(_shortened(asked.text))}<small>{_sources(asked, titles)}</small>",
                escape(reason)
                + (f"<small>{escape(asked.relevance.explanation)}</small>" if asked.relevance else ""),
            )
            for reason, asked in doubtful
        ],
    )
    missed = [asked for asked in run.asked if not asked.is_answer and (asked.documents or asked.intents)]
    yield _table(
        "Not answered, though something right is known",
        ("question", "outcome", "would have been right"),
        [
            (
                escape(asked.question),
                f"{escape(asked.outcome.value)}<small>confidence {asked.confidence:.2f}</small>",
                "<br>".join(escape(titles.get(d, d)) for d in asked.documents)
                or escape(", ".join(asked.intents)),
            )
            for asked in missed
        ],
    )


_LEAK, _CHECK, _NOT, _WRONG_DOCUMENT, _WRONG_INTENT, _PARTLY, _UNSCORED = _DOUBTS = (
    "a placeholder is shown",
    "a check failed, or none was made",
    "the judge: NON_RELEVANT",
    "from another document",
    "from another subject",
    "the judge: PARTLY_RELEVANT",
    "the judge gave no judgment",
)


def _doubt(asked: Answered) -> str:
    """The gravest reason to read this answer; "" where there is none."""
    values = asked.values()
    if leaks(asked.text):
        return _LEAK
    if not asked.is_answer:
        return ""
    if not values["checks_passed"]:
        return _CHECK
    if values.get("non_relevant"):
        return _NOT
    if not values.get("right_document") and values.get("right_intent") == 0.0:
        return _WRONG_INTENT
    if values.get("right_document") == 0.0:
        return _WRONG_DOCUMENT
    if values.get("partly_relevant"):
        return _PARTLY
    return _UNSCORED if asked.relevance is not None and asked.relevance.label is None else ""


def _sources(asked: Answered, titles: Mapping[str, str]) -> str:
    cited = "; ".join(titles.get(document, document) for document in asked.cited)
    return escape(f"from: {cited}" if cited else "no source")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return f"<h2>{title}</h2><p>None.</p>"
    shown = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows[:_LISTED])
    of = f": {_LISTED} of {len(rows)}" if len(rows) > _LISTED else f": {len(rows)}"
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f'<h2>{title}{of}</h2><div class="wide"><table><tr>{head}</tr>{shown}</table></div>'

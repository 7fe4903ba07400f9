"""`customer-assist tune`: search fitted to this business's own questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import (
    Progress,
    check_output,
    counted,
    out,
    print_json,
    print_note,
    progress_bar,
)
from customer_assist.cli.session import AsJson, answering_assistant, assistant
from customer_assist.errors import InvalidInput

if TYPE_CHECKING:
    from customer_assist.bootstrap import Assistant
    from customer_assist.evaluation.tuning import Experiment
    from customer_assist.knowledge.questions import LabelledQuestion
    from customer_assist.storage.documents import Knowledge

EXAMPLE = "customer-assist tune --questions questions.jsonl"


def tune(
    questions: Annotated[
        Path | None,
        typer.Option(
            help="CSV, JSON or JSONL: question, and the document or intent that answers.", show_default=False
        ),
    ] = None,
    ratings: Annotated[
        bool, typer.Option("--ratings", help="Also learn from answers that customers rated as helpful.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Fit and report, but change nothing.")] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            help="Keep the experiment in a file, for `evaluate retrieval --tuned`.", show_default=False
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the default weights.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit how much each kind of evidence counts, on your own questions, and search by it where it helps.

    Questions are split by document: the figures are of questions that nothing was fitted on. A running server
    follows by itself.
    """
    if undo:
        if questions or ratings or dry_run or save:
            raise typer.BadParameter("--undo stands alone: it goes back to the defaults")
        _undo(as_json)
        return
    if questions is None and not ratings:
        raise typer.BadParameter("name a file with --questions, or use --ratings, or both")
    check_output(save, *([] if questions is None else [questions]))
    from customer_assist.evaluation import tuning
    from customer_assist.knowledge.questions import read_questions

    with answering_assistant(None) as opened:
        knowledge = opened.documents.load()
        asked = [] if questions is None else read_questions(questions)
        rated = opened.journal.helped() if ratings else []
        asked = _usable(asked, rated, {document.id for document in knowledge.documents})
        with progress_bar("Fitting weights") as bar:
            experiment = _fit(opened, knowledge, asked, bar)
        if save is not None:
            tuning.save(experiment, save)
        adopted = experiment.helps and not dry_run
        if adopted:
            opened.documents.adopt(experiment.as_tuning())
    if as_json:
        told = {name: value for name, value in experiment.as_json().items() if name != "fitted_on"}
        print_json({**told, "adopted": adopted})
        return
    _show(experiment)
    if adopted:
        print_note("search uses these weights from now on; `customer-assist tune --undo` goes back")
    elif not experiment.helps:
        print_note(
            "nothing was changed: other weights are no better than by chance on the questions kept apart"
        )
    else:
        print_note("nothing was changed: this was a dry run")
    if knowledge.tuning is not None and not adopted:
        print_note(
            "the weights of an earlier tuning stay in use; `customer-assist tune --undo` goes back to the defaults"
        )


def _undo(as_json: bool) -> None:
    with assistant() as opened:
        before = opened.documents.version()
        undone = opened.documents.adopt(None) != before
    if as_json:
        print_json({"undone": undone})
    else:
        print_note(
            "search uses the default weights again" if undone else "search uses the default weights already"
        )


def _usable(
    asked: Sequence[LabelledQuestion], rated: Sequence[tuple[str, list[str]]], known: Collection[str]
) -> list[LabelledQuestion]:
    """The questions of the file that say what is right, and those rated that it does not have."""
    from customer_assist.evaluation.tuning import wording
    from customer_assist.knowledge.questions import LabelledQuestion

    usable = [each for each in asked if each.documents or each.intent]
    had = {wording(each.question) for each in usable}
    for question, documents in rated:
        there = tuple(document for document in documents if document in known)
        if there and wording(question) not in had:
            usable.append(LabelledQuestion(question, there))
    if not usable:
        raise InvalidInput(
            "there is nothing to learn from: no question that says what is right, and no answer rated as helpful"
        )
    return usable


def _fit(
    opened: Assistant, knowledge: Knowledge, asked: Sequence[LabelledQuestion], progress: Progress
) -> Experiment:
    from customer_assist.evaluation.tuning import tune as fit
    from customer_assist.indexing import engine_name
    from customer_assist.search import index as indexes

    engine = engine_name(opened.settings.engine, opened.embedder)
    if engine == "minsearch":
        raise InvalidInput("minsearch has no weights to fit: set CUSTOMER_ASSIST_ENGINE to hybrid")
    index = indexes.build(0, knowledge.documents, opened.vectors_of)
    return fit(index, asked, opened.embedder, engine=engine, progress=progress)


def _show(experiment: Experiment) -> None:
    from dataclasses import asdict

    from rich.table import Table

    from customer_assist.indexing import WEIGHTS

    parts = experiment.questions
    table = Table(
        "measure", title=f"Measured on {counted(parts['reported'], 'question')} that nothing was fitted on"
    )
    for name in ("default", "tuned", "difference", "p"):
        table.add_column(name, justify="right")
    for each in experiment.comparisons:
        before, after = experiment.before.measures[each.measure], experiment.after.measures[each.measure]
        table.add_row(
            each.measure, f"{before:.3f}", f"{after:.3f}", f"{each.difference:+.3f}", f"{each.p:.3f}"
        )
    out().print(table)
    defaults = asdict(WEIGHTS[experiment.engine])
    table = Table("weight", title=f"Fitted on {counted(parts['fitted'], 'question')}")
    table.add_column("default", justify="right")
    table.add_column("tuned", justify="right")
    for name, weight in experiment.as_tuning().weights.items():
        table.add_row(name, f"{defaults[name]:g}", f"{weight:.3g}")
    out().print(table)

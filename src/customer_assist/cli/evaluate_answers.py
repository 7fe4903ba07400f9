"""`customer-assist evaluate answers`: what customers would be told, on files of your own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.keeping import Keep, check_name
from customer_assist.cli.keeping import keep as keep_run
from customer_assist.cli.output import (
    check_output,
    counted,
    escaped,
    out,
    print_json,
    print_note,
    progress_bar,
)
from customer_assist.cli.session import AsJson

if TYPE_CHECKING:
    from customer_assist.business import BusinessProfile
    from customer_assist.config import LLMSettings, Settings
    from customer_assist.evaluation.answer_runs import AnswerRun
    from customer_assist.knowledge.questions import LabelledQuestion
    from customer_assist.model import Document

EXAMPLE = (
    "customer-assist evaluate answers --documents examples/brindle "
    "--questions examples/questions/questions.jsonl --limit 50"
)


def answers(
    documents: Annotated[Path, typer.Option(help="CSV, JSON, JSONL or Markdown files: the documents.")],
    questions: Annotated[
        Path, typer.Option(help="CSV, JSON or JSONL: question, and document or intent where known.")
    ],
    profile: Annotated[
        Path | None,
        typer.Option(help="The business profile, where it is not the business.toml beside the documents."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many questions, drawn at random.")] = None,
    seed: Annotated[int, typer.Option(help="Another number draws other questions.")] = 0,
    report: Annotated[Path | None, typer.Option(help="Write a page with plots: an HTML file.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Keep every question with its answer: a JSONL file.")
    ] = None,
    keep: Keep = None,
    json: AsJson = False,
) -> None:
    """Ask every question of the whole assistant, over a temporary database, and measure what it says.

    Where a language model is set, it writes the answers as it does for customers, and judges them, too.
    """
    from customer_assist.business import read_profile
    from customer_assist.config import load_settings
    from customer_assist.evaluation import answer_runs
    from customer_assist.evaluation.answers import check_askable, sampled
    from customer_assist.knowledge.questions import read_questions
    from customer_assist.knowledge.reading import read_whole
    from customer_assist.logs import configure_logging

    for file in (report, save):
        check_output(file, documents, questions, *([] if profile is None else [profile]))
    check_name(keep)
    settings = load_settings()
    configure_logging(
        "debug" if settings.log_level == "debug" else "error"
    )  # what goes wrong is in the figures
    facts = None if profile is None else read_profile(profile)
    corpus, asked = read_whole(documents), sampled(read_questions(questions), limit, seed)
    check_askable(corpus, asked)
    print_note(_expected(settings.llm, asked))
    run = _run(settings, documents, facts, corpus, asked)
    if save is not None:
        answer_runs.save(run, save)
    if report is not None:
        _write_report(report, run, corpus)
    if keep is not None:
        asked_for = {"documents": documents.name, "questions": questions.name, "limit": limit, "seed": seed}
        keep_run(keep, "answers", [(run.engine, run.corpus, run.as_json())], asked_for)
    if run.unscored:
        reason, most = next(iter(run.unscored.items()))
        print_note(f"{counted(sum(run.unscored.values()), 'answer')} not judged; {most} of them: {reason}")
    if json:
        print_json(run.as_json())
    else:
        _show(run)


def _run(
    settings: Settings,
    path: Path,
    profile: BusinessProfile | None,
    documents: Sequence[Document],
    questions: Sequence[LabelledQuestion],
) -> AnswerRun:
    from customer_assist.bootstrap import open_throwaway_assistant
    from customer_assist.evaluation.answers import AT_ONCE, evaluate_answers
    from customer_assist.evaluation.judge import Judge

    with open_throwaway_assistant(settings) as opened:
        with progress_bar("Reading the documents") as progress:
            opened.ingest(path, progress=progress)
        if profile is not None:
            opened.documents.set_profile(profile.model_dump(mode="json"), "--profile")
        with progress_bar("Asking questions") as progress:
            return evaluate_answers(
                opened.desk,
                documents,
                questions,
                judge=None if opened.generator is None else Judge(opened.generator),
                at_once=1 if opened.generator is None else AT_ONCE,
                progress=progress,
            )


def _expected(model: LLMSettings | None, questions: Sequence[LabelledQuestion]) -> str:
    """What it will take, before it starts."""
    from customer_assist.evaluation.answers import estimate

    if model is None:
        return "no language model is set: answers are extracted, and measured without a judge"
    calls = estimate(questions)
    told = (
        f"up to {counted(calls.expected, 'call')} of {model.model}, {calls.answers} to answer and {calls.judgments} to "
        f"judge (at most {calls.most}: one more where a check fails or a reply is of no use)"
    )
    if calls.expected <= model.calls_per_day:
        return told
    return (
        f"{told}; a run may make {model.calls_per_day} (CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY): the last answers will be "
        "extracted and not judged, so take fewer questions with --limit, or raise it"
    )


def _write_report(file: Path, run: AnswerRun, documents: Sequence[Document]) -> None:
    from customer_assist.errors import InvalidInput
    from customer_assist.evaluation.answer_report import report_html

    try:
        file.write_text(report_html(run, documents), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}") from error
    print_note(f"the report is in {file}")


def _show(run: AnswerRun) -> None:
    from rich.table import Table

    judge = f"judged by {run.judge}" if run.judge else "no judge"
    table = Table("measure", title=escaped(f"{len(run.asked)} questions, {run.documents} documents, {judge}"))
    for name in ("value", "95 % interval", "of"):
        table.add_column(name, justify="right")
    for name, value in run.measures.items():
        edges = run.intervals[name]
        if value is None or edges is None:
            continue
        digits = 1 if name == "words" else 3
        low, high = edges
        between = f"{low:.{digits}f} to {high:.{digits}f}"
        table.add_row(name, f"{value:.{digits}f}", between, str(len(run.values[name])))
    out().print(table)

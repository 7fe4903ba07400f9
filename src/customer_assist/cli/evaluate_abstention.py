"""`customer-assist evaluate abstention`: what is answered and what is declined, on files of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.keeping import Keep, check_name
from customer_assist.cli.keeping import keep as keep_run
from customer_assist.cli.output import check_output, escaped, out, print_json, print_note, progress_bar
from customer_assist.cli.session import AsJson

if TYPE_CHECKING:
    from customer_assist.evaluation.abstention import AbstentionRun

EXAMPLE = (
    "customer-assist evaluate abstention --documents examples/brindle "
    "--answerable examples/questions/questions.jsonl --unanswerable examples/questions/unanswerable.jsonl"
)


def abstention(
    documents: Annotated[Path, typer.Option(help="CSV, JSON, JSONL or Markdown files: the documents.")],
    answerable: Annotated[
        Path,
        typer.Option(
            help="CSV, JSON or JSONL: questions that they answer, with document or intent if known."
        ),
    ],
    unanswerable: Annotated[Path, typer.Option(help="The same: questions that they do not answer.")],
    engine: Annotated[str, typer.Option(help="hybrid, lexical, dense or minsearch.")] = "hybrid",
    coverage: Annotated[
        float | None,
        typer.Option(min=0.5, max=1.0, help="Share of answerable questions to answer."),
    ] = None,
    risk: Annotated[
        float | None,
        typer.Option(min=0.0, max=0.5, help="At most this share of answers wrong; wins over coverage."),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page with plots: an HTML file.")] = None,
    keep: Keep = None,
    json: AsJson = False,
) -> None:
    """Fit the gate from the documents alone, as in production, and ask every question once.

    Asking back counts as not accepted. The whole curve of coverage and risk is in the JSON and in the report.
    """
    from customer_assist.answering.gate import Target
    from customer_assist.bootstrap import choose_embedder
    from customer_assist.config import ENGINES, load_settings
    from customer_assist.errors import ConfigurationError, InvalidInput
    from customer_assist.evaluation.abstention import evaluate_abstention
    from customer_assist.evaluation.abstention_report import report_html
    from customer_assist.evaluation.retrieval import needs_embedder
    from customer_assist.knowledge.questions import read_questions
    from customer_assist.knowledge.reading import read_whole

    if engine not in ENGINES:
        raise typer.BadParameter(
            f"{engine!r} is no engine: use one of {', '.join(ENGINES)}", param_hint="--engine"
        )
    check_output(report, documents, answerable, unanswerable)
    check_name(keep)
    settings = load_settings()
    target = Target(
        settings.coverage if coverage is None else coverage,
        risk if risk is not None else settings.risk if coverage is None else None,
    )
    embedder = choose_embedder(settings) if needs_embedder(engine) or engine == "minsearch" else None
    if embedder is None and needs_embedder(engine):
        raise ConfigurationError(f"{engine} needs the embedding model, and its weights are not installed")
    with progress_bar("Embedding documents") as embedding, progress_bar("Asking questions") as asking:
        stages = {"embedding": embedding, "asking": asking}
        run = evaluate_abstention(
            read_whole(documents),
            read_questions(answerable),
            read_questions(unanswerable),
            engine=engine,
            embedder=embedder,
            target=target,
            progress=lambda stage, done, of: stages[stage](done, of),
        )
    if report is not None:
        try:
            report.write_text(report_html(run), encoding="utf-8")
        except OSError as error:
            raise InvalidInput(f"{report} cannot be written: {error.strerror}") from error
        print_note(f"the report is in {report}")
    if keep is not None:
        asked_for = {
            "documents": documents.name,
            "answerable": answerable.name,
            "unanswerable": unanswerable.name,
            "coverage": target.coverage,
            "risk": target.risk,
        }
        keep_run(keep, "abstention", [(run.engine, run.corpus, run.as_json())], asked_for)
    if json:
        print_json(run.as_json())
    else:
        _show(run)


def _show(run: AbstentionRun) -> None:
    from rich.table import Table

    from customer_assist.evaluation.abstention import share
    from customer_assist.model import Decision

    asked = f"{len(run.answerable)} answerable and {len(run.unanswerable)} unanswerable questions"
    table = Table("", title=escaped(f"{asked}, {run.documents} documents"))
    for name in ("answered", "asked back", "declined"):
        table.add_column(name, justify="right")
    accepted, passed = run.answerable_accepted, 1 - run.unanswerable_declined
    for name, answered, back in (
        ("answerable", accepted, share(run.answerable, Decision.CLARIFY)),
        ("unanswerable", passed, share(run.unanswerable, Decision.CLARIFY)),
    ):
        table.add_row(name, f"{answered:.3f}", f"{back:.3f}", f"{max(0.0, 1 - answered - back):.3f}")
    out().print(table)
    correct = run.accepted_correct
    told = "" if correct is None else f"; of the answerable ones that are answered, {correct:.3f} rightly"
    out().print(f"AUROC {run.auroc:.3f}{told}")

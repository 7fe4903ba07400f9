"""`customer-assist evaluate …`: how good the parts that serve are, on files of your own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli import evaluate_abstention, evaluate_answers
from customer_assist.cli.keeping import Keep, check_name
from customer_assist.cli.keeping import keep as keep_runs
from customer_assist.cli.output import check_output, escaped, out, print_json, print_note, progress_bar

if TYPE_CHECKING:
    from customer_assist.evaluation.comparison import Change, Comparison
    from customer_assist.evaluation.runs import Run
    from customer_assist.model import Document
    from customer_assist.ports import Embedder
    from customer_assist.search.fusion import Weights

app = typer.Typer(
    help="Measure search and answers on your own questions, without touching the live database.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
EXAMPLE = (
    "customer-assist evaluate retrieval --documents examples/brindle "
    "--questions examples/questions/questions.jsonl"
)
app.command(epilog=f"\b\nExample: {evaluate_answers.EXAMPLE}")(evaluate_answers.answers)
app.command(epilog=f"\b\nExample: {evaluate_abstention.EXAMPLE}")(evaluate_abstention.abstention)
_CHANGES = 5  # questions shown for each direction of a change


@app.command(epilog=f"\b\nExample: {EXAMPLE}")
def retrieval(
    documents: Annotated[Path, typer.Option(help="CSV, JSON, JSONL or Markdown files: the documents.")],
    questions: Annotated[Path, typer.Option(help="CSV, JSON or JSONL: question, and document or intent.")],
    engine: Annotated[
        list[str] | None,
        typer.Option(
            help="hybrid (the default), lexical, dense, minsearch or minsearch-boosted; again for several "
            "side by side, or all."
        ),
    ] = None,
    depth: Annotated[int, typer.Option(min=1, max=1000, help="How many documents are asked for.")] = 10,
    filter: Annotated[
        str, typer.Option(help="A field: each question searches only its own value of it.")
    ] = "",
    tuned: Annotated[
        Path | None,
        typer.Option(help="An experiment that `tune --save` kept: its weights as one more engine."),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page with plots: an HTML file.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Keep the run of the first engine, to compare another with it.")
    ] = None,
    keep: Keep = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Build a temporary corpus, ask every question once, and print hit rate, MRR, nDCG and intent precision."""
    from customer_assist.evaluation import runs as saved
    from customer_assist.evaluation import tuning
    from customer_assist.evaluation.comparison import compare as compared
    from customer_assist.evaluation.retrieval import TUNED, evaluate_engines
    from customer_assist.knowledge.questions import read_questions

    for file in (report, save):
        check_output(file, documents, questions, *([] if tuned is None else [tuned]))
    check_name(keep)
    engines = _engines(engine or ["hybrid"])
    corpus, asked = _documents(documents), read_questions(questions)
    weights = None
    if tuned is not None:
        weights, fitted_on = tuning.load(tuned)
        tuning.check_unseen(asked, fitted_on)
        engines.append(TUNED)
    embedder = _embedder(engines, weights)
    with progress_bar("Embedding documents") as embedding, progress_bar("Asking questions") as asking:
        stages = {"embedding": embedding, "asking": asking}
        runs = list(
            evaluate_engines(
                corpus,
                asked,
                engines=engines,
                embedder=embedder,
                depth=max(depth, 50) if report else depth,
                filter_field=filter or None,
                tuned=weights,
                progress=lambda stage, done, of: stages[stage](done, of),
            )
        )
    judged = sum(bool(each.values()) for each in runs[0].asked)
    if judged < len(asked):
        print_note(
            f"{len(asked) - judged} of {len(asked)} questions say of no answer that it is right: not measured"
        )
    if save is not None:
        saved.save(runs[0], save)
    if report is not None:
        _write_report(report, runs, corpus)
    if keep is not None:
        asked_for = {
            "documents": documents.name,
            "questions": questions.name,
            "depth": depth,
            "filter": filter,
        }
        keep_runs(keep, "retrieval", [(run.engine, run.corpus, run.as_json()) for run in runs], asked_for)
    comparisons = [each for run in runs[1:] for each in compared(runs[0], run)]
    if not json:
        _show(runs, comparisons)
    elif len(runs) == 1:
        print_json(runs[0].as_json())
    else:
        print_json(
            {
                "runs": [run.as_json() for run in runs],
                "comparisons": [each.as_json() for each in comparisons],
            }
        )


@app.command(epilog="\b\nExample: customer-assist evaluate compare after.run before.run")
def compare(
    run: Annotated[Path, typer.Argument(help="A run that `evaluate retrieval --save` kept.")],
    baseline: Annotated[Path, typer.Argument(help="The one to compare it with.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare two saved runs question by question: the difference, its interval, and whether it may be luck."""
    from customer_assist.evaluation import comparison
    from customer_assist.evaluation.runs import load

    one, other = load(run), load(baseline)
    comparisons, changed = comparison.compare(one, other), comparison.changes(one, other)
    if json:
        print_json(
            {
                "comparisons": [each.as_json() for each in comparisons],
                "changes": [
                    {"question": c.question, "right": c.right, "a": c.a, "b": c.b, "gain": round(c.gain, 4)}
                    for c in changed
                ],
            }
        )
        return
    if one.corpus != other.corpus:
        print_note(
            "the two runs searched different documents: what differs may be these, the search, or both"
        )
    title = f"{run.name} ({one.engine}) against {baseline.name} ({other.engine})"
    _show_comparisons(title, "measure", [(each.measure, each) for each in comparisons])
    names = (run.name, baseline.name)
    _show_changes(f"Lost in {run.name}", names, changed[:_CHANGES], gain=False)
    _show_changes(f"Gained in {run.name}", names, changed[::-1][:_CHANGES], gain=True)


def _engines(names: list[str]) -> list[str]:
    from customer_assist.evaluation.retrieval import ENGINES

    wanted = list(ENGINES) if "all" in names else list(dict.fromkeys(names))
    for name in wanted:
        if name not in ENGINES:
            raise typer.BadParameter(
                f"{name!r} is no engine: use one of {', '.join(ENGINES)}, or all", param_hint="--engine"
            )
    return wanted


def _embedder(engines: Sequence[str], tuned: Weights | None) -> Embedder | None:
    from customer_assist.bootstrap import choose_embedder
    from customer_assist.config import load_settings
    from customer_assist.errors import ConfigurationError
    from customer_assist.evaluation.retrieval import needs_embedder

    needing = next((engine for engine in engines if needs_embedder(engine, tuned)), None)
    if needing is None:
        return None
    embedder = choose_embedder(replace(load_settings(), engine=needing))
    if embedder is None:
        raise ConfigurationError(f"{needing} needs the embedding model, and its weights are not installed")
    return embedder


def _documents(path: Path) -> list[Document]:
    from customer_assist.knowledge.reading import read_whole

    return read_whole(path)


def _write_report(file: Path, runs: Sequence[Run], documents: Sequence[Document]) -> None:
    from customer_assist.errors import InvalidInput
    from customer_assist.evaluation.report import report_html

    try:
        file.write_text(report_html(runs, documents), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}") from error
    print_note(f"the report is in {file}")


def _show(runs: Sequence[Run], comparisons: Sequence[Comparison]) -> None:
    from rich.table import Table

    from customer_assist.evaluation.runs import INTENT_PRECISION

    first = runs[0]
    title = f"{len(first.asked)} questions, {first.documents} documents"
    if len(runs) == 1:
        table = Table("measure", title=f"{first.engine}: {title}")
        table.add_column("value", justify="right")
        table.add_column("95 % interval", justify="right")
        for name, value in first.measures.items():
            low, high = first.intervals[name]
            table.add_row(name, f"{value:.3f}", f"{low:.3f} to {high:.3f}")
        table.add_row("ms per query", f"{first.latency['p50']:.1f}", f"p95 {first.latency['p95']:.1f}")
        out().print(table)
        return
    table = Table(title=title)
    table.add_column("measure", overflow="fold")
    for run in runs:
        table.add_column(run.engine, justify="right", overflow="fold")
    for name in first.measures:
        best = max(run.measures[name] for run in runs)
        cells = [f"{run.measures[name]:.3f}{'*' if run.measures[name] == best else ' '}" for run in runs]
        table.add_row(name, *cells)
    table.add_row("ms per query", *(f"{run.latency['p50']:.1f} " for run in runs))
    out().print(table)
    judged = "mrr@10" if "mrr@10" in first.measures else INTENT_PRECISION
    shown = [(each.b, each) for each in comparisons if each.measure == judged]
    _show_comparisons(f"{judged} of {first.engine}, question by question", "against", shown)


def _show_comparisons(title: str, label: str, rows: Sequence[tuple[str, Comparison]]) -> None:
    from rich.table import Table

    table = Table(label, title=escaped(title))
    for name in ("difference", "95 % interval", "p", "better", "worse"):
        table.add_column(name, justify="right")
    for name, each in rows:
        low, high = each.interval
        interval = f"{low:+.3f} to {high:+.3f}"
        counts = (str(each.better), str(each.worse))
        table.add_row(escaped(name), f"{each.difference:+.3f}", interval, f"{each.p:.4f}", *counts)
    out().print(table)


def _show_changes(title: str, names: tuple[str, str], changes: Sequence[Change], *, gain: bool) -> None:
    from rich.table import Table

    shown = [change for change in changes if (change.gain > 0) == gain]
    if not shown:
        return
    table = Table(title=escaped(title))
    for heading, share in (
        ("question", 3),
        ("right", 1),
        (f"first in {names[0]}", 1),
        (f"first in {names[1]}", 1),
    ):
        table.add_column(escaped(heading), ratio=share, overflow="fold")
    for each in shown:
        cells = (each.question, ", ".join(each.right), each.a or "nothing", each.b or "nothing")
        table.add_row(*map(escaped, cells))
    out().print(table)

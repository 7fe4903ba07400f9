"""`customer-assist evaluate …`: how good the parts that serve are, on files of your own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import out, print_json, progress_bar

if TYPE_CHECKING:
    from customer_assist.errors import ConfigurationError
    from customer_assist.evaluation.retrieval import RetrievalExperiment
    from customer_assist.model import Document

app = typer.Typer(
    help="Measure search on your own questions, without touching the live database.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
EXAMPLE = (
    "customer-assist evaluate retrieval --documents examples/brindle "
    "--questions examples/questions/questions.jsonl"
)


@app.command(epilog=f"\b\nExample: {EXAMPLE}")
def retrieval(
    documents: Annotated[Path, typer.Option(help="CSV, JSON, JSONL or Markdown files: the documents.")],
    questions: Annotated[Path, typer.Option(help="CSV, JSON or JSONL: question, and document or intent.")],
    engine: Annotated[
        str, typer.Option(help="hybrid, lexical, dense, minsearch or minsearch-boosted.")
    ] = "hybrid",
    depth: Annotated[int, typer.Option(min=1, max=1000, help="How many documents are asked for.")] = 10,
    filter: Annotated[
        str, typer.Option(help="A field: each question searches only its own value of it.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Build a temporary corpus, ask every question once, and print hit rate, MRR, nDCG and intent precision."""
    from customer_assist.bootstrap import choose_embedder
    from customer_assist.config import load_settings
    from customer_assist.evaluation.retrieval import ENGINES, evaluate_retrieval
    from customer_assist.knowledge.questions import read_questions

    if engine not in ENGINES:
        raise typer.BadParameter(
            f"{engine!r} is no engine: use one of {', '.join(ENGINES)}", param_hint="--engine"
        )
    corpus, asked = _documents(documents), read_questions(questions)
    by_words = engine == "lexical" or engine.startswith("minsearch")
    embedder = None if by_words else choose_embedder(replace(load_settings(), engine=engine))
    if embedder is None and not by_words:
        raise ConfigurationError(f"{engine} needs the embedding model, and its weights are not installed")
    with progress_bar("Embedding documents") as embedding, progress_bar("Asking questions") as asking:
        stages = {"embedding": embedding, "asking": asking}
        experiment = evaluate_retrieval(
            corpus,
            asked,
            engine=engine,
            embedder=embedder,
            depth=depth,
            filter_field=filter or None,
            progress=lambda stage, done, of: stages[stage](done, of),
        )
    if json:
        print_json(experiment.as_json())
    else:
        _show(experiment)


def _documents(path: Path) -> list[Document]:
    """All documents; here a bad row is an error, because a measure over part of a corpus would mislead."""
    from customer_assist.errors import KnowledgeError
    from customer_assist.knowledge.reading import read
    from customer_assist.knowledge.rows import BadRow

    found: list[Document] = []
    for item in read(path):
        if isinstance(item, BadRow):
            raise KnowledgeError(str(item))
        found.append(item)
    return found


def _show(experiment: RetrievalExperiment) -> None:
    from rich.table import Table

    table = Table(
        title=f"{experiment.engine}: {experiment.questions} questions, {experiment.documents} documents"
    )
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, value in experiment.measures.items():
        low, high = experiment.intervals[name]
        table.add_row(name, f"{value:.3f}", f"{low:.3f} to {high:.3f}")
    table.add_row("ms per query", f"{experiment.latency['p50']:.1f}", f"p95 {experiment.latency['p95']:.1f}")
    out().print(table)

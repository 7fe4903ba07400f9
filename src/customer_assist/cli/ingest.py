"""`customer-assist ingest`: a business's files into its knowledge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import (
    counted,
    err,
    one_line,
    out,
    print_error,
    print_json,
    print_note,
    progress_bar,
)
from customer_assist.cli.session import AsJson, assistant
from customer_assist.errors import ConfigurationError, KnowledgeError

if TYPE_CHECKING:
    from customer_assist.bootstrap import Assistant
    from customer_assist.ingestion import IngestReport
    from customer_assist.knowledge.rows import BadRow

EXAMPLE = "customer-assist ingest articles/ faq.csv"
_SHOWN = 20  # bad rows


def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="CSV, JSON, JSONL or Markdown files, or folders of them.",
            show_default=False,
        ),
    ],
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the source, instead of the path's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load files, each path as a source of its own.

    Coming again, a source is brought up to date: new documents in, changed ones anew, missing ones out.
    A running server follows by itself. The sample business goes when the first files of your own come.
    """
    if source is not None and len(paths) > 1:
        raise typer.BadParameter("--source names one source: give one PATH with it")
    reports: list[IngestReport] = []
    errors: list[str] = []
    with assistant() as opened:
        had_demo = any(known.demo for known in opened.documents.sources())
        for path in paths:
            try:
                report = ingested(opened, path, source)
            except (KnowledgeError, ConfigurationError) as error:
                errors.append(str(error))
                print_error(errors[-1])
                continue
            reports.append(report)
            print_left_out(report)
            if not as_json:
                print_summary(report)
        left = had_demo and not any(known.demo for known in opened.documents.sources())
    if as_json:
        print_json({"sources": [_document(report) for report in reports], "errors": errors})
    elif left:
        print_note("the sample business was removed: your own knowledge answers now")
    if not reports:
        raise typer.Exit(1)


def ingested(opened: Assistant, path: Path, source: str | None = None) -> IngestReport:
    """One path, with a bar while new texts are embedded."""
    with progress_bar(f"Reading {path.name}") as progress:
        return opened.ingest(path, source=source, progress=progress)


def print_summary(report: IngestReport) -> None:
    counts = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
    counts += f"{report.deleted} deleted"
    embedded = f"; {counted(report.embedded, 'new text')} embedded" if report.embedded else ""
    profile = "; with its business profile" if report.profile else ""
    out().print(f"{report.source}: {counts}{embedded}{profile}", soft_wrap=True, markup=False)


def print_left_out(report: IngestReport) -> None:
    """Notices and bad rows, to stderr: `file:line: reason` can be clicked in many terminals."""
    for notice in report.notices:
        print_note(notice)
    if not report.bad_rows:
        return
    print_note(
        f"{len(report.bad_rows)} left out of {report.source}; all others are in, and none is removed until they read:"
    )
    for row in report.bad_rows[:_SHOWN]:
        err().print(f"  {one_line(_place(row))}: {one_line(row.reason)}", soft_wrap=True, markup=False)
    if len(report.bad_rows) > _SHOWN:
        err().print(f"  and {len(report.bad_rows) - _SHOWN} more")


def _place(row: BadRow) -> str:
    return f"{row.file}:{row.line}" if row.line else row.file


def _document(report: IngestReport) -> dict[str, object]:
    return {
        "source": report.source,
        "version": report.version,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "deleted": report.deleted,
        "embedded": report.embedded,
        "bad_rows": [{"file": row.file, "line": row.line, "reason": row.reason} for row in report.bad_rows],
        "notices": list(report.notices),
        "profile": report.profile,
    }

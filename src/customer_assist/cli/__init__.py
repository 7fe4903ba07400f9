"""The command line: `customer-assist`. What is slow to import is imported inside the commands."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.main import get_command

from customer_assist.cli import (
    ask,
    chat,
    conflicts,
    console,
    dashboard,
    db,
    demo_traffic,
    digest,
    doctor,
    documents,
    drafts,
    evaluate,
    gaps,
    generate_questions,
    ingest,
    init,
    judge,
    prices,
    serve,
    suggest,
    trace,
    tune,
    worker,
)
from customer_assist.cli.output import print_error
from customer_assist.errors import CustomerAssistError

PROGRAM = "customer-assist"
FAILED, USAGE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # plain help: quick, and its examples can be copied
    help="A support assistant for your business: it answers customers from your own texts, with sources.",
    epilog='\b\nTry it: customer-assist ask "Can I return opened coffee?" --sample examples/brindle',
)


@app.callback(invoke_without_command=True)
def about(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and end.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"{PROGRAM} {installed(PROGRAM)}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def help_of_group(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for command, example in (
    (init.init, init.EXAMPLE),
    (serve.serve, serve.EXAMPLE),
    (worker.worker, worker.EXAMPLE),
    (judge.judge, judge.EXAMPLE),
    (ask.ask, ask.EXAMPLE),
    (chat.chat, chat.EXAMPLE),
    (console.console, console.EXAMPLE),
    (suggest.suggest, suggest.EXAMPLE),
    (trace.trace, trace.EXAMPLE),
    (ingest.ingest, ingest.EXAMPLE),
    (gaps.gaps, gaps.EXAMPLE),
    (conflicts.conflicts, conflicts.EXAMPLE),
    (tune.tune, tune.EXAMPLE),
    (generate_questions.generate_questions, generate_questions.EXAMPLE),
    (digest.digest, digest.EXAMPLE),
    (doctor.doctor, doctor.EXAMPLE),
    (demo_traffic.demo_traffic, demo_traffic.EXAMPLE),
):
    app.command(epilog=f"\b\nExample: {example}")(command)
for group, name, example in (
    (documents.app, "documents", "customer-assist documents list"),
    (drafts.app, "drafts", "customer-assist drafts list"),
    (evaluate.app, "evaluate", evaluate.EXAMPLE),
    (db.app, "db", "customer-assist db check"),
    (dashboard.app, "dashboard", dashboard.EXAMPLE),
    (prices.app, "prices", prices.EXAMPLE),
):
    app.add_typer(
        group,
        name=name,
        epilog=f"\b\nExample: {example}",
        callback=help_of_group,
        invoke_without_command=True,
        no_args_is_help=False,
    )


def main() -> None:
    """The program: exit 0 success, 1 failed, 2 usage; an error is one line on stderr, never a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """One command, to its exit status."""
    try:
        status = get_command(app).main(list(arguments), prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else PROGRAM
        print_error(f"{error.format_message().rstrip('.')} (see {command} --help)")
        return USAGE
    except CustomerAssistError as error:
        print_error(str(error))
        return FAILED
    except Exception as error:
        print_error(f"unexpected {type(error).__name__}: {error}. {_more(error)}")
        return FAILED
    return status if isinstance(status, int) else 0


def _more(error: Exception) -> str:
    from customer_assist.config import load_settings

    try:
        debugging = load_settings().log_level == "debug"
    except Exception:  # this is the report of an error, and must not end in another
        debugging = False
    if debugging:
        traceback.print_exception(error)
        return "The lines above show where"
    return "Set CUSTOMER_ASSIST_LOG_LEVEL=debug and run it again to see where"

"""`customer-assist generate-questions`: test questions for a business's own documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import check_output, counted, out, print_json, print_note, progress_bar
from customer_assist.cli.session import AsJson, answering_assistant
from customer_assist.errors import ConfigurationError, GeneratorUnavailable

if TYPE_CHECKING:
    from customer_assist.evaluation.ground_truth import Estimate, Written

EXAMPLE = "customer-assist generate-questions questions.jsonl --count 5"


def generate_questions(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A JSONL file; what it has is kept.", show_default=False)
    ],
    count: Annotated[int, typer.Option(min=1, max=20, help="Questions for each document.")] = 5,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many documents in this run.", show_default=False)
    ] = None,
    input_price: Annotated[
        float | None,
        typer.Option(
            min=0, help="What a million tokens of input cost, for the estimate.", show_default=False
        ),
    ] = None,
    output_price: Annotated[
        float | None, typer.Option(min=0, help="The same for output.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let the language model write questions that each document answers, to measure and tune search with.

    Says first what it will take. An interrupted run goes on where it ended when it is started again.
    """
    if file.suffix.lower() != ".jsonl":
        raise typer.BadParameter("questions are kept as JSONL: name a file that ends in .jsonl")
    if (input_price is None) != (output_price is None):
        raise typer.BadParameter("give both --input-price and --output-price, or neither")
    check_output(file)
    from customer_assist.evaluation.ground_truth import estimate, generate, remaining

    with answering_assistant(None) as opened:
        if opened.generator is None:
            raise ConfigurationError(
                "questions are written by a language model: set OPENAI_API_KEY, or OPENAI_BASE_URL for one of your own"
            )
        documents = opened.documents.load().documents
        todo = remaining(documents, file)[:limit]
        expected = estimate(todo, count)
        prices = None if input_price is None or output_price is None else (input_price, output_price)
        print_note(_expected(expected, opened.generator.model, prices, len(documents)))
        if todo and not yes and not _agreed():
            print_note("nothing was written")
            return
        with progress_bar("Writing questions") as progress:
            written = generate(todo, opened.generator, file, count=count, progress=progress)
    if as_json:
        print_json(_document(written, len(todo)))
    else:
        _show(written, file)
    if todo and not written.documents and not written.stopped:
        written.stopped = "no usable reply came for any document"
    if written.stopped:
        raise GeneratorUnavailable(
            f"{written.stopped}; {counted(len(todo) - written.documents, 'document')} left: run it again to go on"
        )


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to be asked: add --yes to begin")
    import questionary

    return bool(questionary.confirm("Begin?", default=True).unsafe_ask())


def _expected(estimate: Estimate, model: str, prices: tuple[float, float] | None, known: int) -> str:
    if not estimate.documents:
        return f"every one of {counted(known, 'document')} has its questions"
    money = ""
    if prices is not None:
        cost = estimate.cost(*prices)
        money = f", {f'about {cost:.2f}' if cost >= 0.01 else 'less than 0.01'} in the currency of the prices"
    calls = f"{counted(estimate.documents, 'call')} of {model}, one for each document of {known} that has no questions"
    tokens = f"{estimate.prompt_tokens:,} tokens of input and {estimate.completion_tokens:,} of output"
    return f"{calls} yet (and a second where a reply is of no use): about {tokens}{money}"


def _document(written: Written, todo: int) -> dict[str, object]:
    return {
        "documents": written.documents,
        "questions": written.questions,
        "failed": written.failed,
        "left": todo - written.documents,
        "prompt_tokens": written.usage.prompt_tokens,
        "completion_tokens": written.usage.completion_tokens,
    }


def _show(written: Written, file: Path) -> None:
    spent = f"{written.usage.prompt_tokens:,} + {written.usage.completion_tokens:,} tokens"
    out().print(
        f"{counted(written.questions, 'question')} for {counted(written.documents, 'document')} added to {file} "
        f"({spent})",
        soft_wrap=True,
        markup=False,
    )
    if written.failed:
        print_note(f"no usable reply for {', '.join(written.failed)}: run it again to try these once more")

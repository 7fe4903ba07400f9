"""`customer-assist suggest`: drafts of a reply, for a person who answers a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import one_line, out, print_json, printable
from customer_assist.cli.session import AsJson, Sample, answering_assistant

if TYPE_CHECKING:
    from customer_assist.proposals import Suggestion

EXAMPLE = 'customer-assist suggest "can i send opened coffee back?"'


def suggest(
    message: Annotated[
        str, typer.Argument(metavar="MESSAGE", help="What the customer wrote.", show_default=False)
    ] = "",
    conversation: Annotated[
        str,
        typer.Option("--conversation", metavar="ID", help="In this conversation.", show_default=False),
    ] = "",
    handoff: Annotated[
        str,
        typer.Option("--handoff", metavar="ID", help="In this handoff's conversation.", show_default=False),
    ] = "",
    sample: Sample = None,
    as_json: AsJson = False,
) -> None:
    """Suggest up to three replies to a message; without one, to the last message of a conversation or handoff.

    Each is another solution, as a letter and as a sentence or two. With --json it is what POST /suggest replies.
    """
    if not (message or conversation or handoff):
        raise typer.BadParameter("say which MESSAGE to answer, or give --conversation or --handoff")
    with answering_assistant(sample) as assistant:
        suggestion = assistant.desk.suggest(
            message, conversation_id=conversation or None, handoff_id=handoff or None
        )
    if as_json:
        from customer_assist.web.suggestions import suggestion_body

        print_json(suggestion_body(suggestion))
    else:
        _print(suggestion)


def _print(suggestion: Suggestion) -> None:
    from rich.text import Text

    from customer_assist.cli.answers import print_answer

    console = out()
    if not suggestion.drafts:
        console.print("Nothing in the knowledge comes close to that: write the reply yourself.")
        return
    sure = "" if suggestion.sure else "Unsure: the assistant would not have answered this by itself."
    if sure:
        console.print(sure)
    for number, draft in enumerate(suggestion.drafts, start=1):
        line = f"{number}. {one_line(draft.title)} ({draft.document_id}, {draft.confidence:.0%})"
        console.print()
        console.print(Text(printable(line), style="bold"), soft_wrap=True)
        if draft.short:
            console.print(Text(f"In short: {one_line(draft.short.text)}"), soft_wrap=True)
        console.print()
        print_answer(console, draft.full.text)

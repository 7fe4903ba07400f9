"""`customer-assist ask`: one question, one answer."""

from __future__ import annotations

from typing import Annotated

import typer

from customer_assist.cli.output import out, print_json
from customer_assist.cli.session import AsJson, Continued, Sample, answering_assistant

EXAMPLE = 'customer-assist ask "How long does delivery take?" --json'


def ask(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="What a customer would ask.", show_default=False)
    ],
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="FIELD=VALUE",
            help="Answer only from documents with this value of a field; again for several.",
            show_default=False,
        ),
    ] = None,
    conversation: Continued = None,
    sample: Sample = None,
    as_json: AsJson = False,
) -> None:
    """Answer one question from the knowledge, with sources.

    The turn is recorded like a customer's. With --json the output is what POST /question replies.
    """
    from customer_assist.desk import Ask

    wanted = dict(map(_filter, filters or []))
    with answering_assistant(sample) as assistant:
        turn = assistant.desk.ask(Ask(question, conversation, channel="cli", filters=wanted))
    if as_json:
        from customer_assist.web.render import turn_reply

        print_json(turn_reply(turn).model_dump(mode="json", exclude_unset=True))
    else:
        from customer_assist.cli.answers import print_turn

        print_turn(out(), turn)


def _filter(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not (field.strip() and equals):
        raise typer.BadParameter(f"{text!r} is no filter: write FIELD=VALUE, as in category=SHIPPING")
    return field.strip(), value.strip()

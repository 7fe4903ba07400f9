"""`customer-assist ask`: one question, one answer."""

from __future__ import annotations

from typing import Annotated

import typer

from customer_assist.cli.output import out, print_json
from customer_assist.cli.session import AsJson, Sample, answering_assistant

EXAMPLE = 'customer-assist ask "How long does delivery take?" --json'


def ask(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="What a customer would ask.", show_default=False)
    ],
    sample: Sample = None,
    as_json: AsJson = False,
) -> None:
    """Answer one question from the knowledge, with sources.

    The turn is recorded like a customer's. With --json the output is what POST /question replies.
    """
    from customer_assist.desk import Ask

    with answering_assistant(sample) as assistant:
        turn = assistant.desk.ask(Ask(question, channel="cli"))
    if as_json:
        from customer_assist.web.render import turn_reply

        print_json(turn_reply(turn).model_dump(mode="json", exclude_unset=True))
    else:
        from customer_assist.cli.answers import print_turn

        print_turn(out(), turn)

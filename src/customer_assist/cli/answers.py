"""How a turn looks: rendered Markdown on a terminal, the same words as plain text elsewhere."""

from __future__ import annotations

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from customer_assist.cli.output import printable
from customer_assist.model import EXTRACTIVE, Outcome, RecordedTurn, Turn


def print_turn(console: Console, turn: Turn) -> None:
    """The answer, then what it rests on."""
    if turn.outcome is Outcome.WITH_HUMAN and not turn.answer.text:
        _dim(console, "A person has this conversation and reads what you write.")
        return
    print_answer(console, turn.answer.text)
    print_grounds(console, turn)


def print_person(console: Console, turn: RecordedTurn) -> None:
    """What a person of the business wrote."""
    _dim(console, f"{turn.by or 'A person of our team'}:")
    print_answer(console, turn.answer)


def print_answer(console: Console, text: str) -> None:
    console.print(rendered(console, text), soft_wrap=not console.is_terminal)


def rendered(console: Console, text: str) -> Markdown | Text:
    """Markdown for people; for programs the text as it is."""
    text = printable(text)
    return Markdown(text) if console.is_terminal else Text(text)


def print_grounds(console: Console, turn: Turn) -> None:
    """Sources with their addresses, what else may help, and who wrote the answer."""
    sources = dict.fromkeys(
        citation.title + (f" <{citation.url}>" if citation.url else "") for citation in turn.answer.citations
    )
    _list(console, "Source" if len(sources) == 1 else "Sources", list(sources))
    if turn.outcome is not Outcome.CLARIFYING:  # which names them in its question
        others = "See also" if turn.outcome is Outcome.ANSWERED else "Perhaps one of these helps"
        _list(console, others, [alternative.title for alternative in turn.alternatives])
    if turn.answer.degraded:
        _dim(console, "The language model did not answer: this was taken from the knowledge word for word.")
    elif turn.answer.answered_by != EXTRACTIVE:
        _dim(console, f"Written by {turn.answer.answered_by} from these sources.")


def print_hint(console: Console, text: str) -> None:
    console.print()
    _dim(console, text)


def _list(console: Console, heading: str, items: list[str]) -> None:
    if items:
        console.print()
        _dim(console, f"{heading}:")
        for item in items:
            _dim(console, f"  - {item}")


def _dim(console: Console, text: str) -> None:
    console.print(Text(printable(text), style="dim"), soft_wrap=True)

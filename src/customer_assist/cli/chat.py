"""`customer-assist chat`: a conversation in the terminal."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import err, one_line, out, print_error
from customer_assist.cli.session import Continued, Sample, answering_assistant
from customer_assist.errors import CustomerAssistError

if TYPE_CHECKING:
    from rich.console import Console

    from customer_assist.desk import Desk
    from customer_assist.model import Turn

EXAMPLE = "customer-assist chat --random my-questions.csv"
SAMPLE_QUESTIONS = Path("examples/questions/questions.jsonl")
_ENDS = ("exit", "quit", "/exit", "/quit")


def chat(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="With --random: CSV, JSON or JSONL with a column `question`; if left out, the sample's.",
            show_default=False,
        ),
    ] = None,
    at_random: Annotated[bool, typer.Option("--random", help="Pick questions at random from FILE.")] = False,
    conversation: Continued = None,
    sample: Sample = None,
) -> None:
    """Talk with the assistant, and rate its answers.

    Ctrl-D or "exit" ends it. What comes through a pipe is taken as one question a line. An answer that did not help
    is followed by another.
    """
    questions = _questions(file, at_random=at_random)
    from customer_assist.answering.replies import greeting

    with answering_assistant(sample) as assistant:
        console = out()
        if conversation is None:
            console.print(greeting(assistant.library.current().profile), soft_wrap=not console.is_terminal)
        else:
            assistant.desk.conversation(
                conversation
            )  # one that is not there is said before anything is asked
        talk = Talk(assistant.desk, console, conversation)
        if not sys.stdin.isatty():
            _piped(talk, questions)
        elif questions:
            _picked(talk, questions)
        else:
            _typed(talk)
        talk.say_how_to_go_on()


class Talk:
    """One conversation, printed as it goes."""

    def __init__(self, desk: Desk, console: Console, conversation: str | None = None) -> None:
        self._desk = desk
        self._console = console
        self._conversation = conversation
        self._seen: str | None = None  # the last turn of it that was looked at

    def begin_anew(self) -> None:
        self._conversation = self._seen = None

    def say_how_to_go_on(self) -> None:
        """On stderr: it is no part of what was said."""
        if self._conversation is not None:
            how = f"To go on: customer-assist chat --conversation {self._conversation}"
            err().print(how, style="dim", soft_wrap=True)

    def echo(self, question: str) -> None:
        self._console.print(f"\n[bold]?[/bold] {one_line(question)}", markup=True, soft_wrap=True)

    def ask(self, question: str) -> Turn | None:
        """Ask and print; None where the question could not be taken, which is said."""
        from customer_assist.cli.answers import print_hint, print_turn
        from customer_assist.desk import Ask
        from customer_assist.model import Turn

        self._console.print()
        try:
            for event in self._shown(self._desk.stream(Ask(question, self._conversation, channel="cli"))):
                turn = event
        except CustomerAssistError as error:
            print_error(str(error))
            return None
        assert isinstance(turn, Turn)
        self._print_people(before=turn.id)
        print_turn(self._console, turn)
        if turn.guide is not None and not turn.guide.finished:
            print_hint(self._console, "Say next, back, repeat, that didn't work, or done.")
        elif len(turn.answer.steps) > 1:
            print_hint(self._console, "Say “step by step” to be taken through it.")
        self._conversation = turn.conversation_id if turn.logged else None
        return turn

    def _print_people(self, before: str) -> None:
        """What people of the business wrote since the last look, and before that turn."""
        from customer_assist.cli.answers import print_person
        from customer_assist.model import HUMAN

        if self._conversation is None:
            return
        with suppress(CustomerAssistError):
            for turn in self._desk.conversation(self._conversation, self._seen):
                self._seen = turn.id
                if turn.answered_by == HUMAN and turn.id != before:
                    print_person(self._console, turn)

    def rated(self, turn: Turn) -> int:
        """Ask whether it helped, and keep the answer, which is returned; 0 where there is none."""
        import questionary

        if not _can_be_rated(turn):
            return 0
        choices = [("Yes (+1)", 1), ("No (-1)", -1), ("Skip", 0)]
        value = questionary.select(
            "Did that help?", choices=[questionary.Choice(title, number) for title, number in choices]
        ).unsafe_ask()
        if value:
            try:
                self._desk.rate(turn.conversation_id, value, turn_id=turn.id)
            except CustomerAssistError as error:
                print_error(str(error))
                return 0
        return int(value or 0)

    def ask_until_it_helps(self, question: str) -> Turn | None:
        """Ask, and where the customer says that the answer did not help, say so for them: another follows."""
        from customer_assist.dialogue.alternatives import NOT_HELPED
        from customer_assist.model import Outcome

        turn = self.ask(question)
        while turn is not None:
            print()
            if self.rated(turn) != -1 or turn.outcome is not Outcome.ANSWERED:
                return turn
            self.echo(NOT_HELPED)
            turn = self.ask(NOT_HELPED)
        return None

    def _shown(self, events: Iterator[str | Turn]) -> Iterator[str | Turn]:
        """Pass the events on; on a terminal show the sentences meanwhile, to be replaced by the turn."""
        if not self._console.is_terminal:
            yield from events
            return
        from rich.live import Live

        from customer_assist.cli.answers import rendered

        said = ""
        with Live(console=self._console, transient=True, auto_refresh=False) as live:
            for event in events:
                if isinstance(event, str):
                    said += event
                    live.update(rendered(self._console, said), refresh=True)
                yield event
            live.update("", refresh=True)  # its last frame is not cropped: what scrolls off would stay


def _can_be_rated(turn: Turn) -> bool:
    """What is in the record, but no question back, and no single step: whether they helped is known at the end."""
    from customer_assist.dialogue.guide import MOVES
    from customer_assist.model import Outcome

    if turn.trace.move in MOVES and turn.guide is not None:
        return False
    return turn.logged and turn.outcome not in (Outcome.CLARIFYING, Outcome.HANDED_OFF, Outcome.WITH_HUMAN)


def _typed(talk: Talk) -> None:
    import questionary

    with suppress(EOFError):
        while True:
            print()
            question = questionary.text("You:", qmark="").unsafe_ask().strip()
            if question.lower() in _ENDS:
                return
            if question:
                talk.ask_until_it_helps(question)


def _picked(talk: Talk, questions: list[str]) -> None:
    import questionary

    with suppress(EOFError):
        while True:
            question = random.choice(questions)
            talk.echo(question)
            talk.ask_until_it_helps(question)
            talk.begin_anew()
            if not questionary.confirm("Another question?").unsafe_ask():
                return


def _piped(talk: Talk, questions: list[str]) -> None:
    """One question a line; with --random a single one. Nobody is there to be asked for a rating."""
    lines = [random.choice(questions)] if questions else sys.stdin
    for line in lines:
        question = line.strip()
        if question.lower() in _ENDS:
            return
        if question:
            talk.echo(question)
            talk.ask(question)


def _questions(file: Path | None, *, at_random: bool) -> list[str]:
    """Those to pick from; none where they are typed."""
    if not at_random:
        if file is not None:
            raise typer.BadParameter(f"{file}: questions are picked from a file with --random {file}")
        return []
    file = file or SAMPLE_QUESTIONS
    if not file.exists():
        raise typer.BadParameter(f"{file} is not there: name a file of questions after --random")
    from customer_assist.knowledge.questions import read_questions

    questions = [labelled.question for labelled in read_questions(file)]
    if not questions:
        raise typer.BadParameter(f"{file} holds no questions")
    err().print(f"{len(questions)} questions from {file}", style="dim")
    return questions

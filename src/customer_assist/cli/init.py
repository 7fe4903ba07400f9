"""`customer-assist init`: a business of your own instead of the sample."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import one_line, out, print_note
from customer_assist.cli.session import assistant

if TYPE_CHECKING:
    from customer_assist.bootstrap import Assistant
    from customer_assist.business import BusinessProfile

EXAMPLE = (
    'customer-assist init --yes --name "Corner Books" --email help@corner-books.example --knowledge faq.csv'
)
_ASKED = {
    "name": "Name of your business:",
    "website": "Its website:",
    "email": "Email address for customers:",
    "phone": "Phone number for customers:",
    "hours": "When somebody answers it (e.g. Monday to Friday, 9:00 to 17:00):",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What was given by option or typed in; "" is not given."""

    name: str = ""
    website: str = ""
    email: str = ""
    phone: str = ""
    hours: str = ""


def init(
    name: Annotated[str, typer.Option(help="Name of the business.", show_default=False)] = "",
    website: Annotated[str, typer.Option(help="Its website.", show_default=False)] = "",
    email: Annotated[str, typer.Option(help="Where customers write to.", show_default=False)] = "",
    phone: Annotated[str, typer.Option(help="Where customers call.", show_default=False)] = "",
    hours: Annotated[str, typer.Option(help="When somebody answers.", show_default=False)] = "",
    knowledge: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="File or folder with what it knows.", show_default=False),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; an existing business.toml is updated.")
    ] = False,
) -> None:
    """Set up your own business.

    Asks for its facts, loads its files and shows what it would answer. The facts are written to business.toml
    beside the files, where every later ingest finds them. The sample business is removed.
    """
    if not yes and not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to be asked: give the facts as options, with --yes")
    facts = Facts(name, website, email, phone, hours)
    if not yes:
        knowledge = knowledge or _ask_for_knowledge()
    if knowledge is not None and not knowledge.exists():
        raise typer.BadParameter(
            f"{knowledge} does not exist: name your file or folder", param_hint="--knowledge"
        )
    path = _profile_file(knowledge)
    profile = _profile(path, facts, ask=not yes)
    with assistant() as opened:
        _load(opened, path, profile, knowledge)
        if opened.documents.count():
            _show_answers(opened, ask=not yes)
    out().print("\nYour assistant is ready: start it with `customer-assist serve`.", soft_wrap=True)


def _profile_file(knowledge: Path | None) -> Path:
    from customer_assist.business import PROFILE_FILE

    if knowledge is None:
        return Path(PROFILE_FILE)
    return (knowledge if knowledge.is_dir() else knowledge.parent) / PROFILE_FILE


def _ask_for_knowledge() -> Path | None:
    import questionary

    out().print("What your business knows is a CSV, JSON, JSONL or Markdown file, or a folder of them.")
    typed = questionary.path("Where is it (empty: later)?").unsafe_ask().strip()
    return Path(typed).expanduser() if typed else None


def _profile(path: Path, facts: Facts, *, ask: bool) -> BusinessProfile:
    """What the file says with the new facts in it, which is written unless the owner keeps the file."""
    from customer_assist.business import EMPTY_PROFILE, read_profile
    from customer_assist.profile_file import profile_toml

    known = read_profile(path) if path.exists() else EMPTY_PROFILE
    if ask and path.exists() and not _wants_change(path):
        return known
    if ask:
        facts = _ask_for_facts(facts, known)
    profile = _with_facts(known, facts)
    if path.exists():
        if profile == known:
            return known
        kept = path.with_suffix(".toml.old")
        path.replace(kept)
        print_note(
            f"{path} is written anew, without its own comments; the file before is kept as {kept.name}"
        )
    path.write_text(profile_toml(profile), encoding="utf-8")
    out().print(f"Wrote {path}: fill in what else you want answers to state.", soft_wrap=True, markup=False)
    return profile


def _wants_change(path: Path) -> bool:
    import questionary

    return bool(questionary.confirm(f"{path} is there already. Change it?", default=False).unsafe_ask())


def _ask_for_facts(facts: Facts, known: BusinessProfile) -> Facts:
    import questionary

    before = {
        "name": known.name,
        "website": known.website,
        "email": known.contact.email,
        "phone": known.contact.phone,
        "hours": known.contact.hours,
    }
    typed = {
        field: getattr(facts, field) or questionary.text(question, default=before[field]).unsafe_ask().strip()
        for field, question in _ASKED.items()
    }
    return Facts(**typed)


def _with_facts(profile: BusinessProfile, facts: Facts) -> BusinessProfile:
    given = {field: getattr(facts, field) for field in ("name", "website") if getattr(facts, field)}
    ways = {field: getattr(facts, field) for field in ("email", "phone", "hours") if getattr(facts, field)}
    contact = profile.contact.model_copy(update=ways)
    return profile.model_copy(update={**given, "contact": contact})


def _load(opened: Assistant, path: Path, profile: BusinessProfile, knowledge: Path | None) -> None:
    """The files first: where they cannot be used, nothing in the database changes."""
    from customer_assist.cli.ingest import ingested, print_left_out, print_summary

    if knowledge is not None:
        report = ingested(opened, knowledge)
        print_left_out(report)
        print_summary(report)
        if report.profile:
            return
    opened.documents.set_profile(profile.model_dump(mode="json"), path.name)


def _show_answers(opened: Assistant, *, ask: bool) -> None:
    """What customers would read; the turns are recorded under the channel `init`."""
    from customer_assist.cli.answers import print_turn
    from customer_assist.desk import Ask
    from customer_assist.web.render import example_questions

    console = out()

    def show(question: str) -> None:
        print_turn(console, opened.desk.ask(Ask(question, channel="init")))

    console.print("\nThis is what it would answer:")
    for question in example_questions(opened.documents.list(limit=1000)):
        console.print(f"\n? {one_line(question)}", style="bold", soft_wrap=True, markup=False)
        show(question)
    if not ask:
        return
    import questionary

    console.print("\nNow ask as a customer would; an empty line ends.")
    with suppress(EOFError):
        while question := questionary.text("You:", qmark="").unsafe_ask().strip():
            show(question)
            console.print()

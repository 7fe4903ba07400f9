"""`customer-assist drafts`: documents to be, made from what people replied."""

from __future__ import annotations

from typing import Annotated

import typer

from customer_assist.cli.output import counted, one_line, out, print_json, print_note, printable
from customer_assist.cli.session import AsJson, assistant

app = typer.Typer(
    rich_markup_mode=None,
    help="Look at documents drafted from people's replies; publish or reject them.",
)
_MOST = 500
_STATUSES = ("open", "published", "rejected", "all")
_Id = Annotated[str, typer.Argument(metavar="ID", show_default=False)]


@app.command("list", epilog="\b\nExample: customer-assist drafts list --status all")
def list_drafts(
    status: Annotated[str, typer.Option(metavar="STATUS", help="open, published, rejected or all.")] = "open",
    as_json: AsJson = False,
) -> None:
    """List drafts, the latest first. Each line: id, status and what is asked, parted by tabs."""
    if status not in _STATUSES:
        raise typer.BadParameter(f"{status!r} is no status: say {', '.join(_STATUSES)}")
    with assistant() as opened:
        drafts = opened.drafts.list(status, _MOST)
        if as_json:
            from customer_assist.web.drafts import draft_body

            print_json({"drafts": [draft_body(draft, opened.learning) for draft in drafts]})
            return
    for draft in drafts:
        asked = draft.title or (draft.questions[0] if draft.questions else draft.text[:60])
        print(draft.id, draft.status.value, one_line(asked), sep="\t")
    if not drafts and out().is_terminal:
        out().print("No drafts: POST /drafts makes one from a person's reply.")


@app.command(epilog="\b\nExample: customer-assist drafts show 5d0c8f0e-6a4e-4c1f-9a53-6f6de1f0d2aa")
def show(draft_id: _Id, as_json: AsJson = False) -> None:
    """Show a draft, what seems personal in it, and the messages that it would have answered."""
    with assistant() as opened:
        draft = opened.drafts.get(draft_id)
        left = opened.learning.left(draft)
        if as_json:
            from customer_assist.web.drafts import draft_body

            print_json(draft_body(draft, opened.learning))
            return
    from rich.text import Text

    console = out()
    lines = [f"id: {draft.id}", f"status: {draft.status.value}"]
    lines += [f"document: {draft.document_id}"] if draft.document_id else []
    lines += [f"asked as: {one_line(question)}" for question in draft.questions]
    lines += [f"{link.kind.value}: {one_line(link.question)}" for link in draft.links if link.question]
    console.print(Text(printable(draft.title or "(no title)"), style="bold"), soft_wrap=True)
    for line in lines:
        console.print(Text(line, style="dim"), soft_wrap=True)
    console.print()
    console.print(Text(printable(draft.text)), soft_wrap=True)
    for each in left:
        print_note(f"this seems to be of one customer alone: {each.text} ({each.kind})")


@app.command(epilog="\b\nExample: customer-assist drafts publish 5d0c8f0e-6a4e-4c1f-9a53-6f6de1f0d2aa")
def publish(
    draft_id: _Id,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="You looked at what may be personal, or is said elsewhere.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a draft a document, which answers customers at once; `documents delete` takes it back."""
    with assistant() as opened:
        published = opened.learning.publish(draft_id, confirm=confirm)
        if as_json:
            from customer_assist.web.drafts import published_body

            print_json(published_body(published, opened.learning))
            return
    for notice in published.notices:
        print_note(notice)
    out().print(f"Published as {published.document.id}", soft_wrap=True, markup=False)
    met = [each for each in published.tried if not (each.found and each.decision == "answer")]
    if met:
        print_note(
            f"{counted(len(met), 'question')} of it would still not be answered with it: add other ways of asking, "
            "and a title"
        )


@app.command(epilog="\b\nExample: customer-assist drafts reject 5d0c8f0e-6a4e-4c1f-9a53-6f6de1f0d2aa")
def reject(draft_id: _Id) -> None:
    """Put a draft aside: nothing becomes of it."""
    with assistant() as opened:
        opened.learning.reject(draft_id)
    out().print(f"Rejected: {draft_id}", soft_wrap=True, markup=False)

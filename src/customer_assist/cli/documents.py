"""`customer-assist documents`: what the business knows, one document at a time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import counted, one_line, out, print_json, printable
from customer_assist.cli.session import AsJson, assistant
from customer_assist.errors import InvalidInput, UnknownDocument

if TYPE_CHECKING:
    from customer_assist.model import Document
    from customer_assist.storage.documents import DocumentStore

app = typer.Typer(
    rich_markup_mode=None,
    help="List, show and delete documents.",
)
_EVERYTHING = 10_000_000


@app.command("list", epilog="\b\nExample: customer-assist documents list --source faq.csv")
def list_documents(
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those of this source.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List all documents by id. Through a pipe: id, source and title, parted by tabs."""
    with assistant() as opened:
        documents = opened.documents.list(source=source, limit=_EVERYTHING)
        known = [known.name for known in opened.documents.sources()]
    if source is not None and not documents and source not in known:
        names = ", ".join(known) or "none yet: load some with `customer-assist ingest PATH`"
        raise InvalidInput(f"there is no source {source!r}; the sources are {names}")
    if as_json:
        print_json({"documents": [_document(document) for document in documents]})
    else:
        _print_list(documents)


@app.command(epilog="\b\nExample: customer-assist documents show return-window")
def show(
    document_id: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Show one document as it is kept, placeholders included."""
    with assistant() as opened:
        document = _known(opened.documents, document_id)
        draft = opened.drafts.of_document(document_id)
    if as_json:
        learned = None if draft is None else {"draft_id": draft.id, "turn_id": draft.turn_id}
        print_json({**_document(document), "learned_from": learned})
        return
    from rich.text import Text

    from customer_assist.cli.answers import print_answer

    console = out()
    facts = {"id": document.id, "source": document.source, "url": document.url or "", **document.fields}
    console.print(Text(printable(document.heading), style="bold"), soft_wrap=True)
    for name, value in facts.items():
        if value:
            console.print(Text(f"{name}: {one_line(value)}", style="dim"), soft_wrap=True)
    if draft is not None:
        reply = f", from the reply in turn {draft.turn_id}" if draft.turn_id else ""
        console.print(Text(f"learned: draft {draft.id}{reply}", style="dim"), soft_wrap=True)
    for question in document.questions:
        console.print(Text(f"asked as: {one_line(question)}", style="dim"), soft_wrap=True)
    console.print()
    print_answer(console, document.text)


@app.command(epilog="\b\nExample: customer-assist documents delete old-offer --yes")
def delete(
    document_ids: Annotated[list[str], typer.Argument(metavar="ID", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Delete documents. Those still in their file come back with its next ingest."""
    if not yes and not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to be asked: add --yes to delete")
    with assistant() as opened:
        for document_id in document_ids:
            _known(opened.documents, document_id)
        if not yes:
            import questionary

            which = document_ids[0] if len(document_ids) == 1 else f"these {len(document_ids)} documents"
            if not questionary.confirm(f"Delete {which}?", default=False).unsafe_ask():
                out().print("Nothing was deleted.")
                return
        opened.documents.delete(document_ids)
    out().print(f"Deleted: {', '.join(document_ids)}", soft_wrap=True, markup=False)


def _known(store: DocumentStore, document_id: str) -> Document:
    document = store.get(document_id)
    if document is None:
        raise UnknownDocument(
            f"there is no document {document_id!r}: `customer-assist documents list` shows all"
        )
    return document


def _print_list(documents: list[Document]) -> None:
    console = out()
    if not console.is_terminal:
        for document in documents:
            print(document.id, document.source, one_line(document.heading), sep="\t")
        return
    if not documents:
        console.print("No documents yet: load some with `customer-assist ingest PATH`.")
        return
    from rich.text import Text

    room = console.width // 3
    width = min(room, max(len(document.id) for document in documents))
    for document in documents:
        line = Text.assemble((f"{one_line(document.id):{width}}  ", "bold"), one_line(document.heading))
        console.print(line, overflow="ellipsis", no_wrap=True)
    sources = len({document.source for document in documents})
    total = f"{counted(len(documents), 'document')} of {counted(sources, 'source')}"
    console.print(total, style="dim")


def _document(document: Document) -> dict[str, object]:
    return {
        "id": document.id,
        "source": document.source,
        "title": document.title,
        "questions": list(document.questions),
        "text": document.text,
        "fields": dict(document.fields),
        "url": document.url,
    }

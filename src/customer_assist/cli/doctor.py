"""`customer-assist doctor`: what in the knowledge stands in the way of good answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from customer_assist.cli.doctor_model import examine_model, model_as_json, show_model
from customer_assist.cli.doctor_notices import examine_notices, show_notices
from customer_assist.cli.output import counted, escaped, out, print_json, print_note, progress_bar
from customer_assist.cli.session import AsJson, answering_assistant

if TYPE_CHECKING:
    from customer_assist.evaluation.missing_facts import MissingFacts
    from customer_assist.evaluation.self_check import Pair, SelfCheck
    from customer_assist.storage.documents import Knowledge

EXAMPLE = "customer-assist doctor"
_SHOWN = 15  # rows of each table
_PATIENCE = 600.0  # seconds
_MOST = 2000  # documents that are asked about, unless more are wanted


def doctor(
    limit: Annotated[
        int, typer.Option(min=1, help="At most so many documents, picked at random, always the same.")
    ] = _MOST,
    as_json: AsJson = False,
) -> None:
    """Ask every stored question: each should find its own document. List documents too alike to tell apart.

    Also lists sentences that no answer uses, because they look planted, and tells which facts the texts want and the
    business profile lacks, with the key of business.toml for each; and whether people are told of handoffs, by ways
    that work, and which notices still wait; and what of the language model's budgets is spent, and whether its judge
    keeps up.

    Changes nothing. An entry is a hint, not an error: two documents may well say the same.
    """
    from customer_assist.business import BusinessProfile
    from customer_assist.evaluation.missing_facts import missing_facts
    from customer_assist.evaluation.self_check import self_check
    from customer_assist.indexing import retriever, tuned_weights
    from customer_assist.search import index as indexes

    with answering_assistant(None) as opened:
        engine, embedder, known = opened.settings.engine, opened.embedder, opened.documents.load()
        index = indexes.build(0, known.documents, opened.vectors_of)
        asked = retriever(engine, index, embedder, tuned_weights(known.tuning, engine, embedder))
        now = datetime.now(UTC)
        notices, model = examine_notices(opened, now), examine_model(opened, now)
        contradicting = opened.conflicts.standing(_PATIENCE)
        with progress_bar("Asking stored questions") as progress:
            found = self_check(index, asked, limit=limit, progress=progress)
    out_of_answers = _left_out(known)
    profile = BusinessProfile.model_validate(dict(known.profile))
    lacking = missing_facts(index.documents, profile.placeholders())
    if as_json:
        left_out = {"left_out": [each._asdict() for each in out_of_answers]}
        told = {
            "notices": notices.as_json(),
            "conflicts": len(contradicting.conflicts) if contradicting else None,
        }
        print_json(found.as_json() | lacking.as_json() | left_out | told | model_as_json(model))
        return
    if known.tuning is not None:
        print_note("search uses weights that `customer-assist tune` adopted, not the defaults")
    if len(index) > found.documents:
        print_note(f"{found.documents} of {len(index)} documents were checked; --limit takes more")
    show_notices(notices, now)
    show_model(model)
    _show(found, {str(document.id): document.heading for document in index.documents})
    _table(
        "Sentences that no answer uses (docs/knowledge.md#sentences-that-are-left-out)",
        ("document", "sentence", "because"),
        out_of_answers,
    )
    _show_missing_facts(lacking)
    if contradicting is not None and contradicting.conflicts:
        pairs = counted(len(contradicting.conflicts), "pair")
        out().print(f"{pairs} of sentences contradict each other: `customer-assist conflicts` shows them")


def _show(found: SelfCheck, headings: dict[str, str]) -> None:
    out().print(
        f"{counted(found.questions, 'stored question')} of {counted(found.documents, 'document')}: "
        f"{found.questions - len(found.lost)} find their own document"
    )
    _table(
        "Questions that find another document",
        ("question", "is of", "finds"),
        [(each.question, each.document, each.found or "nothing") for each in found.lost],
    )
    _table(
        "Documents that nothing of their own finds first",
        ("document", "heading"),
        [(each, headings[each]) for each in found.never_first],
    )
    _table(
        "Asked alike, answered differently: merge them, or tell their questions apart",
        ("document", "and document", "alike"),
        _rows(found.asked_alike),
    )
    _table("Say nearly the same: one may do", ("document", "and document", "alike"), _rows(found.said_alike))


class _LeftOut(NamedTuple):
    document: str
    sentence: str
    because: str


def _left_out(known: Knowledge) -> list[_LeftOut]:
    from customer_assist.answering.cleaning import left_out
    from customer_assist.business import BusinessProfile
    from customer_assist.indexing import vouched

    vouching = vouched(BusinessProfile.model_validate(dict(known.profile)), known.documents)
    return [
        _LeftOut(document.id, each.sentence, f"{each.why}: {each.detail}" if each.detail else each.why)
        for document in known.documents
        for each in left_out(document, vouching)
    ]


def _show_missing_facts(lacking: MissingFacts) -> None:
    """The keys that would fill the most; what only customers can give is told in one line."""
    _table(
        "Facts that texts want and the business profile lacks (docs/business-profile.md)",
        ("placeholder", "texts", "sentences left out", "key in business.toml"),
        [
            (fact.name, str(fact.documents), str(fact.sentences_lost), fact.profile_key)
            for fact in lacking.of_business
        ],
    )
    if lacking.of_customers:
        names = ", ".join(escaped(name) for name, _ in lacking.of_customers)
        out().print(f"Given by customers, not by the profile: {names}")


def _rows(pairs: Sequence[Pair]) -> list[tuple[str, ...]]:
    return [(pair.one, pair.other, f"{pair.similarity:.2f}") for pair in pairs]


def _table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        return
    from rich.table import Table

    more = f" (the first {_SHOWN} of {len(rows)}; --json has all)" if len(rows) > _SHOWN else ""
    table = Table(*columns, title=title + more)
    for row in rows[:_SHOWN]:
        table.add_row(*map(escaped, row))
    out().print(table)

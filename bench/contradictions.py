"""Contradictions that were planted: beside the sample shop, with which the comparison was developed, and beside two
businesses that it was never tried on. What is planted was written before the comparison was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from customer_assist.bootstrap import choose_embedder
from customer_assist.business import read_profile
from customer_assist.config import load_settings
from customer_assist.insights.conflicts import Conflict, Conflicts, find_conflicts
from customer_assist.knowledge.reading import read
from customer_assist.model import Document, DocumentId
from customer_assist.ports import Embedder

ROOT = Path(__file__).resolve().parents[1]
SHOP, PLANTED = ROOT / "examples" / "brindle", ROOT / "examples" / "contradictions" / "articles"
AGAINST = {
    "sending-back": "return-window",
    "postage": "delivery-options",
    "workshop-counter": "contact-support",
    "nordic-countries": "international-shipping",
    "kettle-guarantee": "warranty-length",
}
HELD_OUT = ("garden-nursery", "furniture-maker")


def run(_data: Path) -> dict[str, object]:
    embedder = choose_embedder(load_settings({}))
    found: dict[str, object] = {}
    for by, model in (("meaning", embedder), ("words", None)):
        found[f"brindle, by {by}"] = _told("brindle", in_shop(model), AGAINST)
        for name in HELD_OUT:
            documents, against = business(name)
            found[f"{name}, by {by}"] = _told(name, find_conflicts(documents, {}, model), against)
    return found


def in_shop(embedder: Embedder | None, *, planted: bool = True) -> Conflicts:
    """The sample shop's, with the planted articles or without."""
    documents = articles(SHOP) + (articles(PLANTED) if planted else [])
    facts = read_profile(SHOP / "business.toml").placeholders()
    return find_conflicts(documents, facts, embedder)


def articles(folder: Path) -> list[Document]:
    return [each for each in read(folder) if isinstance(each, Document)]


def business(name: str) -> tuple[list[Document], dict[str, str]]:
    """Its articles with those that were planted, and what each of these contradicts."""
    own = _lines(ROOT / "training" / "businesses" / f"{name}.jsonl")
    planted = _lines(ROOT / "bench" / "contradictions" / f"{name}.jsonl")
    documents = [_document(f"{place:02d}", name, each) for place, each in enumerate(own)]
    documents += [_document(each["id"], name, each) for each in planted]
    return documents, {each["id"]: each["against"] for each in planted}


def is_planted(conflict: Conflict, against: dict[str, str]) -> str:
    """The planted article that it names together with the one that this contradicts; "" where it names none."""
    ids = {conflict.one.document_id, conflict.other.document_id}
    return next((planted for planted, other in against.items() if ids == {planted, other}), "")


def _told(name: str, found: Conflicts, against: dict[str, str]) -> dict[str, object]:
    named = {planted for each in found.conflicts if (planted := is_planted(each, against))}
    others = [each for each in found.conflicts if not is_planted(each, against)]
    print(
        f"{name}: {len(named)} of {len(against)} planted, {len(others)} other pairs; "
        f"missed {sorted(set(against) - named)}"
    )
    _show(others)
    return {
        "planted": len(against),
        "found": sorted(named),
        "others": len(others),
        "documents": found.documents,
    }


def _show(conflicts: Sequence[Conflict]) -> None:
    for each in conflicts:
        sides = " | ".join(f"{side.document_id}: {side.text}" for side in (each.one, each.other))
        print(f"  {each.kind.value}: {sides}")


def _document(document_id: str, name: str, row: dict[str, str]) -> Document:
    return Document(DocumentId(document_id), name, row["title"], (), row["text"])


def _lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

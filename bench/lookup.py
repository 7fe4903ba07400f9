"""Spoken conversations about many businesses: whether the last message wants the FAQ, and which entry answers it.

The business is named messages earlier, often misheard. The desk searches for the message alone, within the thing that
the conversation speaks of. Whether to look up is decided by a model that is fitted here, five-fold, whole conversations
held out; no customer is served by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.retrieval import read_documents
from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.asking import Ask
from customer_assist.bootstrap import choose_embedder
from customer_assist.business import EMPTY_PROFILE
from customer_assist.config import load_settings
from customer_assist.deciding import decide
from customer_assist.evaluation.lookup import (
    FOLDS,
    Flags,
    f1,
    folds,
    grouped_interval,
    out_of_fold,
    seen,
)
from customer_assist.evaluation.measures import hit_rate, reciprocal_rank
from customer_assist.evaluation.retrieval import embedding
from customer_assist.indexing import Snapshot, retriever, serving_gate
from customer_assist.model import (
    NOTHING_VOUCHED,
    ConversationId,
    Decision,
    Hit,
    Outcome,
    Query,
    RecordedTurn,
    TurnId,
)
from customer_assist.ports import Retriever
from customer_assist.questions import Decided
from customer_assist.saying import to_the_end
from customer_assist.search import index as indexes
from customer_assist.search.index import Index
from customer_assist.search.things import NamedThings

FOLDER = "dstc10_faq"
DEVELOPED_ON = 60  # the first conversations of the file, and all others that begin as one of them
_DEPTH = 10
_PARTITIONS = 5  # into folds; the first is reported, the others say how much that matters
Rows = NDArray[np.int64]
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Up to a customer's message, which is the last."""

    said: tuple[str, ...]  # by the customer and the assistant in turn, the customer first
    gold: str  # the entry that answers; "" where the message wants none

    @property
    def beginning(self) -> str:
        """The file has most conversations twice or three times, each time up to another message."""
        return self.said[0]

    def past(self) -> list[RecordedTurn]:
        pairs = zip(self.said[:-1:2], self.said[1::2], strict=True)
        return [
            RecordedTurn(
                TurnId(str(i)), ConversationId("c"), question, answer, Outcome.ANSWERED.value, "human", False,
                1.0, (), (), (), _LONG_AGO, 1, query=question,
            )
            for i, (question, answer) in enumerate(pairs)
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """All conversations; which of them want an entry, and which were not read in development."""

    conversations: Sequence[Conversation]
    needs: Flags
    blind: Flags


def run(data: Path) -> dict[str, object]:
    folder = data / FOLDER
    if not (folder / "corpus.jsonl").is_file():
        print(f"skipped, {folder / 'corpus.jsonl'} is not there")
        return {}
    conversations = read_conversations(folder / "queries_val.jsonl")
    snapshot, index = open_snapshot(folder / "corpus.jsonl")
    decided = [
        to_the_end(decide(Ask(c.said[-1]), snapshot, ExtractiveAnswerer(), c.past())) for c in conversations
    ]
    developed_on = {c.beginning for c in conversations[:DEVELOPED_ON]}
    blind = np.array([c.beginning not in developed_on for c in conversations])
    needs = np.array([bool(c.gold) for c in conversations])
    print(
        f"{len(conversations)} messages of {len({c.beginning for c in conversations})} conversations,"
        f" {needs.sum()} want an entry; not read in development: {blind.sum()}, {(needs & blind).sum()} want one"
    )
    asked = Asked(conversations, needs, blind)
    return {
        "conversations": len(conversations),
        "found": _found(snapshot, index, asked, decided),
        "looked_up": _looked_up(snapshot, asked, decided),
    }


def read_conversations(path: Path) -> list[Conversation]:
    """The file's, in its order; in each customer and assistant take turns, and the customer begins and ends."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Conversation(tuple(text for _, text in row["turns"]), row["gold"][0] if row["needs_kb"] else "")
        for row in rows
    ]


def open_snapshot(corpus: Path) -> tuple[Snapshot, Index]:
    """What the desk answers from, as the library makes it of a file that is ingested."""
    embedder = choose_embedder(load_settings({}))
    assert embedder is not None
    index = indexes.build(1, read_documents(corpus), embedding(embedder, None))
    snapshot = Snapshot(
        version=1,
        engine="hybrid",
        retriever=retriever("hybrid", index, embedder),
        gate=serving_gate("hybrid", index, embedder),
        weights=None,
        profile=EMPTY_PROFILE,
        facts={},
        vouched=NOTHING_VOUCHED,
        demo=False,
        size=len(index),
        embedder=embedder,
        things=NamedThings(index.documents),
    )
    return snapshot, index


# --- which entry ---------------------------------------------------------------------------------------


def _found(snapshot: Snapshot, index: Index, asked: Asked, decided: Sequence[Decided]) -> dict[str, object]:
    """Each way of searching, over the messages that want an entry."""
    wanting = [(c, d) for c, d in zip(asked.conversations, decided, strict=True) if c.gold]
    blind = asked.blind[asked.needs]
    entity_of = {str(document.id): document.fields.get("entity", "") for document in index.documents}
    print(f"\n{'which entry':44s}{'rank 1':>24s}{'of those not read':>26s}{'rank 1-5':>10s}{'MRR@5':>8s}")
    figures: dict[str, object] = {}
    for engine in ("lexical", "dense", "hybrid"):
        search = retriever(engine, index, snapshot.embedder)

        def ranked(query: Query, search: Retriever = search) -> Sequence[Hit]:
            return search.retrieve(query, _DEPTH)

        ways: dict[str, Callable[[Conversation], Sequence[Hit]]] = {
            "the message alone": lambda c: ranked(Query(c.said[-1])),
            "the whole conversation, latest first": lambda c: ranked(Query(". ".join(reversed(c.said)))),
            "within the thing spoken of": lambda c: ranked(
                Query(c.said[-1], about=snapshot.things.about(c.said))
            ),
            "within the right thing, told": lambda c: ranked(
                Query(c.said[-1], {"entity": entity_of[c.gold]} if entity_of[c.gold] else {})
            ),
        }
        for way, find in ways.items():
            rankings = [[str(hit.document.id) for hit in find(c)] for c, _ in wanting]
            figures[f"{engine}, {way}"] = _row(f"{engine}, {way}", rankings, [c for c, _ in wanting], blind)
    rankings = [[str(hit.document.id) for hit in d.trace.hits] for _, d in wanting]
    figures["desk"] = _row("desk (hybrid)", rankings, [c for c, _ in wanting], blind)
    things = [[mention.value for mention in d.trace.about] for _, d in wanting]
    right = [float(entity_of[c.gold] in named[:1]) for (c, _), named in zip(wanting, things, strict=True)]
    figures["right thing first"] = _share(
        "the thing spoken of is the entry's", right, [c for c, _ in wanting], blind
    )
    return figures


def _row(
    name: str, rankings: Sequence[Sequence[str]], wanting: Sequence[Conversation], blind: Flags
) -> dict[str, object]:
    first = [hit_rate(ranking, [c.gold], 1) for ranking, c in zip(rankings, wanting, strict=True)]
    five = float(np.mean([hit_rate(r, [c.gold], 5) for r, c in zip(rankings, wanting, strict=True)]))
    rank = float(np.mean([reciprocal_rank(r, [c.gold], 5) for r, c in zip(rankings, wanting, strict=True)]))
    figures = _share(name, first, wanting, blind, f"{five:10.3f}{rank:8.3f}")
    return {**figures, "rank 1-5": round(five, 4), "mrr@5": round(rank, 4)}


def _share(
    name: str, right: Sequence[float], of: Sequence[Conversation], blind: Flags, more: str = ""
) -> dict[str, object]:
    """How many are right, with the interval of conversations drawn anew; the same of those not read."""
    values = np.array(right)
    groups = [c.beginning for c in of]
    unseen = [group for group, kept in zip(groups, blind, strict=True) if kept]
    edges = grouped_interval(groups, lambda rows: float(values[rows].mean()))
    edges_blind = grouped_interval(unseen, lambda rows: float(values[blind][rows].mean()))
    share, share_blind = float(values.mean()), float(values[blind].mean())
    print(f"{name:44s}{_told(share, edges):>24s}{_told(share_blind, edges_blind):>26s}{more}", flush=True)
    return {"share": round(share, 4), "ci95": _rounded(edges), "not read": round(share_blind, 4),
            "not read, ci95": _rounded(edges_blind), "of": len(values)}  # fmt: skip


# --- whether to look up -----------------------------------------------------------------------------------


def _looked_up(snapshot: Snapshot, asked: Asked, decided: Sequence[Decided]) -> dict[str, object]:
    assert snapshot.embedder is not None
    said = [c.said for c in asked.conversations]
    messages = [(each[-1], each[-2] if len(each) > 1 else "") for each in said]
    found = seen(messages, [d.trace for d in decided], snapshot.embedder)
    groups = [c.beginning for c in asked.conversations]
    fitted = [out_of_fold(found, asked.needs, folds(groups, seed)) for seed in range(_PARTITIONS)]
    gate = [d.trace.verdict is not None and d.trace.verdict.decision is not Decision.DECLINE for d in decided]
    first = np.array([bool(d.trace.hits) and str(d.trace.hits[0].document.id) == c.gold
                      for d, c in zip(decided, asked.conversations, strict=True)])  # fmt: skip
    print(
        f"\n{'whether to look up':44s}{'F1':>24s}{'of those not read':>26s}{'precision':>10s}{'recall':>8s}"
    )
    figures: dict[str, object] = {}
    for name, yes in {
        "always": np.ones(len(said), dtype=bool),
        "the gate, fitted on the entries alone": np.array(gate),
        f"fitted on other conversations, {FOLDS} folds": fitted[0],
    }.items():
        figures[name] = _f1(name, yes, asked.needs, asked)
        figures[f"{name}: right entry"] = _f1(
            "  and the right entry first", yes & first, asked.needs, asked, of=yes
        )
    others = [round(f1(each, asked.needs), 4) for each in fitted]
    print(f"F1 with {_PARTITIONS} partitions into folds: {', '.join(f'{each:.3f}' for each in others)}")
    end_to_end = (fitted[0] & first)[asked.needs]
    wanting = [c for c in asked.conversations if c.gold]
    share = _share(
        "looked up, and the right entry first", list(end_to_end), wanting, asked.blind[asked.needs]
    )
    return {**figures, "f1 of other partitions": others, "end to end": share}


def _f1(name: str, right: Flags, needs: Flags, asked: Asked, of: Flags | None = None) -> dict[str, object]:
    """Harmonic mean of the shares of `of` and of `needs` that are right; `of` is what was looked up."""
    of = right if of is None else of
    groups = np.array([c.beginning for c in asked.conversations])

    def figure(rows: Rows) -> float:
        return 2 * float((right & needs)[rows].sum()) / max(int(of[rows].sum() + needs[rows].sum()), 1)

    every, unseen = np.arange(len(needs)), np.flatnonzero(asked.blind)
    edges = grouped_interval(groups.tolist(), figure)
    edges_blind = grouped_interval(groups[unseen].tolist(), lambda rows: figure(unseen[rows]))
    precision = float((right & needs).sum() / max(of.sum(), 1))
    recall = float((right & needs).sum() / needs.sum())
    value, blind = figure(every), figure(unseen)
    print(
        f"{name:44s}{_told(value, edges):>24s}{_told(blind, edges_blind):>26s}{precision:10.3f}{recall:8.3f}"
    )
    return {"f1": round(value, 4), "ci95": _rounded(edges), "not read": round(blind, 4),
            "not read, ci95": _rounded(edges_blind), "precision": round(precision, 4),
            "recall": round(recall, 4)}  # fmt: skip


def _told(value: float, edges: tuple[float, float]) -> str:
    return f"{value:.3f} [{edges[0]:.3f}, {edges[1]:.3f}]"


def _rounded(edges: tuple[float, float]) -> list[float]:
    return [round(edge, 4) for edge in edges]

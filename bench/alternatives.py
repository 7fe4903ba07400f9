"""What comes after "That did not help.", twice: whether the right answer is among it, and how near the others are.

The bar was settled on the even half of the sample business's questions and on the dev part of the public set; what is
printed is the other half, and the test part.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.shop import EXAMPLES, lines
from customer_assist.bootstrap import Assistant, open_assistant
from customer_assist.config import load_settings
from customer_assist.desk import Ask
from customer_assist.dialogue.alternatives import NOT_HELPED
from customer_assist.model import Document, Outcome, Turn

_SAMPLED = 300  # questions of the public set
Asked = tuple[
    str, frozenset[str]
]  # a question, and what the right documents have: their ids, or their intent


def run(data: Path) -> dict[str, object]:
    figures: dict[str, object] = {}
    with _assistant(EXAMPLES / "brindle") as assistant:
        mine = [*lines("questions"), *lines("unanswerable")][1::2]
        asked = [(line["question"], frozenset(_listed(line.get("document")))) for line in mine]
        figures["sample business"] = _measured("sample business", assistant, asked, lambda d: d.id)
    replies, questions = (
        data / "bitext" / "bitext_responses_partial.jsonl",
        data / "bitext" / "bitext_8k_test.csv",
    )
    if not questions.is_file():
        print(f"bitext: skipped, {questions} is not there")
        return figures
    with _assistant(replies) as assistant, questions.open(encoding="utf-8", newline="") as file:
        rows = random.Random(0).sample(list(csv.DictReader(file)), _SAMPLED)
        asked = [(row["utterance"], frozenset({row["intent"]})) for row in rows]
        figures["bitext"] = _measured("bitext", assistant, asked, lambda d: d.fields["intent"])
    return figures


def _measured(
    name: str, assistant: Assistant, asked: Sequence[Asked], right: Callable[[Document], str]
) -> dict[str, object]:
    """Of what was answered: rightly, wrongly, or though nothing answers it."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in ("right", "wrong", "unknown")}
    for question, gold in asked:
        first, *others = _tried(assistant, question)
        if first.outcome is not Outcome.ANSWERED:
            continue
        documents = [_source(turn) for turn in (first, *others)]
        is_right = [right(document) in gold for document in documents]
        counts = found["unknown" if not gold else "right" if is_right[0] else "wrong"]
        counts["answered"] += 1
        counts[f"with {len(others)} others"] += 1
        counts["others"] += len(others)
        counts["others of the same category"] += sum(
            each.fields.get("category") == documents[0].fields.get("category") for each in documents[1:]
        )
        counts["the right one among them"] += any(is_right[1:])
    print(name)
    for kind, counts in found.items():
        print(f"  first answer {kind}: {dict(counts)}")
    return {kind: dict(counts) for kind, counts in found.items()}


def _source(turn: Turn) -> Document:
    cited = turn.answer.citations[0].document_id
    traces = (turn.trace, *turn.trace.parts)
    return next(hit.document for trace in traces for hit in trace.hits if hit.document.id == cited)


def _tried(assistant: Assistant, question: str) -> list[Turn]:
    """The first turn, and the other answers that came."""
    turns = [assistant.desk.ask(Ask(question))]
    for _ in range(2):
        if turns[-1].outcome is Outcome.ANSWERED:
            turns.append(assistant.desk.ask(Ask(NOT_HELPED, turns[0].conversation_id)))
    return [turns[0], *(turn for turn in turns[1:] if turn.outcome is Outcome.ANSWERED)]


@contextmanager
def _assistant(knowledge: Path) -> Iterator[Assistant]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        with open_assistant(load_settings({"CUSTOMER_ASSIST_HOME": home})) as assistant:
            assistant.ingest(knowledge)
            yield assistant


def _listed(named: object) -> list[str]:
    return [] if named is None else [str(each) for each in named] if isinstance(named, list) else [str(named)]

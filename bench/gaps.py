"""Whether what the knowledge lacks comes out as groups: subjects left out of it, asked for among many others.

An online bank's customers: ten of the fifty intents are left out of the knowledge, chosen by `Random(seed).sample` from
their sorted names, and all of their questions are asked among a thousand of the others, each by a customer of its
own, through the desk. Nobody tells the assistant which answers were wrong. The grouping was developed on questions
kept apart from the training part with seeds 0 to 4; what is reported here are questions of the other part, with other
seeds.
"""

from __future__ import annotations

import csv
import json
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean

import numpy as np

from customer_assist.bootstrap import Assistant, open_throwaway_assistant
from customer_assist.config import load_settings
from customer_assist.desk import Ask
from customer_assist.insights.gap_book import LastDays
from customer_assist.insights.gaps import Gap
from customer_assist.insights.grouping import grouped
from customer_assist.model import Outcome

BANKING = "banking77_oos"
SEEDS = (11, 12, 13, 14, 15)
LEFT_OUT, OTHERS = 10, 1000
_LARGEST = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    intent: str


def run(data: Path) -> dict[str, object]:
    found: dict[str, object] = {"grouping_seconds": {n: seconds_of_grouping(n) for n in (1000, 5000)}}
    print("grouping, CPU seconds:", found["grouping_seconds"])
    if not (data / BANKING).is_dir():
        print(f"{BANKING}: skipped, {data / BANKING} is not there")
        return found
    known, asked = _read(data / BANKING / "in_scope_train.csv"), _read(data / BANKING / "in_scope_valid.csv")
    print(
        f"{'seed':>6s}{'left out':>10s}{'not answered':>14s}{'others not':>12s}{'shown':>7s}{'own':>5s}{'false':>7s}"
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder, open_throwaway_assistant(load_settings({})) as assistant:
        for seed in SEEDS:
            rows.append(_one(seed, known, asked, assistant, Path(folder)))
    for name in ("own_groups", "false_groups", "shown"):
        values = [int(str(row[name])) for row in rows]
        print(f"{name}: mean {mean(values):.1f}, {min(values)} to {max(values)}")
        found[name] = {"mean": mean(values), "least": min(values), "most": max(values)}
    return found | {"seeds": rows}


def _one(
    seed: int, known: Sequence[Question], asked: Sequence[Question], assistant: Assistant, folder: Path
) -> dict[str, object]:
    random = Random(seed)
    left_out = set(random.sample(sorted({each.intent for each in known}), LEFT_OUT))
    _teach(assistant, [each for each in known if each.intent not in left_out], folder)
    wanted = [each for each in asked if each.intent in left_out]
    others = random.sample([each for each in asked if each.intent not in left_out], OTHERS)
    mixed = random.sample([*wanted, *others], len(wanted) + len(others))
    channel, intent_of, answered = f"bench-{seed}", {}, Counter[bool]()
    for each in mixed:
        turn = assistant.desk.ask(Ask(each.text, channel=channel))
        intent_of[str(turn.id)] = each.intent
        answered[each.intent in left_out] += turn.outcome is Outcome.ANSWERED
    standing = assistant.gaps.standing(LastDays(channel=channel), _LARGEST)
    assert standing.gaps is not None
    own, false = judged(standing.gaps.gaps, intent_of, left_out)
    row: dict[str, object] = {
        "seed": seed,
        "left_out": len(wanted),
        "left_out_not_answered": len(wanted) - answered[True],
        "others_not_answered": len(others) - answered[False],
        "looked_at": standing.gaps.questions,
        "minimum": standing.gaps.minimum,
        "shown": len(standing.gaps.gaps),
        "own_groups": len(own),
        "false_groups": false,
        "missed": sorted(left_out - own),
    }
    print(
        f"{seed:6d}{len(wanted):10d}{len(wanted) - answered[True]:14d}{len(others) - answered[False]:12d}"
        f"{len(standing.gaps.gaps):7d}{len(own):5d}{false:7d}",
        flush=True,
    )
    return row


def judged(gaps: Sequence[Gap], intent_of: Mapping[str, str], left_out: set[str]) -> tuple[set[str], int]:
    """The left-out intents that have a group of their own: at least half of one. And how many groups are false: at
    least half of their questions are ones that the knowledge answers."""
    own: set[str] = set()
    false = 0
    for gap in gaps:
        intents = Counter(intent_of[turn] for turn in gap.turn_ids)
        lacking = {intent: count for intent, count in intents.items() if intent in left_out}
        if sum(lacking.values()) * 2 <= gap.questions:
            false += 1
            continue
        first = max(lacking, key=lambda intent: (lacking[intent], intent))
        if lacking[first] * 2 >= gap.questions:
            own.add(first)
    return own, false


def seconds_of_grouping(count: int) -> float:
    """CPU seconds for `count` different questions in a hundred heaps, without their embedding."""
    random = np.random.default_rng(0)
    middles = random.normal(size=(100, 384))
    vectors = middles[random.integers(100, size=count)] + random.normal(size=(count, 384))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    began = time.process_time()
    grouped(np.clip(vectors @ vectors.T, 0, 1), 0.5)
    return round(time.process_time() - began, 2)


def _teach(assistant: Assistant, known: Sequence[Question], folder: Path) -> None:
    """These and nothing else, each with a reply that says no more than what it is about."""
    file = folder / "banking.jsonl"
    lines = (
        {
            "question": each.text,
            "intent": each.intent,
            "answer": f"About {each.intent.replace('_', ' ')}: see the app.",
        }
        for each in known
    )
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assistant.ingest(file)
    while assistant.library.current().version < assistant.documents.version():
        time.sleep(0.1)  # a large change is taken in beside the questions


def _read(file: Path) -> list[Question]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [Question(row["text"], row["intent"]) for row in csv.DictReader(lines)]

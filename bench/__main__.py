"""Run the named benchmarks, or all, and print one table each. Figures go to bench/results as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from bench import (
    abstention,
    alternatives,
    answers,
    contradictions,
    conversation,
    entities,
    estimates,
    first_answer,
    gaps,
    handoff,
    injection,
    insights,
    latency,
    learning,
    lies,
    lookup,
    panels,
    placeholders,
    retrieval,
    scale,
    shop,
    suggestions,
    tuning,
)

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = {
    "retrieval": retrieval.run,
    "abstention": abstention.run,
    "tuning": tuning.run,
    "latency": latency.run,
    "shop": shop.run,
    "conversation": conversation.run,
    "answers": answers.run,
    "contradictions": contradictions.run,
    "injection": injection.run,
    "lies": lies.run,
    "learning": learning.run,
    "suggestions": suggestions.run,
    "lookup": lookup.run,
    "scale": scale.run,
    "scale-distinct": scale.run_distinct,
    "entities": entities.run,
    "placeholders": placeholders.run,
    "estimates": estimates.run,
    "gaps": gaps.run,
    "handoff": handoff.run,
    "alternatives": alternatives.run,
    "panels": panels.run,
    "first-answer": first_answer.run,
    "insights": insights.run,
}


def main(names: list[str]) -> int:
    data = Path(os.environ.get("CUSTOMER_ASSIST_DATA", ROOT.parent / "shared" / "data"))
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {unknown[0]!r}: there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        figures = BENCHMARKS[name](data)
        (results / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

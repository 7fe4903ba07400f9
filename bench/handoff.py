"""Whether a wish for a person is understood, and nothing else taken for one; and whether topics keep to their own.

The published test part of Bitext is for reporting: words were found on its other parts.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

from customer_assist.business import read_profile
from customer_assist.dialogue.moves import read_move
from customer_assist.dialogue.topics import reserved_topic
from customer_assist.model import Move

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
_INTENT = "contact_human_agent"


def run(data: Path) -> dict[str, object]:
    with (data / "bitext" / "bitext_8k_test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    taken = Counter(row["intent"] for row in rows if read_move(row["utterance"], ()) is Move.HUMAN)
    wishes = sum(row["intent"] == _INTENT for row in rows)
    others = taken.total() - taken[_INTENT]
    print(f"Bitext test part: {taken[_INTENT]} of {wishes} wishes for a person understood")
    print(f"  taken for one: {others} of {len(rows) - wishes} others")

    profile = read_profile(EXAMPLES / "brindle" / "business.toml")
    asked = _messages()
    on_topic = [text for text in asked if reserved_topic(text, profile)]
    other_shop = sum(bool(reserved_topic(row["utterance"], profile)) for row in rows)
    print(f"on a topic of the sample: {len(on_topic)} of its {len(asked)} ordinary messages")
    print(f"  and {other_shop} of {len(rows)} messages to another shop")
    return {
        "wishes": wishes,
        "understood": taken[_INTENT],
        "others": len(rows) - wishes,
        "taken_for_a_wish": others,
        "ordinary": len(asked),
        "ordinary_on_topic": len(on_topic),
        "other_shop_on_topic": other_shop,
    }


def _messages() -> list[str]:
    """The sample's questions, and the ways of asking that its articles list."""
    messages = [
        text
        for file in sorted((EXAMPLES / "questions").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        for key, text in json.loads(line).items()
        if key in ("question", "first", "followup")
    ]
    for article in sorted((EXAMPLES / "brindle" / "articles").glob("*.md")):
        front = article.read_text(encoding="utf-8").split("---")[1]
        messages += re.findall(r'^  - "?(.*?)"?$', front, re.MULTILINE)
    return messages

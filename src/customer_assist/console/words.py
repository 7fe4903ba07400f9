"""What things are called before an owner: no word of the program's own."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_MARKUP = frozenset("\\`*_{}[]()#+-.!:$<>|~&")
OUTCOMES = {
    "answered": "Answered",
    "clarifying": "Asked back",
    "small_talk": "Small talk",
    "abstained": "I didn't know",
    "handed_off": "Handed to a person",
    "with_human": "With a person",
}
RATINGS = {1: "the customer: this helped", -1: "the customer: this did not help"}
REASONS = {
    "customer_wish": "asked for a person",
    "not_known": "the assistant did not know",
    "topic": "a topic you answer yourself",
    "alternatives_failed": "nothing that was tried helped",
}
STATUSES = {
    "waiting": "Waiting",
    "taken": "In somebody's hands",
    "resolved": "Resolved",
    "withdrawn": "The customer went back to the assistant",
}
CHECKS = {
    "placeholders": "no placeholder is left",
    "numbers": "its numbers stand in the article",
    "dates": "its dates stand in the article",
    "links": "its links are yours",
    "names": "its names stand in the article",
    "promises": "it promises nothing more",
    "negations": "it denies nothing else",
    "instructions": "no instruction was followed",
    "strays": "it says nothing beside the matter",
    "citations": "its quotes stand in the article",
}
DECISIONS = {"answer": "it is answered", "clarify": "it is asked back", "decline": "I don't know"}


def reason(handoff: dict[str, str]) -> str:
    """Why it came here, with the topic's name where it was one."""
    detail = handoff.get("detail")
    return REASONS[handoff["reason"]] + (f": {detail}" if detail else "")


def ago(then: str, now: datetime) -> str:
    """How long ago an ISO time was: "just now", "5 minutes", "3 hours", "2 days"."""
    passed = now - datetime.fromisoformat(then)
    for length, unit in (
        (timedelta(days=1), "day"),
        (timedelta(hours=1), "hour"),
        (timedelta(minutes=1), "minute"),
    ):
        if passed >= length:
            count = int(passed / length)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "just now"


def local(then: str, zone: ZoneInfo) -> str:
    """An ISO time as people of this zone read it."""
    return f"{datetime.fromisoformat(then).astimezone(zone):%a %d %b %H:%M}"


def day_of(date: str) -> str:
    """An ISO date as people read it."""
    return f"{datetime.fromisoformat(date):%a %d %b}"


def plain(text: str) -> str:
    """Where Streamlit reads Markdown: the text as it is, formatting nothing."""
    return "".join(f"\\{sign}" if sign in _MARKUP else sign for sign in text)


def shown(answer: str) -> str:
    """An answer's Markdown: lists, emphasis and links, but nothing that loads, and none of Streamlit's own signs."""
    return re.sub(r"!(?=\[)|[<$:](?!//)", lambda sign: f"\\{sign[0]}", answer)


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 article", "3 articles"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def source_name(source: str) -> str:
    """Where an article came from: a file's own name, or how it was written."""
    return {"console": "written here", "learned": "learned from a reply"}.get(source, source)


def heading(document: dict[str, Any]) -> str:
    """What to call an article: its title, else its first question, else how it begins, else its id."""
    begins = " ".join(str(document["text"]).split())[:60]
    return str(document["title"] or next(iter(document["questions"]), "") or begins or document["id"])

"""Every reply of the public set as customers would see it, with a full profile and with none: raw and broken ones."""

from __future__ import annotations

import csv
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from customer_assist.bootstrap import open_assistant
from customer_assist.business import EMPTY_PROFILE, BusinessProfile, parse_profile
from customer_assist.config import load_settings
from customer_assist.desk import Ask
from customer_assist.evaluation.readable import Flaw, flaws
from customer_assist.model import Outcome
from customer_assist.profile_file import profile_toml
from customer_assist.text.placeholders import Filled, fill
from customer_assist.text.said import said

ROWS, KNOWLEDGE = "bitext/bitext_27k_assembled.csv", "bitext/bitext_responses_partial.jsonl"
ASKED = 500  # instructions that the desk answers, for each profile
FULL = parse_profile(
    """
    name = "Thistle & Rye"
    website = "https://thistle.example"
    [contact]
    phone = "+44 131 496 0000"
    email = "hello@thistle.example"
    hours = "Monday to Friday, 9:00 to 17:30"
    address = "12 Mill Lane, Leith"
    [urls]
    login = "https://thistle.example/login"
    password_reset = "https://thistle.example/reset"
    [labels]
    portal = "Thistle account"
    orders = "My orders"
    tracking = "Where is my parcel?"
    profile = "My profile"
    settings = "Settings"
    cancel = "Cancel order"
    password_reset = "Forgot your password?"
    """
)
PROFILES = {"full profile": FULL, "empty profile": EMPTY_PROFILE}
# What customers would have written where the instructions hold a placeholder themselves.
VALUES: Mapping[str, tuple[str, ...]] = {
    "Order Number": ("00481516", "ORD-2024-0081", "#48151", "732201349"),
    "Invoice Number": ("#37001", "48150"),
    "Person Name": ("Mr. Okafor", "Ann Lindqvist", "Ms. O'Brien"),
    "Account Type": ("Gold", "free", "enterprise"),
    "Account Category": ("Premium", "standard", "Enterprise"),
    "Refund Amount": ("160", "1,499.00"),
    "Currency Symbol": ("$", "€"),
    "Delivery City": ("Galway", "Aix"),
    "Delivery Country": ("Ireland", "the Netherlands", "USA"),
}


def run(data: Path) -> dict[str, object]:
    if not (data / ROWS).is_file():
        print(f"skipped, {data / ROWS} is not there")
        return {}
    figures: dict[str, object] = {}
    for name, profile in PROFILES.items():
        for written, answers in (
            ("as the instructions are", given(data, profile, values=False)),
            ("with values in them", given(data, profile, values=True)),
            ("what the desk answers", asked(data, profile)),
        ):
            figures[f"{name}, {written}"] = _counted(f"{name}, {written}", answers)
    return figures


def given(data: Path, profile: BusinessProfile, *, values: bool) -> Iterator[tuple[str, str, Filled]]:
    """Each row's instruction, its reply, and the reply as it would be shown."""
    facts = profile.placeholders()
    known: dict[tuple[str, tuple[tuple[str, str], ...]], Filled] = {}
    for row in rows(data):
        question = in_words(row["instruction"]) if values else row["instruction"]
        stated = said(question)
        key = row["response"], tuple(sorted(stated.items()))
        if key not in known:
            known[key] = fill(row["response"], facts, stated)
        yield question, row["response"], known[key]


def rows(data: Path) -> Iterator[dict[str, str]]:
    with (data / ROWS).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def in_words(instruction: str) -> str:
    """The instruction with a value for each placeholder, the same for the same instruction."""
    choose = Random(instruction)
    return re.sub(
        r"\{\{([^{}]+)\}\}", lambda match: choose.choice(VALUES.get(match[1], ("4815162",))), instruction
    )


def asked(data: Path, profile: BusinessProfile) -> Iterator[tuple[str, str, Filled]]:
    """What the desk answers from the set's own replies, to instructions drawn at random; declined ones are left out."""
    questions = [in_words(row["instruction"]) for row in rows(data)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        knowledge = Path(home) / "knowledge"
        knowledge.mkdir()
        (knowledge / "replies.jsonl").write_bytes((data / KNOWLEDGE).read_bytes())
        (knowledge / "business.toml").write_text(profile_toml(profile), encoding="utf-8")
        with open_assistant(load_settings({"CUSTOMER_ASSIST_HOME": str(Path(home) / "home")})) as assistant:
            assistant.ingest(knowledge)
            texts = {str(each.id): each.text for each in assistant.documents.load().documents}
            for question in Random(0).sample(questions, ASKED):
                turn = assistant.desk.ask(Ask(question))
                if turn.outcome is Outcome.ANSWERED:
                    source = texts[turn.answer.citations[0].document_id]
                    yield question, source, Filled(turn.answer.text, ())


def _counted(name: str, answers: Iterator[tuple[str, str, Filled]]) -> dict[str, object]:
    count = raw = empty = lost = 0
    suspicious: Counter[Flaw] = Counter()
    broken = 0
    for _, source, filled in answers:
        count += 1
        raw += "{{" in filled.text or "}}" in filled.text
        empty += not filled.text
        lost += bool(filled.lost)
        found = flaws(source, filled.text)
        broken += bool(found)
        suspicious.update(found)
    shown = f"{name}: {count} answers, {raw} with a placeholder, {broken} suspicious, {empty} empty"
    print(f"{shown}, {lost} lost a sentence" if lost else shown, flush=True)  # the desk tells of none
    for flaw, times in suspicious.most_common():
        print(f"  {times:5d} {flaw.what}: …{flaw.where}…")
    return {"answers": count, "raw": raw, "suspicious": broken, "lost a sentence": lost, "empty": empty}

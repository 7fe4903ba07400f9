"""What customers state, found in their questions: exact spans of the public test set, and what is found in vain."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from customer_assist.evaluation.entity_spans import Span, entity_scores, read_spans
from customer_assist.text.entities import find

ROOT = Path(__file__).resolve().parents[1]
# The set's own types; a country is told from a city, a person from whoever writes.
TYPES = {
    "Order Number": "order_id",
    "Invoice Number": "invoice_id",
    "Refund Amount": "refund_amount",
    "Person Name": "person_name",
    "Account Type": "account_type",
    "Delivery City": "delivery_city",
    "Delivery Country": "delivery_country",
}
NUMBERS = ("order_id", "invoice_id", "refund_amount")
# The set has five order numbers, five people and fourteen places. Others in their stead, in the same questions.
OTHERS = {
    "order_id": ("ORD-2024-0081", "48151", "123-4567890-1234567", "SO55123", "9301", "77-1203"),
    "invoice_id": ("#INV-2024-77", "4711", "#2024-0099", "R-99812"),
    "refund_amount": ("19.99", "1,499.00", "7", "12500"),
    "person_name": (
        "Dr. Lindqvist",
        "Ann-Marie O'Brien",
        "José Álvarez",
        "Mrs Okafor",
        "Willem van der Berg",
    ),
    "account_type": ("Business", "Enterprise", "Silver", "Family", "Student"),
    "delivery_city": ("Cork", "São Paulo", "Stoke-on-Trent", "New York", "L'Aquila", "Ely"),
    "delivery_country": ("South Korea", "Netherlands", "Sri Lanka", "New Zealand", "UAE", "Zimbabwe"),
}
_FILE = "bitext/bitext_8k_{part}.csv"


def run(data: Path) -> dict[str, object]:
    figures: dict[str, object] = {}
    for part in ("train", "dev", "test"):
        path = data / _FILE.format(part=part)
        if path.is_file():
            figures[part] = _scores(part, read_spans(path))
            figures[f"{part}, other values"] = _scores(f"{part}, other values", _with_others(path))
        else:
            print(f"{part}: skipped, {path} is not there")
    figures["in vain"] = {name: _in_vain(name, questions) for name, questions in _others(data)}
    return figures


def _with_others(path: Path) -> Iterator[tuple[str, frozenset[Span]]]:
    """Each question with another value where its own stood."""
    for question, spans in read_spans(path):
        for name, start, end in spans:
            value = Random(question).choice(OTHERS[name])
            exchanged = question[:start] + value + question[end:]
            yield exchanged, frozenset({(name, start, start + len(value))})
        if not spans:
            yield question, spans


def _scores(part: str, questions: Iterable[tuple[str, frozenset[Span]]]) -> dict[str, object]:
    found = entity_scores(questions, TYPES)
    print(
        f"{part}: {found.without} questions without an entity, in {found.in_vain} of them something is found"
    )
    print(f"{'type':18s}{'spans':>7s}{'precision':>11s}{'recall':>9s}{'F1':>8s}")
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in TYPES.values()}
    groups |= {"numbers": NUMBERS, "all (micro)": tuple(TYPES.values())}
    figures: dict[str, object] = {"without": found.without, "found in vain": found.in_vain}
    for name, types in groups.items():
        score = found.of(types)
        spans = score.right + score.missed
        print(f"{name:18s}{spans:7d}{score.precision:11.4f}{score.recall:9.4f}{score.f1:8.4f}")
        figures[name] = {"spans": spans, "precision": score.precision, "recall": score.recall, "f1": score.f1}
    return figures


def _others(data: Path) -> Iterator[tuple[str, list[str]]]:
    """Questions of others, in which no such entity is marked: what is found there is listed, to be read."""
    bank = data / "banking77_oos" / "in_scope_train.csv"
    if bank.is_file():
        with bank.open(encoding="utf-8", newline="") as file:
            yield "an online bank's customers", [row["text"] for row in csv.DictReader(file)]
    orders = data / "orders_rag" / "ground-truth-data.csv"
    if orders.is_file():
        with orders.open(encoding="utf-8", newline="") as file:
            yield "questions written by a model", [row["question"] for row in csv.DictReader(file)]
    messages: list[str] = []
    for path in sorted((ROOT / "training" / "businesses").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            messages += [row["message"]] if "message" in row else row["messages"]
    yield "messages written for this project", messages


def _in_vain(name: str, questions: Iterable[str]) -> dict[str, object]:
    asked = list(questions)
    found = [(question, each) for question in asked for each in find(question)]
    print(f"{name}: {len(found)} found in {len(asked)} questions")
    for question, each in found:
        print(f"  {each.name}: {each.value!r} in {question!r}")
    return {"questions": len(asked), "found": len(found)}

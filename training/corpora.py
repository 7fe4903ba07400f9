"""What the adapter learns from: texts that mean the same, in groups among which it must tell apart."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

Pair = tuple[str, str]  # what is asked, what it should be near to


@dataclass(frozen=True)
class Business:
    """Articles of one business with messages of its customers. The hard part is its other articles."""

    name: str
    articles: tuple[dict[str, object], ...]

    def batch(self, random: Random, size: int) -> list[Pair]:
        """One message of each article, with its title, its text, both or another message."""
        kind = random.choices(("title", "text", "whole", "message"), (0.25, 0.2, 0.35, 0.2))[0]
        return [
            _pair(article, kind, random)
            for article in random.sample(self.articles, min(size, len(self.articles)))
        ]


@dataclass(frozen=True)
class Intents:
    """Utterances by intent: two of one intent mean the same."""

    name: str
    utterances: dict[str, list[str]]

    def batch(self, random: Random, size: int) -> list[Pair]:
        intents = random.sample(sorted(self.utterances), min(size, len(self.utterances)))
        return [tuple(random.sample(self.utterances[intent], 2)) for intent in intents]  # type: ignore[misc]


@dataclass(frozen=True)
class QuestionsAnswered:
    """Questions and their answers by business; the business's other answers are near misses."""

    name: str
    entries: dict[str, list[Pair]]

    def batch(self, random: Random, size: int) -> list[Pair]:
        found: list[Pair] = []
        while len(found) < size:
            found += self.entries[random.choice(sorted(self.entries))]
        seen: set[str] = set()
        return [p for p in found[:size] if not (p[1] in seen or seen.add(p[1]))]  # type: ignore[func-returns-value]


Corpus = Business | Intents | QuestionsAnswered


def business(file: Path) -> Business:
    return Business(file.stem, tuple(_lines(file)))


def businesses(folder: Path) -> list[Business]:
    """Every business of `folder`, by name."""
    return [business(f) for f in sorted(folder.glob("*.jsonl")) if ".unanswerable" not in f.name]


def sample(folder: Path) -> Business:
    """The sample business of this project: what it lists as ways of asking are its customers' messages."""
    from customer_assist.knowledge.reading import read
    from customer_assist.model import Document

    articles = [d for d in read(folder) if isinstance(d, Document) and len(d.questions) > 1]
    return Business(
        "sample", tuple({"title": d.title, "text": d.text, "messages": list(d.questions)} for d in articles)
    )


def without_strangers(corpus: Intents, vectors: dict[str, np.ndarray]) -> Intents:
    """Only utterances most of whose ten nearest others have the same label.

    In the banking set many utterances stand under the label of the intent before.
    """
    texts = [(text, intent) for intent, own in sorted(corpus.utterances.items()) for text in own]
    matrix = np.stack([vectors[text] for text, _ in texts])
    kept: dict[str, list[str]] = {}
    for (text, intent), row in zip(texts, matrix, strict=True):
        nearest = np.argsort(-(matrix @ row))[1:11]
        if sum(texts[i][1] == intent for i in nearest) >= 5:
            kept.setdefault(intent, []).append(text)
    return Intents(corpus.name, {intent: own for intent, own in kept.items() if len(own) > 1})


def public(data: Path) -> list[Corpus]:
    """The public phrasings: of their *training* splits, and of the intents that are known there, alone."""
    found: list[Corpus] = []
    for file, text in (
        ("bitext/bitext_8k_train.csv", "utterance"),
        ("banking77_oos/in_scope_train.csv", "text"),
    ):
        by_intent: dict[str, list[str]] = {}
        with (data / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                by_intent.setdefault(row["intent"], []).append(row[text])
        found.append(Intents(file.split("/")[0], by_intent))
    entries: dict[str, list[Pair]] = {}
    for row in _lines(data / "dstc10_faq/corpus.jsonl"):
        entries.setdefault(str(row["entity"]), []).append((str(row["title"]), str(row["text"])))
    found.append(QuestionsAnswered("dstc10_faq", entries))
    return found


def _pair(article: dict[str, object], kind: str, random: Random) -> Pair:
    messages = article["messages"]
    assert isinstance(messages, list)
    if kind == "message":
        one, other = random.sample(messages, 2)
        return one, other
    text = f"{article['title']}\n{article['text']}" if kind == "whole" else str(article[kind])
    return random.choice(messages), text


def _lines(file: Path) -> Iterator[dict[str, object]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)

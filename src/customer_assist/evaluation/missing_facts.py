"""Which facts the business's texts ask for and its profile lacks, by how many texts want them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from customer_assist.business import FILLS
from customer_assist.model import Document
from customer_assist.text.names import customers_own
from customer_assist.text.placeholders import fill
from customer_assist.text.sentences import sentences
from customer_assist.text.wording import key_of

_KEYS = {key_of(name): key for key, names in FILLS.items() for name in names}
# "{{Date Range}} days" is how long something takes: the business's, whatever the name says.
_DURATION = re.compile(
    r"\{\{\s*(?P<name>Date[ _]?Range)\s*\}\} (?:business |working )?(?:days|hours|weeks)", re.I
)
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\n]{1,140}?)\s*\}")
_ANYTHING = "0"  # stands for a value where only its presence matters


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A name that documents hold and nothing fills."""

    name: str  # as most of them write it
    documents: int
    sentences_lost: int  # that are left out of answers because of it
    profile_key: str  # where in business.toml its value goes


@dataclass(frozen=True, slots=True)
class MissingFacts:
    of_business: tuple[MissingFact, ...]  # the most wanted first
    of_customers: tuple[tuple[str, int], ...]  # names that only a customer can give, with their documents

    def as_json(self) -> dict[str, object]:
        return {
            "missing_facts": [asdict(fact) for fact in self.of_business],
            "given_by_customers": [
                {"name": name, "documents": documents} for name, documents in self.of_customers
            ],
        }


def missing_facts(documents: Iterable[Document], facts: Mapping[str, str]) -> MissingFacts:
    """What the texts of `documents` want beyond `facts` (placeholder name → value)."""
    spellings: dict[str, Counter[str]] = {}
    wanted: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    customers: Counter[str] = Counter()
    for text, times in Counter(document.text for document in documents).items():
        if "{{" not in text:
            continue
        filled = fill(text, facts, {})
        for name in filled.missing:
            key = key_of(name)
            spellings.setdefault(key, Counter())[name] += times
            if _is_customers(name, text):
                customers[key] += times
                continue
            wanted[key] += times
            if filled.lost:  # which of them go is seen by giving the one name a value
                kept = fill(text, {**facts, name: _ANYTHING}, {})
                lost[key] += times * max(0, len(filled.lost) - len(kept.lost))
    names = {key: spelt.most_common(1)[0][0] for key, spelt in spellings.items()}
    found = [
        MissingFact(names[key], count, lost[key], _profile_key(names[key])) for key, count in wanted.items()
    ]
    return MissingFacts(
        tuple(sorted(found, key=lambda fact: (-fact.documents, -fact.sentences_lost, fact.name))),
        tuple(
            (names[key], count)
            for key, count in sorted(customers.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact is asked for that nothing fills."""

    document: Document
    sentence: str  # as it is written
    lost: bool  # answers leave it out; else it is worded so that nobody misses the fact


def places(
    wanted: Iterable[MissingFact], documents: Iterable[Document], facts: Mapping[str, str], most: int
) -> dict[str, list[Place]]:
    """By the names of the facts: the first sentences of `documents` that ask for each, at most `most` documents."""
    names = {key_of(fact.name): fact.name for fact in wanted}
    found: dict[str, list[Place]] = {name: [] for name in names.values()}
    seen = Counter[str]()  # documents, by key
    for document in documents:
        asked = {key_of(name) for name in _PLACEHOLDER.findall(document.text)} & names.keys()
        for key in sorted(asked):
            if seen[key] < most and (new := list(_places(names[key], document, facts))):
                seen[key] += 1
                found[names[key]] += new
    return found


def _places(name: str, document: Document, facts: Mapping[str, str]) -> Iterator[Place]:
    key, filled = key_of(name), fill(document.text, facts, {})
    if not any(key_of(each) == key and not _is_customers(each, document.text) for each in filled.missing):
        return
    kept = fill(document.text, {**facts, name: _ANYTHING}, {})
    if gone := [sentence for sentence in filled.lost if sentence not in kept.lost]:
        yield from (Place(document, sentence, lost=True) for sentence in gone)
        return
    asks = [each for each in sentences(document.text) if key in key_of(each)]
    yield Place(document, " ".join(asks[0].split()) if asks else "", lost=False)


def key_of_fact(name: str, text: str) -> str:
    """Where in business.toml the value of a placeholder of `text` goes; "" where only a customer can give it."""
    return "" if _is_customers(name, text) else _profile_key(name)


def _profile_key(name: str) -> str:
    return _KEYS.get(key_of(name), f'facts."{name}"')


def _is_customers(name: str, text: str) -> bool:
    return customers_own(name) and not (key_of(name) == "daterange" and _DURATION.search(text))

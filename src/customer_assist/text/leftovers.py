"""What in a text is of one customer alone: taken out, put behind a placeholder, or named for an editor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from customer_assist.text.entities import TEMPLATE, Entity, find
from customer_assist.text.personal import mask
from customer_assist.text.sentences import sentences

NAME = "name"
_FILLED = (
    "Order Number",
    "Invoice Number",
    "Tracking Number",
)  # which have neutral words where nobody gives one
_FLAGGED = (*_FILLED, "Customer Name", "Person Name", "Refund Amount")
_REFERENCE = re.compile(r"(?<![\w-])[A-Z]{1,6}-\d{4,}(?![\w-])")  # BB-204411, where no noun says what it is


def with_placeholders(text: str) -> str:
    """The customer's numbers as placeholders: "your order BB-204411" is "your order {{Order Number}}"."""
    numbers = [entity for entity in find(text) if entity.name in _FILLED]
    for entity in reversed(numbers):
        text = text[: entity.start] + "{{" + entity.name + "}}" + text[entity.end :]
    return text


def without_personal(question: str) -> str:
    """A question without its numbers, addresses and the sentence in which somebody says who they are."""
    kept = [each for each in sentences(question) if not _introduces(each)]
    text = " ".join(kept) if kept else question
    masked = mask(text)
    text = masked.text
    for token in masked.replaced:
        text = text.replace(token, " ")
    for entity in reversed([each for each in find(text) if each.name in _FILLED]):
        text = text[: entity.start] + text[entity.end :]
    text = _REFERENCE.sub(" ", text)
    return re.sub(r"\s+(?=[,.!?])", "", " ".join(text.split()))


def _introduces(sentence: str) -> bool:
    return any(entity.name == "Customer Name" for entity in find(sentence))


def left_in(text: str, names: Iterable[str], own: Iterable[str]) -> list[tuple[str, str]]:
    """What seems to be of one customer alone, as (kind, words), each once.

    `names` are known to be customers'; what stands in one of the business's `own` texts is nobody's but its.
    """
    stated = "\n".join(own)
    plain = TEMPLATE.sub(" ", text)
    found = [(kind, words) for kind, words in _found(plain, names) if words not in stated]
    return list(dict.fromkeys(found))


def _found(text: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    masked = mask(text)
    for token, words in masked.replaced.items():
        yield token[1 : token.rindex(" ")], words
    entities: list[Entity] = [each for each in find(masked.text) if each.name in _FLAGGED]
    for entity in entities:
        yield entity.name, entity.value
    for match in _REFERENCE.finditer(masked.text):
        if not any(entity.start <= match.start() < entity.end for entity in entities):
            yield "number", match[0]
    for name in names:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            yield NAME, name

"""Answers without a language model: the best document's approved text, its placeholders filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from customer_assist.model import EXTRACTIVE, Answer, CheckResult, Citation, Document, Hit
from customer_assist.ports import AnswerRequest
from customer_assist.text.placeholders import fill
from customer_assist.text.said import said
from customer_assist.text.sentences import sentences
from customer_assist.text.steps import steps

WHOLE = 1600  # characters up to which a text is given whole; a longer one is cut to the parts that match
_PART = 900
_TRIED = 3  # hits: the best may have no text, or nothing left of it once its placeholders are gone


class ExtractiveAnswerer:
    """Says what the business has approved, word for word (an Answerer)."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        """The text as one delta, then the Answer; an Answer with empty text where no hit has any."""
        heard = said(request.question)
        for hit in request.hits[:_TRIED]:
            text = fill(extract(hit), request.facts, heard).text
            if text and "{{" not in text and "}}" not in text:
                yield text
                yield _answer(hit, text, request.facts)
                return
        yield Answer("")


def extract(hit: Hit) -> str:
    """The part of the hit's document to show: all of it, or what stands around the best passage."""
    text = hit.document.text.strip()
    if len(text) <= WHOLE:
        return text
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    wanted = _tokens(hit.passage.text)
    overlaps = [len(_tokens(block) & wanted) / (len(_tokens(block)) + 5) for block in blocks]
    first = overlaps.index(max(overlaps))
    if first and (blocks[first - 1].startswith("#") or blocks[first - 1].rstrip().endswith(":")):
        first -= 1
    taken = [blocks[first]]
    for block in blocks[first + 1 :]:
        if sum(map(len, taken)) + len(block) > _PART or block.startswith("#"):
            break
        taken.append(block)
    return "\n\n".join(taken)


def shown_title(document: Document, facts: Mapping[str, str]) -> str:
    """What to call a document before a customer: its heading, which may be a question with placeholders."""
    heading = document.heading
    return fill(heading, facts, {}).text or " ".join(re.sub(r"[{}]+", " ", heading).split()) or document.id


def _answer(hit: Hit, text: str, facts: Mapping[str, str]) -> Answer:
    quote = next((s.strip() for s in sentences(text) if s.strip()), text)
    citation = Citation(hit.document.id, shown_title(hit.document, facts), quote, hit.document.url)
    checks = (CheckResult("placeholders", passed=True), CheckResult("citations", passed=True))
    return Answer(text, (citation,), EXTRACTIVE, steps(text), checks=checks)


def _tokens(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))

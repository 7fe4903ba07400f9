"""Answers without a language model: the best document's approved text, its placeholders filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from customer_assist.answering.checks import check_answer, lay_ground
from customer_assist.answering.cleaning import clean
from customer_assist.answering.sources import Source
from customer_assist.model import (
    EXTRACTIVE,
    NOTHING_VOUCHED,
    Answer,
    CheckResult,
    Citation,
    Document,
    Hit,
    Vouched,
)
from customer_assist.ports import AnswerRequest, AtOnce
from customer_assist.text.placeholders import fill
from customer_assist.text.sentences import sentences
from customer_assist.text.steps import steps

WHOLE = 1600  # characters up to which a text is given whole; a longer one is cut to the parts that match
_PART = 900
_TRIED = 3  # hits of one subject: the best may have nothing left once its placeholders are gone


class ExtractiveAnswerer:
    """Says what the business has approved, word for word (an Answerer)."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        """The text as one delta, then the Answer; an Answer with empty text where none holds.

        Only documents of the best hit's subject are used: that is what the gate let through. An Answer without
        text has the checks of the last text that failed.
        """
        subject = request.hits[0].document.subject
        checks: tuple[CheckResult, ...] = ()
        for hit in [hit for hit in request.hits if hit.document.subject == subject][:_TRIED]:
            text = fill(extract(hit, request.vouched), request.facts, request.said).text
            if not text:
                continue
            answer = _answer(hit, text, request)
            checks = answer.checks
            if all(check.passed for check in checks):
                yield AtOnce(text)
                yield answer
                return
        yield Answer("", checks=checks)


def extract(hit: Hit, vouched: Vouched = NOTHING_VOUCHED) -> str:
    """The part of the hit's document to show: all of it, or what stands around the best passage; never what was
    planted in it."""
    text = clean(hit.document, vouched).text.strip()
    if len(text) <= WHOLE:
        return text
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    first = _closest(blocks, hit)
    if len(blocks[first]) > WHOLE:  # nothing parts it but its sentences
        pieces = sentences(blocks[first])
        return _from(pieces, _closest(pieces, hit), " ")
    if first and (blocks[first - 1].startswith("#") or blocks[first - 1].rstrip().endswith(":")):
        first -= 1
    return _from(blocks, first, "\n\n")


def _closest(pieces: list[str], hit: Hit) -> int:
    """Where the piece stands that shares most with the best passage."""
    wanted = _tokens(hit.passage.text)
    overlaps = [len(_tokens(piece) & wanted) / (len(_tokens(piece)) + 5) for piece in pieces]
    return overlaps.index(max(overlaps))


def _from(pieces: list[str], first: int, between: str) -> str:
    """That piece and those behind it, as many as are short enough together."""
    taken = [pieces[first] if len(pieces[first]) <= WHOLE else pieces[first][:_PART].rsplit(" ", 1)[0] + " …"]
    for piece in pieces[first + 1 :]:
        room = _PART - sum(map(len, taken))
        announced = taken[-1].rstrip().endswith(":")
        if len(piece) > room or piece.startswith("#"):
            if announced and not piece.startswith("#"):
                taken.append(_first_lines(piece, room))
            break
        taken.append(piece)
    return between.join(taken)


def _first_lines(block: str, room: int) -> str:
    """Of a list that was announced: as many whole lines as fit, one at least."""
    lines = block.split("\n")
    count = 1
    while count < len(lines) and sum(map(len, lines[: count + 1])) <= room:
        count += 1
    return "\n".join(lines[:count])


def shown_title(document: Document, facts: Mapping[str, str], vouched: Vouched = NOTHING_VOUCHED) -> str:
    """What to call a document before a customer: its heading, which may be a question with placeholders."""
    heading = clean(document, vouched).heading
    return fill(heading, facts, {}).text or " ".join(re.sub(r"[{}]+", " ", heading).split()) or document.id


def _answer(hit: Hit, text: str, request: AnswerRequest) -> Answer:
    """Checked as a model's answer is: what the customer stated was put into the text, and is not the business's."""
    document = hit.document
    title = shown_title(document, request.facts, request.vouched)
    quote = next((s.strip() for s in sentences(text) if s.strip()), text)
    citation = Citation(document.id, title, quote, document.url)
    source = Source(1, document.id, title, text, document.url)
    ground = lay_ground(
        [source], request.facts, request.question, said=request.said, remember=not request.said
    )
    checks = check_answer(text, [citation], ground)
    return Answer(text, (citation,), EXTRACTIVE, steps(text), checks=checks)


def _tokens(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))

"""The one or two sentences of an approved text that are nearest to a question: a short answer, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from customer_assist.answering.checks import check_answer, lay_ground
from customer_assist.answering.extractive import extract, shown_title
from customer_assist.answering.sources import Source
from customer_assist.model import EXTRACTIVE, Answer, Citation
from customer_assist.ports import AnswerRequest, Embedder
from customer_assist.text.placeholders import fill
from customer_assist.text.sentences import sentences
from customer_assist.text.steps import plain
from customer_assist.text.words import content_words, has_word

MOST = 2  # sentences
_SECOND = 0.85  # of the nearest one's nearness, which a second sentence must have
_LONGEST = 400  # characters of both
_NO_PROSE = re.compile(r"^\s*(?:#{1,6}\s|\||>|\d{1,3}[.)]\s|```)")  # a step alone is no answer
_BULLET = re.compile(r"^\s*[-*+•]\s+")
_CAPITAL = re.compile(r"[^\w]*[^\W\d_a-zß-öø-ÿ]")
_FEWEST = 4  # words of an item that says something by itself
# What speaks of something without naming it, or goes on from what was said.
_LEANS = re.compile(
    r"\b(?:it|its|they|them|their|these|those|this|that one|he|she)\b|^(?:then|there|here|such|otherwise|instead|also"
    r"|both|but|and|or|so|if (?:so|not|that)|you can (?:also|then)|das|dies\w*|diese|dann|ils?|elles?|cela|esto|eso)\b",
    re.I,
)


class BriefAnswerer:
    """Says the part of an approved text that answers (an Answerer). `embedder` None: the nearest by words."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        """The Answer; with empty text where the best hit has no sentence that stands alone and passes its checks."""
        hit = request.hits[0]
        whole = fill(extract(hit, request.vouched), request.facts, request.said).text
        chosen = self._nearest(request.question, _prose(whole))
        text = " ".join(map(_ended, chosen))
        if not text:
            yield Answer("")
            return
        document = hit.document
        title = shown_title(document, request.facts, request.vouched)
        source = Source(1, document.id, title, whole, document.url)
        ground = lay_ground(
            [source], request.facts, request.question, said=request.said, remember=not request.said
        )
        citation = Citation(document.id, title, chosen[0], document.url)
        checks = check_answer(text, [citation], ground)
        if all(check.passed for check in checks):
            yield text
            yield Answer(text, (citation,), EXTRACTIVE, checks=checks)
        else:
            yield Answer("", checks=checks)

    def _nearest(self, question: str, prose: Mapping[int, str]) -> list[str]:
        """In the order of the text; with the sentence before it where one leans on that, else not at all."""
        near = self._nearness(question, list(prose.values())) if prose else []
        ranked = sorted(zip(near, prose, strict=True), key=lambda each: (-each[0], each[1]))
        able = [(value, place) for value, place in ranked if not _leans(prose[place]) or place - 1 in prose]
        if not able:
            return []
        nearest, best = able[0]
        chosen = [best]
        if _leans(prose[best]):
            chosen = [best - 1, best]
        else:
            fit = (place for value, place in ranked if place != best and value >= _SECOND * nearest)
            second = next((place for place in fit if place == best + 1 or not _leans(prose[place])), best)
            chosen = sorted({best, second})
        if sum(len(prose[place]) for place in chosen) > _LONGEST:
            chosen = [] if _leans(prose[best]) else [best]
        return [prose[place] for place in chosen]

    def _nearness(self, question: str, pieces: Sequence[str]) -> list[float]:
        if self._embedder is not None:
            vectors = self._embedder.encode([question, *(plain(piece) for piece in pieces)]).vectors
            return [float(value) for value in vectors[1:] @ vectors[0]]
        asked = content_words(question)
        return [len(asked & words) / (len(words) + 5) for words in map(content_words, pieces)]


def _prose(text: str) -> dict[int, str]:
    """The sentences that are no step, heading or lead-in, each as it stands in the text, by their place in it."""
    found: dict[int, str] = {}
    for place, sentence in enumerate(sentences(text)):
        piece = _BULLET.sub("", sentence)
        if piece != sentence and not _stands(piece):
            continue
        if has_word(piece) and not _NO_PROSE.match(piece) and not piece.rstrip("*_ ").endswith((":", "?")):
            found[place] = piece
    return found


def _stands(item: str) -> bool:
    """Whether an item of a list says something, and is not the end of the sentence before the list."""
    return _CAPITAL.match(item) is not None and len(item.split()) >= _FEWEST


def _ended(piece: str) -> str:
    words = plain(piece)
    return words if words.endswith((".", "!", "…")) else f"{words}."


def _leans(piece: str) -> bool:
    return _LEANS.search(plain(piece)) is not None

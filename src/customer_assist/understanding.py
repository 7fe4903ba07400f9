"""What is searched for a message, and what is found: the message as typed or with what the conversation adds to it,
whichever the gate finds more evidence for; or each of several requests by itself.

Same message, past, knowledge and rewriting, same result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from customer_assist.calibration import DEPTH
from customer_assist.dialogue.follow_ups import Earlier, earlier, in_context
from customer_assist.dialogue.requests import split
from customer_assist.dialogue.standing import Standing, naming_words, points_outside, standing
from customer_assist.indexing import Snapshot
from customer_assist.model import Hit, Mention, Query, RecordedTurn, Verdict
from customer_assist.ports import Rewriting
from customer_assist.text.introductions import without_introductions
from customer_assist.text.words import content_words

_SURE = 0.9  # confidence from which a message that seems to lean on the conversation is taken as it stands
_TOLD = 0.8  # confidence that a complaint needs to be answered beside another request


@dataclass(frozen=True, slots=True)
class Found:
    """One search."""

    query: str
    hits: tuple[Hit, ...]
    verdict: Verdict

    @property
    def accepted(self) -> bool:
        return self.verdict.accepted

    @property
    def best(self) -> str:
        """What the best hit is about, "" where nothing was found."""
        return self.hits[0].document.subject if self.hits else ""

    def surer_than(self, other: Found) -> bool:
        return self.verdict.confidence > other.verdict.confidence


class Searching:
    """Searches in one snapshot, with a customer's filters, for what is said about the things `about`."""

    def __init__(
        self, snapshot: Snapshot, filters: Mapping[str, str], about: tuple[Mention, ...] = ()
    ) -> None:
        self._snapshot = snapshot
        self._filters = filters
        self._about = about

    def find(self, text: str) -> Found:
        query = without_introductions(text)
        hits = tuple(self._snapshot.retriever.retrieve(Query(query, self._filters, self._about), DEPTH))
        return Found(query, hits, self._snapshot.judge(query, hits))

    def understand(self, message: str, rewriting: Rewriting, past: Sequence[RecordedTurn]) -> Found:
        """By the better evidence of the message and its rewriting; by rules what stands alone has no other."""
        typed = self.find(message)
        if rewriting.query == message:
            return typed
        rewritten = self.find(rewriting.query)
        if rewriting.written_by:
            return typed if typed.accepted and not rewritten.accepted else rewritten
        before = earlier(past)
        return _better(message, typed, rewritten, before.documents if before else frozenset())

    def requests(self, message: str, past: Sequence[RecordedTurn]) -> tuple[Found, ...]:
        """Each of several requests in `message`, all let through and about different things; else none."""
        found: list[Found] = []
        before = earlier(past)
        for request in split(message):
            each = self._request(request.text, before, {other.best for other in found})
            least = 0.0 if request.asked else _TOLD
            if not each.accepted or each.verdict.confidence < least or each.best in {o.best for o in found}:
                return ()
            found.append(each)
            before = Earlier(each.query, frozenset())
        return tuple(found)

    def _request(self, text: str, before: Earlier | None, told: set[str]) -> Found:
        """One request, which may lean on that before it."""
        leans = standing(text)
        typed = self.find(text)
        if leans is Standing.ALONE or before is None:
            return typed
        rewritten = self.find(in_context(text, before))
        if leans is Standing.LEANS:
            return rewritten
        new = rewritten.accepted and rewritten.best not in told
        return rewritten if new and (not typed.accepted or rewritten.surer_than(typed)) else typed


def _better(message: str, typed: Found, rewritten: Found, told: frozenset[str]) -> Found:
    """Where history alone would explain what is found, it is no evidence of what the message says."""
    if _says_nothing_of_it(message, typed, rewritten, told):
        return typed
    if standing(message) is Standing.LEANS:
        sure = typed.verdict.confidence >= max(_SURE, rewritten.verdict.confidence)
        return typed if typed.accepted and (sure or not rewritten.accepted) else rewritten
    new = bool(rewritten.hits) and str(rewritten.hits[0].document.id) not in told
    if typed.accepted:
        return rewritten if rewritten.accepted and new and rewritten.surer_than(typed) else typed
    return rewritten if rewritten.accepted and (new or points_outside(message)) else typed


def _says_nothing_of_it(message: str, typed: Found, rewritten: Found, told: frozenset[str]) -> bool:
    """Whether what the conversation leads to does not speak of what the message names: it is what was told already,
    or what the message finds by itself does speak of it."""
    named = content_words(" ".join(naming_words(message)))
    if not named or not rewritten.hits or named & _words(rewritten):
        return False
    return str(rewritten.hits[0].document.id) in told or bool(named & _words(typed))


def _words(found: Found) -> frozenset[str]:
    """Of the best document."""
    if not found.hits:
        return frozenset()
    document = found.hits[0].document
    return content_words("\n".join((document.title, *document.questions, document.text)))

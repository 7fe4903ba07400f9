"""The judge at work behind the scenes: one answer to a customer, long after the customer has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from customer_assist.answering.citing import read_sources
from customer_assist.answering.sources import Source
from customer_assist.errors import CallsSpent, DeliveryFailed, GeneratorUnavailable, LeftAlone
from customer_assist.evaluation.judge import Judge
from customer_assist.model import Citation, Document, DocumentId, Hit, Passage, PassageId, PassageKind, Score
from customer_assist.storage.jobs import Job
from customer_assist.storage.judgments import JudgmentStore, ToJudge

SECONDS = 40.0  # that one call may take; a judgment takes two at most, and a job's lease is 120 s
TRIES = 10  # of a judge that does not answer
UNREADABLE_TRIES = 3  # of one that answers with no judgment: each takes tokens
LATEST = timedelta(days=2)  # after which it is too late: so what waits is never more than two days' worth
PAUSE = timedelta(minutes=5)  # after which a judge that is left alone is looked at again


class Judging:
    """A Handler. What becomes of it changes no answer: a customer is never waiting for it."""

    def __init__(
        self,
        judge: Judge,
        store: JudgmentStore,
        facts: Callable[[], Mapping[str, str]],
        now: Callable[[], datetime],
    ) -> None:
        self._judge = judge
        self._store = store
        self._facts = facts
        self._now = now

    def __call__(self, job: Job) -> datetime | None:
        """A time: not yet, for the judge has no calls left or is left alone. Raises DeliveryFailed.

        What is judged already is not judged again. Whoever ends between the judge's reply and its being kept has
        the turn judged once more: then that counts, and the first one's tokens are in `model_usage` alone.
        """
        found = self._store.to_judge(job.payload["turn_id"])
        if found is None:
            return None
        if self._now() - job.created_at > LATEST:
            raise DeliveryFailed("not judged in time: lower CUSTOMER_ASSIST_JUDGE", refused=True)
        try:
            relevance = self._judge.rate(_asked(found), found.answer, shown_sources(found, self._facts()))
        except CallsSpent:
            return datetime.combine(self._now().date() + timedelta(days=1), time(), UTC)
        except LeftAlone:
            return self._now() + PAUSE
        except GeneratorUnavailable as error:
            raise DeliveryFailed(str(error), refused=error.refused or job.attempts >= TRIES) from error
        if relevance.label is None:
            raise DeliveryFailed(relevance.explanation, refused=job.attempts >= UNREADABLE_TRIES)
        self._store.keep(
            found.id,
            relevance.label.value,
            relevance.explanation,
            relevance.usage,
            self._judge.model,
            self._now(),
        )
        return None


def shown_sources(found: ToJudge, facts: Mapping[str, str]) -> tuple[Source, ...]:
    """What the answer rests on: the cited documents, around the quote; of one that changed since, the quote alone."""
    documents = {document.id: document for document in found.documents}
    there = [(each, documents[each.document_id]) for each in found.citations if each.document_id in documents]
    sources = read_sources([_as_hit(rank, *both) for rank, both in enumerate(there, 1)], facts)
    return (*sources, *_quotes(found, {source.document_id for source in sources}))


def _quotes(found: ToJudge, shown: Collection[DocumentId]) -> Iterator[Source]:
    for number, each in enumerate(found.citations, 1 + len(shown)):
        if each.document_id not in shown:
            yield Source(number, each.document_id, each.title, each.quote, each.url)


def _asked(found: ToJudge) -> str:
    """In a conversation, what was typed alone may mean nothing."""
    if found.query in ("", found.question):
        return found.question
    return f"{found.question}\n\n(In the conversation this was understood as: {found.query})"


def _as_hit(rank: int, citation: Citation, document: Document) -> Hit:
    quote = Passage(PassageId(f"{document.id}#quote"), document.id, PassageKind.TEXT, citation.quote)
    return Hit(document, quote, rank, Score(0.0, "cited"))

"""How well engines find the right document: experiments on a corpus of their own, never the live one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter

from customer_assist.config import ENGINES as SERVING_ENGINES
from customer_assist.errors import InvalidInput
from customer_assist.evaluation.measures import percentiles
from customer_assist.evaluation.runs import DEEPEST, Asked, Found, Run, fingerprint
from customer_assist.indexing import retriever
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.model import Document, Hit, Query
from customer_assist.ports import Embedder, Encoded, Retriever
from customer_assist.search import index as indexes
from customer_assist.search.fusion import HYBRID, LEXICAL, FusionRetriever, Weights
from customer_assist.search.minsearch_engine import REFERENCE_BOOST, MinsearchRetriever

BOOSTED = "minsearch-boosted"  # with the boosts that the reference tuned on its own benchmark
TUNED = "tuned"  # hybrid with weights of the business's own
ENGINES = (*SERVING_ENGINES, BOOSTED)
_EMBED_AT_ONCE = 512
_NAMED = 5  # unknown documents that an error names
Progress = Callable[[str, int, int], None]  # what, done, of


def needs_embedder(engine: str, tuned: Weights | None = None) -> bool:
    """`tuned`: the weights of the engine "tuned"."""
    return engine in ("hybrid", "dense") or (engine == TUNED and (tuned is None or tuned.is_dense))


def evaluate_retrieval(
    documents: Sequence[Document],
    questions: Sequence[LabelledQuestion],
    *,
    engine: str,
    embedder: Embedder | None,
    depth: int = DEEPEST,
    filter_field: str | None = None,
    progress: Progress | None = None,
) -> Run:
    """One engine; see `evaluate_engines`."""
    (run,) = evaluate_engines(
        documents,
        questions,
        engines=[engine],
        embedder=embedder,
        depth=depth,
        filter_field=filter_field,
        progress=progress,
    )
    return run


def evaluate_engines(
    documents: Sequence[Document],
    questions: Sequence[LabelledQuestion],
    *,
    engines: Sequence[str],
    embedder: Embedder | None,
    depth: int = DEEPEST,
    filter_field: str | None = None,
    tuned: Weights | None = None,
    progress: Progress | None = None,
) -> Iterator[Run]:
    """Index `documents` once, as production does, and ask every engine of `engines` every question once.

    `filter_field`: each question searches only documents with its own value of that field. `tuned`: the weights
    of the engine "tuned", without which there is none. Raises InvalidInput where there is nothing to measure or a
    judgment names a document that is not there, UnknownFilter for a field or value that no document has.
    """
    check_judgments(documents, questions)
    index = indexes.build(0, documents, None if embedder is None else embedding(embedder, progress))
    for engine in engines:
        needed = embedder if needs_embedder(engine, tuned) else None
        if needed is not None:
            needed.forget()  # each engine embeds every question itself
        under_test: Retriever
        if engine == TUNED:
            assert tuned is not None
            under_test = FusionRetriever(
                TUNED, index, tuned, needed, candidates_by=HYBRID if needed else LEXICAL
            )
        elif engine == BOOSTED:
            under_test = MinsearchRetriever(index, needed, REFERENCE_BOOST, BOOSTED)
        else:
            under_test = retriever(engine, index, needed)
        yield measure(
            under_test, documents, questions, depth=depth, filter_field=filter_field, progress=progress
        )


def measure(
    retriever: Retriever,
    documents: Sequence[Document],
    questions: Sequence[LabelledQuestion],
    *,
    depth: int = DEEPEST,
    filter_field: str | None = None,
    progress: Progress | None = None,
) -> Run:
    """Ask `retriever`, which searches `documents`, every question once."""
    intent_of = {str(d.id): d.fields["intent"] for d in documents if "intent" in d.fields}
    asked: list[Asked] = []
    seconds: list[float] = []
    for done, question in enumerate(questions, start=1):
        query = Query(question.question, _filters(question, filter_field))
        started = perf_counter()
        hits = retriever.retrieve(query, max(depth, DEEPEST))
        seconds.append(perf_counter() - started)
        found = tuple(map(_found, hits))
        asked.append(Asked(question.question, question.documents, right_intents(question, intent_of), found))
        if progress and (done % 50 == 0 or done == len(questions)):
            progress("asking", done, len(questions))
    return Run(
        engine=retriever.name,
        documents=len(documents),
        corpus=fingerprint(documents),
        depth=max(depth, DEEPEST),
        asked=tuple(asked),
        latency=dict(percentiles([1000 * each for each in seconds])),
    )


def check_judgments(documents: Sequence[Document], questions: Sequence[LabelledQuestion]) -> None:
    """Raise InvalidInput where measuring these questions on these documents would mean nothing."""
    if not documents or not questions:
        raise InvalidInput("there is nothing to measure: give at least one document and one question")
    intents = {d.fields["intent"] for d in documents if "intent" in d.fields}
    if not any(q.documents or q.intent for q in questions):
        raise InvalidInput("no question names a document or an intent: add a column 'document' or 'intent'")
    if not intents and not any(q.documents for q in questions):
        raise InvalidInput(
            "the questions name intents, but no document has one: add a column 'intent' to these"
        )
    check_known(documents, questions)


def check_known(documents: Sequence[Document], questions: Sequence[LabelledQuestion]) -> None:
    """Raise InvalidInput where a question names a document or an intent that is not there."""
    intents = {d.fields["intent"] for d in documents if "intent" in d.fields}
    known = {str(d.id) for d in documents}
    unknown = list(dict.fromkeys(id_ for q in questions for id_ in q.documents if id_ not in known))
    alone = (q.intent for q in questions if q.intent and not q.documents and intents)
    unknown += list(dict.fromkeys(intent for intent in alone if intent not in intents))
    if unknown:
        raise InvalidInput(
            f"no document or intent here is {', '.join(map(repr, unknown[:_NAMED]))}"
            f"{' …' if len(unknown) > _NAMED else ''}; give the files that the questions were written for"
        )


def right_intents(question: LabelledQuestion, intent_of: Mapping[str, str]) -> tuple[str, ...]:
    """The question's own intent where documents have intents at all, else those of its documents."""
    if not intent_of:
        return ()
    if question.intent:
        return (question.intent,)
    return tuple(sorted({intent_of[document] for document in question.documents if document in intent_of}))


def embedding(embedder: Embedder, progress: Progress | None) -> indexes.VectorsOf:
    """Encodes what an index asks for, in batches that report their progress."""

    def vectors_of(texts: Sequence[str]) -> Encoded:
        parts = [embedder.encode([])]
        for start in range(0, len(texts), _EMBED_AT_ONCE):
            parts.append(embedder.encode(texts[start : start + _EMBED_AT_ONCE]))
            if progress:
                progress("embedding", min(start + _EMBED_AT_ONCE, len(texts)), len(texts))
        return Encoded.together(parts)

    return vectors_of


def _found(hit: Hit) -> Found:
    return Found(
        str(hit.document.id), hit.document.heading, hit.document.fields.get("intent"), hit.score.value
    )


def _filters(question: LabelledQuestion, field: str | None) -> dict[str, str]:
    if field is None:
        return {}
    if field not in question.fields:
        raise InvalidInput(f"a question has no value of {field!r} to filter by: {question.question[:60]!r}")
    return {field: question.fields[field]}

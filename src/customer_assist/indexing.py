"""Changed knowledge → a new index and a refitted gate, while the old ones go on answering.

The database is the truth; a `Library` follows it. Every snapshot is one knowledge version, whole: documents,
index, gate and business profile. A small change is taken in before the next question, a large one is prepared
beside the questions and then switched to at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic, sleep

import numpy as np
import structlog

from customer_assist.answering.gate import Gate, Target
from customer_assist.business import BusinessProfile
from customer_assist.calibration import Calibration, calibrated, judge
from customer_assist.errors import StorageUnavailable
from customer_assist.fingerprints import fingerprint, program_version
from customer_assist.knowledge.passages import passages
from customer_assist.model import Basis, Document, Hit, Verdict, Vouched
from customer_assist.ports import Embedder, Encoded, Retriever
from customer_assist.search import index as indexes
from customer_assist.search.fusion import DENSE, HYBRID, LEXICAL, FusionRetriever, Weights
from customer_assist.search.index import Index
from customer_assist.search.minsearch_engine import MinsearchRetriever
from customer_assist.search.things import NamedThings
from customer_assist.storage.documents import DocumentStore, Knowledge, KnowledgeChange, Tuning
from customer_assist.storage.vectors import VectorStore, text_hash
from customer_assist.text.languages import code_of

SMALL_CHANGE = 100  # documents up to which a change is taken in before the next question
_QUICK_FIT = 500  # documents up to which the gate is refitted before the next question, too
_PAUSE_SECONDS = 5.0  # after a change that could not be taken in
_EMBED_AT_ONCE = 512
WEIGHTS = {"hybrid": HYBRID, "dense": DENSE, "lexical": LEXICAL}
Progress = Callable[[int, int], None]  # done, of
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that answers depend on, as of one knowledge version."""

    version: int
    engine: str
    retriever: Retriever
    gate: Gate
    weights: Weights | None  # tuned for this business; None: the defaults
    profile: BusinessProfile
    facts: dict[str, str]
    vouched: Vouched
    demo: bool  # a sample business is loaded
    size: int  # documents
    embedder: Embedder | None
    things: NamedThings
    tongues: tuple[str, ...] = ("en",)  # that its profile and documents are in, as codes, the profile's first
    basis: Basis = field(init=False)

    def __post_init__(self) -> None:
        basis = Basis(
            gate=fingerprint(self.gate),
            weights=fingerprint(self.weights or WEIGHTS.get(engine_name(self.engine, self.embedder))),
            embedding=stamp_of(self.embedder),
            profile=fingerprint(self.profile.model_dump(mode="json")),
            program=program_version(),
        )
        object.__setattr__(self, "basis", basis)  # made anew with every change of a part

    def judge(self, question: str, hits: Sequence[Hit]) -> Verdict:
        """The gate's decision about what was found for `question`."""
        return judge(self.gate, question, hits, self.embedder)


class TextVectors:
    """What the embedding model makes of texts, each computed once and kept in the database under its hash."""

    def __init__(self, store: VectorStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def __call__(self, texts: Sequence[str]) -> Encoded:
        if not texts:
            return Encoded(np.empty((0, self._embedder.dimension), dtype=np.float32), ())
        self.prepare(texts)
        return self._store.load(self._embedder.stamp, [text_hash(text) for text in texts])

    def prepare(self, texts: Sequence[str], progress: Progress | None = None) -> int:
        """Embed and keep what is not kept yet; how many that were. An interruption loses one batch."""
        by_hash = {text_hash(text): text for text in texts}
        missing = sorted(
            self._store.missing(self._embedder.stamp, list(by_hash)), key=lambda h: len(by_hash[h])
        )
        for start in range(0, len(missing), _EMBED_AT_ONCE):
            batch = missing[start : start + _EMBED_AT_ONCE]
            self._store.save(self._embedder.stamp, batch, self._embedder.encode([by_hash[h] for h in batch]))
            if progress:
                progress(min(start + _EMBED_AT_ONCE, len(missing)), len(missing))
        return len(missing)


class Library:
    """Gives the snapshot to answer from. Safe for many threads; one process of many over one database."""

    def __init__(
        self,
        store: DocumentStore,
        vectors: VectorStore,
        embedder: Embedder | None,
        engine: str,
        target: Target | None = None,
    ) -> None:
        """`target`: what the gate is to keep; None: the default coverage."""
        self._store = store
        self._target = target or Target()
        self._embedder = embedder
        self._vectors_of = TextVectors(vectors, embedder) if embedder else None
        self._engine = engine
        self._lock = threading.Lock()
        self._rebuilding = False  # this and the next are changed only under the lock
        self._refitting = False
        self._pause_until = 0.0
        self._held: tuple[Index, Snapshot] | None = None

    @property
    def held(self) -> Snapshot | None:
        """What was answered from last, without a look at the database; None: nothing was loaded yet."""
        held = self._held
        return None if held is None else held[1]

    def current(self) -> Snapshot:
        """The snapshot for the next question; the one before where the database does not answer."""
        held = self._held
        try:
            version = self._store.version()
            if held is None:
                return self._load()
            return held[1] if version == held[1].version else self._followed()
        except StorageUnavailable:
            if held is None:
                raise
            return held[1]

    def calibration(self) -> tuple[Snapshot, Target, Calibration]:
        """What the gate of this knowledge is fitted on, for people to look at: made anew, in some seconds where
        there is much; with the knowledge, and what the gate is to keep. A gate that still serves while changed
        knowledge is being prepared may be an earlier one."""
        self.current()
        held = self._held
        assert held is not None, "current() loads"
        index, snapshot = held
        made = serving_calibration(self._engine, index, self._embedder, snapshot.weights, self._target)
        return snapshot, self._target, made

    def follow(self, seconds: float = 1.0) -> None:
        """From now on look for changed knowledge by itself, so that no customer's question has to wait for it."""
        threading.Thread(target=self._follow, args=(seconds,), daemon=True).start()

    def _follow(self, seconds: float) -> None:
        while True:
            sleep(seconds)
            try:
                self.current()
            except Exception as error:  # the next question meets it, too, and tells its customer
                log.warning("knowledge_not_followed", reason=str(error))

    def _load(self) -> Snapshot:
        with self._lock:
            if self._held is None:
                self._held = self._anew()
            return self._held[1]

    def _followed(self) -> Snapshot:
        with self._lock:
            assert self._held is not None
            index, snapshot = self._held
            if self._rebuilding or monotonic() < self._pause_until:
                return snapshot
            change = self._store.changes_since(snapshot.version)
            if change.version == snapshot.version:
                return snapshot
            if change.version < snapshot.version:  # the database was put back to an older state
                self._held = self._anew()
            elif self._is_large(index, snapshot, change):
                threading.Thread(target=self._rebuild, args=(index, change), daemon=True).start()
                self._rebuilding = True
            else:
                self._take_in(index, snapshot, change)
            return self._held[1]

    def _is_large(self, index: Index, snapshot: Snapshot, change: KnowledgeChange) -> bool:
        """Whether it is prepared beside the questions: many documents, or a gate for other weights over many."""
        if len(change.upserted) + len(change.deleted) > SMALL_CHANGE:
            return True
        return len(index) > _QUICK_FIT and self._tuned(change.tuning) != snapshot.weights

    def _take_in(self, index: Index, snapshot: Snapshot, change: KnowledgeChange) -> None:
        """A small change, under the lock. What cannot be taken in leaves the old knowledge answering."""
        quick = len(index) <= _QUICK_FIT
        try:
            self._held = self._after(index, change, gate=None if quick else snapshot.gate)
        except StorageUnavailable:
            raise
        except Exception:
            self._failed(change.version)
            return
        if not quick and not self._refitting:
            threading.Thread(target=self._refit, daemon=True).start()
            self._refitting = True

    def _failed(self, version: int) -> None:
        log.exception("knowledge_change_failed", version=version)
        self._pause_until = monotonic() + _PAUSE_SECONDS

    def _refit(self) -> None:
        """The gate for the index that is held, until it is; a few changed documents in many move it little."""
        try:
            while True:
                held = self._held
                assert held is not None
                gate = self._fitted(held[0], held[1].weights)
                with self._lock:
                    if self._held is held:
                        self._held = held[0], replace(held[1], gate=gate)
                        self._refitting = False
                        return
        except Exception:
            log.exception("gate_refit_failed")
            with self._lock:
                self._refitting = False

    def _rebuild(self, index: Index, change: KnowledgeChange) -> None:
        new = None
        try:
            new = self._after(index, change)
            log.info("knowledge_switched", version=change.version, documents=len(new[0]))
        except Exception:
            self._failed(change.version)
        with self._lock:  # at once, so that versions never go back
            self._held = new or self._held
            self._rebuilding = False

    def _anew(self) -> tuple[Index, Snapshot]:
        knowledge = self._store.load()
        index = indexes.build(knowledge.version, knowledge.documents, self._vectors_of)
        return index, self._snapshot(index, knowledge)

    def _after(
        self, index: Index, change: KnowledgeChange, gate: Gate | None = None
    ) -> tuple[Index, Snapshot]:
        new = indexes.updated(index, change.version, change.upserted, change.deleted, self._vectors_of)
        return new, self._snapshot(new, change, gate)

    def _snapshot(
        self, index: Index, known: Knowledge | KnowledgeChange, gate: Gate | None = None
    ) -> Snapshot:
        profile = BusinessProfile.model_validate(dict(known.profile))
        tuned = self._tuned(known.tuning)
        return Snapshot(
            version=index.version,
            engine=self._engine,
            retriever=retriever(self._engine, index, self._embedder, tuned),
            gate=gate or self._fitted(index, tuned),
            weights=tuned,
            profile=profile,
            facts=profile.placeholders(),
            vouched=vouched(profile, index.documents),
            demo=known.demo,
            size=len(index),
            embedder=self._embedder,
            tongues=tongues(profile, index),
            things=NamedThings(index.documents),
        )

    def _tuned(self, tuning: Tuning | None) -> Weights | None:
        return tuned_weights(tuning, self._engine, self._embedder)

    def _fitted(self, index: Index, tuned: Weights | None) -> Gate:
        return serving_gate(self._engine, index, self._embedder, tuned, self._target)


def serving_gate(
    engine: str,
    index: Index,
    embedder: Embedder | None,
    tuned: Weights | None = None,
    target: Target | None = None,
) -> Gate:
    """The gate for what `retriever` of the same arguments finds."""
    return serving_calibration(engine, index, embedder, tuned, target).gate


def serving_calibration(
    engine: str,
    index: Index,
    embedder: Embedder | None,
    tuned: Weights | None = None,
    target: Target | None = None,
) -> Calibration:
    """That gate, with what it was fitted on."""
    name = engine_name(engine, embedder)
    if name == "minsearch":  # it ranks; the evidence that the gate judges is ours
        name = "hybrid" if embedder else "lexical"
    default = WEIGHTS[name]
    if name == "lexical":
        embedder = None  # what it would say is not looked at
    return calibrated(index, embedder, tuned or default, default, target)


def tongues(profile: BusinessProfile, index: Index) -> tuple[str, ...]:
    """The languages of the business, its own first, then those of documents that name one in a field `language`."""
    named = sorted(
        value for name, values in index.fields.items() if name.lower() == "language" for value in values
    )
    return tuple(dict.fromkeys(code for code in map(code_of, (profile.language, *named)) if code))


def vouched(profile: BusinessProfile, documents: Iterable[Document]) -> Vouched:
    """What a business with this profile and these documents vouches for."""
    return Vouched(profile.stated(), frozenset(document.url for document in documents if document.url))


def tuned_weights(tuning: Tuning | None, engine: str, embedder: Embedder | None) -> Weights | None:
    """Its weights, where they are for this engine and embedding model and for signals that there are."""
    if tuning is None or tuning.engine != engine_name(engine, embedder):
        return None
    try:
        if tuning.experiment.get("stamp") != stamp_of(embedder):
            raise ValueError("it is for another embedding model")
        return Weights(**tuning.weights)
    except (TypeError, ValueError) as error:
        log.warning("tuning_ignored", reason=str(error), hint="run `customer-assist tune` again")
        return None


def stamp_of(embedder: Embedder | None) -> str:
    return embedder.stamp if embedder else ""


def engine_name(engine: str, embedder: Embedder | None) -> str:
    """The engine that answers: without an embedder every one of ours is lexical."""
    return engine if embedder or engine == "minsearch" else "lexical"


def retriever(
    engine: str, index: Index, embedder: Embedder | None, tuned: Weights | None = None
) -> Retriever:
    """The engine by its name (config.ENGINES), with weights of the business's own where they were `tuned`."""
    if engine == "minsearch":
        return MinsearchRetriever(index, embedder)
    default = WEIGHTS[engine_name(engine, embedder)]
    return FusionRetriever(engine, index, tuned or default, embedder, candidates_by=default)


def texts_to_embed(documents: Sequence[Document]) -> list[str]:
    """The distinct passages of `documents`, in the order of their first occurrence."""
    return list(dict.fromkeys(p.text for document in documents for p in passages(document)))

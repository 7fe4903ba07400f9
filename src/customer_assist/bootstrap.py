"""The only place where parts are chosen and joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from uuid import uuid4

from psycopg.conninfo import make_conninfo

from customer_assist.answering.brief import BriefAnswerer
from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.answering.fallback import FallbackAnswerer
from customer_assist.answering.gate import Target
from customer_assist.answering.generated import GeneratedAnswerer
from customer_assist.answering.prompt import BRIEFLY
from customer_assist.business import BusinessProfile
from customer_assist.config import LLMSettings, Settings
from customer_assist.desk import Desk
from customer_assist.dialogue.rewriting import GeneratedRewriter
from customer_assist.dialogue.translating import GeneratedTranslator
from customer_assist.evaluation.judge import Judge
from customer_assist.evaluation.judging import SECONDS, Judging
from customer_assist.indexing import Library, Progress, TextVectors
from customer_assist.ingestion import DEMO_SOURCE, IngestReport, ingest
from customer_assist.insights.conflict_book import ConflictBook
from customer_assist.insights.gap_book import GapBook
from customer_assist.insights.gate_curve import GateCurves
from customer_assist.insights.stats import Insights
from customer_assist.knowledge.rows import BadRow
from customer_assist.learning import Learning
from customer_assist.llm.breaker import Breaker
from customer_assist.llm.generation import OpenAIGenerator
from customer_assist.llm.minilm import MiniLM, find_weights
from customer_assist.model import Turn
from customer_assist.notices.delivering import Notifier
from customer_assist.notices.smtp import SmtpSender
from customer_assist.notices.webhook import WebhookSender
from customer_assist.ports import Answerer, CallBudget, Embedder, Generator
from customer_assist.replay import Replayer
from customer_assist.sampling import JUDGMENT, Sampling
from customer_assist.storage.budget import JUDGING, DailyCallBudget, MoneyLimit, read_money, unpriced
from customer_assist.storage.catalogue import Catalogue
from customer_assist.storage.conversation_list import ConversationList
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.drafts import DraftStore
from customer_assist.storage.embedded import EmbeddedServer, throwaway_home
from customer_assist.storage.evaluations import EvaluationStore
from customer_assist.storage.gaps import GapStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.history import History
from customer_assist.storage.jobs import Job, JobStore
from customer_assist.storage.journal import Journal
from customer_assist.storage.judgments import JudgmentStore
from customer_assist.storage.migrate import migrate
from customer_assist.storage.outbox import Outbox
from customer_assist.storage.replies import ReplyStore
from customer_assist.storage.suggestions import SuggestionStore
from customer_assist.storage.vectors import VectorStore
from customer_assist.stores import Stores, nothing_follows
from customer_assist.wording import BY_RULES, Wording
from customer_assist.worker import Pace, Worker


@dataclass(frozen=True, slots=True)
class Assistant:
    """Everything joined, over one open database."""

    settings: Settings
    database: Database
    documents: DocumentStore
    replies: ReplyStore
    journal: Journal
    handoffs: HandoffStore
    outbox: Outbox
    jobs: JobStore
    worker: Worker
    conversations: ConversationList
    library: Library
    desk: Desk
    replayer: Replayer
    embedder: Embedder | None
    generator: Generator | None  # None: no language model is set
    vectors_of: TextVectors | None
    catalogue: Catalogue
    suggestions: SuggestionStore
    drafts: DraftStore
    learning: Learning
    gaps: GapBook
    conflicts: ConflictBook
    insights: Insights
    evaluations: EvaluationStore
    gate_curves: GateCurves

    def ingest(
        self,
        path: Path,
        *,
        source: str | None = None,
        demo: bool = False,
        progress: Progress | None = None,
        on_bad_row: Callable[[BadRow], None] | None = None,
        origin: str | None = None,
        dry_run: bool = False,
    ) -> IngestReport:
        """See ingestion.ingest."""
        return ingest(
            path,
            self.documents,
            self.vectors_of,
            source=source,
            demo=demo,
            progress=progress,
            on_bad_row=on_bad_row,
            origin=origin,
            dry_run=dry_run,
        )

    def load_first_knowledge(
        self, sample: Path | None, progress: Progress | None = None
    ) -> IngestReport | None:
        """Into a database that never had any: the settings' knowledge, else the sample business as a demo."""
        if self.documents.version() > 0:
            return None
        if self.settings.knowledge is not None:
            return self.ingest(self.settings.knowledge, progress=progress)
        if sample is not None:
            return self.ingest(sample, source=DEMO_SOURCE, demo=True, progress=progress)
        return None


@contextmanager
def open_server(settings: Settings) -> Iterator[str]:
    """The connection string of the database, whose embedded server runs at least as long as the block."""
    external = settings.external_database
    if external is not None:
        yield make_conninfo(
            host=external.host,
            port=external.port,
            dbname=external.database,
            user=external.user,
            password=external.password,
        )
        return
    with EmbeddedServer(settings.home, settings.database_name) as endpoint:
        yield endpoint.conninfo


@contextmanager
def open_database(settings: Settings, *, migrated: bool = True) -> Iterator[Database]:
    """Open, and brought up to date unless `migrated` is False. Raises StorageUnavailable."""
    with open_server(settings) as conninfo:
        database = Database(conninfo).open()
        try:
            if migrated:
                migrate(database)
            yield database
        finally:
            database.close()


@contextmanager
def open_assistant(settings: Settings) -> Iterator[Assistant]:
    """The whole house, ready to be asked."""
    with open_database(settings) as database:
        house = join(settings, database)
        try:
            yield house
        finally:  # while the database is still there for what they have begun
            house.gaps.close()
            house.conflicts.close()


@contextmanager
def open_worker(settings: Settings) -> Iterator[Worker]:
    """The worker alone: no search, no models."""
    with open_database(settings) as database:
        yield choose_worker(settings, database)


@contextmanager
def open_throwaway_assistant(settings: Settings) -> Iterator[Assistant]:
    """The same house over an empty database of its own, which goes with the block: to measure what serves without
    touching what it serves from. It counts its own calls of the language model, a day's worth at most."""
    with throwaway_home() as home:
        with open_assistant(replace(settings, home=home, external_database=None, knowledge=None)) as opened:
            yield opened


def join(settings: Settings, database: Database, *, embedder: Embedder | None = None) -> Assistant:
    """Put the parts together over an open, migrated database. Nothing is loaded before it is needed but the
    embedding model, which may also be given."""
    embedder = embedder or choose_embedder(settings)
    vectors = VectorStore(database)
    documents = DocumentStore(database)
    library = Library(documents, vectors, embedder, settings.engine, Target(settings.coverage, settings.risk))
    budget = choose_budget(settings.llm, database)
    generator = choose_generator(settings.llm, budget)
    journal, handoffs = Journal(database), HandoffStore(database)
    suggestions, drafts = SuggestionStore(database), DraftStore(database)
    vectors_of = TextVectors(vectors, embedder) if embedder else None
    worker = choose_worker(settings, database)
    desk = Desk(
        library,
        choose_answerer(generator, settings.llm),
        Stores(journal, handoffs, worker.kinds, suggestions, choose_follow_up(settings.llm)),
        utc_now,
        new_id,
        wording=choose_wording(generator),
        brief=choose_brief(generator, settings.llm, embedder),
        in_conversation=choose_conversing(generator, budget, settings.llm),
    )
    return Assistant(
        settings=settings,
        database=database,
        documents=documents,
        replies=ReplyStore(database),
        journal=journal,
        handoffs=handoffs,
        outbox=Outbox(database, utc_now),
        jobs=JobStore(database),
        worker=worker,
        conversations=ConversationList(database),
        library=library,
        desk=desk,
        replayer=Replayer(library, journal, ExtractiveAnswerer(), History(database)),
        embedder=embedder,
        generator=generator,
        vectors_of=vectors_of,
        catalogue=Catalogue(database),
        suggestions=suggestions,
        drafts=drafts,
        learning=Learning(library, documents, drafts, journal, vectors_of, utc_now, new_id),
        conflicts=ConflictBook(library, documents),
        gaps=GapBook(GapStore(database), library, documents, utc_now),
        insights=Insights(database, utc_now),
        evaluations=EvaluationStore(database),
        gate_curves=GateCurves(library),
    )


def choose_embedder(settings: Settings) -> Embedder | None:
    """MiniLM where its weights are; None, and search is lexical, where they are not or not wanted."""
    folder = find_weights(settings.weights)
    return None if folder is None or settings.engine == "lexical" else MiniLM(folder)


def choose_budget(settings: LLMSettings | None, database: Database) -> DailyCallBudget | None:
    """What answering may take."""
    if settings is None:
        return None
    return DailyCallBudget(database, settings.calls_per_day, today, money=money_limit(settings))


def money_limit(settings: LLMSettings) -> MoneyLimit | None:
    if settings.budget_per_day is None:
        return None
    return MoneyLimit(settings.budget_per_day, settings.model, settings.judging_model)


def budget_problems(settings: LLMSettings, database: Database) -> list[str]:
    """Why a budget in money cannot be kept, so that no call is made. Raises StorageUnavailable."""
    limit = money_limit(settings)
    if limit is None:
        return []
    money = read_money(database, limit, today())
    return [why] if (why := unpriced(limit, money, judging=settings.judge.share > 0)) else []


def choose_generator(settings: LLMSettings | None, budget: CallBudget | None) -> OpenAIGenerator | None:
    """The only `if` about keys."""
    if settings is None or budget is None:
        return None
    return OpenAIGenerator(
        api_key=settings.api_key,
        base_url=settings.base_url,
        model=settings.model,
        timeout=settings.timeout,
        budget=budget,
        breaker=Breaker(monotonic),
    )


def choose_answerer(generator: Generator | None, settings: LLMSettings | None) -> Answerer:
    """Extracted answers; where there is a language model, only instead of those that it cannot give."""
    extractive = ExtractiveAnswerer()
    if generator is None or settings is None:
        return extractive
    generated = GeneratedAnswerer(generator, patience=settings.timeout, clock=monotonic)
    return FallbackAnswerer(generated, extractive)


def choose_conversing(
    generator: OpenAIGenerator | None, budget: DailyCallBudget | None, settings: LLMSettings | None
) -> Callable[[str], tuple[Answerer, Wording]] | None:
    """Who answers in a conversation, whose calls count as its own, too; None: it does not matter."""
    if generator is None or budget is None or settings is None:
        return None

    def conversing(conversation_id: str) -> tuple[Answerer, Wording]:
        own = generator.paid_by(budget.of_conversation(conversation_id, settings.calls_per_conversation))
        return choose_answerer(own, settings), choose_wording(own)

    return conversing


def choose_follow_up(settings: LLMSettings | None) -> Callable[[Turn], Sequence[Job]]:
    """What is to be done after a turn: a share is judged where there is a model."""
    if settings is None:
        return nothing_follows
    return Sampling(settings.judge.share, settings.judge.channels)


def choose_judge(settings: LLMSettings, database: Database) -> Judge:
    """With a breaker and a budget of its own: whatever becomes of it, customers have theirs."""
    budget = DailyCallBudget(database, settings.judge.calls_per_day, today, JUDGING, money_limit(settings))
    model = replace(settings, model=settings.judging_model, timeout=min(settings.timeout, SECONDS))
    generator = choose_generator(model, budget)
    assert generator is not None, "there are settings and a budget"
    return Judge(generator)


def choose_worker(settings: Settings, database: Database, pace: Pace | None = None) -> Worker:
    """It does what can be done with what is set."""
    outbox, jobs = Outbox(database, utc_now), JobStore(database)
    mail, webhook, documents = settings.mail, settings.webhook, DocumentStore(database)

    def profile() -> BusinessProfile:
        return BusinessProfile.model_validate(dict(documents.profile()))

    notifier = Notifier(outbox, jobs, profile, utc_now, settings.time_zone)
    handlers = dict(
        notifier.handlers(
            SmtpSender(mail, utc_now) if mail else None,
            mail.business if mail else (),
            WebhookSender(webhook, utc_now) if webhook else None,
        )
    )
    if settings.llm is not None:
        judge, store = choose_judge(settings.llm, database), JudgmentStore(database)
        handlers[JUDGMENT] = Judging(judge, store, lambda: profile().placeholders(), utc_now)
    return Worker(jobs, handlers, utc_now, pace)


def utc_now() -> datetime:
    return datetime.now(UTC)


def choose_wording(generator: Generator | None) -> Wording:
    """Rules; where there is a language model, they are what is left when it fails, and it translates."""
    if generator is None:
        return BY_RULES
    return Wording(GeneratedRewriter(generator, BY_RULES.rewriter), GeneratedTranslator(generator))


def choose_brief(
    generator: Generator | None, settings: LLMSettings | None, embedder: Embedder | None
) -> Answerer:
    """Who writes the short replies that are suggested to people: the same choice."""
    extracted = BriefAnswerer(embedder)
    if generator is None or settings is None:
        return extracted
    generated = GeneratedAnswerer(generator, patience=settings.timeout, clock=monotonic, instructions=BRIEFLY)
    return FallbackAnswerer(generated, extracted)


def new_id() -> str:
    return str(uuid4())


def today() -> date:
    """The day that budgets are counted for, in UTC."""
    return utc_now().date()

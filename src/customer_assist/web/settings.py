"""How the assistant is set up. Every line names what it shows: what is not named here is shown to nobody."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, jsonify
from flask_openapi.models.tag import Tag

from customer_assist.asking import MAX_QUESTION
from customer_assist.bootstrap import Assistant, utc_now
from customer_assist.config import LLMSettings, Settings
from customer_assist.fingerprints import program_version
from customer_assist.knowledge.passages import passages
from customer_assist.storage.budget import ANSWERING, read_calls
from customer_assist.storage.clocks import check_clocks
from customer_assist.web.access import READING, admin_blueprint
from customer_assist.web.api import service
from customer_assist.web.setting_schemas import (
    ClocksReply,
    DatabaseReply,
    IndexReply,
    KnowledgeStateReply,
    LimitsReply,
    ModelReply,
    NoticesReply,
    SettingsReply,
)
from customer_assist.web.uploads import MAX_FILE

settings = admin_blueprint("settings")
_TAG = Tag(name="Operation", description="Whether the assistant works.")
_CACHE = "customer_assist.passages"


@settings.get("/settings", tags=[_TAG], responses={**READING, 200: SettingsReply})
def show_settings() -> Response:
    """Versions, limits, and whether all is as it should be; no key, password or address of a person."""
    return jsonify(_settings(service().assistant).model_dump(mode="json"))


def _settings(assistant: Assistant) -> SettingsReply:
    set_ = assistant.settings
    return SettingsReply(
        version=program_version(),
        engine=set_.engine,
        embedding=assistant.embedder.stamp if assistant.embedder else "",
        model=_model(assistant, set_.llm) if set_.llm else None,
        target=_target(set_),
        limits=LimitsReply(
            per_minute=set_.rate_limit,
            longest_question=MAX_QUESTION,
            largest_file=MAX_FILE,
            trusted_proxies=set_.trusted_proxies,
        ),
        notices=NoticesReply(
            email=set_.mail is not None,
            told=len(set_.mail.business) if set_.mail else 0,
            webhook=set_.webhook is not None,
        ),
        database=_database(assistant),
        origins=list(set_.origins),
        time_zone=set_.time_zone.key,
        clocks=_clocks(assistant),
        knowledge=_knowledge(assistant),
        index=_index(assistant),
    )


def _model(assistant: Assistant, llm: LLMSettings) -> ModelReply:
    return ModelReply(
        name=llm.model,
        host=(urlsplit(llm.base_url).hostname or "") if llm.base_url else "api.openai.com",
        seconds=llm.timeout,
        calls_per_day=llm.calls_per_day,
        calls_today=read_calls(assistant.database, utc_now().date()).get(ANSWERING, 0),
    )


def _target(set_: Settings) -> str:
    if set_.risk is not None:
        return f"at most {set_.risk:.0%} of answers wrong"
    return f"{set_.coverage:.0%} of answerable questions answered"


def _database(assistant: Assistant) -> DatabaseReply:
    with assistant.database.connection() as connection:
        version = connection.info.server_version
    return DatabaseReply(
        kind="your own" if assistant.settings.external_database else "embedded",
        server=f"{version // 10000}.{version % 10000}",
    )


def _clocks(assistant: Assistant) -> ClocksReply:
    with assistant.database.connection() as connection:
        report = check_clocks(connection, assistant.settings.time_zone, utc_now)
    return ClocksReply(agree=report.agree, seconds=round(report.difference.total_seconds(), 3))


def _knowledge(assistant: Assistant) -> KnowledgeStateReply:
    sources = assistant.documents.sources()
    return KnowledgeStateReply(
        version=assistant.documents.version(),
        documents=assistant.documents.count(),
        passages=_passages(assistant),
        sources=sum(1 for each in sources if each.documents),
        demo=any(each.demo for each in sources),
    )


def _passages(assistant: Assistant) -> int:
    """Counted once for every version of the knowledge: a large one takes a second."""
    kept = current_app.extensions.get(_CACHE)
    if not isinstance(kept, tuple) or kept[0] != assistant.documents.version():
        known = assistant.documents.load()
        number = sum(len(passages(document)) for document in known.documents)
        kept = current_app.extensions[_CACHE] = (known.version, number)
    return int(kept[1])


def _index(assistant: Assistant) -> IndexReply:
    held = assistant.library.held
    if held is None:
        return IndexReply(state="not loaded", version=None, documents=0, engine="", tuned=False)
    return IndexReply(
        state="current" if held.version == assistant.documents.version() else "behind",
        version=held.version,
        documents=held.size,
        engine=held.engine,
        tuned=held.weights is not None,
    )

"""The application for any WSGI server: `customer_assist.wsgi:create()`, from the environment's settings."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import structlog
from flask import Flask

from customer_assist.admin_key import admin_key
from customer_assist.bootstrap import Assistant, budget_problems, open_assistant
from customer_assist.config import Settings, load_settings
from customer_assist.errors import CustomerAssistError
from customer_assist.logs import configure_logging
from customer_assist.model import Query
from customer_assist.storage.reader import Reader, make_reader
from customer_assist.web.app import create_app

log = structlog.get_logger(__name__)


def create() -> Flask:
    settings = load_settings()
    configure_logging(settings.log_level)
    return build(settings)


def build(settings: Settings, sample: Path | None = None) -> Flask:
    """Open everything for as long as the process lives, load first knowledge, and be ready to answer.

    Nothing is closed at the end: the database server sees that this process is gone, and what the worker has begun
    is begun again by the next one.
    """
    rooms = ExitStack()
    assistant = rooms.enter_context(open_assistant(settings))
    assistant.load_first_knowledge(sample)
    admin_key(settings)  # made now, so that its owner finds it
    _let_dashboards_in(assistant)
    tell_of_budgets(assistant)
    app = create_app(assistant)
    app.extensions["customer_assist.rooms"] = rooms  # whoever let go of it would close them
    with app.test_request_context("/"):
        app.full_dispatch_request()  # compiles the page and loads the index; counted as nobody's request
    assistant.library.current().retriever.retrieve(Query("Where is my order?"), 1)
    assistant.library.follow()
    rooms.enter_context(assistant.worker.running())
    return app


def tell_of_budgets(assistant: Assistant) -> None:
    """Customers are answered word for word where one cannot be kept: somebody should know why."""
    llm = assistant.settings.llm
    for why in budget_problems(llm, assistant.database) if llm else ():
        log.warning("model_budget_cannot_be_kept", reason=why)


def _let_dashboards_in(assistant: Assistant) -> None:
    """The account that Grafana reads through, where its password is set. Customers are answered without it, too."""
    grafana = assistant.settings.grafana
    if not grafana.reader_password:
        return
    try:
        make_reader(assistant.database, Reader(grafana.reader, grafana.reader_password))
    except CustomerAssistError as error:
        log.warning("dashboards_not_let_in", reason=str(error))

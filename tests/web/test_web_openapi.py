"""The description of the API, and the API held against it."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from test_web_question import FIELDS

from customer_assist.bootstrap import Assistant
from customer_assist.ingestion import DEMO_SOURCE
from customer_assist.web.app import create_app

PATHS = {
    "/question": {"post"},
    "/feedback": {"post"},
    "/conversations/{conversation_id}": {"get"},
    "/conversations/{conversation_id}/handoff": {"post"},
    "/conversations": {"get"},
    "/conversations/{conversation_id}/transcript": {"get"},
    "/handoffs": {"get"},
    "/handoffs/{handoff_id}": {"get"},
    "/handoffs/{handoff_id}/take": {"post"},
    "/handoffs/{handoff_id}/reply": {"post"},
    "/handoffs/{handoff_id}/resolve": {"post"},
    "/suggest": {"post"},
    "/suggestions": {"get"},
    "/suggestions/{suggestion_id}/outcome": {"post"},
    "/documents": {"get"},
    "/documents/{document_id}": {"get", "put", "delete"},
    "/documents/shown": {"post"},
    "/documents/preview": {"post"},
    "/documents/upload": {"post"},
    "/documents/tried": {"post"},
    "/facts": {"get", "put"},
    "/settings": {"get"},
    "/turns/{turn_id}/trace": {"get"},
    "/gaps": {"get"},
    "/gaps/{gap_id}/draft": {"post"},
    "/gaps/{gap_id}/ways": {"post"},
    "/gaps/{gap_id}/dismiss": {"post"},
    "/gaps/{gap_id}/restore": {"post"},
    "/conflicts": {"get"},
    "/drafts": {"get", "post"},
    "/drafts/{draft_id}": {"get", "put"},
    "/drafts/{draft_id}/publish": {"post"},
    "/drafts/{draft_id}/reject": {"post"},
    "/stats": {"get"},
    "/clock": {"get"},
    "/digest": {"get"},
    "/evaluation": {"get"},
    "/meta": {"get"},
    "/health/live": {"get"},
    "/health/ready": {"get"},
    "/metrics": {"get"},
}


@pytest.fixture
def own_app(empty: Assistant, sample: Path) -> Flask:
    """Over a shop of the test's own: what is sent puts documents into it."""
    empty.ingest(sample, source=DEMO_SOURCE, demo=True)
    return create_app(empty)


def test_the_description_names_every_route(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    assert {path: set(operations) for path, operations in document["paths"].items()} == PATHS
    assert list(document["components"]["schemas"]["TurnReply"]["properties"]) == FIELDS
    answer = document["paths"]["/question"]["post"]["responses"]["200"]["content"]
    assert set(answer) == {"application/json", "text/event-stream"}


def test_every_failure_is_described_as_an_error(client: FlaskClient) -> None:
    for operations in client.get("/openapi.json").get_json()["paths"].values():
        for operation in operations.values():
            for status, reply in operation["responses"].items():
                schema = reply["content"].get("application/json", {}).get("schema")  # /metrics is text
                assert (schema == {"$ref": "#/components/schemas/ErrorReply"}) == (status >= "400")


def test_the_documentation_shows_every_route(client: FlaskClient) -> None:
    page = client.get("/docs").text
    assert all(path in page for path in PATHS)


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_api_is_as_described_whatever_is_sent(own_app: Flask, mode: GenerationMode) -> None:
    app = own_app
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.headers):
            continue  # there is nothing to get wrong

        @settings(
            max_examples=20,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def hold(case: schemathesis.Case) -> None:
            if mode is GenerationMode.POSITIVE and "Idempotency-Key" in case.headers:
                case.headers["Idempotency-Key"] = uuid4().hex  # one key with two bodies is rightly refused
            case.call_and_validate()

        hold()

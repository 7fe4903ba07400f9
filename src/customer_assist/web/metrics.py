"""What Prometheus reads."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from customer_assist.signals.metrics import CONTENT_TYPE, Metrics

KEY = "customer_assist.metrics"  # of app.extensions
metrics = APIBlueprint("metrics", __name__)
_OPERATORS = Tag(name="Operation", description="Whether the assistant works.")


@metrics.get(
    "/metrics",
    tags=[_OPERATORS],
    responses={
        200: {
            "description": "Prometheus's text format",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
)
def show_metrics() -> Response:
    """Counts and times for Prometheus, without personal data."""
    return Response(cast(Metrics, current_app.extensions[KEY]).text(), content_type=CONTENT_TYPE)

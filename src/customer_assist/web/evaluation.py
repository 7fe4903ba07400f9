"""What was measured, and what the gate does at its setting: for the people who run the business."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response, jsonify
from flask_openapi.models.tag import Tag
from pydantic import BaseModel, Field

from customer_assist.web.access import READING, admin_blueprint
from customer_assist.web.api import service
from customer_assist.web.schemas import Incoming

evaluation = admin_blueprint("evaluation")
_TAG = Tag(name="Insights", description="What happened, counted: with the admin key.")


class EvaluationQuery(Incoming):
    limit: Annotated[int, Field(ge=1, le=200, description="Runs and tunings, the newest.")] = 50


class KeptRunReply(BaseModel):
    id: int
    kept_at: datetime
    name: str
    kind: Literal["retrieval", "abstention", "answers"]
    engine: str
    corpus: Annotated[str, Field(description="Fingerprint of the documents.")]
    program: str
    settings: dict[str, Any]
    figures: Annotated[dict[str, Any], Field(description="As customer-assist evaluate --json prints them.")]


class TuningReply(BaseModel):
    id: int
    adopted_at: datetime
    engine: str
    experiment: dict[str, Any]
    in_use: bool


class CurvePointReply(BaseModel):
    """Answering from this threshold on."""

    threshold: float
    coverage: Annotated[float | None, Field(description="Of known questions, answered.")]
    risk: Annotated[float | None, Field(description="Of what is answered, wrong.")]
    near: Annotated[float | None, Field(description="Of unknown questions of the same field, answered.")]
    far: Annotated[float | None, Field(description="Of questions about anything else, answered.")]


class TargetReply(BaseModel):
    coverage: float
    risk: float | None


class GateReply(BaseModel):
    """Of the present knowledge, on the questions that the gate was fitted on: they flatter a little."""

    version: int
    documents: int
    target: TargetReply
    threshold: float
    clarify_from: Annotated[float, Field(description="Above the threshold: nothing is asked back.")]
    now: Annotated[CurvePointReply | None, Field(description="null: too little knowledge to fit a gate on.")]
    points: list[CurvePointReply]


class EvaluationReply(BaseModel):
    runs: list[KeptRunReply]
    tunings: list[TuningReply]
    gate: GateReply


@evaluation.get("/evaluation", tags=[_TAG], responses={**READING, 200: EvaluationReply})
def show_evaluation(query: EvaluationQuery) -> Response:
    """The first look after a change of the knowledge takes some seconds: the curve is made then."""
    assistant = service().assistant
    reply = EvaluationReply.model_validate(
        {
            "runs": [asdict(run) for run in assistant.evaluations.latest(query.limit)],
            "tunings": [asdict(tuning) for tuning in assistant.evaluations.tunings(query.limit)],
            "gate": asdict(assistant.gate_curves.current()),
        }
    )
    return jsonify(reply.model_dump(mode="json"))

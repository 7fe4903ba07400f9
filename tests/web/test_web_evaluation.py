"""`GET /evaluation`: what was measured and kept, and the gate's curve of the present knowledge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from customer_assist.storage.documents import Tuning
from customer_assist.storage.evaluations import Evaluation
from customer_assist.web.app import create_app
from web.conftest import KEY, SAMPLE
from web.test_web_access import bearer

LETTERS = bearer(KEY)
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


def run(name: str, minutes: int = 0) -> Evaluation:
    at = NOW + timedelta(minutes=minutes)
    return Evaluation(at, name, "retrieval", "hybrid", "abc", "1", {"depth": 10}, {"mrr@10": 0.5})


def test_runs_and_tunings_are_listed_newest_first(empty: Assistant) -> None:
    empty.ingest(SAMPLE)
    for each in (run("before"), run("after", 5)):
        empty.evaluations.keep(each)
    for weight in (1.0, 2.0):
        empty.documents.adopt(Tuning("hybrid", {"late": weight}, {"helps": True, "fitted_on": ["a mark"]}))
    reply = create_app(empty).test_client().get("/evaluation", headers=LETTERS).get_json()
    assert [each["name"] for each in reply["runs"]] == ["after", "before"]
    assert reply["runs"][0]["figures"] == {"mrr@10": 0.5} and reply["runs"][0]["settings"] == {"depth": 10}
    assert [each["in_use"] for each in reply["tunings"]] == [True, False]
    assert reply["tunings"][0]["experiment"] == {"helps": True}


def test_the_gates_curve_is_that_of_the_gate_that_serves(client: FlaskClient, assistant: Assistant) -> None:
    gate = client.get("/evaluation", headers=LETTERS).get_json()["gate"]
    snapshot = assistant.library.current()
    assert gate["threshold"] == snapshot.gate.threshold and gate["version"] == snapshot.version
    assert gate["documents"] == snapshot.size and gate["target"] == {"coverage": 0.95, "risk": None}
    points = gate["points"]
    assert [point["threshold"] for point in points] == sorted(point["threshold"] for point in points)
    for measure in ("coverage", "near", "far"):
        values = [point[measure] for point in points]
        assert values == sorted(values, reverse=True) and values[0] == 1.0
    edge = gate["threshold"]
    below = max((p for p in points if p["threshold"] <= edge), key=lambda p: p["threshold"])
    above = min((p for p in points if p["threshold"] >= edge), key=lambda p: p["threshold"])
    assert above["coverage"] <= gate["now"]["coverage"] <= below["coverage"]


def test_changed_knowledge_has_another_curve_and_the_same_is_made_once(empty: Assistant) -> None:
    empty.ingest(SAMPLE)
    first = empty.gate_curves.current()
    assert empty.gate_curves.current() is first
    document = empty.documents.list(limit=1)[0]
    empty.documents.delete([document.id])
    assert empty.gate_curves.current().documents == first.documents - 1


def test_too_little_knowledge_has_no_curve(empty: Assistant) -> None:
    gate = create_app(empty).test_client().get("/evaluation", headers=LETTERS).get_json()["gate"]
    assert gate["points"] == [] and gate["now"] is None and gate["documents"] == 0


def test_without_the_key_nothing_is_told(client: FlaskClient) -> None:
    assert client.get("/evaluation").status_code == 401


@pytest.mark.parametrize("limit", ["0", "201", "x"])
def test_a_bad_limit_gets_one_line(client: FlaskClient, limit: str) -> None:
    assert client.get(f"/evaluation?limit={limit}", headers=LETTERS).status_code == 400

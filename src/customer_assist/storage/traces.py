"""Traces as the journal keeps them: JSON that any later version of the program can still read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

from psycopg.types.json import Jsonb

from customer_assist.model import (
    Answer,
    Basis,
    CheckResult,
    Citation,
    Decision,
    DocumentId,
    Guide,
    Mention,
    PassageId,
    RecordedHit,
    RecordedPart,
    RecordedTrace,
    Score,
    Trace,
    Verdict,
)
from customer_assist.storage.database import storable_json

_GROUND = ("checks", "prompt_hash", "prompt_version", "degraded_because")
_WORDING = ("written_by", "tongue", "translated_by")  # kept only where they are anything


def trace_as_json(trace: Trace, answer: Answer) -> dict[str, object]:
    """Why a turn ended as it did: its trace, and what was checked of its answer."""
    return {
        **_search_as_json(trace),
        "parts": [
            {**_search_as_json(part), **_answer_as_json(answer.parts[place])}
            for place, part in enumerate(trace.parts)
        ],
        **{name: kept for name in _WORDING if (kept := getattr(trace, name))},
        "said": dict(trace.said),
        "engine": trace.engine,
        "basis": asdict(trace.basis),
        **_ground_as_json(answer),
    }


def _ground_as_json(answer: Answer) -> dict[str, object]:
    return {
        "checks": [asdict(check) for check in answer.checks],
        "prompt_hash": answer.prompt_hash,
        "prompt_version": answer.prompt_version,
        **({"degraded_because": answer.degraded_because} if answer.degraded_because else {}),
    }


def _answer_as_json(answer: Answer) -> dict[str, object]:
    """What was said to one of several requests, whole."""
    return {
        "answer": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "answered_by": answer.answered_by,
        "degraded": answer.degraded,
        "steps": list(answer.steps),
        **_ground_as_json(answer),
    }


def _search_as_json(trace: Trace) -> dict[str, object]:
    """What was searched for, what was found, and what the gate said."""
    return {
        "query": trace.query,
        "filters": dict(trace.filters),
        "about": [asdict(mention) for mention in trace.about],
        "hits": [
            {
                "document_id": hit.document.id,
                "passage_id": hit.passage.id,
                "rank": hit.rank,
                "score": hit.score.value,
                "kind": hit.score.kind,
                "signals": hit.signals,
            }
            for hit in trace.hits
        ],
        "verdict": trace.verdict
        and {
            "decision": trace.verdict.decision,
            "confidence": trace.verdict.confidence,
            "threshold": trace.verdict.threshold,
            "clarify_from": trace.verdict.clarify_from,
            "features": trace.verdict.features,
        },
    }


def guide_as_json(guide: Guide | None) -> Jsonb | None:
    return None if guide is None else storable_json(asdict(guide))


def recorded_guide(kept: object) -> Guide | None:
    guide = _object(kept)
    if not guide:
        return None
    steps = guide.get("steps")
    return Guide(
        DocumentId(_text(guide.get("document_id"))),
        _text(guide.get("title")),
        tuple(str(step) for step in steps) if isinstance(steps, list) else (),
        int(_number(guide.get("at"))),
        bool(guide.get("finished")),
    )


def recorded_trace(kept: object) -> RecordedTrace:
    """The trace of a row. Keys that an earlier version did not write may be missing, others are not read."""
    trace = _object(kept)
    verdict, basis = _object(trace.get("verdict")), _object(trace.get("basis"))
    version = trace.get("prompt_version")
    return RecordedTrace(
        query=_text(trace.get("query")),
        engine=_text(trace.get("engine")),
        hits=tuple(_hit(hit) for hit in _objects(trace.get("hits"))),
        verdict=_verdict(verdict) if verdict else None,
        filters=_texts(trace.get("filters")),
        said=_texts(trace.get("said")),
        basis=Basis(**{part.name: _text(basis.get(part.name)) for part in fields(Basis)}),
        checks=tuple(
            CheckResult(_text(each.get("name")), bool(each.get("passed")), _text(each.get("detail")))
            for each in _objects(trace.get("checks"))
        ),
        prompt_hash=_text(trace.get("prompt_hash")),
        prompt_version=version if isinstance(version, int) else 0,
        written_by=_text(trace.get("written_by")),
        tongue=_text(trace.get("tongue")),
        translated_by=_text(trace.get("translated_by")),
        degraded_because=_text(trace.get("degraded_because")),
        parts=tuple(
            RecordedPart(recorded_trace(part), _answer(part)) for part in _objects(trace.get("parts"))
        ),
        about=tuple(_mention(each) for each in _objects(trace.get("about"))),
    )


def _answer(kept: Mapping[str, object]) -> Answer:
    steps = kept.get("steps")
    part = recorded_trace({name: kept.get(name) for name in _GROUND})
    return Answer(
        _text(kept.get("answer")),
        tuple(
            Citation(
                DocumentId(_text(each.get("document_id"))),
                _text(each.get("title")),
                _text(each.get("quote")),
                _text(each.get("url")) or None,
            )
            for each in _objects(kept.get("citations"))
        ),
        _text(kept.get("answered_by")),
        tuple(str(step) for step in steps) if isinstance(steps, list) else (),
        bool(kept.get("degraded")),
        part.degraded_because,
        checks=part.checks,
        prompt_hash=part.prompt_hash,
        prompt_version=part.prompt_version,
    )


def _mention(kept: Mapping[str, object]) -> Mention:
    field, value, words = (_text(kept.get(name)) for name in ("field", "value", "words"))
    return Mention(field, value, _number(kept.get("strength")), words)


def _verdict(kept: Mapping[str, object]) -> Verdict:
    """Before there was a third decision, the first two were "accepted" and not."""
    before = Decision.ANSWER if kept.get("accepted") else Decision.DECLINE
    return Verdict(
        Decision(_text(kept.get("decision")) or before),
        _number(kept.get("confidence")),
        _number(kept.get("threshold")),
        _number(kept.get("clarify_from", 1.0)),
        _numbers(kept.get("features")),
    )


def _hit(kept: Mapping[str, object]) -> RecordedHit:
    return RecordedHit(
        DocumentId(_text(kept.get("document_id"))),
        PassageId(_text(kept.get("passage_id"))),
        int(_number(kept.get("rank"))),
        Score(_number(kept.get("score")), _text(kept.get("kind"))),
        _numbers(kept.get("signals")),
    )


def _object(kept: object) -> Mapping[str, object]:
    return kept if isinstance(kept, Mapping) else {}


def _objects(kept: object) -> list[Mapping[str, object]]:
    return [_object(each) for each in kept] if isinstance(kept, Sequence) else []


def _text(kept: object) -> str:
    return kept if isinstance(kept, str) else ""


def _texts(kept: object) -> dict[str, str]:
    return {name: _text(value) for name, value in _object(kept).items()}


def _number(kept: object) -> float:
    return float(kept) if isinstance(kept, int | float) else 0.0


def _numbers(kept: object) -> dict[str, float]:
    """Without those that were not finite, which are kept as null."""
    return {name: _number(value) for name, value in _object(kept).items() if value is not None}

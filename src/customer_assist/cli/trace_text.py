"""A trace in words that the owner of a business understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from customer_assist.cli.answers import print_answer
from customer_assist.cli.output import counted, escaped, one_line
from customer_assist.model import (
    Outcome,
    RecordedHit,
    RecordedTrace,
    TracedTurn,
    Verdict,
)
from customer_assist.replay import Difference, Replay
from customer_assist.storage.history import Since
from customer_assist.web.why import outcome_told, why

_KINDS = {"dense": "meaning", "word": "words", "gram": "letters", "late": "in context"}
_KINDS_TOLD = (
    "Two figures each, how well the question fits what customers ask and what the document says: meaning, by the "
    "embedding model; words and letters that both have; in context, word for word."
)
_PARTS = {
    "engine": "search engine",
    "embedding": "embedding model",
    "weights": "weights of the search",
    "gate": "gate",
    "profile": "business profile",
    "program": "program",
    "prompt": "prompt",
}
_BECAME = {"changed": "changed since", "deleted": "deleted since", "unknown": "no longer known"}
_SHOWN = 3  # figures of a difference that has many


def print_trace(console: Console, recorded: TracedTurn, since: Since) -> None:
    """What was asked, what came of it and why, what was found, and with what it was decided."""
    turn, trace = recorded.turn, recorded.trace
    _line(console, "Turn", f"{turn.id}, asked {turn.asked_at:%Y-%m-%d %H:%M:%S} UTC")
    _line(console, "Question", turn.question)
    if trace.query not in ("", turn.question):
        _line(console, "Searched", trace.query + _written_by(trace.written_by))
    if trace.tongue:
        translated = f", answered in it by {trace.translated_by}" if trace.translated_by else ""
        _line(console, "Language", f"{trace.tongue}, which is none of the business's{translated}")
    _line(console, "Filters", _pairs(trace.filters))
    _line(console, "Spoken of", ", ".join(f"{each.value} ({each.strength:.2f})" for each in trace.about))
    _line(console, "Stated", _pairs(trace.said))
    _line(console, "Outcome", outcome_told(recorded))
    _line(console, "Why", why(recorded))
    _line(console, "Sources", ", ".join(dict.fromkeys(each.document_id for each in turn.citations)))
    console.print()
    print_answer(console, turn.answer)
    _search(console, trace, since)
    for place, part in enumerate(trace.parts, 1):
        console.print()
        _line(console, f"Request {place}", part.trace.query)
        _search(console, part.trace, since)
    _line(
        console,
        "Checks",
        ", ".join(
            f"{check.name} {'held' if check.passed else 'failed'}"
            + (f" ({check.detail})" if check.detail else "")
            for check in trace.checks
        )
        or "none: nothing was answered from a document",
    )
    _line(console, "Prompt", _prompt(recorded))
    _line(console, "Knowledge", _knowledge(since))
    _line(console, "Decided with", _basis(recorded))


def print_replay(console: Console, recorded: TracedTurn, replay: Replay) -> None:
    """Whether it would come to the same today; if not what differs, and what changed since."""
    console.print()
    if recorded.turn.outcome == Outcome.WITH_HUMAN:
        _line(console, "Asked again", "there is nothing to decide again")
    elif replay.same:
        _line(console, "Asked again", "decides the same: candidates, scores, decision, confidence and answer")
    else:
        _lines(console, "Asked again", ["differs", *(f"- {_told(each)}" for each in replay.differences)])
    changes = [*map(_changed, replay.changes), *_document_changes(recorded, replay)]
    _lines(console, "Since then", changes)
    if not changes and not replay.same and recorded.trace.basis.gate:
        _line(
            console,
            "Since then",
            "nothing that is recorded changed: a machine or build that rounds otherwise?",
        )
    if not recorded.trace.basis.gate:
        _line(console, "Not known", "gate, weights and profile of then: an earlier version did not keep them")


def _search(console: Console, trace: RecordedTrace, since: Since) -> None:
    _candidates(console, trace.hits, since)
    console.print()
    if trace.verdict is not None:
        _line(console, "Gate", _gate(trace.verdict))
        _line(console, "", _figures(trace.verdict.features))


# --- the turn ----------------------------------------------------------------------------------------


def _written_by(model: str) -> str:
    return f" (written by {model})" if model else ""


def _gate(verdict: Verdict) -> str:
    asks_back = (
        f"asks back from {verdict.clarify_from:.3f}"
        if verdict.clarify_from < verdict.threshold
        else "never asks back"
    )
    return (
        f"{verdict.decision.value}: confidence {verdict.confidence:.6f}, answers from {verdict.threshold:.6f}, "
        f"{asks_back}"
    )


def _prompt(recorded: TracedTurn) -> str:
    trace = recorded.trace
    if not trace.prompt_hash:
        return "none: no language model wrote this"
    version = f"version {trace.prompt_version}" if trace.prompt_version else "of a version that was not kept"
    return f"{version}, SHA-256 {trace.prompt_hash}"


def _knowledge(since: Since) -> str:
    if since.version == since.then:
        return f"version {since.then}, the present one"
    if since.version < since.then:
        return f"version {since.then}; the database was put back to version {since.version} since"
    return f"version {since.then}; version {since.version} now: {_counted_changes(since)}"


def _counted_changes(since: Since) -> str:
    if not since.changed and not since.deleted:
        return "no document changed"
    return f"{counted(since.changed, 'document')} added or changed since, {since.deleted} deleted"


def _basis(recorded: TracedTurn) -> str:
    trace = recorded.trace
    basis = trace.basis
    if not basis.gate:
        return f"engine {trace.engine}; an earlier version of the program did not keep more"
    return (
        f"engine {trace.engine}, embedding model {basis.embedding or 'none'}, weights {basis.weights}, "
        f"gate {basis.gate}, profile {basis.profile}, program {basis.program}"
    )


# --- candidates --------------------------------------------------------------------------------------


def _candidates(console: Console, hits: tuple[RecordedHit, ...], since: Since) -> None:
    if not hits:
        return
    kinds = dict.fromkeys(name.partition("_")[0] for hit in hits for name in sorted(hit.signals))
    ordered = [*(kind for kind in _KINDS if kind in kinds), *(kind for kind in kinds if kind not in _KINDS)]
    table = Table("#", "score", *(_KINDS.get(kind, kind) for kind in ordered), "candidate", box=None)
    for hit in hits:
        table.add_row(
            str(hit.rank),
            f"{hit.score.value:.5f}",
            *(_of_kind(kind, hit.signals) for kind in ordered),
            _named(hit, since),
        )
    console.print()
    console.print(table)
    if any(kind in _KINDS for kind in kinds):
        console.print(Text(_KINDS_TOLD, style="dim"))


def _named(hit: RecordedHit, since: Since) -> str:
    """A line each for its id, what a person calls it, and what became of it."""
    fate, became = since.fates.get(hit.document_id), since.of(hit.document_id)
    heading = fate.heading if fate and fate.heading != hit.document_id else ""
    lines = (hit.document_id, heading, "" if became == "same" else f"({_BECAME[became]})")
    return "\n".join(escaped(line) for line in lines if line)


def _of_kind(kind: str, signals: Mapping[str, float]) -> str:
    """What customers ask before what the document says."""
    values = [signals[name] for name in sorted(signals) if name.partition("_")[0] == kind]
    return " ".join(f"{value:.2f}" for value in values)


# --- asked again -------------------------------------------------------------------------------------


def _told(difference: Difference) -> str:
    then, now = difference.then, difference.now
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        each = [f"{name} {then[name]} → {now[name]}" for name in then]
        more = f" and {len(each) - _SHOWN} more" if len(each) > _SHOWN else ""
        return f"{difference.what}: {', '.join(each[:_SHOWN])}{more}"
    return f"{difference.what}: {_value(then)} → {_value(now)}"


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value) or "none"
    if isinstance(value, Mapping):
        return str(value.get("document_id") or _pairs(value))
    return "none" if value in (None, "") else str(value)


def _changed(change: Difference) -> str:
    if change.what == "knowledge":
        return f"the knowledge: version {change.then} → {change.now}"
    return f"the {_PARTS[change.what]}: {change.then or 'none'} → {change.now or 'none'}"


def _document_changes(recorded: TracedTurn, replay: Replay) -> Iterator[str]:
    """The documents of then and now that are no longer what they were."""
    since, then = replay.since, [hit.document_id for hit in recorded.trace.hits]
    if since.version != since.then:
        yield _counted_changes(since)
    for document_id in since.fates:
        became = since.of(document_id)
        if became != "same":
            yield f"{document_id} was {became if document_id in then else 'added or ' + became}"


# --- lines -------------------------------------------------------------------------------------------


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def _figures(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in sorted(values.items()))


def _lines(console: Console, label: str, texts: Sequence[str]) -> None:
    """The label stands before the first."""
    for number, text in enumerate(texts):
        _line(console, label if number == 0 else "", text)


def _line(console: Console, label: str, text: str) -> None:
    """Nothing where there is no text."""
    if text:
        console.print(Text.assemble((f"{label:<13}", "bold"), one_line(text)), soft_wrap=True)

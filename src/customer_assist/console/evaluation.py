"""Evaluation: what was measured, side by side, and what the gate lets through at today's setting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import streamlit as st

from customer_assist.console import plots
from customer_assist.console.client import Client, Reply
from customer_assist.console.words import plain

_KINDS = {"retrieval": "Search", "abstention": "Answer or decline", "answers": "Whole answers"}
_MEASURES = {
    "retrieval": ("hit_rate@1", "hit_rate@5", "hit_rate@10", "mrr@10", "intent_precision@1"),
    "abstention": ("answerable_accepted", "unanswerable_declined", "auroc", "accepted_correct", "clarified"),
    "answers": ("answered", "abstained", "right_document", "checks_passed", "relevant_of_asked"),
}
_COMMAND = (
    "customer-assist evaluate retrieval --documents FILES --questions QUESTIONS --keep “before the new texts”"
)
_SIDE_BY_SIDE = 6


def page(client: Client) -> None:
    st.title("Evaluation")
    with st.spinner("Looking at the gate; after a change of the articles this takes some seconds …"):
        found = client.evaluation()
    _gate(found["gate"])
    _runs(found["runs"])
    _tunings(found["tunings"])


# --- the gate ----------------------------------------------------------------------------------------------


def _gate(gate: Reply) -> None:
    st.subheader("When to answer, and when to say “I don't know”")
    now = gate["now"]
    if now is None:
        st.info(
            "There is too little knowledge to tell yet: load your articles with `customer-assist ingest PATH`, "
            "at least some dozens."
        )
        return
    st.markdown(in_words(gate))
    rows = [
        {
            "answered of what I know": round(point["coverage"], 4),
            "got through": round(point[kind], 4),
            "questions": said,
        }
        for kind, said in (("near", "near misses"), ("far", "anything else"))
        for point in gate["points"]
        if point[kind] is not None and point["coverage"] is not None
    ]
    plots.curve(
        "The price of answering more",
        rows,
        "answered of what I know",
        "got through",
        "questions",
        now["coverage"],
    )
    st.caption(
        "The dashed line is today's setting. Counted on the questions that the gate was fitted on, which flatter: "
        "`customer-assist evaluate abstention` measures on yours. CUSTOMER_ASSIST_COVERAGE and CUSTOMER_ASSIST_RISK "
        "move it."
    )


def in_words(gate: Reply) -> str:
    """What the setting means, for somebody who never heard of a threshold."""
    now = gate["now"]
    said = f"At this setting I answer **{now['coverage']:.0%}** of what I know"
    if now["near"] is not None:
        said += (
            f", and {_one_in(now['near'])} near misses (of your field, but not in your articles) gets through"
        )
    if now["far"] is not None:
        said += f"; of questions about anything else {_one_in(now['far'])}"
    back = gate["clarify_from"] < gate["threshold"]
    return said + (". When I am not quite sure I ask back." if back else ".")


def _one_in(share: float) -> str:
    if share < 0.005:
        return "hardly one of"
    return f"about {share:.0%} of" if share > 0.4 else f"about 1 in {round(1 / share)}"


# --- what was measured -------------------------------------------------------------------------------------


def _runs(runs: list[Reply]) -> None:
    st.subheader("What was measured")
    if not runs:
        st.info("Nothing is kept yet. Measure, and keep the figures under a name:")
        st.code(_COMMAND, language=None, wrap_lines=True)
        return
    for kind, said in _KINDS.items():
        of_kind = [run for run in runs if run["kind"] == kind][:_SIDE_BY_SIDE]
        if of_kind:
            st.markdown(f"**{said}**")
            plots.table(side_by_side(of_kind, kind))
            if len({run["corpus"] for run in of_kind}) > 1:
                st.caption(
                    "Not all of these searched the same articles: what differs may be these, the search, or both."
                )
    st.caption("In brackets: the 95 % interval. Where two overlap widely, the difference may be luck.")


def side_by_side(runs: list[Reply], kind: str) -> list[dict[str, object]]:
    """A row for each measure, a column for each run, the newest first."""
    names = [_name(number, run) for number, run in enumerate(runs, 1)]

    def row(said: str, of: Callable[[Reply], str]) -> dict[str, object]:
        return {"": said, **{name: of(run) for name, run in zip(names, runs, strict=True)}}

    rows = [
        row("measured", lambda run: f"{datetime.fromisoformat(run['kept_at']):%d %b %Y}"),
        row("articles", lambda run: f"{run['figures'].get('documents')} ({run['corpus'][:6]})"),
        row("settings", _settings),
    ]
    for measure in _MEASURES[kind]:
        if any(run["figures"].get(measure) is not None for run in runs):
            rows.append(row(measure, partial(_figure, measure=measure)))
    return rows


def _name(number: int, run: Reply) -> str:
    return plain(f"{number}. {run['name']}, {run['engine']}")


def _settings(run: Reply) -> str:
    return ", ".join(f"{name} {value}" for name, value in run["settings"].items() if value not in (None, ""))


def _figure(run: Reply, measure: str) -> str:
    value = run["figures"].get(measure)
    if value is None:
        return "–"
    edges = (run["figures"].get("ci95") or {}).get(measure)
    return f"{value:.3f}" + (f" [{edges[0]:.3f} to {edges[1]:.3f}]" if edges else "")


def _tunings(tunings: list[Reply]) -> None:
    st.subheader("Weights fitted to your questions")
    if not tunings:
        st.info("Search uses the default weights. Fit them to your own questions:")
        st.code("customer-assist tune --questions QUESTIONS", language=None, wrap_lines=True)
        return
    plots.table([_tuning(tuning) for tuning in tunings])


def _tuning(tuning: Reply) -> dict[str, object]:
    experiment = tuning["experiment"]
    before, after = experiment.get("before", {}), experiment.get("after", {})
    measure = next((name for name in ("mrr@10", "intent_precision@1") if name in after), None)
    return {
        "adopted": f"{datetime.fromisoformat(tuning['adopted_at']):%d %b %Y}",
        "engine": tuning["engine"],
        "in use": "yes" if tuning["in_use"] else "no",
        "measured on": experiment.get("questions", {}).get("reported"),
        "measure": measure,
        "default weights": _figure({"figures": before}, measure) if measure else None,
        "these": _figure({"figures": after}, measure) if measure else None,
    }

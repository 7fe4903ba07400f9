"""Why an answer is as it is, in an owner's words."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import CHECKS, counted, plain

_BECAME = {"same": "", "changed": "changed since", "deleted": "deleted since", "unknown": "no longer known"}


def show_why(client: Client, turn: Reply) -> None:
    """What was searched for and found, what the gate decided, what was checked, who wrote it and how long it took."""
    if not turn["logged"]:
        st.caption("The database did not answer, so nothing of this was recorded.")
        return
    try:
        with st.spinner("Looking it up …", show_time=False):
            trace = client.trace(turn["turn_id"])
    except ApiError as error:
        st.error(plain(str(error)))
        return
    if trace["requests"]:
        st.caption(f"It asks for {len(trace['requests'])} things; each was searched for by itself.")
    for part in trace["requests"] or [trace]:
        _searched(part, trace)
        _found(part)
        _decided(part, trace)
        if trace["requests"]:
            _checked(part["checks"])
    if not trace["requests"]:
        _checked(trace["checks"])
    _not_taken(trace)
    _written(trace)


def _searched(part: Reply, trace: Reply) -> None:
    if not part["query"]:
        st.text("Nothing was searched for.")
        return
    by = f" ({trace['written_by']} made it stand alone)" if trace["written_by"] else ""
    same = part["query"] == trace["question"]
    st.text(f"Searched for: {'what was asked' if same else part['query']}{by}")
    if trace["about"]:
        st.text("Only among what is about: " + ", ".join(each["value"] for each in trace["about"]))
    if trace["said"]:
        st.text("The customer had said: " + _pairs(trace["said"]))
    if trace["filters"]:
        st.text("Only among: " + _pairs(trace["filters"]))
    if trace["tongue"]:
        into = f"; {trace['translated_by']} put the answer into it" if trace["translated_by"] else ""
        st.text(f"Language of the question: {trace['tongue']}{into}")


def _found(part: Reply) -> None:
    if not part["candidates"]:
        return
    st.dataframe(
        [
            {
                "": hit["rank"],
                "article": hit["title"] or hit["document_id"],
                "how alike": how_alike(hit["signals"]),
                "score": round(hit["score"], 3),
                "used": "yes" if hit["used"] else "",
                "since": _BECAME[hit["since"]],
            }
            for hit in part["candidates"]
        ],
        hide_index=True,
        width="stretch",
    )
    st.caption(
        "How alike: to its closest way of asking, or to its text. The order is by score, which counts both."
    )


def how_alike(signals: Mapping[str, float]) -> str:
    """By meaning where there is an embedding model, else by the letters that both have."""
    for kind, what in (("dense", "in meaning"), ("gram", "in letters")):
        values = [value for name, value in signals.items() if name.startswith(f"{kind}_")]
        if values:
            return f"{min(1.0, max(0.0, *values, 0.0)):.0%} {what}"
    return ""


def _decided(part: Reply, trace: Reply) -> None:
    gate = part["gate"]
    if gate is None:
        st.text(trace["why"][:1].upper() + trace["why"][1:] + ".")
        return
    if not part["candidates"]:
        st.text("Nothing was found, so I said that I don't know.")
        return
    st.text(gate_in_words(gate))
    if gate["decision"] == "answer" and trace["outcome"] not in ("answered", "handed_off"):
        st.text(trace["why"][:1].upper() + trace["why"][1:] + ".")


def gate_in_words(gate: Reply) -> str:
    """ "82 % sure; I answer from 61 % on"."""
    sure = f"{_percent(gate['confidence'])} sure; I answer from {_percent(gate['threshold'])} on"
    if gate["clarify_from"] < gate["threshold"]:
        sure += f" and ask back from {_percent(gate['clarify_from'])} on"
    ends = {"answer": "so I answered", "clarify": "so I asked back", "decline": "so I said that I don't know"}
    return f"{sure}: {ends[gate['decision']]}."


def _percent(share: float) -> str:
    """Cut, not rounded: what is below a threshold is not to look as if it were there."""
    return f"{int(share * 1000) / 10:.1f} %".replace(".0 %", " %")


def _checked(checks: list[Reply]) -> None:
    if not checks:
        st.text("Checks: none, for nothing was said that could be held against an article.")
        return
    failed = [check for check in checks if not check["passed"]]
    st.text(f"Checks: {counted(len(checks), 'check')}, {len(failed) or 'none'} failed")
    with st.container(horizontal=True):
        for check in checks:
            mark, colour = ("check", "green") if check["passed"] else ("close", "red")
            detail = f": {check['detail']}" if check["detail"] else ""
            name = CHECKS.get(check["name"], check["name"].replace("_", " "))
            st.badge(plain(f"{name}{detail}"), icon=f":material/{mark}:", color=colour)  # type: ignore[arg-type]


def _not_taken(trace: Reply) -> None:
    if trace["alternatives"]:
        st.text("Also possible: " + " · ".join(each["title"] for each in trace["alternatives"]))


def _written(trace: Reply) -> None:
    tokens, timing = trace["tokens"], trace["timing"]
    if trace["prompt"]:
        st.text(
            f"{trace['answered_by']} was asked to write it from what was found: {tokens['prompt']:,} tokens sent, "
            f"{tokens['completion']:,} received."
        )
    else:
        st.text("No language model was asked.")
    if trace["degraded"]:
        st.text("The language model did not answer, so the article's own words were taken.")
    st.text(
        f"It took {timing['total']:.2f} s: {timing['retrieve']:.2f} s to search, {timing['answer']:.2f} s to answer."
    )
    since, then = trace["since"], trace["decided_with"]["knowledge_version"]
    if since["knowledge_version"] != then:
        st.text(
            f"The knowledge has changed since: {counted(since['documents_changed'], 'article')} new or changed, "
            f"{since['documents_deleted']} deleted."
        )


def _pairs(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in values.items())

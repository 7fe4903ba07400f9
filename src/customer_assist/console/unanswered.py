"""Unanswered: what customers asked and no article answers, and articles that contradict each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import streamlit as st

from customer_assist.console import fixing, opened
from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import ago, plain

_DAYS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "a year"}
_WHOSE = {"customers": "Customers", "all": "Everybody, you too"}
_REASONS = {
    "declined": "I didn't know",
    "asked_back": "asked back in vain",
    "rated_down": "rated down",
    "handed_over": "handed to a person",
    "unsure": "answered, perhaps wrongly",
}
_Weight = Literal["primary", "secondary"]
_SHOWN = 50  # contradictions, and pairs that say the same: the surest
_SAID = "unanswered_said"  # what became of the last click


def page(client: Client) -> None:
    st.title("Unanswered")
    st.caption(
        "Questions without a good answer, put together where they ask the same. Those of most customers first."
    )
    left, right = st.columns(2)
    days = left.segmented_control("Period", list(_DAYS), default=30, format_func=_DAYS.__getitem__) or 30
    channel = (
        right.segmented_control("Asked by", list(_WHOSE), default="customers", format_func=_WHOSE.__getitem__)
        or "customers"
    )
    if said := st.session_state.pop(_SAID, ""):
        st.success(said)
    with st.spinner("Putting questions together …"):
        found = client.gaps(days, channel)
    if not found["ready"]:
        st.info("This takes a while the first time.")
        st.button("Look again", key="look-again")
    _gaps(client, found, {"days": days, "channel": channel})
    _conflicts(client)


def _gaps(client: Client, found: Reply, period: Reply) -> None:
    shown = [gap for gap in found["gaps"] if not gap["dismissed"]]
    put_aside = [gap for gap in found["gaps"] if gap["dismissed"]]
    if found["ready"] and not shown:
        st.info(
            f"Nothing that {found['minimum']} or more customers asked is without an answer. Questions that come once "
            "stand under Conversations."
        )
    for gap in shown:
        _card(client, gap, period)
    if put_aside:
        with st.expander(f"Put aside: {len(put_aside)}"):
            for gap in put_aside:
                st.text(gap["title"])
                if st.button("Show it again", key=f"restore-{gap['id']}"):
                    _do(partial(client.restore_gap, gap["id"], period), "It counts again.")
    if found["ungrouped"]:
        st.caption(f"Beside these, {found['ungrouped']} questions that not enough others ask, too.")


def _card(client: Client, gap: Reply, period: Reply) -> None:
    key = gap["id"]
    with st.container(border=True):
        st.markdown(f"##### {plain(gap['title'])}")
        reasons = [
            f"{gap['reasons'][name]} × {words}" for name, words in _REASONS.items() if gap["reasons"][name]
        ]
        st.caption(f"{gap['conversations']} customers · {_trend(gap)} · {', '.join(reasons)}")
        for example in gap["examples"]:
            st.text(f"“{example['question']}” ({ago(example['asked_at'], datetime.now(UTC))})")
        near = gap["nearest"]
        if near is not None:
            st.caption(f"Nearest article: “{plain(near['title'])}”")
        add_first = near is not None and near["advice"] == "add_ways_of_asking"
        write, add, see, aside = st.columns(4)
        first, second = _weights(add_first)
        if gap["draft_id"]:
            write.caption("A draft is waiting under Learned.")
        elif write.button("Write an answer", key=f"draft-{key}", type=first, width="stretch"):
            _do(
                lambda: client.draft_gap(key, period),
                "A draft with these questions waits under Learned for its text.",
            )
        if near is not None:
            if add.button("Add these as ways of asking", key=f"ways-{key}", type=second, width="stretch"):
                _do(
                    lambda: client.add_ways(key, period),
                    "Added. Ask one of them under Ask to see what comes.",
                )
            if see.button("Nearest article", key=f"see-{key}", width="stretch"):
                _open(near["document_id"])
        if aside.button("Put aside", key=f"aside-{key}", width="stretch"):
            _do(lambda: client.dismiss_gap(key, period), "Put aside, until as many ask again.")


def _weights(add_first: bool) -> tuple[_Weight, _Weight]:
    """Of the buttons "write" and "add": the one that is advised stands out."""
    return ("secondary", "primary") if add_first else ("primary", "secondary")


def _trend(gap: Reply) -> str:
    now, before = gap["trend"]["this_half"], gap["trend"]["half_before"]
    word = "more lately" if now > before else "fewer lately" if now < before else "as often as before"
    return f"{word} ({before} → {now})"


def _conflicts(client: Client) -> None:
    st.subheader("Articles that contradict each other")
    with st.spinner("Comparing articles …"):
        found = client.conflicts()
    if not found["ready"]:
        st.info("They are still being compared.")
        st.button("Look again", key="compare-again")
    elif not found["conflicts"]:
        st.info(f"None that I could find among {found['documents']} articles.")
    for number, conflict in enumerate(found["conflicts"][:_SHOWN]):
        with st.container(border=True):
            st.caption(f"Different: {conflict['kind']}")
            for column, name in zip(st.columns(2), ("one", "other"), strict=True):
                side = conflict[name]
                column.markdown(f"**{plain(side['title'])}**")
                column.text(side["text"])
                if side["values"]:
                    column.caption(plain(" · ".join(side["values"])))
                if column.button("Open it", key=f"conflict-{number}-{name}"):
                    _open(side["document_id"])
    for pair in found["duplicates"][:_SHOWN]:
        st.text(f"{pair['one']} and {pair['other']} say nearly the same: one may do.")
    if more := sum(max(0, len(found[what]) - _SHOWN) for what in ("conflicts", "duplicates")):
        st.caption(f"and {more:,} more: `customer-assist conflicts` lists all")


def _open(document_id: str) -> None:
    opened.one(document_id, editing=True)
    st.switch_page(st.session_state[fixing.PAGE])


def _do(call: Callable[[], Reply], said: str) -> None:
    try:
        call()
    except ApiError as error:
        st.error(str(error))
        return
    st.session_state[_SAID] = said
    st.rerun()

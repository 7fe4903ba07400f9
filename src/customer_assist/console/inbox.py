"""The inbox: who waits for a person, what was said, what could be answered, and the answer."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from customer_assist.console import replying, waiting
from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.fixing import fix_button
from customer_assist.console.transcript import show_turn
from customer_assist.console.words import STATUSES, ago, plain, reason, shortened

_SECONDS = 5.0  # between two looks for news
_CHOSEN = "inbox_chosen"
_AS_SEEN = "inbox_as_seen"  # the status that the page was drawn for
_OPEN = ("waiting", "taken")
_MARKS = {"waiting": ":red[●]", "taken": ":green[●]"}


def page(client: Client) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left, st.container(key="listed"):
        st.title("Inbox")
        _list(client)
    chosen = st.session_state.get(_CHOSEN)
    if chosen:
        with right, st.container(key="opened"):
            _open(client, chosen)


@st.fragment(run_every=_SECONDS)
def _list(client: Client) -> None:
    which = st.segmented_control("Show", ["open", "all"], default="open", format_func=str.capitalize)
    try:
        found = client.handoffs(which or "open")
    except ApiError as error:
        st.error(str(error))
        return
    waiting.note(found["handoffs"])
    if not found["handoffs"]:
        st.info(
            "Nobody is waiting. A conversation comes here when a customer asks for a person, or when the "
            "assistant could not help."
        )
    for handoff in found["handoffs"]:
        if st.button(_label(handoff), key=f"open-{handoff['id']}", width="stretch"):
            st.session_state[_CHOSEN] = handoff["id"]
            st.rerun()
    if found["reasons"]:
        st.caption("Why they came")
        for each in found["reasons"]:
            st.caption(f"{each['handoffs']} × {plain(reason(each))}")


def _label(handoff: Reply) -> str:
    since = ago(handoff["created_at"], datetime.now(UTC))
    first = shortened(handoff["summary"].splitlines()[0], 90) if handoff["summary"] else ""
    mark = _MARKS.get(handoff["status"], ":gray[●]")
    return f"{mark} **{STATUSES[handoff['status']]}** · {since} · {plain(reason(handoff))}  \n{plain(first)}"


def _open(client: Client, handoff_id: str) -> None:
    if st.button("All conversations that wait", key="back", icon=":material/arrow_back:"):
        del st.session_state[_CHOSEN]
        st.rerun()
    opened = client.handoff(handoff_id)
    st.session_state[_AS_SEEN] = opened["status"]
    _said(client, handoff_id)
    if opened["status"] in _OPEN:
        _suggested(client, handoff_id)
        with st.container(key="replying"):
            _replying(client, handoff_id)


@st.fragment(run_every=_SECONDS)
def _said(client: Client, handoff_id: str) -> None:
    """The part that looks for news; what somebody writes is in another."""
    try:
        opened = client.handoff(handoff_id)
    except ApiError as error:
        st.error(str(error))
        return
    if opened["status"] != st.session_state.get(_AS_SEEN):
        st.rerun()  # somebody else took or resolved it: what can be done is another
    st.subheader(f"{STATUSES[opened['status']]}: {plain(reason(opened))}")
    st.caption(" · ".join(plain(part) for part in _facts(opened)))
    if opened["status"] == "waiting" and st.button("Take it", key=f"take-{handoff_id}"):
        client.take(handoff_id, replying.name())
        st.rerun()
    with st.expander("Summary"):
        st.text(opened["summary"])
    for turn in opened["turns"]:
        show_turn(turn, lambda turn: _below(client, turn))


def _facts(opened: Reply) -> list[str]:
    return [
        part
        for part in (
            f"since {ago(opened['created_at'], datetime.now(UTC))}",
            opened["email"] and f"e-mail {opened['email']}",
            opened["customer_ref"] and f"customer {opened['customer_ref']}",
            opened["taken_by"] and f"taken by {opened['taken_by']}",
        )
        if part
    ]


def _below(client: Client, turn: Reply) -> None:
    """What can be learned from an answer."""
    fix_button(client, turn, f"fix-{turn['turn_id']}")
    if turn["answered_by"] == "human" and st.button("Make it an article …", key=f"learn-{turn['turn_id']}"):
        client.draft_from(turn["turn_id"])
        st.success("A draft is under “Learned”: look it over and publish it.")


@st.fragment
def _suggested(client: Client, handoff_id: str) -> None:
    replying.suggested_replies(client, handoff_id)


@st.fragment
def _replying(client: Client, handoff_id: str) -> None:
    """Its clicks come one after the other, so that a second one finds what the first did."""
    replying.reply_field(client, handoff_id)

"""The inbox: who waits for a person, what was said, what could be answered, and the answer."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import STATUSES, ago, plain, reason

_SECONDS = 5.0  # between two looks for news
_CHOSEN = "inbox_chosen"


def page(client: Client) -> None:
    st.title("Inbox")
    left, right = st.columns([1, 2], gap="large")
    with left:
        _list(client)
    with right:
        chosen = st.session_state.get(_CHOSEN)
        if chosen:
            _conversation(client, chosen)


@st.fragment(run_every=_SECONDS)
def _list(client: Client) -> None:
    shown = (
        st.segmented_control("Show", ["open", "all"], default="open", format_func=str.capitalize) or "open"
    )
    found = client.handoffs(shown)
    handoffs = found["handoffs"]
    if not handoffs:
        st.info(
            "Nobody is waiting. A conversation comes here when a customer asks for a person, or when the "
            "assistant could not help."
        )
    for handoff in handoffs:
        waiting = ago(handoff["created_at"], datetime.now(UTC))
        mark = {"waiting": "🔴", "taken": "🟢"}.get(handoff["status"], "⚪")
        first = handoff["summary"].splitlines()[0] if handoff["summary"] else ""
        label = f"{mark} {waiting} · {reason(handoff)}\n\n{plain(first)[:90]}"
        if st.button(label, key=f"open-{handoff['id']}", width="stretch"):
            st.session_state[_CHOSEN] = handoff["id"]
            st.rerun()
    if found["reasons"]:
        st.caption("Why they came")
        st.dataframe(
            [{"why": reason(each), "conversations": each["handoffs"]} for each in found["reasons"]],
            hide_index=True,
        )


@st.fragment(run_every=_SECONDS)
def _conversation(client: Client, handoff_id: str) -> None:
    try:
        opened = client.handoff(handoff_id)
    except ApiError as error:
        st.error(str(error))
        return
    st.subheader(f"{STATUSES[opened['status']]}: {reason(opened)}")
    st.caption(
        " · ".join(
            part
            for part in (
                f"since {ago(opened['created_at'], datetime.now(UTC))}",
                opened["email"] and f"e-mail {opened['email']}",
                opened["customer_ref"] and f"customer {opened['customer_ref']}",
                opened["taken_by"] and f"taken by {opened['taken_by']}",
            )
            if part
        )
    )
    with st.expander("Summary", expanded=True):
        st.text(opened["summary"])
    for turn in opened["turns"]:
        _show(client, turn)
    if opened["status"] in ("waiting", "taken"):
        _answer(client, opened)


def _show(client: Client, turn: Reply) -> None:
    if turn["question"]:
        st.chat_message("user").text(turn["question"])
    if not turn["answer"]:
        return
    by_human = turn["answered_by"] == "human"
    with st.chat_message("assistant", avatar=":material/support_agent:" if by_human else None):
        if by_human and turn["by"]:
            st.caption(plain(turn["by"]))
        st.text(turn["answer"])
        if by_human and st.button("Make it an article …", key=f"learn-{turn['turn_id']}"):
            client.draft_from(turn["turn_id"])
            st.success("A draft is under “Learned”: look it over and publish it.")


def _answer(client: Client, opened: Reply) -> None:
    handoff_id = opened["id"]
    text, used = f"text-{handoff_id}", f"used-{handoff_id}"
    _suggestions(client, handoff_id, text, used)
    st.text_area("Your reply", key=text, height=160, max_chars=4000)
    send, resolve = st.columns(2)
    if send.button("Send", key=f"send-{handoff_id}", type="primary", width="stretch"):
        if not st.session_state[text].strip():
            st.error("Write a reply first.")
            return
        client.reply(handoff_id, st.session_state[text], _name(), st.session_state.get(used))
        for key in (text, used):
            st.session_state.pop(key, None)
        st.rerun()
    if resolve.button("Resolved: back to the assistant", key=f"resolve-{handoff_id}", width="stretch"):
        client.resolve(handoff_id)
        st.rerun()


def _suggestions(client: Client, handoff_id: str, text: str, used: str) -> None:
    kept = f"suggested-{handoff_id}"
    if st.button("Suggest replies", key=f"suggest-{handoff_id}"):
        with st.spinner("Looking for what fits …"):
            st.session_state[kept] = client.suggest(handoff_id)
    suggested: Reply | None = st.session_state.get(kept)
    if suggested is None:
        return
    if not suggested["drafts"]:
        st.info("Nothing in your articles fits this. What you write can become an article afterwards.")
    elif suggested["unsure"]:
        st.caption("The assistant would not have answered this by itself: look twice.")
    for number, draft in enumerate(suggested["drafts"]):
        with st.container(border=True):
            st.caption(f"From “{plain(draft['title'])}” · {draft['confidence']:.0%} sure")
            st.text((draft["short"] or draft["full"])["text"])
            short, full, rejected = st.columns(3)
            for column, kind in ((short, "short"), (full, "full")):
                if draft[kind] and column.button(f"Use {kind}", key=f"{kind}-{number}-{handoff_id}"):
                    st.session_state[text] = draft[kind]["text"]
                    st.session_state[used] = {"id": suggested["id"], "draft": number}
            if rejected.button("Does not fit", key=f"reject-{number}-{handoff_id}"):
                client.reject(suggested["id"], number)
                st.toast("Noted.")


def _name() -> str:
    return str(st.session_state.get("by") or "").strip() or "Support"

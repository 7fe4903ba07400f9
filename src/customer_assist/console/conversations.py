"""Conversations: all that there were, the newest first, and each as it went."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.fixing import fix_button
from customer_assist.console.transcript import show_turn
from customer_assist.console.words import OUTCOMES, STATUSES, ago, plain, shortened

_A_PAGE = 20
_PARAMETER = "conversation"  # in the address, so that a reload and a link open the same one
_BEHIND = "conversations_behind"  # the last one of every page before this
_RATED = {1: " · :material/thumb_up:", -1: " · :material/thumb_down:"}
_WHOSE = dict.fromkeys(("console", "cli", "init"), " · tried by you") | {"demo": " · sample traffic"}


def page(client: Client) -> None:
    chosen = st.query_params.get(_PARAMETER)
    left, right = st.columns([2, 3], gap="large")
    with left, st.container(key="listed"):
        st.title("Conversations")
        _list(client)
    if chosen:
        with right, st.container(key="opened"):
            _open(client, chosen)


def _list(client: Client) -> None:
    outcome = st.selectbox(
        "Show",
        [None, *OUTCOMES],
        format_func=lambda each: OUTCOMES[each] if each else "All",
        on_change=_begin,
    )
    behind: list[str] = st.session_state.setdefault(_BEHIND, [])
    try:
        found = client.conversations(_A_PAGE + 1, behind[-1] if behind else None, outcome)["conversations"]
    except ApiError as error:
        if not behind or error.status != 404:
            raise
        _begin()  # the conversation that the page began behind was erased
        st.rerun()
    if not found:
        st.info(_nothing(outcome))
    for conversation in found[:_A_PAGE]:
        if st.button(_label(conversation), key=f"open-{conversation['conversation_id']}", width="stretch"):
            st.query_params[_PARAMETER] = conversation["conversation_id"]
            st.rerun()
    if behind or len(found) > _A_PAGE:
        with st.container(horizontal=True):
            if st.button("Newer", icon=":material/chevron_left:", disabled=not behind):
                behind.pop()
                st.rerun()
            if st.button("Older", icon=":material/chevron_right:", disabled=len(found) <= _A_PAGE):
                behind.append(found[_A_PAGE - 1]["conversation_id"])
                st.rerun()


def _begin() -> None:
    st.session_state[_BEHIND] = []


def _nothing(outcome: str | None) -> str:
    if outcome:
        return "No conversation ended so. Choose “All” to see the others."
    return "Nobody has asked anything yet. Open the chat page, or “Ask” here, and ask a question."


def _label(conversation: Reply) -> str:
    ended = " · ".join(OUTCOMES[each] for each in conversation["outcomes"])
    rated = _RATED.get(conversation["rating"], "")
    question = shortened(conversation["question"], 90) or "Asked for a person"
    whose = _WHOSE.get(conversation["channel"], "")
    return f"**{plain(question)}**  \n{_since(conversation['last_at'])} · {ended}{rated}{whose}"


def _since(then: str) -> str:
    passed = ago(then, datetime.now(UTC))
    return passed if passed == "just now" else f"{passed} ago"


def _open(client: Client, conversation_id: str) -> None:
    if st.button("All conversations", key="back", icon=":material/arrow_back:"):
        del st.query_params[_PARAMETER]
        st.rerun()
    try:
        opened = client.transcript(conversation_id)
    except ApiError as error:
        if error.status != 404:
            raise
        st.info("This conversation is not there any more. Choose another one.")
        return
    for turn in opened["turns"]:
        show_turn(turn, lambda turn: fix_button(client, turn, f"fix-{turn['turn_id']}"))
    if handoff := opened["handoff"]:
        by = f" · {handoff['by']}" if handoff["by"] else ""
        st.caption(plain(f"{STATUSES[handoff['status']]}{by}"))

"""How many customers wait for a person: in the title of the tab and in the list of pages, wherever one is."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from customer_assist.console.client import ApiError, Client, Reply

_COUNT = "waiting_count"
_SECONDS = 15.0  # between two looks from another page than the inbox


def counted(title: str) -> str:
    """ "Inbox (2)"; "Inbox" where nobody waits."""
    count = st.session_state.get(_COUNT, 0)
    return f"{title} ({count})" if count else title


def look(client: Client) -> None:
    """Before the title is written. Where the assistant does not answer, the page itself says so."""
    try:
        _keep(client.waiting())
    except ApiError:
        st.session_state[_COUNT] = 0


@st.fragment(run_every=_SECONDS)
def watch(client: Client) -> None:
    """Draws the page anew when the number is another one."""
    before = st.session_state.get(_COUNT)
    look(client)
    if st.session_state[_COUNT] != before:
        st.rerun()


def note(handoffs: Iterable[Reply]) -> None:
    """As `watch`, from a list that was read anyway."""
    before = st.session_state.get(_COUNT)
    _keep(sum(handoff["status"] == "waiting" for handoff in handoffs))
    if st.session_state[_COUNT] != before:
        st.rerun()


def _keep(count: int) -> None:
    st.session_state[_COUNT] = count

"""A banner where the clocks of database and program differ: then everything is shown at wrong times."""

from __future__ import annotations

import time

import streamlit as st

from customer_assist.console.client import ApiError, Client, Reply

_KEPT, _UNTIL = "clock_told", "clock_until"
_SECONDS = 60.0  # that a look lasts: pages are drawn anew with every click


def warn(client: Client) -> None:
    """Says nothing where the clocks agree, or the assistant does not answer."""
    if time.monotonic() >= st.session_state.get(_UNTIL, 0.0):
        try:
            st.session_state[_KEPT] = client.clock()
        except ApiError:
            st.session_state[_KEPT] = None
        st.session_state[_UNTIL] = time.monotonic() + _SECONDS
    told: Reply | None = st.session_state[_KEPT]
    if told is None or told["agree"]:
        return
    seconds = told["difference_seconds"]
    direction = "ahead of" if seconds > 0 else "behind"
    st.warning(
        f"The database's clock is {abs(seconds):.0f} s {direction} the assistant's: times on these pages are wrong. "
        "`customer-assist db check` shows both."
    )

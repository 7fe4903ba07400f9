"""Who may in: the form that asks for the key, and who is in already."""

from __future__ import annotations

import os

import streamlit as st

from customer_assist.console.client import ApiError, Client
from customer_assist.console.launching import API, KEY_AT
from customer_assist.console.sessions import SESSIONS, Session, cookie_name, is_own_page

_SESSION, _TICKET, _NAME = "session", "ticket", "by"


def client() -> Client | None:
    """Of who has logged in, here or before the page was loaded anew; None: nobody."""
    session = st.session_state.get(_SESSION) or _of_this_browser()
    if session is None:
        return None
    st.session_state[_SESSION] = session
    return Client(os.environ[API], session.key)


def current() -> Session:
    """Of who has logged in."""
    session: Session = st.session_state[_SESSION]
    return session


def ask_for_the_key() -> None:
    st.title("Support console")
    with st.form("login"):
        key = st.text_input(
            "Admin key", type="password", help=f"It stands in {os.environ.get(KEY_AT, 'admin.key')}"
        )
        sent = st.form_submit_button("Log in", type="primary")
    if not sent:
        return
    if not key.strip():
        st.error("Enter the key first.")
        return
    try:
        Client(os.environ[API], key.strip()).waiting()
    except ApiError as error:
        st.error("That is not the key." if error.status == 401 else str(error))
        return
    st.session_state[_SESSION], st.session_state[_TICKET] = SESSIONS.begin(key.strip())
    st.rerun()


def keep_for_a_reload() -> None:
    """Has the browser fetch its cookie, once."""
    if ticket := st.session_state.get(_TICKET):
        script = f"fetch('/session', {{method: 'POST', body: '{ticket}'}})"
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def name_and_way_out() -> None:
    """The name that customers see with replies, and “Log out”."""
    session = current()
    st.session_state.setdefault(_NAME, session.name)
    st.text_input("Your name, as customers see it", key=_NAME, max_chars=60)
    session.name = st.session_state[_NAME]
    if st.button("Log out"):
        leave()


def leave() -> None:
    SESSIONS.end(current())
    st.session_state.clear()
    st.rerun()


def _of_this_browser() -> Session | None:
    headers = st.context.headers
    token = st.context.cookies.get(cookie_name(headers.get("Host", "")))
    return SESSIONS.find(token) if token and is_own_page(headers) else None

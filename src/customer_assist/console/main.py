"""The console's start: who may in, and which pages there are. Run by Streamlit, once for every click."""

from __future__ import annotations

import os

import streamlit as st

from customer_assist.console import ask, conversations, fixing, inbox, knowledge, learned, unanswered, waiting
from customer_assist.console.client import ApiError, Client
from customer_assist.console.launching import API, KEY_AT
from customer_assist.console.theme import STYLE


def main() -> None:
    client = _logged_in()
    if client is not None:
        waiting.look(client)
    st.set_page_config(page_title=waiting.counted("Support console"), page_icon="💬", layout="wide")
    st.html(STYLE)
    if client is None:
        _ask_for_the_key()
        return
    of_knowledge = st.Page(
        lambda: knowledge.page(client), title="Knowledge", url_path="knowledge", icon=":material/menu_book:"
    )
    st.session_state[fixing.PAGE] = of_knowledge
    pages = [
        st.Page(
            lambda: inbox.page(client),
            title=waiting.counted("Inbox"),
            url_path="inbox",
            icon=":material/inbox:",
            default=True,
        ),
        st.Page(
            lambda: conversations.page(client),
            title="Conversations",
            url_path="conversations",
            icon=":material/forum:",
        ),
        st.Page(lambda: ask.page(client), title="Ask", url_path="ask", icon=":material/chat:"),
        of_knowledge,
        st.Page(
            lambda: unanswered.page(client),
            title="Unanswered",
            url_path="unanswered",
            icon=":material/help:",
        ),
        st.Page(lambda: learned.page(client), title="Learned", url_path="learned", icon=":material/school:"),
    ]
    chosen = st.navigation(pages)
    with st.sidebar:
        waiting.watch(client)
        st.text_input("Your name, as customers see it", key="by", max_chars=60)
        if st.button("Log out"):
            st.session_state.clear()
            st.rerun()
    _say_whose(client)
    try:
        chosen.run()
    except ApiError as error:
        st.error(str(error))


def _logged_in() -> Client | None:
    key = st.session_state.get("key")
    return Client(os.environ[API], key) if key else None


def _ask_for_the_key() -> None:
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
        Client(os.environ[API], key.strip()).handoffs()
    except ApiError as error:
        st.error("That is not the key." if error.status == 401 else str(error))
        return
    st.session_state["key"] = key.strip()
    st.rerun()


def _say_whose(client: Client) -> None:
    try:
        meta = client.meta()
    except ApiError:
        return  # the page itself says so
    if meta["demo"]:
        st.caption("The sample business is loaded. Your own files replace it: `customer-assist ingest PATH`")


if __name__ == "__main__":
    main()

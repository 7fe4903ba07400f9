"""The console's start: who may in, and which pages there are. Run by Streamlit, once for every click."""

from __future__ import annotations

import os
from collections.abc import Callable

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from customer_assist.console import (
    ask,
    clock,
    conversations,
    evaluation,
    fixing,
    inbox,
    insights,
    knowledge,
    learned,
    settings,
    waiting,
)
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
    chosen = st.navigation(_pages(client))
    with st.sidebar:
        waiting.watch(client)
        st.text_input("Your name, as customers see it", key="by", max_chars=60)
        if st.button("Log out"):
            st.session_state.clear()
            st.rerun()
    _say_whose(client)
    clock.warn(client)
    try:
        chosen.run()
    except ApiError as error:
        st.error(str(error))


def _pages(client: Client) -> dict[str, list[StreamlitPage]]:
    """By what one comes for."""

    def page(shown: Callable[[Client], None], title: str, icon: str, *, first: bool = False) -> StreamlitPage:
        address = shown.__module__.rpartition(".")[2]
        return st.Page(
            lambda: shown(client), title=title, url_path=address, icon=f":material/{icon}:", default=first
        )

    articles = st.session_state[fixing.PAGE] = page(knowledge.page, "Knowledge", "menu_book")
    return {
        "Customers": [
            page(inbox.page, waiting.counted("Inbox"), "inbox", first=True),
            page(conversations.page, "Conversations", "forum"),
            page(ask.page, "Ask", "chat"),
        ],
        "Articles": [
            articles,
            page(learned.page, "Learned", "school"),
        ],
        "How it goes": [
            page(insights.page, "Insights", "insights"),
            page(evaluation.page, "Evaluation", "rule"),
            page(settings.page, "Settings", "settings"),
        ],
    }


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

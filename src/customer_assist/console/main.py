"""The console's start: who may in, and which pages there are. Run by Streamlit, once for every click."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from customer_assist.console import (
    ask,
    clock,
    conversations,
    entrance,
    evaluation,
    fixing,
    inbox,
    insights,
    knowledge,
    learned,
    settings,
    unanswered,
    waiting,
)
from customer_assist.console.client import ApiError, Client
from customer_assist.console.theme import STYLE


def main() -> None:
    client = entrance.client()
    if client is not None:
        waiting.look(client)
    st.set_page_config(page_title=waiting.counted("Support console"), page_icon="💬", layout="wide")
    st.html(STYLE)
    if client is None:
        st.navigation(_pages(None), position="hidden")  # else the list of pages stays after somebody has left
        entrance.ask_for_the_key()
        return
    chosen = st.navigation(_pages(client))
    with st.sidebar:
        waiting.watch(client)
        entrance.name_and_way_out()
        entrance.keep_for_a_reload()
    _say_whose(client)
    clock.warn(client)
    try:
        chosen.run()
    except ApiError as error:
        if error.status == 401:
            entrance.leave()  # the key is another one by now
        st.error(str(error))


def _pages(client: Client | None) -> list[StreamlitPage]:
    """A flat list: with headings in between, Streamlit's is none to a screen reader. None: they show nothing."""

    def page(shown: Callable[[Client], None], title: str, icon: str, *, first: bool = False) -> StreamlitPage:
        address = shown.__module__.rpartition(".")[2]
        return st.Page(
            lambda: shown(client) if client else None,
            title=title,
            url_path=address,
            icon=f":material/{icon}:",
            default=first,
        )

    articles = st.session_state[fixing.PAGE] = page(knowledge.page, "Knowledge", "menu_book")
    return [
        page(inbox.page, waiting.counted("Inbox"), "inbox", first=True),
        page(conversations.page, "Conversations", "forum"),
        page(ask.page, "Ask", "chat"),
        articles,
        page(unanswered.page, "Unanswered", "help"),
        page(learned.page, "Learned", "school"),
        page(insights.page, "Insights", "insights"),
        page(evaluation.page, "Evaluation", "rule"),
        page(settings.page, "Settings", "settings"),
    ]


def _say_whose(client: Client) -> None:
    try:
        meta = client.meta()
    except ApiError:
        return  # the page itself says so
    if meta["demo"]:
        st.caption("The sample business is loaded. Your own files replace it: `customer-assist ingest PATH`")


if __name__ == "__main__":
    main()

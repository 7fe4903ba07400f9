"""The console's start: who may in, and which pages there are. Run by Streamlit, once for every click."""

from __future__ import annotations

import streamlit as st

from customer_assist.console import (
    ask,
    conversations,
    entrance,
    fixing,
    inbox,
    knowledge,
    learned,
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
        entrance.ask_for_the_key()
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
        st.Page(lambda: learned.page(client), title="Learned", url_path="learned", icon=":material/school:"),
    ]
    chosen = st.navigation(pages)
    with st.sidebar:
        waiting.watch(client)
        entrance.name_and_way_out()
        entrance.keep_for_a_reload()
    _say_whose(client)
    try:
        chosen.run()
    except ApiError as error:
        if error.status == 401:
            entrance.leave()  # the key is another one by now
        st.error(str(error))


def _say_whose(client: Client) -> None:
    try:
        meta = client.meta()
    except ApiError:
        return  # the page itself says so
    if meta["demo"]:
        st.caption("The sample business is loaded. Your own files replace it: `customer-assist ingest PATH`")


if __name__ == "__main__":
    main()

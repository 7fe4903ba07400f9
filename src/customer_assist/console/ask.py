"""Ask: what a customer would get, and from where."""

from __future__ import annotations

import streamlit as st

from customer_assist.console.client import Client, Reply
from customer_assist.console.fixing import fix_button
from customer_assist.console.transcript import show_sources
from customer_assist.console.why import show_why
from customer_assist.console.words import OUTCOMES, plain, shown

_SAID, _CONVERSATION = "ask_said", "ask_conversation"


def page(client: Client) -> None:
    st.title("Ask")
    st.caption("Write as a customer would. It is recorded like any conversation, with the channel “console”.")
    said: list[tuple[str, Reply]] = st.session_state.setdefault(_SAID, [])
    question = st.chat_input("Where is my order?", max_chars=4000)
    if question:
        with st.spinner("Looking it up …"):
            turn = client.ask(question, st.session_state.get(_CONVERSATION))
        st.session_state[_CONVERSATION] = turn["conversation_id"] if turn["logged"] else None
        said.append((question, turn))
    if not said:
        st.info("Nothing asked yet. Try one of your customers' questions, in their own words.")
        return
    if st.button("New conversation"):
        del st.session_state[_SAID]
        st.session_state[_CONVERSATION] = None
        st.rerun()
    for asked, turn in said:
        st.chat_message("user").text(asked)
        with st.chat_message("assistant"):
            _show(turn)
            _look_into(client, turn)


def _look_into(client: Client, turn: Reply) -> None:
    """The reasons are asked for once they are wanted."""
    if st.toggle("Why this answer", key=f"why-{turn['turn_id']}"):
        with st.container(border=True):
            show_why(client, turn)
    fix_button(client, turn, f"fix-{turn['turn_id']}")


def _show(turn: Reply) -> None:
    st.markdown(shown(turn["answer"]))
    sure = f"{turn['confidence']:.0%} sure" if turn["confidence"] else ""
    st.caption(" · ".join(part for part in (OUTCOMES[turn["outcome"]], sure) if part))
    show_sources(turn)
    if turn["alternatives"]:
        st.caption("Also possible: " + " · ".join(plain(other["title"]) for other in turn["alternatives"]))

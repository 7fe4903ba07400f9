"""A conversation as it is read: who said what, how it ended, from where, and what the customer thought of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from customer_assist.console.client import Reply
from customer_assist.console.words import OUTCOMES, RATINGS, plain, shown

_PERSON = ":material/support_agent:"
_ASSISTANT = ":material/smart_toy:"
_CUSTOMER = ":material/person:"


def show_turn(turn: Reply, below: Callable[[Reply], None] | None = None) -> None:
    """One turn; `below` adds what can be done with the answer."""
    if turn["question"]:
        with st.chat_message("Customer", avatar=_CUSTOMER):
            st.text(turn["question"])
    if not turn["answer"]:
        return
    by_human = turn["answered_by"] == "human"
    with st.chat_message("Person" if by_human else "Assistant", avatar=_PERSON if by_human else _ASSISTANT):
        st.markdown(shown(turn["answer"]))
        st.caption(" · ".join(plain(part) for part in _remarks(turn, by_human)))
        show_sources(turn)
        if below is not None:
            below(turn)


def show_sources(turn: Reply) -> None:
    """What the answer cites, to be opened."""
    if not turn["citations"]:
        return
    with st.expander(f"Sources ({len(turn['citations'])})"):
        for citation in turn["citations"]:
            st.markdown(f"**{plain(citation['title'])}**")
            st.text(citation["quote"])


def _remarks(turn: Reply, by_human: bool) -> list[str]:
    """By whom, how it ended, how sure, and what the customer thought of it: what there is of that."""
    if by_human:
        found = [turn["by"] or "A person of your team"]
    else:
        found = ["Assistant", OUTCOMES[turn["outcome"]]]
        if turn["outcome"] in ("answered", "clarifying", "abstained") and turn["confidence"]:
            found.append(f"{turn['confidence']:.0%} sure")
        if turn["degraded"]:
            found.append("without the language model, which did not answer")
    if turn["rating"]:
        found.append(RATINGS[turn["rating"]])
    return found

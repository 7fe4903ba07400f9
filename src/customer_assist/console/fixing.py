"""From an answer to what it came from: an article to be corrected, or one to be written where none was cited."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from customer_assist.console import opened
from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import OUTCOMES, plain, shown

PAGE = "knowledge_page"  # where main.py keeps the page that is gone to
_FIX, _AGAIN = "knowledge_fix", "knowledge_again"
_NEAR = 5  # candidates that are offered where nothing was cited


@dataclass(frozen=True, slots=True)
class Fix:
    """An answer that somebody wants to be better."""

    question: str  # as it stands alone
    cited: tuple[tuple[str, str], ...]  # id and title of what the answer came from
    near: tuple[tuple[str, str], ...]  # of what was found beside that


def fix_button(client: Client, turn: Reply, key: str) -> None:
    """A button under a turn of the API that leads to the Knowledge page; none where people speak.

    `key` must be unique on the page.
    """
    with_people = turn["answered_by"] == "human" or turn["outcome"] in ("with_human", "handed_off")
    if with_people or not turn["question"]:
        return
    if st.button("Fix this answer", key=key, icon=":material/edit:"):
        fix = st.session_state[_FIX] = _fix_of(client, turn)
        st.session_state.pop(_AGAIN, None)
        if fix.cited:
            opened.one(fix.cited[0][0], editing=True)
        else:
            opened.new(fix.question)
        st.switch_page(st.session_state[PAGE])


def wanted() -> Fix | None:
    """What the Knowledge page was asked to fix."""
    fix = st.session_state.get(_FIX)
    return fix if isinstance(fix, Fix) else None


def done() -> None:
    st.session_state.pop(_FIX, None)
    st.session_state.pop(_AGAIN, None)


def show(client: Client, fix: Fix) -> None:
    """What is to be fixed, where else its answer may stand, and what the answer is by now."""
    with st.container(border=True):
        st.markdown("##### An answer to fix")
        st.text(fix.question)
        _say_where_it_stands(fix)
        again, over = st.columns(2)
        if again.button("Ask again", icon=":material/refresh:", width="stretch"):
            with st.spinner("Asking …"):
                st.session_state[_AGAIN] = client.ask(fix.question, None)
        if over.button("It is fixed", icon=":material/check:", width="stretch"):
            done()
            opened.close()
            st.rerun()
        if turn := st.session_state.get(_AGAIN):
            st.caption(f"The answer now: {OUTCOMES[turn['outcome']]}")
            st.markdown(shown(turn["answer"]))


def _say_where_it_stands(fix: Fix) -> None:
    now = opened.current()
    if not fix.cited:
        st.caption("It came from no article. Write one, or see whether one of these should have answered.")
    for document_id, title in (*fix.cited, *fix.near):
        if now and now.document_id == document_id:
            continue
        what = "It was cited" if document_id in dict(fix.cited) else "It was found"
        if st.button(f"{what}: {plain(title)}", key=f"fix-{document_id}"):
            opened.one(document_id, editing=True)
            st.rerun()
    if (now is None or now.document_id) and st.button("Write a new article for it", key="fix-new"):
        opened.new(fix.question)
        st.rerun()


def _fix_of(client: Client, turn: Reply) -> Fix:
    cited = _named(turn["citations"])
    question, found = turn["question"], _named(turn["alternatives"])
    try:
        trace = client.trace(turn["turn_id"])
    except ApiError:  # it was not recorded: what the turn itself says is enough
        return Fix(question, cited, found)
    candidates = [*trace["candidates"], *(hit for part in trace["requests"] for hit in part["candidates"])]
    there = [each for each in candidates if each["since"] in ("same", "changed")]
    near = tuple(one for one in _named(there) if one[0] not in dict(cited))
    return Fix(trace["query"] or question, cited, near[:_NEAR])


def _named(documents: list[Reply]) -> tuple[tuple[str, str], ...]:
    """Each once, in their order."""
    return tuple({each["document_id"]: each["title"] for each in documents}.items())

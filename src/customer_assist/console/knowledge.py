"""Knowledge: what the assistant can answer from. Look through it, correct it, add to it."""

from __future__ import annotations

import streamlit as st

from customer_assist.console import article, facts, fixing, opened, upload
from customer_assist.console.client import Client, Reply
from customer_assist.console.words import counted, heading, plain, source_name

_PAGE = 20  # articles that are listed at once
_AT, _LOOKED_FOR = "knowledge_at", "knowledge_looked_for"


def page(client: Client) -> None:
    st.title("Knowledge")
    if fix := fixing.wanted():
        fixing.show(client, fix)
    if now := opened.current():
        article.show(client, now)
        return
    part = st.segmented_control("Part", list(_PARTS), default="Articles", label_visibility="collapsed")
    _PARTS[part or "Articles"](client)


def _browse(client: Client) -> None:
    search, sources, new = st.columns([3, 2, 1], vertical_alignment="bottom")
    words = search.text_input("Look for words", key="knowledge_search", max_chars=200)
    known = client.documents("", None, 0, 1)["sources"]
    source = sources.selectbox(
        "From", [None, *known], format_func=lambda each: _source(each, known), key="knowledge_source"
    )
    if new.button("New article", icon=":material/add:", width="stretch"):
        opened.new()
        st.rerun()
    if st.session_state.get(_LOOKED_FOR) != (words, source):
        st.session_state[_LOOKED_FOR], st.session_state[_AT] = (words, source), 0
    at = st.session_state[_AT]
    found = client.documents(words, source, at, _PAGE)
    if not found["total"]:
        st.info(
            "No article has all of these words. Try fewer, or write a new one."
            if words or source
            else "Nothing is known yet. Write an article, or upload a file with questions and answers."
        )
        return
    for document in found["documents"]:
        if st.button(
            f"**{plain(heading(document))}**\n\n{plain(_line(document))}",
            key=f"open-{document['id']}",
            width="stretch",
        ):
            opened.one(document["id"])
            st.rerun()
    _turn_pages(at, found["total"])


def _line(document: Reply) -> str:
    asked = counted(len(document["questions"]), "way of asking", "ways of asking")
    begins = " ".join(document["text"].split())[:110]
    return " · ".join(part for part in (source_name(document["source"]), asked, begins) if part)


def _source(name: str | None, known: dict[str, int]) -> str:
    return "everywhere" if name is None else f"{source_name(name)} ({known[name]})"


def _turn_pages(at: int, total: int) -> None:
    back, told, on = st.columns([1, 2, 1], vertical_alignment="center")
    told.caption(f"{at + 1} to {min(at + _PAGE, total)} of {counted(total, 'article')}")
    if back.button("Back", disabled=at == 0, width="stretch", key="knowledge_back"):
        st.session_state[_AT] = max(0, at - _PAGE)
        st.rerun()
    if on.button("More", disabled=at + _PAGE >= total, width="stretch", key="knowledge_on"):
        st.session_state[_AT] = at + _PAGE
        st.rerun()


_PARTS = {"Articles": _browse, "Upload files": upload.show, "Facts": facts.show}

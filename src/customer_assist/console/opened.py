"""Which article the Knowledge page has open, if any."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_OPENED, _TOLD, _COUNT = "knowledge_opened", "knowledge_told", "knowledge_count"


@dataclass(frozen=True, slots=True)
class Opened:
    document_id: str  # "": a new one
    editing: bool = False
    question: str = ""  # of a new one: what it is to answer
    number: int = 0  # tells this opening from the one before: what was typed then is not shown now


def one(document_id: str, *, editing: bool = False) -> None:
    _set(Opened(document_id, editing, number=_next()))


def new(question: str = "") -> None:
    _set(Opened("", True, question, _next()))


def close() -> None:
    st.session_state.pop(_OPENED, None)
    st.session_state.pop(_TOLD, None)


def current() -> Opened | None:
    found = st.session_state.get(_OPENED)
    return found if isinstance(found, Opened) else None


def tell(notices: list[str]) -> None:
    """What a change led to, to be read after it."""
    st.session_state[_TOLD] = notices


def told() -> list[str] | None:
    """None: nothing was changed."""
    return st.session_state.get(_TOLD)


def _set(opened: Opened) -> None:
    close()
    st.session_state[_OPENED] = opened


def _next() -> int:
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1
    return int(st.session_state[_COUNT])

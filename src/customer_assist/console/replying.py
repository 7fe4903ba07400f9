"""What a person writes to a customer: kept until it was sent, and sent once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from uuid import uuid4

import streamlit as st

from customer_assist.console import entrance
from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import plain

_NAMELESS = "Support"


class Draft:
    """The reply in the making to one handoff.

    It outlives the field that it is written in, which Streamlit forgets when another page is shown, and a reload. Each
    reply has a number: what a second click on “Send” belongs to, and what makes its Idempotency-Key.
    """

    def __init__(self, handoff_id: str) -> None:
        self._kept = entrance.current().drafts.setdefault(handoff_id, {})
        self._id = handoff_id

    @property
    def number(self) -> int:
        return int(str(self._kept.get("number", 0)))

    @property
    def field(self) -> str:
        return f"text-{self._id}-{self.number}"

    @property
    def text(self) -> str:
        return str(self._kept.get("text", ""))

    @property
    def suggestion(self) -> dict[str, object] | None:
        """The one that it was made from."""
        used = self._kept.get("suggestion")
        return used if isinstance(used, dict) else None

    @property
    def attempt(self) -> str:
        """The same whenever the same reply is tried again."""
        nonce = self._kept.setdefault("nonce", str(uuid4()))
        return sha256(f"{nonce}\n{self.number}\n{self.text}".encode()).hexdigest()

    def keep(self) -> None:
        self._kept["text"] = st.session_state.get(self.field, "")

    def use(self, text: str, suggestion: dict[str, object]) -> None:
        """Instead of another suggestion; below what somebody wrote."""
        own = self.text if self.text != self._kept.get("as_suggested", "") else ""
        both = f"{own.rstrip()}\n\n{text}" if own.strip() else text
        self._kept |= {"text": both, "as_suggested": both, "suggestion": suggestion}
        st.session_state[self.field] = both

    def sent(self) -> None:
        number = self.number + 1
        self._kept.clear()
        self._kept["number"] = number


def reply_field(client: Client, handoff_id: str) -> None:
    """The field, “Send” and “Resolved”. What could not be sent stays, and why is said."""
    draft = Draft(handoff_id)
    st.session_state.setdefault(draft.field, draft.text)
    st.text_area(
        "Your reply", key=draft.field, height=110, max_chars=4000, on_change=draft.keep, placeholder="Write …"
    )
    with st.container(horizontal=True):
        if st.button("Send", key=f"send-{draft.field}", type="primary"):
            draft.keep()
            if _done(partial(_send, client, handoff_id, draft)):
                st.rerun()
        resolved = st.button("Resolved: back to the assistant", key=f"resolve-{handoff_id}")
        if resolved and _done(partial(client.resolve, handoff_id)):
            st.rerun()


def suggested_replies(client: Client, handoff_id: str) -> None:
    """What the articles say to the customer's last message; one is put into the field, to be changed and sent."""
    kept, draft = f"suggested-{handoff_id}", Draft(handoff_id)
    if st.button("Suggest replies", key=f"suggest-{handoff_id}", icon=":material/lightbulb:"):
        with st.spinner("Looking for what fits …"):
            _done(lambda: st.session_state.update({kept: client.suggest(handoff_id)}))
    suggested: Reply | None = st.session_state.get(kept)
    if suggested is None:
        return
    if not suggested["drafts"]:
        st.info("Nothing in your articles fits this. What you write can become an article afterwards.")
    elif suggested["unsure"]:
        st.caption("The assistant would not have answered this by itself: look twice.")
    for number, found in enumerate(suggested["drafts"]):
        with st.container(border=True):
            st.caption(f"From “{plain(found['title'])}” · {found['confidence']:.0%} sure")
            st.text((found["short"] or found["full"])["text"])
            with st.container(horizontal=True):
                for kind in ("short", "full"):
                    if found[kind] and st.button(f"Use {kind}", key=f"{kind}-{number}-{handoff_id}"):
                        draft.use(found[kind]["text"], {"id": suggested["id"], "draft": number})
                        st.rerun()
                rejected = st.button("Does not fit", key=f"reject-{number}-{handoff_id}")
                if rejected and _done(partial(client.reject, suggested["id"], number)):
                    st.toast("Noted.")


def name() -> str:
    """As customers see it."""
    return str(st.session_state.get("by") or "").strip() or _NAMELESS


def _send(client: Client, handoff_id: str, draft: Draft) -> None:
    if not draft.text.strip():
        raise ApiError("Write a reply first.")
    client.reply(handoff_id, draft.text, name(), draft.suggestion, draft.attempt)
    draft.sent()


def _done(deed: Callable[[], object]) -> bool:
    """Whether it was; why not is said."""
    try:
        deed()
    except ApiError as error:
        st.error(str(error))
        return False
    return True

"""Learned: replies of people that can become articles, and how suggested replies fared."""

from __future__ import annotations

import streamlit as st

from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import plain

_SAID = "learned_said"  # what became of the last click
_STATUSES = {"open": "To look over", "published": "Published", "rejected": "Rejected"}


def page(client: Client) -> None:
    st.title("Learned")
    st.caption("What somebody of you answered can become an article: from then on the assistant answers it.")
    status = st.segmented_control(
        "Show", list(_STATUSES), default="open", format_func=lambda each: _STATUSES[each]
    )
    if said := st.session_state.pop(_SAID, ""):
        st.success(said)
    drafts = client.drafts(status or "open")["drafts"]
    if not drafts:
        st.info("Nothing here. In the inbox, choose “Make it an article” under a reply.")
    for draft in drafts:
        with st.expander(draft["title"] or "Without a title", expanded=len(drafts) == 1):
            _edit(client, draft) if draft["status"] == "open" else _show(draft)
    _fared(client)


def _edit(client: Client, draft: Reply) -> None:
    for left in draft["personal"]:
        st.warning(f"This seems to be of one customer alone ({left['kind']}): {plain(left['text'])}")
    with st.form(f"draft-{draft['id']}"):
        title = st.text_input("Title", draft["title"])
        questions = st.text_area("Questions that it answers, one a line", "\n".join(draft["questions"]))
        text = st.text_area("Text", draft["text"], height=220)
        confirm = st.checkbox("I have looked at it, and it may be published as it is")
        save, publish, reject = st.columns(3)
        saved = save.form_submit_button("Save")
        published = publish.form_submit_button("Publish", type="primary")
        rejected = reject.form_submit_button("Reject")
    changed = {
        "title": title,
        "questions": [line.strip() for line in questions.splitlines() if line.strip()],
        "text": text,
    }
    try:
        if rejected:
            client.reject_draft(draft["id"])
            said = "Rejected: nothing is answered from it."
        elif saved or published:
            client.change_draft(draft["id"], changed)
            said = "Saved. Nothing is answered from it before it is published."
            if published:
                client.publish(draft["id"], confirm=confirm)
                said = "Published. The assistant answers from it now."
        else:
            return
    except ApiError as error:
        st.error(str(error))
        return
    st.session_state[_SAID] = said
    st.rerun()


def _show(draft: Reply) -> None:
    if draft["document_id"]:
        st.caption(f"Article {plain(draft['document_id'])}")
    st.text("\n".join(draft["questions"]))
    st.text(draft["text"])


def _fared(client: Client) -> None:
    st.subheader("Suggested replies")
    counts = client.suggestions()["counts"]
    if not counts["suggestions"]:
        st.info("None yet. In the inbox, choose “Suggest replies” in an open conversation.")
        return
    columns = st.columns(3)
    for column, (name, title) in zip(
        columns,
        {"sent": "Sent as they were", "edited": "Edited first", "rejected": "Rejected"}.items(),
        strict=True,
    ):
        column.metric(title, counts[name])

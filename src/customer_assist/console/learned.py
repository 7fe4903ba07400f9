"""Learned: replies of people that can become articles, and how suggested replies fared."""

from __future__ import annotations

import streamlit as st

from customer_assist.console.client import ApiError, Client, Reply

_STATUSES = {"draft": "To look over", "published": "Published", "rejected": "Rejected"}


def page(client: Client) -> None:
    st.title("Learned")
    st.caption("What somebody of you answered can become an article: from then on the assistant answers it.")
    status = st.segmented_control(
        "Show", list(_STATUSES), default="draft", format_func=lambda each: _STATUSES[each]
    )
    drafts = client.drafts(status or "draft")["drafts"]
    if not drafts:
        st.info("Nothing here. In the inbox, choose “Make it an article” under a reply.")
    for draft in drafts:
        with st.expander(draft["title"] or "Without a title", expanded=len(drafts) == 1):
            _edit(client, draft) if draft["status"] == "draft" else _show(draft)
    _fared(client)


def _edit(client: Client, draft: Reply) -> None:
    for warning in draft.get("warnings", []):
        st.warning(warning)
    with st.form(f"draft-{draft['id']}"):
        title = st.text_input("Title", draft["title"])
        questions = st.text_area("Questions that it answers, one a line", "\n".join(draft["questions"]))
        text = st.text_area("Text", draft["text"], height=220)
        confirm = st.checkbox("I have looked at the warnings, and it may be published as it is")
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
        elif saved or published:
            client.change_draft(draft["id"], changed)
            if published:
                client.publish(draft["id"], confirm=confirm)
        else:
            return
    except ApiError as error:
        st.error(str(error))
        return
    st.rerun()


def _show(draft: Reply) -> None:
    st.text("\n".join(draft["questions"]))
    st.text(draft["text"])


def _fared(client: Client) -> None:
    st.subheader("Suggested replies")
    outcomes = client.suggestions()["outcomes"]
    columns = st.columns(3)
    for column, (name, title) in zip(
        columns,
        {"sent": "Sent as they were", "edited": "Edited first", "rejected": "Rejected"}.items(),
        strict=True,
    ):
        column.metric(title, outcomes.get(name, 0))

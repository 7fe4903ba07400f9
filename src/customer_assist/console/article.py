"""One article: as customers see it, and as it is written."""

from __future__ import annotations

import re
import unicodedata
from secrets import token_hex

import streamlit as st

from customer_assist.console import fixing, opened
from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import DECISIONS, heading, plain, shown, source_name

_IN_NO_FILE = ("console", "learned")
_TRIED = 10  # of its ways of asking
_DELETING, _TRYING = "knowledge_deleting", "knowledge_trying"


def show(client: Client, now: opened.Opened) -> None:
    """The one that is open."""
    if st.button("All articles", icon=":material/arrow_back:"):
        opened.close()
        fixing.done()
        st.rerun()
    if not now.document_id:
        _edit(client, now, None)
        return
    try:
        document = client.document(now.document_id)
    except ApiError as error:
        gone = "This article is not there any more: somebody deleted it, or its file came without it."
        st.error(gone if error.status == 404 else str(error))
        return
    if now.editing:
        _edit(client, now, document)
    else:
        _read(client, document)


# --- reading -------------------------------------------------------------------------------------------


def _read(client: Client, document: Reply) -> None:
    st.subheader(plain(heading(document)))
    st.caption(" · ".join(_about(document)))
    if (notices := opened.told()) is not None:
        st.success("Saved. The assistant answers from it now.")
        for notice in notices:
            st.warning(plain(notice))
    change, trying, delete = st.columns(3)
    if change.button("Edit", icon=":material/edit:", width="stretch"):
        opened.one(document["id"], editing=True)
        st.rerun()
    if document["questions"] and trying.button("Is it found?", icon=":material/search:", width="stretch"):
        st.session_state[_TRYING] = document["id"]
    if delete.button("Delete …", icon=":material/delete:", width="stretch"):
        st.session_state[_DELETING] = document["id"]
    if st.session_state.get(_DELETING) == document["id"]:
        _ask_before_deleting(client, document)
    if st.session_state.get(_TRYING) == document["id"]:
        _try(client, document)
    st.markdown("##### As a customer sees it")
    _as_seen(client, _content(document))
    if document["questions"]:
        st.markdown("##### Ways of asking")
        st.text("\n".join(document["questions"]))
    if document["fields"]:
        st.markdown("##### Kept beside it")
        st.dataframe(
            [{"what": name, "value": value} for name, value in document["fields"].items()], hide_index=True
        )


def _about(document: Reply) -> list[str]:
    learned = document["learned_from"]
    facts = [
        f"from {plain(source_name(document['source']))}" if document["source"] not in _IN_NO_FILE else "",
        source_name(document["source"]) if document["source"] in _IN_NO_FILE else "",
        f"its name is {plain(document['id'])}",
        plain(document["url"] or ""),
        f"learned from the draft {plain(learned['draft_id'])}" if learned else "",
    ]
    return [fact for fact in facts if fact]


def _as_seen(client: Client, content: Reply) -> None:
    with st.spinner("Reading it as a customer would …", show_time=False):
        seen = client.shown(content)
    with st.container(border=True):
        if seen["text"]:
            st.markdown(shown(seen["text"]))
        else:
            st.caption("Nothing: it has no text that could be shown, so no answer comes from it.")
    for each in seen["left_out"]:
        st.warning(f"No answer uses this, because {each['why']}: {plain(each['sentence'])}")
    for sentence in seen["lost"]:
        st.warning(f"Left out, because a fact is missing: {plain(sentence)}")
    for each in seen["lacking"]:
        name = plain("{{" + each["name"] + "}}")
        if each["profile_key"]:
            st.caption(f"Nothing fills {name} yet: enter it under “Facts”.")
        else:
            st.caption(f"{name} is filled with what the customer wrote, where they wrote it.")


def _try(client: Client, document: Reply) -> None:
    with st.spinner("Asking its own questions …"):
        tried = client.tried(document["questions"][:_TRIED])["tried"]
    st.dataframe([_met(each, document["id"]) for each in tried], hide_index=True, width="stretch")
    if any(each["first"] is None or each["first"]["document_id"] != document["id"] for each in tried):
        st.caption(
            "Where another article comes first, that one is asked for in nearly the same words: tell the two apart, "
            "or make one of them."
        )


def _met(tried: Reply, own: str) -> Reply:
    first = tried["first"]
    return {
        "asked": tried["question"],
        "comes first": "this article"
        if first and first["document_id"] == own
        else first["title"]
        if first
        else "nothing",
        "what happens": DECISIONS[tried["decision"]],
        "sure": f"{tried['confidence']:.0%}",
    }


def _ask_before_deleting(client: Client, document: Reply) -> None:
    comes_back = (
        "It is in no file: it does not come back."
        if document["source"] in _IN_NO_FILE
        else f"It came with {plain(document['source'])}: when that is loaded again and still has it, it comes back."
    )
    with st.container(border=True):
        st.warning(f"Delete “{plain(heading(document))}”? {comes_back}")
        yes, no = st.columns(2)
        if yes.button("Yes, delete it", type="primary", width="stretch"):
            client.delete_document(document["id"])
            st.session_state.pop(_DELETING, None)
            opened.close()
            fixing.done()
            st.toast("Deleted.")
            st.rerun()
        if no.button("Keep it", width="stretch"):
            st.session_state.pop(_DELETING, None)
            st.rerun()


# --- writing -------------------------------------------------------------------------------------------


def _edit(client: Client, now: opened.Opened, document: Reply | None) -> None:
    before = document or {"title": "", "questions": [now.question] if now.question else [], "text": ""}
    before = {"url": None, "fields": {}, **before}
    if document and document["source"] not in _IN_NO_FILE:
        st.info(
            f"It came with {plain(document['source'])}. What you write here holds until that is loaded again: change "
            "it there, too."
        )
    with st.form(f"article-{now.number}"):
        title = st.text_input("Title", before["title"], key=f"title-{now.number}")
        questions = st.text_area(
            "Ways of asking, one a line", "\n".join(before["questions"]), key=f"questions-{now.number}"
        )
        text = st.text_area("Answer", before["text"], height=260, key=f"text-{now.number}")
        url = st.text_input(
            "Web address of the page, if there is one", before["url"] or "", key=f"url-{now.number}"
        )
        save, preview, cancel = st.columns(3)
        saved = save.form_submit_button("Save", type="primary", width="stretch")
        previewed = preview.form_submit_button("Preview", width="stretch")
        cancelled = cancel.form_submit_button("Cancel", width="stretch")
    if cancelled:
        opened.one(now.document_id) if now.document_id else opened.close()
        st.rerun()
    if not (saved or previewed):
        return
    content = _content(
        {**before, "title": title, "questions": _lines(questions), "text": text, "url": url.strip()}
    )
    if problem := _problem(content):
        st.error(problem)
        return
    try:
        if previewed:
            st.markdown("##### As a customer would see it")
            _as_seen(client, content)
            return
        with st.spinner("Saving …"):
            put = client.put_document(now.document_id or _new_id(content), content)
    except ApiError as error:
        st.error(str(error))
        return
    opened.one(put["document"]["id"])
    opened.tell(put["notices"])
    st.session_state[_TRYING] = put["document"]["id"]
    st.rerun()


def _content(document: Reply) -> Reply:
    """What the API takes: parts that are empty are left out."""
    names = ("title", "questions", "text", "fields", "url")
    return {name: document[name] for name in names if document[name]}


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _problem(content: Reply) -> str:
    if not str(content.get("text", "")).strip():
        return "Write the answer first."
    if not content.get("questions") and not str(content.get("title", "")).strip():
        return "Write a title, or a way of asking for it."
    return ""


def _new_id(content: Reply) -> str:
    """Told apart from all others by its end: nothing that is there is written over."""
    named = str(content.get("title") or content["questions"][0])
    plainly = unicodedata.normalize("NFKD", named).encode("ascii", "ignore").decode().lower()
    return "-".join([*re.findall(r"[a-z0-9]+", plainly)[:6], token_hex(4)])

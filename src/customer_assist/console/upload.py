"""Files into the knowledge: what would change, and only then the change."""

from __future__ import annotations

from hashlib import sha256

import streamlit as st

from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import counted, plain

KINDS = ["csv", "json", "jsonl", "ndjson", "md", "markdown"]
_PREVIEWS, _DONE = "upload_previews", "upload_done"
_ROWS = 50  # bad ones that are shown


def show(client: Client) -> None:
    st.caption(
        "A table with questions and answers (CSV, JSON, JSONL), or articles in Markdown. The same file again brings "
        "what it held up to date: what is no longer in it goes. Nothing is changed before you say so."
    )
    files = st.file_uploader("Files", type=KINDS, accept_multiple_files=True)
    for report in st.session_state.get(_DONE, []):
        st.success(
            f"{plain(report['source'])} is loaded: {_counts(report)}. The assistant answers from it now."
        )
    if not files:
        st.info("Choose a file, or drop one here. You see what it would change before it does.")
        return
    for number, file in enumerate(files):
        with st.container(border=True):
            _one(client, file.name, file.getvalue(), number)


def _one(client: Client, name: str, content: bytes, number: int) -> None:
    st.markdown(f"**{plain(name)}**")
    key = sha256(name.encode() + b"\0" + content).hexdigest()
    previews: dict[str, Reply] = st.session_state.setdefault(_PREVIEWS, {})
    if key not in previews:
        try:
            with st.spinner("Reading it …"):
                previews[key] = client.preview_file(name, content)
        except ApiError as error:
            st.error(plain(str(error)))
            return
    told = previews[key]
    _tell(told)
    if not any(told[what] for what in ("added", "changed", "deleted")):
        st.info("Nothing would change: all of it is known.")
        return
    if st.button("Load it", type="primary", key=f"load-{number}-{key[:8]}"):
        _load(client, name, content, key)


def _tell(told: Reply) -> None:
    columns = st.columns(5)
    titles = {
        "added": "New",
        "changed": "Changed",
        "unchanged": "Unchanged",
        "deleted": "Removed",
        "bad": "Not usable",
    }
    for column, (what, title) in zip(columns, titles.items(), strict=True):
        column.metric(title, f"{told[what]:,}")
    if told["sample_goes"]:
        st.warning("The sample business goes when this is loaded: your own knowledge answers then.")
    if told["loaded_from"] and told["loaded_from"] != "an upload":
        st.warning(
            f"{plain(told['source'])} was loaded from {plain(told['loaded_from'])} before: this takes its place."
        )
    if told["bad"]:
        st.caption(
            "These rows are left out; as long as there are such rows, nothing is removed of what this file brought "
            "before."
        )
        st.dataframe(
            [
                {"where": f"{row['file']}:{row['line']}", "why": row["reason"]}
                for row in told["bad_rows"][:_ROWS]
            ],
            hide_index=True,
            width="stretch",
        )
        if told["bad"] > _ROWS:
            st.caption(f"and {told['bad'] - min(_ROWS, len(told['bad_rows'])):,} more")
    for notice in told["notices"]:
        st.warning(plain(notice))
    for fact in told["lacking"]:
        st.caption(
            f"{plain('{{' + fact['name'] + '}}')} stands in {counted(fact['documents'], 'article')} and nothing "
            f"fills it ({counted(fact['sentences_lost'], 'sentence')} left out): enter it under “Facts” afterwards."
        )


def _load(client: Client, name: str, content: bytes, key: str) -> None:
    bar = st.progress(0.0, "Loading … thousands of new rows take minutes; customers are answered meanwhile.")

    def tell(done: int, of: int) -> None:
        bar.progress(done / of if of else 1.0, f"Reading what is new: {done:,} of {of:,} texts")

    try:
        report = client.load_file(name, content, tell)
    except ApiError as error:
        bar.empty()
        st.error(plain(str(error)))
        return
    st.session_state[_PREVIEWS] = {}  # of what is known now, all are different
    st.session_state[_DONE] = [*st.session_state.get(_DONE, [])[-4:], report]
    st.rerun()


def _counts(report: Reply) -> str:
    parts = {"added": "new", "changed": "changed", "unchanged": "unchanged", "deleted": "removed"}
    counts = [f"{report[what]:,} {word}" for what, word in parts.items() if report[what]]
    if report["bad"]:
        counts.append(f"{report['bad']:,} not usable")
    return ", ".join(counts) or "nothing changed"

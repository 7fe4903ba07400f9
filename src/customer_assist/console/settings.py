"""Settings: how the assistant is set up, and whether all is as it should be. Read here, changed in its environment."""

from __future__ import annotations

import streamlit as st

from customer_assist.console.client import Client, Reply
from customer_assist.console.words import counted, plain

_STATES = {
    "current": "up to date",
    "behind": "being prepared: questions are answered from the version before meanwhile",
    "not loaded": "not loaded yet: the first question loads it",
}
_ENGINES = {"hybrid": "by words and by meaning", "lexical": "by words", "dense": "by meaning"}
_DOCS = "settings.md, deploy.md and console.md in the folder docs of the project"


def page(client: Client) -> None:
    st.title("Settings")
    with st.spinner("Asking the assistant …"):
        told = client.settings()
    st.caption("Settings are changed in the environment or in .env, and count from the next start on.")
    _warn(told)
    for title, lines in _parts(told).items():
        st.subheader(title)
        for what, is_ in lines.items():
            left, right = st.columns([1, 2])
            left.caption(what)
            right.text(is_)
    st.caption(f"What each setting does: {_DOCS}. The API describes itself at {plain(client.base)}/docs")


def _warn(told: Reply) -> None:
    clocks, knowledge, model = told["clocks"], told["knowledge"], told["model"]
    if not clocks["agree"]:
        st.error(
            f"The clocks of the database and the assistant are {abs(clocks['seconds']):.1f} s apart: set them right, "
            "or times are shown wrong."
        )
    if not knowledge["documents"]:
        st.warning("Nothing is known yet: load a file on the page “Knowledge”.")
    elif knowledge["demo"]:
        st.warning("The sample business is loaded: it goes when your first file comes.")
    if not (told["notices"]["email"] or told["notices"]["webhook"]):
        st.info(
            "Nobody is told of customers who wait for a person: one has to look into the inbox. docs/notices.md says "
            "how to be told by e-mail."
        )
    if model and model["calls_today"] >= model["calls_per_day"]:
        st.warning("The language model's calls for today are used up: answers are taken word for word.")


def _parts(told: Reply) -> dict[str, dict[str, str]]:
    knowledge, index, limits, notices = told["knowledge"], told["index"], told["limits"], told["notices"]
    return {
        "The assistant": {
            "Version": told["version"],
            "Search": _ENGINES.get(told["engine"], str(told["engine"]))
            + (", tuned for your business" if index["tuned"] else ""),
            "Embedding model": told["embedding"] or "none: search is by words",
            "Answers are written by": _model(told["model"]),
            "How careful it is": told["target"],
        },
        "Knowledge": {
            "Articles": f"{knowledge['documents']:,} from {counted(knowledge['sources'], 'source')}",
            "Parts that are searched": f"{knowledge['passages']:,}",
            "Version of the knowledge": str(knowledge["version"]),
            "Index": _STATES[index["state"]],
        },
        "People": {
            "E-mail when somebody waits": f"to {counted(notices['told'], 'address', 'addresses')}"
            if notices["email"]
            else "off",
            "Webhook when somebody waits": "on" if notices["webhook"] else "off",
        },
        "Limits": {
            "Questions of one customer": f"{limits['per_minute']} a minute"
            if limits["per_minute"]
            else "no limit",
            "Longest question": f"{limits['longest_question']:,} characters",
            "Largest file": f"{limits['largest_file'] // 1_000_000} MB",
            "Websites that may show the chat": ", ".join(told["origins"]) or "none but its own page",
            "Proxies in front": str(limits["trusted_proxies"]),
        },
        "Database and time": {
            "Database": f"{told['database']['kind']}, PostgreSQL {told['database']['server']}",
            "Time zone": told["time_zone"],
            "Clocks": "agree" if told["clocks"]["agree"] else "do not agree",
        },
    }


def _model(model: Reply | None) -> str:
    if model is None:
        return "nobody: they are taken word for word from your articles"
    used = f"{model['calls_today']:,} of {model['calls_per_day']:,} calls used today"
    return f"{model['name']} at {model['host']}, {used}"

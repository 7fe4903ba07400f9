"""Facts about the business: which your texts ask for and nobody entered, and which are known."""

from __future__ import annotations

import streamlit as st

from customer_assist.console import opened
from customer_assist.console.client import ApiError, Client, Reply
from customer_assist.console.words import counted, plain

_TOLD = "facts_told"
_SHOWN = 30  # facts that are lacking


def show(client: Client) -> None:
    with st.spinner("Looking through your articles …"):
        facts = client.facts()
    if told := st.session_state.pop(_TOLD, None):
        st.success(told)
    _lacking(client, facts)
    _known(client, facts)
    _keep(facts)


def _lacking(client: Client, facts: Reply) -> None:
    st.subheader("Asked for, and not known")
    lacking = facts["lacking"]
    if not lacking:
        st.info("Nothing: every fact that your articles ask for is known.")
    else:
        st.caption("Your articles hold these placeholders. Until you enter the fact, answers do without it.")
    for number, fact in enumerate(lacking[:_SHOWN]):
        name = plain("{{" + fact["name"] + "}}")
        lost = fact["sentences_lost"]
        what = f"{counted(lost, 'sentence')} left out" if lost else "worded without it"
        with st.expander(
            f"{name} · in {counted(fact['documents'], 'article')} · {what}", expanded=number == 0
        ):
            for place_number, place in enumerate(fact["places"]):
                st.caption("Left out of answers:" if place["lost"] else "Worded without the fact:")
                st.text(place["sentence"])
                if st.button(
                    f"Open “{plain(place['title'])}”", key=f"place-{number}-{place_number}", type="tertiary"
                ):
                    opened.one(place["document_id"])
                    st.rerun()
            _enter(client, fact["profile_key"], fact["name"], "", f"lacking-{fact['profile_key']}")
    if len(lacking) > _SHOWN:
        st.caption(f"and {len(lacking) - _SHOWN} more, asked for more rarely")
    if facts["given_by_customers"]:
        names = ", ".join(plain("{{" + each["name"] + "}}") for each in facts["given_by_customers"])
        st.caption(f"Filled with what customers write, so nothing is to be entered: {names}")


def _known(client: Client, facts: Reply) -> None:
    st.subheader("Known")
    known = facts["known"]
    if not known:
        st.info("No fact was entered yet.")
        return
    st.dataframe(
        [
            {"fact": each["fills"][0], "value": each["value"], "in business.toml": each["key"]}
            for each in known
        ],
        hide_index=True,
        width="stretch",
    )
    with st.expander("Change one"):
        chosen = st.selectbox("Fact", known, format_func=lambda each: each["fills"][0], key="facts_chosen")
        if chosen:
            _enter(client, chosen["key"], chosen["fills"][0], chosen["value"], f"known-{chosen['key']}")


def _enter(client: Client, profile_key: str, name: str, value: str, key: str) -> None:
    with st.form(f"fact-{key}"):
        entered = st.text_input(
            f"What stands for {plain('{{' + name + '}}')}", value, max_chars=2000, key=f"value-{key}"
        )
        st.caption(f"In business.toml: {plain(profile_key)}")
        saved = st.form_submit_button("Save")
    if not saved:
        return
    if not entered.strip() and not value:
        st.error("Write the fact first.")
        return
    try:
        client.enter_fact(profile_key, entered)
    except ApiError as error:
        st.error(plain(str(error)))
        return
    st.session_state[_TOLD] = (
        f"Saved. Answers say it from now on: {plain(entered)}" if entered.strip() else "Taken away."
    )
    st.rerun()


def _keep(facts: Reply) -> None:
    st.subheader("Keep it")
    came_with = facts["came_with"]
    st.caption(
        f"The facts came with {plain(came_with)}. When that is loaded again, what its business.toml says counts: put "
        "this file in its place."
        if came_with
        else "The facts are kept in the database. As a file they can stand beside your articles, and are loaded with "
        "them."
    )
    st.download_button("Download business.toml", facts["toml"], "business.toml", "application/toml")
    with st.expander("All that the business profile states"):
        st.code(facts["toml"], language="toml", wrap_lines=True)

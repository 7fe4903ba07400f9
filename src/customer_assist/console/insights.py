"""Insights: what happened, in words first, then figures and plots."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from customer_assist.console import plots
from customer_assist.console.client import Client, Reply
from customer_assist.console.words import OUTCOMES, ago, day_of, local, plain

_PERIODS = {1: "Today", 7: "7 days", 30: "30 days", 90: "90 days"}
CAME = {
    "confirmed": "Confirmed: the customer said so",
    "assumed": "Probably helped: went on to something else",
    "handed_over": "Handed over to a person",
    "not_helped": "Not helped",
    "unknown": "Unknown: left without a word",
}
WHY = {
    "rated_up": "thumb up",
    "said_so": "said so",
    "went_on": "went on to another subject",
    "waiting": "still waiting for a person",
    "taken": "in a person's hands",
    "resolved": "resolved by a person",
    "closed_unanswered": "closed without a person's word",
    "rated_down": "thumb down",
    "objected": "said that it did not help",
    "declined": "I didn't know",
    "asked_back": "asked back, and the customer left",
    "silent": "left after an answer",
    "nothing_asked": "asked nothing",
}
_LABELS = {
    "RELEVANT": "right",
    "PARTLY_RELEVANT": "partly right",
    "NON_RELEVANT": "wrong",
}
_WRITERS = {"extractive": "your own words", "human": "a person of your team"}
_STAGES = {"retrieve": "search", "answer": "writing", "all": "in all"}


def page(client: Client) -> None:
    st.title("Insights")
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    days = left.segmented_control(
        "Time", list(_PERIODS), default=7, format_func=lambda each: _PERIODS[each], key="insights_days"
    )
    everything = right.checkbox(
        "Count what you tried out yourselves", help="The console, the terminal and set-up, beside customers."
    )
    channel = "all" if everything else "customers"
    with st.spinner("Counting …"):
        stats = client.stats(days or 7, channel)
        digest = client.digest(days or 7, channel) if stats["messages"] else None
    if digest is None:
        st.info(
            "Nobody wrote in this time. Put the assistant on your website, ask it something under “Ask” (and count "
            "what you tried out yourselves), or see how this page looks with `customer-assist demo-traffic`."
        )
        return
    if stats["demo"]:
        st.caption(
            "Sample traffic is counted here, too: `customer-assist demo-traffic --remove` takes it away."
        )
    _digest(digest)
    _came(stats)
    _volume(stats)
    _reference(stats)
    _people(stats)
    _cost(stats)
    _articles(stats)
    _backlog(stats)


def _digest(digest: Reply) -> None:
    with st.container(border=True):
        for line in digest["lines"]:
            st.markdown(plain(line))
        if digest["next"]:
            st.markdown("**What to do next**")
            for line in digest["next"]:
                st.markdown(f"- {plain(line)}")
        st.caption(
            "“Before” is as many days earlier; of a day that is not over, up to the same time of the day."
        )


def _came(stats: Reply) -> None:
    outcomes = stats["outcomes"]
    if not outcomes["conversations"]:
        return
    rows = [
        {
            "outcome": said,
            **{name: round(outcomes[came][name], 3) for name in ("share", "low", "high")},
            "conversations": outcomes[came]["conversations"],
            "why": ", ".join(f"{WHY[why]}: {count}" for why, count in outcomes[came]["why"].items()),
        }
        for came, said in CAME.items()
    ]
    plots.shares("What came of conversations", rows, "outcome")
    st.caption("A customer who leaves without a word may have been helped or not: that counts as unknown.")


def _volume(stats: Reply) -> None:
    plots.bars("Messages by day", _days(stats), "day", "messages")
    left, right = st.columns(2)
    with left:
        rows = [
            {"outcome": OUTCOMES[name], "messages": count}
            for name, count in stats["turns_by_outcome"].items()
        ]
        plots.bars("How messages ended", rows, "outcome", "messages", across=True)
    with right:
        st.subheader("In short")
        st.metric("Conversations", stats["conversations"])
        st.metric("Messages", stats["messages"])
        share = stats["degraded"]["share"]
        st.metric("Model could not answer", "–" if share is None else f"{share:.1%}")


def _days(stats: Reply) -> list[dict[str, object]]:
    return [
        {"day": day_of(day["day"]), "messages": day["messages"], "conversations": day["conversations"]}
        for day in stats["days"]
    ]


def _reference(stats: Reply) -> None:
    """Last five, thumbs, relevance, tokens, model used, response time."""
    zone = ZoneInfo(stats["period"]["time_zone"])
    st.subheader("Last 5 messages")
    plots.table(
        [
            {
                "when": local(turn["asked_at"], zone),
                "question": turn["question"],
                "answer": turn["answer"],
                "judged": _LABELS.get(turn["relevance"], "–"),
            }
            for turn in stats["latest"]
        ]
    )
    left, middle, right = st.columns(3)
    with left:
        rows = [
            {"thumb": "up", "given": stats["ratings"]["up"]},
            {"thumb": "down", "given": stats["ratings"]["down"]},
        ]
        plots.bars("+1 / −1", rows if any(row["given"] for row in rows) else [], "thumb", "given")
    with middle:
        _relevance(stats["relevance"])
    with right:
        rows = [
            {"written by": _WRITERS.get(name, name), "replies": count}
            for name, count in stats["answered_by"].items()
        ]
        plots.bars("Model used", rows, "written by", "replies", across=True)
    left, right = st.columns(2)
    with left:
        rows = [
            {
                "day": day_of(spent["day"]),
                "tokens": spent["prompt_tokens"] + spent["completion_tokens"],
                "model": _model(spent),
            }
            for spent in stats["cost"]["days"]
        ]
        plots.bars("Tokens", rows, "day", "tokens", colour="model")
    with right:
        seconds = stats["seconds"]
        rows = [
            {"stage": said, "seconds": round(seconds[stage][part], 3), "of answers": of}
            for stage, said in _STAGES.items()
            for part, of in (("p50", "half"), ("p95", "95 of 100"))
            if seconds[stage][part] is not None
        ]
        plots.bars("Response time", rows, "stage", "seconds", colour="of answers", beside=True)


def _relevance(relevance: Reply) -> None:
    rows = [{"judged": _LABELS.get(label, label), "answers": n} for label, n in relevance["judged"].items()]
    plots.bars("Relevance, by a judge", rows, "judged", "answers", across=True)
    if relevance["expected"] is not None:
        st.caption(
            f"Of {relevance['estimated']} answers that no judge saw, the assistant expected "
            f"{relevance['expected']:.0%} to be right. That is an estimate, no judgment."
        )


def _model(spent: Reply) -> str:
    return f"{spent['model']} as judge" if spent["purpose"] == "judging" else str(spent["model"])


def _people(stats: Reply) -> None:
    handoffs = stats["handoffs"]
    st.subheader("Handed over to people")
    for column, (name, value) in zip(
        st.columns(4),
        (
            ("Waiting now", handoffs["waiting_now"]),
            ("Handed over", handoffs["opened"]),
            ("First word, half within", _duration(handoffs["first_word"]["p50"])),
            ("First word, 95 of 100 within", _duration(handoffs["first_word"]["p95"])),
        ),
        strict=True,
    ):
        column.metric(name, value)


def _cost(stats: Reply) -> None:
    cost = stats["cost"]
    st.subheader("Cost")
    if not cost["days"]:
        st.caption(
            "No language model was used: answers came word for word from your texts, and cost nothing."
        )
        return
    amounts = [
        {
            "currency": currency,
            "in all": f"{amount:.4f}",
            "for a conversation": f"{cost['per_conversation'].get(currency, 0):.5f}",
        }
        for currency, amount in cost["total"].items()
    ]
    if amounts:
        plots.table(amounts)
    for model, tokens in cost["unpriced"].items():
        st.warning(
            plain(f"{model or 'A judge'} has no price: {tokens} tokens are not counted. ")
            + "Enter it with `customer-assist prices`."
        )
    with st.expander("By day and model"):
        plots.table(
            [
                {
                    "day": day_of(spent["day"]),
                    "model": _model(spent),
                    "tokens": spent["prompt_tokens"] + spent["completion_tokens"],
                    "cost": "no price"
                    if spent["amount"] is None
                    else f"{spent['amount']:.4f} {spent['currency']}",
                }
                for spent in cost["days"]
            ]
        )


def _articles(stats: Reply) -> None:
    articles = stats["articles"]
    rows = [
        {"article": used["title"] + (" (deleted)" if used["gone"] else ""), "answers": used["answers"]}
        for used in articles["most_used"]
    ]
    plots.bars("Most used articles", rows, "article", "answers", across=True)
    ingested = articles["last_ingest"]
    when = f"{ago(ingested, datetime.now(UTC))} ago" if ingested else "never"
    st.caption(f"{articles['documents']} articles; files last came in: {when}.")
    if articles["unused"]:
        with st.expander(f"Not used in this time: {articles['unused']}"):
            plots.table([{"article": each["title"]} for each in articles["unused_first"]])


def _backlog(stats: Reply) -> None:
    waiting = [kind for kind in stats["backlog"] if kind["waiting"] or kind["given_up"]]
    if waiting:
        st.subheader("Work that waits")
        names = ("kind", "waiting", "failing", "given_up", "failure")
        plots.table([{name.replace("_", " "): kind[name] for name in names} for kind in waiting])


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    for length, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"

"""Plots, each with its table: who cannot see the one reads the other. Colours are the theme's, light or dark."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import streamlit as st

from customer_assist.console.words import plain

Row = dict[str, object]
_ACCENT = "#2f8f77"  # at least 3 to 1 on both backgrounds
_INK = "#7a7f78"
_NAME = 160  # px for a name at most, so that on a phone something is left for the bars


def bars(
    title: str,
    rows: Sequence[Row],
    x: str,
    y: str,
    *,
    across: bool = False,
    colour: str = "",
    beside: bool = False,
) -> None:
    """One bar for each row, in their order; `across`: lying, with long names at their left. Of several rows of one
    name, told apart by `colour`, the bars stand on each other, which adds them up, or `beside` each other."""
    if not _headed(title, rows):
        return
    names = alt.Axis(labelLimit=_NAME, title=None, labelAngle=0 if across else -40, labelOverlap=not across)
    category, amount = alt.X(f"{x}:N", sort=None, axis=names), alt.Y(f"{y}:Q", axis=_whole(rows, y))
    if across:
        category, amount = (
            alt.X(f"{y}:Q", axis=_whole(rows, y)),
            alt.Y(f"{x}:N", sort=None, axis=names),
        )
    marks = (
        alt.Chart(_data(rows), title="")
        .mark_bar(color=_ACCENT)
        .encode(x=category, y=amount, tooltip=_tips(rows))
    )
    if colour:
        legend = alt.Legend(orient="bottom", columns=1, labelLimit=_NAME)
        marks = marks.encode(color=alt.Color(f"{colour}:N", title=None, legend=legend))
    if beside:
        marks = marks.encode(xOffset=alt.XOffset(f"{colour}:N"))
    _show(marks, title, rows)


def shares(title: str, rows: Sequence[Row], name: str) -> None:
    """Shares as points with their 95 % intervals: the columns share, low and high, 0 to 1.

    A name's parts, before and after a colon, stand in two lines: a phone is narrow."""
    if not _headed(title, rows):
        return
    percent = alt.Axis(format="%", title=["of conversations,", "with its 95 % interval"], tickCount=5)
    split = alt.Axis(title=None, labelLimit=_NAME, labelOverlap=False, labelExpr="split(datum.label, ': ')")
    names = alt.Y(f"{name}:N", sort=None, axis=split)
    base = alt.Chart(_data(rows))
    spans = base.mark_rule(color=_INK, strokeWidth=3).encode(
        x=alt.X("low:Q", axis=percent, scale=alt.Scale(domain=[0, 1])), x2="high:Q", y=names
    )
    points = base.mark_circle(color=_ACCENT, size=140, opacity=1).encode(
        x="share:Q", y=names, tooltip=_tips(rows)
    )
    _show(spans + points, title, rows, [row | _percent(row) for row in rows])


def curve(title: str, rows: Sequence[Row], x: str, y: str, kind: str, at: float) -> None:
    """Lines by `kind`, with a mark at x = `at`."""
    if not _headed(title, rows):
        return
    percent = alt.Axis(format="%")
    lines = (
        alt.Chart(_data(rows))
        .mark_line(point=False)
        .encode(
            x=alt.X(f"{x}:Q", axis=percent),
            y=alt.Y(f"{y}:Q", axis=percent),
            color=alt.Color(f"{kind}:N", title=None, legend=alt.Legend(orient="bottom", columns=1)),
            strokeDash=alt.StrokeDash(f"{kind}:N", title=None),
            tooltip=_tips(rows),
        )
    )
    mark = alt.Chart(_data([{x: at}])).mark_rule(color=_INK, strokeDash=[4, 4]).encode(x=f"{x}:Q")
    _show(lines + mark, title, rows)


def table(rows: Sequence[Row]) -> None:
    """As text: Streamlit would read a cell's Markdown."""
    st.table([{name: _cell(value) for name, value in row.items()} for row in rows])


def _headed(title: str, rows: Sequence[Row]) -> bool:
    st.subheader(title)
    if not rows:
        st.caption("Nothing to show for this time.")
    return bool(rows)


def _percent(row: Row) -> dict[str, object]:
    return {
        part: f"{value:.0%}" for part in ("share", "low", "high") if isinstance(value := row[part], float)
    }


def _show(
    chart: alt.Chart | alt.LayerChart, title: str, rows: Sequence[Row], told: Sequence[Row] = ()
) -> None:
    """`told`: the rows as the table says them, where that is otherwise."""
    st.altair_chart(
        chart.properties(description=f"{title}. The table below says the same.", height="container"),
        height=260,
    )
    with st.expander(f"{title}: as a table"):
        table(told or rows)


def _data(rows: Sequence[Row]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _tips(rows: Sequence[Row]) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(field=name, type="quantitative" if isinstance(value, int | float) else "nominal")
        for name, value in rows[0].items()
    ]


def _whole(rows: Sequence[Row], name: str) -> alt.Axis:
    whole = all(isinstance(row[name], int) for row in rows)
    return alt.Axis(title=name, tickMinStep=1) if whole else alt.Axis(title=name)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return plain(f"{value:.3g}" if isinstance(value, float) else str(value))

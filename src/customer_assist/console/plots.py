"""Plots, each with its table: who cannot see the one reads the other. Colours are the theme's, light or dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import streamlit as st

from customer_assist.console.words import plain

Row = Mapping[str, object]
_ACCENT = "#2f8f77"  # at least 3 to 1 on both backgrounds
_INK = "#7a7f78"


def bars(title: str, rows: Sequence[Row], x: str, y: str, *, across: bool = False, colour: str = "") -> None:
    """One bar for each row, in their order; `across`: lying, with long names at their left."""
    if not _headed(title, rows):
        return
    names = alt.Axis(labelLimit=220, title=None, labelAngle=0 if across else -40)
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
    _show(marks.encode(color=alt.Color(f"{colour}:N", title=None)) if colour else marks, title, rows)


def shares(title: str, rows: Sequence[Row], name: str) -> None:
    """Shares as points with their 95 % intervals: the columns share, low and high, 0 to 1."""
    if not _headed(title, rows):
        return
    percent = alt.Axis(format="%", title="of conversations, with its 95 % interval")
    names = alt.Y(f"{name}:N", sort=None, axis=alt.Axis(title=None, labelLimit=220))
    base = alt.Chart(_data(rows))
    spans = base.mark_rule(color=_INK, strokeWidth=3).encode(
        x=alt.X("low:Q", axis=percent, scale=alt.Scale(domain=[0, 1])), x2="high:Q", y=names
    )
    points = base.mark_circle(color=_ACCENT, size=140, opacity=1).encode(
        x="share:Q", y=names, tooltip=_tips(rows)
    )
    _show(spans + points, title, rows)


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
            color=alt.Color(f"{kind}:N", title=None),
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


def _show(chart: alt.Chart | alt.LayerChart, title: str, rows: Sequence[Row]) -> None:
    st.altair_chart(
        chart.properties(description=f"{title}. The table below says the same.", height="container"),
        height=260,
    )
    with st.expander(f"{title}: as a table"):
        table(rows)


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

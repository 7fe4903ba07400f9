"""What reports have in common: one HTML file, plots inside, nothing fetched, no script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0a7d6c", "#c2571a", "#5b5fc7", "#a63d76", "#6b7280")  # told apart on white and on black
_STYLE = """
:root { color-scheme: light dark; --ink: #1b2430; --quiet: #5c6675; --line: #d9dee5; --page: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7ebf0; --quiet: #9aa5b4; --line: #39424e; --page: #14181d; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
p, td small, figcaption { color: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th.n, td.n { text-align: right; white-space: nowrap; }
td small { display: block; } td b { font-weight: 650; }
figure { margin: 1rem 0; } svg { width: 100%; height: auto; max-width: 44rem; color: var(--ink); }
"""


def page(title: str, body: str) -> str:
    """A whole page around `body`, which is HTML; `title` is text."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def figure(title: str, caption: str, draw: Callable[[Axes], None], height: float = 3.4) -> str:
    """An inline SVG in the colours of the page."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "font.size": 9}):
        drawing = Figure(figsize=(7.5, height), layout="constrained")
        axes = drawing.subplots()
        draw(axes)
        axes.spines[["top", "right"]].set_visible(False)
        drawn = io.StringIO()
        drawing.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = drawn.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"((?:fill|stroke): *)(?:#000000|black)\b", r"\1currentColor", svg).replace(
        "<text ", '<text fill="currentColor" '
    )
    # Ids are numbered anew in each drawing: two on one page would share them.
    mark = re.sub(r"\W+", "-", title.lower())
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{mark}-", svg)
    return (
        f"<h2>{escape(title)}</h2><figure role='img' aria-label='{escape(title)}'>{svg}"
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )

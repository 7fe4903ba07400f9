"""How the console looks: the colours and the lettering of the chat page, and what Streamlit has no setting for."""

from __future__ import annotations

from collections.abc import Mapping

# As in the chat page's styles; a test keeps them equal.
LIGHT: Mapping[str, str] = {
    "page": "#faf9f7",
    "raised": "#ffffff",
    "ink": "#1d1f1c",
    "soft": "#5b605a",
    "line": "#e4e2dc",
    "accent": "#1f5c4d",
    "on-accent": "#ffffff",
    "tint": "#e8f0ec",
    "tint-ink": "#17382f",
}
DARK: Mapping[str, str] = {
    "page": "#171816",
    "raised": "#20221f",
    "ink": "#eceae4",
    "soft": "#a9ada5",
    "line": "#333631",
    "accent": "#7fc8b2",
    "on-accent": "#0d2a22",
    "tint": "#24372f",
    "tint-ink": "#d9eee5",
}
_LETTERS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
# Streamlit's own tell apart too little on these backgrounds: at least 4.5 to 1 each.
_SIGNALS: Mapping[str, Mapping[str, str]] = {
    "light": {
        "red": "#a32b1c",
        "yellow": "#6f5200",
        "green": "#1f5c4d",
        "blue": "#24507f",
        "gray": "#5b605a",
    },
    "dark": {"red": "#f5b7a9", "yellow": "#f0dda4", "green": "#9ad8c5", "blue": "#b3d2f2", "gray": "#a9ada5"},
}


def environment() -> dict[str, str]:
    """Streamlit's settings for both themes; which one is shown, the reader's system says."""
    found = {
        "STREAMLIT_THEME_FONT": _LETTERS,
        "STREAMLIT_THEME_HEADING_FONT": _LETTERS,
        "STREAMLIT_THEME_BASE_RADIUS": "10px",
        "STREAMLIT_THEME_HEADING_FONT_SIZES": '["1.7rem", "1.35rem", "1.1rem", "1rem", "1rem", "1rem"]',
        "STREAMLIT_THEME_HEADING_FONT_WEIGHTS": "[650, 650, 650, 600, 600, 600]",
        "STREAMLIT_THEME_SHOW_WIDGET_BORDER": "true",
    }
    for name, colours in (("LIGHT", LIGHT), ("DARK", DARK)):
        part = f"STREAMLIT_THEME_{name}_"
        found |= {
            f"{part}PRIMARY_COLOR": colours["accent"],
            f"{part}BACKGROUND_COLOR": colours["page"],
            f"{part}SECONDARY_BACKGROUND_COLOR": colours["raised"],
            f"{part}TEXT_COLOR": colours["ink"],
            f"{part}BORDER_COLOR": colours["line"],
            f"{part}LINK_COLOR": colours["accent"],
            f"{part}CODE_TEXT_COLOR": colours["tint-ink"],
            f"{part}CODE_BACKGROUND_COLOR": colours["tint"],
            f"{part}SIDEBAR_BACKGROUND_COLOR": colours["raised"],
            f"{part}SIDEBAR_SECONDARY_BACKGROUND_COLOR": colours["page"],
        }
        for signal, colour in _SIGNALS[name.lower()].items():
            found[f"{part}{signal.upper()}_TEXT_COLOR"] = colour
    return found


# `st-key-…` is the class that Streamlit gives what has that key. Below 640 px its columns stand one below the other.
STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{ padding: 3.5rem 2.5rem 2rem; }}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{
  opacity: 1; color: light-dark({LIGHT["soft"]}, {DARK["soft"]});
}}
[data-testid^="stBaseButton-primary"], [data-testid^="stBaseButton-primary"] p {{
  color: light-dark({LIGHT["on-accent"]}, {DARK["on-accent"]});
}}
[data-testid="stText"] {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
[class*="st-key-open-"] button {{ justify-content: flex-start; text-align: left; }}
[class*="st-key-open-"] button > div {{ justify-content: flex-start; }}
[class*="st-key-open-"] button p {{ overflow-wrap: anywhere; text-align: left; }}
.st-key-back {{ display: none; }}
[data-testid="stLayoutWrapper"]:has(> .st-key-replying) {{
  position: sticky; bottom: 0; z-index: 2; padding-block: 0.75rem;
  background: light-dark({LIGHT["page"]}, {DARK["page"]});
  border-top: 1px solid light-dark({LIGHT["line"]}, {DARK["line"]});
}}
@media (max-width: 640px) {{
  [data-testid="stMainBlockContainer"] {{ padding-inline: 1rem; padding-bottom: 0; }}
  .st-key-back {{ display: block; }}
  .stApp:has(.st-key-opened) [data-testid="stColumn"]:has(.st-key-listed) {{ display: none; }}
}}
</style>"""

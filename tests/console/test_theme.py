"""The console looks like the chat page."""

from __future__ import annotations

from pathlib import Path

import customer_assist.web
from customer_assist.console.theme import DARK, LIGHT, environment

STATIC = Path(customer_assist.web.__file__).with_name("static")


def test_its_colours_are_those_of_the_chat_page() -> None:
    style = "\n".join(path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.css")))
    for name, colour in LIGHT.items():
        assert f"--{name}: light-dark({colour}, {DARK[name]});" in style, name


def test_both_themes_are_given_and_the_readers_system_chooses() -> None:
    given = environment()
    assert given["STREAMLIT_THEME_DARK_BACKGROUND_COLOR"] == DARK["page"]
    assert given["STREAMLIT_THEME_LIGHT_BACKGROUND_COLOR"] == LIGHT["page"]
    assert "STREAMLIT_THEME_BASE" not in given

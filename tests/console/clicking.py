"""How the tests find their way through the console."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest


def go(page: AppTest, name: str) -> AppTest:
    """To the page of that address."""
    page._page_hash = next(
        key for key, known in page._registered_pages.items() if known["url_pathname"] == name
    )
    return page.run()


def button(page: AppTest, label: str) -> Any:
    return next(each for each in page.button if label in each.label)


def click(page: AppTest, label: str) -> AppTest:
    """What came of it. The page one is on stays, whichever `go` led to it."""
    page._page_hash = ""
    clicked: AppTest = button(page, label).click().run()
    assert not clicked.exception, clicked.exception
    return clicked


def field(page: AppTest, label: str) -> Any:
    return next(each for each in (*page.text_input, *page.text_area) if label in each.label)


def said(page: AppTest) -> str:
    """All text on the page, as Streamlit gets it."""
    kinds = ("title", "subheader", "markdown", "text", "caption", "info", "error", "success", "warning")
    return "\n".join(str(each.value) for kind in kinds for each in page.get(kind))

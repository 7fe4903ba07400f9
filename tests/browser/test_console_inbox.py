"""The inbox in a browser, beside the customer's own page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_key_opens_the_inbox(open_console: Callable[..., Page]) -> None:
    page = open_console()
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()

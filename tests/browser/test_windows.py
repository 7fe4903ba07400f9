"""The watch over the browser's windows, without which the other tests here would prove little."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from windows import complains_of_nothing, watched_windows

from server_process import ServerProcess

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "fault",
    ["console.error('wrong')", "setTimeout(() => { throw new Error('wrong'); })"],
)
def test_a_page_that_complains_is_noticed(browser: Browser, shop: ServerProcess, fault: str) -> None:
    with pytest.raises(AssertionError, match="wrong"), watched_windows(browser) as open_window:
        page = open_window(ours=[shop.base], width=800, height=600, dark=False)
        page.goto(shop.base)
        page.evaluate(f"() => {{ {fault}; }}")
        page.wait_for_timeout(100)


def test_a_page_that_asks_somebody_else_is_noticed(browser: Browser, shop: ServerProcess) -> None:
    with pytest.raises(AssertionError, match=r"127\.0\.0\.1:9"), watched_windows(browser) as open_window:
        page = open_window(
            ours=[shop.base],
            width=800,
            height=600,
            dark=False,
            complains=complains_of_nothing,
            bypass_csp=True,
        )
        page.goto(shop.base)
        page.evaluate("() => fetch('http://127.0.0.1:9/').catch(() => {})")

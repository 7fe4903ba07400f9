"""The widget on a page that means no good, or forbids everything: it works, and leaves the page as it was."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from payloads import PAYLOADS
from playwright.sync_api import Browser, Page, expect
from test_chat_page import WHERE, ask
from test_injection import answering, settle, together, turns_of, with_and_without_policy
from watch import Watch

from foreign_site import ForeignSite, foreign_site
from server_process import ServerProcess, running_server

pytestmark = pytest.mark.browser
STYLES = {
    "everything important": """
        *, *::before, *::after { display: none !important; all: unset !important; position: static !important;
          float: left !important; margin: 40px !important; color: lime !important; background: red !important;
          font: 900 4px/9 fantasy !important; letter-spacing: 1em !important; text-transform: uppercase !important }
        html, body { display: block !important }
        button, textarea, input, customer-assist { display: none !important; pointer-events: none !important }""",
    "tiny, dark and covered": """
        html { font-size: 4px; color-scheme: dark; background: #000 } body { background: #000; color: #111 }
        body::after { content: ""; position: fixed; inset: 0; z-index: 2147483647; background: rgb(200 0 0 / 60%) }
        main { position: fixed; inset: 0; z-index: 2147483647; transform: translateZ(0) }
        :root { --page: red; --ink: red; --accent: red; --brand: red; --raised: red; --radius: 0 }""",
    "inherited": """
        :root, html, body { direction: rtl; text-align: justify; text-indent: 90px; white-space: pre; cursor: none;
          word-spacing: 3em; line-height: 5; visibility: hidden; user-select: none;
          quotes: "x" "y"; list-style: square inside; text-shadow: 2px 2px red; font-variant: small-caps }""",
    "from top to bottom": ":root, html, body { writing-mode: vertical-rl; direction: rtl }",
}
STRICTEST = (
    "default-src 'none'; script-src {0}; connect-src {0}; style-src 'none'; img-src 'none'; font-src 'none'; "
    "frame-src 'none'; form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_STYLES_OF_PAGE = """() => ["html", "body", "h1", "a", "button", "main"].map((each) => {
  const style = getComputedStyle(document.querySelector(each));
  return [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
})"""
_REST_OF_PAGE = """() => [
  document.body.outerHTML, document.head.outerHTML, document.title, history.length, document.cookie,
  document.adoptedStyleSheets.length, document.styleSheets.length, document.activeElement.localName,
  document.documentElement.getAttributeNames().join(), Object.keys(localStorage).join(),
].map(String)"""
_STYLES_OF_CHAT = """() => {
  const root = document.querySelector("customer-assist").shadowRoot;
  const names = ["color", "backgroundColor", "fontSize", "fontFamily", "fontWeight", "lineHeight", "letterSpacing",
    "textAlign", "textTransform", "textIndent", "direction", "writingMode", "visibility", "cursor", "display"];
  return [".launch", ".panel", ".top", "#question", ".example", ".note", ".send", "h2"].map((each) => {
    const element = root.querySelector(each), box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return [each, box.x, box.y, box.width, box.height, ...names.map((name) => style[name])].join(" | ");
  });
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[ForeignSite]:
    with foreign_site() as site:
        yield site


@pytest.fixture(scope="module")
def assistant(
    site: ForeignSite, tmp_path_factory: pytest.TempPathFactory, sample: Callable[[Path], Path]
) -> Iterator[ServerProcess]:
    """It answers pages of the site."""
    folder = tmp_path_factory.mktemp("foreign")
    environment = {
        "CUSTOMER_ASSIST_RATE_LIMIT": "0",
        "CUSTOMER_ASSIST_ENGINE": "lexical",
        "CUSTOMER_ASSIST_ORIGINS": site.base,
    }
    with running_server(folder / "home", sample(folder), environment) as server:
        site.assistant = server.base
        yield server


@contextmanager
def visiting(
    browser: Browser, site: ForeignSite, assistant: ServerProcess, *, lifted: bool = False, dark: bool = False
) -> Iterator[tuple[Page, Watch]]:
    """The site's first page, watched, with the chat open."""
    context = browser.new_context(
        bypass_csp=lifted, reduced_motion="reduce", color_scheme="dark" if dark else "light"
    )
    watch = Watch(context, site.base, assistant.base)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(site.base)
    page.get_by_role("button", name="Open the chat").click()
    page.wait_for_selector("customer-assist[data-ready=chat]", state="attached")
    yield page, watch
    context.close()


@pytest.fixture
def style(site: ForeignSite) -> Iterator[Callable[[str], None]]:
    """style(css): the site's style from now on, until the end of the test."""
    before = site.style

    def change(css: str) -> None:
        site.style = css

    yield change
    site.style = before


def test_it_looks_the_same_whatever_the_page_styles(
    browser: Browser, site: ForeignSite, assistant: ServerProcess, style: Callable[[str], None]
) -> None:
    with visiting(browser, site, assistant) as (page, watch):
        calm, picture = page.evaluate(_STYLES_OF_CHAT), picture_of_panel(page)
    for name, css in STYLES.items():
        style(css)
        with visiting(browser, site, assistant) as (page, watch):
            assert page.evaluate(_STYLES_OF_CHAT) == calm, name
            if "writing-mode" not in css:  # pictures of a page that begins at its right end are shifted
                assert differing(picture, picture_of_panel(page)) < 0.001, name
            ask(page, WHERE)
            expect(page.locator(".sources")).to_be_visible()
            assert watch.happened() == [], name


def test_another_look_is_noticed(browser: Browser, site: ForeignSite, assistant: ServerProcess) -> None:
    with visiting(browser, site, assistant) as (page, _):
        calm, picture = page.evaluate(_STYLES_OF_CHAT), picture_of_panel(page)
        page.evaluate(
            """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(".note { letter-spacing: 1px }");
            document.querySelector("customer-assist").shadowRoot.adoptedStyleSheets.push(sheet);
        }"""
        )
        assert page.evaluate(_STYLES_OF_CHAT) != calm
        assert differing(picture, picture_of_panel(page)) > 0.001


def test_the_strictest_policy_that_names_the_assistant_is_enough(
    browser: Browser, site: ForeignSite, assistant: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ForeignSite, "policy", lambda self: STRICTEST.format(self.assistant))
    with visiting(browser, site, assistant) as (page, watch):
        ask(page, WHERE)
        expect(page.locator(".sources")).to_be_visible()
        page.get_by_role("button", name="Yes, this helped").click()
        expect(page.locator(".rating output")).to_have_text("Thank you for your feedback.")
        assert [
            each for each in watch.happened() if "/site.css" not in each
        ] == []  # the page's own style is not let in


def test_the_page_stays_as_it_was(browser: Browser, site: ForeignSite, assistant: ServerProcess) -> None:
    context = browser.new_context(reduced_motion="reduce")
    context.route("**/widget.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(site.base)
    styles, rest = page.evaluate(_STYLES_OF_PAGE), page.evaluate(_REST_OF_PAGE)
    context.close()
    with visiting(browser, site, assistant) as (page, watch):
        ask(page, WHERE)
        page.keyboard.press("Escape")
        page.locator("h1").click()
        assert page.evaluate(_STYLES_OF_PAGE) == styles
        now = page.evaluate(_REST_OF_PAGE)
        assert now[:-1] == rest[:-1] and (rest[-1], now[-1]) == ("", "customer-assist")
        assert page.context.cookies() == []
        assert watch.happened() == []


def test_the_pages_own_keys_and_clicks_are_the_pages(
    browser: Browser, site: ForeignSite, assistant: ServerProcess
) -> None:
    with visiting(browser, site, assistant) as (page, _):
        page.evaluate(
            """() => {
            window.heard = [];
            for (const type of ["keydown", "keyup", "click", "wheel", "paste"]) {
              document.addEventListener(type, (event) => window.heard.push(`${type} ${event.defaultPrevented}`));
            }
        }"""
        )
        page.locator("h1").click()
        for key in ("Escape", "Enter", "/", "ArrowDown", "Control+k"):
            page.keyboard.press(key)
        heard = page.evaluate("() => window.heard")
        assert heard.count("click false") == 1 and heard.count("keydown false") == 6 == heard.count(
            "keyup false"
        )
        expect(page.get_by_role("dialog")).to_be_visible()  # Escape was not meant for it


def test_another_site_than_the_one_that_is_named_is_refused(
    browser: Browser, site: ForeignSite, assistant: ServerProcess
) -> None:
    context = browser.new_context()
    page = context.new_page()
    with foreign_site() as other:
        other.assistant = assistant.base
        with page.expect_console_message(lambda message: message.type == "warning") as warned:
            page.goto(other.base)
        assert f"CUSTOMER_ASSIST_ORIGINS={other.base}" in warned.value.text
        expect(page.locator("customer-assist")).to_have_count(0)
        reads = """async (address) => {
          try { return await (await fetch(address)).text(); } catch (error) { return error.name; }
        }"""
        for path in ("/meta", "/conversations/c", "/openapi.json", "/docs", "/"):
            assert page.evaluate(reads, assistant.base + path) == "TypeError", path
    context.close()


@with_and_without_policy
def test_hostile_texts_stay_texts_on_a_foreign_page(
    browser: Browser, site: ForeignSite, assistant: ServerProcess, lifted: bool
) -> None:
    with visiting(browser, site, assistant, lifted=lifted) as (page, watch):
        ask(page, WHERE)
        body = page.evaluate("() => document.body.outerHTML")
        turns = [turn for at, payload in enumerate(PAYLOADS) for turn in turns_of(payload, at)]
        answering(page, "**/conversations/*", json.dumps({"turns": turns, "handoff": None}))
        page.reload()
        expect(page.locator(".turn")).to_have_count(len(turns), timeout=60_000)
        settle(page)
        assert watch.strange(page, "customer-assist") == []
        assert page.evaluate("() => document.body.outerHTML") == body
        assert watch.happened() == []
        answering(page, "**/conversations/*", json.dumps({"turns": turns[:1], "handoff": None}))
        for several in together(" "):
            about = {"business": several, "greeting": several, "examples": [several], "color": several}
            about |= {"automated": True, "demo": True, "max_question": 4000, "language": several}
            answering(page, "**/meta", json.dumps(about))
            page.reload()
            page.wait_for_selector("customer-assist[data-ready=chat]", state="attached")
            assert watch.strange(page, "customer-assist") == []
        assert watch.happened() == []


def picture_of_panel(page: Page) -> np.ndarray:
    """Within its rounded corners."""
    page.mouse.move(0, 0)
    pixels: np.ndarray = imread(io.BytesIO(page.screenshot(animations="disabled")))
    box = page.locator(".panel").bounding_box()
    assert box is not None
    left, top = round(box["x"]), round(box["y"])
    panel = pixels[top : top + round(box["height"]), left : left + round(box["width"]), :3]
    return panel[24:-24, 24:-24]


def differing(one: np.ndarray, other: np.ndarray) -> float:
    """The share of pixels that a person could tell apart."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one - other).max(axis=2) > 0.03).mean())

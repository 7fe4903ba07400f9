"""How the chat on somebody else's website looks and speaks: as the site says, else as the visitor prefers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from test_chat_page import WHERE, ask
from test_widget import opened

from foreign_site import ForeignSite
from server_process import ServerProcess

pytestmark = pytest.mark.browser


def test_title_place_and_colour_are_the_sites(visit: Callable[..., Page], site: ForeignSite) -> None:
    site.attributes = 'data-title="Lamp help" data-position="left" data-color="#ffd400"'
    page = opened(visit())
    expect(page.get_by_role("dialog", name="Lamp help").get_by_role("heading", level=2).first).to_have_text(
        "Lamp help"
    )
    box = page.locator(".launch").bounding_box()
    assert box is not None and box["x"] < 100
    colours = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert page.locator(".launch").evaluate(colours) == ["rgb(255, 212, 0)", "rgb(0, 0, 0)"]


@pytest.mark.parametrize(("theme", "dark", "page_is"), [("dark", False, "dark"), ("light", True, "light")])
def test_light_or_dark_as_the_site_says(
    visit: Callable[..., Page], site: ForeignSite, theme: str, dark: bool, page_is: str
) -> None:
    site.attributes = f'data-theme="{theme}"'
    page = opened(visit(dark=dark))
    paper = page.locator(".panel").evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == ("rgb(23, 24, 22)" if page_is == "dark" else "rgb(250, 249, 247)")


def test_every_colour_can_be_read_in_both_themes(open_page: Callable[..., Page], shop: ServerProcess) -> None:
    page = open_page()
    worst = page.evaluate(
        """async (module) => {
      const { contrast, palette } = await import(module);
      const paper = { false: ["#faf9f7", "#ffffff"], true: ["#171816", "#20221f"] };
      let worst = 21;
      for (let red = 0; red < 256; red += 51)
        for (let green = 0; green < 256; green += 51)
          for (let blue = 0; blue < 256; blue += 51) {
            const colour = "#" + [red, green, blue].map((v) => v.toString(16).padStart(2, "0")).join("");
            for (const dark of [false, true]) {
              const p = palette(colour, dark);
              const pairs = [[p["--on-brand"], p["--brand"]], [p["--on-accent"], p["--accent"]],
                [p["--on-accent"], p["--accent-hover"]], [p["--accent-hover"], p["--tint"]],
                [p["--tint-ink"], p["--tint"]], [p["--accent"], p["--tint"]],
                ...paper[dark].map((each) => [p["--accent"], each])];
              worst = Math.min(worst, ...pairs.map((pair) => contrast(...pair)));
            }
          }
      return worst;
    }""",
        f"{shop.base}/static/colour.js",
    )
    assert worst >= 4.5


@pytest.mark.parametrize(
    ("attributes", "lang", "locale", "says"),
    [
        ('data-lang="de"', "fr", "es-ES", "Chat öffnen"),
        ("", "fr-CA", "es-ES", "Ouvrir le chat"),
        ("", "", "es-ES", "Abrir el chat"),
        ("", "", "fi-FI", "Open the chat"),
        ('data-lang="xx"', "pl", "es-ES", "Otwórz czat"),
    ],
)
def test_it_speaks_the_language_of_the_site_or_else_of_the_visitor(
    visit: Callable[..., Page], site: ForeignSite, attributes: str, lang: str, locale: str, says: str
) -> None:
    site.attributes, site.lang = attributes, lang
    page = visit(locale=locale)
    expect(page.locator(".launch")).to_have_attribute("aria-label", says)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_fits_every_window(
    visit: Callable[..., Page], screenshots: Path | None, width: int, dark: bool
) -> None:
    page = visit(width=width, height=740 if width == 360 else 900, dark=dark)

    def picture(name: str) -> None:
        if screenshots and (not dark or name == "answer"):
            page.wait_for_timeout(250)
            theme = "dark" if dark else "light"
            page.screenshot(path=screenshots / f"widget-{width}-{theme}-{name}.png")

    picture("launcher")
    opened(page)
    picture("welcome")
    ask(page, WHERE)
    page.get_by_role("button", name="Yes, this helped").click()
    picture("answer")
    ask(page, "I forgot my password and cannot remember it")
    page.get_by_role("button", name="Step by step", exact=True).click()
    expect(page.locator(".guide")).to_be_visible()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".guide").last).to_contain_text("Step 2 of 5")
    picture("guide")
    page.get_by_role("button", name="Talk to a person").last.click()
    expect(page.locator("#handoff")).to_be_visible()
    picture("waiting")
    panel = page.locator(".panel").bounding_box()
    assert panel is not None
    assert panel["x"] >= 0 and panel["x"] + panel["width"] <= width
    if width == 360:
        assert (panel["x"], panel["y"], panel["width"], panel["height"]) == (0, 0, 360, 740)
    expect(page.get_by_label("Your question")).to_be_in_viewport()
    assert page.locator("#scroll").evaluate("e => e.scrollWidth <= e.clientWidth")

"""axe-core over a page as it stands: what keeps people with disabilities out, as far as a program can see it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

REPOSITORY = Path(__file__).resolve().parents[2]
GRAVE = ("serious", "critical")
_RUN = """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations.map(
  ({id, impact, help, nodes}) => ({id, impact, help, places: nodes.map(({target}) => target.flat().join(" "))})
))"""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of axe that the page breaks, and where: selectors, into the shadow roots."""

    rule: str
    impact: str  # minor, moderate, serious or critical
    help: str
    places: tuple[str, ...]


def violations(page: Page, impact: Collection[str] = GRAVE) -> list[Violation]:
    """Those of the given impacts. Open shadow roots are looked into; frames are not.

    axe runs in a world of its own beside the page's scripts: no policy of the page has to be lifted for it, and the
    page's own globals stay as they are. The test is skipped where axe-core is absent.
    """
    source = _source()
    session = page.context.new_cdp_session(page)
    try:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
        context = world["executionContextId"]
        if _evaluate(session, "typeof axe", context) == "undefined":
            _evaluate(session, source, context)
        found = _evaluate(session, _RUN, context)
    finally:
        session.detach()
    read = [Violation(each["id"], each["impact"], each["help"], tuple(each["places"])) for each in found]
    return [each for each in read if each.impact in impact]


def _evaluate(session: CDPSession, expression: str, context: int) -> Any:
    reply = session.send(
        "Runtime.evaluate",
        {"expression": expression, "contextId": context, "awaitPromise": True, "returnByValue": True},
    )
    if "exceptionDetails" in reply:
        raise RuntimeError(f"axe failed: {reply['exceptionDetails']}")
    return reply["result"].get("value")


@cache
def _program() -> Path:
    """Where scripts/axe puts it."""
    script = (REPOSITORY / "scripts" / "axe").read_text(encoding="utf-8")
    found = re.search(r"^VERSION=(\S+)$", script, re.MULTILINE)
    assert found, "scripts/axe names no VERSION"
    return REPOSITORY / ".cache" / f"axe-core-{found[1]}" / "axe.min.js"


def _source() -> str:
    if not _program().exists():
        pytest.skip("no axe-core here: scripts/axe fetches it where it may")
    return _program().read_text(encoding="utf-8")

"""Notices whatever a text did to a page beyond being read: ran, loaded, opened, led away or became an element."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request, Route

# What the chat is built of: elements, and the attributes that each may have beyond those that any may have.
_PLAIN = (
    "div span section article header main footer p br h1 h2 h3 h4 ul li strong code em blockquote summary template "
    "noscript output pre table caption tbody tr td"
)
ELEMENTS = {
    **dict.fromkeys(_PLAIN.split(), ""),
    "body": "",
    "customer-assist": "data-mode data-meta data-ready data-open data-unread popover",
    "div": "style",  # colours, see below
    "ol": "start",
    "a": "href target rel",
    "details": "open",
    "button": "type disabled data-question aria-pressed",
    "form": "autocomplete novalidate",
    "label": "for",
    "input": "type inputmode maxlength autocomplete placeholder",
    "textarea": "dir rows placeholder maxlength enterkeyhint autocomplete style",  # its height
    "progress": "max value",
    "svg": "viewBox",
    "path": "d",
    "th": "scope",
}
ANY = (
    "class id role title hidden lang tabindex aria-current aria-expanded aria-haspopup aria-modal aria-label "
    "aria-labelledby aria-describedby aria-hidden aria-live aria-relevant aria-busy data-outcome"
)

_STRANGE = """([elements, any, within]) => {
  const found = [];
  const safe = /^(https?:|mailto:|tel:|#[\\w-]+$|\\/(docs|openapi\\.json)?$)/;
  const check = (each) => {
    const allowed = elements[each.localName];
    if (allowed === undefined) return found.push(each.outerHTML.slice(0, 200));
    const names = `${allowed} ${any}`.split(" ");
    for (const { name, value } of each.attributes) {
      const leadsAway = name === "href" && !safe.test(value);
      const unsafe = name === "target" && value === "_blank" && each.rel !== "noopener noreferrer";
      const dressed = name === "style" && !/^((--[\\w-]+|height): [^;:]*(;\\s*|$))+$/.test(value);
      if (!names.includes(name) || leadsAway || unsafe || dressed) found.push(`${each.localName} ${name}="${value}"`);
    }
  };
  const look = (root) => {
    for (const each of root.querySelectorAll("*")) {
      check(each);
      if (each.shadowRoot) look(each.shadowRoot);
      if (each.content instanceof DocumentFragment) look(each.content);
    }
  };
  const root = Document.prototype.querySelector.call(document, within); // a form may bear that name
  check(root);
  if (root.shadowRoot) look(root.shadowRoot);
  look(root);
  return found;
}"""
_HEAD = "() => document.head.innerHTML.replace(/<title>[^<]*<.title>/, '')"


class Watch:
    """Watches a page from before its first script. `ran`, `loaded` and `complaints` are what happened so far."""

    def __init__(self, context: BrowserContext, *homes: str) -> None:
        """`homes`: whom the page may ask."""
        self.ran: list[str] = []
        self.loaded: list[str] = []
        self.complaints: list[str] = []
        self._homes = {urlsplit(home).netloc for home in homes}
        self._pages = 0
        context.expose_binding("pwned", lambda source, *said: self.ran.append(f"called with {said}"))
        context.route(self._is_strange, self._refuse)
        context.on("page", self._begin)
        context.on("request", self._look)

    def strange(self, page: Page, within: str = "body") -> list[str]:
        """Elements and attributes that the chat has none of, links to elsewhere than a page, a mail or a phone."""
        return list(page.evaluate(_STRANGE, [ELEMENTS, ANY, within]))

    def head(self, page: Page) -> str:
        """The page's head without the words of its title."""
        return str(page.evaluate(_HEAD))

    def nothing_happened(self) -> bool:
        return not (self.ran or self.loaded or self.complaints)

    def happened(self) -> list[str]:
        return [*self.ran, *self.loaded, *self.complaints]

    def _begin(self, page: Page) -> None:
        self._pages += 1
        if self._pages > 1:
            self.ran.append("opened a window")
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._hear)
        page.on("dialog", self._dialog)
        page.on("frameattached", lambda frame: self.loaded.append(f"frame {frame.url}"))

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _dialog(self, dialog: Any) -> None:
        self.ran.append(f"dialog {dialog.message!r}")
        dialog.dismiss()

    def _is_strange(self, url: str) -> bool:
        address = urlsplit(url)
        return address.netloc not in self._homes or "pwned" in url

    def _look(self, request: Request) -> None:
        if self._is_strange(request.url):
            self.loaded.append(request.url)

    def _refuse(self, route: Route) -> None:
        route.abort()

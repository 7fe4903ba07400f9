"""Markdown to plain words.

Every pattern runs in time linear in the text: it was written by a business, but may come from anywhere.
"""

from __future__ import annotations

import html
import re

_MARKED = re.compile(r"[*_`\[<#|~\\&>\n]|^\s*[-+=]|  ")
_COMMENT = re.compile(r"<!--(?:(?!-->|<!--).)*-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\[\]\n]*\])")
_AUTOLINK = re.compile(r"<([^<>/\s][^<>\s]*)>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE)
# From here on blanks are single.
_RULE = re.compile(r"^ ?(?:[-*_=] ?){3,}$|^ ?(?=[^\n]*-)[:|][-:| ]*$", re.MULTILINE)
_LINE_START = re.compile(r"^ ?(?:> ?)*(?:#{1,6} |[-*+] )?", re.MULTILINE)
_HEADING_END = re.compile(r"(?<=\S) #+ ?$", re.MULTILINE)
# An emphasis mark has a word on one side and none on the other, so that 5*3 and snake_case stay.
_OPENING = re.compile(r"(?<![\w*\\])[*_]{1,3}(?=[^\s*_])")
_CLOSING = re.compile(r"(?<=[^\s*_\\])(?:\*{1,3}|_{1,3})(?!\w)")
_CELL = re.compile(r" ?(?<!\\)\| ?")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLANKS = re.compile(r"[ \t\u00a0]+")
_PLACEHOLDER = re.compile(r"\{\{([^{}\n]{1,100})\}\}")


def plain(text: str) -> str:
    """The words without Markdown marks: links are their text, list items and headings lines of their own.

    Numbers of list items, line breaks and {{placeholders}} stay.
    """
    if not _MARKED.search(text):
        return text.strip()
    text = _FENCE.sub("", _COMMENT.sub("", _BLANKS.sub(" ", text)))
    text = _LINK.sub(r"\1", text)
    text = _AUTOLINK.sub(_address, text)
    text = _TAG.sub(" ", text)
    text = _RULE.sub("", text)
    text = _LINE_START.sub("", text)
    text = _HEADING_END.sub("", text)
    text = _OPENING.sub("", text)
    text = _CLOSING.sub("", text)
    text = text.replace("`", "").replace("~~", "")
    text = _CELL.sub(" ", text)
    text = html.unescape(_ESCAPE.sub(r"\1", text))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))  # what was removed left some, too
    return "\n".join(line for line in lines if line)


def searchable(text: str) -> str:
    """`plain`, with each {{Placeholder Name}} as its words in lower case, on one line."""
    return " ".join(_PLACEHOLDER.sub(_words, plain(text)).split())


def _address(angled: re.Match[str]) -> str:
    inside: str = angled.group(1)
    return inside if any(mark in inside for mark in ".@:") else angled.group(0)  # else it is a tag


def _words(placeholder: re.Match[str]) -> str:
    return " ".join(placeholder.group(1).replace("_", " ").lower().split())

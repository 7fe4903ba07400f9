"""Markdown articles: front matter and text to records; a page of questions to one record per question."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from customer_assist.knowledge.columns import (
    ID_COLUMNS,
    QUESTION_COLUMNS,
    TEXT_COLUMNS,
    TITLE_COLUMNS,
    column_key,
)
from customer_assist.knowledge.rows import BadRow, FileProblem, Record

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_UNCLOSED = re.compile(r"---[ \t]*\n[ \t]*[\w ]+:")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_ASKING = ("?", "？", "؟")
_MAX_SLUG = 80


def markdown_records(content: str, file: str, stem: str) -> Iterator[Record | BadRow]:
    """One article, titled by its front matter, its first heading or `stem` (the file's name).

    A page without phrasings of its own, most of whose "## " headings (two or more) end in "?", is a page of
    questions: one record for each of its sections, with the page's fields. Raises FileProblem when empty.
    """
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    if not content.strip():
        raise FileProblem("is empty: write the article under a heading")
    head = _FRONT_MATTER.match(content)
    if head is None and _UNCLOSED.match(content):
        yield BadRow(file, 1, "its front matter is opened with --- and not closed")
        return
    try:
        values = _front_matter(head.group(1) if head else "")
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not valid YAML"
        yield BadRow(file, mark.line + 2 if mark else 1, f"its front matter cannot be read: {problem}")
        return
    if values is None:
        yield BadRow(file, 1, "its front matter must be lines like `title: …`")
        return
    lines = (content[head.end() :] if head else content).split("\n")
    before = content[: head.end()].count("\n") if head else 0
    if not any(values.get(column) for column in TITLE_COLUMNS):
        title, lines, dropped = _take_title(lines)
        values[TITLE_COLUMNS[0]] = title or stem.replace("-", " ").replace("_", " ")
        before += dropped
    sections = _question_sections(lines)
    if not sections or any(values.get(column) for column in QUESTION_COLUMNS):
        yield Record(file, 1, values | _text(lines))
        return
    yield from _page_of_questions(values, lines, sections, file, before)


def _front_matter(block: str) -> dict[str, object] | None:
    # BaseLoader leaves every value as it was typed: `id: 007` stays 007, and `language: no` Norwegian.
    loaded = yaml.load(block, Loader=yaml.BaseLoader) or {}
    if not isinstance(loaded, dict):
        return None
    return {column_key(name): value for name, value in loaded.items() if isinstance(name, str)}


def _text(lines: list[str]) -> dict[str, object]:
    text = "\n".join(lines).strip()
    return {TEXT_COLUMNS[0]: text} if text else {}


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Index, level and words of each heading that does not stand in a block of code."""
    fence = ""
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or fence == mark.group(1)):
            fence = "" if fence else mark.group(1)
        heading = None if fence else _HEADING.match(line)
        if heading:
            yield index, len(heading.group(1)), heading.group(2).strip().rstrip("#").rstrip()


def _take_title(lines: list[str]) -> tuple[str, list[str], int]:
    """The first heading; where the page begins with it, also the lines without it, and how many went.

    A question of a page of questions is that section's title, not the page's.
    """
    for index, level, words in _headings(lines):
        if level == 2 and _question_sections(lines):
            break
        if any(line.strip() for line in lines[:index]):
            return words, lines, 0
        return words, lines[index + 1 :], index + 1
    return "", lines, 0


def _question_sections(lines: list[str]) -> list[tuple[int, str]]:
    """Index and words of the headings that part a page of questions; none where it is no such page."""
    sections = [(index, words) for index, level, words in _headings(lines) if level == 2]
    asking = sum(words.endswith(_ASKING) for _, words in sections)
    return sections if asking > 1 and asking * 2 > len(sections) else []


def _page_of_questions(
    page: dict[str, object], lines: list[str], sections: list[tuple[int, str]], file: str, before: int
) -> Iterator[Record]:
    introduction = _text([line for line in lines[: sections[0][0]] if not _HEADING.match(line)])
    if introduction:
        yield Record(file, 1, page | introduction)
    page_id = next((page[column] for column in ID_COLUMNS if page.get(column)), None)
    given: set[str] = set()
    ends = [index for index, _ in sections[1:]] + [len(lines)]
    for (index, words), end in zip(sections, ends, strict=True):
        own: dict[str, object] = {TITLE_COLUMNS[0]: words}
        if words.endswith(_ASKING):
            own[QUESTION_COLUMNS[0]] = words
        if isinstance(page_id, str):
            own[ID_COLUMNS[0]] = f"{page_id}:{_slug(words, given)}"
        rest = {name: value for name, value in page.items() if name not in (*TITLE_COLUMNS, *ID_COLUMNS)}
        yield Record(file, before + index + 1, rest | own | _text(lines[index + 1 : end]))


def _slug(words: str, given: set[str]) -> str:
    base = "-".join(re.findall(r"\w+", words.lower()))[:_MAX_SLUG] or "section"
    slug, count = base, 1
    while slug in given:
        count += 1
        slug = f"{base}-{count}"
    given.add(slug)
    return slug

"""Markdown articles and pages of questions."""

from pathlib import Path

import pytest

from customer_assist.errors import KnowledgeError
from customer_assist.knowledge import BadRow, read
from customer_assist.model import Document

SAMPLE = Path(__file__).parents[2] / "examples" / "brindle" / "articles"

ARTICLE = """---
id: 007
title: Cancelling an order
Category: ORDER
language: no
price: 1.50
url: https://shop.example/cancel
questions:
  - Can I cancel?
  - "How do I: stop it?"
---
# Before it ships

Press **Cancel**.
"""


def read_page(folder: Path, content: str, name: str = "cancel-order.md") -> list[Document | BadRow]:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return list(read(path))


def documents(items: list[Document | BadRow]) -> list[Document]:
    assert not [item for item in items if isinstance(item, BadRow)]
    return [item for item in items if isinstance(item, Document)]


def test_front_matter_fills_the_parts_of_a_document_as_it_was_typed(tmp_path):
    (document,) = documents(read_page(tmp_path, ARTICLE))
    assert (document.id, document.title) == ("007", "Cancelling an order")
    assert document.questions == ("Can I cancel?", "How do I: stop it?")
    assert document.fields == {"category": "ORDER", "language": "no", "price": "1.50"}
    assert document.url == "https://shop.example/cancel"
    assert document.text == "# Before it ships\n\nPress **Cancel**."


def test_line_ends_and_a_byte_order_mark_make_no_difference(tmp_path):
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf" + ARTICLE.replace("\n", "\r\n").encode())
    (document,) = documents(list(read(tmp_path / "a.md", source="cancel-order.md")))
    assert document == documents(read_page(tmp_path, ARTICLE))[0]


def test_without_front_matter_the_first_heading_is_the_title(tmp_path):
    (document,) = documents(read_page(tmp_path, "\n# Cancelling #\n\nPress Cancel.\n"))
    assert (document.title, document.text) == ("Cancelling", "Press Cancel.")


def test_a_heading_further_down_gives_the_title_and_stays_in_the_text(tmp_path):
    (document,) = documents(read_page(tmp_path, "Hello.\n\n## Cancelling\n\nPress Cancel.\n"))
    assert (document.title, document.text) == ("Cancelling", "Hello.\n\n## Cancelling\n\nPress Cancel.")


def test_without_any_heading_the_file_name_is_the_title(tmp_path):
    (document,) = documents(read_page(tmp_path, "Press Cancel.\n```\n# not a heading\n```\n"))
    assert document.title == "cancel order"


PAGE = """---
id: faq
category: ORDER
---
# Questions

Ask away.

## Can I cancel?

Yes.

```
## Not a question?
```

## How do I return it?

By post.

### In person?

Also.

## Contact

By mail.
"""


def test_a_page_of_questions_is_a_document_per_section(tmp_path):
    page = documents(read_page(tmp_path, PAGE))
    assert [document.title for document in page] == [
        "Questions",
        "Can I cancel?",
        "How do I return it?",
        "Contact",
    ]
    assert [document.questions for document in page] == [
        (),
        ("Can I cancel?",),
        ("How do I return it?",),
        (),
    ]
    assert page[2].text == "By post.\n\n### In person?\n\nAlso."
    assert {document.fields["category"] for document in page} == {"ORDER"}
    assert [document.id for document in page] == [
        "faq",
        "faq:can-i-cancel",
        "faq:how-do-i-return-it",
        "faq:contact",
    ]


def test_sections_with_the_same_question_get_distinct_ids(tmp_path):
    page = documents(read_page(tmp_path, "---\nid: faq\n---\n## Why?\n\nA.\n\n## Why?\n\nB.\n"))
    assert [document.id for document in page] == ["faq:why", "faq:why-2"]


def test_a_page_that_begins_with_a_question_keeps_it(tmp_path):
    page = documents(read_page(tmp_path, "## Why?\n\nA.\n\n## How?\n\nB.\n"))
    assert [document.questions for document in page] == [("Why?",), ("How?",)]


def test_an_article_with_its_own_phrasings_is_not_parted(tmp_path):
    assert len(read_page(tmp_path, "---\nquestions: [Why?]\n---\n## Why?\n\nA.\n\n## How?\n\nB.\n")) == 1


def test_one_heading_that_asks_makes_no_page_of_questions(tmp_path):
    assert len(read_page(tmp_path, "# Returns\n\n## Why?\n\nA.\n\n## Terms\n\nB.\n")) == 1


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("---\ntitle: Cancelling\n\nPress Cancel.\n", 1, "not closed"),
        ("---\ntitle: [a\n---\nPress.\n", 3, "front matter cannot be read"),
        ("---\ntitle: a: b\n---\nPress.\n", 2, "front matter cannot be read"),
        ("---\n- title\n---\nPress.\n", 1, "must be lines like"),
        ("---\nquestions:\n  - {a: b}\n---\nPress.\n", 1, "questions must be a text or a list of texts"),
        ("---\ntitle: " + "[" * 5000 + "\n---\nPress.\n", 1, "front matter cannot be read"),
        ("# A\n\nPress\x00.\n", 1, "NUL"),
        ("# A\n\n" + "x" * 200_001, 1, "200,000"),
        ("# A\n\n" + "x" * 900_000, 1, "is longer than 200,000"),
    ],
)
def test_a_bad_article_is_named_with_its_line(tmp_path, content, line, reason):
    (bad,) = read_page(tmp_path, content)
    assert isinstance(bad, BadRow)
    assert (bad.file, reason in bad.reason) == ("cancel-order.md", True)
    assert bad.line == line or reason.startswith("front")


def test_a_bad_section_of_a_page_is_named_with_the_line_of_its_heading(tmp_path):
    items = read_page(tmp_path, "# Questions\n\n## Why?\n\nA\n\n## How?\n\nB\x00\n\n## When?\n\nC\n")
    assert [item.line for item in items if isinstance(item, BadRow)] == [7]
    assert len(items) == 3


def test_an_empty_article_is_refused(tmp_path):
    with pytest.raises(KnowledgeError, match="is empty"):
        read_page(tmp_path, "\n")


def test_every_article_of_the_sample_business_reads():
    reading = read(SAMPLE)
    articles = documents(list(reading))
    assert not reading.notices
    assert len(articles) == len(list(SAMPLE.glob("*.md")))
    assert all(article.title and article.questions and article.text for article in articles)
    assert all({"category", "intent"} <= set(article.fields) for article in articles)

"""Knowledge: looked through, corrected, added to, loaded from files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from console.clicking import button, click, field, go, said
from customer_assist.bootstrap import Assistant
from customer_assist.console.client import Client

Console = Callable[[], AppTest]
HEADER = "id,question,answer\n"
LAMP, PARCEL = "lamp,How do I return a lamp?,Send it back.\n", "parcel,Where is my parcel?,On its way.\n"
HOSTILE = "# <img src=x onerror=alert(1)> **[win](https://evil.example)** $x$ :red[y] &lt;b&gt;"


@pytest.fixture
def knowledge(console: Console) -> Callable[[], AppTest]:
    return lambda: go(console(), "knowledge")


def part(page: AppTest, name: str) -> AppTest:
    page._page_hash = ""
    page.segmented_control[0].set_value(name)
    shown = page.run()
    assert not shown.exception, shown.exception
    return shown


def labels(page: AppTest) -> list[str]:
    return [each.label for each in page.button]


def test_articles_are_found_by_their_words_and_turned_by_pages(knowledge: Console, shop: Assistant) -> None:
    page = knowledge()
    total = shop.documents.count()
    assert f"1 to 20 of {total} articles" in said(page)
    first = labels(page)
    page = click(page, "More")
    assert "21 to " in said(page) and labels(page) != first
    field(page, "Look for words").input("limescale orange")
    page = page.run()
    assert "1 to " in said(page) and any("scal" in label.lower() for label in labels(page))
    field(page, "Look for words").input("nosuchwordatall")
    assert "No article has all of these words" in said(page.run())


def test_an_empty_knowledge_says_what_to_do(knowledge: Console, shop: Assistant) -> None:
    shop.documents.delete([document.id for document in shop.documents.load().documents])
    assert "Nothing is known yet" in said(knowledge())


def test_an_article_is_shown_as_a_customer_sees_it_and_whether_it_is_found(
    knowledge: Console, client: Client
) -> None:
    client.put_document(
        "post",
        {
            "title": "Post",
            "questions": ["Where do I post it?"],
            "text": "Write to {{Customer Support Email}}.",
        },
    )
    page = knowledge()
    field(page, "Look for words").input("Where do I post it")
    page = click(page.run(), "Post")
    assert "hello@" in said(page) or "@" in said(page)
    assert "{{" not in said(page) and "written here" in said(page)
    page = click(page, "Is it found?")
    [row] = page.dataframe[0].value.to_dict("records")
    assert (row["asked"], row["comes first"]) == ("Where do I post it?", "this article")
    page = click(page, "All articles")
    assert "of " in said(page) and not [each for each in page.button if each.label == "Edit"]


def test_a_new_article_is_previewed_and_saved_and_answers(knowledge: Console, client: Client) -> None:
    page = click(knowledge(), "New article")
    field(page, "Title").input("Sharpening knives")
    field(page, "Answer").input("We sharpen knives. The code is {{Gate Code}}.")
    page = click(page, "Preview")
    assert "We sharpen knives." in said(page) and "enter it under “Facts”" in said(page)
    assert client.documents("", "console", 0, 5)["documents"] == []
    page = click(page, "Save")
    [saved] = client.documents("", "console", 0, 5)["documents"]
    assert saved["title"] == "Sharpening knives" and saved["id"].startswith("sharpening-knives-")
    assert "Saved." in said(page)


@pytest.mark.parametrize(("title", "answer"), [("", ""), ("Only a title", "  "), ("", "Only an answer")])
def test_an_article_that_says_nothing_is_not_saved(
    knowledge: Console, client: Client, title: str, answer: str
) -> None:
    page = click(knowledge(), "New article")
    field(page, "Title").input(title)
    field(page, "Answer").input(answer)
    page = click(page, "Save")
    assert "Write " in str(page.error[0].value)
    assert client.documents("", "console", 0, 5)["documents"] == []


def test_nothing_is_deleted_before_it_was_asked(knowledge: Console, client: Client) -> None:
    client.put_document("gone", {"title": "To be gone", "text": "Soon."})
    page = knowledge()
    field(page, "Look for words").input("To be gone")
    page = click(click(page.run(), "To be gone"), "Delete …")
    assert "It is in no file: it does not come back." in said(page)
    page = click(page, "Keep it")
    assert client.document("gone")["title"] == "To be gone"
    page = click(click(page, "Delete …"), "Yes, delete it")
    assert client.documents("gone", "console", 0, 5)["documents"] == []


def test_an_article_that_somebody_else_deleted_is_said_to_be_gone(knowledge: Console, client: Client) -> None:
    client.put_document("gone", {"text": "A text without a name, that ended soon."})
    page = knowledge()
    field(page, "Look for words").input("without a name")
    page = click(page.run(), "A text without a name")
    client.delete_document("gone")
    page = click(page, "Edit")
    assert [each.value.split(":")[0] for each in page.error] == ["This article is not there any more"]


def test_what_came_with_a_file_is_said_to_come_back(knowledge: Console, client: Client) -> None:
    page = knowledge()
    label = next(each for each in labels(page) if "\n\n" in each)
    page = click(click(page, label), "Delete …")
    assert "when that is loaded again and still has it, it comes back" in said(page)
    page = click(click(page, "Keep it"), "Edit")
    assert "change it there, too" in said(page)


def test_hostile_texts_are_shown_as_they_are(knowledge: Console, client: Client) -> None:
    client.put_document("hostile", {"title": HOSTILE, "questions": [HOSTILE], "text": f"{HOSTILE} A text."})
    page = knowledge()
    field(page, "Look for words").input("onerror")
    page = page.run()
    label = next(each for each in labels(page) if "onerror" in each)
    assert "\\<img" in label and "\\[win\\]" in label and "\\&lt" in label
    page = click(page, label)
    raw = [
        str(each.value) for kind in ("markdown", "subheader", "caption", "warning") for each in page.get(kind)
    ]
    for shown in raw:
        assert "<img" not in shown.replace("\\<img", "") and "![" not in shown


# --- files ---------------------------------------------------------------------------------------------


def upload(page: AppTest, *files: tuple[str, str]) -> AppTest:
    page._page_hash = ""
    page.file_uploader[0].set_value([(name, content.encode(), "text/csv") for name, content in files])
    shown = page.run()
    assert not shown.exception, shown.exception
    return shown


def metrics(page: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in page.metric}


def test_a_file_is_told_before_it_is_loaded(knowledge: Console, client: Client, shop: Assistant) -> None:
    page = part(knowledge(), "Upload files")
    assert "Choose a file" in said(page)
    content = HEADER + LAMP + PARCEL + "call,How do I call?,Press {{Bell Name}}.\na,b,c,d\n"
    page = upload(page, ("faq.csv", content))
    assert metrics(page) == {"New": "3", "Changed": "0", "Unchanged": "0", "Removed": "0", "Not usable": "1"}
    [row] = page.dataframe[0].value.to_dict("records")
    assert row["where"] == "faq.csv:5" and "4 columns" in row["why"]
    assert "nothing is removed of what this file brought before" in said(page)  # the sample business does go
    assert "Bell Name" in said(page) and shop.documents.get("lamp") is None
    page = click(page, "Load it")
    assert "faq.csv is loaded: 3 new, 1 not usable" in said(page).replace("\\", "")
    assert shop.documents.get("lamp")
    assert "Nothing would change" in said(page)


def test_a_file_that_cannot_be_read_is_one_line(knowledge: Console, shop: Assistant) -> None:
    page = upload(part(knowledge(), "Upload files"), ("faq.json", "{"))
    assert "faq.json" in str(page.error[0].value).replace("\\", "") and not metrics(page)
    assert "Load it" not in labels(page)


def test_five_thousand_rows_are_loaded(knowledge: Console, shop: Assistant) -> None:
    there = shop.documents.count()
    rows = "".join(f"row-{n},What is number {n}?,Number {n} is a number among others.\n" for n in range(5000))
    page = upload(part(knowledge(), "Upload files"), ("numbers.csv", HEADER + rows))
    assert metrics(page)["New"] == "5,000"
    click(page, "Load it")
    assert shop.documents.count() == there + 5000


# --- facts ---------------------------------------------------------------------------------------------


def test_a_fact_that_is_missed_is_shown_with_its_sentence_and_entered(
    knowledge: Console, client: Client
) -> None:
    client.put_document(
        "gate", {"title": "The gate", "text": "The code of the gate is {{Gate Code}}. It is left."}
    )
    page = part(knowledge(), "Facts")
    assert "The code of the gate is" in said(page)
    form = next(each for each in page.text_input if "Gate Code" in each.label)
    form.input("4711")
    page._page_hash = ""
    page = page.button(key=_saving(page, "Gate Code")).click().run()
    assert not page.exception and "4711" in said(page)
    assert client.facts()["lacking"] == []
    assert "every fact that your articles ask for is known" in said(page)


def _saving(page: AppTest, name: str) -> str:
    return next(str(each.key) for each in page.button if each.label == "Save" and name in str(each.key))


def test_from_a_fact_to_the_article_that_misses_it(knowledge: Console, client: Client) -> None:
    client.put_document("gate", {"title": "The gate", "text": "The code of the gate is {{Gate Code}}."})
    page = click(part(knowledge(), "Facts"), "Open “The gate”")
    assert "As a customer sees it" in said(page) and button(page, "Edit")

"""What the console calls things."""

from __future__ import annotations

import pytest

from customer_assist.console.words import day_of, heading, shortened


@pytest.mark.parametrize(
    ("title", "questions", "text", "called"),
    [
        ("Returns", ["Can I send it back?"], "Yes.", "Returns"),
        ("", ["Can I send it back?"], "Yes.", "Can I send it back?"),
        ("", [], "Yes,\nwithin a month.", "Yes, within a month."),
        ("", [], "", "b937cb43b160ca40"),
    ],
)
def test_an_article_without_a_name_is_called_by_what_it_says(
    title: str, questions: list[str], text: str, called: str
) -> None:
    document = {"id": "b937cb43b160ca40", "title": title, "questions": questions, "text": text}
    assert heading(document) == called


def test_what_is_cut_short_says_so() -> None:
    assert shortened("might you possibly", 11) == "might you…" and shortened("might you", 9) == "might you"


def test_days_are_read_as_people_write_them() -> None:
    assert day_of("2026-11-20") == "Fri 20 Nov"

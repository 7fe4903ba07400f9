"""Names as they are written and as they are said, brought to one form."""

from __future__ import annotations

import pytest

from customer_assist.text.spoken import spoken_words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Pier 39", "pier thirty nine"),
        ("Studio 105", "studio one zero five"),
        ("Nineteen 06", "nineteen zero six"),
        ("Room 12", "room twelve"),
        ("Bed & Breakfast", "bed and breakfast"),
        ("Café Söhne", "cafe sohne"),
        ("O'Hara's", "oharas"),
        ("O’Hara’s", "oharas"),
        ("THE LAMP-HOUSE (East)", "the lamp house east"),
        ("— … !", ""),
    ],
)
def test_a_name_is_written_as_it_is_said(written: str, said: str) -> None:
    assert spoken_words(written) == said.split()

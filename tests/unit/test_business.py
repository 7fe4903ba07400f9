"""The business profile: what may stand in it."""

from __future__ import annotations

import pytest

from customer_assist.business import EMPTY_PROFILE, parse_profile
from customer_assist.errors import ConfigurationError


def test_an_empty_profile_fills_nothing() -> None:
    assert parse_profile("") == EMPTY_PROFILE
    assert EMPTY_PROFILE.placeholders() == {}


def test_every_unknown_key_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"contact\.fone: unknown key; phone: unknown key"):
        parse_profile('phone = "1"\n[contact]\nfone = "1"\n')


@pytest.mark.parametrize(
    "line", ['name = "A {{B}}"', '[contact]\nphone = "{{Phone}}"', '[facts]\n"X" = "}}"']
)
def test_a_value_is_never_a_placeholder_itself(line: str) -> None:
    with pytest.raises(ConfigurationError, match="write the value itself"):
        parse_profile(line)


def test_a_colour_is_written_with_six_digits_and_is_nothing_that_answers_may_state() -> None:
    profile = parse_profile('color = "#1F5c4d"')
    assert profile.color == "#1F5c4d" and profile.stated() == frozenset()
    for wrong in ("green", "#1f5", "1f5c4d", "#1f5c4d;", "#1f5c4g"):
        with pytest.raises(ConfigurationError, match=r"color: .*write it as #rrggbb"):
            parse_profile(f'color = "{wrong}"')


def test_what_is_no_toml_is_told_with_its_place() -> None:
    with pytest.raises(ConfigurationError, match=r"not valid TOML: .*line 2"):
        parse_profile("name = 'x'\nphone\n")

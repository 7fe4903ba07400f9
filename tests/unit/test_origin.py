"""A site's name as a browser writes it, and the setting that lists such names."""

from __future__ import annotations

from pathlib import Path

import pytest

from customer_assist.config import load_settings
from customer_assist.errors import ConfigurationError
from customer_assist.origin import origin_of


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_site_has_one_name_however_it_is_written(text: str, origin: str) -> None:
    assert origin_of(text) == origin


NONE = [
    "shop.example",
    "ftp://shop.example",
    "https://",
    "https://shop.example/",
    "https://shop.example/help",
    "https://shop.example?x",
    "https://shop.example#x",
    "https://me@shop.example",
    "https://shop..example",
    "https://shop.example:",
    "https://shop.example:0",
    "https://shop.example:65536",
    "https://shop.example:8٤43",
    "https://[::1",
    "https://[1.2]",
    "https://*.shop.example",
    "https://bücher.example",
    "https://shop.example https://other.example",
    "https://shop.example\nx",
    "null",
    "*",
]


@pytest.mark.parametrize("text", ["", *NONE])
def test_what_is_not_the_bare_name_of_one_site_is_none(text: str) -> None:
    assert origin_of(text) is None


def test_without_the_setting_only_the_assistants_own_page_may_ask(tmp_path: Path) -> None:
    assert load_settings({}, folder=tmp_path).origins == ()
    assert load_settings({"CUSTOMER_ASSIST_ORIGINS": " , "}, folder=tmp_path).origins == ()


def test_sites_stand_with_commas_between_and_count_once(tmp_path: Path) -> None:
    given = "https://shop.example, HTTPS://Shop.example:443 ,http://localhost:8000,"
    found = load_settings({"CUSTOMER_ASSIST_ORIGINS": given}, folder=tmp_path).origins
    assert found == ("https://shop.example", "http://localhost:8000")


@pytest.mark.parametrize("value", NONE)
def test_what_is_no_site_says_in_one_line_what_to_set(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_settings({"CUSTOMER_ASSIST_ORIGINS": f"https://fine.example,{value}"}, folder=tmp_path)
    said = str(raised.value)
    assert said.startswith(f"CUSTOMER_ASSIST_ORIGINS: {value!r} ")
    assert "set sites like https://shop.example" in said and "\n" not in said


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("https://shop.example/help", "more than scheme, host and port"),
        ("https://shop.example/", "more than scheme, host and port"),
        ("*", "sites that you do not know"),
        ("https://*.shop.example", "sites that you do not know"),
        ("https://bücher.example", "xn--"),
        ("shop.example", "no site's address"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, value: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        load_settings({"CUSTOMER_ASSIST_ORIGINS": value}, folder=tmp_path)

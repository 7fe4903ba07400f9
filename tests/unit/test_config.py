"""Settings that are wrong say so in words; zones as containers name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from customer_assist.config import load_settings
from customer_assist.errors import ConfigurationError


@pytest.mark.parametrize("name", ["CUSTOMER_ASSIST_HOME", "CUSTOMER_ASSIST_KNOWLEDGE"])
def test_the_home_of_a_user_that_does_not_exist_is_a_wrong_setting(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"~nosuchuser/x.*full path"):
        load_settings({name: "~nosuchuser/x"}, folder=tmp_path)


def test_a_file_of_settings_in_another_encoding_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("POSTGRES_PASSWORD=grün".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load_settings({}, folder=tmp_path)


@pytest.mark.parametrize("prefix", ["", ":"])
def test_a_zone_given_as_a_file_is_the_zone_that_the_file_is_a_link_to(tmp_path: Path, prefix: str) -> None:
    zone = tmp_path / "zoneinfo/Europe/Berlin"
    zone.parent.mkdir(parents=True)
    zone.touch()
    (tmp_path / "localtime").symlink_to(zone)
    found = load_settings({"TZ": f"{prefix}{tmp_path}/localtime"}, folder=tmp_path)
    assert found.time_zone.key == "Europe/Berlin"


@pytest.mark.parametrize("zone", ["CET-1CEST", ":/nowhere/localtime", "Europe", "../x"])
def test_what_names_no_zone_is_a_wrong_setting_that_names_one(tmp_path: Path, zone: str) -> None:
    with pytest.raises(ConfigurationError, match="Europe/Berlin"):
        load_settings({"TZ": zone}, folder=tmp_path)

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


def test_what_the_gate_is_to_keep_has_defaults_and_can_be_set(tmp_path: Path) -> None:
    left, given = (
        load_settings(environ, folder=tmp_path)
        for environ in ({}, {"CUSTOMER_ASSIST_COVERAGE": "0.8", "CUSTOMER_ASSIST_RISK": "0.05"})
    )
    assert (left.coverage, left.risk) == (0.95, None)
    assert (given.coverage, given.risk) == (0.8, 0.05)


@pytest.mark.parametrize("value", ["0.5", "1", " 0.9 ", "9e-1"])
def test_a_coverage_is_a_share_from_a_half_to_all(tmp_path: Path, value: str) -> None:
    assert load_settings({"CUSTOMER_ASSIST_COVERAGE": value}, folder=tmp_path).coverage == float(value)


@pytest.mark.parametrize("value", ["0", "0.5", "0.01"])
def test_a_risk_is_a_share_from_none_to_a_half(tmp_path: Path, value: str) -> None:
    assert load_settings({"CUSTOMER_ASSIST_RISK": value}, folder=tmp_path).risk == float(value)


@pytest.mark.parametrize("value", ["0.49", "1.01", "-1", "95", "95%", "most", "nan", "inf", "0,9"])
def test_what_is_no_coverage_says_what_is_one(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_settings({"CUSTOMER_ASSIST_COVERAGE": value}, folder=tmp_path)
    assert str(raised.value).startswith(f"CUSTOMER_ASSIST_COVERAGE={value!r}: set a share from 0.5 to 1")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("value", ["0.51", "-0.1", "5", "5%", "none", "nan", "-inf"])
def test_what_is_no_risk_says_what_is_one(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_settings({"CUSTOMER_ASSIST_RISK": value}, folder=tmp_path)
    assert str(raised.value).startswith(f"CUSTOMER_ASSIST_RISK={value!r}: set a share from 0 to 0.5")


def test_a_risk_left_blank_is_none(tmp_path: Path) -> None:
    assert load_settings({"CUSTOMER_ASSIST_RISK": "  "}, folder=tmp_path).risk is None

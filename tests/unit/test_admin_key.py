"""The key of the people who run the business."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from customer_assist.admin_key import FILE, admin_key
from customer_assist.config import Settings, load_settings
from customer_assist.errors import ConfigurationError


def settings_in(home: Path, key: str = "") -> Settings:
    environment = {"CUSTOMER_ASSIST_HOME": str(home), "CUSTOMER_ASSIST_ADMIN_KEY": key}
    return load_settings(environment, folder=home.parent)


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home")
    key = admin_key(settings)
    assert len(key) >= 40 and admin_key(settings) == key
    assert stat.S_IMODE((settings.home / FILE).stat().st_mode) == 0o600
    assert [path.name for path in settings.home.iterdir()] == [FILE]


def test_two_programs_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: admin_key(settings), range(32)))
    assert len(keys) == 1


def test_a_key_that_is_set_wins_and_nothing_is_written(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home", "a-key-of-my-own-choice")
    assert admin_key(settings) == "a-key-of-my-own-choice"
    assert not settings.home.exists() and "a-key-of-my-own-choice" not in repr(settings)


def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="at least 16 characters"):
        settings_in(tmp_path, "secret")


def test_a_key_that_cannot_be_kept_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    with pytest.raises(ConfigurationError, match="set CUSTOMER_ASSIST_ADMIN_KEY instead"):
        admin_key(settings_in(tmp_path / "home"))


def test_an_emptied_file_is_filled_again(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (tmp_path / FILE).write_text("")
    assert len(admin_key(settings)) >= 40

"""The order of the rooms is kept by import-linter, which notices when it is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and its rules."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(
        REPOSITORY / "src" / "customer_assist",
        folder / "customer_assist",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


def lint(house: Path) -> tuple[int, str]:
    done = subprocess.run(
        [LINTER, "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_rooms_import_leftwards_only(house: Path) -> None:
    status, told = lint(house)
    assert status == 0, told


@pytest.mark.parametrize(
    ("file", "line", "named"),
    [
        (
            "text/steps.py",
            "import customer_assist.desk",
            "customer_assist.text.steps -> customer_assist.desk",
        ),
        ("search/terms.py", "import customer_assist.answering.gate", "customer_assist.search.terms"),
        ("model.py", "import customer_assist.errors", "customer_assist.model -> customer_assist.errors"),
        ("desk.py", "import flask", "customer_assist.desk -> flask"),
    ],
)
def test_an_import_that_breaks_the_order_is_noticed(house: Path, file: str, line: str, named: str) -> None:
    path = house / "customer_assist" / file
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(f"{before}\n{line}\n", encoding="utf-8")
        status, told = lint(house)
    finally:
        path.write_text(before, encoding="utf-8")
    assert status == 1
    assert named in told


def test_a_room_that_has_no_place_in_the_order_is_noticed(house: Path) -> None:
    room = house / "customer_assist" / "helpers.py"
    room.write_text('"""A room nobody planned."""\n', encoding="utf-8")
    try:
        status, told = lint(house)
    finally:
        room.unlink()
    assert status == 1
    assert "helpers" in told

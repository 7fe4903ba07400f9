"""How soon a customer can read an answer, in a real browser: the tests of it, asked more often."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "browser" / "test_first_answer.py"


def run(data: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.jsonl"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--no-header", "--timeout=900", str(TESTS)],
            env={**os.environ, "CUSTOMER_ASSIST_FIGURES": str(figures)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        if not figures.exists():
            print(f"skipped: {done.stdout.strip().splitlines()[-1]}")
            return found
        for line in figures.read_text(encoding="utf-8").splitlines():
            found.update(json.loads(line))
    for what, told in found.items():
        print(f"{what}: {told}")
    return found

"""The README's question, asked as it stands there, gets the README's answer."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from server_process import running_server

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_readmes_question_gets_its_answer(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = next(
        block for block in re.findall(r"```bash\n(.*?)```", readme, re.DOTALL) if "/question" in block
    )
    quoted = " ".join(line.removeprefix(">").strip() for line in readme.splitlines() if line.startswith(">"))
    answer, source = re.fullmatch(r"(.*?) … +\*Source: (.*)\*", quoted).groups()  # type: ignore[union-attr]
    with running_server(tmp_path / "home", ROOT / "examples" / "brindle", {}) as server:
        asked = command.replace("http://127.0.0.1:5000", server.base).replace("curl", "curl --silent")
        printed = subprocess.run(["bash", "-c", asked], capture_output=True, timeout=60, check=True).stdout
    turn = json.loads(printed)
    assert " ".join(turn["answer"].split()).startswith(answer)
    assert [citation["title"] for citation in turn["citations"]] == [source]
    assert turn["logged"] is True and "{{" not in turn["answer"]

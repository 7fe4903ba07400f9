"""The notebooks run from top to bottom, on the sample business, and show something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from fakes import FakeOpenAI, Reply

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def executed(name: str) -> list[Any]:
    """The code cells with their outputs; an error in any of them fails the test."""
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cells: list[Any]) -> str:
    return "".join(out.get("text", "") for cell in cells for out in cell.outputs)


def plots(cells: list[Any]) -> int:
    return sum("image/png" in out.get("data", {}) for cell in cells for out in cell.outputs)


@pytest.fixture(autouse=True)
def _pictures_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever imports Streamlit, as the console's tests do, chooses a backend without pictures for all kernels."""
    monkeypatch.delenv("MPLBACKEND", raising=False)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Thirty articles of the sample business."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for article in sorted((NOTEBOOKS.parent / "examples" / "brindle" / "articles").glob("*.md"))[:30]:
        (folder / article.name).write_text(article.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


@pytest.fixture
def their_questions(few: Path, tmp_path: Path) -> Path:
    """The messages that one of them answers."""
    kept = {article.stem for article in few.glob("*.md")}
    lines = (NOTEBOOKS.parent / "examples" / "questions" / "questions.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in lines.splitlines()]
    gold = [row["document"] if isinstance(row["document"], list) else [row["document"]] for row in rows]
    file = tmp_path / "asked.jsonl"
    file.write_text(
        "".join(json.dumps(row) + "\n" for row, right in zip(rows, gold, strict=True) if kept >= set(right)),
        encoding="utf-8",
    )
    return file


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    def write(request: dict[str, Any]) -> str:
        title = request["messages"][-1]["content"].splitlines()[1]
        return json.dumps({"questions": [f"{word} {title}" for word in ("so", "well", "hi", "um", "ok")]})

    with FakeOpenAI(Reply(write)) as server:
        yield server


def test_they_are_kept_without_outputs() -> None:
    """What is shown is made when they are run: kept results grow old."""
    found = sorted(NOTEBOOKS.glob("*.ipynb"))
    assert [file.stem for file in found] == ["01-data-preparation", "02-ground-truth", "03-rag-test"]
    for file in found:
        for cell in nbformat.read(file, as_version=4).cells:
            assert not cell.get("outputs") and not cell.get("execution_count")


def test_data_preparation(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTEBOOK_KNOWLEDGE", str(few))
    cells = executed("01-data-preparation.ipynb")
    assert "30 documents, 0 rows" in printed(cells) and "stored questions, 0 find another" in printed(cells)
    assert plots(cells) == 1


def test_ground_truth_with_a_model(few: Path, model: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTEBOOK_KNOWLEDGE", str(few))
    monkeypatch.setenv("NOTEBOOK_DOCUMENTS", "4")
    monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
    cells = executed("02-ground-truth.ipynb")
    assert "questions=20" in printed(cells) and len(model.requests) == 4 and plots(cells) == 1


def test_ground_truth_without_a_model(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("NOTEBOOK_KNOWLEDGE", str(few))
    assert "no language model is set" in printed(executed("02-ground-truth.ipynb"))


def test_rag_test(few: Path, their_questions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTEBOOK_KNOWLEDGE", str(few))
    monkeypatch.setenv("NOTEBOOK_QUESTIONS", str(their_questions))
    for name in ("HOST", "USER", "PASSWORD"):  # the owner's own database is not for this
        monkeypatch.setenv(f"POSTGRES_{name}", "nowhere.invalid")
    cells = executed("03-rag-test.ipynb")
    assert "helps:" in printed(cells)
    assert plots(cells) == 2

"""`evaluate retrieval` and `evaluate compare`, from files to a table, a page and a saved run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import Command, is_one_line


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    file = tmp_path / "asked.csv"
    file.write_text(
        "question,document\nis a parcel to Malta slow?,malta\nmoney back when?,refund\ncard?,pay\n"
    )
    return file


def measure(command: Command, faq: Path, asked: Path, *options: str):  # type: ignore[no-untyped-def]
    return command("evaluate", "retrieval", "--documents", str(faq), "--questions", str(asked), *options)


def test_one_engine_is_the_object_of_the_contract(bare_command: Command, faq: Path, asked: Path) -> None:
    done = measure(bare_command, faq, asked, "--engine", "lexical", "--json")
    told = json.loads(done.out)
    assert done.status == 0 and (told["engine"], told["documents"], told["questions"]) == ("lexical", 12, 3)
    assert set(told) >= {"hit_rate@1", "hit_rate@5", "hit_rate@10", "mrr@5", "mrr@10", "ndcg@10", "ci95"}
    assert set(told["ms_per_query"]) == {"p50", "p95", "p99"}


def test_several_engines_stand_side_by_side(bare_command: Command, faq: Path, asked: Path) -> None:
    engines = ("--engine", "lexical", "--engine", "minsearch")
    told = json.loads(measure(bare_command, faq, asked, *engines, "--json").out)
    assert [run["engine"] for run in told["runs"]] == ["lexical", "minsearch"]
    assert {each["b"] for each in told["comparisons"]} == {"minsearch"}
    table = measure(bare_command, faq, asked, *engines).out
    assert "lexical" in table and "minsearch" in table and "question by question" in table
    assert max(map(len, table.splitlines())) <= 80


def test_a_saved_run_is_compared_with_another(
    bare_command: Command, faq: Path, asked: Path, tmp_path: Path
) -> None:
    for engine in ("lexical", "minsearch"):
        done = measure(
            bare_command, faq, asked, "--engine", engine, "--save", str(tmp_path / f"{engine}.run")
        )
        assert done.status == 0
    files = (str(tmp_path / "lexical.run"), str(tmp_path / "minsearch.run"))
    done = bare_command("evaluate", "compare", *files)
    assert done.status == 0
    assert "lexical.run (lexical) against minsearch.run" in " ".join(done.out.split())
    assert {"comparisons", "changes"} == set(
        json.loads(bare_command("evaluate", "compare", *files, "--json").out)
    )
    assert "different documents" not in done.err
    faq.write_text(faq.read_text().replace("nine days", "ten days"))
    measure(bare_command, faq, asked, "--engine", "lexical", "--save", files[1])
    assert "different documents" in bare_command("evaluate", "compare", *files).err
    wrong = bare_command("evaluate", "compare", str(faq), files[0])
    assert wrong.status == 1 and is_one_line(wrong.err) and "no saved run" in wrong.err


def test_a_report_is_written_beside_the_table(
    bare_command: Command, faq: Path, asked: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    done = measure(bare_command, faq, asked, "--engine", "lexical", "--report", str(page))
    assert done.status == 0 and str(page) in done.err.replace("\n", "")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    done = measure(
        bare_command, faq, asked, "--engine", "lexical", "--report", str(tmp_path / "no" / "x.html")
    )
    assert done.status == 2 and is_one_line(done.err) and "cannot be written" in done.err


def test_brackets_in_a_question_are_text(
    bare_command: Command, faq: Path, asked: Path, tmp_path: Path
) -> None:
    asked.write_text("question,document\nmoney [/red] back [bold]when[/bold]?,refund\ncard?,pay\n")
    for engine in ("lexical", "minsearch-boosted"):
        measure(bare_command, faq, asked, "--engine", engine, "--save", str(tmp_path / f"{engine}.run"))
    done = bare_command(
        "evaluate", "compare", str(tmp_path / "lexical.run"), str(tmp_path / "minsearch-boosted.run")
    )
    assert done.status == 0 and done.err == ""


def test_nothing_that_is_read_is_overwritten(bare_command: Command, faq: Path, asked: Path) -> None:
    before = asked.read_text()
    for option in ("--save", "--report"):
        done = measure(bare_command, faq, asked, "--engine", "lexical", option, str(asked))
        assert done.status == 2 and is_one_line(done.err) and "overwritten" in done.err
    assert asked.read_text() == before


def test_questions_without_a_right_answer_are_named_as_not_measured(
    bare_command: Command, faq: Path, asked: Path
) -> None:
    asked.write_text(asked.read_text() + "what of this?,\n")
    assert "1 of 4 questions" in measure(bare_command, faq, asked, "--engine", "lexical").err
    asked.write_text("question,intent\nwhy?,nosuch\n")
    done = measure(bare_command, faq, asked, "--engine", "lexical")
    assert done.status == 1 and "no document has one" in done.err
    faq.write_text("question,answer,intent\nWhy?,Because.,reason\n")
    done = measure(bare_command, faq, asked, "--engine", "lexical")
    assert done.status == 1 and is_one_line(done.err) and "'nosuch'" in done.err


def test_wrong_names_are_errors_that_name_the_right_ones(
    bare_command: Command, faq: Path, asked: Path
) -> None:
    done = measure(bare_command, faq, asked, "--engine", "bm25")
    assert done.status == 2 and is_one_line(done.err) and "lexical" in done.err
    done = measure(bare_command, faq, asked, "--engine", "lexical", "--filter", "colour")
    assert done.status == 1 and is_one_line(done.err) and "colour" in done.err
    asked.write_text("question,document\nwhy?,nowhere\n")
    done = measure(bare_command, faq, asked, "--engine", "lexical")
    assert done.status == 1 and is_one_line(done.err) and "'nowhere'" in done.err

"""Runs: measured as others measure them, kept, compared, and shown on a page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from random import Random

import ir_measures
import numpy as np
import pytest

from customer_assist.errors import InvalidInput
from customer_assist.evaluation.comparison import changes, compare, randomisation_test
from customer_assist.evaluation.report import report_html
from customer_assist.evaluation.runs import Asked, Found, Run, fingerprint, load, save
from stand_ins import make_document

DOCUMENTS = [make_document(f"d{i}", f"<Title {i}>", text="x", intent=f"s{i % 3}") for i in range(12)]
OTHERS = {
    "hit_rate@1": ir_measures.Success @ 1,
    "hit_rate@5": ir_measures.Success @ 5,
    "hit_rate@10": ir_measures.Success @ 10,
    "mrr@5": ir_measures.RR @ 5,
    "mrr@10": ir_measures.RR @ 10,
    "ndcg@10": ir_measures.nDCG @ 10,
}


def found(*numbers: int) -> tuple[Found, ...]:
    return tuple(
        Found(f"d{i}", f"<Title {i}>", f"s{i % 3}", 1.0 - 0.05 * rank) for rank, i in enumerate(numbers)
    )


def asked(question: str, right: set[int], *numbers: int) -> Asked:
    documents = tuple(sorted(f"d{i}" for i in right))
    return Asked(question, documents, tuple(sorted({f"s{i % 3}" for i in right})), found(*numbers))


def run(*questions: Asked, engine: str = "one") -> Run:
    return Run(
        engine, len(DOCUMENTS), fingerprint(DOCUMENTS), 10, questions, {"p50": 1.0, "p95": 2.0, "p99": 3.0}
    )


def random_run(seed: int, engine: str = "one") -> Run:
    """Forty questions with one to three right documents, ranked at random; the questions do not depend on it."""
    judged, ranked = Random(7), Random(seed)
    return run(
        *(
            asked(
                f"{i} " * (i % 12),
                set(judged.sample(range(12), judged.randint(1, 3))),
                *ranked.sample(range(12), 10),
            )
            for i in range(40)
        ),
        engine=engine,
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_measures_of_a_run_are_those_of_ir_measures(seed: int) -> None:
    made = random_run(seed)
    qrels = {str(i): dict.fromkeys(each.documents, 1) for i, each in enumerate(made.asked)}
    scores = {str(i): {f.document: f.score for f in each.found} for i, each in enumerate(made.asked)}
    theirs = ir_measures.calc_aggregate(list(OTHERS.values()), qrels, scores)
    for name, measure in OTHERS.items():
        assert made.measures[name] == pytest.approx(theirs[measure]), name


def test_a_run_by_hand() -> None:
    made = run(asked("a", {1}, 1, 2), asked("b", {2}, 1, 2), asked("c", {3}, 4, 5), asked("d", {3}))
    assert made.measures["hit_rate@1"] == 0.25 and made.measures["mrr@10"] == pytest.approx(1.5 / 4)
    assert made.measures["intent_precision@1"] == 0.25  # the third's subject is not that of the first found
    assert made.by_intent == {"s0": 0.0, "s1": 1.0, "s2": 0.0}
    low, high = made.intervals["hit_rate@1"]
    assert 0 <= low < 0.25 < high <= 1


def test_a_run_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    strange = asked("a\u2028b\x85c \ud800 ünd", {1}, 1)
    made = run(*random_run(1).asked, strange)
    save(made, tmp_path / "a.run")
    assert load(tmp_path / "a.run") == made
    lines = (tmp_path / "a.run").read_text().splitlines()
    (tmp_path / "a.run").write_text("\n".join(lines[:-1]))
    with pytest.raises(InvalidInput, match="no saved run"):  # it was cut off
        load(tmp_path / "a.run")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"format": "customer-assist run 1"}', "\x00"])
def test_another_file_is_no_run(tmp_path: Path, content: str) -> None:
    (tmp_path / "x").write_text(content)
    with pytest.raises(InvalidInput, match="no saved run"):
        load(tmp_path / "x")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(tmp_path / "absent")
    with pytest.raises(InvalidInput, match="cannot be written"):
        save(random_run(1), tmp_path / "absent" / "x")


def test_a_fingerprint_knows_the_documents_and_not_their_order() -> None:
    assert fingerprint(DOCUMENTS) == fingerprint(DOCUMENTS[::-1])
    assert fingerprint(DOCUMENTS) != fingerprint([*DOCUMENTS[1:], replace(DOCUMENTS[0], text="y")])
    assert fingerprint(DOCUMENTS) != fingerprint(DOCUMENTS[1:])


def test_a_comparison_counts_question_by_question() -> None:
    one = run(asked("a", {1}, 1), asked("b", {2}, 2), asked("c", {3}, 4), engine="new")
    other = run(asked("a", {1}, 2, 1), asked("b", {2}, 2), asked("c", {3}, 3), engine="old")
    rr = next(each for each in compare(one, other) if each.measure == "mrr@10")
    assert (rr.a, rr.b, rr.better, rr.worse, rr.same) == ("new", "old", 1, 1, 1)
    assert rr.difference == pytest.approx((0.5 - 1) / 3)
    lost, gained = changes(one, other)
    assert (lost.question, lost.gain, lost.a, lost.b) == ("c", -1, "d4", "d3")
    assert (gained.question, gained.gain) == ("a", 0.5)


def test_only_runs_over_the_same_questions_compare() -> None:
    made = random_run(1)
    other = tuple(replace(each, intents=("renamed",)) for each in made.asked)
    assert compare(made, replace(made, corpus="another", asked=other))  # did rewriting an article help?
    with pytest.raises(InvalidInput, match="different questions"):
        compare(made, replace(made, asked=made.asked[1:]))


def test_the_randomisation_test_is_near_the_exact_one() -> None:
    differences = np.array([0.5, 0.5, 1.0, -0.25, 0.5, 0.0, 1.0, 0.25])
    changed = differences[differences != 0]
    sums = [abs(np.dot(signs, changed)) for signs in product((1, -1), repeat=len(changed))]
    exact = np.mean([each >= abs(changed.sum()) - 1e-9 for each in sums])
    assert randomisation_test(differences) == pytest.approx(exact, abs=0.01)
    assert randomisation_test(np.zeros(5)) == 1
    assert randomisation_test(np.ones(40)) < 0.001


def test_chance_is_not_taken_for_a_difference() -> None:
    """Of runs that differ by chance alone, about one in twenty is below 0.05."""
    random = np.random.default_rng(3)
    below = sum(randomisation_test(random.choice([-1.0, 0.0, 1.0], 60)) < 0.05 for _ in range(200))
    assert 2 <= below <= 22


class Page(HTMLParser):
    """What of a page would have to be fetched, and whether its ids are its own."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href") and value and not value.startswith("#"):
                self.links.append(value)
            if name == "id" and value:
                self.ids.append(value)


def test_a_report_is_one_page_with_everything_in_it() -> None:
    black = run(*(Asked(f"q{i}", (), (("s0", "cancel black friday")[i % 2],), found(1)) for i in range(12)))
    page = report_html([random_run(1), random_run(2, "two & three")], DOCUMENTS)
    read = Page(page)
    assert read.links == [] and "script" not in read.tags and read.tags.count("svg") == 3
    assert len(read.ids) == len(set(read.ids))
    for title in (
        "How far down the right document is",
        "By length of the question",
        "By subject",
        "that failed with one",
    ):
        assert title in page
    assert "cancel black friday" in report_html([black], DOCUMENTS)
    assert "two &amp; three" in page and "&lt;Title 1&gt;" in page and "<Title 1>" not in page
    assert page == report_html([random_run(1), random_run(2, "two & three")], DOCUMENTS)


def test_a_report_says_what_was_found_instead_and_where_the_right_one_stood() -> None:
    page = report_html(
        [run(asked("which?", {3}, 4, 3), asked("gone?", {5}, 4), asked("fine", {1}, 1))], DOCUMENTS
    )
    rows = re.findall(r"<tr>.*?</tr>", page[page.index("Questions that failed") :])
    assert "gone?" in rows[1] and "not among the first 1" in rows[1]  # the worst first
    assert "which?" in rows[2] and "found in place 2" in rows[2] and "&lt;Title 4&gt;" in rows[2]
    assert len(rows) == 3 and "By subject" not in page  # too few questions of any subject


def test_a_report_of_intents_alone_has_no_plot_of_depth() -> None:
    only = run(*(Asked(f"q{i}", (), (f"s{i % 3}",), found(i % 4)) for i in range(24)))
    page = report_html([only], DOCUMENTS)
    assert "How far down" not in page and "By subject" in page
    assert "None." in report_html([run(asked("fine", {1}, 1))], DOCUMENTS)

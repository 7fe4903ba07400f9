"""How exactly entities are found, on the part of the public set that rules were developed on, not the reported one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bench.entities import TYPES

from customer_assist.evaluation.entity_spans import SpanScore, entity_scores, read_spans

DATA = Path(os.environ.get("CUSTOMER_ASSIST_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
DEV = DATA / "bitext" / "bitext_8k_dev.csv"


def test_a_span_counts_only_with_its_type_start_and_end() -> None:
    question = "cancel order 48151"
    order, invoice = {"Order Number": "order_id"}, ("invoice_id", 13, 18)
    right, short = ("order_id", 13, 18), ("order_id", 13, 17)
    asked = [(question, frozenset({span})) for span in (right, short, invoice)] + [("hello", frozenset())]
    found = entity_scores([*asked, (question, frozenset())], order | {"Invoice Number": "invoice_id"})
    assert found.by_type == {"order_id": SpanScore(1, 3, 1), "invoice_id": SpanScore(0, 0, 1)}
    assert (found.without, found.in_vain) == (2, 1)
    assert found.of(["order_id"]).f1 == pytest.approx(2 / 6)
    assert (found.of(["order_id"]).precision, found.of(["order_id"]).recall) == (0.25, 0.5)


def test_what_customers_of_a_real_set_state_is_found_to_the_letter() -> None:
    if not DEV.exists():
        pytest.skip(f"{DEV.name} is not under {DATA} (CUSTOMER_ASSIST_DATA)")
    found = entity_scores(read_spans(DEV), TYPES)
    assert all(score.f1 >= 0.9 for score in found.by_type.values()), found.by_type
    assert found.without > 500 and found.in_vain == 0

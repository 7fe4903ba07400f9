"""Files of test questions."""

import os
from pathlib import Path

import pytest

from customer_assist.errors import KnowledgeError
from customer_assist.knowledge import LabelledQuestion, read_questions

DATA = Path(os.environ.get("CUSTOMER_ASSIST_DATA", "../shared/data"))
SAMPLE = Path(__file__).parents[2] / "examples" / "questions"


def questions(folder: Path, content: str, name: str = "questions.csv") -> list[LabelledQuestion]:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return read_questions(path)


def test_a_table_of_questions_with_documents_and_fields_is_read(tmp_path):
    found = questions(tmp_path, "question,category,document\nHow?,ORDER,d1\nWhy?,,\n")
    assert found == [
        LabelledQuestion("How?", ("d1",), None, {"category": "ORDER"}),
        LabelledQuestion("Why?"),
    ]


@pytest.mark.parametrize("column", ["document", "documents", "doc_id", "Document ID", "gold"])
def test_the_right_documents_may_be_one_id_or_a_list(tmp_path, column):
    lines = f'{{"q": "How?", "{column}": ["d1", 2]}}\n{{"q": "Why?", "{column}": "d1"}}\n'
    found = questions(tmp_path, lines, "questions.jsonl")
    assert [question.documents for question in found] == [("d1", "2"), ("d1",)]


def test_an_intent_is_a_label_and_a_field(tmp_path):
    (found,) = questions(tmp_path, "utterance,intent\nHow?,cancel_order\n")
    assert found == LabelledQuestion("How?", (), "cancel_order", {"intent": "cancel_order"})


def test_a_file_of_utterances_may_call_them_texts(tmp_path):
    assert [found.question for found in questions(tmp_path, "text,label\nHow?,oos\n")] == ["How?"]


def test_a_row_of_several_phrasings_is_several_questions(tmp_path):
    rows = '{"questions": [{"question": ["How?", "Why?"], "document": "d"}]}'
    assert [found.question for found in questions(tmp_path, rows, "q.json")] == ["How?", "Why?"]


def test_a_row_with_an_empty_question_asks_nothing(tmp_path):
    assert questions(tmp_path, "text,intent\n,a\nHow?,b\n")[0].intent == "b"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("q.jsonl", '{"question": "How?"}\n{"ask": "Why?"}', "q.jsonl, line 2: has no question"),
        ("q.jsonl", '{"question": "How?"}\n{"question"}', "q.jsonl, line 2: is not valid JSON"),
        ("q.jsonl", '{"question": "a\\u0000"}', "q.jsonl, line 1: holds a NUL"),
        ("q.jsonl", '{"question": "a", "document": {"id": 1}}', "q.jsonl, line 1: document must be"),
        ("q.csv", "question,document\nHow?\n", "q.csv, line 2: has 1 columns"),
        ("q.csv", "colour,document\nred,d\n", "has the columns colour, document"),
        ("q.md", "# Why?", "holds no test questions"),
        ("q.json", '{"documents": []}', "questions"),
        ("q.csv", f"question\n{'x' * 200_001}\n", "longer than 200,000"),
    ],
)
def test_a_file_that_cannot_be_measured_whole_is_refused(tmp_path, name, content, reason):
    with pytest.raises(KnowledgeError, match=reason):
        questions(tmp_path, content, name)


def test_a_file_that_is_absent_is_refused(tmp_path):
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read_questions(tmp_path / "none.csv")


def test_the_questions_of_the_sample_business_read():
    found = read_questions(SAMPLE / "questions.jsonl")
    assert found and all(question.documents for question in found)
    assert not any(question.documents for question in read_questions(SAMPLE / "unanswerable.jsonl"))


def test_the_ground_truth_of_the_reference_reads():
    path = DATA / "orders_rag" / "ground-truth-data.csv"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    found = read_questions(path)
    assert len(found) == 1667
    assert all(len(question.documents) == 1 and "category" in question.fields for question in found)

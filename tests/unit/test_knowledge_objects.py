"""JSON and JSONL files."""

import json
from pathlib import Path

import pytest

from customer_assist.errors import KnowledgeError
from customer_assist.knowledge import BadRow, read
from customer_assist.model import Document


def read_as(path: Path, content: str) -> tuple[list[Document], list[BadRow]]:
    path.write_text(content, encoding="utf-8")
    items = list(read(path))
    return [item for item in items if isinstance(item, Document)], [i for i in items if isinstance(i, BadRow)]


ROWS = [
    {"id": 7, "question": ["How?", "In what way?"], "answer": "So.", "Vip": True, "tags": ["a"], "url": None}
]


@pytest.mark.parametrize("shape", ["list", "documents"])
def test_a_json_list_is_read_bare_or_under_documents(tmp_path, shape):
    content = json.dumps(ROWS if shape == "list" else {"version": {"x": [1]}, "Documents": ROWS, "n": 1})
    (document,), bad = read_as(tmp_path / "faq.json", content)
    assert not bad
    assert (document.id, document.source) == ("7", "faq.json")
    assert document.questions == ("How?", "In what way?")
    assert document.fields == {"vip": "true"}
    assert document.url is None


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".JSONL"])
def test_jsonl_is_read_line_by_line(tmp_path, suffix):
    documents, bad = read_as(tmp_path / f"faq{suffix}", '{"q": "How?", "a": "So."}\n\n{"title": "Prices"}\n')
    assert [document.heading for document in documents] == ["How?", "Prices"]
    assert not bad


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"question": "How?"', "not valid JSON"),
        ('["How?"]', "not an object"),
        ('{"question": {"en": "How?"}}', "question must be a text or a list of texts"),
        ('{"question": "How?", "answer": ["So."]}', "answer must be one text"),
        ('{"question": "How\\u0000?"}', "NUL"),
        ('{"question": "How\\ud800?"}', "UTF-8"),
        ('{"category": "ORDER"}', "no question, no title and no text"),
        ("[" * 100_000, "nested too deep"),
        ('{"id": ' + "9" * 5000 + "}", "not valid JSON"),
        ('{"id": "first", "question": "Again?"}', "already that of faq.jsonl, line 1"),
        ('{"id": "a\\u0007b", "question": "How?"}', "cannot be printed"),
        ('{"id": "' + "x" * 201 + '", "question": "How?"}', "at most 200"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_kept(tmp_path, line, reason):
    content = f'{{"id": "first", "question": "One?"}}\n\n{line}\n{{"question": "Two?"}}\n'
    documents, (bad,) = read_as(tmp_path / "faq.jsonl", content)
    assert [document.questions[0] for document in documents] == ["One?", "Two?"]
    assert (bad.file, bad.line) == ("faq.jsonl", 3)
    assert reason in bad.reason


def test_a_bad_object_of_a_json_list_is_named_by_the_line_on_which_it_begins(tmp_path):
    content = '[\n  {"question": "One?"},\n  "Two?",\n  {"question":\n   "Three?"},\n  {"x": 1}\n]'
    documents, bad = read_as(tmp_path / "faq.json", content)
    assert [document.questions[0] for document in documents] == ["One?", "Three?"]
    assert [row.line for row in bad] == [3, 6]


@pytest.mark.parametrize("head", ["[", '{"documents": ['])
def test_where_json_breaks_off_the_objects_before_are_kept_and_the_line_is_named(tmp_path, head):
    documents, (bad,) = read_as(tmp_path / "faq.json", head + '\n{"question": "One?"},\n{"question" "Two?"}]')
    assert [document.questions[0] for document in documents] == ["One?"]
    assert (bad.line, "the rest of the file was not read" in bad.reason) == (3, True)


def test_json_nested_too_deep_is_named(tmp_path):
    documents, (bad,) = read_as(tmp_path / "faq.json", '[{"question": "One?"},\n' + "[" * 100_000)
    assert (len(documents), bad.line, "nested too deep" in bad.reason) == (1, 2, True)


@pytest.mark.parametrize("content", ['"text"', "{}", '{"items": []}', '{"documents": {}}'])
def test_json_of_another_shape_is_refused_with_the_shape_that_is_read(tmp_path, content):
    with pytest.raises(KnowledgeError, match="must hold a list of objects"):
        read_as(tmp_path / "faq.json", content)


@pytest.mark.parametrize("name", ["faq.json", "faq.jsonl"])
def test_a_file_of_blanks_is_refused(tmp_path, name):
    with pytest.raises(KnowledgeError, match="is empty"):
        read_as(tmp_path / name, " \n ")


def test_an_empty_list_is_no_documents(tmp_path):
    assert read_as(tmp_path / "faq.json", "[ ]") == ([], [])

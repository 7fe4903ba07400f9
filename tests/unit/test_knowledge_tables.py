"""CSV files: what is read, and that a broken row costs no other."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_assist.errors import KnowledgeError
from customer_assist.knowledge import BadRow, read
from customer_assist.knowledge.columns import QUESTION_COLUMNS, TEXT_COLUMNS, TITLE_COLUMNS
from customer_assist.knowledge.rows import Record
from customer_assist.knowledge.tables import csv_records
from customer_assist.model import Document


def read_csv(folder: Path, content: str | bytes) -> tuple[list[Document], list[BadRow]]:
    path = folder / "faq.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    items = list(read(path))
    return [item for item in items if isinstance(item, Document)], [i for i in items if isinstance(i, BadRow)]


def questions(documents: list[Document]) -> list[str]:
    return [document.questions[0] for document in documents]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_each_delimiter_is_recognised(tmp_path, delimiter):
    rows = [["Question", "Answer", "Category"], ["Where, oh where; is\tit?", "Here.", "ORDER"]]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    (document,), bad = read_csv(tmp_path, buffer.getvalue())
    assert not bad
    assert document.questions == ("Where, oh where; is\tit?",)
    assert document.text == "Here."
    assert document.fields == {"category": "ORDER"}


@pytest.mark.parametrize("column", QUESTION_COLUMNS)
def test_every_name_of_a_question_column_is_accepted(tmp_path, column):
    (document,), _ = read_csv(tmp_path, f"{column.replace('_', ' ').title()},x\nHow much?,1\n")
    assert document.questions == ("How much?",)


@pytest.mark.parametrize("column", TEXT_COLUMNS)
def test_every_name_of_a_text_column_is_accepted(tmp_path, column):
    (document,), _ = read_csv(tmp_path, f"{column.upper()},x\nFive euros.,1\n")
    assert document.text == "Five euros."


@pytest.mark.parametrize("column", TITLE_COLUMNS)
def test_every_name_of_a_title_column_is_accepted(tmp_path, column):
    (document,), _ = read_csv(tmp_path, f" {column} ,x\nPrices,1\n")
    assert document.title == "Prices"


def test_columns_that_mean_nothing_else_become_fields_and_empty_cells_do_not(tmp_path):
    (document,), _ = read_csv(tmp_path, "question,Product Line,flags,\nHow?,Grinders,,x\n")
    assert document.fields == {"product_line": "Grinders"}


def test_of_two_texts_in_a_row_the_first_of_the_table_is_the_reply_and_the_other_a_field(tmp_path):
    (document,), _ = read_csv(tmp_path, "text,response,question\nshort,long,How?\n")
    assert (document.text, document.fields) == ("long", {"text": "short"})


def test_a_question_cell_may_hold_a_json_list_of_phrasings(tmp_path):
    (document,), bad = read_csv(tmp_path, 'question,answer\n"[""How?"", ""In what way?"", """"]",So.\n')
    assert not bad
    assert document.questions == ("How?", "In what way?")


def test_a_question_that_only_looks_like_a_list_stays_a_question(tmp_path):
    (document,), _ = read_csv(tmp_path, "question,answer\n[Order] where is it?,Here.\n")
    assert document.questions == ("[Order] where is it?",)


def test_a_reply_may_hold_line_breaks_blank_lines_and_quotes(tmp_path):
    content = 'question,answer\r\nHow?,"First,\r\n\r\nthen ""second""."\r\nWhy?,So.\r\n'
    documents, bad = read_csv(tmp_path, content)
    assert not bad
    assert [document.text for document in documents] == ['First,\n\nthen "second".', "So."]


def test_opening_hours_in_a_reply_are_not_taken_for_rows(tmp_path):
    hours = "Hours:\nMonday, 9-5\nTuesday, 9-5\nWednesday, 9-5\nClosed, else"
    documents, bad = read_csv(tmp_path, f'question,answer\nWhen?,"{hours}"\nWhy?,So.\n')
    assert not bad
    assert documents[0].text == hours


def test_blank_lines_and_rows_of_empty_cells_are_passed_over(tmp_path):
    documents, bad = read_csv(tmp_path, "\nquestion,answer\n\nHow?,So.\n,\n\n")
    assert (questions(documents), bad) == (["How?"], [])


def test_a_quote_inside_an_unquoted_cell_is_a_character(tmp_path):
    documents, bad = read_csv(tmp_path, 'question,answer\nIs the 5" screen in?,Yes.\n')
    assert (questions(documents), bad) == (['Is the 5" screen in?'], [])


def test_spaces_before_a_quoted_cell_do_not_break_it(tmp_path):
    (document,), bad = read_csv(tmp_path, 'question, answer\nHow?, "First, then."\n')
    assert (document.text, bad) == ("First, then.", [])


def test_the_line_that_a_spreadsheet_writes_before_the_header_is_passed_over(tmp_path):
    documents, _ = read_csv(tmp_path, "sep=;\nquestion;answer\nHow?;So.\n")
    assert questions(documents) == ["How?"]


# --- broken rows -----------------------------------------------------------------------------------

BROKEN = {
    "a quote never closed": ('b?,"never closed', "quote"),
    "a quote not doubled": ('b?,"he said "no" to me"', "quote"),
    "text after a closing quote": ('"b"?,x', "quote"),
    "a column too few": ("b?", "has 1 columns where the header has 2"),
    "a column too many": ("b?,x,y", "has 3 columns where the header has 2"),
    "a NUL": ("b?,\x00", "NUL"),
    "too long": (f"b?,{'x' * 200_001}", "200,000"),
    "too long and quoted": (f'b?,"{"x" * 250_000}\n{"y" * 250_000}"', "200,000"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_named_with_its_line_and_the_others_are_kept(tmp_path, case):
    row, reason = BROKEN[case]
    content = f'question,answer\na?,"two\nlines"\n{row}\nc?,fine\n"d, really?","fine, too"\ne?,fine\n'
    documents, (bad,) = read_csv(tmp_path, content)
    assert questions(documents) == ["a?", "c?", "d, really?", "e?"]
    assert (bad.file, bad.line) == ("faq.csv", 4)
    assert reason in bad.reason


def test_a_quote_never_closed_does_not_swallow_rows_without_any_quotes(tmp_path):
    rows = "".join(f"q{number}?,fine\n" for number in range(1000))
    documents, (bad,) = read_csv(tmp_path, f'question,answer\nb?,"never closed\n{rows}')
    assert len(documents) == 1000
    assert bad.line == 2


def test_a_quote_closed_by_accident_many_rows_later_is_found_by_the_rows_it_swallowed(tmp_path):
    content = 'question,answer\nb?,"never closed\nc?,fine\nd?,fine\ne?,a screen of 5"\nf?,fine\n'
    documents, (bad,) = read_csv(tmp_path, content)
    assert questions(documents) == ["c?", "d?", "e?", "f?"]
    assert (bad.line, "whole rows" in bad.reason) == (2, True)


def test_the_lines_of_a_broken_reply_do_not_become_documents(tmp_path):
    content = 'question,answer\nb?,"He "said" so\nand then, he left\nfor good"\nc?,fine\n'
    documents, (bad,) = read_csv(tmp_path, content)
    assert questions(documents) == ["c?"]
    assert (bad.line, "lines 2 to 4 are left out" in bad.reason) == (2, True)


def test_two_broken_rows_in_a_row_are_both_named(tmp_path):
    documents, bad = read_csv(tmp_path, 'question,answer\na?,"one\nb?,"two\nc?,fine\n')
    assert questions(documents) == ["c?"]
    assert [row.line for row in bad] == [2, 3]


def test_a_row_that_says_nothing_is_named_with_what_it_holds(tmp_path):
    _, (bad,) = read_csv(tmp_path, "question,answer,category\n,,ORDER\n")
    assert (bad.line, bad.reason) == (2, "has no question, no title and no text (only category)")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "https://x y"])
def test_an_address_that_is_none_of_the_web_is_refused(tmp_path, address):
    _, (bad,) = read_csv(tmp_path, f'question,url\nHow?,"{address}"\n')
    assert "must begin with https://" in bad.reason


# --- files -----------------------------------------------------------------------------------------


def test_a_file_without_a_known_column_is_refused_with_the_columns_found_and_accepted(tmp_path):
    with pytest.raises(
        KnowledgeError, match=r"has the columns colour, size, but needs .*question.*title.*text"
    ):
        read_csv(tmp_path, "colour,size\nred,1\n")


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path, content):
    with pytest.raises(KnowledgeError, match="is empty"):
        read_csv(tmp_path, content)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from(",;\t"), st.booleans())
def test_what_a_csv_writer_writes_is_read_back(rows, delimiter, all_quoted):
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    )
    writer.writerow(["question", "answer"])
    writer.writerows(rows)
    read_back = [
        (str(record.values["question"]).strip(), str(record.values["answer"]).strip())
        for record in csv_records(io.StringIO(buffer.getvalue(), newline=""), "f.csv", ["question"])
        if isinstance(record, Record)
    ]
    written = [(question.strip(), answer.strip()) for question, answer in rows]
    assert read_back == [row for row in written if any(row)]

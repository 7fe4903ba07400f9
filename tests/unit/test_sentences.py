import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_assist.text.sentences import SentenceBuffer, sentences, split_spans

TEXTS = st.one_of(st.text(), st.text(alphabet=st.sampled_from("Aa1. !?\n-*\"')é…"), max_size=60))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We ship. You wait.", ["We ship.", "You wait."]),
        ("It is €4.90. Fine!", ["It is €4.90.", "Fine!"]),
        ("See https://a.example/b.c?d=1. Then ask.", ["See https://a.example/b.c?d=1.", "Then ask."]),
        ("Write to m.k@a.example. We answer.", ["Write to m.k@a.example.", "We answer."]),
        ("Use a card, e.g. Visa. Or cash.", ["Use a card, e.g. Visa.", "Or cash."]),
        ("Ask Mr. Smith or J. Doe. Now?", ["Ask Mr. Smith or J. Doe.", "Now?"]),
        ("Invoice No. 12 is open. Pay.", ["Invoice No. 12 is open.", "Pay."]),
        ("1. Log in. Then wait.\n2. Pay.", ["1. Log in.", "Then wait.", "2. Pay."]),
        ("Steps:\n- One\n- Two", ["Steps:", "- One", "- Two"]),
        ("# Title\nText", ["# Title", "Text"]),
        ('He said "Go." Then left.', ['He said "Go."', "Then left."]),
        ("A line\nthat goes on. End.", ["A line\nthat goes on.", "End."]),
        ("One\n\nTwo", ["One", "Two"]),
        ("Wait… what? Yes.", ["Wait… what?", "Yes."]),
        ("That is what I said. I left.", ["That is what I said.", "I left."]),
        ("", []),
        ("  \n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(TEXTS)
def test_the_spans_tile_the_text(text: str) -> None:
    spans = split_spans(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(end > start for start, end in spans)


@given(TEXTS, st.lists(st.integers(1, 9), max_size=30))
def test_pieces_give_the_sentences_of_the_whole(text: str, sizes: list[int]) -> None:
    buffer = SentenceBuffer()
    given_out: list[str] = []
    position = 0
    for size in [*sizes, len(text) + 1]:
        given_out += buffer.feed(text[position : position + size])
        position += size
    given_out += buffer.flush()
    assert given_out == [text[start:end] for start, end in split_spans(text)]
    assert buffer.flush() == []


def test_a_sentence_is_given_out_before_the_next_is_complete() -> None:
    buffer = SentenceBuffer()
    assert buffer.feed("We ship today. You will ") == ["We ship today. "]
    assert buffer.flush() == ["You will "]

"""Which thing a conversation speaks of: by names that are misheard, cut short, repeated and taken back."""

from __future__ import annotations

from time import perf_counter

import pytest

from customer_assist.knowledge.passages import passages
from customer_assist.model import Document, Hit, Mention, Score
from customer_assist.search.things import NamedThings, left_open
from stand_ins import make_document

HOUSES = (
    "Harbour View Hotel",
    "Castle Hotel",
    "Hotel Meridian",
    "The Gallery Cafe",
    "GARDEN CAFE",
    "Ashgrove Lodge",
    "Nettle & Rye",
    "Pier 39",
    "Corner Bakery - Northgate",
    "Corner Bakery - Millbrook",
    "Northgate Inn",
    "Museum of Clocks",
    "Millbrook",
)
DOCUMENTS = [
    make_document(
        f"{house}-{i}",
        f"{question} {house}?",
        text=f"At this place of our hotels, cafes and inns: {answer}.",
        entity=house,
    )
    for house in HOUSES
    for i, (question, answer) in enumerate(
        (
            ("Can I park at", "yes, in front of the museum or the hotel"),
            ("Is there breakfast at", "until ten, with a view of the garden"),
        )
    )
]
THINGS = NamedThings(DOCUMENTS)


def named(*said: str) -> list[str]:
    return [mention.value for mention in THINGS.spoken_of(said)]


def about(*said: str) -> list[str]:
    return [mention.value for mention in THINGS.about(said)]


@pytest.mark.parametrize(
    ("message", "house"),
    [
        ("is there parking at the harbour view hotel", "Harbour View Hotel"),
        ("I booked the gallery cafe for two", "The Gallery Cafe"),
        ("we stay at ash grove lodge", "Ashgrove Lodge"),  # spelled apart
        ("umm does nettel and rye open on sundays", "Nettle & Rye"),  # misspelled
        ("do they sell tickets at pier thirty nine", "Pier 39"),  # as it is spoken
        ("how late is the meridian open", "Hotel Meridian"),  # cut short
        ("is the musem of clock any good", "Museum of Clocks"),  # misheard
    ],
)
def test_a_name_is_heard_in_whatever_form(message: str, house: str) -> None:
    assert about(message) == [house]


@pytest.mark.parametrize(
    "message",
    [
        "which hotel has a view of the garden",
        "I need a good hotel with breakfast",
        "the number is three nine three nine",
        "can we sit in a cafe at the museum",
        "thanks, that is all",
        "",
        "?!",
    ],
)
def test_words_that_many_things_share_name_none(message: str) -> None:
    assert named(message) == []


def test_what_was_named_last_is_what_is_spoken_of() -> None:
    said = ("can I park at the castle hotel", "Yes, you can.", "and at ashgrove lodge", "Yes.", "is it free")
    assert named(*said)[:2] == ["Ashgrove Lodge", "Castle Hotel"]
    assert named(*said, "no, back to the castle hotel")[0] == "Castle Hotel"


def test_a_thing_just_named_whole_leaves_no_other() -> None:
    said = ("can I park at the castle hotel", "Yes, you can.")
    assert about(*said) == ["Castle Hotel"]
    assert about(*said, "and at ashgrove lodge") == ["Ashgrove Lodge"]


def test_the_assistants_own_words_name_things_too() -> None:
    assert about("where can we eat", "I can recommend Nettle & Rye.", "do they take dogs") == ["Nettle & Rye"]


def test_a_name_that_says_where_something_is_counts_less() -> None:
    assert named("I found the castle hotel in Millbrook")[0] == "Castle Hotel"
    assert named("is there a place to eat in Millbrook") == ["Millbrook"]  # better than none


def test_a_house_number_before_a_name_makes_it_an_address() -> None:
    at_home, on_foot = (
        THINGS.spoken_of(["it is at nine millbrook"]),
        THINGS.spoken_of(["what about millbrook"]),
    )
    assert at_home[0].strength < on_foot[0].strength / 2


def test_part_of_a_name_means_the_thing_that_was_spoken_of_before() -> None:
    twins = NamedThings(
        [
            make_document(name, f"Breakfast at {name}?", text="Yes.", entity=name)
            for name in ("Cable Hotel", "Cable Tower Line")
        ]
        + DOCUMENTS
    )
    assert [mention.value for mention in twins.about(["what about the cable"])] == ["Cable Hotel"]
    said = ("I recommend the Cable Tower Line.", "ok for the cable tower, when does it run")
    assert [mention.value for mention in twins.about(said)] == ["Cable Tower Line"]


def test_of_branches_with_one_name_the_one_whose_addition_was_said() -> None:
    both = ["Corner Bakery - Millbrook", "Corner Bakery - Northgate"]
    assert sorted(about("do you have rolls at the corner bakery")) == both
    assert about("the corner bakery northgate please") == ["Corner Bakery - Northgate"]
    found = named("I look for a bakery in northgate", "There is the Corner Bakery.", "is it open")
    assert found[0] == "Corner Bakery - Northgate"


def test_a_branch_whose_addition_nobody_said_is_less_certain() -> None:
    (first, _), (sure,) = THINGS.about(["the corner bakery"]), THINGS.about(["the corner bakery millbrook"])
    assert first.strength < 0.85 < 0.95 < sure.strength


def test_the_same_words_mean_what_was_spoken_of_rather_than_something_new() -> None:
    lamps = [
        make_document(name, "Is it dimmable?", text="Yes.", product=name)
        for name in ("Lumen Garden", "Lumen Gate")
    ]
    named_so = NamedThings(
        [*lamps, *(make_document(h, "A garden?", text="A garden.", product=h) for h in HOUSES)]
    )
    assert [mention.value for mention in named_so.about(["is the lumen bright"])] == ["Lumen Garden"]
    said = ("I bought the Lumen Gate.", "And?", "is the lumen bright")
    assert [mention.value for mention in named_so.about(said)] == ["Lumen Gate"]


def test_a_name_misheard_just_now_counts_more_than_one_said_well_before() -> None:
    assert (
        named("the castle hotel please", "It is open.", "and nettel and rye, is it open")[0] == "Nettle & Rye"
    )


def test_of_two_names_in_one_message_the_later_is_spoken_of() -> None:
    assert named("tell me of the castle hotel and then of ashgrove lodge")[0] == "Ashgrove Lodge"
    assert named("tell me of ashgrove lodge and then of the castle hotel")[0] == "Castle Hotel"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Garden View", "a room with a garden view please"),  # words that the documents of all things use
        ("Welcome", "thanks, and you are welcome"),  # one that any friendly answer uses
        ("Seven", "call me on four one seven"),  # a number
        ("Q", "the code is w q z"),  # a letter
    ],
)
def test_a_name_of_words_that_anybody_says_is_no_sign_of_its_thing(name: str, message: str) -> None:
    things = NamedThings([*DOCUMENTS, make_document("x", "Can I park?", text="Yes.", entity=name)])
    assert things.about([message]) == ()


def test_the_town_that_many_are_in_names_none_of_them() -> None:
    others = [
        make_document(
            house, "Where is it?", text="A lodge in Santa Rosa." if i < 5 else "Here.", entity=house
        )
        for i, house in enumerate(HOUSES)
    ]
    things = NamedThings(
        [*others, make_document("x", "Where is it?", text="Here.", entity="Lodge Santa Rosa")]
    )
    assert things.about(["we travel to santa rosa"]) == ()
    assert [mention.value for mention in things.about(["at lodge santa rosa"])] == ["Lodge Santa Rosa"]


def hit(id_: str, score: float, rank: int, **fields: str) -> Hit:
    document = make_document(id_, "Can I park?", text="Yes.", **fields)
    return Hit(document, passages(document)[0], rank, Score(score, "test"))


def test_a_question_is_open_where_other_things_documents_fit_as_well() -> None:
    hits = [hit("a", 2.0, 1, entity="A"), hit("a2", 1.95, 2, entity="A"), hit("b", 1.9, 3, entity="B")]
    assert [(name, document.id) for name, document in left_open(hits, {}, ())] == [("A", "a"), ("B", "b")]


def test_it_is_not_where_one_is_far_ahead_or_names_none_or_the_thing_is_known() -> None:
    first, second = hit("a", 2.0, 1, entity="A"), hit("b", 1.9, 2, entity="B")
    assert left_open([first, hit("b", 1.2, 2, entity="B")], {}, ()) == []
    assert left_open([hit("c", 2.0, 1), second], {}, ()) == []
    assert left_open([first, second], {"entity": "A"}, ()) == []
    assert left_open([first, second], {}, (Mention("entity", "A", 0.9),)) == []
    assert left_open([], {}, ()) == []


def test_the_longest_name_explains_the_words() -> None:
    assert "Millbrook" not in named("the corner bakery millbrook please")


def test_what_was_spoken_of_long_ago_is_forgotten() -> None:
    said = ["can I park at the castle hotel", *["and then"] * 10]
    assert about(*said) == ["Castle Hotel"]
    assert about(*said, *["and then"] * 20) == []


def test_things_of_several_fields_are_spoken_of_side_by_side() -> None:
    shop = [
        make_document("a", "How long does it last?", text="A day.", product="Lumen lamp", store="Galway"),
        make_document("b", "How long does it last?", text="A week.", product="Stove Ember", store="Sligo"),
        make_document("c", "How long does it last?", text="A year.", product="Kettle Brisk", store="Ennis"),
    ]
    found = NamedThings(shop).about(["I bought the lumen lamp at your galway shop"])
    assert {(mention.field, mention.value) for mention in found} == {
        ("product", "Lumen lamp"),
        ("store", "Galway"),
    }


def test_a_mention_says_what_was_heard() -> None:
    (mention,) = THINGS.about(["does nettel and rye open on sundays"])
    assert mention == Mention("entity", "Nettle & Rye", mention.strength, "nettel and rye")
    assert 0.5 < mention.strength < 1


@pytest.mark.parametrize("value", ["…", "   ", "–", "'"])
def test_a_value_that_names_nothing_is_no_thing(value: str) -> None:
    assert NamedThings([make_document("a", "Why?", entity=value)]).about(["why is it so"]) == ()


def test_without_named_things_nothing_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    things = NamedThings([make_document("a", "How do I pay?", text="By card.", category="PAYMENT")])

    def never(*_: object) -> None:
        raise AssertionError("a message was looked at")

    monkeypatch.setattr(NamedThings, "_runs", never)
    assert things.about(["how do I pay at the castle hotel"]) == ()


def test_the_same_whatever_was_asked_before() -> None:
    message = "how late is the meridian open"
    assert NamedThings(DOCUMENTS).about([message]) == THINGS.about([message]) == THINGS.about([message])


def _many(count: int) -> list[Document]:
    first, last = (
        ["amber", "birch", "cedar", "dover", "ember", "flint", "grove", "heron"],
        ["house", "lodge", "inn", "court", "bar", "cafe"],
    )
    names = [f"{a}{i} {b}" for i in range(count // 48 + 1) for a in first for b in last][:count]
    return [make_document(name, f"Can I park at {name}?", text="Yes.", entity=name) for name in names]


def test_a_conversation_over_seven_hundred_names_takes_a_moment() -> None:
    things = NamedThings(_many(700))
    said = [f"number {i}: " + "and then I went on to the ember12 lodge for a while " * 3 for i in range(20)]
    started = perf_counter()
    assert things.about(said)[0].value == "ember12 lodge"
    assert perf_counter() - started < 5  # a tenth of it as a rule
    started = perf_counter()
    things.about([*said, "and is it open"])  # what was heard is remembered
    assert perf_counter() - started < 1

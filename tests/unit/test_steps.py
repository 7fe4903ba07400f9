import pytest

from customer_assist.text.steps import steps


def test_a_numbered_list_is_a_procedure() -> None:
    text = "Please follow these steps:\n\n1. Sign in.\n2. Open *Orders*.\n\n3. Press **Cancel**.\n\nBye."
    assert steps(text) == ("Sign in.", "Open Orders.", "Press Cancel.")


def test_bold_lead_ins_stay_readable() -> None:
    assert steps("1. **Log in:** Use your `e-mail`.\n2. **Pay** [here](https://a.example).") == (
        "Log in: Use your e-mail.",
        "Pay here.",
    )


def test_what_continues_an_item_belongs_to_it() -> None:
    assert steps("1. Sign in\n   with your e-mail.\n   - or your number\n2) Wait.") == (
        "Sign in with your e-mail. or your number",
        "Wait.",
    )


def test_steps_by_name_count() -> None:
    assert steps("**Step 1:** Open it.\n\n**Step 2:** Close it.") == ("Open it.", "Close it.")


def test_bullets_count_only_where_they_are_called_steps() -> None:
    assert steps("Please follow these steps:\n- Sign in.\n- Wait.") == ("Sign in.", "Wait.")
    assert steps("We sell:\n- Beans\n- Grinders") == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No list here.",
        "1. Only one step.",
        "Here are your delivery options:\n1. Standard\n2. Express",
        "You may get a refund in these cases:\n\n1. **Defect:** it broke.\n2. **Late:** it came late.",
        "2024. was a year\nand 1. is no list",
    ],
)
def test_no_procedure_gives_no_steps(text: str) -> None:
    assert steps(text) == ()


def test_the_first_procedure_is_taken_and_counting_may_be_left_to_markdown() -> None:
    text = "Our options:\n1. A\n2. B\n\nDo this:\n1. Sign in.\n1. Pay.\n1. Wait.\n\nThen:\n1. Rest.\n2. Go."
    assert steps(text) == ("Sign in.", "Pay.", "Wait.")


@pytest.mark.parametrize(
    "text",
    [
        "1. Broken: if it came broken, we replace it.\n2. Late: if it came late, we pay the postage.",
        "To help you:\n1. Which lamp is it?\n2. When did you buy it?\n3. Tell us.",
    ],
)
def test_cases_and_questions_are_no_steps(text: str) -> None:
    assert steps(text) == ()


def test_a_procedure_with_one_condition_in_it_stays_one() -> None:
    assert len(steps("1. Sign in.\n2. If the page asks for it, type the code.\n3. Press Save.")) == 3


# --- told in sentences ------------------------------------------------------------------------------


def test_what_is_told_first_then_and_finally_is_a_procedure() -> None:
    text = (
        "Cleaning takes ten minutes. First, unplug the grinder. It must be cold. Then lift out the burr. "
        "After that, brush out the chamber. Finally, put everything back. The brush costs €4."
    )
    assert steps(text) == (
        "Unplug the grinder. It must be cold.",
        "Lift out the burr.",
        "Brush out the chamber.",
        "Put everything back.",
    )


def test_one_sentence_may_tell_a_procedure_and_a_condition_stays_with_its_step() -> None:
    assert steps("First sign in, then open **Orders**, and finally press Cancel.") == (
        "Sign in.",
        "Open Orders.",
        "Press Cancel.",
    )
    text = (
        "To begin, you need to sign in. Once you are in, carefully choose a lamp. Next, bring it to the till."
    )
    assert steps(text)[1:] == ("Once you are in, carefully choose a lamp.", "Bring it to the till.")


def test_a_list_goes_before_sentences() -> None:
    assert steps("First, sit. Then, wait. Finally, go.\n\n1. Open it.\n2. Close it.") == (
        "Open it.",
        "Close it.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "First, we check your lamp. Then we repair it. Finally, we send it back.",
        "First, your order is packed. Then it is posted. Finally, it arrives.",
        "First, there are lamps. Second, there are bulbs. Finally, there are shades.",
        "First, sign in. Then press Cancel.",
        "First come, first served. Then look again. Finally, ask us.",
        "First, could you tell me your order number? Then wait. Finally, read our reply.",
        "Sign in. Then open Orders. Finally press Cancel.",
        "First, pay.\n\nThen wait.\n\nFinally, unpack.",
        "At first the light blinks. Then press Brew. Finally, clean it.",
    ],
)
def test_a_story_an_aside_or_a_list_of_points_is_no_procedure(text: str) -> None:
    assert steps(text) == ()

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

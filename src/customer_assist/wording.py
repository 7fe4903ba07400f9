"""In whose words a conversation is carried on: how a message is made to stand alone, and the answer's language."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from customer_assist.business import BusinessProfile
from customer_assist.dialogue.languages import notice
from customer_assist.dialogue.rewriting import RuleRewriter
from customer_assist.model import Answer
from customer_assist.ports import Rewriter, Translator
from customer_assist.saying import Saying, to_the_end
from customer_assist.text.languages import language_of
from customer_assist.text.steps import steps


@dataclass(frozen=True, slots=True)
class Wording:
    rewriter: Rewriter
    translator: Translator | None = None  # None: nobody can


BY_RULES = Wording(RuleRewriter())


def in_their_language(
    saying: Generator[str, None, Answer],
    tongue: str,
    known: Sequence[str],
    profile: BusinessProfile,
    translator: Translator | None,
) -> Generator[str, None, tuple[Answer, str]]:
    """The answer for a customer who writes `tongue`, and who translated it ("": nobody).

    It is checked before it is translated, so nothing is shown until then. What cannot be translated is given as it
    is, behind a sentence that says which languages the business answers in.
    """
    told = f"{notice(tongue, known)}\n\n"
    if translator is None:
        answer = yield from _behind(told, saying)
        return replace(answer, text=told + answer.text), ""
    answer = to_the_end(saying)
    if language_of(answer.text) == tongue:  # the model answered in it by itself
        yield answer.text
        return answer, ""
    translation = translator.translate(answer.text, tongue, names(profile))
    answer = replace(answer, usage=answer.usage + translation.usage)
    if not translation.text:
        yield told + answer.text
        return replace(answer, text=told + answer.text), ""
    yield translation.text
    return replace(answer, text=translation.text, steps=steps(translation.text)), translation.translated_by


def names(profile: BusinessProfile) -> list[str]:
    """What is called the same in every language: the business, and what stands on its pages."""
    labels = profile.labels.model_dump()
    told = [
        profile.name,
        *(value for value in labels.values() if isinstance(value, str)),
        *labels["account_types"],
    ]
    return [name for name in told if len(name) > 2 and name[0].isupper()]


def _behind(told: str, saying: Generator[str, None, Answer]) -> Generator[str, None, Answer]:
    """The same, with what is `told` before the first sentence."""
    lead = told
    behind = Saying(saying)
    for sentence in behind:
        yield lead + sentence
        lead = ""
    return behind.came_to

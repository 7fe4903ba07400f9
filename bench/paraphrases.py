"""An answer in other words that say the same, made by rules: nothing is added, and no fact is changed."""

from __future__ import annotations

import re
from functools import partial
from random import Random

from customer_assist.text.sentences import sentences

_CONTRACTED = {
    "I am": "I'm", "we are": "we're", "you are": "you're", "it is": "it's", "that is": "that's", "I will": "I'll",
    "you will": "you'll", "we will": "we'll", "cannot": "can't", "do not": "don't", "does not": "doesn't",
    "is not": "isn't", "are not": "aren't", "will not": "won't", "I have": "I've", "you have": "you've",
}  # fmt: skip
_SYNONYMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"reach out to", ("contact", "get in touch with", "write to or call")),
    (r"please don['’]t hesitate to", ("you are welcome to", "feel free to", "please")),
    (r"feel free to", ("you are welcome to", "please", "don't hesitate to")),
    (r"navigate to", ("go to", "open", "head to")),
    (r"assist you", ("help you", "support you")),
    (r"further assistance|additional assistance", ("more help", "further help")),
    (r"assistance", ("help", "support")),
    (r"please follow these steps", ("here is what to do", "take these steps", "this is how it works")),
    (r"you can follow these steps", ("here is how", "these are the steps")),
    (r"locate", ("find", "look up")),
    (r"encounter any difficulties", ("run into problems", "have any trouble", "get stuck")),
    (r"have any (?:other|further) questions", ("want to know anything else", "have more questions")),
    (r"Additionally,", ("Also,", "Besides,", "In addition,")),
    (r"However,", ("Still,", "That said,")),
    (r"click on", ("press", "choose", "tap")),
    (r"select", ("choose", "pick")),
    (r"provide", ("give", "send")),
    (r"in order to", ("to",)),
    (r"purchase(?=[ .,])", ("order",)),
    (r"modify", ("change", "adjust")),
    (r"ensure", ("make sure of", "see to")),
    (r"log in(?:to| to)", ("sign in to",)),
    (r"sign in to", ("log in to",)),
    (r"view", ("see",)),
    (r"is available to", ("is there to", "is glad to")),
    (r"as soon as possible", ("quickly", "without delay")),
    (r"We're here to help!", ("We are glad to help.", "Happy to help!", "We're at your side.")),
    (r"You can", ("It is possible to", "You may")),
    (r"you wish to", ("you want to", "you would like to")),
    (r"details", ("particulars", "information")),
    (r"several", ("some",)),
)  # fmt: skip
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
_WORDS = _NUMBER_WORDS.split()


def paraphrase(text: str, random: Random) -> str:
    """Other words, other figures for the same, another kind of list, sometimes another order or less of it."""
    text = _in_other_figures(_in_other_words(_contract(text, random), random), random)
    text = random.choice((_as_it_is, _with_bullets, _with_brackets, _without_bold))(text)
    return random.choice((_as_it_is, _shorter, _reordered))(text, random)


def _contract(text: str, random: Random) -> str:
    pieces = re.split(r"(\"[^\"\n]*\"|'[A-Z][^'\n]*')", text.replace("’", "'"))
    for long, short in _CONTRACTED.items():
        old, new = (long, short) if random.random() < 0.5 else (short, long)
        pieces[::2] = [re.sub(rf"(?<![\w']){old}(?![\w'])", new, piece) for piece in pieces[::2]]
    return "".join(pieces)


def _in_other_words(text: str, random: Random) -> str:
    chosen = [(pattern, random.choice(others)) for pattern, others in _SYNONYMS if random.random() < 0.6]
    pieces = re.split(r"(\"[^\"\n]*\"|'[A-Z][^'\n]*'|\*\*[^*\n]*\*\*)", text)  # labels stay as they are
    for i in range(0, len(pieces), 2):
        for pattern, other in chosen:
            pieces[i] = re.sub(rf"(?<!\w)(?<!My ){pattern}(?![\w'])", partial(_cased, other), pieces[i])
    return "".join(pieces)


def _cased(other: str, match: re.Match[str]) -> str:
    return other[0].upper() + other[1:] if match[0][0].isupper() else other


def _in_other_figures(text: str, random: Random) -> str:
    """The same numbers, prices, times and addresses in another way of writing."""

    def spelled(match: re.Match[str]) -> str:
        return f"{_WORDS[int(match[1])]}{match[2]}" if int(match[1]) < len(_WORDS) else match[0]

    def halves(match: re.Match[str]) -> str:
        hour, minute = int(match[1]), match[2]
        return f"{(hour - 1) % 12 + 1}{'' if minute == '00' else ':' + minute} {'pm' if hour >= 12 else 'am'}"

    ways = (
        (r"(?<![.,\d])(\d{1,2})( (?:business |working )?(?:days|hours|years|weeks))", spelled),
        (r"\b(\d{1,2}):(\d\d)\b(?! ?[ap]m)", halves),
        (r"Monday to Friday", "Mon–Fri"),
        (r"\$(\d+\.\d\d)", r"USD \1"),
        (r"£(\d+\.\d\d)", r"\1 GBP"),
        (r"\((\d{3})\) (\d{3})-(\d{4})", r"\1 \2 \3"),
        (r"(?<!/)\bwww\.", "https://www."),
    )
    for pattern, other in ways:
        if random.random() < 0.4:
            text = re.sub(pattern, other, text)
    return text


def _as_it_is(text: str, _: Random | None = None) -> str:
    return text


def _with_bullets(text: str) -> str:
    return re.sub(r"(?m)^(\s*)\d{1,2}[.)] ", r"\1- ", text)


def _with_brackets(text: str) -> str:
    return re.sub(r"(?m)^(\s*\d{1,2})\. ", r"\1) ", text)


def _without_bold(text: str) -> str:
    return text.replace("**", "")


def _shorter(text: str, _: Random) -> str:
    """Without its last sentence, where it is not the only one."""
    last = sentences(text)[-1]
    cut = text[: text.rindex(last)].rstrip()
    return cut if len(cut) > 80 and not cut.endswith(":") else text


def _reordered(text: str, random: Random) -> str:
    """Two neighbouring sentences of a paragraph change places."""
    blocks = text.split("\n\n")
    at = [i for i, block in enumerate(blocks) if "\n" not in block and len(sentences(block)) >= 3]
    if not at:
        return text
    place = random.choice(at)
    told = sentences(blocks[place])
    if re.match(r"(?:however|it|this|there|they|that|once|then|additionally|also)\b", told[-1], re.I):
        return text
    blocks[place] = " ".join([*told[:-2], told[-1], told[-2]])
    return "\n\n".join(blocks)

"""Which language a sentence is in, by its small words; None where they do not tell."""

from __future__ import annotations

import re

_WORDS = {
    "en": "the a an and or of to in on at is are was be been it its you your we our us i my me for with from by not"
    " have has will can this that these they do does how what when if as please",
    "de": "der die das den dem des ein eine einen einem einer und oder von zu zum zur im ist sind war es sie ihr ihre"
    " ihren wir unser uns ich mein für mit aus bei nicht haben hat wird werden kann können dies wie was wenn auf bitte",
    "fr": "le la les un une des et ou de du au aux est sont il elle vous votre vos nous notre je mon ma pour avec dans"
    " par pas ne avez peut ce cette qui que si sur être",
    "es": "el la los las un una unos y o de del al es son era lo usted su sus nosotros nuestro yo mi para con en por no"
    " tiene ha puede este esta que si como más",
    "it": "il lo la gli le un una e o di del della al è sono era lei suo sua noi nostro io mio per con da non ha può"
    " questo questa che se come più nel",
    "nl": "de het een en of van naar in op is zijn was u uw wij onze ik mijn voor met uit bij niet heeft kan dit deze"
    " hoe wat wanneer als worden wordt",
    "pt": "o a os as um uma e ou de do da ao é são era você seu sua nós nosso eu meu para com em por não tem pode este"
    " esta que se como mais",
}
_KNOWN = {tongue: frozenset(words.split()) for tongue, words in _WORDS.items()}
_FEWEST = 3  # small words that a sentence must have


def tongue_of(text: str) -> str | None:
    """Like "en". A tie, as between near relatives, is None."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = sorted(
        ((sum(w in known for w in words), tongue) for tongue, known in _KNOWN.items()), reverse=True
    )
    (most, tongue), (second, _) = counts[:2]
    return tongue if most >= _FEWEST and most > second else None


def other_tongue(text: str, known: frozenset[str]) -> bool:
    """Whether `text` is surely in a language that is none of `known`."""
    tongue = tongue_of(text)
    return tongue is not None and bool(known) and tongue not in known

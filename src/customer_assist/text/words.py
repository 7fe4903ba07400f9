"""The words of a text that say what it is about, cut so that "return" and "returned" are one; and the small ones."""

from __future__ import annotations

import re

_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")
# Words of three letters or fewer say little, and these say no more. Others of their kind are rare enough.
_COMMON_WORDS = """
    that this with your have from they them will been were what when where which while then than there here
    also into only more most some such very just about please would could should does their after before
    eine einer einem einen nicht sich auch oder wenn dann sind wird werden haben kann können ihre ihrer ihnen
    vous nous avec pour dans sont être para como esta este
"""
# What any friendly answer of a business with a website may say, whatever it is about.
_EVERYDAY_WORDS = """
    able account address afraid again ahead all alright always answer apologies apologise apologize app
    appreciate ask asking assist assistance assistant available aware best bring browse business button call
    care cart certain certainly chat check checkout choose clear click come concern concerns confirm contact
    cost costs course customer customers days dear detail details dial directly discuss download easily email
    emails enjoy enquiry ensure enter euro euros everything exactly experience explain feel file fill find fine
    first follow following form forms forward free friendly further give given glad good grateful great guide
    hand happy have hear hello help helpful here hesitate hope hours however human inbox inconvenience inform
    information input inquiry instead internet issue item items keep kind kindly know last lasts learn like link
    links list log logged login look made mail make matter mean menu message mind minutes moment months more
    navigate need needed next nice note number offer okay online only open option options order other otherwise
    page patience people percent perfectly period person phone platform pleased pleasure point portal possible
    price priority problem proceed process product products provide purchase quick quickly reach ready really
    reason regarding reply request right same satisfaction save saves second section see select send service
    share short shortly sign simple simply site situation someone something soon sorry sorted specific start
    step steps still store subject submit support sure take talk team telephone tell text thank thanks thing
    things though time today together trouble truly type unable understand unfortunately using valuable value
    visit want way web website weeks welcome well wish within without wonderful work working worry write wrong
    years
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_STEM = 6  # letters that "return", "returned" and "returning" share


def has_word(text: str) -> bool:
    return _WORD.search(text) is not None


def content_words(text: str) -> frozenset[str]:
    """Numbers, and the stems of words with more than three letters that are not common ones."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(w[:_STEM] for w in words if w[0].isdigit() or (len(w) > 3 and w not in _COMMON))


def small_words(text: str) -> frozenset[str]:
    """All others: they tell languages apart."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(w for w in words if not w[0].isdigit() and (len(w) <= 3 or w in _COMMON))


EVERYDAY = content_words(_EVERYDAY_WORDS)


def is_everyday(word: str) -> bool:
    """Whether a lower-case word is one that any friendly answer may use, whatever it is about."""
    return word in _COMMON or word[:_STEM] in EVERYDAY

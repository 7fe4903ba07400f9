"""Sentences that speak to a machine rather than to a customer: instructions somebody planted in a text.

Approved texts tell a customer what to do; a planted sentence tells the writer of the answer. It gives itself
away by what it speaks of: the answer as a thing to be changed, earlier instructions, the prompt, a role.
"""

from __future__ import annotations

import re
from functools import lru_cache

from customer_assist.text.disguises import flattened, undisguised
from customer_assist.text.sentences import split_spans

_ANSWER = r"(?:answers?|responses?|reply|replies|outputs?|messages?|completions?)(?:'s?)?"
_YOURS = rf"(?:your|the model's|the assistant's) (?:[a-z]+ ){{0,2}}?{_ANSWER}"
_THE = (
    r"(?:the|each|every|any|all|its) (?:(?:next|final|own|whole|entire|full|generated"
    r"|following) )?(?:answer|response|reply|repl(?:y|ies)|answers|responses)"
)
_WHOLE = (
    rf"(?:{_YOURS}|{_THE})\b(?! (?:time|to (?:the|our|this|that|my) (?:survey|question|form|mail|e-?mail"
    rf"|invitation|quiz|review|request)))"
)
_INTO = (
    r"(?:in|into|to|within|with|of|from|for|at the (?:end|start|beginning|top|bottom) of|throughout|inside"
    r"|across)"
)
_COMPOSE = (
    "add|append|attach|augment|begin|capitali[sz]e|close|combine|conclude|convert|embed|encode|end|enhance|enrich"
    "|express|extend|finish|follow|format|group|include|incorporate|inject|insert|integrate|introduce|jumble|keep"
    "|mention|misspell|mix|modify|phrase|place|precede|preface|prefix|present|provide|put|rearrange|remove|render"
    "|replace|reverse|rewrite|rotate|scramble|shorten|shuffle|slip|spell|sprinkle|start|state|substitute|supplement"
    "|swap|tailor|transform|translate|turn|use|weave|work|wrap|write"
)
# What a customer is asked to put into a message of his own.
_OF_THE_CUSTOMER = (
    r"\b(?:your (?!answer|response|reply|output|message|completion)|photos?|pictures?|screenshots?"
    r"|receipts?|proof|invoices?"
    r"|(?:order|reference|invoice|tracking|customer|serial|model|ticket|case) (?:number|id|code)"
    r"|details|attachments?)"
)
_GAP = r"[^.!?\n]{0,160}?"
_NEAR = r"[^.!?\n]{0,40}?"
_CODE = r"[\"'“‘(]*(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{5,}"  # letters with figures: no word of a language
_KNOWN_CODE = r"(?! (?:in|on|at|as|to|when|with|for|during|into) )"

_COMPOSING = (
    rf"\b(?:drop|name|output|print|quote|recite|repeat|say(?! so\b)|sign) {_GAP}\b{_INTO} "
    r"(?:your|each|every|any|all) (?:[a-z]+ ){0,2}?(?:answers?|responses?|reply|replies|outputs?"
    r"|completions?)\b",
    rf"\b(?:{_COMPOSE}|anagram) {_GAP}\b{_INTO} {_WHOLE}",
    rf"(?:^|[.,;:!?\n]\s*|\b(?:and|then|please|must|should|to|now|always) )(?:{_COMPOSE}|alter|change"
    rf"|adapt|adjust|craft|deliver|give|make)"
    rf" (?:{_YOURS}|{_THE})\b{_GAP}\b(?:with|by [a-z]+ing|using|without|so that|to (?:also "
    rf"|only )?(?!(?:the|our|this|us|my|you)\b)[a-z]+|as (?:an?|if|though))\b",
    rf"\b(?:in|within|at the (?:end|start|beginning) of|throughout) {_WHOLE},? (?:please |also |always "
    rf"|you (?:must|should|will) )?"
    rf"(?:{_COMPOSE}|advise|ask|claim|direct|encourage|invite|link|offer|only|point|promote|recommend"
    rf"|refer|say|suggest|tease|tell|urge|warn)\b",
)
_COMMANDING = (
    # the instructions
    rf"\b(?:ignore|disregard|forget|override|overrule|bypass|discard|abandon|(?:do not|don't|stop"
    rf"|no longer) follow(?:ing)?)\b{_NEAR}"
    r"\b(?:previous|prior|above|earlier|preceding|foregoing|former|existing|original|initial|system"
    r"|all|any|your|other)\b"
    rf"{_NEAR}\b(?:instructions?|prompts?|rules|guidelines|directions|commands?|directives?|constraints"
    rf"|context|restrictions|programming|training)\b",
    r"\b(?:ignore|disregard|forget|override)(?: all)? (?:the|these|those|your|its) (?:\w+ )?"
    r"(?:instructions?|rules|prompts?|guidelines|text|context) (?:above|before|so far|you)\b",
    r"\b(?:ignore|disregard|forget) (?:everything|anything|all(?: of)?(?: that)?"
    r"|what(?:ever)?)\b(?: (?:that|is|was|has been|you))* ?(?:above|before|so far|prior|previously"
    r"|you (?:were|have been|know)|(?:were|been) told|said|written)",
    rf"\b(?:reveal|disclose|leak|expose|print|output|repeat|recite|dump|display|show|quote|paste|encode"
    rf"|summari[sz]e|translate|write out|give|tell|share)\b{_NEAR}"
    r"\b(?:system (?:prompt|message|instructions?)|(?:your|the) (?:initial|hidden|secret|internal"
    r"|original|developer|full|entire|whole|exact|above|own) (?:prompt|instructions|rules|guidelines)"
    r"|your prompt|(?:instructions|rules|text|words) (?:that )?you (?:were|have been|are) (?:given"
    r"|told)|(?:prompt|text|words|everything) above)\b",
    rf"\b(?:reveal|disclose|leak|expose|print|output|repeat|recite|dump"
    rf"|encode)\b{_NEAR}\byour (?:instructions|rules|guidelines|directives|prompt)\b",
    r"\b(?:new|updated|hidden|secret) (?:system |developer |admin )?(?:instructions?|directives?|prompts?"
    r"|task) ?(?:for (?:you|the (?:ai|model|assistant|bot)))? ?:",
    r"\b(?:these|this|the following|new) (?:instructions?|directives?|commands?) (?:over(?:ride"
    r"|rule)s?|replaces?|supersedes?|takes? precedence)",
    r"\b(?:rules?|instructions|guidelines|directives) (?:that )?you (?:were|have been) given\b"
    r"|\b(?:your|the) (?:entire |full |whole |own )?system prompt\b"
    r"|\b(?:list|print|reveal|show|output|repeat|tell)(?:ing)?\b[^.!?\n]{0,30}\b(?:hidden|secret"
    r"|system) (?:rules|instructions)\b",
    r"\b(?:ignore|disregard|forget)\b[^.!?\n]{0,20}\b(?:retrieved|provided|given|other) (?:context"
    r"|documents|sources|texts)\b"
    r"|\b(?:ignore|disregard|forget)\b[^.!?\n]{0,20}\b(?:documents|context"
    r"|sources) (?:that )?you (?:were|have been|are)\b",
    r"\b(?:send|forward|post|upload|exfiltrate|leak|transmit)\b[^.!?\n]{0,40}\b(?:users?|customers?"
    r"|chats?|conversations?"
    r"|quer(?:y|ies)|credentials|secrets|api keys?)\b[^.!?\n]{0,40}\bto (?:https?:|www·)",
    # the one who answers
    r"\byou are (?:now )?in (?:\w+ )?(?:diagnostic|maintenance|debug|developer|admin|god|test"
    r"|training) mode\b",
    r"\bfrom (?:now on|this (?:point|moment)(?: on| onwards?| forward)?|here on),? you (?:must|shall"
    r"|have to|are to|should)"
    r" (?:always |only )?(?:respond|reply|answer|act|speak|say|output)\b",
    r"\b(?:respond|answer)(?: to [^.!?\n]{1,40})? with (?:the (?:words?|phrase|text|sentence|code"
    r"|token)\b|[\"“])",
    r"\b(?:you are|you're|act|behave|respond|answer|speak|pretend to be|role-?play)(?: now"
    r"| from now on)?(?: as| like)? (?:an? |the )?(?:evil |new |different |helpful |unrestricted "
    r"|uncensored )*"
    r"(?:ai|a\.i\.|llm|(?:large )?language model|chat ?bot|gpt[\w-]*|dan|assistant|(?:ai|virtual"
    r"|support|unrestricted) (?:assistant|agent|model|bot)|pirate)\b(?! manager)",
    r"\b(?:if|when|since|because|as|in case) you(?: are|'re) (?:an? |the )?(?:ai|llm|language model"
    r"|chat ?bot|automated|(?:ai |virtual )?assistant|bot|machine|model)\b(?! (?:owner|user|customer"
    r"|number))",
    r"\b(?:note|message|attention|instructions?|dear|hey|reminder|notice|warning|memo)(?: to| for"
    r"|[,:])? ?(?:the |all |any |every )?(?:ai|ais|llms?|language models?|chat ?bots?|ai (?:models?"
    r"|assistants?|systems?|agents?)|assistants?|support bots?)\b",
    r"\b(?:ai|llm|language models?|chat ?bots?|assistants?)(?: models?| assistants?"
    r"| systems?)? (?:reading|processing|answering|summari[sz]ing|parsing|that (?:reads?"
    r"|process(?:es)?|answers?)|must|should now|shall)\b",
    r"\bfrom now on,? (?:you (?:are|will (?:only |always )?(?:answer|respond|act|say|speak))"
    r"|(?:always |only )?(?:answer|respond|reply|act|say|speak)|every (?:answer|response|reply))\b",
    r"(?:^|[.,;:!?\n]\s*|\bplease |\bnow )pretend (?:that |to be |you)",
    r"\bdeveloper mode (?:is )?(?:enabled|activated|on)|\bjailbr(?:eak|oken)|\bdo anything now\b",
    # the task
    rf"\b(?:respond|reply|answer)(?: \w+)? (?:only|exclusively|solely|exactly|nothing but|always"
    rf"|strictly)\b{_NEAR}\b(?:with|in|by|as|using)\b",
    r"\b(?:only|always|exclusively|henceforth|instead),? (?:respond|reply|answer|output) (?:with|in|by"
    r"|to|as|using)\b",
    r"\b(?:say|output|print|write|utter|echo|repeat|reply|respond|answer)(?: with)? (?:only|exactly"
    r"|verbatim|nothing but|the following|this)(?: (?:word|sentence|phrase|text|string|code|link|line"
    r"|token)s?)?(?: verbatim| exactly)? ?[:\"'“‘]",
    rf"\b(?:say|output|print|utter|echo|repeat|recite|(?:reply|respond|answer|end|begin|start|finish"
    rf"|close) with|mention|include|append|add|insert|write|type|state|use)(?: the (?:word|code|token"
    rf"|phrase|string|marker|text|secret|canary)s?)?(?: word"
    rf"| exactly)?:? {_CODE}[\"'”’)]*{_KNOWN_CODE}(?= ?(?:[.!,;:]|$| (?:verbatim|exactly|and|somewhere"
    rf"|anywhere|twice|before|first|instead|once|three|\d)))",
    r"\b(?:instead of|before|after|when(?:ever)?|while) (?:you (?:answer|respond|reply)"
    r"|answering (?:the|any|every|a|this|users?|customers?|questions?)|responding(?! to us)"
    r"|asked (?:about|anything))\b[^.!?\n]{0,80}\b(?:say|reply|answer|respond|output|include|mention"
    r"|append|recommend|tell (?:them|the (?:user|customer)))\b",
    r"\b(?:answer|respond to|reply to|handle|process) (?:the|every|any|all|each|this) (?:user|customer"
    r"|reader|human)(?:'?s'?)? (?:question|query|request|message|prompt"
    r"|input)s?\b[^.!?\n]{0,30}\b(?:with|by|using|as if|in)\b",
    r"\b(?:do not|don't|never|avoid|without) (?:mention|tell|reveal|disclos|inform|answer|cit|quot"
    r"|follow|us)\w*\b[^.!?\n]{0,30}\b(?:the (?:user|human|reader)|(?:these|this|the above|your|other"
    r"|any) (?:instructions?|sources?|prompt|rules)|the (?:other )?sources?)\b",
    r"\b(?:letters?|vowels?|consonants?|spaces|words?)\b[^.!?\n]{0,40}\b(?:with|by|to|into"
    r"|in) (?:their|its|the following|symbols?|numbers?|anagrams?|corresponding"
    r"|random)\b(?= (?:symbols?|numbers?|position|order|letters?|keyboard|corresponding|words?"
    r"|anagrams?)|\W|$)",
    r"\b(?:anagram|misspell|jumble|scramble|reverse|capitali[sz]e|encode|rot13) (?:up )?(?:the |every "
    r"|each |all |some )(?:(?:second|third|fourth|fifth|other|\w+) )?(?:letters?|words?|sentences?"
    r"|vowels?)\b",
    r"\b(?:write|compose|draft|create|develop|generate|produce|provide|recite|tell)(?: me| us)? (?:an?"
    r"|the|some) (?:[a-z-]+ ){0,2}?(?:poem|haiku|sonnet|limerick|story|essay|speech|song|rap|joke"
    r"|riddle|headline|blog post|letter to a|python|javascript|introduction for an?)\b",
    r"(?:^|[.:;!?\n]\s*)(?:please )?(?:explain|describe|break down|summari[sz]e"
    r"|outline)\b[^.!?\n]{0,80}\b(?:in simple terms|with an example|to a child|the plot of"
    r"|in detail)\b",
    r"\b(?:provide|give)(?: me)? (?:the|an?) (?:\w+ ){0,2}(?:equivalent|translation|synonym) (?:for|of)\b",
    r"\bhow do you say ['\"“‘]|\bwhat(?: is|'s) ['\"“‘][^'\"”’]{1,60}['\"”’] in [a-z]+\b",
    r"\btranslate the (?:following|above|previous|entire|whole)\b",
    r"\b(?:call|invoke|execute|run|use) (?:the )?[\w.]+(?:\(\)| tool| function"
    r"| plugin)\b[^.!?\n]{0,60}\b(?:with|to send|and send|argument|parameter)",
    # other languages
    r"\b(?:ignorier\w*|missacht\w*|vergiss|vergessen sie|ignore[zr]?|oublie[zr]?|ignora\w*|olvid\w+"
    r"|dimentica\w*|negeer)\b[^.!?\n]{0,40}\b(?:anweisungen|instruktionen|regeln|instructions"
    r"|consignes|instrucciones|reglas|istruzioni|regole|instructies|instruções)\b",
    r"\b(?:füg\w*|schreib\w*|erwähn\w*|nenn\w*|ergänz\w*|integrier\w*|beend\w*|beginn\w*|ajout\w+"
    r"|inclu\w+|mentionn\w+|añad\w+|agreg\w+|menciona\w*|aggiung\w+"
    r"|voeg)\b[^.!?\n]{0,80}\b(?:deine[rn]?|ihre[rn]?|ta|ton|votre|tu|su|tua|sua|je|uw) (?:antwort"
    r"|nachricht|réponse|respuesta|risposta|antwoord)\b",
    r"\bin (?:deiner|jeder|der|jede) antwort,? (?:füg|schreib|erwähn|nenn|ergänz|empfiehl|verweis|sag)\w*",
)
_MARKUP = (
    r"<\|[^|<>\n]{1,40}\|>|\[/?(?:inst|sys|system|assistant)\]|<</?sys>>|</?(?:system|assistant"
    r"|instructions?|prompt)>",
    r"(?:^|\n)\s*#{2,}\s*(?:system|assistant|instruction|new instructions?|human)\s*:?\s*(?:\n|$)",
    r"(?:^|\n|[.!?\"] )\s*(?:\[|\(|\*\*)?(?:system|assistant|developer|human|ai)(?: (?:prompt|message"
    r"|instructions?|note|override|alert|notice))?(?:\]|\)|\*\*)?\s?:",
    r"\b(?:begin|end|start) (?:of )?(?:the )?(?:system|hidden|admin|developer|secret|new"
    r"|user) (?:prompt|instructions?|message|query|input)\b",
    r"[-=_#*]{3,} ?(?:end|begin|start) of (?:the )?(?:documents?|sources?|context|prompt|instructions?"
    r"|knowledge)\b",
)
_HINTS = (
    rf"(?:^|[.,;:!?\n]\s*|\b(?:and|then|please|must|always|also|,) )(?:{_COMPOSE}|advertise|advise|direct"
    rf"|encourage|endorse|invite|promote|recommend|redirect|refer|say|suggest|tease|tell|urge)\b",
    r"\b(?:sentence|statement|headline|paragraph|reminder|recommendation|tip|appeal|sales pitch|link"
    r"|address|url|code|word|phrase)\b",
    rf"\b{_YOURS}\b",
)

_OF_READERS = (
    r"(?:^|[.,;:!?\n]\s*|\b(?:and|then|please|must|always|also) )(?:advise|ask|convince|direct|encourage"
    r"|inform"
    r"|invite|persuade|point|recommend|redirect|refer|remind|send|suggest|tell|urge|warn)(?: to)?"
    r" (?:the |all |any |each |every |our |your )?"
    r"(?:users?|readers?|visitors?|customers?|clients?|people|everyone|them)\b"
)

_COMPOSED = re.compile("|".join(f"(?:{each})" for each in _COMPOSING))
_COMMANDED = re.compile("|".join(f"(?:{each})" for each in _COMMANDING))
_MARKED = re.compile("|".join(_MARKUP))
_HINTED = re.compile("|".join(f"(?:{each})" for each in _HINTS))
_READERS = re.compile(_OF_READERS)
_CUSTOMERS = re.compile(_OF_THE_CUSTOMER)
_ADDRESS = re.compile(r"://|\bwww·|@\w|·(?:com|org|net|example|xyz|io|ru|info)\b|[\"“]")
# "Say PLUM-PIE": no word of a language, and no "reply STOP".
_SAY_A_CODE = re.compile(
    r"\b(?i:say|output|print|utter|echo|repeat|mention|include|insert|append|add|reply with|answer with"
    r"|respond with)"
    r"(?i: the (?:words?|code|phrase|token|text"
    r"|string))?:? [\"'“‘]?[A-Z]{3,}(?:[-_][A-Z0-9]+)+\b(?! (?:on|to|as) )"
)
_QUOTED = re.compile(r"\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|(?<!\w)'[^'\n]{1,200}'(?!\w)")
_REMEMBERED = 20_000  # sentences
_ASKED = 30  # characters behind an order in which it may ask for something of the customer's
_INNER_STOP = re.compile(r"(?<=\w)[.!?](?=\w)")


@lru_cache(maxsize=_REMEMBERED)
def speaks_to_a_machine(text: str) -> str:
    """The words of `text`, a sentence or a few, that are meant for the writer of the answer; "" for none."""
    flat = flattened(text)
    if marked := _MARKED.search(flat) or _SAY_A_CODE.search(text):
        return marked[0].strip()
    for reading in (flat, *undisguised(flat)):
        one = _as_one_sentence(reading)
        for lines in dict.fromkeys((one, one.replace("\n", " "))):
            if found := _COMMANDED.search(lines) or _composed(lines):
                return found[0].strip()
    return ""


def without_orders(text: str) -> str:
    """`text` without the sentences that speak to a machine, "" where it has no others."""
    spans = [text[start:end] for start, end in split_spans(text)]
    kept = [each for each in spans if not speaks_to_a_machine(each)]
    return text if len(kept) == len(spans) else "".join(kept).strip()


def may_speak_to_a_machine(text: str) -> bool:
    """Signs that are common in honest texts: they count only beside another, as an address of a stranger's."""
    return _HINTED.search(flattened(text)) is not None


def speaks_of_readers(text: str) -> bool:
    """Whether `text` orders that somebody else, "every reader", be told something: an honest text may, too."""
    return _READERS.search(flattened(text)) is not None


def _as_one_sentence(flat: str) -> str:
    """Without the full stops that end none: those in addresses and in what is quoted."""
    flat = _QUOTED.sub(lambda match: re.sub("[.!?]", "·", match[0]), flat)
    return _INNER_STOP.sub("·", flat)


def _composed(flat: str) -> re.Match[str] | None:
    found = _COMPOSED.search(flat)
    asked = flat[found.start() : found.end() + _ASKED] if found else ""
    if found and _CUSTOMERS.search(asked) and not _ADDRESS.search(flat):
        return None  # "add your order number to your message" is said to a customer
    return found

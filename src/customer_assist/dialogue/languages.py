"""What is said to a customer who writes a language that the business's knowledge is not in."""

from __future__ import annotations

from collections.abc import Iterable

# "I can answer only in {}." In each language the names of the languages stand in their own words.
_NOTICES = {
    "de": "Ich kann leider nur auf {} antworten.",
    "fr": "Je ne peux malheureusement répondre qu’en {}.",
    "es": "Lo siento, solo puedo responder en {}.",
    "it": "Mi dispiace, posso rispondere solo in {}.",
    "nl": "Ik kan helaas alleen antwoorden in het {}.",
    "pt": "Infelizmente só posso responder em {}.",
    "pl": "Niestety mogę odpowiadać tylko w języku: {}.",
    "sv": "Jag kan tyvärr bara svara på {}.",
    "da": "Jeg kan desværre kun svare på {}.",
    "cs": "Bohužel mohu odpovídat pouze v jazyce: {}.",
    "tr": "Ne yazık ki yalnızca şu dilde yanıt verebiliyorum: {}.",
    "ro": "Din păcate pot răspunde doar în limba: {}.",
    "fi": "Valitettavasti voin vastata vain kielellä: {}.",
    "ru": "К сожалению, я могу отвечать только на языке: {}.",
    "uk": "На жаль, я можу відповідати лише мовою: {}.",
    "el": "Δυστυχώς μπορώ να απαντήσω μόνο στη γλώσσα: {}.",
    "ar": "عذرًا، يمكنني الإجابة بهذه اللغة فقط: {}.",
    "he": "לצערי אני יכול לענות רק בשפה: {}.",
    "hi": "क्षमा करें, मैं केवल इस भाषा में उत्तर दे सकता हूँ: {}.",
    "zh": "抱歉,我只能用以下语言回答:{}。",
    "ja": "申し訳ありませんが、次の言語でのみお答えできます:{}。",
    "ko": "죄송하지만 다음 언어로만 답변할 수 있습니다: {}.",
}
_OTHERWISE = "I can answer only in {}."
_NAMES = {
    "en": "English", "de": "Deutsch", "fr": "français", "es": "español", "it": "italiano", "nl": "Nederlands",
    "pt": "português", "pl": "polski", "sv": "svenska", "da": "dansk", "cs": "čeština", "tr": "Türkçe", "ro": "română",
    "fi": "suomi", "ru": "русский", "uk": "українська", "el": "ελληνικά", "ar": "العربية", "he": "עברית",
    "hi": "हिन्दी", "th": "ไทย", "zh": "中文", "ja": "日本語", "ko": "한국어",
}  # fmt: skip
# English as these languages call it, where it stands in their own sentence; the rest call it "English" well enough.
_ENGLISH = {
    "de": "Englisch", "fr": "anglais", "es": "inglés", "it": "inglese", "nl": "Engels", "pt": "inglês",
    "sv": "engelska", "da": "engelsk",
}  # fmt: skip


def notice(tongue: str, known: Iterable[str]) -> str:
    """Which languages (codes) the business answers in, in the customer's own where there is a sentence for it."""
    names = [
        _ENGLISH.get(tongue, "English") if code == "en" else _NAMES.get(code, code) for code in sorted(known)
    ]
    return _NOTICES.get(tongue, _OTHERWISE).format(", ".join(names))


def name_of(tongue: str) -> str:
    """What a language calls itself."""
    return _NAMES.get(tongue, tongue)

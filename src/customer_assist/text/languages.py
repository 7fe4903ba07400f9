"""Which language a customer writes, where that is certain and it is not the business's own.

By script, and in Latin letters by words that only one language has. Short and misspelt messages of customers stand
against it: a word that English has too, or that a slip of the finger makes of an English one, is in no list. In
doubt nothing is said: to answer an English question is better than to call it Dutch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORDS = {
    "de": (
        "ich du wir ihr mein meine meinen meiner meinem wie wo wann warum ist sind nicht und oder der das dem"
        " eine einen einer kann können könnt könnte möchte bitte habe haben hatte wird werden wurde noch auch für"
        " mit von auf über zurück bestellung lieferung paket rechnung passwort konto geld rückgabe wieviel hallo"
        " danke guten tag gibt geht mir euch sie ihnen ihre bei zum zur aus schon viel welche wenn hilfe"
        " funktioniert zahlen bezahlen kostet"
    ),
    "fr": (
        "je tu nous vous mon ma mes votre vos comment où quand pourquoi est sont pas le la les une des du et ou"
        " pour avec dans peux puis pouvez voudrais veux ai avez bonjour merci combien commande livraison colis"
        " remboursement facture compte être suis fait faire qui que quel quelle quels cette ce mot passe oublié"
        " retourner payer coûte chez sur aux au ne il"
    ),
    "es": (
        "mi mis su sus cómo como dónde donde cuándo cuando qué está están los las una del para por con puedo"
        " puede quiero quisiera tengo tienen hola gracias cuánto cuanto cuesta pedido envío paquete factura cuenta"
        " contraseña devolver devolución dinero pagar es el la que hacer yo usted ustedes no llega llegado hay"
        " sobre"
    ),
    "it": (
        "il lo gli mio mia miei mie vostro come dove quando perché è sono una della del di che non per con posso"
        " potete vorrei voglio ho avete ciao buongiorno grazie quanto costa ordine spedizione pacco fattura"
        " rimborso pagare restituire la le alla nel sul questo questa fare dimenticato ancora arrivato"
    ),
    "nl": (
        "ik jij wij jullie mijn uw het een hoe waar wanneer waarom niet zijn kan kunnen wil graag moet heb heeft"
        " hebben van voor met naar bij maar ook nog bestelling pakket levering rekening wachtwoord terug geld"
        " betalen hallo bedankt dank wordt worden dit deze mij vergeten kost hoeveel en"
    ),
    "pt": (
        "meu minha meus minhas seu sua como onde quando porque por que está estão não uma um dos das para com em"
        " posso pode quero queria tenho têm vocês você olá obrigado obrigada quanto custa pedido encomenda envio"
        " fatura conta senha devolver reembolso dinheiro pagar é ao foi já ainda chegou fazer o"
    ),
    "pl": (
        "ja mój moja moje mojego moją jak gdzie kiedy dlaczego jest są nie czy się na do że mogę można chcę"
        " chciałbym chciałabym mam proszę dziękuję dzień dobry ile kosztuje zamówienie zamówienia paczka przesyłka"
        " faktura konto hasło zwrot zwrócić pieniądze zapłacić już jeszcze dla przez po od za"
    ),
    "sv": (
        "jag du vi min mitt mina er hur var när varför är inte och det en ett för med på har kan vill ska hej"
        " tack beställning paket leverans faktura konto lösenord tillbaka pengar betala kostar mycket från till om"
        " skicka"
    ),
    "da": (
        "jeg du vi min mit mine hvordan hvor hvornår hvorfor er ikke og det en et for med på har kan vil skal hej"
        " tak bestilling pakke levering faktura konto adgangskode tilbage penge betale koster meget fra til om"
        " sende"
    ),
    "cs": (
        "já můj moje moji mou jak kde kdy proč je jsou není ne že se na do mohu můžu chci chtěl prosím děkuji"
        " dobrý den kolik stojí objednávka objednávku balík zásilka faktura účet heslo vrátit peníze zaplatit už"
        " ještě pro"
    ),
    "tr": (
        "ben benim siparişim sipariş nasıl nerede ne zaman neden değil bir ve için istiyorum miyim mı mi mu var"
        " yok merhaba teşekkürler lütfen kaç para kargo fatura hesap şifremi iade etmek ödeme nedir"
    ),
    "ro": (
        "eu meu mea mele cum unde când de ce este sunt nu și în pe la pentru cu pot vreau aș aveți bună ziua"
        " mulțumesc cât costă comanda comandă livrare colet factură cont parola returna bani plăti am mai"
    ),
    "fi": (
        "minä minun miten missä milloin miksi on ei ja se että voin voinko haluan haluaisin hei kiitos tilaus"
        " tilaukseni paketti toimitus lasku tili salasana palauttaa rahat maksaa paljonko maksu"
    ),
    "en": (
        "i you we my your our the a an of to in is are was be do does did can could would will have has how what"
        " when where why who which not and or for with from on at it this that me please order hello hi thanks"
        " want need get if but there about any cant dont im ive whats wheres u ur pls no so just by as been got up"
        " out one all"
    ),
}
# In these the lists above overlap with English, or with its slips: they count for no other language.
_NO_EVIDENCE_WORDS = """
    a as at me no on i am in is it do la le o en die den was war so er her ha hat par mi es per come or an
    for van con ma mon mes son se des du tag var vi kan are by he ne na of men min ja po sur pot mai pin to
    de ou et el lo il ik og om je ce su od za ai mot til ben para sue pour paid pay pas mie ho hos te plus
    ole
"""
_NO_EVIDENCE = frozenset(_NO_EVIDENCE_WORDS.split())
_KNOWN = {tongue: frozenset(words.split()) for tongue, words in _WORDS.items()}
_ENGLISH = _KNOWN["en"]
_SIGNS = {
    "de": "ß", "es": "ñ¿¡", "pt": "ãõ", "pl": "łżśźąęń", "cs": "řěůč", "tr": "ğış", "ro": "țșăţş", "fr": "œçêèûà",
    "sv": "å", "da": "øæ", "it": "ìò",
}  # fmt: skip
_SCRIPTS = {
    "ru": "Ѐ-ӿ", "el": "Ͱ-Ͽ", "he": "֐-׿", "ar": "؀-ۿ", "hi": "ऀ-ॿ", "th": "฀-๿", "ko": "가-힯ᄀ-ᇿ",
    "ja": "ぁ-ヿ", "zh": "一-鿿",
}  # fmt: skip
_IN_SCRIPT = {tongue: re.compile(f"[{signs}]") for tongue, signs in _SCRIPTS.items()}
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST, _SHARE = 2, 0.3  # telling words, and their share of all words
_FEWEST_LETTERS = 3  # of another script

NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es", "italian": "it", "italiano": "it", "dutch": "nl",
    "nederlands": "nl", "portuguese": "pt", "português": "pt", "polish": "pl", "polski": "pl",
    "swedish": "sv", "svenska": "sv", "danish": "da", "dansk": "da", "czech": "cs",
    "turkish": "tr", "romanian": "ro", "finnish": "fi", "russian": "ru", "ukrainian": "uk",
    "greek": "el", "hebrew": "he", "arabic": "ar", "hindi": "hi", "thai": "th", "korean": "ko",
    "japanese": "ja", "chinese": "zh",
}  # fmt: skip
TOLD_APART = frozenset(_KNOWN) | frozenset(_SCRIPTS) | {"uk"}


def code_of(language: str) -> str:
    """ "en-IE" and "English" are "en"; "" stays ""."""
    plain = language.strip().lower()
    return NAMES.get(plain) or re.split(r"[-_]", plain)[0]


def foreign(text: str, known: Iterable[str]) -> str | None:
    """The language of `text` as a code, where it is surely none of `known`; None where one of these cannot be told
    apart from others, or in doubt."""
    known = frozenset(known)
    if not known or not known <= TOLD_APART:
        return None
    tongue = language_of(text)
    return None if tongue is None or tongue in known else tongue


def language_of(text: str) -> str | None:
    """The language that `text` is surely in."""
    letters = sum(sign.isalpha() for sign in text)
    for tongue, pattern in _IN_SCRIPT.items():
        found = len(pattern.findall(text))
        if found >= _FEWEST_LETTERS and found > letters / (4 if tongue == "ja" else 2):
            return "uk" if tongue == "ru" and _UKRAINIAN.search(text) else tongue
    words = [word.lower() for word in _WORD.findall(text)]
    told = Counter(
        {
            tongue: _telling(words, tongue) + _signs(text.lower(), tongue)
            for tongue in _KNOWN
            if tongue != "en"
        }
    )
    (best, most), (_, second) = told.most_common(2)
    english = sum(word in _ENGLISH for word in words)
    if most >= _FEWEST and most > second and most >= _SHARE * len(words) and most > english:
        return best
    return "en" if english >= _FEWEST and english >= _SHARE * len(words) and english > 2 * most else None


def _telling(words: list[str], tongue: str) -> float:
    """Distinct words that this language has and English has not; those that many share tell little of which it is."""
    own = {word for word in words if word in _KNOWN[tongue]}
    return len(own - _NO_EVIDENCE - _ENGLISH) + 0.25 * len(own & _NO_EVIDENCE)


def _signs(text: str, tongue: str) -> float:
    return 0.75 * bool(set(_SIGNS.get(tongue, "")) & set(text))

"""Where a customer wants something to go: countries by their names, any other capitalised name as a city."""

from __future__ import annotations

import re

CITY, LAND = "Delivery City", "Delivery Country"
_COUNTRIES = """Afghanistan|Albania|Algeria|Andorra|Angola|Argentina|Armenia|Australia|Austria|Azerbaijan
    |Bahamas|Bahrain|Bangladesh|Barbados|Belarus|Belgium|Belize|Bolivia|Bosnia and Herzegovina|Botswana|Brazil
    |Bulgaria|Cambodia|Cameroon|Canada|Chile|China|Colombia|Costa Rica|Croatia|Cuba|Cyprus|Czechia
    |Czech Republic|Denmark|Dominican Republic|Ecuador|Egypt|El Salvador|England|Estonia|Ethiopia|Fiji|Finland
    |France|Georgia|Germany|Ghana|Greece|Guatemala|Honduras|Hong Kong|Hungary|Iceland|India|Indonesia|Iran|Iraq
    |Ireland|Israel|Italy|Ivory Coast|Jamaica|Japan|Jordan|Kazakhstan|Kenya|Kosovo|Kuwait|Latvia|Lebanon
    |Liechtenstein|Lithuania|Luxembourg|Malaysia|Maldives|Malta|Mauritius|Mexico|Moldova|Monaco|Mongolia
    |Montenegro|Morocco|Mozambique|Namibia|Nepal|Netherlands|New Zealand|Nicaragua|Nigeria|North Macedonia
    |Northern Ireland|Norway|Oman|Pakistan|Panama|Paraguay|Peru|Philippines|Poland|Portugal|Puerto Rico|Qatar
    |Romania|Russia|Rwanda|San Marino|Saudi Arabia|Scotland|Senegal|Serbia|Singapore|Slovakia|Slovenia
    |South Africa|South Korea|Spain|Sri Lanka|Sweden|Switzerland|Taiwan|Tanzania|Thailand|Tunisia|Turkey|Türkiye
    |Uganda|Ukraine|United Arab Emirates|United Kingdom|Great Britain|United States of America|United States
    |Uruguay|USA|US|UK|UAE|Uzbekistan|Venezuela|Vietnam|Wales|Zambia|Zimbabwe|Europe|EU"""
COUNTRY = re.sub(r"\s*\n\s*", "", _COUNTRIES)
_WITH_ARTICLE = re.compile(
    r"(?:Bahamas|Maldives|Netherlands|Philippines|United .+|.+ Republic|USA?|UK|UAE|EU)", re.I
)
_BY_NAME = {name.lower(): name for name in COUNTRY.split("|")}
GOES_ON = r"[\w/@:_]|\.\w"  # after a name: it is an address, or no name
# Capitalised or not, none of a name.
NO_NAME = (
    "the|my|about|regarding|not|an?|what|order|your|last|amazon|paypal|please|thanks?|can|could|how|where|why"
    "|when|which|send|help|is|are|do|does|will|would|and|but|also|hi|hello|show|mail|tell|give|i|me"
    "|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    "|september|october|november|december"
)
_WORD = rf"(?!(?i:{NO_NAME})\b)[A-ZÀ-Þ](?:[^\W\d_]|['’-](?=[^\W\d_])){{2,29}}"
PLACE = re.compile(
    rf"(?P<value>(?i:{COUNTRY.replace('US|', '')})\b|US\b|{_WORD}(?:(?: (?:of|upon|de|la|del))? {_WORD}){{0,2}})"
    rf"(?!{GOES_ON})"
)


def kind(place: str) -> str:
    """What `place` is; "" for an abbreviation, which is more often a carrier than a town."""
    if place.lower() in _BY_NAME:
        return LAND
    return "" if place.split()[0].isupper() else CITY


def spoken(country: str) -> str:
    """The country as it stands in a sentence: "usa" is "the USA"."""
    name = _BY_NAME.get(country.lower(), country)
    return f"the {name}" if _WITH_ARTICLE.fullmatch(name) else name

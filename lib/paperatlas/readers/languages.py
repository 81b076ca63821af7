"""In which language a text is written: by its letters, then by its function words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

CUT = ("zh", "ja", "ko")
"""Languages that put no blanks between words, or put endings to them."""

_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "nl": "Dutch",
    "sv": "Swedish", "da": "Danish", "pl": "Polish", "tr": "Turkish", "id": "Indonesian", "ru": "Russian",
    "uk": "Ukrainian", "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "ar": "Arabic", "fa": "Persian", "el": "Greek",
    "he": "Hebrew", "hi": "Hindi", "th": "Thai",
}  # fmt: skip
_WORDS = {
    "en": "the of and to in a is that for we with this are on by as an from be which it our these can has",
    "de": "der die das und ist in den von mit für auf eine ein des im dem nicht werden wird zu sich auch als wir durch",
    "fr": "le la les des et en une un du est dans que pour par sur nous avec ce cette sont au aux ces qui plus",
    "es": "el la los las de y en que una un es por con para se del este esta son entre al como más han su",
    "pt": "o a os as de e em que uma um é por com para se do da dos das este esta são entre ao como mais foram não",
    "it": "il la i le di e in che una un è per con del della dei delle questo questa sono tra come più gli nel si",
    "nl": "de het een en van in is dat voor met op te zijn wordt deze worden aan door bij ook als niet wij uit",
    "sv": "och i att en det som är av för på med den till ett har de vi inte om denna från kan",
    "da": "og i at en det som er af for på med den til et har de vi ikke om denne fra kan der",
    "pl": "i w na z do się jest że oraz dla przez nie to od jako są po które tej badania o ich",
    "tr": "ve bir bu için ile olarak da de en olan daha çok göre sonra gibi ise kadar bulunmuştur çalışmada",
    "id": "dan yang di dari untuk dengan pada ini dalam adalah ke oleh sebagai atau penelitian dapat tidak akan telah",
    "ru": "и в на с по что для не из к от как это при а также мы или его было быть",
    "uk": "і в на з що для не від до як це при а також ми або та у є було",
}
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]{2,}")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("fa", re.compile(r"[پچژگ]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_FUNCTION = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_READ = 1_500
# So many function words tell a language, and so many more than the next; a title alone has too few.
_ENOUGH = 2
_MIXED = 0.05


def language_of(text: str) -> str:
    """Two-letter code of a text's language; "" if it is too short to tell.

    Letters decide where a script belongs to a language; else the language of most function words.

    Examples
    --------
    >>> language_of("We study the effect of shade on coffee."), language_of("El café y la finca en la sombra")
    ('en', 'es')
    """
    text = text[:_READ]
    if not text.isascii():
        letters = sum(map(len, _WORD.findall(text))) or 1
        for language, script in _SCRIPTS:
            share = sum(len(found) for found in script.findall(text)) / letters
            # A few syllables make Chinese characters Japanese, and a few letters Arabic ones Persian.
            if share > (0.03 if language in ("ja", "fa") else 0.3):
                return language
    words = _WORD.findall(text.casefold())
    counts = sorted(
        ((sum(word in known for word in words), language) for language, known in _FUNCTION.items()),
        reverse=True,
    )
    (most, language), (next_most, _) = counts[:2]
    return language if most >= _ENOUGH and most > next_most else ""


def language_doubts(languages: Sequence[str]) -> list[str]:
    """What has to be said of a pile because of its papers' languages ("" where unknown), without full stops.

    That it is mixed, that words had to be cut; nothing of a pile in one language that divides its words.
    """
    counts = Counter(language for language in languages if language)
    known = sum(counts.values())
    several = [(language, n) for language, n in counts.most_common() if n >= max(2, _MIXED * known)]
    said = []
    if len(several) > 1:
        shares = ", ".join(f"{n:,} in {_NAMES.get(language, language)}" for language, n in several)
        said.append(
            f"the papers are in several languages ({shares}), and topics may follow language instead of subject"
        )
    if cut := [language for language, _ in several if language in CUT]:
        names = " and ".join(_NAMES[language] for language in cut)
        said.append(
            f"{names} puts no blanks between words, so terms are cut by rule and topics are less sure than in English"
        )
    return said

"""In which language a text is written: by its letters, then by its function words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from paperatlas.shipped import rows_of
from paperatlas.templates import say

_CUT = ("zh", "ja", "ko")  # they put no blanks between words, or put endings to them
_NAMES = {row["code"]: row["name"] for row in rows_of("languages")}
_LETTERS = {row["code"]: re.compile(row["letters"]) for row in rows_of("languages") if row["letters"]}
_FUNCTION = {row["code"]: frozenset(row["words"].split()) for row in rows_of("languages") if row["words"]}
_WORD = re.compile(r"[^\W\d_]+")
_READ = 1_500
_ENOUGH = 2  # function words tell a language, if no other has as many; a title alone has too few
_MIXED = 0.05


def language_of(text: str) -> str:
    """Two-letter code of a text's language, by its script or else its function words; "" if it is too short to tell."""
    text = text[:_READ]
    if not text.isascii():
        letters = sum(map(len, _WORD.findall(text))) or 1
        for language, script in _LETTERS.items():
            share = sum(map(len, script.findall(text))) / letters
            # A few syllables make Chinese characters Japanese, and a few letters Arabic ones Persian.
            if share > (0.03 if language in ("ja", "fa") else 0.3):
                return language
    words = _WORD.findall(text.casefold())
    counts = {language: sum(word in known for word in words) for language, known in _FUNCTION.items()}
    (best, most), (_, next_most) = Counter(counts).most_common(2)
    return best if most >= _ENOUGH and most > next_most else ""


def language_doubts(languages: Sequence[str]) -> list[str]:
    """What has to be said of a pile whose papers are in several languages, or in one that does not divide its words."""
    counts = Counter(filter(None, languages))
    least = max(2, _MIXED * counts.total())
    several = {_NAMES[language]: n for language, n in counts.most_common() if n >= least}
    return say("languages", several=several, cut=[_NAMES[code] for code in _CUT if _NAMES[code] in several])

"""One notation for titles and abstracts, so that two spellings of one work compare as equal."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache

from rapidfuzz.distance import Indel

from paperatlas.readers.markup import latex_to_text, without_tags
from paperatlas.shipped import rows_of

# What is neither letter nor digit separates words, but "+" and "#" carry meaning (YOLACT++, C#).
_SEPARATOR = re.compile(r"[^\w+#]+|_+")
_ASCII_SEPARATOR = re.compile(r"[^a-z0-9+#]+")
_NEEDS_CARE = re.compile(r"[\\${}^_'`&]|[^\x00-\x7f]")
# Signs that some write as a word, and marks that some leave out.
_TRANSLATION = str.maketrans(
    {
        **{row["sign"]: row["word"] for row in rows_of("signs")},
        **dict.fromkeys("'’^_"),
        "&": " and ",
        "→": " to ",
    }
)
_NO_MARK = re.compile(r"[^0-9+#]+")
_NUMERALS = re.compile(r"ii|iii|iv|vi|vii|viii|ix|xi|xii|first|second|third|fourth|fifth")
# A shorter abstract ("This paper has been withdrawn.") identifies nothing.
_ENOUGH_WORDS = 20
# Likeness of abstracts in words, read off 185,849 arXiv papers: unrelated ones of one field stay below.
SAME_FIELD = 0.40


def title_key(title: str) -> str:
    """Title in one notation: without markup, blanks and hyphens, formulas and Greek letters spelled out."""
    return Work(title, "").key


def normalise_title(title: str) -> str:
    """Title in a form that ignores case, accents, spacing and punctuation, but not ``+`` and ``#``.

    "YOLACT" and "YOLACT++" stay different. Papers' ids are hashes of this form, so it never changes.
    """
    return _SEPARATOR.sub(" ", _level(title)).strip()


def normalise(text: str) -> str:
    """Words of a title or abstract, as `normalise_title`, with LaTeX, Greek letters and signs spelled out."""
    if not _NEEDS_CARE.search(text):
        return _ASCII_SEPARATOR.sub(" ", text.lower()).strip()
    if "\\" in text or "$" in text or "{" in text:
        text = latex_to_text(text)
    return _SEPARATOR.sub(" ", _level(_level(text).translate(_TRANSLATION))).strip()


def _level(text: str) -> str:
    """Compatibility form in lower case without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def condensed(normalised: str) -> str:
    """Normalised text without blanks, so that "multi-modal" equals "multimodal"."""
    return normalised.replace(" ", "")


@lru_cache(maxsize=65_536)
def marks(normalised: str) -> tuple[str, ...]:
    """What tells sister titles apart: the digits, ``+`` and ``#`` of each word, and numerals, sorted ("4", "ii")."""
    found = (word if _NUMERALS.fullmatch(word) else _NO_MARK.sub("", word) for word in normalised.split())
    return tuple(sorted(mark for mark in found if mark))


class Work:
    """A title and an abstract in the one notation in which works are compared."""

    def __init__(self, title: str, abstract: str) -> None:
        self.title, self.abstract = normalise(without_tags(title)), abstract
        self.key = condensed(self.title) or title

    @cached_property
    def words(self) -> list[str]:
        """Words of the abstract."""
        return normalise(self.abstract).split()

    def abstract_similarity(self, other: Work) -> float:
        """Similarity in [0, 1] of two abstracts, word by word (normalised Indel); -1 where one says too little."""
        if min(len(self.words), len(other.words)) < _ENOUGH_WORDS:
            return -1.0
        return float(Indel.normalized_similarity(self.words, other.words))

"""The plain reading of text that all rules of the ledger share."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

# An abstract has some 1,300 characters, the longest a few thousand. What stands beyond this is not read
# for systems, claims and resources, so that no made-up text can keep them busy.
READ_AT_MOST = 20_000


def any_of(words: str) -> str:
    """A pattern for any of some words, given with blanks between; "_" stands for a blank."""
    return "(?:" + by_first_letter(word.replace("_", " ") for word in words.split()) + ")"


def by_first_letter(words: Iterable[str]) -> str:
    """Alternatives for a pattern, in their order but grouped by their first letter: far fewer to try."""
    groups: dict[str, list[str]] = {}
    for word in words:
        plain = word[0].isalnum() and word[1:2] not in ("?", "*", "+", "{")
        groups.setdefault(word[0] if plain else word, []).append(word[1:] if plain else "")
    return "|".join(
        f"{first}(?:{'|'.join(rests)})" if any(rests) else first for first, rests in groups.items()
    )


def word_set(words: str) -> frozenset[str]:
    """A set of words, given with blanks between."""
    return frozenset(words.split())


def as_text(value: object) -> str:
    """A field of a corpus as text; a missing one is empty."""
    return value if isinstance(value, str) else ""


_SENTENCE_ENDS = (("?", "? "), ("!", "! "), ("\n", ".\n"), (")", ".) "))
_SENTENCE_STARTS = frozenset("(\"'$\\`*[{“")
_ABBREVIATIONS = (
    "e.g", "i.e", " vs", " cf", "resp", "approx", " al", " etc", "Fig", " Eq", "Sec", " No", " St", " Dr",
    " w.r.t", " a.k.a",
)  # fmt: skip


# Several finders read one abstract after the other: its sentences are worked out once.
@lru_cache(maxsize=4)
def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a text, in order and without gaps.

    An abbreviation such as "e.g." or "et al." ends no sentence, nor does an initial. Nothing
    is cut out: the offsets index the text as it stands.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    ends = [". ", *(end for mark, end in _SENTENCE_ENDS if mark in text)]
    for at in cue_places(text, ends):
        if at < start or (text[at] == "." and not _ends_sentence(text, start, at)):
            continue
        begin = at + 2
        while begin < len(text) and (text[begin].isspace() or text[begin] in ")'\""):
            begin += 1
        first = text[begin : begin + 1]
        if first.isupper() or first.isdigit() or first in _SENTENCE_STARTS:
            spans.append((start, begin))
            start = begin
    if start < len(text) or not spans:
        spans.append((start, len(text)))
    return spans


def _ends_sentence(text: str, start: int, at: int) -> bool:
    """Whether the full stop at `at` ends a sentence, and not an abbreviation or an initial."""
    if text.endswith(_ABBREVIATIONS, start, at):
        return False
    if not text[at - 1].isupper() or at - start < 2:
        return True
    before = text[at - 2 : at - 1]
    return before.isalnum() or before in ("-", "_")


def occurrences(text: str, needle: str) -> list[int]:
    """Where a substring occurs, from left to right, without overlap."""
    places: list[int] = []
    at = text.find(needle)
    while at >= 0:
        places.append(at)
        at = text.find(needle, at + len(needle))
    return places


def holds_any(text: str, cues: Iterable[str]) -> bool:
    """Whether a text holds any of some substrings."""
    for cue in cues:  # noqa: SIM110 (a generator would take a third longer)
        if cue in text:
            return True
    return False


def cue_places(text: str, cues: Iterable[str]) -> list[int]:
    """Where any of some substrings occurs, in order, each place once.

    Plain substring search is many times faster than a pattern, so patterns are tried only at
    these places.
    """
    places: set[int] = set()
    find = text.find
    for cue in cues:
        at = find(cue)
        while at >= 0:
            places.add(at)
            at = find(cue, at + 1)
    return sorted(places)


def cued(text: str, cues: tuple[str, ...]) -> list[int]:
    """Where words of a text begin with one of some cues, in order."""
    return [at for at in cue_places(text, cues) if not at or text[at - 1] == " "]


def span_at(spans: list[tuple[int, int]], place: int) -> tuple[int, int]:
    """The sentence that holds a place of the text."""
    return spans[bisect_right(spans, (place, sys.maxsize)) - 1]


_SIGNS = ".,;:()[]{}\"“”‘’`'!?*$~/-_\\^@&=<>"
_BLANKS = str.maketrans(dict.fromkeys(_SIGNS, " "))
_BEHIND_SMALL = re.compile(rf"[^a-z\s{re.escape(_SIGNS)}][^\s{re.escape(_SIGNS)}]*")


@lru_cache(maxsize=4)
def words_of(text: str) -> list[str]:
    """The words and pieces of words between the blanks and signs of a text, in their order.

    Those who look words up ask a set of their own which of these it holds: no set is made of a text.
    """
    return text.translate(_BLANKS).split()


def capital_pieces(text: str) -> list[str]:
    """The words of `words_of` that are more than small letters, each from its first other letter on.

    They are few, and hold every name: the quickest look at a text that names are looked for in.
    """
    return _BEHIND_SMALL.findall(text)


def pieces_of(name: str) -> list[str]:
    """The words of `words_of` that a name consists of, in their order."""
    return name.translate(_BLANKS).split()


def word_places(name: str, text: str) -> list[int]:
    """Where a name stands in a text as a word of its own."""
    return [
        at
        for at in occurrences(text, name)
        if not (text[at - 1 : at].isalnum() or text[at - 1 : at] in ("-", "_"))
        and not text[at + len(name) : at + len(name) + 1].isalnum()
    ]

"""Abbreviations that papers explain: "graph neural networks (GNNs)"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from paperatlas.text.tokens import folded

_BRACKET = re.compile(r"\(\s?([^\W_][\w-]{1,9})\s?\)")
_WORD = re.compile(r"[^\W_]+")
_STOP = re.compile(r"[.;:!?()\[\]]\s*")


def long_forms(texts: Sequence[str], *, min_papers: int = 2) -> dict[str, str]:
    """Long form of each abbreviation that at least `min_papers` plain texts explain, most of them in one way.

    Both are keys of terms, as in `read_terms`.
    """
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        if "(" in text:
            for short, long in set(explained(text)):
                found[short][long] += 1
    chosen = {}
    for short, ways in sorted(found.items()):
        long, papers = min(ways.items(), key=lambda item: (-item[1], item[0]))
        if papers >= min_papers and 2 * papers > sum(ways.values()):
            chosen[short] = long
    return chosen


def explained(text: str) -> list[tuple[str, str]]:
    """Short and long form, folded, of every abbreviation that stands in brackets behind what it stands for."""
    found = []
    for bracket in _BRACKET.finditer(text):
        short = bracket.group(1)
        plural = short[-1] == "s" and short[:-1].isupper()
        bare = short[:-1] if plural else short
        if sum(letter.isupper() for letter in bare) < 2:
            continue
        before = _STOP.split(text[max(0, bracket.start() - 120) : bracket.start()])[-1]
        words = _long_form(bare, [word.group() for word in _WORD.finditer(before)])
        if len(words) > 1:
            found.append((folded(bare), " ".join(map(folded, words))))
    return found


def _long_form(short: str, words: list[str]) -> list[str]:
    """The last words that hold the letters of `short` in order, the first of them as an initial.

    After Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text",
    PSB 2003.
    """
    words = words[-min(len(short) + 5, 2 * len(short)) :]
    letters = [letter.lower() for letter in short if letter.isalnum()]
    text = " ".join(words).lower()
    place = len(text)
    for i, letter in reversed(list(enumerate(letters))):
        place -= 1
        while place >= 0 and (text[place] != letter or (i == 0 and place > 0 and text[place - 1] != " ")):
            place -= 1
        if place < 0:
            return []
    return words[text[:place].count(" ") :]

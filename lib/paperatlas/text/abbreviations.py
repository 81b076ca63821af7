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
        words = [word.group() for word in _WORD.finditer(before)][-min(len(bare) + 5, 2 * len(bare)) :]
        spelled = " ".join(words)
        start = long_form_start(spelled, 0, len(spelled), bare)
        # A figure must stand there too: "text to image" is not what "T2I" is short for in letters alone.
        figures = all(letter in spelled[start:] for letter in bare if letter.isdigit())
        if start is not None and figures and " " in spelled[start:]:
            found.append((folded(bare), " ".join(map(folded, spelled[start:].split(" ")))))
    return found


def long_form_start(text: str, left: int, right: int, short: str) -> int | None:
    """Where the words between `left` and `right` begin that the abbreviation behind them stands for, or None.

    Reads the letters of the abbreviation backwards off the text; each must occur, in order, and the first of them
    must begin a word (Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
    biomedical text", PSB 2003). A figure may stand for a repetition ("L2D") and is allowed to be missing.
    """
    letters = [letter for letter in short.lower() if letter.isalnum()]
    stretch = text[left:right].lower()
    at = len(stretch)
    for count in range(len(letters) - 1, -1, -1):
        letter = letters[count]
        found = stretch.rfind(letter, 0, at)
        while count == 0 and found > 0 and stretch[found - 1].isalnum():
            found = stretch.rfind(letter, 0, found)
        if found >= 0:
            at = found
        elif not (letter.isdigit() and count):
            return None
    return left + at if letters else None

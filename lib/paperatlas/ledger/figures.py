"""The numbers of a sentence as abstracts write them: ranges, units in front, decimal commas."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from paperatlas.ledger.claim_words import (
    TIMES,
)

_FIGURE = re.compile(r"[0-9][0-9.,]*")
# A number as abstracts write it, and the upper end if it is a range.
_NUMBER = re.compile(
    r"(?P<value>\d{1,3}(?:,\d{3}){1,3}(?![\d,])|\d{1,2},\d{1,2}(?=\s?\\?%)|\d{1,7}(?:\.\d{1,6})?)"
)
_RANGE = re.compile(
    r"\s?(?:\\%|%|[xX×]|\$?\\?times)?\$?\s?"
    r"(?:(?P<arrow>-{1,2}>|→|\$?\\(?:right)?arrow\$?)|(?P<to>to)|-{1,3}|–|—|~|\\sim|sim)"
    r"\s?[$+]?(?P<upper>\d{1,3}(?:,\d{3}){1,2}|\d{1,6}(?:\.\d{1,6})?)"
    r"(?=\s?(?:\\?%|x\b|X\b|×|\\?times|-?fold| percent| (?:absolute )?points| BLEU| dB| AP| mAP|\$))"
)
# "3-class", "5-fold cross-validation", but "5-fold reduction" and "10-point gain"
_COUNTS_PARTS = re.compile(r"-(?:(?!fold|time|point|percent)[a-z]{2}|folds|fold (?:cross|CV|stratified))")
_UNIT_LETTERS = frozenset("xX×tfspdm")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")
_FROM = re.compile(r"\bfrom(?: [a-z]+){0,2} ?$")
TIMES_BEHIND = re.compile(TIMES + r"(?!\$?\s?\d)")
_TIMES_BEFORE = ("x", "X", "×", "\\times", "\\times$", "\\times ", "\\times$ ", "× ")
_IN_FRONT = re.compile(
    r"(?:^|(?<=[\s(~$])(?<!\d )(?<!for )(?<!for \$)(?<!\d\$ )(?<!\d\$)(?<!\d))(?:[xX×]|\$?\\times\b\$?)\s?$"
)


class Figure(NamedTuple):
    """A number in a sentence: its value, the upper end of a range, and the text on both sides of it.

    `left` reaches back at most 125 characters, `right` on at most 110, both within the sentence. A sign of
    multiplication in front ("x4.3") stands at the beginning of `right`, where it is looked for.
    """

    value: float
    high: float
    start: int
    end: int
    left: str
    right: str

    @property
    def is_fraction(self) -> bool:
        """Whether the number has decimals."""
        return self.value != int(self.value)


def figure_places(text: str) -> list[int]:
    """Where a text has numbers that may count for something: not "GPT-4", "2D" or "7B"."""
    places: list[int] = []
    for match in _FIGURE.finditer(text):
        at, end = match.span()
        after = text[end : end + 1]
        if after.isalpha() and after not in _UNIT_LETTERS:
            continue
        if after == "-" and "." not in match.group() and _COUNTS_PARTS.match(text, end):
            continue
        if text[at - 1 : at] in (" ", "(") or _begins_number(text, at):
            places.append(at)
    return places


def figures_at(text: str, places: list[int], start: int, end: int) -> list[Figure]:
    """The numbers that begin at some places of a sentence; a range is one number."""
    found: list[Figure] = []
    covered = start
    for at in places:
        match = _NUMBER.match(text, at, end) if at >= covered else None
        if match is None:
            continue
        covered = match.end()
        before = text[max(start, at - 125) : at]
        times = before.endswith(_TIMES_BEFORE) and _IN_FRONT.search(before)
        left = (before[: times.start()] if times else before).rstrip("~≈<>≥≤$\\{+ ")
        begin, value, high = at, _value(match["value"]), math.nan
        if upper := _RANGE.match(text, covered, end):
            covered = upper.end()
            high = _value(upper["upper"])
            if upper["arrow"] or (upper["to"] and _FROM.search(left)):
                # "from 77.3% to 80.7%" claims where it ends
                left = left if upper["arrow"] else left[:-4] + "to"
                begin, value, high = upper.start("upper"), high, math.nan
        right = text[covered : min(end, covered + 110)]
        if times and not TIMES_BEHIND.match(right):
            right = "x" + right.lstrip("$")
        found.append(Figure(value, high, begin, covered, left + " ", right))
    return found


def _value(digits: str) -> float:
    return float(digits.replace(",", "." if _DECIMAL_COMMA.fullmatch(digits) else ""))


def _begins_number(text: str, at: int) -> bool:
    """Whether the figure at `at` begins a number: "34" in "34.1", not in "GPT-4", "ImageNet1k" or "x^2"."""
    before = text[at - 1 : at]
    beyond = text[at - 2 : at - 1] if at > 1 else ""
    if before in ("x", "X", "×"):
        return not beyond or beyond in " (~$"
    if before.isalnum() or before in ("_", ".", "^", "@"):
        return False
    if before == "-":
        return not beyond.isalnum()
    if before == "/":
        return not beyond.isdigit()
    return before != "{" or beyond not in ("_", "^")

"""The numbers of a sentence as abstracts write them: ranges, spreads, units, and numbers in words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from paperatlas.ledger.reading import any_of, cue_places

_WORDS = {
    "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_PERCENT = r"\s?(?:\\,|~)?\s?(?:\$?\\?%\$?|[ -]percent\b(?!age)|[ -]?per cent\b)"
_POINTS = (
    r"\$?(?:\s?\\?%)?[\s-]?(?:absolute |relative |performance )?(?:percentage[ -]?points?|percent[ -]?points?|points?\b"
    r"|pp\b|p\.p\.|pts?\b)"
)
_TIMES = r"\+?\s?-?(?:\$?\\times\b\$?|×|x\b|X\b|-?fold\b|\s?times\b)\$?(?!\$?\s?\d)"
_OTHER = (
    r"\$?[ -]?(?:dB|ms|milliseconds?|seconds?|(?<!\d{4})s|FPS|fps|frames per second|BLEU|mAP|AP|mIoU|CIDEr|nats"
    r"|bits/char|bpc|bits per (?:character|byte|dimension)|kappa|F1|perplexity|Elo|WER|PSNR)\b"
)
_DIGITS = r"\d{1,3}(?:,\d{3}){1,3}(?![\d,])|\d{1,2},\d{1,2}(?=\s?\\?%)|\d{1,7}(?:\.\d{1,6})?(?![.,]?\d)"
_IN_WORDS = any_of(_WORDS)
_UNIT = rf"(?:(?P<points>{_POINTS})|(?P<percent>{_PERCENT}\+?)|(?P<times>{_TIMES})|(?P<other>{_OTHER}))?"
# A range needs its unit behind the second number: "2-3x", "84.1% to 85.2%", but not "2-3 layers".
_UPPER = (
    r"(?:\s?\\?%|[xX×])?\$?\s?(?P<joint>-{1,2}>|→|\\(?:right)?arrow|to|(?(between)and|-)|-{1,3}|–|—|~|\\sim|sim)\s?[$+]?"
    rf"(?P<upper>{_DIGITS})(?={_PERCENT}|{_POINTS}|{_TIMES}|{_OTHER})"
)
# A spread is no second number: "91.2 ± 0.3%", "91.2% (±0.3)".
_SPREAD = r"(?:\s?\(?\s?(?:±|\$?\\pm\$?|\+/?-)\s?\$?\d[\d.]*(?:\s?\\?%)?\$?\)?)?"
_NUMBER = re.compile(
    rf"(?P<between>between \$?)?(?P<value>{_DIGITS})(?=(?P<spread>{_SPREAD}))(?P=spread)(?:{_UPPER})?{_UNIT}{_SPREAD}"
)
_IN_LETTERS = re.compile(
    rf"\b(?P<word>{_IN_WORDS})(?=[ -]?(?:percent|per cent|fold\b|times\b|points\b)){_UNIT}"
    r"|\b(?P<twice>[Tt]wice)(?= (?:as |the (?:speed|throughput)|faster|better|more|fewer|less|smaller))"
    r"|\b(?<!within )(?P<power>an|one|two|three|four|five|\d) orders?[ -]of[ -]magnitudes?\b"
)
_UNITS = {"points": "points", "percent": "%", "times": "x", "twice": "x", "power": "x"}
_LETTER_CUES = ("percent", "per cent", "fold", " times", "points", "wice ", "magnitude")
_DIGITS = "0123456789"
# "from 1.89 mm to 0.80 mm": what stands before the second number.
_FROM_TO = re.compile(
    r"from (?:[a-z-]+ ){0,3}[~$]?\d[\d.,]*[^\s\d]{0,4}(?: [a-zA-Z°%/-]{1,12}){0,2}(?: \([^()]{1,20}\))? to(?: [a-z-]+){0,3}$"
)
_SIGNS = "~≈<>≥≤$\\{(+=:* "
_INSIDE_WORD = re.compile(r"[\w.,^@_\\/-]$")
# "3-class", "5-fold cross-validation", "2D", "7B": parts of a word, or counts of parts
_NO_NUMBER = re.compile(
    r"[A-Za-z]|-(?:(?!fold|time|point|percent)[a-z]{2}|folds)|[ -]folds?\b|[ -]?(?:cross|CV\b)|\s?(?:\\times|×|x)\s?\d"
)


class Number(NamedTuple):
    """A number of a sentence, from `start` to `end` with its unit ("%", "points", "x", one such as "dB", or none).

    `left` is the sentence from `base` to the number, at most 120 characters, and `right` what follows, at most 80.
    `whole` says that it is written without decimals, `signed` that it has a plus in front, `reached` that a change
    ends with it: "from 1.9 mm to 0.8 mm", of which `left` leaves out the first.
    """

    value: float
    high: float
    unit: str
    start: int
    end: int
    base: int
    left: str
    right: str
    whole: bool
    signed: bool
    reached: bool

    @property
    def is_time(self) -> bool:
        """Whether the unit is one of time."""
        return self.unit.rstrip("s") in ("", "m", "second", "millisecond") and bool(self.unit)


def numbers_in(text: str, start: int, end: int) -> list[Number]:
    """The numbers between two places of a text, from left to right; a range is one number."""
    matches: list[re.Match[str]] = []
    if any(cue in text for cue in _LETTER_CUES):
        matches += _IN_LETTERS.finditer(text, start, end)
    covered = start
    for at in (start + place for place in cue_places(text[start:end], _DIGITS)):
        if at < covered or (at > start and text[at - 1] in _DIGITS):
            continue
        before = text[max(start, at - 10) : at]
        if _INSIDE_WORD.search(before):
            continue
        match = _NUMBER.match(text, at - 8 if before.endswith("between ") else at, end)
        if match is not None and not _NO_NUMBER.match(text, match.end(), end):
            matches.append(match)
            covered = match.end()
    matches.sort(key=re.Match.start)
    return [_number(text, start, end, match) for match in matches]


def _number(text: str, start: int, end: int, match: re.Match[str]) -> Number:
    found = match.groupdict()
    begin = match.start()
    base = max(start, begin - 120)
    before = text[base:begin]
    left = re.sub(r"\\(?:approx|sim|text|textbf|mathbf)$", "", before.rstrip(_SIGNS)).rstrip(_SIGNS)
    right = text[match.end() : min(end, match.end() + 80)].lstrip("$})")
    value, high, shown = _values(found, left)
    if start_of_change := _FROM_TO.search(shown):
        shown = left[: start_of_change.start()] + "to"
    whole = "." not in (found.get("value") or "")
    signed = before[len(before.rstrip(_SIGNS)) :].endswith(("+", "+$"))
    place = begin, match.end(), base
    return Number(value, high, _unit(found), *place, f"{shown} ", right, whole, signed, shown != left)


def _values(match: Mapping[str, str | None], left: str) -> tuple[float, float, str]:
    """The number, the upper end of a range, and what stands before: "from 77% to 80%" claims where it ends."""
    if match.get("twice"):
        return 2.0, math.nan, left
    if count := match.get("power"):
        return float(10 ** (int(count) if count.isdigit() else _WORDS[count])), math.nan, left
    if spelled := match.get("word"):
        return float(_WORDS[spelled]), math.nan, left
    value, upper, joint = _value(match["value"] or ""), match.get("upper"), match.get("joint") or ""
    if not upper:
        return value, math.nan, left
    if joint.endswith((">", "→", "arrow")):
        return _value(upper), math.nan, left
    if joint == "to" and re.search(r"(?<!ranging )\bfrom(?: [a-z]+){0,2}$", left):
        return _value(upper), math.nan, left[: left.rindex("from")] + "to"
    return value, _value(upper), left


def _value(digits: str) -> float:
    decimal_comma = re.fullmatch(r"\d+,\d{1,2}", digits)
    return float(digits.replace(",", "." if decimal_comma else ""))


def _unit(match: Mapping[str, str | None]) -> str:
    known = next((unit for name, unit in _UNITS.items() if match.get(name)), None)
    return known or (match.get("other") or "").strip("$ -")

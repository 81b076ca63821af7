"""Whether a number of a sentence is a result, and by which rule, or describes the set-up."""

from __future__ import annotations

import re
from typing import NamedTuple

from paperatlas.ledger import claim_rules as rules
from paperatlas.ledger.claim_words import (
    METRIC,
    METRIC_NAMED,
    PERCENT,
    POINT,
    RESULT_OR_CHANGE,
    SAYS_CHANGE,
    SAYS_METRIC,
    SAYS_RESULT,
    SETUP_AFTER,
    UNIT,
    WINS,
    is_others,
    is_setting,
    is_usual,
    matches_behind,
    speaks_of,
)
from paperatlas.ledger.figures import TIMES_BEHIND, Figure
from paperatlas.ledger.patterns import any_of, holds_any

_PERCENT = re.compile(PERCENT)
_POINT = re.compile(POINT)
_FROM_TO = re.compile(
    r"\bfrom [a-z ]{0,20}[~$]?\d[\d.]{0,6}\s?\\?%?\$?(?: \([^()]{1,30}\)| of [a-z ]{3,20})?,? to(?: [a-z]+){0,2} $"
)
_BY = re.compile(r"\bby(?: [a-z]+){0,4} $")
_CHANGE_OF = re.compile(
    r"\b(?:reduction|improvement|increase|gain|decrease|drop|boost|decline|saving|speed-?up)s?\b"
    r"(?: (?:in|of) [^,;.]{0,50}?)? (?:of|to)(?: [a-z]+){0,3} $"
)
_SHARE_OF_OLD = re.compile(r"\s?of (?:the )?(?:baseline|full|original)")
_SHARE_OF_DATA = re.compile(r"\s(?:of (?:the )?)?(?:data\b|samples|labels)")
_OF = re.compile(r"\s?of\b")
_SCORE_ENDS = re.compile(
    r"\s?(?:[,);.]|$|(?:on|in|for|and|over|across|with|when|at|to|under|from) "
    r"|respectively|success|test|top|error|using|while)"
)
_REACHES = re.compile(
    r"\b(?:achiev\w+|reach\w*|attain\w*|obtain\w*|scor\w+|yield\w*|surpass\w*|exceed\w*)(?: "
    + any_of(
        "an? the up to of over about around nearly average high as impressive remarkable only almost "
        "approximately overall"
    )
    + r"){0,5} $"
)
_ACHIEVES = re.compile(r"\b(?:achiev|attain|reach|obtain)\w*\b[^.;:%]{0,50} $")
_TO_OR_REACHES = re.compile(
    r"\b(?:to|reach\w*|achiev\w+|attain\w*|obtain\w*|scor\w+|yield\w*)"
    r"(?: (?:an?|the|up|to|of|around|about|over|nearly)){0,3} $"
)
_KEEPS = re.compile(r"\b(?:retain|maintain|preserv|recover)\w*")
_CORRELATION = re.compile(r"\b[rR](?:\^?\{?2\}?|²)?\$? ?= $")
_DIMENSIONS = re.compile(r"\$?\s?(?:\\times|x|×)\$?\s?\d")
_FACTOR = re.compile(
    r"\b(?:(?:reduc|improv|increas|decreas|accelerat|cut|outperform|speed|boost|lower|compress|shr[iu]nk)\w*"
    r"\b[^.;,]{0,60} by (?:up to )?(?:an? )?(?:[a-z]+ )?factors? of"
    r"|(?:speed-?ups?|(?:speed-?up|acceleration|reduction|compression|improvement) (?:factor|ratio)s?)"
    r" (?:of|above|exceeding))"
    r"(?: (?:up to|about|around|over|more than|roughly|approximately|nearly|almost|at least)){0,2} $"
)
_FACTOR_CUES = ("factor", "ratio", "speed")
_OF_ALL = re.compile(r" of (?:the |all )?(?P<all>\d{1,3})\b(?![.,]\d|\s?\\?%)")
_WAS = re.compile(r"\b(?:was|were) $")
_RESULTED_IN = re.compile(r"\bresult(?:s|ed|ing) in $")
_NAMED_SCORE = re.compile(r"(?:^|[\s,])[A-Z][\w.+-]*[A-Z0-9][\w.+-]*(?: [\w-]+)? \( $")
_COUNT = re.compile(r"\s?(?:[a-z]{3,}s\b|-|K\b|k\b|M\b|B\b|million|billion|x\s?\d)")
_STATEMENT_ENDS = re.compile(
    r"[\s)]*(?:"
    + any_of(
        "on in for and at with over to when respectively across using from dB BLEU points? compared "
        "versus under while than is"
    )
    + r"|[,.;)]|$|\()"
)
_COUNTED = re.compile(r"\b(?:on|in|for|and|across|over|all|top|Top|at)\s$")
_QUALIFIED_METRIC = re.compile(r"(?: (?!of\b|in\b|on\b)[A-Za-z][\w-]{1,15}){1,2} " + METRIC)
_METRIC_NEXT = re.compile(r"[ -]?(?:absolute |average |mean |overall )?" + METRIC)
_UNIT_CHANGE = re.compile(r"[\s\w]{0,14}(?:faster|improvement|gain|higher|lower|reduction)")
_OTHER_PERCENT = re.compile(r"\. |\d+(?:\.\d+)?\s?\\?%")


class Measure(NamedTuple):
    """What makes a number a result: its unit, and the rule that says so."""

    unit: str
    rule: str


def measure(figure: Figure) -> Measure | None:
    """What makes a number a result of the paper; None for a number of the set-up or somebody else's."""
    left, right = figure.left, figure.right
    from_to = "from " in left and _FROM_TO.search(left) is not None
    if from_to and any(speaks_of(left[-110:])[1:]):
        found = _end_of_change(figure)
    elif figure.value > 0 and TIMES_BEHIND.match(right):
        found = _ratio(figure)
    elif mark := _POINT.match(right) or _PERCENT.match(right):
        found = _percent_or_points(figure, mark)
    else:
        found = _bare(figure)
    if found is None or is_setting(left) or is_usual(left):
        return None
    return None if not from_to and is_others(left) else found


def _end_of_change(figure: Figure) -> Measure | None:
    if _PERCENT.match(figure.right):
        return Measure("%", rules.METRIC_OF.name)
    if figure.is_fraction or TIMES_BEHIND.match(figure.right):
        return Measure(unit_of(figure.right), rules.METRIC_OF.name)
    return None


def _ratio(figure: Figure) -> Measure | None:
    if rules.RATIO.pattern.match(figure.right):
        return Measure("x", rules.RATIO.name)
    worded = "times" in figure.right[:7] and "\\" not in figure.right[:7]
    if worded and not figure.left.endswith(("by ", "of ", "to ", "about ", "over ", "factor ")):
        return None
    stretch = figure.left[-60 if worded else -110 :]
    changes = matches_behind(rules.RATIO_BY.pattern, stretch, RESULT_OR_CHANGE)
    return Measure("x", rules.RATIO_BY.name) if changes else None


def _percent_or_points(figure: Figure, mark: re.Match[str]) -> Measure | None:
    left, right = figure.left, figure.right
    unit = "points" if mark.re is _POINT else "%"
    rest = right[mark.end() :]
    if SETUP_AFTER.match(rest) and not _SHARE_OF_OLD.match(rest):
        return None
    result, change, metric = speaks_of(left)
    if unit == "%" and figure.value > 100 and not (change or SAYS_CHANGE.search(right[:60])):
        return None
    rule = _change_rule(figure, unit, changed=change or result) or _score_rule(
        figure, rest, result=result, metric=metric
    )
    return Measure(unit, rule) if rule else None


def _change_rule(figure: Figure, unit: str, *, changed: bool) -> str:
    """The rule by which a share or points are a change: "3% better", "improves by 3 points"."""
    left, right = figure.left, figure.right
    if unit == "%" and rules.CHANGE_BY.pattern.match(right):
        return rules.CHANGE_BY.name
    if unit == "points" and any(speaks_of(left[-70:])[:2]):
        return rules.CHANGED_BY.name
    if unit == "points" and SAYS_CHANGE.search(right[:50]):
        return rules.CHANGED_BY.name
    if changed and (_BY.search(left[-70:]) or _CHANGE_OF.search(left[-70:])):
        return (
            rules.CHANGED_BY.name
            if matches_behind(rules.CHANGED_BY.pattern, left[-120:], RESULT_OR_CHANGE)
            else ""
        )
    return ""


def _score_rule(figure: Figure, rest: str, *, result: bool, metric: bool) -> str:
    """The rule by which a share or points are a score: "84% accuracy", "accuracy of 84%"."""
    left, right = figure.left, figure.right
    if metric and matches_behind(rules.METRIC_OF.pattern, left[-90:], METRIC_NAMED):
        return rules.METRIC_OF.name
    if (result or figure.value > 1) and rules.SCORE.pattern.match(right):
        return rules.SCORE.name
    if (result or metric) and _QUALIFIED_METRIC.match(rest):
        return rules.SCORE.name
    if _KEEPS.search(left[-40:]) and rules.SHARE_OF.pattern.match(rest):
        return rules.SHARE_OF.name
    if matches_behind(rules.CHANGED_BY.pattern, left[-120:], RESULT_OR_CHANGE):
        return "" if _SHARE_OF_DATA.match(rest) else rules.CHANGED_BY.name
    if not result:
        return ""
    if SAYS_RESULT.search(left[-90:]) and rules.SHARE_OF.pattern.match(rest):
        return rules.SHARE_OF.name
    if _OF.match(rest):
        return rules.SOLVED.name if rules.SOLVED.pattern.search(left[-80:]) else ""
    if SAYS_RESULT.search(left[-80:]) and SAYS_METRIC.search(_OTHER_PERCENT.split(right[:70])[0]):
        return rules.SCORE.name
    if metric and _SCORE_ENDS.match(rest) and SAYS_METRIC.search(left[-110:]):
        return rules.METRIC_OF.name
    if _REACHES.search(left):
        return rules.SCORE.name
    return rules.ACHIEVED.name if rules.ACHIEVED.pattern.match(rest) and _ACHIEVES.search(left) else ""


def _bare(figure: Figure) -> Measure | None:
    """A number without percent or times: only with a metric or a unit right beside it."""
    left, right = figure.left, figure.right
    unit = UNIT.match(right)
    if figure.is_fraction and _CORRELATION.search(left):
        return Measure("", rules.METRIC_OF.name)
    if (
        figure.value > 1
        and holds_any(left, _FACTOR_CUES)
        and _FACTOR.search(left)
        and not _DIMENSIONS.match(right)
    ):
        return Measure("x", rules.RATIO_BY.name)
    if of := _wins_of(figure):
        return Measure(of, rules.OUT_OF.name)
    result, change, metric = speaks_of(left)
    if not (unit or metric or speaks_of(right[:40])[2] or left.endswith("( ")):
        return None
    if (
        change
        and (unit or _METRIC_NEXT.match(right))
        and matches_behind(rules.CHANGED_BY.pattern, left[-120:], RESULT_OR_CHANGE)
    ):
        return Measure(unit_of(right), rules.CHANGED_BY.name)
    stated = metric and matches_behind(rules.METRIC_OF.pattern, left[-90:], METRIC_NAMED)
    if stated and not _COUNT.match(right) and not _is_label(figure):
        ends = figure.is_fraction or _STATEMENT_ENDS.match(right.lstrip("$}"))
        if ends:
            return Measure(unit_of(right), rules.METRIC_OF.name)
    if unit is not None and (SAYS_RESULT.search(left[-110:]) or _UNIT_CHANGE.match(right[unit.end() :])):
        return Measure(unit["unit"], rules.SCORE.name)
    return _bare_fraction(figure, result=result, metric=metric) if figure.is_fraction else None


def _wins_of(figure: Figure) -> str:
    """The unit "of 9" of a count such as "best on 7 of 9 data sets"; empty if it is none."""
    total = _OF_ALL.match(figure.right)
    if total is None or figure.is_fraction or not 0 < figure.value <= int(total["all"]):
        return ""
    return "of " + total["all"] if WINS.search(figure.left) else ""


def _bare_fraction(figure: Figure, *, result: bool, metric: bool) -> Measure | None:
    left, right = figure.left, figure.right
    if result and metric and _TO_OR_REACHES.search(left) and SAYS_METRIC.search(left[-120:]):
        return Measure(unit_of(right), rules.METRIC_OF.name)
    if metric and _WAS.search(left):
        return Measure(unit_of(right), rules.METRIC_OF.name)
    if _RESULTED_IN.search(left) and SAYS_METRIC.search(right):
        return Measure(unit_of(right), rules.METRIC_OF.name)
    if left.endswith("( ") and re.match(r"\)|,| vs", right) and _NAMED_SCORE.search(left):
        return Measure("", rules.METRIC_OF.name)
    if result and right[:1] in (" ", "-") and _METRIC_NEXT.match(right) and SAYS_RESULT.search(left[-90:]):
        return Measure("", rules.SCORE.name)
    if SAYS_CHANGE.match(right.lstrip()) and SAYS_METRIC.search(right[:40] + left[-50:]):
        return Measure("", rules.CHANGE_BY.name)
    return None


def _is_label(figure: Figure) -> bool:
    """Whether a whole number is a year, or a count behind "on" or "in"."""
    if figure.is_fraction:
        return False
    return 1900 <= figure.value <= 2100 or _COUNTED.search(figure.left) is not None


def unit_of(right: str) -> str:
    """The unit of a metric's own behind a number, such as "dB"; empty if there is none."""
    unit = UNIT.match(right)
    return unit["unit"] if unit else ""


def describes_set_up(figure: Figure) -> bool:
    """Whether what stands behind a share says that it is a share of data or of people."""
    mark = _PERCENT.match(figure.right)
    rest = figure.right[mark.end() :] if mark else figure.right
    return SETUP_AFTER.match(rest) is not None and not _SHARE_OF_OLD.match(rest)


def has_unit(figure: Figure, unit: str) -> bool:
    """Whether a number of a list is written in the same unit as its neighbour."""
    percent, times = _PERCENT.match(figure.right), TIMES_BEHIND.match(figure.right)
    if unit == "%":
        return percent is not None
    if unit == "x":
        return times is not None
    return percent is None and times is None and (figure.is_fraction or bool(unit))

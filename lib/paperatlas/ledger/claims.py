"""The headline results that abstracts claim: a number, what it measures, and the words it rests on."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, replace

import pandas as pd

from paperatlas.ledger import claim_rules as rules
from paperatlas.ledger.claim_words import (
    OWN,
    SAYS_CHANGE,
    SAYS_LESS,
    is_others,
    last_telling_word,
    speaks_of_the_world,
)
from paperatlas.ledger.figures import Figure, Measure, figure_places, figures_at, has_unit, measure
from paperatlas.ledger.names import is_distinctive
from paperatlas.ledger.patterns import READ_AT_MOST, as_text, by_first_letter, sentences, span_at
from paperatlas.ledger.resources import Hit, named_datasets, resources_in
from paperatlas.ledger.tables import as_table
from paperatlas.ledger.worded import top_claim, worded_results

COLUMNS = {
    "paper_id": "object",
    "quote": "str",
    "value": "float64",
    "unit": "str",
    "kind": "str",
    "direction": "str",
    "metric": "str",
    "dataset": "str",
    "versus": "str",
    "rule": "str",
    "field": "str",
    "start": "int64",
    "end": "int64",
    "value_high": "float64",
}
LISTED = "listed"
# How far off a metric or data set may stand, in characters.
_REACH = 400

_WORDED_CUES = rules.OUT_OF.cues + rules.MAGNITUDE.cues + rules.WORD_RATIO.cues
# Behind the blank that begins a word: the cues of results in words, and those of the state of the art.
_TOP_BEGINS = ("s", "S")
_CUE = re.compile(" (" + by_first_letter((*_WORDED_CUES, *rules.STATE_OF_THE_ART.cues)) + ")")
_DIGIT = re.compile(r"\d")
_SPEED = re.compile(
    r"\b(?:(?!faster[- ]r-?cnn)fast\w*|speed\w*|accelerat\w+|slower|quicker|latency|throughput|time\b|runtime)",
    re.IGNORECASE,
)
_SPEED_UP = re.compile(r"\b(?:(?!faster[- ]r-?cnn)faster|speed-?up|speedups?|accelerat\w+)", re.IGNORECASE)
_KEEPS = re.compile(r"\b(?:retain|maintain|preserv|recover|reach|achiev|solv)\w*")
_VERSUS = re.compile(
    r"(?:than|compared (?:to|with)|over|versus|vs\.?|outperform(?:s|ing|ed)?|surpass(?:es|ing|ed)?|exceed(?:s|ing)?"
    r"|beat(?:s|ing)?|relative to|against|improv(?:es|ing|ement)s? (?:over|upon|on))\s"
    r"(?P<who>(?:the |a |an |its |their |our |all )?(?:[\w/.@+^-]+[ -]){0,6}?"
    r"(?:baselines?|methods?|models?|approach(?:es)?|state-of-the-art|state of the art|counterparts?|networks?|systems?"
    r"|algorithms?|[A-Z][\w+./-]*[A-Z0-9][\w+./-]*(?: [A-Z][\w.-]+)?|techniques?|SOTA|implementation|ones|one))\b"
)
_VERSUS_CUE = re.compile(
    " (?:than|compared|over|versus|vs|outperform|surpass|exceed|beat|relative|against|improv)"
)
_ON_DATASET = re.compile(
    r"\bon\s(?:the\s)?(?P<name>[A-Za-z0-9][\w+./-]*[A-Z0-9][\w+./-]*(?: [A-Z0-9][\w.-]*){0,2})"
)
_LIST_STEP = re.compile(
    r"(?:\s?\\?%|\$|\)|x|×|\s?\\?times){0,4}(?:\s?\([^()]{1,25}\))?(?:,|;| and| or|, and|/| &|, as well as)\s?"
    r"(?:(?:[A-Za-z][\w+./@-]{0,20}\s?[(=:]?|a|an|by|up to|to)\s){0,3}[~$(]?"
)
_UNIT_TAIL = re.compile(
    r"\s?\$?(?:\\?%|\\?times\b|×|x\b|X\b|-?fold\b|percentage points?|points?|pp\b)\$?(?: percentage points?| points?)?"
)
_CLAUSE_END = re.compile(r",\s|;|\.\s|\.$|\s(?:and|while|which|whereas|when|with|compared|over|than)\s|$")


@dataclass(frozen=True)
class Claim:
    """A claimed result; `start` and `end` index the abstract."""

    value: float
    unit: str
    kind: str
    direction: str
    metric: str
    dataset: str
    versus: str
    rule: str
    start: int
    end: int
    value_high: float = math.nan


def claims_in(abstract: str) -> list[Claim]:
    """Every claim of one abstract, from left to right."""
    text = abstract[:READ_AT_MOST]
    spans = sentences(text)
    tops: dict[tuple[int, int], int] = {}
    worded: set[tuple[int, int]] = set()
    for cue in _CUE.finditer(" " + text):
        span = span_at(spans, cue.start())
        if not cue[1].startswith(_TOP_BEGINS):
            worded.add(span)
        else:
            tops.setdefault(span, cue.start())
    figures: dict[tuple[int, int], list[int]] = {}
    for at in figure_places(text):
        figures.setdefault(span_at(spans, at), []).append(at)
    claims: dict[tuple[int, int, str], Claim] = {}
    for span in sorted(worded | tops.keys() | figures.keys()):
        background = len(spans) > 2 and span[0] < 0.3 * len(text)
        found: list[Claim] = []
        if span in worded or span in figures:
            numbers = figures_at(text, figures.get(span, []), *span)
            found = _numbers_claimed(text, *span, numbers, worded=span in worded, background=background)
        if span in tops:
            place = top_claim(text, tops[span], *span, background=background)
            if place is not None:
                found.append(_top(text, *span, *place))
        for claim in found:
            claims.setdefault((claim.start, claim.end, str(claim.value)), claim)
    return list(claims.values())


def _numbers_claimed(
    text: str, start: int, end: int, figures: list[Figure], *, worded: bool, background: bool
) -> list[Claim]:
    """The claims with a number in one sentence."""
    measured = {index: found for index, figure in enumerate(figures) if (found := measure(figure))}
    in_words = list(worded_results(text, start, end)) if worded else []
    if not (measured or in_words) or speaks_of_the_world(text[start:end]):
        return []
    if background and not OWN.search(text, start, end):
        return []
    _share_with_list(text, figures, measured)
    _join_ranges(text, figures, measured)
    hits = resources_in(text, start, end)
    who = _versus(text, start, end)
    claims = [
        _claim(text, start, end, figures[index], measured[index], hits, who) for index in sorted(measured)
    ]
    claims = _respectively(text[start:end], claims, hits)
    claims += [_claim(text, start, end, figure, found, hits, who) for figure, found in in_words]
    return sorted(claims, key=lambda claim: (claim.start, claim.end))


def _share_with_list(text: str, figures: list[Figure], measured: dict[int, Measure]) -> None:
    """Numbers of one list share what makes one of them a result: "35%, 36% and 45% reduction"."""
    last = len(figures) - 1
    for index in range(last - 1, -1, -1):
        # "achieves 35%, 36% and 45% reduction" are reductions, though the first alone would be a score
        after, own = measured.get(index + 1), measured.get(index)
        if after is None or after.rule != rules.CHANGE_BY.name or (own and own.rule != rules.SCORE.name):
            continue
        between = text[figures[index].end : figures[index + 1].start]
        based = is_others(figures[index].left[-60:])
        if has_unit(figures[index], after.unit) and _LIST_STEP.fullmatch(between) and not based:
            measured[index] = after
    pairs = [(index - 1, index) for index in range(1, last + 1)] + [
        (index + 1, index) for index in range(last - 1, -1, -1)
    ]
    for near, index in pairs:
        if index in measured or near not in measured:
            continue
        first, second = sorted((near, index))
        between = text[figures[first].end : figures[second].start]
        unit, rule = measured[near]
        if len(between) > 45 or not has_unit(figures[index], unit) or not _LIST_STEP.fullmatch(between):
            continue
        if not is_others(figures[index].left[-60:]):
            scored = rule in (rules.SCORE.name, rules.METRIC_OF.name)
            measured[index] = Measure(unit, LISTED if scored else rule)


def _join_ranges(text: str, figures: list[Figure], measured: dict[int, Measure]) -> None:
    """Make one range of "between 1.25x and 4x"."""
    for index in sorted(measured):
        after = index + 1
        if not (index in measured and after in measured and figures[index].left.endswith("between ")):
            continue
        if re.fullmatch(r"\S{0,8} and ", text[figures[index].end : figures[after].start]):
            figures[index] = replace(figures[index], high=figures[after].value)
            del measured[after]


def _respectively(sentence: str, claims: list[Claim], hits: list[Hit]) -> list[Claim]:
    """Give each of n numbers its own of n data sets where the sentence says "respectively"."""
    named = [hit.resource.name for hit in hits if hit.resource.kind == "dataset"]
    if len(claims) < 2 or len(claims) != len(named) or "respectively" not in sentence:
        return claims
    return [replace(claim, dataset=name) for claim, name in zip(claims, named, strict=True)]


def _around(hits: list[Hit], place: int) -> list[Hit]:
    """The hits, which are in order, within reach of a number: none of a long list is far off."""
    low = bisect_left(hits, place - _REACH, key=lambda hit: hit.start)
    return hits[low : bisect_left(hits, place + _REACH, key=lambda hit: hit.start)]


def _claim(
    text: str, start: int, end: int, figure: Figure, found: Measure, hits: list[Hit], who: str
) -> Claim:
    hits = _around(hits, figure.start)
    begin, stop = _quote(text, figure, start, end, hits)
    metric = _metric(text, figure, hits)
    words = text[max(begin, figure.start - 60) : min(end, stop + 10)]
    direction = _direction(figure, found.rule, metric)
    kind = _kind(found.rule, words, direction, metric)
    return Claim(
        value=figure.value,
        unit=found.unit,
        kind=kind,
        direction="up" if kind == "speed-up" else direction,
        metric=metric.resource.name if metric else "",
        dataset=_dataset(text, end, figure, hits),
        versus=who,
        rule=found.rule,
        start=begin,
        end=stop,
        value_high=figure.high,
    )


def _versus(text: str, start: int, end: int) -> str:
    """What a sentence compares with; empty if it does not say."""
    for cue in _VERSUS_CUE.finditer(text, start, end):
        if versus := _VERSUS.match(text, cue.start() + 1, end):
            return versus["who"].rstrip(".-")
    return ""


def _quote(text: str, figure: Figure, start: int, end: int, hits: list[Hit]) -> tuple[int, int]:
    """The clause around the number: back to its verb or metric, on to the end of the clause."""
    floor = max(start, figure.start - 70)
    mark = last_telling_word(text[floor : figure.start])
    begin = floor + mark if mark >= 0 else figure.start
    unit = _UNIT_TAIL.match(text, figure.end, end)
    stop = unit.end() if unit else figure.end
    clause = _CLAUSE_END.search(text, stop, end)
    if clause and clause.start() <= stop + 70:
        stop = clause.start()
    else:
        stop = min((hit.end for hit in hits if stop <= hit.start < stop + 50), default=stop)
    while stop > figure.end and text[stop - 1] in " ,;:":
        stop -= 1
    return begin, stop


def _nearest(hits: list[Hit], kind: str, at: int, *, behind_first: bool = False) -> Hit | None:
    candidates = [hit for hit in hits if hit.resource.kind == kind]
    behind = [hit for hit in candidates if hit.start >= at]
    if behind_first and behind:
        return behind[0]
    distance = {hit: (min(abs(hit.start - at), abs(hit.end - at)), hit.start) for hit in candidates}
    return min(candidates, key=distance.__getitem__, default=None)


def _metric(text: str, figure: Figure, hits: list[Hit]) -> Hit | None:
    """The metric a number belongs to: the nearest with no other number in between, or the only one."""
    candidates = [hit for hit in hits if hit.resource.kind == "metric"]

    def is_close(hit: Hit) -> bool:
        behind = hit.start >= figure.end
        between = text[figure.end : hit.start] if behind else text[hit.end : figure.start]
        return not _DIGIT.search(between.replace("F1", "") if behind else between)

    close = [hit for hit in candidates if is_close(hit)]
    return _nearest(close or (candidates if len(candidates) == 1 else []), "metric", figure.start)


def _dataset(text: str, end: int, figure: Figure, hits: list[Hit]) -> str:
    """The data set of a result: in front of its bracket, else the next one behind it, else the nearest."""
    bracketed = figure.left.rstrip().endswith("(")
    known = _nearest(
        [hit for hit in hits if not bracketed or hit.end <= figure.start],
        "dataset",
        figure.end,
        behind_first=True,
    )
    if known is not None:
        return known.resource.name
    named = next((name for name, _, _ in named_datasets(text[figure.end : min(end, figure.end + 150)])), "")
    loose = _ON_DATASET.search(text, figure.end, min(end, figure.end + 90))
    guess = loose["name"].rstrip(".-") if loose else ""
    return named or (guess if is_distinctive(guess) else "")


def _direction(figure: Figure, rule: str, metric: Hit | None) -> str:
    """Which way the quantity moves; for a plain score, which way it is better."""
    if rule in (rules.SCORE.name, rules.METRIC_OF.name, LISTED, rules.OUT_OF.name):
        return (metric.resource.better if metric else "") or "up"
    if rule == rules.SHARE_OF.name:
        return "up" if _KEEPS.search(figure.left[-40:]) else "down"
    return "down" if SAYS_LESS.match(_change_word(figure, rule)) else "up"


def _change_word(figure: Figure, rule: str) -> str:
    """The word that says how the quantity changes: behind the number or, if none, the last before it."""
    before = list(SAYS_CHANGE.finditer(figure.left[-110:]))
    if before and rule in (rules.CHANGED_BY.name, rules.RATIO_BY.name):
        return before[-1].group()
    behind = SAYS_CHANGE.search(re.split(r"[,;]|\d", figure.right[:70])[0])
    if behind is None and not before:
        behind = SAYS_CHANGE.search(figure.right)
    return behind.group() if behind else before[-1].group() if before else ""


def _kind(rule: str, words: str, direction: str, metric: Hit | None) -> str:
    if rule == rules.OUT_OF.name:
        return "count"
    if rule in (rules.RATIO.name, rules.RATIO_BY.name, rules.MAGNITUDE.name, rules.WORD_RATIO.name):
        if _SPEED.search(words):
            return "speed-up"
        return "reduction" if direction == "down" else "improvement"
    if rule in (rules.CHANGE_BY.name, rules.CHANGED_BY.name, rules.SHARE_OF.name):
        if direction == "down":
            return "reduction"
        return "speed-up" if _SPEED_UP.search(words) else "improvement"
    return "accuracy" if metric is not None and "accuracy" in metric.resource.name else "score"


def _top(text: str, start: int, end: int, begin: int, stop: int) -> Claim:
    hits = resources_in(text, start, end)
    metric, data = _nearest(hits, "metric", stop), _nearest(hits, "dataset", stop, behind_first=True)
    name = rules.STATE_OF_THE_ART.name
    metric_name, data_name = (hit.resource.name if hit else "" for hit in (metric, data))
    return Claim(math.nan, "", "sota", "up", metric_name, data_name, "", name, begin, stop)


def find_claims(corpus: pd.DataFrame) -> pd.DataFrame:
    """The headline results the abstracts of a corpus claim.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id` and `abstract`.

    Returns
    -------
    One row per claim: `paper_id`; `quote` = the abstract from `start` to `end`; `value` and
    `unit` ("%", "points", "x", "of 26", a metric's own unit, or empty); `kind` (accuracy,
    score, improvement, reduction, speed-up, count, or sota); `direction` (up or down: the way
    the quantity moves, for a plain score the way it is better); `metric`, `dataset` and
    `versus` where the sentence names them, else empty; `rule`; `field`; and `value_high`, the
    upper end where a range is claimed. A claim of the state of the art without a number has
    the kind "sota" and the value NaN.

    Notes
    -----
    The rules are the table `CLAIM_RULES`. Numbers that describe a set-up (years, layers, data
    sizes, shares of data) and numbers given for others ("than 6%", "from 49.6%") are no claims.
    A text is read up to `READ_AT_MOST` characters.
    """
    rows: list[tuple[object, ...]] = []
    for paper, value in zip(corpus["paper_id"].tolist(), corpus["abstract"].tolist(), strict=True):
        text = as_text(value)
        for claim in claims_in(text):
            rows.append(
                (paper, text[claim.start : claim.end], claim.value, claim.unit, claim.kind, claim.direction, claim.metric,
                 claim.dataset, claim.versus, claim.rule, "abstract", claim.start, claim.end, claim.value_high)
            )  # fmt: skip
    return as_table(rows, COLUMNS)

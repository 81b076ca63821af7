"""The headline results that abstracts claim: a number, what it measures, and the words it rests on."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from paperatlas.ledger import claim_rules as rules
from paperatlas.ledger.claim_columns import (
    around,
    comparisons_in,
    dataset_of,
    direction_of,
    kind_of_claim,
    metric_of,
    nearest,
    quote_around,
    versus_of,
)
from paperatlas.ledger.claim_words import (
    OWN,
    speaks_of_the_world,
)
from paperatlas.ledger.figures import Figure, figure_places, figures_at
from paperatlas.ledger.measures import Measure, measure
from paperatlas.ledger.number_lists import join_ranges, of_others, share_with_list
from paperatlas.ledger.patterns import READ_AT_MOST, cue_places, sentences, span_at
from paperatlas.ledger.resources import Hit, resources_within
from paperatlas.ledger.tables import Finder, read_papers
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
_WORDED_CUES = rules.OUT_OF.cues + rules.MAGNITUDE.cues + rules.WORD_RATIO.cues


class Claim(NamedTuple):
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
    field: str = "abstract"


def claims_in(abstract: str) -> list[Claim]:
    """Every claim of one abstract, from left to right."""
    text = abstract[:READ_AT_MOST]
    spans = sentences(text)
    tops: dict[tuple[int, int], int] = {}
    worded = {span_at(spans, at) for at in cue_places(text, _WORDED_CUES)}
    for at in cue_places(text, rules.STATE_OF_THE_ART.cues):
        if not text[at - 1 : at].isalnum():
            tops.setdefault(span_at(spans, at), at)
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
    theirs = of_others(text, figures)
    measured = {
        index: found
        for index, figure in enumerate(figures)
        if index not in theirs and (found := measure(figure))
    }
    in_words = list(worded_results(text, start, end)) if worded else []
    if not (measured or in_words) or speaks_of_the_world(text[start:end]):
        return []
    if background and not OWN.search(text, start, end):
        return []
    share_with_list(text, figures, measured, theirs)
    join_ranges(text, figures, measured)
    hits = resources_within(text, start, end)
    comparisons = comparisons_in(text, start, end)
    claims = [
        _claim(text, start, end, figures[index], measured[index], hits, comparisons)
        for index in sorted(measured)
    ]
    claims = _respectively(text[start:end], claims, hits)
    claims += [_claim(text, start, end, figure, found, hits, comparisons) for figure, found in in_words]
    return sorted(claims, key=lambda claim: (claim.start, claim.end))


def _respectively(sentence: str, claims: list[Claim], hits: list[Hit]) -> list[Claim]:
    """Give each of n numbers its own of n data sets where the sentence says "respectively"."""
    named = [hit.resource.name for hit in hits if hit.resource.kind == "dataset"]
    if len(claims) < 2 or len(claims) != len(named) or "respectively" not in sentence:
        return claims
    return [claim._replace(dataset=name) for claim, name in zip(claims, named, strict=True)]


def _claim(
    text: str,
    start: int,
    end: int,
    figure: Figure,
    found: Measure,
    hits: list[Hit],
    comparisons: list[tuple[int, str]],
) -> Claim:
    hits = around(hits, figure.start)
    begin, stop = quote_around(text, figure, start, end, hits)
    metric = metric_of(text, figure, hits)
    words = text[max(begin, figure.start - 60) : min(end, stop + 10)]
    direction = direction_of(figure, found.rule, metric)
    kind = kind_of_claim(found.rule, words, direction, metric)
    return Claim(
        value=figure.value,
        unit=found.unit,
        kind=kind,
        direction="up" if kind == "speed-up" else direction,
        metric=metric.resource.name if metric else "",
        dataset=dataset_of(text, start, end, figure, hits),
        versus=versus_of(figure, comparisons),
        rule=found.rule,
        start=begin,
        end=stop,
        value_high=figure.high,
    )


def _top(text: str, start: int, end: int, begin: int, stop: int) -> Claim:
    hits = resources_within(text, start, end)
    metric, data = nearest(hits, "metric", stop), nearest(hits, "dataset", stop, behind_first=True)
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
    return read_papers(corpus, CLAIMS)[0]


CLAIMS = Finder(lambda _title, abstract: claims_in(abstract), COLUMNS)

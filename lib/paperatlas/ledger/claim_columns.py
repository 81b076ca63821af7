"""What a claim says beside its number: the clause, the metric, the data set, the direction, the kind."""

from __future__ import annotations

import re
from bisect import bisect_left

from paperatlas.ledger import claim_rules as rules
from paperatlas.ledger.claim_words import (
    SAYS_CHANGE,
    SAYS_LESS,
    last_telling_word,
)
from paperatlas.ledger.figures import Figure
from paperatlas.ledger.names import is_distinctive
from paperatlas.ledger.number_lists import LISTED
from paperatlas.ledger.patterns import holds_any
from paperatlas.ledger.resources import NAMED_DATASET, Hit, named_datasets
from paperatlas.ledger.vocabulary import KNOWN_MODELS

# How far off a metric or data set may stand, in characters.
_REACH = 400
_DIGIT = re.compile(r"\d")
_SPEED = re.compile(
    r"\b(?:(?!faster[- ]r-?cnn)fast\w*|speed\w*|accelerat\w+|slower|quicker|latency|throughput|time\b|runtime)",
    re.IGNORECASE,
)
_SPEED_UP = re.compile(r"\b(?:(?!faster[- ]r-?cnn)faster|speed-?up|speedups?|accelerat\w+)", re.IGNORECASE)
_KEEPS = re.compile(r"\b(?:retain|maintain|preserv|recover|reach|achiev|solv)\w*")
_VERSUS = re.compile(
    r"(?:than|[Cc]ompared (?:to|with)|[Oo]ver|versus|vs\.?|outperform(?:s|ing|ed)?|surpass(?:es|ing|ed)?|exceed(?:s|ing)?"
    r"|beat(?:s|ing)?|relative to|against|improv(?:es|ed|ing) (?:over|upon|on)|improvements? (?:over|upon))\s"
    r"(?P<who>(?:the |a |an |its |their |our |all )?(?:[\w/.@+^-]+[ -]){0,6}?"
    r"(?:baselines?|methods?|models?|approach(?:es)?|state-of-the-art|state of the art|counterparts?|networks?|systems?"
    r"|algorithms?|frameworks?|works?|results?|[a-z]+\d[\w.]*-[\w.-]+"
    r"|[A-Z][\w+./-]*[A-Z0-9][\w+./-]*(?: [A-Z][\w.-]+)?|techniques?|SOTA|implementation|ones|one))\b"
)
_VERSUS_CUE = re.compile(
    " (?P<cue>than|[Cc]ompared|over|versus|vs|outperform|surpass|exceed|beat|relative|against|improv)"
)
_ON_DATASET = re.compile(
    r"\b[Oo]n\s(?:the\s)?(?:dataset\s|data set\s|benchmark\s)?"
    r"(?P<name>[A-Za-z0-9][\w+./-]*[A-Z0-9][\w+./-]*(?: [A-Z0-9][\w.-]*){0,2})"
)
# Between a metric and its number; between a number and its metric; what parts them.
_JOINS = re.compile(
    r"s?\)?(?: scores?| values?| rates?)?"
    r"(?:\s?[=:≈~]\s?\$?| \(|(?: [a-z]+){0,2} (?:of|by|to|at|is|was)(?: [a-z-]+){0,3} [~$]?)"
)
_LEADS_ON = re.compile(
    r"\s?\$?\\?(?:%|percent\b|x\b|×|times\b|points?\b|pp\b|-?fold\b|percentage points?)?\$?"
    r"(?: (?!(?:while|and|with|without|at|over|than|when|compared|using|for|but|on|after|by)\b)[A-Za-z][\w-]*){0,4} "
)
_PARTS = re.compile(r"[,;] |\.\s| and | while | but ")
_HARDWARE = re.compile(
    r"NVIDIA|[CGNT]PUs?\b|RTX|Jetson|[AHV]100|Intel|AMD|Apple|FPGA|ARM|Raspberry|Twitter|Wikipedia|Reddit|GitHub"
)
_UNIT_TAIL = re.compile(
    r"\s?\$?(?:\\?%|\\?times\b|×|x\b|X\b|-?fold\b|percentage points?|points?|pp\b)\$?(?: percentage points?| points?)?"
)
_CLAUSE_END = re.compile(r",\s|;|\.\s|\.$|\s(?:and|while|which|whereas|when|with|compared|over|than)\s|$")


def around(hits: list[Hit], place: int) -> list[Hit]:
    """The hits, which are in order, within reach of a number: none of a long list is far off."""
    low = bisect_left(hits, place - _REACH, key=lambda hit: hit.start)
    return hits[low : bisect_left(hits, place + _REACH, key=lambda hit: hit.start)]


def comparisons_in(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """What a sentence compares with, and where it says so."""
    found: list[tuple[int, str]] = []
    for cue in _VERSUS_CUE.finditer(text, max(0, start - 1), end):
        versus = _VERSUS.match(text, cue.start("cue"), end)
        if versus and (not found or versus.start() > found[-1][0] + len(found[-1][1])):
            found.append((versus.start(), versus["who"].rstrip(".-")))
    return found


def versus_of(figure: Figure, comparisons: list[tuple[int, str]]) -> str:
    """What a result is compared with: named next behind it, else last before it; empty if nothing is.

    A comparison by a verb ("outperforms X by 3%") or at the head of the sentence stands before.
    """
    after = bisect_left(comparisons, (figure.end, ""))
    if after < len(comparisons) and comparisons[after][0] <= figure.end + 200:
        return comparisons[after][1]
    before = bisect_left(comparisons, (figure.start, ""))
    return comparisons[before - 1][1] if before else ""


def quote_around(text: str, figure: Figure, start: int, end: int, hits: list[Hit]) -> tuple[int, int]:
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


def nearest(hits: list[Hit], kind: str, at: int, *, behind_first: bool = False) -> Hit | None:
    """The hit of a kind (metric or dataset) nearest to a place, or the first behind it."""
    candidates = [hit for hit in hits if hit.resource.kind == kind]
    behind = [hit for hit in candidates if hit.start >= at]
    if behind_first and behind:
        return behind[0]
    distance = {hit: (min(abs(hit.start - at), abs(hit.end - at)), hit.start) for hit in candidates}
    return min(candidates, key=distance.__getitem__, default=None)


def metric_of(text: str, figure: Figure, hits: list[Hit]) -> Hit | None:
    """The metric a number belongs to.

    The one joined to it ("accuracy of 84%"), else the one it leads on to ("84% accuracy", "3% in F1"), else the
    nearest with no other number in between, or the only one.
    """
    candidates = [hit for hit in hits if hit.resource.kind == "metric"]

    def is_close(hit: Hit) -> bool:
        behind = hit.start >= figure.end
        between = text[figure.end : hit.start] if behind else text[hit.end : figure.start]
        return not _DIGIT.search(between.replace("F1", "") if behind else between)

    for hit in candidates:
        if hit.end <= figure.start and _JOINS.fullmatch(text[hit.end : figure.start]):
            return hit
    for hit in candidates:
        if hit.start >= figure.end and _LEADS_ON.fullmatch(text[figure.end : hit.start]):
            return hit
    close = [
        hit
        for hit in candidates
        if is_close(hit) and not (hit.start > figure.end and _PARTS.search(text[figure.end : hit.start]))
    ]
    return nearest(close or (candidates if len(candidates) == 1 else []), "metric", figure.start)


def dataset_of(text: str, start: int, end: int, figure: Figure, hits: list[Hit]) -> str:
    """The data set of a result: in front of its bracket, else the next one behind it, else the nearest.

    A name the vocabulary does not hold counts where "on" leads to it ("results on MapBench").
    """
    bracketed = figure.left.rstrip().endswith("(")
    known = nearest(
        [hit for hit in hits if not bracketed or hit.end <= figure.start],
        "dataset",
        figure.end,
        behind_first=True,
    )
    if known is not None:
        return known.resource.name
    behind = text[figure.end : min(end, figure.end + 150)]
    called = named_datasets(behind) if holds_any(behind, NAMED_DATASET.cues) else ()
    named = next((name for name, _, _ in called), "")
    loose = _ON_DATASET.search(text, figure.end, min(end, figure.end + 150))
    guess = named or _as_dataset(loose if loose and loose.start() <= figure.end + 80 else None)
    if guess:
        return guess
    before = list(_ON_DATASET.finditer(text, max(start, figure.start - 200), figure.start))
    return _as_dataset(before[-1]) if before else ""


def _as_dataset(match: re.Match[str] | None) -> str:
    """The name behind "on" if it can be a data set: no hardware, and no well-known model."""
    name = match["name"].rstrip(".-,") if match else ""
    return name if is_distinctive(name) and name not in KNOWN_MODELS and not _HARDWARE.search(name) else ""


def direction_of(figure: Figure, rule: str, metric: Hit | None) -> str:
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


def kind_of_claim(rule: str, words: str, direction: str, metric: Hit | None) -> str:
    """Accuracy, score, improvement, reduction, speed-up or count, by the rule and the words around."""
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

"""The headline results that abstracts claim: a number with its unit, and the words it rests on."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from paperatlas.ledger.numbers import Number, numbers_in
from paperatlas.ledger.reading import (
    READ_AT_MOST,
    any_of,
    cue_places,
    one_of,
    rows_of,
    sentences,
    span_at,
)


class Claim(NamedTuple):
    """A claimed result: its value and unit, what kind it is, which way it moves, and where its words stand."""

    value: float
    value_high: float
    unit: str
    kind: str
    direction: str
    field: str
    start: int
    end: int


_CHANGE = re.compile(rf"\b(?:(?P<more>{one_of('more')})|(?P<less>{one_of('less')}))\b")
_RESULT = re.compile(rf"\b{one_of('result')}\b")
# Every spelling of every metric, and which way it improves: "up" or "down".
_BETTER = {
    spelling: row["better"]
    for row in rows_of("metrics")
    for spelling in (row["name"], *filter(None, row["also"].split(";")))
}
_METRIC = re.compile(
    rf"(?<!\w)(?:{any_of(sorted(map(re.escape, _BETTER), key=lambda name: (-len(name), name)))}s?(?:@\w{{1,4}})?(?![\w@])"
    r"|(?:scores?|performance|coverage|agreement|fidelity|consistency|completeness|loss|[Ss]uccess|[Rr]untime|reward"
    r"|(?:running|execution|processing|response|computation|inference|training) time)\b"
    r"|(?:[\w-]+ )?rates?\b)"
)
# Up to four words that qualify what is behind a number: "84% average test accuracy"
_QUALIFIED = (
    r"[* ]{0,3}(?:\(\+[^()]{1,12})?\)?[ -]{0,2}"
    r"(?:\(|(?!(?:while|after|and|with|without|but|when|than|over|for|to|by|as|which|that|using"
    r"|from|million|billion|under|across|compared)\b)[\w@/'’-]{1,20} ){0,4}?"
)
_METRIC_BEHIND = re.compile(f"{_QUALIFIED}(?P<metric>{_METRIC.pattern})")
_CHANGE_BEHIND = re.compile(
    rf"{_QUALIFIED}(?:{_CHANGE.pattern}|beyond|as (?:fast|many|much|large|small|good|efficient))\b"
)
_LEADS_TO_NUMBER = re.compile(
    rf"(?:\s?\([^()]{{1,30}}\)|\))?(?:(?:,? |(?<=[(—])){one_of('lead')}|\s?[=:≈~(—]| [A-Z][\w-]{{1,20}}){{1,7}}"
    r"\s?[~≈$(=*—]{0,4}\s?$|\s$"
)
_REACHES = re.compile(
    r"\b(?:achiev|reach|attain|obtain|scor|yield|surpass|exceed|deliver)\w*(?: (?:an?|the|up|to|of|over|about|around|"
    r"nearly|average|high|as|only|almost|approximately|overall|more|than)){0,5} $"
)
_RUNS_IN = re.compile(
    r"\b(?:runs?|takes?|took|processes|requires?|inference|latency|within|under|in)(?: [a-z]+){0,3} $"
)
_FACTOR = re.compile(r"\bfactors? (?:of|above)(?: [a-z]+){0,2} $")
_BY = re.compile(
    r"\b(?:by|of|to|least|than|over|approximately|about|around|nearly|almost|average|averaged|only|an?|another|additional"
    rf"|margin|roughly|some|between|achieving)(?: {one_of('margin')}){{0,7}} $"
)
_BY_SO_MUCH = re.compile(
    r"\b(?:by|(?:improve|enhance)ments? of|gains? of|(?:in|de)creases? of|speed-?ups? of)"
    r"(?: (?:an?|average|up|to|of|about|around|nearly|more|than|over|at|least)){0,4} $"
)
_AT_LEAST = re.compile(r"(?:^|[ (])(?:more|less|greater|fewer|higher|larger|lower|better) than(?: an?)? $")
# What stands before a number that is somebody else's, or where a change starts from.
_OTHERS = re.compile(
    r"(?:(?<!less )(?<!more )(?<!greater )(?<!fewer )\bthan|\bversus|\bvs\.?|\bfrom|\b(?:compared|comparison) (?:to|with)"
    r"|\brelative to|\bas opposed to|\binstead of|\bagainst|\bbaselines?(?: [a-z]+)? (?:of|at)"
    r"|\b(?:outperform|surpass|exceed|beat)(?:s|ing|ed)? "
    r"(?:(?!(?:with|by|while|at)\b)(?:[^,.;()%]|\.(?=\d)|\([^()]{1,24}\)|\((?=[a-z]+ly $))){1,110}(?=\s$))"
    r"(?: (?:the|a|an|only|just|previous|best|baselines?|of|for|its|original|existing|with|at|average|merely|random|mean"
    r"|approximately|about|around|nearly|roughly|over"
    r"|human|state-of-the-art|[A-Z][\w.+-]{1,25}|accuracy|rate|methods?|models?|scores?|values?|results?)){0,5} $"
)
# What stands behind a share of data, people or parts.
_SET_UP = re.compile(
    r"[ -](?:additional |extra |more |labell?ed |training |unlabell?ed |available |target |annotated |total )?"
    rf"(?:of (?:the |all )?(?:[\w'’]+ ){{0,2}}?)?(?:labell?ed |training )?{one_of('set-up')}"
    r"\b"
)
# In the first part of an abstract, a sentence tells of the paper's own work only if it says so.
_BACKGROUND = 0.3
_OWN = re.compile(
    r"\b(?:[Ww]e|[Oo]urs?|us|[Ii]ts?|[Tt]his|[Pp]roposed|[Rr]esults?|[Ee]xperiments?|[Ee]valuations?|[Mm]ethod|[Aa]pproach"
    r"|[Mm]odel)\b"
)
# "91% vs. 75%": the paper's own number comes first.
_VERSUS = re.compile(r"\s?\(?(?:vs\.?|versus|compared (?:to|with)(?: [a-z'’-]+){0,3}) \$?\d")
_ENDS = re.compile(
    r"\s?(?:[,);.*]|$|(?:on|in|for|and|over|across|with|when|at|under|while|using|respectively|per|after)\b)"
)
_LIST_STEP = re.compile(
    r"[}$]{0,2}(?:\s?\([^()]{1,25}\))?(?:\s[a-z-]{3,16})?"
    r"(?:\s(?:(?:on|in|for|at|with|over|under|across|of|the)(?: [\w@+./()'’-]{1,20}){1,4}?"
    r"|[a-zA-Z][\w-]{2,16}(?: [\w@-]{2,16})?)){0,2}(?:\s\([^()]{1,25}\)|\))?"
    r"(?:,|;| and| or|, and|/| &|, as well as|\s\(resp\.?)\s?"
    r"(?:(?:on|in|for) (?:[\w@+./'’-]{1,20} ){1,4}?(?:\([^()]{1,25}\) )?(?=by ))?"
    r"(?:(?:[A-Za-z][\w+./@-]{0,20}\s?[(=:]?|a|an|by|up to|to)\s?){0,3}\$?(?:\\text\w\w\{)?[~$(+]{0,2}|\s(?:\(\+)?"
)


@lru_cache(maxsize=4096)
def _better(metric: str) -> str:
    """Which way a metric improves."""
    return "down" if "error" in metric or "time" in metric else _BETTER.get(metric, "up")


def claims_in(abstract: str) -> list[Claim]:
    """Every claim of one abstract, from left to right."""
    text = abstract[:READ_AT_MOST]
    spans = sentences(text)
    claims = [Claim(math.nan, math.nan, "", "sota", "up", "abstract", *at) for at in _top_claims(text, spans)]
    for start, end in spans:
        numbers = numbers_in(text, start, end)
        results = [_claim(number) for number in numbers]
        _share_along_lists(text, numbers, results)
        claims += filter(None, results)
    return sorted(claims, key=lambda claim: (claim.start, claim.end))


def _claim(number: Number) -> Claim | None:
    """A number as a result of the paper; None for a number of the set-up or somebody else's."""
    unit, left, right = number.unit, number.left, number.right
    if number.value <= 0 or (_OTHERS.search(left) and not number.signed):
        return None
    if unit in ("%", "points") and _SET_UP.match(right):
        return None
    if unit == "x" or (not unit and _FACTOR.search(left)):
        number = number._replace(unit="x")
        return _changed_behind(number, "speed-up") or _changed_before(number, "speed-up")
    stated = _stated(number)
    if not unit and number.whole:  # no year, and no count of things
        return stated if not 1900 <= number.value <= 2100 and _ENDS.match(right) else None
    changed = _changed_behind(number) if unit or (right[:1] == " " and _CHANGE.match(right, 1)) else None
    if claim := changed or stated or _changed_before(number):
        return claim
    behind = _METRIC_BEHIND.match(right)
    if behind and (unit or behind.start("metric") <= 12):
        return _found(number, "score", _better(behind["metric"]), right=behind.end())
    if number.signed or number.reached or _VERSUS.match(right):
        return _compared(number)
    reaches = (_RUNS_IN if number.is_time else _REACHES).search(left)
    if reaches and (number.is_time or unit == "%") and _ENDS.match(right):
        direction = "down" if number.is_time else "up"
        return _found(number, "score", direction, left=len(left) - reaches.start())
    of_own = unit and unit not in ("%", "points") and not number.is_time
    said = of_own and (_RESULT.search(left) or _CHANGE.search(left))
    return _found(number, "score", _better(unit)) if said else None


def _changed_behind(number: Number, gain: str = "improvement") -> Claim | None:
    """A word of change behind a number: "15x faster", "a 3% boost"."""
    behind = _CHANGE_BEHIND.match(number.right)
    return _changed(number, behind, gain, right=behind.end()) if behind else None


def _changed_before(number: Number, gain: str = "improvement") -> Claim | None:
    """A word of change that leads to a number: "improves the results by 3 points", "reduces memory 4x"."""
    left = _AT_LEAST.sub(" ", number.left)  # "more than 5%" tells of no change by itself
    before = _last(_CHANGE, left[-110:])
    if before is None:
        return None
    gap = left[-110:][before.end() :]
    # "consistent gains on A and B (+0.9 and +2.8 points)"
    by = (_BY if number.unit in ("%", "points", "x") else _BY_SO_MUCH).search(left)
    beside = len(gap.split()) <= 3 and "," not in gap and number.unit and not number.is_time
    if not (number.signed or by or beside):
        return None
    # "improves the accuracy to 84%" tells where it ends
    if re.search(r"(?<!up )\bto(?: [a-z]+){0,2} $", left) and number.unit == "%" and _last(_METRIC, gap):
        return None
    return _changed(number, before, gain, left=len(number.left) - len(left[:-110]) - before.start())


def _changed(number: Number, word: re.Match[str], gain: str, **reach: int) -> Claim:
    less = word["less"] is not None
    return _found(number, "reduction" if less else gain, "down" if less else "up", **reach)


def _compared(number: Number) -> Claim | None:
    """A number that is set against another: "91% vs. 75%", "cuts it from 1.9 mm to 0.8 mm", "FooNet (+2.3%)"."""
    before, metric = _last(_CHANGE, number.left), _last(_METRIC, number.left)
    if number.reached and not (before or metric):
        return None
    direction = _better(metric.group()) if metric else "down" if before and before["less"] else "up"
    return _found(number, "improvement" if number.signed else "score", direction)


def _stated(number: Number) -> Claim | None:
    """A metric and the words that lead from it to the number: "a perplexity of 62.4"."""
    left = number.left[-90:]
    for metric in reversed(list(_METRIC.finditer(left))):
        if _LEADS_TO_NUMBER.fullmatch(left, metric.end()):
            return _found(number, "score", _better(metric.group()), left=len(left) - metric.start())
    return None


def _found(number: Number, kind: str, direction: str, *, left: int = 0, right: int = 0) -> Claim:
    """A claim whose words reach `left` characters before the number and `right` behind it."""
    start = min(number.base + len(number.left) - left, number.start) if left else number.start
    end = number.end + right
    return Claim(number.value, number.high, number.unit, kind, direction, "abstract", start, end)


def _last(pattern: re.Pattern[str], text: str, *place: int) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text, *place))), None)


def _share_along_lists(text: str, numbers: list[Number], claims: list[Claim | None]) -> None:
    """Numbers of one list share what makes one of them a result: "35%, 36% and 45% reduction"."""
    listed = [index for index, number in enumerate(numbers) if number.unit or not number.whole]
    for places in (listed, listed[::-1]):
        latest: dict[str, int] = {}
        for index in places:
            number = numbers[index]
            near = latest.get(number.unit, index)
            latest[number.unit] = index
            known = claims[near]
            if claims[index] or known is None:
                continue
            first, second = sorted((near, index))
            between = text[numbers[first].end : numbers[second].start]
            others = _OTHERS.search(number.left[-60:]) or _SET_UP.match(number.right)
            if _LIST_STEP.fullmatch(between) and not others:
                claims[index] = _found(number, known.kind, known.direction)


_TOP_CUES = ("state-of", "state of", "State-of", "State of", "SOTA", "SoTA")
_TOP = re.compile(r"[Ss]tate[- ]of[- ](?:the[- ])?arts?\b|SOTAs?\b|SoTAs?\b")
# The last verb before it: it beats or reaches the state of the art, or it gives results of that kind.
_TOP_VERB = re.compile(
    r"(?<![\w-])(?:outperform|surpass|exceed|beat|superior|better|set|establish|push|advanc|becom|represent|produc|achiev"
    r"|reach|attain|obtain|yield|demonstrat|exhibit|improv|perform(?!anc)"
    r"|(?P<gives>report|deliver|offer|lead|show|provid|result|gives?))\w*"
)
_OUTCOME = re.compile(
    r"[^.;,]{0,40}\b(?:results?|performances?|accurac\w+|quality|scores?)\b|[,.;]|\s(?:in|on|across|for|with)\b"
)
_TOP_DOUBTS = re.compile(
    r"\b(?:close to|comparable|competitive|for existing|in a|improves? (?:an?|the)|near|how|if|whether|could|may|might)\b"
    r"|\b(?:challeng|difficult|struggle|fail|suffer|limited|remain)\w*\b"
)
_TOP_METHODS = re.compile(rf"[\w-]*\s(?:[\w-]+ )?{one_of('top method')}\b")
_BEATS = re.compile(r"\b(?:over|than|outperform\w*|surpass\w*|superior|better|exceed\w*|beat\w*)\b")
# The subject is somebody else: "transformers have achieved", "existing methods achieve".
_OTHERS_DO = re.compile(
    r"\b(?:have|has) (?:recently )?$|\b(?:they|which|that) (?:often|usually|have) $"
    r"|\b(?:existing|recent|recently|current|previous|many|most|while|although|despite)\b[^,;]{0,60}$",
    re.IGNORECASE,
)


def _top_claims(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where an abstract claims the state of the art for itself: at most one place a sentence."""
    claimed: set[tuple[int, int]] = set()
    for at in cue_places(text, _TOP_CUES):
        start, end = span = span_at(spans, at)
        top = _TOP.match(text, at, end)
        if top is None or span in claimed:
            continue
        claimed.add(span)
        floor = max(start, at - 140)
        verb = _last(_TOP_VERB, text, floor, at)
        own = len(spans) <= 2 or start >= _BACKGROUND * len(text) or _OWN.search(text, start, end)
        if verb and own and _is_top_claim(text, start, verb, top):
            yield verb.start(), top.end()


def _is_top_claim(text: str, start: int, verb: re.Match[str], top: re.Match[str]) -> bool:
    between, after = text[verb.start() : top.end()], text[top.end() : top.end() + 40]
    if _TOP_DOUBTS.search(between) or _OTHERS_DO.search(text[max(start, verb.start() - 90) : verb.start()]):
        return False
    if _TOP_METHODS.match(after):
        return _BEATS.search(between) is not None
    return verb["gives"] is None or _OUTCOME.match(after) is not None

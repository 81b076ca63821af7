"""The headline results that abstracts claim: a number with its unit, and the words it rests on."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from typing import NamedTuple

import pandas as pd

from paperatlas.ledger.numbers import Number, numbers_in
from paperatlas.ledger.patterns import READ_AT_MOST, any_of, by_first_letter, sentences
from paperatlas.ledger.state_of_the_art import top_claims_in
from paperatlas.ledger.tables import Finder, read_papers
from paperatlas.ledger.vocabulary import metrics

COLUMNS = {
    "paper_id": "object",
    "quote": "str",
    "value": "float64",
    "unit": "str",
    "kind": "str",
    "direction": "str",
    "rule": "str",
    "field": "str",
    "start": "int64",
    "end": "int64",
    "value_high": "float64",
}
_MORE = any_of(
    r"faster speed-?ups? speeds?_up accelerat(?:e[sd]?|ing|ions?)\b higher better larger greater more improv\w* increas\w+ "
    r"gains?\b boost\w* throughput cheaper efficien\w+ quicker uplift lift\w* growth advantage superior\w* "
    r"outperform\w* enhanc\w+ longer rise surpass\w* exceed\w* rais\w+ beat\w* advanc\w+ ahead"
)
_LESS = any_of(
    r"slower fewer less\b smaller lower\w* reduc\w+ decreas\w+ drop\w* cut\w* sav(?:e|es|ed|ing|ings)\b "
    r"compress\w* declin\w+ degrad\w+ shorter lighter shr[iu]nk\w* eliminat\w+ prun\w+ remov\w+ minimi[sz]\w+ "
    r"diminish\w* fall\b shorten\w* trim\w*"
)
_CHANGE = re.compile(rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))")
_RESULT = re.compile(
    r"\b"
    + any_of(
        r"achiev\w+ reach\w* attain\w* obtain\w* yield\w* report\w* deliver\w* score[sd]?\b scoring gives?\b "
        r"demonstrat\w+ record\w* exhibit\w* produc\w+ perform\w* hit(?:s|ting)?\b show\w* set(?:s|ting)?\b maintain\w* "
        r"retain\w* result\w* enabl\w+ establish\w* match\w* observ\w+ provid\w+ preserv\w+ recover\w* with\b "
        r"average[sd]?\b solv\w+ resolv\w+ predict\w* detect\w* identif\w+ classif\w+ correctly accura\w+ runs? "
        r"running takes? took requir\w+ surpass\w* exceed\w* improv\w+ outperform\w* reduc\w+ boost\w* increas\w+"
    )
)
_REACHES = re.compile(
    r"\b(?:achiev|reach|attain|obtain|scor|yield|surpass|exceed|deliver)\w*(?: (?:an?|the|up|to|of|over|about|around|"
    r"nearly|average|high|as|only|almost|approximately|overall|more|than)){0,5} $"
)
# What stands before a number that is somebody else's, or where a change starts from.
_OTHERS = re.compile(
    r"(?:(?<!less )(?<!more )(?<!greater )(?<!fewer )\bthan|\bversus|\bvs\.?|\bfrom|\b(?:compared|comparison) (?:to|with)"
    r"|\brelative to|\bas opposed to|\binstead of|\bagainst|\bwhereas [^,;]{3,50}|\bwhile [^,.;]{3,40} (?:only )?"
    r"(?:achieves?|reach(?:es)?|gets?|scores?|attains?)|\bbaselines?(?: [a-z]+)? (?:of|at|is)"
    r"|\b(?:over|than|from) (?:the |a )?(?:previous|prior|existing|best|baseline)[^,;.]{0,40} (?:of|at)"
    r"|\b(?:outperform|surpass|exceed|beat)(?:s|ing|ed)? [^,.;()%]{1,40} (?:i\.e\.,? )?(?=$))"
    r"(?: (?:the|a|an|only|just|previous|best|baselines?|of|for|its|original|existing|with|at|average|merely|random|mean"
    r"|human|state-of-the-art|[A-Z][\w.+-]{1,25}|accuracy|rate|methods?|models?|scores?|values?|results?)){0,5} $"
)
_BEATEN = re.compile(r"\b(?:outperform|surpass|exceed|beat)(?:s|ing|ed)? [^,;%]{1,60} (?:i\.e\.,? )?$")
_FACTOR = re.compile(
    r"\b(?:factors? (?:of|above)|(?:speed-?up|acceleration|reduction|compression) ratios? of)(?: [a-z]+){0,2} $"
)
_CHOSEN = any_of(
    "learning sampling dropout growth mask masking pruning compression missing noise mutation frame poison refresh bit "
    "birth death mortality interest exchange heart poisoning sparsity sample decay label"
)
# What stands before a number that was chosen, picks out a part, or is usual.
_SETTING = re.compile(
    r"\b(?:"
    + _CHOSEN
    + r" rates?|batch size|p-value|p ?[<=]|parameters?|resolution|epochs?|confidence interval)"
    r"(?: of| at| to)?[^\w,.;)]{0,6}$"
    r"|\branging from [^,;]{0,20}$|\b(?:within|first|last|top|bottom|remaining|other)(?: the| first)? $"
    r"|\b(?:often|usually|commonly|generally|frequently)\b[^,;]{0,40}$"
)
# What stands behind a share of data, people or parts.
_SET_UP = re.compile(
    r"[ -](?:additional |extra |more |labell?ed |training |unlabell?ed |available |target |annotated |total )?"
    r"(?:of (?:the |all )?(?:\w+ ){0,2}?)?(?:labell?ed |training )?"
    + any_of(
        "data dataset labels? samples? training_set examples? annotations? supervision images? tokens patients "
        "participants respondents users students people adults children cases subjects papers studies articles "
        "population neurons sparsity noise confidence CIs? credible quantile percentile dropout missing world global "
        "traffic clients nodes edges instances words sentences questions queries documents women men developers "
        "companies countries tweets posts languages rows columns pixels patches layers heads bits? hours? minutes? days? "
        "years? months? weeks? epochs iterations steps deaths emissions mortality prevalence incidence trainable"
    )
    + r"\b(?! (?:accuracy|time|cost|reduction|efficiency))"
)
_WORLD = re.compile(
    r"\b(?:worldwide|globally|annual\w*|every year|each year|per year|according to|estimated|prevalence|mortality"
    r"|incidence|deaths|(?:b|m)illion people|in recent years|survey of|respondents|participants reported|interview\w*)\b"
)
_OWN = re.compile(
    r"\b(?:[Ww]e|[Oo]ur|ours|us|[Ii]ts?|this (?:paper|work|study|approach|method|model)|proposed|[Rr]esults|[Ee]xperiments?"
    r"|[Mm]ethod|outperform\w*|achiev\w+|improv\w+|reduc\w+|surpass\w*|attain\w*|reach\w*|yield\w*|demonstrat\w+)\b"
)
_QUALIFIERS = any_of(
    "in of absolute relative average on_average performance accuracy overall the "
    r"(?!(?:while|after|and|with|without|but|when|than|over|for|to|by|of)\b)[A-Za-z0-9@/-]{1,20}"
)
_CHANGE_BEHIND = re.compile(rf"\s?\)?\s?-?(?:{_QUALIFIERS} ){{0,4}}?(?:(?P<more>{_MORE})|(?P<less>{_LESS}))")
_AS_FAST = re.compile(
    r"\s?(?:beyond\b|in (?:performance|throughput|speed|accuracy|efficiency)\b"
    r"|as (?:fast|many|much|large|small|good|efficient)|the (?:speed|throughput|performance|accuracy)"
    r"|(?:in |of |the )?(?:compression|speed))"
)
_BY = re.compile(
    r"\b(?:by|of|to|least|than|over|approximately|about|around|nearly|almost|average|averaged|only|an?|another|additional"
    r"|margin|roughly|some|between|achieving|a factor)(?: (?:an?|the|average|factors?|of|up|to|as|much|high|nearly"
    r"|about|around|over|more|than|at|least|additional|further|approximately|margins?|by|absolute|relative|maximum|roughly|large"
    r"|significant|massive|between|another|almost|impressive)){0,7} $"
)
_AT_LEAST = re.compile(r"(?:^|[ (])(?:more|less|greater|fewer|higher|larger|lower|better) than(?: an?)? $")
_LEADS_TO_NUMBER = re.compile(
    r"(?:\s?\([^()]{1,30}\)|\))?(?:,? " + any_of(
        "scores? values? rates? coefficients? levels? of is was are were at to as high up being reaching reached reaches "
        "exceeding exceeds over above below around about approximately nearly averaging achieved obtained a an the on "
        "in for mean overall average test remarkable impressive from equal more less than under near almost only "
        "respectively achieves achieving roughly just improves? improved increases? rises? drops? reduced within between"
    ) + r"|\s?[=:≈~(]| [A-Z][\w-]{1,20}){1,7}\s?[~≈$(=]{0,2}\s?$|\s$"
)  # fmt: skip
_GENERIC_METRIC = any_of(
    "scores? performance coverage agreement fidelity consistency completeness loss [Ss]uccess [Rr]untime "
    "(?:running|execution|processing|response|computation|inference|training)_time"
)
_RATE = r"(?:[\w-]+ )?(?<!learning )(?<!dropout )(?<!sampling )rates?\b"
_QUALIFIED = (
    r"\s?\)?[ -]{0,2}(?:absolute |average |mean |overall |of |in |on |the |\(|test |validation |classification |"
    r"[A-Z][\w-]{2,15} |zero-shot |cache |task |detection |recognition |linear |balanced ){0,3}?"
)
_RUNS_IN = re.compile(r"\b(?:runs?|takes?|processes|requires?|inference|latency|within)(?: [a-z]+){0,3} $")
_ENDS = re.compile(
    r"\s?(?:[,);.]|$|(?:on|in|for|and|over|across|with|when|at|under|while|using|respectively)\b)"
)
_LIST_STEP = re.compile(
    r"(?:\s?\([^()]{1,25}\))?(?:\s(?:(?:on|in|for|at|with|over|under|across|of|the)(?: [\w@+./()-]{1,20}){1,4}?"
    r"|[a-zA-Z-]{3,16}(?: [a-z-]{3,16})?))?\)?(?:,|;| and| or|, and|/| &|, as well as|\s\(resp\.?)\s?"
    r"(?:(?:[A-Za-z][\w+./@-]{0,20}\s?[(=:]?|a|an|by|up to|to)\s?){0,3}[~$(+]{0,2}"
)
_NO_STEP = re.compile(
    r"\b(?:us(?:es|ed|ing)|only|requir\w+|needs?|train\w*|than|from|contain\w*|remov\w+|out of)\b"
)


class Claim(NamedTuple):
    """A claimed result; `start` and `end` index the abstract."""

    value: float
    unit: str
    kind: str
    direction: str
    rule: str
    start: int
    end: int
    value_high: float = math.nan
    field: str = "abstract"


class _Reading(NamedTuple):
    """Why a number is a result: the rule, which way it moves ("" for a plain score), and where its words stand."""

    rule: str
    direction: str
    start: int
    end: int


@cache
def _metric() -> re.Pattern[str]:
    """A metric of the vocabulary, or a word that stands for one."""
    spellings = sorted((re.escape(name) for name in metrics()), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<!\w)(?:(?:{by_first_letter(spellings)})s?(?![\w@])|{_GENERIC_METRIC}\b|{_RATE})")


@cache
def _metric_behind() -> re.Pattern[str]:
    """A metric behind a number, with the words that qualify it: "84% average accuracy"."""
    return re.compile(f"{_QUALIFIED}(?P<metric>{_metric().pattern})")


@lru_cache(maxsize=4096)
def _better(metric: str) -> str:
    """Which way a metric improves."""
    return metrics().get(metric, "up") if "error" not in metric and "time" not in metric else "down"


def claims_in(abstract: str) -> list[Claim]:
    """Every claim of one abstract, from left to right."""
    text = abstract[:READ_AT_MOST]
    spans = sentences(text)
    claims = [
        Claim(math.nan, "", "sota", "up", "state-of-the-art", *place) for place in top_claims_in(text, spans)
    ]
    for start, end in spans:
        background = len(spans) > 2 and start < 0.3 * len(text)
        claims += _numbers_claimed(text, start, end, background=background)
    return sorted(claims, key=lambda claim: (claim.start, claim.end))


def _numbers_claimed(text: str, start: int, end: int, *, background: bool) -> list[Claim]:
    """The claims with a number in one sentence."""
    numbers = numbers_in(text, start, end)
    readings = [_reading(number) for number in numbers]
    if not any(readings) or _WORLD.search(text, start, end):
        return []
    if background and not _OWN.search(text, start, end):
        return []
    _share_along_lists(text, numbers, readings)
    return [_claim(number, reading) for number, reading in zip(numbers, readings, strict=True) if reading]


def _claim(number: Number, reading: _Reading) -> Claim:
    kind = "score"
    if reading.rule in ("ratio", "percent-change", "changed-by"):
        kind = (
            "reduction"
            if reading.direction == "down"
            else "speed-up"
            if number.unit == "x"
            else "improvement"
        )
    return Claim(
        number.value,
        number.unit,
        kind,
        reading.direction,
        reading.rule,
        reading.start,
        reading.end,
        number.high,
    )


def _reading(number: Number) -> _Reading | None:
    """What makes a number a result of the paper; None for a number of the set-up or somebody else's."""
    if number.value <= 0 or _OTHERS.search(number.left) or _SETTING.search(number.left):
        return None
    if number.bracketed and _BEATEN.search(number.left):
        return None
    if number.unit == "x" or (not number.unit and number.value > 1 and _FACTOR.search(number.left)):
        return _ratio(number._replace(unit="x"))
    if number.unit in ("%", "points"):
        if _SET_UP.match(number.right):
            return None
        return _change(number) or _score(number)
    return _bare(number)


def _ratio(number: Number) -> _Reading | None:
    """A ratio with a word of change beside it: "15x faster", "speeds up training by 10x"."""
    behind = _CHANGE_BEHIND.match(number.right)
    if behind:
        return _found(number, "ratio", _direction(behind), right=behind.end())
    if as_fast := _AS_FAST.match(number.right):
        return _found(number, "ratio", "up", right=as_fast.end())
    left = number.left[-80:]
    before = _last(_CHANGE, left)
    gap = left[before.end() :] if before else ""
    if before is None or re.search(r"[.;]", gap) or not (_BY.search(left) or len(gap.split()) <= 2):
        return None
    return _found(number, "ratio", _direction(before), left=len(left) - before.start())


def _change(number: Number) -> _Reading | None:
    """A share or points with a word of change beside them: "3% better", "improves the results by 3 points"."""
    behind = _CHANGE_BEHIND.match(number.right)
    if behind and (
        number.unit == "points" or not re.match(r"\s(?:more|less) (?:data|training)", number.right)
    ):
        return _found(number, "percent-change", _direction(behind), right=behind.end())
    if _stated(number):
        return None
    left = _AT_LEAST.sub(" ", number.left)  # "more than 5%" tells of no change by itself
    before = _last(_CHANGE, left[-110:])
    if before is None:
        return None
    gap = left[-110:][before.end() :]
    if ";" in gap or not (_BY.search(left) or (len(gap.split()) <= 3 and "," not in gap)):
        return None
    # "improves the accuracy to 84%" tells where it ends
    if re.search(r"(?<!up )\bto(?: [a-z]+){0,2} $", left) and number.unit == "%" and _last(_metric(), gap):
        return None
    reach = len(gap) + before.end() - before.start() + len(number.left) - len(left)
    return _found(number, "changed-by", _direction(before), left=reach)


def _score(number: Number) -> _Reading | None:
    """A number with the metric it is a value of: "84% accuracy", "accuracy of 84%", "achieves 84%"."""
    if stated := _stated(number):
        return stated
    behind = _metric_behind().match(number.right)
    if behind and (_RESULT.search(number.left[-90:]) or number.unit == "%"):
        return _found(number, "score", _better(behind["metric"]), right=behind.end())
    reaches = _REACHES.search(number.left)
    if reaches and _ENDS.match(number.right) and number.unit == "%":
        return _found(number, "score", "up", left=len(number.left) - reaches.start())
    return None


def _stated(number: Number) -> _Reading | None:
    """A metric and the words that lead from it to the number: "a perplexity of 62.4"."""
    left = number.left[-90:]
    for metric in reversed(list(_metric().finditer(left))):
        if _LEADS_TO_NUMBER.fullmatch(left, metric.end()):
            return _found(number, "metric-of", _better(metric.group()), left=len(left) - metric.start())
    return None


def _bare(number: Number) -> _Reading | None:
    """A number without percent: only with a metric or a unit of its own right beside it."""
    timed = number.unit in ("s", "second", "seconds", "ms", "millisecond", "milliseconds")
    if number.unit and not timed and (_RESULT.search(number.left) or _CHANGE.search(number.left)):
        before = _last(_CHANGE, number.left[-60:])
        if before and re.search(r"\bby ", number.left[-30:]):
            return _found(
                number, "changed-by", _direction(before), left=len(number.left[-60:]) - before.start()
            )
        return _found(number, "score", _better(number.unit))
    stated = _stated(number)
    if stated and _is_value(number):
        return stated
    if timed and (behind := _CHANGE_BEHIND.match(number.right)):
        return _found(number, "percent-change", _direction(behind), right=behind.end())
    if timed:
        runs = re.search(
            r"\b(?:runs?|takes?|processes|requires?|inference|latency|within)(?: [a-z]+){0,3} $",
            number.left,
        )
        return _found(number, "score", "down", left=len(number.left) - runs.start()) if runs else None
    if number.whole:
        return None
    behind = _metric_behind().match(number.right)
    if behind and _RESULT.search(number.left[-90:]):
        return _found(number, "score", _better(behind["metric"]), right=behind.end())
    return None


def _is_value(number: Number) -> bool:
    """Whether a number behind a metric is its value: no year, no count of things."""
    if not number.whole or number.unit:
        return True
    if 1900 <= number.value <= 2100 or re.search(
        r"\b(?:on|in|for|and|across|over|all|top|at) $", number.left
    ):
        return False
    return _ENDS.match(number.right) is not None


def _found(number: Number, rule: str, direction: str, *, left: int = 0, right: int = 0) -> _Reading:
    """A reading whose words reach `left` characters before the number and `right` behind it."""
    start = number.base + len(number.left) - left if left else number.start
    return _Reading(rule, direction, min(start, number.start), number.end + right)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    match = None
    for match in pattern.finditer(text):  # noqa: B007 (the last one is asked for)
        pass
    return match


def _direction(match: re.Match[str]) -> str:
    return "up" if match["more"] else "down"


def _share_along_lists(text: str, numbers: list[Number], readings: list[_Reading | None]) -> None:
    """Numbers of one list share what makes one of them a result: "35%, 36% and 45% reduction"."""
    last = len(numbers) - 1
    for near, index in [(i - 1, i) for i in range(1, last + 1)] + [
        (i + 1, i) for i in range(last - 1, -1, -1)
    ]:
        known = readings[near]
        if readings[index] or known is None or numbers[near].unit != numbers[index].unit:
            continue
        if not numbers[index].unit and numbers[index].whole:
            continue
        first, second = sorted((near, index))
        between = text[numbers[first].end : numbers[second].start]
        if len(between) > 70 or not _LIST_STEP.fullmatch(between) or _NO_STEP.search(between):
            continue
        number = numbers[index]
        if not _OTHERS.search(number.left[-60:]) and not _SET_UP.match(number.right):
            readings[index] = known._replace(start=number.start, end=number.end)


def find_claims(corpus: pd.DataFrame) -> pd.DataFrame:
    """The headline results the abstracts of a corpus claim.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id` and `abstract`.

    Returns
    -------
    One row per claim: `paper_id`; `quote` = the abstract from `start` to `end`; `value` and
    `unit` ("%", "points", "x" for a ratio, a metric's own unit, or empty); `kind` (score,
    improvement, reduction, speed-up, or sota); `direction` (up or down: the way the quantity
    moves, for a plain score the way it is better); `rule`; `field`; and `value_high`, the upper
    end where a range is claimed. A claim of the state of the art has the kind "sota" and the
    value NaN, whether the paper gives a number elsewhere or not.

    Notes
    -----
    Numbers that describe a set-up (years, layers, data sizes, shares of data) and numbers given
    for others ("than 6%", "from 49.6%") are no claims. A text is read up to `READ_AT_MOST`
    characters.
    """
    return read_papers(corpus, CLAIMS)[0]


CLAIMS = Finder(lambda _title, abstract: claims_in(abstract), COLUMNS)

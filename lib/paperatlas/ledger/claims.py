"""The headline results that abstracts claim: a number with its unit, and the words it rests on."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import pandas as pd

from paperatlas.ledger.names import metrics
from paperatlas.ledger.numbers import Number, numbers_in, spans_with_numbers
from paperatlas.ledger.reading import (
    READ_AT_MOST,
    any_of,
    by_first_letter,
    cue_places,
    read_papers,
    sentences,
    span_at,
)

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
    r"|\bwhich (?:only )?reported\b[^;]{0,30}"
    r"|\b(?:outperform|surpass|exceed|beat)(?:s|ing|ed)? (?:(?!(?:with|by|while|at)\b)[^,.;()%]){1,40}(?=\s$))"
    r"(?: (?:the|a|an|only|just|previous|best|baselines?|of|for|its|original|existing|with|at|average|merely|random|mean"
    r"|human|state-of-the-art|[A-Z][\w.+-]{1,25}|accuracy|rate|methods?|models?|scores?|values?|results?)){0,5} $"
)
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
    r"|as (?:fast|many|much|large|small|good|efficient)|the (?:[a-z]+ )?(?:speed|throughput|performance|accuracy)"
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
    r"(?:\s?\([^()]{1,30}\)|\))?(?:(?:,? |(?<=\())" + any_of(
        "scores? values? rates? coefficients? levels? of is was are were at to as high up being reaching reached reaches "
        "approaching exceeding exceeds over above below around about approximately nearly averaging achieved "
        "obtained a an the on in for mean overall average test remarkable impressive from equal more less than under "
        "near almost only respectively achieves achieving roughly just improves? improved increases? rises? drops? "
        "reduced within between"
    ) + r"|\s?[=:≈~(]| [A-Z][\w-]{1,20}){1,7}\s?[~≈$(=]{0,2}\s?$|\s$"
)  # fmt: skip
_GENERIC_METRIC = any_of(
    "scores? performance coverage agreement fidelity consistency completeness loss [Ss]uccess [Rr]untime "
    "(?:running|execution|processing|response|computation|inference|training)_time"
)
_RATE = r"(?:[\w-]+ )?(?<!learning )(?<!dropout )(?<!sampling )rates?\b"
_QUALIFIED = (
    r"\s?\)?[ -]{0,2}(?:absolute |average |mean |overall |of |in |on |the |\(|test |validation |classification |"
    r"[A-Z][\w-]{2,15} |zero-shot |cache |task |detection |recognition |linear |balanced |retention |prediction |macro |"
    r"micro |weighted |segmentation |retrieval |answer |execution |top-\d ){0,3}?"
)
_RUNS_IN = re.compile(
    r"\b(?:runs?|takes?|took|processes|requires?|inference|latency|runtime|within|under|in)(?: [a-z]+){0,3} $"
)
_BY_SO_MUCH = re.compile(
    r"\bby(?: (?:an?|average|up|to|of|about|around|nearly|more|than|over|at|least)){0,4} $"
)
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
    """A claimed result: its value and unit, which way it moves, the rule, and where its words stand."""

    value: float
    value_high: float
    unit: str
    kind: str
    direction: str
    rule: str
    field: str
    start: int
    end: int


class _Reading(NamedTuple):
    """Why a number is a result: the rule, which way it moves, and where its words stand."""

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
        Claim(math.nan, math.nan, "", "sota", "up", "state-of-the-art", "abstract", *place)
        for place in _top_claims(text, spans)
    ]
    for start, end in spans_with_numbers(text, spans):
        claims += _numbers_claimed(text, start, end, background=len(spans) > 2 and start < 0.3 * len(text))
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
        faster = "speed-up" if number.unit == "x" else "improvement"
        kind = "reduction" if reading.direction == "down" else faster
    return Claim(
        number.value,
        number.high,
        number.unit,
        kind,
        reading.direction,
        reading.rule,
        "abstract",
        *reading[2:],
    )


def _reading(number: Number) -> _Reading | None:
    """What makes a number a result of the paper; None for a number of the set-up or somebody else's."""
    if number.value <= 0 or _OTHERS.search(number.left) or _SETTING.search(number.left):
        return None
    if number.unit == "x" or (not number.unit and number.value > 1 and _FACTOR.search(number.left)):
        return _ratio(number)
    if number.unit in ("%", "points"):
        return None if _SET_UP.match(number.right) else _change(number) or _score(number)
    if number.unit in ("s", "second", "seconds", "ms", "millisecond", "milliseconds"):
        return _time(number)
    return _bare(number)


def _ratio(number: Number) -> _Reading | None:
    """A ratio with a word of change beside it: "15x faster", "speeds up training by 10x"."""
    if behind := _CHANGE_BEHIND.match(number.right):
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
    # "consistent gains on A and B (+0.9 and +2.8 points)"
    near = number.signed or _BY.search(left) or (len(gap.split()) <= 3 and "," not in gap)
    if ";" in gap or not near:
        return None
    # "improves the accuracy to 84%" tells where it ends
    if re.search(r"(?<!up )\bto(?: [a-z]+){0,2} $", left) and number.unit == "%" and _last(_metric(), gap):
        return None
    reach = len(gap) + before.end() - before.start() + len(number.left) - len(left)
    return _found(number, "changed-by", _direction(before), left=reach)


def _score(number: Number) -> _Reading | None:
    """A share with the metric it is a value of: "84% accuracy", "accuracy of 84%", "achieves 84%"."""
    if stated := _stated(number):
        return stated
    if behind := _metric_behind().match(number.right):
        return _found(number, "score", _better(behind["metric"]), right=behind.end())
    reaches = _REACHES.search(number.left)
    if reaches and number.unit == "%" and _ENDS.match(number.right):
        return _found(number, "score", "up", left=len(number.left) - reaches.start())
    return None


def _stated(number: Number) -> _Reading | None:
    """A metric and the words that lead from it to the number: "a perplexity of 62.4"."""
    left = number.left[-90:]
    for metric in reversed(list(_metric().finditer(left))):
        if _LEADS_TO_NUMBER.fullmatch(left, metric.end()):
            return _found(number, "metric-of", _better(metric.group()), left=len(left) - metric.start())
    return None


def _time(number: Number) -> _Reading | None:
    """A time that the paper's own work takes: "runs in 23 ms", "a latency of 0.4 s"."""
    if stated := _stated(number):
        return stated
    if behind := _CHANGE_BEHIND.match(number.right):
        return _found(number, "percent-change", _direction(behind), right=behind.end())
    runs = _RUNS_IN.search(number.left)
    if runs and (_ENDS.match(number.right) or number.right.startswith(" per ")):
        return _found(number, "score", "down", left=len(number.left) - runs.start())
    return None


def _bare(number: Number) -> _Reading | None:
    """A number without percent: only with a metric, a unit of its own or a word of change right beside it."""
    left = number.left[-60:]
    if number.unit and (_RESULT.search(number.left) or _CHANGE.search(number.left)):
        before = _last(_CHANGE, left)
        if before and (number.signed or re.search(r"\bby ", left[-30:])):
            return _found(number, "changed-by", _direction(before), left=len(left) - before.start())
        return _found(number, "score", _better(number.unit))
    stated = _stated(number)
    if stated and _is_value(number):
        return stated
    if number.whole:
        return None
    behind = _metric_behind().match(number.right)
    if behind and _RESULT.search(number.left[-90:]):
        return _found(number, "score", _better(behind["metric"]), right=behind.end())
    if not _RESULT.search(number.left[-90:]):
        return None
    if changed := re.match(rf"\s(?:{_MORE})", number.right):
        return _found(number, "percent-change", "up", right=changed.end())
    before = _last(_CHANGE, number.left[-90:])
    if before and _BY_SO_MUCH.search(left):
        return _found(number, "changed-by", _direction(before), left=len(number.left[-90:]) - before.start())
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
    onwards, back = [(i - 1, i) for i in range(1, last + 1)], [(i + 1, i) for i in range(last - 1, -1, -1)]
    for near, index in onwards + back:
        known, number = readings[near], numbers[index]
        if readings[index] or known is None or numbers[near].unit != number.unit:
            continue
        if not number.unit and number.whole:
            continue
        first, second = sorted((near, index))
        between = text[numbers[first].end : numbers[second].start]
        if len(between) > 70 or not _LIST_STEP.fullmatch(between) or _NO_STEP.search(between):
            continue
        if not _OTHERS.search(number.left[-60:]) and not _SET_UP.match(number.right):
            readings[index] = known._replace(start=number.start, end=number.end)


_TOP_CUES = ("state-of", "state of", "State-of", "State of", "SOTA", "SoTA")
_TOP = re.compile(r"[Ss]tate[- ]of[- ](?:the[- ])?arts?\b|SOTAs?\b|SoTAs?\b")
_TOP_VERB = re.compile(
    r"(?<![\w-])"
    + any_of(
        "achiev reach attain obtain yield set establish deliver demonstrat exhibit push advanc outperform surpass exceed "
        "beat improv produc superior better report become represent offer lead show provid perform(?!anc) result gives?"
    )
    + r"\w*"
)
_SAYS_SO = re.compile(
    any_of(
        "achiev outperform surpass exceed beat superior better improv show demonstrat yield deliver provid obtain attain "
        "exhibit perform reach offer lead result"
    )
)
_GIVES = re.compile(any_of("provid offer lead show result deliver"))
_OUTCOME = re.compile(
    r"[^.;,]{0,40}\b(?:results?|performances?|accurac\w+|quality|scores?)\b|[,.;]|\s(?:in|on|across|for|with)\b"
)
_MOVES_IT = re.compile(any_of("set establish push advanc becom represent report produc"))
_TOP_DOUBTS = re.compile(
    r"\b(?:close to|comparable|competitive|for existing|in a|improves? (?:an?|the)|near|how|if|whether|could|may|might)\b"
    r"|\b(?:challeng|difficult|struggle|fail|suffer|limited|remain)\w*\b"
)
_TOP_METHODS = re.compile(
    r"[\w-]*\s(?:[\w-]+ )?"
    + any_of(
        r"methods? models? approach\w* techniques? baselines? systems? algorithms? networks? LLMs? frameworks? CNNs? "
        r"architectures? transformers? detectors? backbones? works?"
    )
    + r"\b"
)
_BEATS = re.compile(
    r"^(?:outperform|surpass|exceed|beat)|\b(?:over|than|outperform\w*|surpass\w*|superior|better|exceed\w*)\b"
)
# The subject is somebody else: "transformers have achieved", "existing methods achieve".
_OTHERS_DO = re.compile(
    r"\b(?:have|has) (?:recently )?$|\b(?:they|which|that) (?:often|usually|have) $"
    r"|\b(?:existing|recent|recently|current|previous|many|most|while|although|despite)\b[^,;]{0,60}$",
    re.IGNORECASE,
)
_TOP_OWN = re.compile(
    r"\b(?:[Ww]e|[Oo]ur|ours|[Ii]ts?|[Tt]his|[Pp]roposed|[Rr]esults?|[Ee]xperiments?|[Ee]valuations?|[Ee]mpirical\w*"
    r"|[Mm]ethod|[Aa]pproach|[Mm]odel|outperform\w*)\b"
)


def _top_claims(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where an abstract claims the state of the art for itself: at most one place a sentence."""
    claimed: set[tuple[int, int]] = set()
    for at in cue_places(text, _TOP_CUES):
        span = span_at(spans, at)
        if span in claimed or text[at - 1 : at].isalnum():
            continue
        claimed.add(span)
        place = _top_claim(text, at, *span, background=len(spans) > 2 and span[0] < 0.3 * len(text))
        if place is not None:
            yield place


def _top_claim(text: str, at: int, start: int, end: int, *, background: bool) -> tuple[int, int] | None:
    stop = _TOP.match(text, at, end)
    floor = max(start, at - 140, text.rfind(". ", start, at) + 1, text.rfind(";", start, at) + 1)
    verbs = list(_TOP_VERB.finditer(text, floor, at))
    if stop is None or not verbs or (background and not _TOP_OWN.search(text, start, end)):
        return None
    verb = verbs[-1]
    words, after = text[verb.start() : stop.end()], text[stop.end() : min(end, stop.end() + 40)]
    if _TOP_DOUBTS.search(words) or _OTHERS_DO.search(text[max(start, verb.start() - 90) : verb.start()]):
        return None
    if _TOP_METHODS.match(after):
        claimed = _BEATS.search(words) is not None
    else:
        said = _SAYS_SO.match(words) and (not _GIVES.match(words) or _OUTCOME.match(after))
        claimed = bool(said or _MOVES_IT.match(words))
    return (verb.start(), stop.end()) if claimed else None


def find_claims(corpus: pd.DataFrame) -> pd.DataFrame:
    """The headline results the abstracts of a corpus claim.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id` and `abstract`.

    Returns
    -------
    One row per claim: `paper_id`; `quote` = the abstract from `start` to `end`; `value` and `unit` ("%", "points",
    "x" for a ratio, a metric's own unit, or empty); `value_high`, the upper end where a range is claimed; `kind`
    (score, improvement, reduction, speed-up, or sota); `direction` (up or down: the way the quantity moves, for a
    plain score the way it is better); `rule` and `field`. A claim of the state of the art has the kind "sota" and the
    value NaN, whether the paper gives a number elsewhere or not.

    Notes
    -----
    Numbers that describe a set-up (years, layers, data sizes, shares of data) and numbers given for others ("than
    6%", "from 49.6%") are no claims. A text is read up to `READ_AT_MOST` characters.
    """
    return read_papers(corpus, CLAIMS)[0]


CLAIMS = (lambda _title, abstract: claims_in(abstract), Claim)

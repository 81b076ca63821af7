"""Results in words: "12 out of 26", "an order of magnitude", "twice faster", "state of the art"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from paperatlas.ledger import claim_rules as rules
from paperatlas.ledger.claim_words import CHANGE, OWN, SAYS_CHANGE, WINS, is_others
from paperatlas.ledger.figures import Figure
from paperatlas.ledger.measures import Measure
from paperatlas.ledger.patterns import Rule, any_of

_NUMBERS = {
    "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_CHANGES_BEFORE = re.compile(
    r"\b"
    + any_of(
        r"reduc\w+ improv\w+ faster speed\w* accelerat\w+ decreas\w+ increas\w+ outperform\w* cut\w* "
        r"lower\w* fewer less better save saving"
    )
    + r"\b[^.;,]{0,80}$"
)
_RATIO_NOUN = re.compile(
    r"\b"
    + any_of(
        "time memory cost compute parameters? params FLOPs latency computation size throughput speed "
        "training inference energy budget error performance accuracy storage complexity overhead"
    )
    + r"\b",
    re.IGNORECASE,
)
_TIMES_AS = re.compile(r" (?:" + CHANGE + r"|as (?:fast|many|much))")
_TWICE_AS = re.compile(
    r" (?:as (?:fast|much|many|large|good|efficient)|the (?:speed|throughput|performance|accuracy)|"
    + CHANGE
    + r")"
)
_HALF_THE = re.compile(r" (?:the|its|of the|as many|as much|fewer|less)\b")
_BY_HALF = re.compile(
    r"\b(?:by|with|using|at|in|only|to|requir\w+|less than|about|nearly|roughly|than|consum\w+|needs?)\s$"
)
_NO_RATIO = re.compile(r"[- ](?:check|blind|descent|Q|DQN|ended|edged)")


def _figure(text: str, start: int, value: float, begin: int, end: int) -> Figure:
    return Figure(value, math.nan, begin, end, text[max(start, begin - 120) : begin], text[end : end + 60])


def _cued(rule: Rule, cue: str, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where a rule matches in a sentence, which it does only around a cue."""
    return rule.pattern.finditer(text, start, end) if text.find(cue, start, end) >= 0 else iter(())


def worded_results(text: str, start: int, end: int) -> Iterator[tuple[Figure, Measure]]:
    """The results a sentence gives in words, each with its number."""
    for match in _cued(rules.OUT_OF, "out of", text, start, end):
        count = match["count"]
        if WINS.search(text[max(start, match.start() - 120) : match.start()]):
            value = float(_NUMBERS.get(count) or count)
            measure = Measure("of " + match["total"], rules.OUT_OF.name)
            yield _figure(text, start, value, match.start("count"), match.end()), measure
    for match in _cued(rules.MAGNITUDE, "order", text, start, end):
        before = text[max(start, match.start() - 90) : match.start()]
        if (
            is_others(before)
            or before.endswith("models ")
            or re.search(r"\b(?:existing|slower)\b", match["after"])
        ):
            continue
        if SAYS_CHANGE.search(match["after"]) or _CHANGES_BEFORE.search(before):
            count = match["count"] or "one"
            power = int(count[0]) if count[0].isdigit() else _NUMBERS.get(count, 1)
            figure = _figure(text, start, float(10**power), match.start(), match.start("after"))
            yield figure, Measure("x", rules.MAGNITUDE.name)
    for match in rules.WORD_RATIO.pattern.finditer(text, start, end):
        before = text[max(start, match.start() - 90) : match.start()]
        value = _ratio(match["word"], match["after"], before)
        if value:
            yield (
                _figure(text, start, value, match.start(), match.end("word")),
                Measure("x", rules.WORD_RATIO.name),
            )


def _ratio(word: str, after: str, before: str) -> float:
    """The ratio a word stands for; 0 where it is no result."""
    if "times" in word:
        return float(_NUMBERS[word.split()[0]]) if _TIMES_AS.match(after) else 0.0
    if word.endswith("fold"):
        changes = SAYS_CHANGE.match(after.lstrip()) or _CHANGES_BEFORE.search(before)
        return float(_NUMBERS[word[:-4].rstrip("-")]) if changes else 0.0
    if word == "twice":
        return 2.0 if _TWICE_AS.match(after) else 0.0
    if not _RATIO_NOUN.search(after[:45]) or _NO_RATIO.match(after):
        return 0.0
    if word == "half":
        return 0.5 if _HALF_THE.match(after) and _BY_HALF.search(before) else 0.0
    return 0.5 if word.startswith("halv") else 3.0 if word.startswith("tripl") else 2.0


_TOP = re.compile(r"[Ss]tate[- ]of[- ](?:the[- ])?arts?\b|SOTAs?\b|SoTAs?\b")
_SAYS_SO = re.compile(
    any_of(
        "achiev outperform surpass exceed beat superior better improv show demonstrat yield deliver "
        "provid obtain attain exhibit perform reach offer lead result"
    )
)
_GIVES = re.compile(any_of("provid offer lead show result deliver"))
_OUTCOME = re.compile(
    r"[^.;,]{0,40}\b(?:results?|performances?|accurac\w+|quality|scores?)\b|[,.;]|\s(?:in|on|across|for|with)\b"
)
_MOVES_IT = re.compile(any_of("set establish push advanc becom represent report produc"))
_DOUBTS = re.compile(
    r"\b(?:close to|comparable|competitive|for existing|in a|improves? an?)\b"
    r"|\b(?:challeng|difficult|struggle|fail|suffer|limited|remain)\w*\b"
)
_METHODS = re.compile(
    r"[\w-]*\s(?:[\w-]+ )?"
    + any_of(
        r"methods? models? approach\w* techniques? baselines? systems? algorithms? networks? LLMs? "
        r"frameworks? CNNs? architectures? transformers? detectors? backbones? works?"
    )
    + r"\b"
)
_BEATS = re.compile(
    r"^(?:outperform|surpass|exceed|beat)|\b(?:over|than|outperform\w*|surpass\w*|superior|better|exceed\w*)\b"
)
_OTHERS_DO = re.compile(
    r"\b(?:have|has) (?:recently )?$"
    r"|\b(?:existing|recent|current|previous)\b[^,;]{0,40}\b(?:models?|methods?|approaches|LLMs|transformers|networks)\b[^,;]{0,40}$"
)


def top_claim(text: str, at: int, start: int, end: int, *, background: bool) -> tuple[int, int] | None:
    """Where the sentence claims the state of the art that it names around `at`; None if it does not.

    A background sentence, near the start of an abstract, must also speak of the paper itself.
    """
    stop = _TOP.match(text, at, end)
    if stop is None:
        return None
    floor = max(start, at - 140)
    floor = max(floor, text.rfind(". ", floor, at) + 1, text.rfind(";", floor, at) + 1)
    verbs = list(rules.STATE_OF_THE_ART.pattern.finditer(text, floor, at))
    verb = verbs[-1] if verbs else None
    if verb is None or (background and not OWN.search(text, start, end)):
        return None
    words, after = text[verb.start() : stop.end()], text[stop.end() : min(end, stop.end() + 40)]
    if _DOUBTS.search(words):
        return None
    if _METHODS.match(after):
        claimed = _BEATS.search(words) is not None
    elif _OTHERS_DO.search(text[max(start, verb.start() - 120) : verb.start()]):
        claimed = False
    else:
        said = _SAYS_SO.match(words) and (not _GIVES.match(words) or _OUTCOME.match(after))
        claimed = bool(said or _MOVES_IT.match(words))
    return (verb.start(), stop.end()) if claimed else None

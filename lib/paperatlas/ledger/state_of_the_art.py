"""Claims of the state of the art: "achieves state-of-the-art results", "outperforms SOTA methods"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.ledger.patterns import any_of, cue_places, span_at

_CUES = ("state-of", "state of", "State-of", "State of", "SOTA", "SoTA")
_TOP = re.compile(r"[Ss]tate[- ]of[- ](?:the[- ])?arts?\b|SOTAs?\b|SoTAs?\b")
_VERB = re.compile(
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
_DOUBTS = re.compile(
    r"\b(?:close to|comparable|competitive|for existing|in a|improves? (?:an?|the)|near|how|if|whether|could|may|might)\b"
    r"|\b(?:challeng|difficult|struggle|fail|suffer|limited|remain)\w*\b"
)
_METHODS = re.compile(
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
_OWN = re.compile(
    r"\b(?:[Ww]e|[Oo]ur|ours|[Ii]ts?|[Tt]his|[Pp]roposed|[Rr]esults?|[Ee]xperiments?|[Ee]valuations?|[Ee]mpirical\w*"
    r"|[Mm]ethod|[Aa]pproach|[Mm]odel|outperform\w*)\b"
)


def top_claims_in(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where an abstract claims the state of the art for itself: at most one place a sentence."""
    claimed: set[tuple[int, int]] = set()
    for at in cue_places(text, _CUES):
        span = span_at(spans, at)
        if span in claimed or text[at - 1 : at].isalnum():
            continue
        claimed.add(span)
        place = _claim_at(text, at, *span, background=len(spans) > 2 and span[0] < 0.3 * len(text))
        if place is not None:
            yield place


def _claim_at(text: str, at: int, start: int, end: int, *, background: bool) -> tuple[int, int] | None:
    stop = _TOP.match(text, at, end)
    floor = max(start, at - 140, text.rfind(". ", start, at) + 1, text.rfind(";", start, at) + 1)
    verbs = list(_VERB.finditer(text, floor, at))
    if stop is None or not verbs or (background and not _OWN.search(text, start, end)):
        return None
    verb = verbs[-1]
    words, after = text[verb.start() : stop.end()], text[stop.end() : min(end, stop.end() + 40)]
    if _DOUBTS.search(words) or _OTHERS_DO.search(text[max(start, verb.start() - 90) : verb.start()]):
        return None
    if _METHODS.match(after):
        claimed = _BEATS.search(words) is not None
    else:
        said = _SAYS_SO.match(words) and (not _GIVES.match(words) or _OUTCOME.match(after))
        claimed = bool(said or _MOVES_IT.match(words))
    return (verb.start(), stop.end()) if claimed else None

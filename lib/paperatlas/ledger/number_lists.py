"""Numbers that stand in one list share what makes one of them a result, or somebody else's."""

from __future__ import annotations

import re

from paperatlas.ledger import claim_rules as rules
from paperatlas.ledger.claim_words import (
    is_others,
)
from paperatlas.ledger.figures import Figure
from paperatlas.ledger.measures import Measure, describes_set_up, has_unit

LISTED = "listed"
_LIST_STEP = re.compile(
    r"(?:\s?\\?%|\$|\)|x|×|\s?\\?times|\s?points?){0,4}(?:\s?\([^()]{1,25}\))?"
    r"(?:\s(?:(?:on|in|for|at|with|over|under|across|of|the)(?: [\w@+./()-]{1,20}){1,4}?"
    r"|[a-zA-Z-]{3,16}(?: [a-z-]{3,16})?))?"
    r"\)?(?:,|;| and| or|, and|/| &|, as well as|\s\(resp\.?)\s?"
    r"(?:(?:[A-Za-z][\w+./@-]{0,20}\s?[(=:]?|a|an|by|up to|to)\s){0,3}[~$(+]?"
)
# Words with which a list of results breaks off and something else begins.
# Behind somebody else's number, what shows that the next is the paper's own again.
_COMPARES_AGAIN = re.compile(r"\b(?:to|by|up)\b|[=:]")
_NO_STEP = re.compile(
    r"\b(?:us(?:es|ed|ing)|only|requir\w+|needs?|train\w*|than|from|contain\w*|remov\w+|out of|by using)\b"
)


def of_others(text: str, figures: list[Figure]) -> set[int]:
    """The numbers of a sentence that go on a list of other people's: "than LoRA (89%) and LoRA+ (90%)"."""
    theirs: set[int] = set()
    for index in range(1, len(figures)):
        before = figures[index - 1]
        if figures[index].start - before.end > 45:
            continue
        if (index - 1 in theirs or is_others(before.left)) and not before.left.endswith(" from "):
            between = text[before.end : figures[index].start]
            if len(between) <= 45 and _LIST_STEP.fullmatch(between) and not _COMPARES_AGAIN.search(between):
                theirs.add(index)
    return theirs


def share_with_list(text: str, figures: list[Figure], measured: dict[int, Measure], theirs: set[int]) -> None:
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
        if index in measured or near not in measured or index in theirs:
            continue
        first, second = sorted((near, index))
        between = text[figures[first].end : figures[second].start]
        unit, rule = measured[near]
        if len(between) > 70 or not has_unit(figures[index], unit) or not _LIST_STEP.fullmatch(between):
            continue
        if _NO_STEP.search(between) or describes_set_up(figures[index]):
            continue
        if not is_others(figures[index].left[-60:]):
            scored = rule in (rules.SCORE.name, rules.METRIC_OF.name)
            measured[index] = Measure(unit, LISTED if scored else rule)


def join_ranges(text: str, figures: list[Figure], measured: dict[int, Measure]) -> None:
    """Make one range of "between 1.25x and 4x"."""
    for index in sorted(measured):
        after = index + 1
        if not (index in measured and after in measured and figures[index].left.endswith("between ")):
            continue
        if re.fullmatch(r"\S{0,8} and ", text[figures[index].end : figures[after].start]):
            figures[index] = figures[index]._replace(high=figures[after].value)
            del measured[after]

"""What one line of a page looks like, and what all lines together say about the page's form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

LONGEST_TITLE = 300
LONGEST_COMMON_TITLE = 200
SHORTEST_WRAPPED_LINE = 50
WIDEST_WRAPPED_LINE = 400
NARROWEST_PAGE = 40
FEWEST_FULL_LINES = 4

SENTENCE_BREAK = re.compile(r"[.!?] (?=[A-Z])")
_FULL_STOP = (".", '."', ".)", ".”")
_SENTENCE_END = (*_FULL_STOP, "!", "?")
_URL_AT_END = re.compile(r"(?:https?://|www\.)\S+$")
_OPEN_END = re.compile(
    r"(?:,|;|\b(?:a|an|and|are|as|at|be|by|can|for|from|has|have|in|is|it|its|of|on|or|our|such|than|that|the"
    r"|their|these|this|to|was|we|were|which|while|with))$"
)
_LONGEST_OPEN_END = 8


class Line(NamedTuple):
    """One non-blank line of a page."""

    number: int
    text: str
    after_blank: bool


def is_wide(text: str) -> bool:
    """True for a line longer than almost all titles."""
    return len(text) > LONGEST_COMMON_TITLE


def is_titlelike(text: str) -> bool:
    """True for a line that could be a title: not wide, and not a sentence."""
    return not is_wide(text) and not ends_sentence(text)


def ends_sentence(text: str) -> bool:
    """True if the line closes a sentence."""
    return text.endswith(_SENTENCE_END)


def ends_url(text: str) -> bool:
    """True if a web address closes the line, as it does in many abstracts."""
    return _URL_AT_END.search(text[-WIDEST_WRAPPED_LINE:]) is not None


def ends_open(text: str) -> bool:
    """True if the line stops at a word or mark that must go on."""
    return _OPEN_END.search(text[-_LONGEST_OPEN_END:]) is not None


def is_cut_off(text: str) -> bool:
    """True for a line that an editor's line width broke in mid-sentence."""
    return (
        SHORTEST_WRAPPED_LINE <= len(text) <= WIDEST_WRAPPED_LINE
        and not ends_sentence(text)
        and not ends_url(text)
    )


def is_capitalised(text: str) -> bool:
    """True if a third of the longer words begin like names, as in a title."""
    words = [word for word in text.split() if len(word) > 4]
    return 3 * sum(not word[0].islower() for word in words) >= len(words)


def is_title_case(text: str) -> bool:
    """True if nearly all of three or more longer words begin like names, and no full stop closes them."""
    words = [word for word in text.split() if len(word) > 4]
    begin = sum(not word[0].islower() for word in words)
    return len(words) >= 3 and 5 * begin >= 4 * len(words) and not text.endswith(_FULL_STOP)


def looks_like_title(text: str) -> bool:
    """True for a line without an end, capitalised."""
    return lacks_end(text) and is_capitalised(text)


def lacks_end(text: str) -> bool:
    """True for a line that is not wide and that neither a full stop nor a web address closes."""
    return not (is_wide(text) or text.endswith(_FULL_STOP) or ends_url(text))


def has_blocks(lines: Sequence[Line]) -> bool:
    """True if blank lines part the page into blocks of two lines or more."""
    sizes = [0]
    for line in lines:
        if line.after_blank and sizes[-1]:
            sizes.append(0)
        sizes[-1] += 1
    return len(sizes) > 1 and min(sizes) > 1


def has_long_lines(lines: Sequence[Line]) -> bool:
    """True if at least a quarter of the lines are wide, so that abstracts here are long."""
    return len(lines) >= 6 and 4 * sum(is_wide(line.text) for line in lines) >= len(lines)


def first_word(text: str) -> str:
    """The characters before the first white space."""
    return text[:WIDEST_WRAPPED_LINE].split(None, 1)[0]


def fills(line: Line, following: Line, width: int) -> bool:
    """True if the next line's first word had no room left on this line."""
    return len(line.text) + 1 + len(first_word(following.text)) > width


def wrap_width(lines: Sequence[Line]) -> int | None:
    """Width at which an editor broke the lines of the page; None if none explains them.

    A line that an editor broke at width w is no longer than w, and the next word did not fit. The width
    is the smallest one that explains most pairs of neighbouring lines, if it explains at least half of
    those that keep to it, and at least `FEWEST_FULL_LINES`.
    """
    filled = [0] * (WIDEST_WRAPPED_LINE + 2)
    within = [0] * (WIDEST_WRAPPED_LINE + 2)
    for line, following in pairwise(lines):
        longest = max(len(line.text), len(following.text))
        if longest > WIDEST_WRAPPED_LINE or following.after_blank:
            continue
        within[longest] += 1
        if len(line.text) >= NARROWEST_PAGE:
            room = min(len(line.text) + 1 + len(first_word(following.text)), WIDEST_WRAPPED_LINE + 1)
            if longest < room:
                filled[longest] += 1
                filled[room] -= 1
    best, width = 0, 0
    explained = keeping = kept_at_best = 0
    for candidate in range(WIDEST_WRAPPED_LINE + 1):
        explained += filled[candidate]
        keeping += within[candidate]
        if explained > best:
            best, width, kept_at_best = explained, candidate, keeping
    return width if best >= FEWEST_FULL_LINES and 2 * best >= kept_at_best else None

"""Which line of a page is a title and which is abstract.

A saved page alternates title and abstract. Real pages break that rule: an abstract runs over several
lines, one is missing, blank lines come and go. Every line gets a cost for each role it could play, and
the cheapest reading of the whole page wins (Viterbi 1967). A page that alternates costs nothing, so
only clear evidence moves the reading away from plain alternation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

LONGEST_TITLE = 300
LONGEST_COMMON_TITLE = 200
SHORTEST_WRAPPED_LINE = 50
WIDEST_WRAPPED_LINE = 400

_SENTENCE_END = (".", "!", "?", '."', ".)", ".”")
_SENTENCE_BREAK = re.compile(r"[.!?] (?=[A-Z])")
_URL_AT_END = re.compile(r"(?:https?://|www\.)\S+$")
_OPEN_END = re.compile(
    r"(?:,|;|\b(?:a|an|and|are|as|at|be|by|can|for|from|has|have|in|is|it|its|of|on|or|our|such|than|that|the"
    r"|their|these|this|to|was|we|were|which|while|with))$"
)


class Role(IntEnum):
    """The part a line plays."""

    TITLE = 0
    ABSTRACT = 1
    CONTINUED = 2


class Line(NamedTuple):
    """One non-blank line of a page."""

    number: int
    text: str
    after_blank: bool


def _is_wide(text: str) -> bool:
    return len(text) > LONGEST_COMMON_TITLE


def _is_titlelike(text: str) -> bool:
    return not _is_wide(text) and not text.endswith(_SENTENCE_END)


def _is_cut_off(text: str) -> bool:
    """True for a line that an editor's line width broke in mid-sentence."""
    return (
        SHORTEST_WRAPPED_LINE <= len(text) <= WIDEST_WRAPPED_LINE
        and not text.endswith(_SENTENCE_END)
        and not _URL_AT_END.search(text)
    )


def _is_capitalised(text: str) -> bool:
    words = [word for word in text.split() if len(word) > 4]
    return 3 * sum(not word[0].islower() for word in words) >= len(words)


def _title_cost(line: Line, previous: Line | None, in_blocks: bool) -> float:
    text = line.text
    cost = 0.0
    if in_blocks and not line.after_blank:
        cost += 20
    if len(text) < SHORTEST_WRAPPED_LINE:
        return cost
    if len(text) > LONGEST_TITLE:
        cost += 12
    elif _is_wide(text):
        cost += 3
    if _SENTENCE_BREAK.search(text, 0, LONGEST_TITLE):
        cost += 3
    if text.endswith("."):
        cost += 6
    if text[0].islower() and ":" not in text[:30]:
        cost += 3
    if _OPEN_END.search(text):
        cost += 4
    if previous and len(previous.text) <= WIDEST_WRAPPED_LINE:
        if _is_cut_off(previous.text):
            cost += 3
        if not _is_capitalised(text):
            cost += 2
    return cost


def _abstract_cost(line: Line) -> float:
    cost = 2.0 if _is_titlelike(line.text) else 0.0
    if len(line.text) >= SHORTEST_WRAPPED_LINE and line.text[0].islower():
        cost += 4
    return cost


def _continued_cost(line: Line, previous: Line) -> float:
    if _is_cut_off(previous.text) and not line.after_blank and len(line.text) <= WIDEST_WRAPPED_LINE:
        return 0.5 if line.text[0].islower() else 1.0
    is_sentence = len(line.text) >= SHORTEST_WRAPPED_LINE and line.text.endswith(".")
    cost = 2.0 if is_sentence else 5.0
    if line.after_blank:
        cost += 4
    if _is_titlelike(line.text):
        cost += 1 if SHORTEST_WRAPPED_LINE <= len(previous.text) <= WIDEST_WRAPPED_LINE else 4
    if _is_titlelike(previous.text) and _is_wide(line.text):
        cost += 8
    return cost


_WITHOUT_ABSTRACT = 8.0
_WITHOUT_TITLE = 8.0


def _in_blocks(lines: Sequence[Line]) -> bool:
    """True if blank lines part the page into blocks of two lines or more."""
    sizes = [0]
    for line in lines:
        if line.after_blank and sizes[-1]:
            sizes.append(0)
        sizes[-1] += 1
    return len(sizes) > 1 and min(sizes) > 1


def assign_roles(lines: Sequence[Line]) -> list[Role]:
    """Role of every line under the cheapest reading of the page.

    Parameters
    ----------
    lines : sequence of Line
        The non-blank lines of one page, without banner.

    Returns
    -------
    list of Role
        As long as `lines`. A title may be followed by a title (its abstract is missing) and a page may
        begin with an abstract (its title is missing).
    """
    if not lines:
        return []
    in_blocks = _in_blocks(lines)
    first = lines[0]
    infinite = float("inf")
    best = [_title_cost(first, None, False), _abstract_cost(first) + _WITHOUT_TITLE, infinite]
    came_from: list[list[Role]] = []
    for previous, line in pairwise(lines):
        title, abstract, continued = best
        # Ties go to the first alternative: plain alternation before anything else.
        to_title = min(
            (abstract, Role.ABSTRACT), (continued, Role.CONTINUED), (title + _WITHOUT_ABSTRACT, Role.TITLE)
        )
        to_continued = min((abstract, Role.ABSTRACT), (continued, Role.CONTINUED))
        came_from.append([to_title[1], Role.TITLE, to_continued[1]])
        best = [
            to_title[0] + _title_cost(line, previous, in_blocks),
            title + _abstract_cost(line),
            to_continued[0] + _continued_cost(line, previous),
        ]
    ends = [best[Role.ABSTRACT], best[Role.CONTINUED], best[Role.TITLE] + _WITHOUT_ABSTRACT]
    role = (Role.ABSTRACT, Role.CONTINUED, Role.TITLE)[ends.index(min(ends))]
    roles = [role]
    for choices in reversed(came_from):
        role = choices[role]
        roles.append(role)
    roles.reverse()
    return roles

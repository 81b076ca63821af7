"""Which line of a page is a title and which is abstract.

A saved page alternates title and abstract. Real pages break that rule: an abstract runs over several
lines, an editor breaks every line at its width, one is missing, blank lines come and go. Every line gets
a cost for each role it could play, and the cheapest reading of the whole page wins (Viterbi 1967). A page
that alternates costs nothing, so only clear evidence moves the reading away from plain alternation.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from paperatlas.readers.lines import (
    LONGEST_TITLE,
    SENTENCE_BREAK,
    SHORTEST_WRAPPED_LINE,
    WIDEST_WRAPPED_LINE,
    Line,
    ends_open,
    ends_sentence,
    ends_url,
    fills,
    has_blocks,
    has_long_lines,
    is_capitalised,
    is_cut_off,
    is_title_case,
    is_titlelike,
    is_wide,
    looks_like_title,
    wrap_width,
)

__all__ = ["Line", "Role", "assign_roles"]


class Role(IntEnum):
    """The part a line plays."""

    TITLE = 0
    ABSTRACT = 1
    CONTINUED = 2
    TITLE_CONTINUED = 3


class Form(NamedTuple):
    """What the page as a whole says about its lines."""

    in_blocks: bool
    width: int | None
    long_abstracts: bool

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Form:
        width = wrap_width(lines)
        return cls(has_blocks(lines), width, width is not None or has_long_lines(lines))

    def is_within(self, line: Line) -> bool:
        """True if the page is broken at a width and this line keeps to it."""
        return self.width is not None and len(line.text) <= self.width


def _title_cost(line: Line, previous: Line | None, form: Form) -> float:
    text = line.text
    cost = 0.0
    if form.in_blocks and not line.after_blank:
        cost += 20
    if form.width is not None:
        cost += _title_cost_at_width(line, previous, form.width)
    elif len(text) < SHORTEST_WRAPPED_LINE:
        return cost
    if len(text) > LONGEST_TITLE:
        cost += 12
    elif is_wide(text):
        cost += 3
    if SENTENCE_BREAK.search(text, 0, LONGEST_TITLE):
        cost += 3
    if text.endswith("."):
        cost += 6
    if text[0].islower() and ":" not in text[:30]:
        cost += 3
    if ends_open(text):
        cost += 4
    return cost + _title_cost_after(previous, text, form)


def _title_cost_after(previous: Line | None, text: str, form: Form) -> float:
    if previous is None or len(previous.text) > WIDEST_WRAPPED_LINE:
        return 0.0
    cost = 3.0 if form.width is None and is_cut_off(previous.text) else 0.0
    return cost if is_capitalised(text) else cost + 2


def _title_cost_at_width(line: Line, previous: Line | None, width: int) -> float:
    """A title begins where the line before had room for its first word, but for chance."""
    if previous is None or len(previous.text) > width or line.after_blank:
        return 0.0
    if fills(previous, line, width):
        return 2.0 if ends_sentence(previous.text) else 6.0
    return 0.0 if ends_sentence(previous.text) or ends_url(previous.text) else 3.0


def _abstract_cost(line: Line, form: Form) -> float:
    text = line.text
    cost = 2.0 if is_titlelike(text) else 0.0
    if form.in_blocks and line.after_blank:
        cost += 20
    if len(text) >= SHORTEST_WRAPPED_LINE and text[0].islower():
        cost += 4
    return cost + _cost_of_a_title_inside(text, form)


def _cost_of_a_title_inside(text: str, form: Form) -> float:
    """Where abstracts are long lines, a line that looks like a title in every way is hardly part of one."""
    if not form.long_abstracts or form.width is not None or not looks_like_title(text):
        return 0.0
    return 16.0


def _continued_cost(line: Line, previous: Line, form: Form) -> float:
    text = line.text
    if form.in_blocks and not line.after_blank:
        return 0.0
    if form.is_within(line) and form.is_within(previous) and not line.after_blank:
        if not fills(previous, line, form.width or 0):
            return 6.0 if ends_sentence(previous.text) else 9.0
        return 5.0 if ends_sentence(previous.text) and is_title_case(text) else 0.0
    if is_cut_off(previous.text) and not line.after_blank and len(text) <= WIDEST_WRAPPED_LINE:
        return 0.5 if text[0].islower() else 1.0
    cost = 2.0 if len(text) >= SHORTEST_WRAPPED_LINE and text.endswith(".") else 5.0
    if line.after_blank:
        cost += 14 if form.in_blocks else 4
    if is_titlelike(text):
        cost += 1 if SHORTEST_WRAPPED_LINE <= len(previous.text) <= WIDEST_WRAPPED_LINE else 4
    if is_titlelike(previous.text) and is_wide(text):
        cost += 8
    if form.width is not None and len(text) > form.width:
        cost += 6
    return cost + _cost_of_a_title_inside(text, form)


def _title_continued_cost(line: Line, previous: Line, form: Form) -> float:
    """A title runs on only where the page is broken at a width, and only from a line that is full."""
    if form.width is None or line.after_blank or not fills(previous, line, form.width):
        return _NEVER
    if len(line.text) > form.width or len(previous.text) > form.width:
        return _NEVER
    cost = 1.0
    if not is_capitalised(line.text):
        cost += 3
    if line.text.endswith("."):
        cost += 6
    if SENTENCE_BREAK.search(line.text):
        cost += 3
    return cost


_NEVER = float("inf")
_WITHOUT_TITLE = 8.0


def _without_abstract(form: Form) -> float:
    """Where abstracts are long, a short line after a short line says clearly that one is missing."""
    return 5.0 if form.long_abstracts and form.width is None else 8.0


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
    form = Form.of(lines)
    missing = _without_abstract(form)
    first = lines[0]
    best = [
        _title_cost(first, None, form._replace(in_blocks=False)),
        _abstract_cost(first, form) + _WITHOUT_TITLE,
        _NEVER,
        _NEVER,
    ]
    came_from: list[tuple[Role, Role, Role, Role]] = []
    for previous, line in pairwise(lines):
        title, abstract, continued, more_title = best
        # Ties go to the first alternative: plain alternation before anything else.
        to_title = min(
            (abstract, Role.ABSTRACT),
            (continued, Role.CONTINUED),
            (title + missing, Role.TITLE),
            (more_title + missing, Role.TITLE_CONTINUED),
        )
        in_title = min((title, Role.TITLE), (more_title, Role.TITLE_CONTINUED))
        in_abstract = min((abstract, Role.ABSTRACT), (continued, Role.CONTINUED))
        came_from.append((to_title[1], in_title[1], in_abstract[1], in_title[1]))
        best = [
            to_title[0] + _title_cost(line, previous, form),
            in_title[0] + _abstract_cost(line, form),
            in_abstract[0] + _continued_cost(line, previous, form),
            in_title[0] + _title_continued_cost(line, previous, form),
        ]
    ends = {
        Role.ABSTRACT: best[Role.ABSTRACT],
        Role.CONTINUED: best[Role.CONTINUED],
        Role.TITLE: best[Role.TITLE] + missing,
        Role.TITLE_CONTINUED: best[Role.TITLE_CONTINUED] + missing,
    }
    role = min(ends, key=ends.__getitem__)
    roles = [role]
    for choices in reversed(came_from):
        role = choices[role]
        roles.append(role)
    roles.reverse()
    return roles

"""Which line of a page is a title and which is abstract, and where that is not sure.

A saved page alternates title and abstract. Real pages break that rule: an abstract runs over several
lines, an editor breaks every line at its width, one is missing, blank lines come and go. Every line gets
a cost for each role it could play, and the cheapest reading of the whole page wins (Viterbi 1967). A page
that alternates costs nothing, so only clear evidence moves the reading away from plain alternation. Where a
page can be read in two ways, the likelier reading is kept, and named as a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import pairwise
from statistics import median
from typing import NamedTuple

LONGEST_TITLE = 300
LONGEST_COMMON_TITLE = 200
SHORTEST_WRAPPED_LINE = 50
WIDEST_WRAPPED_LINE = 400
NARROWEST_PAGE = 40
FEWEST_FULL_LINES = 4

SHORT_TITLE = "an abstract as short as a title; perhaps it is one, and abstracts are missing here"
SECOND_PARAGRAPH = "a further paragraph of the abstract before it, or one whose title is missing"
LONG_TITLE = f"a title of more than {LONGEST_TITLE} characters; perhaps it is an abstract"
FULL_LINE = "a title after a line that is full; perhaps it belongs to the abstract before it"
ODD_BREAK = "a line that is broken where the others are not; perhaps it is a title"
MUCH_LONGER = "an abstract much longer than the others; perhaps a title stands inside"
_LONGER, _ENOUGH_TO_COMPARE, _RARE, _WHOLE = 1.7, 5, 0.2, 0.75

_SENTENCE_BREAK = re.compile(r"[.!?] (?=[A-Z])")
_FULL_STOP = (".", '."', ".)", ".”")
_SENTENCE_END = (*_FULL_STOP, "!", "?")
_URL_AT_END = re.compile(r"(?:https?://|www\.)\S+$")
_OPEN_END = re.compile(
    r"(?:,|;|\b(?:a|an|and|are|as|at|be|by|can|for|from|has|have|in|is|it|its|of|on|or|our|such|than|that|the"
    r"|their|these|this|to|was|we|were|which|while|with))$"
)
_LONGEST_OPEN_END = 8
_NEVER = float("inf")
_WITHOUT_TITLE = 8.0


class Line(NamedTuple):
    """One non-blank line of a page."""

    number: int
    text: str
    after_blank: bool

    @property
    def is_wide(self) -> bool:
        """True for a line longer than almost all titles."""
        return len(self.text) > LONGEST_COMMON_TITLE

    @property
    def ends_sentence(self) -> bool:
        """True if the line closes a sentence."""
        return self.text.endswith(_SENTENCE_END)

    @property
    def ends_url(self) -> bool:
        """True if a web address closes the line, as it does in many abstracts."""
        return _URL_AT_END.search(self.text[-WIDEST_WRAPPED_LINE:]) is not None

    @property
    def is_titlelike(self) -> bool:
        """True for a line that could be a title: not wide, and not a sentence."""
        return not (self.is_wide or self.ends_sentence)

    @property
    def lacks_end(self) -> bool:
        """True for a line that is not wide and that neither a full stop nor a web address closes."""
        return not (self.is_wide or self.text.endswith(_FULL_STOP) or self.ends_url)

    @property
    def is_cut_off(self) -> bool:
        """True for a line that an editor's line width broke in mid-sentence."""
        within = SHORTEST_WRAPPED_LINE <= len(self.text) <= WIDEST_WRAPPED_LINE
        return within and not self.ends_sentence and not self.ends_url

    def is_capitalised(self, share: float = 1 / 3) -> bool:
        """True if this share of the longer words begin like names, as in a title."""
        words = [word for word in self.text.split() if len(word) > 4]
        return sum(not word[0].islower() for word in words) >= share * len(words)

    def room_after(self, following: Line) -> int:
        """Width that this line and the first word of the next one would need."""
        return len(self.text) + 1 + len(following.text[:WIDEST_WRAPPED_LINE].split(None, 1)[0])


class Role(IntEnum):
    """The part a line plays."""

    TITLE = 0
    ABSTRACT = 1
    CONTINUED = 2
    TITLE_CONTINUED = 3


class Form(NamedTuple):
    """What the page as a whole says about its lines: blank lines part blocks, a width, long abstracts."""

    in_blocks: bool
    width: int | None
    long_lines: bool

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Form:
        """The form of a page."""
        blocks = [0]
        for line in lines:
            if line.after_blank and blocks[-1]:
                blocks.append(0)
            blocks[-1] += 1
        long = len(lines) >= 6 and 4 * sum(line.is_wide for line in lines) >= len(lines)
        return cls(len(blocks) > 1 and min(blocks) > 1, wrap_width(lines), long)

    def is_broken(self, previous: Line, line: Line) -> bool:
        """True if both lines keep to the width at which the page is broken, and no blank line parts them."""
        longest = max(len(previous.text), len(line.text))
        return self.width is not None and not line.after_blank and longest <= self.width

    def is_full(self, line: Line, following: Line) -> bool:
        """True if the next line's first word had no room left on this line."""
        return line.room_after(following) > (self.width or 0)

    @property
    def only_long_lines(self) -> bool:
        """True where abstracts are long lines that no editor broke."""
        return self.long_lines and self.width is None


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
            room = min(line.room_after(following), WIDEST_WRAPPED_LINE + 1)
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


def _title_cost(line: Line, previous: Line | None, form: Form) -> float:
    text = line.text
    cost = 20.0 if form.in_blocks and not line.after_blank and previous is not None else 0.0
    if previous is not None and form.is_broken(previous, line):
        # A title begins where the line before had room for its first word, but for chance.
        if form.is_full(previous, line):
            cost += 2 if previous.ends_sentence else 6
        elif not (previous.ends_sentence or previous.ends_url):
            cost += 3
    if form.width is None and len(text) < SHORTEST_WRAPPED_LINE:
        return cost
    if line.is_wide:
        cost += 12 if len(text) > LONGEST_TITLE else 3
    if text.endswith("."):
        cost += 6
    if _OPEN_END.search(text[-_LONGEST_OPEN_END:]):
        cost += 4
    if previous is not None and len(previous.text) <= WIDEST_WRAPPED_LINE:
        cost += 0 if line.is_capitalised() else 2
    return cost


def _abstract_cost(line: Line, form: Form) -> float:
    cost = 2.0 if line.is_titlelike else 0.0
    if form.in_blocks and line.after_blank:
        cost += 20
    if len(line.text) >= SHORTEST_WRAPPED_LINE and line.text[0].islower():
        cost += 4
    return cost + _cost_of_a_title_inside(line, form)


def _cost_of_a_title_inside(line: Line, form: Form) -> float:
    """Where abstracts are long lines, a line that looks like a title in every way is hardly part of one."""
    return 16.0 if form.only_long_lines and line.lacks_end and line.is_capitalised() else 0.0


def _continued_cost(line: Line, previous: Line, form: Form) -> float:
    text = line.text
    if form.in_blocks and not line.after_blank:
        return 0.0
    if form.is_broken(previous, line):
        if not form.is_full(previous, line):
            return 6.0 if previous.ends_sentence else 9.0
        named = len([word for word in text.split() if len(word) > 4]) >= 3 and line.is_capitalised(4 / 5)
        return 5.0 if previous.ends_sentence and named and not text.endswith(_FULL_STOP) else 0.0
    if previous.is_cut_off and not line.after_blank and len(text) <= WIDEST_WRAPPED_LINE:
        return 1.0
    cost = 2.0 if len(text) >= SHORTEST_WRAPPED_LINE and text.endswith(".") else 5.0
    if line.after_blank:
        cost += 14 if form.in_blocks else 4
    if line.is_titlelike:
        cost += 4
    if previous.is_titlelike and line.is_wide:
        cost += 8
    return cost + _cost_of_a_title_inside(line, form)


def _title_continued_cost(line: Line, previous: Line, form: Form) -> float:
    """A title runs on only where the page is broken at a width, and only from a line that is full."""
    if not form.is_broken(previous, line) or not form.is_full(previous, line):
        return _NEVER
    cost = 1.0 if line.is_capitalised() else 4.0
    if line.text.endswith("."):
        cost += 6
    if _SENTENCE_BREAK.search(line.text):
        cost += 3
    return cost


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
    # Where abstracts are long, a short line after a short line says clearly that one is missing.
    missing = 5.0 if form.only_long_lines else 8.0
    best = [
        _title_cost(lines[0], None, form),
        _abstract_cost(lines[0], form) + _WITHOUT_TITLE,
        _NEVER,
        _NEVER,
    ]
    came_from: list[tuple[Role, ...]] = []
    for previous, line in pairwise(lines):
        title, abstract, continued, more_title = best
        # Ties go to the role that is named first.
        in_title = min((title, Role.TITLE), (more_title, Role.TITLE_CONTINUED))
        in_abstract = min((abstract, Role.ABSTRACT), (continued, Role.CONTINUED))
        to_title = min(in_abstract, (in_title[0] + missing, in_title[1]))
        came_from.append((to_title[1], in_title[1], in_abstract[1], in_title[1]))
        best = [
            to_title[0] + _title_cost(line, previous, form),
            in_title[0] + _abstract_cost(line, form),
            in_abstract[0] + _continued_cost(line, previous, form),
            in_title[0] + _title_continued_cost(line, previous, form),
        ]
    ends = {role: best[role] for role in (Role.ABSTRACT, Role.CONTINUED)}
    ends |= {role: best[role] + missing for role in (Role.TITLE, Role.TITLE_CONTINUED)}
    roles = [min(ends, key=ends.__getitem__)]
    for choices in reversed(came_from):
        roles.append(choices[roles[-1]])
    return roles[::-1]


def reading_doubts(lines: Sequence[Line], roles: Sequence[Role]) -> Iterator[tuple[Line, str]]:
    """Lines that were placed, but could have been placed otherwise, with the other reading.

    Parameters
    ----------
    lines : sequence of Line
        The non-blank lines of one page.
    roles : sequence of Role
        As from `assign_roles`.
    """
    form = Form.of(lines)
    for line, role in zip(lines, roles, strict=True):
        if role is Role.TITLE and len(line.text) > LONGEST_TITLE:
            yield line, LONG_TITLE
    lengths: list[tuple[Line, int]] = []
    for line, role in zip(lines, roles, strict=True):
        if role is Role.ABSTRACT:
            lengths.append((line, len(line.text)))
        elif role is Role.CONTINUED and lengths:
            lengths[-1] = (lengths[-1][0], lengths[-1][1] + len(line.text))
    usual = median(length for _, length in lengths) if lengths else 0
    if form.only_long_lines:
        yield from _doubts_in_long_lines(lines, roles, usual, len(lengths))
    elif form.width is not None:
        yield from _doubts_at_width(lines, roles, form)
        if len(lengths) >= _ENOUGH_TO_COMPARE:
            yield from ((line, MUCH_LONGER) for line, length in lengths if length > _LONGER * usual)


def _doubts_at_width(lines: Sequence[Line], roles: Sequence[Role], form: Form) -> Iterator[tuple[Line, str]]:
    for (before, _), (line, role) in pairwise(zip(lines, roles, strict=True)):
        if not form.is_broken(before, line):
            continue
        full = form.is_full(before, line)
        if role is Role.TITLE and full and not before.ends_sentence:
            yield line, FULL_LINE
        elif role is Role.CONTINUED and not full:
            yield line, ODD_BREAK


def _doubts_in_long_lines(
    lines: Sequence[Line], roles: Sequence[Role], usual: float, n_abstracts: int
) -> Iterator[tuple[Line, str]]:
    rare = roles.count(Role.CONTINUED) <= _RARE * n_abstracts
    for line, role in zip(lines, roles, strict=True):
        if role in (Role.ABSTRACT, Role.CONTINUED) and line.lacks_end:
            yield line, SHORT_TITLE
        elif role is Role.CONTINUED and line.is_wide and (rare or len(line.text) >= _WHOLE * usual):
            yield line, SECOND_PARAGRAPH

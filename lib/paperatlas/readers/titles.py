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
from itertools import accumulate, pairwise
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

_URL_AT_END = re.compile(r"(?:https?://|www\.)\S+$")
_NEVER = float("inf")
_INCOMPLETE = 8.0  # a title without an abstract, or an abstract without a title


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
    def ends_statement(self) -> bool:
        """True if a full stop closes the line, or a web address, as it does many abstracts."""
        closed = self.text.endswith((".", '."', ".)", ".”"))
        return closed or _URL_AT_END.search(self.text[-WIDEST_WRAPPED_LINE:]) is not None

    @property
    def ends_sentence(self) -> bool:
        """True if the line closes a sentence, a question included."""
        return self.text.endswith(("!", "?")) or self.ends_statement

    @property
    def could_be_title(self) -> bool:
        """True for a line that is neither wide nor a statement."""
        return not (self.is_wide or self.ends_statement)

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
    """What a page as a whole says about its lines.

    Blank lines part blocks of several lines; an editor broke all lines at a width; or abstracts are long lines that
    no editor broke.
    """

    in_blocks: bool
    width: int
    only_long_lines: bool

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Form:
        """The form of a page."""
        blocks = [0]
        for line in lines:
            if line.after_blank and blocks[-1]:
                blocks.append(0)
            blocks[-1] += 1
        width = wrap_width(lines)
        long = len(lines) >= 6 and 4 * sum(line.is_wide for line in lines) >= len(lines)
        return cls(len(blocks) > 1 and min(blocks) > 1, width, long and not width)

    def is_broken(self, previous: Line, line: Line) -> bool:
        """True if both lines keep to the width at which the page is broken, and no blank line parts them."""
        return not line.after_blank and max(len(previous.text), len(line.text)) <= self.width

    def is_full(self, line: Line, following: Line) -> bool:
        """True if the next line's first word had no room left on this line."""
        return line.room_after(following) > self.width


def wrap_width(lines: Sequence[Line]) -> int:
    """Width at which an editor broke the lines of the page; 0 if none explains them.

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
        room = min(line.room_after(following), WIDEST_WRAPPED_LINE + 1)
        if len(line.text) >= NARROWEST_PAGE and longest < room:
            filled[longest] += 1
            filled[room] -= 1
    explained, keeping = list(accumulate(filled[:-1])), list(accumulate(within))
    width = explained.index(max(explained))
    best = explained[width]
    return width if best >= FEWEST_FULL_LINES and 2 * best >= keeping[width] else 0


def _title_cost(line: Line, previous: Line | None, form: Form) -> float:
    cost = 12.0 if len(line.text) > LONGEST_TITLE else 3.0 if line.is_wide else 0.0
    if line.text.endswith(".") and len(line.text) >= SHORTEST_WRAPPED_LINE:
        cost += 6
    if not line.is_capitalised():
        cost += 2
    if previous is None:
        return cost
    if form.in_blocks and not line.after_blank:
        cost += 20
    if form.is_broken(previous, line):
        # A title begins where the line before had room for its first word, but for chance.
        if form.is_full(previous, line):
            cost += 2 if previous.ends_sentence else 6
        elif not previous.ends_sentence:
            cost += 3
    return cost


def _abstract_cost(line: Line, form: Form) -> float:
    cost = 2.0 if not (line.is_wide or line.ends_sentence) else 0.0
    if form.in_blocks and line.after_blank:
        cost += 20
    if len(line.text) >= SHORTEST_WRAPPED_LINE and line.text[0].islower():
        cost += 4
    return cost + _cost_of_a_title_inside(line, form)


def _cost_of_a_title_inside(line: Line, form: Form) -> float:
    """Where abstracts are long lines, a line that looks like a title in every way is hardly part of one."""
    return 16.0 if form.only_long_lines and line.could_be_title and line.is_capitalised() else 0.0


def _continued_cost(line: Line, previous: Line, form: Form) -> float:
    if form.in_blocks and not line.after_blank:
        return 0.0
    if form.is_broken(previous, line):
        if not form.is_full(previous, line):
            return 9.0
        named = sum(len(word) > 4 for word in line.text.split()) >= 3 and line.is_capitalised(4 / 5)
        return 5.0 if previous.ends_sentence and named and not line.ends_statement else 0.0
    longest = max(len(previous.text), len(line.text))
    in_sentence = len(previous.text) >= SHORTEST_WRAPPED_LINE and not previous.ends_sentence
    if in_sentence and not line.after_blank and longest <= WIDEST_WRAPPED_LINE:
        return 1.0
    cost = 2.0 if len(line.text) >= SHORTEST_WRAPPED_LINE and line.ends_statement else 5.0
    if line.after_blank:
        cost += 14 if form.in_blocks else 4
    if line.could_be_title:
        cost += 4
    if line.is_wide and not (previous.is_wide or previous.ends_sentence):
        cost += 8
    return cost + _cost_of_a_title_inside(line, form)


def _title_continued_cost(line: Line, previous: Line, form: Form) -> float:
    """A title runs on only where the page is broken at a width, and only from a line that is full."""
    if not form.is_broken(previous, line) or not form.is_full(previous, line):
        return _NEVER
    return 1.0 if line.is_capitalised() else 4.0


def assign_roles(lines: Sequence[Line]) -> list[Role]:
    """Role of every non-blank line of one page, without banner, under the cheapest reading.

    A title may be followed by a title (its abstract is missing) and a page may begin with an abstract (its title
    is missing).
    """
    if not lines:
        return []
    form = Form.of(lines)
    best = [
        _title_cost(lines[0], None, form), _abstract_cost(lines[0], form) + _INCOMPLETE, _NEVER, _NEVER,
    ]  # fmt: skip
    came_from: list[tuple[Role, ...]] = []
    for previous, line in pairwise(lines):
        title, abstract, continued, more_title = best
        # Ties go to the role that is named first.
        in_title = min((title, Role.TITLE), (more_title, Role.TITLE_CONTINUED))
        in_abstract = min((abstract, Role.ABSTRACT), (continued, Role.CONTINUED))
        to_title = min(in_abstract, (in_title[0] + _INCOMPLETE, in_title[1]))
        came_from.append((to_title[1], in_title[1], in_abstract[1], in_title[1]))
        best = [
            to_title[0] + _title_cost(line, previous, form),
            in_title[0] + _abstract_cost(line, form),
            in_abstract[0] + _continued_cost(line, previous, form),
            in_title[0] + _title_continued_cost(line, previous, form),
        ]
    ends = {role: best[role] for role in (Role.ABSTRACT, Role.CONTINUED)}
    ends |= {role: best[role] + _INCOMPLETE for role in (Role.TITLE, Role.TITLE_CONTINUED)}
    roles = [min(ends, key=ends.__getitem__)]
    for choices in reversed(came_from):
        roles.append(choices[roles[-1]])
    return roles[::-1]


def reading_doubts(lines: Sequence[Line], roles: Sequence[Role]) -> Iterator[tuple[Line, str]]:
    """Lines that were placed, but could have been placed otherwise, with the other reading."""
    form = Form.of(lines)
    lengths: list[tuple[Line, int]] = []
    for line, role in zip(lines, roles, strict=True):
        if role is Role.TITLE and len(line.text) > LONGEST_TITLE:
            yield line, LONG_TITLE
        elif role is Role.ABSTRACT:
            lengths.append((line, len(line.text)))
        elif role is Role.CONTINUED and lengths:
            lengths[-1] = (lengths[-1][0], lengths[-1][1] + len(line.text))
    usual = median(length for _, length in lengths) if lengths else 0
    rare = roles.count(Role.CONTINUED) <= _RARE * len(lengths)
    if form.only_long_lines:
        for line, role in zip(lines, roles, strict=True):
            if role in (Role.ABSTRACT, Role.CONTINUED) and line.could_be_title:
                yield line, SHORT_TITLE
            elif role is Role.CONTINUED and line.is_wide and (rare or len(line.text) >= _WHOLE * usual):
                yield line, SECOND_PARAGRAPH
    elif form.width:
        yield from _doubts_at_width(lines, roles, form)
        if len(lengths) >= _ENOUGH_TO_COMPARE:
            yield from ((line, MUCH_LONGER) for line, length in lengths if length > _LONGER * usual)


def _doubts_at_width(lines: Sequence[Line], roles: Sequence[Role], form: Form) -> Iterator[tuple[Line, str]]:
    for (before, _), (line, role) in pairwise(zip(lines, roles, strict=True)):
        if form.is_broken(before, line):
            full = form.is_full(before, line)
            if role is Role.TITLE and full and not before.ends_sentence:
                yield line, FULL_LINE
            elif role is Role.CONTINUED and not full:
                yield line, ODD_BREAK

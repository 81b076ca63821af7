"""Where the reading of a page is the likeliest one and yet not sure.

Some pages can be read in two ways: two long lines in a row are an abstract of two paragraphs, or the title
between them is missing. The loader keeps the likelier reading and says here that it had a choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from paperatlas.readers.lines import (
    LONGEST_TITLE,
    Line,
    ends_sentence,
    fills,
    has_long_lines,
    is_wide,
    lacks_end,
    wrap_width,
)
from paperatlas.readers.segment import Role

SHORT_TITLE = "an abstract as short as a title; perhaps it is one, and abstracts are missing here"
SECOND_PARAGRAPH = "a further paragraph of the abstract before it, or one whose title is missing"
LONG_TITLE = f"a title of more than {LONGEST_TITLE} characters; perhaps it is an abstract"
FULL_LINE = "a title after a line that is full; perhaps it belongs to the abstract before it"
ODD_BREAK = "a line that is broken where the others are not; perhaps it is a title"

MUCH_LONGER = "an abstract much longer than the others; perhaps a title stands inside"

_LONGER = 1.7
_ENOUGH_TO_COMPARE = 5
_RARE = 0.2
_WHOLE = 0.75


def doubts(lines: Sequence[Line], roles: Sequence[Role]) -> Iterator[tuple[Line, str]]:
    """Lines that were placed, but could have been placed otherwise, with the other reading.

    Parameters
    ----------
    lines : sequence of Line
        The non-blank lines of one page.
    roles : sequence of Role
        As from `paperatlas.readers.segment.assign_roles`.
    """
    width = wrap_width(lines)
    for line, role in zip(lines, roles, strict=True):
        if role is Role.TITLE and len(line.text) > LONGEST_TITLE:
            yield line, LONG_TITLE
    if width is not None:
        yield from _at_width(lines, roles, width)
        yield from _much_longer(lines, roles)
    elif has_long_lines(lines):
        yield from _in_long_lines(lines, roles)


def _at_width(lines: Sequence[Line], roles: Sequence[Role], width: int) -> Iterator[tuple[Line, str]]:
    for (before, _), (line, role) in pairwise(zip(lines, roles, strict=True)):
        if line.after_blank or max(len(before.text), len(line.text)) > width:
            continue
        full = fills(before, line, width)
        if role is Role.TITLE and full and not ends_sentence(before.text):
            yield line, FULL_LINE
        elif role is Role.CONTINUED and not full:
            yield line, ODD_BREAK


def _lengths(lines: Sequence[Line], roles: Sequence[Role]) -> list[tuple[Line, int]]:
    """First line and characters of every abstract."""
    found: list[tuple[Line, int]] = []
    for line, role in zip(lines, roles, strict=True):
        if role is Role.ABSTRACT:
            found.append((line, len(line.text)))
        elif role is Role.CONTINUED and found:
            found[-1] = (found[-1][0], found[-1][1] + len(line.text))
    return found


def _much_longer(lines: Sequence[Line], roles: Sequence[Role]) -> Iterator[tuple[Line, str]]:
    abstracts = _lengths(lines, roles)
    if len(abstracts) < _ENOUGH_TO_COMPARE:
        return
    usual = median(length for _, length in abstracts)
    yield from ((line, MUCH_LONGER) for line, length in abstracts if length > _LONGER * usual)


def _in_long_lines(lines: Sequence[Line], roles: Sequence[Role]) -> Iterator[tuple[Line, str]]:
    """The two readings of a page on which every abstract is a long line."""
    lengths = [length for _, length in _lengths(lines, roles)]
    usual = median(lengths) if lengths else 0
    further = [line for line, role in zip(lines, roles, strict=True) if role is Role.CONTINUED]
    rare = len(further) <= _RARE * len(lengths)
    for line, role in zip(lines, roles, strict=True):
        if role in (Role.ABSTRACT, Role.CONTINUED) and lacks_end(line.text):
            yield line, SHORT_TITLE
        elif role is Role.CONTINUED and is_wide(line.text) and (rare or len(line.text) >= _WHOLE * usual):
            yield line, SECOND_PARAGRAPH

"""Search pages as they were shipped: a banner, then titles and abstracts in turn, verbatim.

A saved page alternates title and abstract. Real pages break that rule: an abstract runs over several lines, an editor
breaks every line at its width, one is missing, blank lines come and go. Every line gets a cost for each role it could
play, and the cheapest reading of the whole page wins (Viterbi 1967). A page that alternates costs nothing, so only
clear evidence moves the reading away from plain alternation. Where a page can be read in two ways, the likelier
reading is kept, and named as a doubt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import pairwise
from operator import add
from typing import NamedTuple

import pandas as pd

from paperatlas.errors import DumpError
from paperatlas.readers.content import encoding_of
from paperatlas.readers.records import Problem, clean

BANNER = (
    "Get trending papers in your email inbox once a day!",
    "Get trending papers in your email inbox!",
)
BUTTON = "Subscribe"
MAX_BYTES = 64 * 2**20
MAX_LINES = 2_000_000
NO_ABSTRACT = "title without an abstract"
NO_TITLE = "abstract without a title"
NOT_TEXT = "characters that cannot be read"

SHORT_TITLE = "an abstract as short as a title; perhaps it is one, and abstracts are missing here"
SECOND_PARAGRAPH = "a further paragraph of the abstract before it, or one whose title is missing"
LONG_TITLE = "a title longer than almost all; perhaps it is an abstract"

# Characters: of a title at most, and of almost all titles; of a line that an editor broke.
_LONGEST_TITLE, _COMMON_TITLE = 300, 200
_WIDEST_LINE, _NARROWEST_PAGE = 400, 40
_FEWEST_FULL_LINES = 4
_RARE = 0.2
_NEVER = float("inf")
_INCOMPLETE = 8.0  # a title without an abstract, or an abstract without a title

_LINE_END = re.compile(r"\r\n|\r|\n")
_SENTENCE_END = re.compile(r"(?:[!?]|\.[\")”]?|(?:https?://|www\.)\S+)$")
_BUTTON = re.compile(rf"{BUTTON}(?!\s)")  # "Subscribe to …" is a title of its own


class Line(NamedTuple):
    """One non-blank line of a page."""

    number: int
    text: str
    after_blank: bool

    @property
    def is_wide(self) -> bool:
        """Longer than almost all titles."""
        return len(self.text) > _COMMON_TITLE

    @property
    def ends_sentence(self) -> bool:
        """Closed by a sentence, or by a web address, as many abstracts are."""
        return _SENTENCE_END.search(self.text[-_WIDEST_LINE:]) is not None

    @property
    def could_be_title(self) -> bool:
        """Neither wide nor a statement; a question or exclamation may be a title."""
        return not self.is_wide and (self.text.endswith(("!", "?")) or not self.ends_sentence)

    def room_after(self, following: Line) -> int:
        """Width that this line and the first word of the next one would need."""
        return len(self.text) + 1 + len(following.text[:_WIDEST_LINE].split(None, 1)[0])


_END = Line(0, "", after_blank=False)


class Role(IntEnum):
    """The part a line plays."""

    TITLE = 0
    ABSTRACT = 1
    CONTINUED = 2
    TITLE_CONTINUED = 3


# What a role costs after each other one, in the order of `Role`: a title may follow a title (its abstract is missing).
_ROLES = tuple(Role)
_TO_TITLE, _TO_CONTINUED = (_INCOMPLETE, 0.0, 0.0, _INCOMPLETE), (_NEVER, 0.0, 0.0, _NEVER)
_IN_TITLE = (0.0, _NEVER, _NEVER, 0.0)
_STEPS = (_TO_TITLE, _IN_TITLE, _TO_CONTINUED, _IN_TITLE)


def decode(raw: bytes, *, file: str) -> str:
    """Text of a page, in whichever encoding; one that is blank, no text or too long is refused."""
    if not raw.strip():
        raise DumpError(f"{file} is empty; save the search page again, or leave the file out")
    text = raw.decode(encoding_of([raw], file), errors="replace")
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise DumpError(f"{file} has more than {MAX_LINES:,} lines; split it into several dumps")
    return text


def parse_dump(text: str, *, file: str = "dump") -> tuple[list[tuple[str, str, int]], list[Problem]]:
    """Entries (title, abstract, line) and problems of one dump; `file` is its name in the problems."""
    entries: list[tuple[str, str, int]] = []
    problems: list[Problem] = []

    def note(line: Line, reason: str, *, kept: bool = True) -> None:
        remedy = "look at the page there" if kept else "complete the page there; the line was skipped"
        problems.append(Problem(file, f"line {line.number}", line.text, reason, remedy, kept))

    for page in map(Page, filter(None, _pages(clean(text)))):
        title: Line | None = None
        abstract: list[str] = []
        roles = page.roles()
        unsure = dict(page.doubts(roles))
        for line, role in [*zip(page.lines, roles, strict=True), (_END, Role.TITLE)]:
            if reason := NOT_TEXT if "\ufffd" in line.text else unsure.get(line):
                note(line, reason)
            if role is Role.TITLE:
                if title and abstract:
                    entries.append((title.text, "\n".join(abstract), title.number))
                elif title:
                    note(title, NO_ABSTRACT, kept=False)
                title, abstract = line, []
            elif role is Role.TITLE_CONTINUED and title:
                title = title._replace(text=f"{title.text} {line.text}")
            elif title:
                abstract.append(line.text)
            else:
                note(line, NO_TITLE, kept=False)
    return entries, problems


def _pages(text: str) -> Iterator[list[Line]]:
    """Non-blank lines between banners, the banner and its glued button taken off."""
    lines: list[Line] = []
    blank = after_banner = False
    for number, raw in enumerate(_LINE_END.split(text), start=1):
        content = raw.strip()
        if not content:
            blank = True
            continue
        # Files put one after the other glue a banner to the line before it.
        banner = next((banner for banner in BANNER if content.endswith(banner)), "")
        content = content.removesuffix(banner).rstrip()
        if content:
            button = _BUTTON.match(content) if after_banner else None
            if title := content[button.end() :] if button else content:
                lines.append(Line(number, title, blank))
            blank = after_banner = False
        if banner:
            yield lines
            lines, blank, after_banner = [], False, True
    yield lines


class Page:
    """The non-blank lines of one page, without banner, and what the page as a whole says about them.

    Blank lines part blocks of several lines; an editor broke all lines at a width; or abstracts are long lines that
    no editor broke.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        begins = [at for at, line in enumerate(lines) if line.after_blank and at]
        sizes = [end - begin for begin, end in pairwise([0, *begins, len(lines)])]
        self.in_blocks = len(sizes) > 1 and min(sizes) > 1
        self.width = wrap_width(lines)
        long = len(lines) >= 6 and 4 * sum(line.is_wide for line in lines) >= len(lines)
        self.only_long_lines = long and not self.width

    def _costs(self, line: Line, previous: Line | None) -> tuple[float, float, float, float]:
        """What each role, in the order of `Role`, would cost a line after the one before it."""
        # Of each longer word, whether it begins like a name, as many do in a title.
        names = [not word[0].islower() for word in line.text.split() if len(word) > 4]
        title = 12.0 * (len(line.text) > _LONGEST_TITLE) + 2 * (3 * sum(names) < len(names))
        abstract = 2.0 * (not (line.is_wide or line.ends_sentence)) + 4 * line.text[0].islower()
        # Where abstracts are long lines, a line that looks like a title is hardly one.
        abstract += 16 * (self.only_long_lines and line.could_be_title)
        continued = more_title = _NEVER
        if previous is not None:
            closed = previous.ends_sentence
            if not line.after_blank and max(len(previous.text), len(line.text)) <= self.width:
                full = previous.room_after(line) > self.width
                # A title begins where the line before had room for its first word, but for chance.
                title += (2 if closed else 6) if full else 3 * (not closed)
                named = len(names) >= 3 and 5 * sum(names) >= 4 * len(names)
                continued = 5.0 * (closed and named) if full else 9.0
                more_title = 2.0 if full else _NEVER
            else:
                continued = 5.0 + 4 * line.after_blank + 4 * line.could_be_title
                continued += 8 * (line.is_wide and not (previous.is_wide or closed))
            if self.in_blocks and not line.after_blank:
                continued = 0.0
        return title, abstract, continued, more_title

    def roles(self) -> list[Role]:
        """Role of every line under the cheapest reading; of such, one whose last abstract is there."""
        title, abstract, *_ = self._costs(self.lines[0], None)
        # A page may begin with an abstract (its title is missing), and ends where another title could follow.
        best = [title, abstract + _INCOMPLETE, _NEVER, _NEVER]
        came_from: list[list[Role]] = []
        for previous, line in pairwise(self.lines):
            before = [min(zip(map(add, best, steps), _ROLES, strict=True)) for steps in _STEPS]
            came_from.append([role for _, role in before])
            costs = self._costs(line, previous)
            best = [cost + so_far for cost, (so_far, _) in zip(costs, before, strict=True)]
        roles = [min(Role, key=lambda role: (best[role] + _TO_TITLE[role], _TO_TITLE[role]))]
        for choices in reversed(came_from):
            roles.append(choices[roles[-1]])
        return roles[::-1]

    def doubts(self, roles: Sequence[Role]) -> Iterator[tuple[Line, str]]:
        """Lines that were placed, but could have been placed otherwise, with the other reading."""
        rare = roles.count(Role.CONTINUED) <= _RARE * roles.count(Role.ABSTRACT)
        for line, role in zip(self.lines, roles, strict=True):
            if role is Role.TITLE and len(line.text) > _LONGEST_TITLE:
                yield line, LONG_TITLE
            elif self.only_long_lines and role in (Role.ABSTRACT, Role.CONTINUED):
                if line.could_be_title:
                    yield line, SHORT_TITLE
                elif role is Role.CONTINUED and line.is_wide and rare:
                    yield line, SECOND_PARAGRAPH


def wrap_width(lines: Sequence[Line]) -> int:
    """Width at which an editor broke the lines of the page; 0 if none explains them.

    A line that an editor broke at width w is no longer than w, and the next word did not fit. The width is the
    smallest one that explains most pairs of neighbouring lines, if it explains at least half of those that keep to
    it, and at least four.
    """
    explained, longest = Counter[int](), []
    for line, following in pairwise(lines):
        if not following.after_blank:
            longest.append(max(len(line.text), len(following.text)))
            if len(line.text) >= _NARROWEST_PAGE:
                explained.update(range(longest[-1], min(line.room_after(following), _WIDEST_LINE + 1)))
    most = max(explained.values(), default=0)
    width = min((width for width, pairs in explained.items() if pairs == most), default=0)
    keeping = sum(length <= width for length in longest)
    return width if most >= _FEWEST_FULL_LINES and 2 * most >= keeping else 0


def format_dump(records: pd.DataFrame | Sequence[tuple[str, str]]) -> str:
    """Text of a dump that `read_dumps` reads back as these records.

    Entries follow one another as on a saved page, parted by blank lines where they could be misread else. Records
    that a dump cannot hold, such as one without an abstract, raise a `DumpError`.

    Parameters
    ----------
    records : DataFrame with ``title`` and ``abstract``, or sequence of (title, abstract)
    """
    if isinstance(records, pd.DataFrame):
        records = list(zip(records["title"], records["abstract"], strict=True))
    pairs = [(title.strip(), abstract.strip()) for title, abstract in records]
    for place, (title, abstract) in enumerate(pairs, start=1):
        if not title or not abstract or _LINE_END.search(title):
            raise DumpError(
                f"record {place} cannot be written: expected a title on one line and an abstract, found {title!r}"
            )
    for gap in ("\n", "\n\n"):
        page = BUTTON + gap.join(f"{title}\n{abstract}" for title, abstract in pairs) if pairs else ""
        text = "\n".join([*BANNER, page] if page else BANNER) + "\n"
        if [(title, abstract) for title, abstract, _ in parse_dump(text)[0]] == pairs:
            return text
    raise DumpError(
        f"these {len(pairs)} records cannot be written so that they are read back as they are; look for a "
        "title of several sentences, an empty line inside an abstract, or page furniture in a text"
    )

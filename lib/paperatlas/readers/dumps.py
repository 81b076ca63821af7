"""Search pages as they were shipped: a banner, then titles and abstracts in turn, verbatim."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from paperatlas.errors import DumpError
from paperatlas.readers.content import encoding_of
from paperatlas.readers.records import Problem, clean
from paperatlas.readers.titles import Line, Role, assign_roles, reading_doubts

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

_LINE_END = re.compile(r"\r\n|\r|\n")
# "Subscribe to …" and, without a banner before it, "Subscriber …" are titles of their own.
_BUTTON_AFTER_BANNER, _BUTTON_ON_TOP = (re.compile(f"{BUTTON}(?![{no}])") for no in (r"\s", r"\sa-z"))


def decode(raw: bytes, *, file: str) -> str:
    """Text of these bytes, in whichever encoding `paperatlas.readers.content.encoding_of` finds.

    Raises
    ------
    DumpError
        If they are blank, not text, or of more than `MAX_LINES` lines.
    """
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

    def close(title: Line | None, abstract: list[str]) -> None:
        if title is not None and abstract:
            entries.append((title.text, "\n".join(abstract), title.number))
        elif title is not None:
            note(title, NO_ABSTRACT, kept=False)

    for lines in _pages(clean(text)):
        title: Line | None = None
        abstract: list[str] = []
        roles = assign_roles(lines)
        unsure = {line.number: reason for line, reason in reading_doubts(lines, roles)}
        for line, role in zip(lines, roles, strict=True):
            if "\ufffd" in line.text:
                note(line, NOT_TEXT)
            elif reason := unsure.get(line.number):
                note(line, reason)
            if role is Role.TITLE:
                close(title, abstract)
                title, abstract = line, []
            elif role is Role.TITLE_CONTINUED and title is not None:
                title = title._replace(text=f"{title.text} {line.text}")
            elif title is None:
                note(line, NO_TITLE, kept=False)
            else:
                abstract.append(line.text)
        close(title, abstract)
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
            if (after_banner or number == 1) and content.startswith(BUTTON):
                content = (_BUTTON_AFTER_BANNER if after_banner else _BUTTON_ON_TOP).sub("", content, count=1)
            if content:
                lines.append(Line(number, content, blank))
            blank = after_banner = False
        if banner:
            if lines:
                yield lines
            lines, blank, after_banner = [], False, True
    if lines:
        yield lines


def format_dump(records: pd.DataFrame | Sequence[tuple[str, str]]) -> str:
    """Text of a dump that `read_dumps` reads back as these records.

    Entries follow one another as on a saved page. Where that could be read in another way, for instance
    because two short abstracts without a full stop follow one another, a blank line parts the entries.

    Parameters
    ----------
    records : DataFrame with ``title`` and ``abstract``, or sequence of (title, abstract)

    Raises
    ------
    DumpError
        If a title or abstract is empty, a title holds a line break, or the text would not be read back as
        these records: a dump cannot say that.
    """
    given: Iterable[tuple[str, str]] = (
        zip(records["title"].tolist(), records["abstract"].tolist(), strict=True)
        if isinstance(records, pd.DataFrame)
        else records
    )
    pairs = [(title.strip(), abstract.strip()) for title, abstract in given]
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

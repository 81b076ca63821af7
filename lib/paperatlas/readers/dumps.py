"""The form of the shipped dumps: titles and abstracts of a search page, verbatim, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from paperatlas.errors import DumpError
from paperatlas.readers.doubts import doubts
from paperatlas.readers.lines import Line
from paperatlas.readers.problems import Problem
from paperatlas.readers.segment import Role, assign_roles

BANNER = (
    "Get trending papers in your email inbox once a day!",
    "Get trending papers in your email inbox!",
)
BUTTON = "Subscribe"
MAX_BYTES = 64 * 2**20
MAX_LINES = 2_000_000
NO_ABSTRACT = "title without an abstract"
NO_TITLE = "abstract without a title"
NOT_TEXT = "bytes that are not text in UTF-8"

_LINE_END = re.compile(r"\r\n|\r|\n")
# A null byte ends a text for many readers of tables, half a surrogate pair cannot be written at all.
_NEVER_IN_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(raw: bytes, *, file: str) -> str:
    """Text of these bytes: UTF-8, with or without a byte order mark, or UTF-16 with one.

    Raises
    ------
    DumpError
        If they are blank, not text, or of more than `MAX_LINES` lines.
    """
    if not raw.strip():
        raise DumpError(f"{file} is empty; save the search page again, or leave the file out")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", errors="replace")
    else:
        text = raw.decode("utf-8-sig", errors="replace")
    strange = len(text) - len(_CONTROL.sub("", text)) + text.count(_REPLACEMENT)
    if strange > 0.05 * len(text):
        raise DumpError(
            f"{file} is not text ({strange} of {len(text)} characters are not); expected a saved page as UTF-8"
        )
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise DumpError(f"{file} has more than {MAX_LINES:,} lines; split it into several dumps")
    return text


def parse_dump(text: str, *, file: str = "dump") -> tuple[list[tuple[str, str, int]], list[Problem]]:
    """Entries and problems of one dump.

    Parameters
    ----------
    text : str
        The whole dump.
    file : str
        Name used in the problems.

    Returns
    -------
    entries : list of (title, abstract, line)
    problems : list of Problem
    """
    entries: list[tuple[str, str, int]] = []
    problems: list[Problem] = []

    def note(line: Line, reason: str, *, kept: bool = True) -> None:
        remedy = "look at the page there" if kept else "complete the page there; the line was skipped"
        problems.append(Problem(file, f"line {line.number}", line.text, reason, remedy, kept))

    for lines in _pages(_NEVER_IN_TEXT.sub(_REPLACEMENT, text)):
        title: Line | None = None
        abstract: list[str] = []

        def close(title: Line | None, abstract: list[str]) -> None:
            if title is None:
                return
            if abstract:
                entries.append((title.text, "\n".join(abstract), title.number))
            else:
                note(title, NO_ABSTRACT, kept=False)

        roles = assign_roles(lines)
        unsure = {line.number: reason for line, reason in doubts(lines, roles)}
        for line, role in zip(lines, roles, strict=True):
            if _REPLACEMENT in line.text:
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
    blank = False
    after_banner = False
    for number, raw in enumerate(_LINE_END.split(text), start=1):
        content = raw.strip()
        if not content:
            blank = True
            continue
        content, is_banner = _cut_banner(content)
        if content:
            if after_banner or number == 1:
                content = _cut_button(content, after_banner)
            if content:
                lines.append(Line(number, content, blank))
            blank = after_banner = False
        if is_banner:
            if lines:
                yield lines
            lines, blank, after_banner = [], False, True
    if lines:
        yield lines


def _cut_banner(content: str) -> tuple[str, bool]:
    """Content without a banner at its end: files put one after the other glue them together."""
    for banner in BANNER:
        if content.endswith(banner):
            return content.removesuffix(banner).rstrip(), True
    return content, False


def _cut_button(content: str, after_banner: bool) -> str:
    """Content without the button's word where it is glued to the first title of a page.

    "Subscribe to …" and, without a banner before it, "Subscriber …" are titles of their own.
    """
    rest = content.removeprefix(BUTTON)
    if rest == content or rest[:1].isspace():
        return content
    if after_banner or not rest or not rest[0].islower():
        return rest
    return content


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
        text = _lay_out(pairs, gap)
        if [(title, abstract) for title, abstract, _ in parse_dump(text)[0]] == pairs:
            return text
    raise DumpError(
        f"these {len(pairs)} records cannot be written so that they are read back as they are; look for a "
        "title of several sentences, an empty line inside an abstract, or page furniture in a text"
    )


def _lay_out(pairs: Sequence[tuple[str, str]], gap: str) -> str:
    page = BUTTON + gap.join(f"{title}\n{abstract}" for title, abstract in pairs) if pairs else ""
    return "\n".join([*BANNER, page] if page else BANNER) + "\n"

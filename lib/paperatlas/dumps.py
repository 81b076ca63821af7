"""Read saved Hugging Face paper-search pages ("dumps") into a table of records."""

from __future__ import annotations

import glob
import gzip
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from paperatlas.doubts import doubts
from paperatlas.errors import DumpError
from paperatlas.lines import Line
from paperatlas.segment import Role, assign_roles

BANNER = (
    "Get trending papers in your email inbox once a day!",
    "Get trending papers in your email inbox!",
)
BUTTON = "Subscribe"
SUFFIXES = (".txt", ".txt.gz")
MAX_BYTES = 64 * 2**20
MAX_LINES = 2_000_000
NO_ABSTRACT = "title without an abstract"
NO_TITLE = "abstract without a title"
NOT_TEXT = "bytes that are not text in UTF-8"

PathLike = str | os.PathLike[str]

_LINE_END = re.compile(r"\r\n|\r|\n")
# A null byte ends a text for many readers of tables, half a surrogate pair cannot be written at all.
_NEVER_IN_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_COLUMNS = ["dump", "rank", "title", "abstract", "line"]


class Problem(NamedTuple):
    """A line that could not be placed, or not without doubt."""

    file: str
    line: int
    reason: str
    text: str

    @property
    def placed(self) -> bool:
        """True if the line is in a record all the same, and only its reading is in doubt."""
        return self.reason not in (NO_ABSTRACT, NO_TITLE)

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}: {self.text[:80]!r}"


def read_dumps(paths: PathLike | Iterable[PathLike], *, strict: bool = False) -> pd.DataFrame:
    """Read dumps into one row per record.

    Parameters
    ----------
    paths : path or iterable of paths
        Files (``.txt``, ``.txt.gz``), folders, or glob patterns.
    strict : bool
        Raise at the first problem instead of going on at the next sure entry.

    Returns
    -------
    DataFrame of n records
        ``dump`` (file name without suffix), ``rank`` (1-based place in the dump), ``title``,
        ``abstract`` (both verbatim but for surrounding white space; an abstract over several lines
        keeps its line breaks) and ``line`` (1-based line of the title). ``attrs["problems"]`` is a
        list of `Problem`: every non-blank line is banner, title, abstract, or in that list.

    Raises
    ------
    DumpError
        If a path does not exist, a file is empty, binary, or too large, a folder holds no dump, or two
        dumps have the same name; with ``strict``, at the first problem.
    """
    rows: list[tuple[str, int, str, str, int]] = []
    problems: list[Problem] = []
    for file in find_dumps(paths):
        entries, found = parse_dump(read_text(file), file=str(file))
        if strict and found:
            raise DumpError(f"{found[0]}; mend that line, or read without strict=True to skip it")
        if not entries and not found:
            raise DumpError(f"{file} has no text; save the search page again, or leave the file out")
        if not entries:
            raise DumpError(
                f"{file}: expected a title line and an abstract line in turn, found {len(found)} lines that "
                f"are neither (the first: {found[0]}); is it a saved search page?"
            )
        rows += [(dump_name(file), rank, *entry) for rank, entry in enumerate(entries, start=1)]
        problems += found
    records = pd.DataFrame(rows, columns=_COLUMNS).astype({"rank": "int64", "line": "int64"})
    records.attrs["problems"] = problems
    return records


def find_dumps(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """Dump files that `paths` name, each once, sorted by name.

    Raises
    ------
    DumpError
        If a path does not exist, a folder or pattern yields nothing, or two files share a name.
    """
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    files: dict[Path, Path] = {}
    for given in paths:
        for file in _expand(Path(given)):
            files.setdefault(file.resolve(), file)
    if not files:
        raise DumpError("no dump was named; give a file, a folder, or a pattern such as 'my_dumps/*.txt'")
    named: dict[str, Path] = {}
    for file in files.values():
        if (other := named.setdefault(dump_name(file), file)) is not file:
            raise DumpError(
                f"two dumps are called {dump_name(file)!r}: {other} and {file}; rename one of them"
            )
    return [named[name] for name in sorted(named)]


def dump_name(file: Path) -> str:
    """File name without ``.txt`` or ``.txt.gz``."""
    return re.sub(r"(\.txt)?(\.gz)?$", "", file.name, flags=re.IGNORECASE)


def _expand(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if _is_dump_file(p))
        if not files:
            raise DumpError(f"{path} holds no dump; expected files ending in {' or '.join(SUFFIXES)}")
        return files
    if path.exists():
        return [path]
    if glob.has_magic(str(path)):
        files = sorted(Path(p) for p in glob.glob(str(path), recursive=True) if Path(p).is_file())
        if files:
            return files
        raise DumpError(f"the pattern {path} matches no file; check it with 'ls'")
    raise DumpError(f"{path} does not exist; give a file, a folder, or a pattern such as 'my_dumps/*.txt'")


def _is_dump_file(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.name.lower().endswith(SUFFIXES)


def read_text(file: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """Text of one dump, decompressed and decoded.

    Bytes that are not UTF-8 become U+FFFD, which `parse_dump` reports line by line.

    Raises
    ------
    DumpError
        If the file cannot be read, is damaged, empty, binary, larger than `max_bytes` (counted while it is
        decompressed, so that a gzip bomb is refused before it unfolds), or of more than `MAX_LINES` lines.
    """
    try:
        opener = gzip.open if file.suffix.lower() == ".gz" else open
        with opener(file, "rb") as handle:
            raw: bytes = handle.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DumpError(f"{file} cannot be read: {reason}; check the file and its permissions") from error
    if len(raw) > max_bytes:
        raise DumpError(f"{file} is larger than {max_bytes // 2**20} MiB; split it into several dumps")
    return decode(raw, file=str(file))


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
    for lines in _pages(_NEVER_IN_TEXT.sub(_REPLACEMENT, text)):
        title: Line | None = None
        abstract: list[str] = []

        def close(title: Line | None, abstract: list[str]) -> None:
            if title is None:
                return
            if abstract:
                entries.append((title.text, "\n".join(abstract), title.number))
            else:
                problems.append(Problem(file, title.number, NO_ABSTRACT, title.text))

        roles = assign_roles(lines)
        unsure = {line.number: reason for line, reason in doubts(lines, roles)}
        for line, role in zip(lines, roles, strict=True):
            if _REPLACEMENT in line.text:
                problems.append(Problem(file, line.number, NOT_TEXT, line.text))
            elif reason := unsure.get(line.number):
                problems.append(Problem(file, line.number, reason, line.text))
            if role is Role.TITLE:
                close(title, abstract)
                title, abstract = line, []
            elif role is Role.TITLE_CONTINUED and title is not None:
                title = title._replace(text=f"{title.text} {line.text}")
            elif title is None:
                problems.append(Problem(file, line.number, NO_TITLE, line.text))
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

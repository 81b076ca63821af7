"""Any source of papers, recognised by its content, streamed in chunks."""

from __future__ import annotations

import glob
import logging
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import pandas as pd

from paperatlas.errors import AtlasError, DumpError
from paperatlas.prose import visible
from paperatlas.readers.content import Content, contents_of
from paperatlas.readers.pages import page_entries
from paperatlas.readers.problems import Problem, Problems
from paperatlas.readers.recognise import KINDS, Kind, kind_of
from paperatlas.readers.records import COLUMNS, Row, as_records, row_of

logger = logging.getLogger("paperatlas")
CHUNK = 10_000
PathLike = str | os.PathLike[str]
PLAIN_ENDINGS = (
    *(ending for kind in KINDS for ending in kind.endings),
    ".txt",
    ".md",
    ".html",
    ".htm",
    ".xml",
)
ENDINGS = (*PLAIN_ENDINGS, *(f"{ending}.gz" for ending in PLAIN_ENDINGS), ".zip")
"""Names by which sources usually go; what they are, their content says."""
_ENDING = re.compile(rf"({'|'.join(map(re.escape, PLAIN_ENDINGS))})?(\.gz|\.zip)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """A file to be read: its name among the sources, and whether it was named itself or stands in a folder."""

    name: str
    path: Path
    named: bool


def iter_papers(
    paths: PathLike | Iterable[PathLike], *, chunk: int = CHUNK, problems: list[Problem] | None = None
) -> Iterator[pd.DataFrame]:
    """Records of any source, at most `chunk` at a time, with memory for one chunk and no more.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, folders or patterns: search pages, tables (CSV, TSV, .xlsx, Parquet), tagged text (RIS, PubMed, Web
        of Science, EndNote), BibTeX, JSON, Atom; plain, ``.gz`` or ``.zip``. A file is what its content says.
    chunk : int
        Records per table at most.
    problems : list of Problem, optional
        Receives what could not be used, or only in part. Without it they are logged.

    Yields
    ------
    DataFrame
        `COLUMNS`: ``dump`` (name of the source), ``rank`` (1-based place among its records), ``title``,
        ``abstract`` ("" if there is none), and where the source says so ``published`` ("YYYY-MM" or "YYYY"),
        ``arxiv_id``, ``doi``, ``authors``, ``venue``, ``url``, ``keywords``, ``citations``, ``key``; ``line``; and
        the user's own columns. White space is collapsed; markup is taken out, but of search pages.

    Raises
    ------
    AtlasError
        If a path names nothing, a named file is refused, or there is no record at all. A file in a folder that is
        of no known kind is a problem, not an error.
    """
    if chunk < 1:
        raise AtlasError(f"chunk must be at least 1, found {chunk}")
    found = False
    noted: list[Problem] = []
    for source in find_named(paths):
        try:
            for records in _read(source, chunk, noted):
                found = True
                yield records
        except DumpError as error:
            if source.named:
                raise
            noted.append(
                Problem(source.path.name, "", "", _without_name(error, source.path), "it was not read")
            )
    if problems is not None:
        problems.extend(noted)
    elif noted:
        logger.warning("%s", noted[0])
        if len(noted) > 1:
            logger.warning("and %d more problems", len(noted) - 1)
    if not found:
        given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
        first = f"; {noted[0]}" if noted else ""
        raise DumpError(f"{', '.join(map(str, given))} holds no papers{first}; {_EXPECTED}")


_EXPECTED = "expected search pages, tables, BibTeX, RIS, PubMed, Web of Science, EndNote, JSON or Atom"


def read_papers(paths: PathLike | Iterable[PathLike]) -> pd.DataFrame:
    """All records of any source in one table, as from `iter_papers`.

    Returns
    -------
    DataFrame
        ``attrs["problems"]`` is a list of `Problem`: what could not be used, or only in part; ``attrs["kinds"]`` says
        of each source what it is ("search page", "table", "BibTeX library", …).
    """
    problems: list[Problem] = []
    tables = list(iter_papers(paths, problems=problems))
    records = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    own = [name for name in records.columns if name not in COLUMNS]
    records = records[[*COLUMNS, *own]]
    records.attrs["problems"] = problems
    records.attrs["kinds"] = {name: kind for table in tables for name, kind in table.attrs["kinds"].items()}
    return records


def read_dumps(paths: PathLike | Iterable[PathLike], *, strict: bool = False) -> pd.DataFrame:
    """Read search pages into one row per record.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, folders (of which ``.txt`` and ``.txt.gz`` are read), or glob patterns.
    strict : bool
        Raise at the first problem instead of going on at the next sure entry.

    Returns
    -------
    DataFrame of n records
        ``dump`` (file name without suffix), ``rank`` (1-based place in the dump), ``title``,
        ``abstract`` (both verbatim but for surrounding white space; an abstract over several lines
        keeps its line breaks) and ``line`` (1-based line of the title). ``attrs["problems"]`` is a
        list of `Problem`: every non-blank line is furniture, title, abstract, or in that list.

    Raises
    ------
    DumpError
        If a path does not exist, a file is empty, binary, too large or no search page, or a folder holds none;
        with ``strict``, at the first problem.
    """
    rows: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for source in find_named(paths, endings=(".txt", ".txt.gz")):
        found = Problems(str(source.path))
        entries = [entry for content in contents_of(source.path) for entry in page_entries(content, found)]
        listed = found.listed()
        if strict and listed:
            raise DumpError(f"{listed[0]}; mend that line, or read without strict=True to skip it")
        if not entries and not listed:
            raise DumpError(f"{source.path} has no text; save the search page again, or leave the file out")
        if not entries:
            raise DumpError(
                f"{source.path}: expected a title line and an abstract line in turn, found {len(listed)} lines that "
                f"are neither (the first: {listed[0]}); is it a saved search page?"
            )
        some = [row for entry in entries if (row := row_of(entry, found, today=date.today())) is not None]
        rows.append(as_records(some, source.name, 1)[["dump", "rank", "title", "abstract", "line"]])
        problems += found.listed()
    records = pd.concat(rows, ignore_index=True)
    records.attrs["problems"] = problems
    return records


def find_sources(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """Files that `paths` name, each once, sorted by the names of the sources."""
    return [source.path for source in find_named(paths)]


def find_named(paths: PathLike | Iterable[PathLike], endings: tuple[str, ...] = ("",)) -> list[Source]:
    """Sources that `paths` name, each once, sorted by name; two of one name are told apart.

    Raises
    ------
    AtlasError
        If a path or pattern names nothing.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    files: dict[Path, tuple[Path, bool]] = {}
    for path in map(Path, given):
        for file, named in _expand(path, endings):
            files.setdefault(file.resolve(), (file, named))
    if not files:
        raise DumpError("no source was named; give a file, a folder or a pattern")
    return sorted(_told_apart(list(files.values())), key=lambda source: source.name)


def _told_apart(files: list[tuple[Path, bool]]) -> list[Source]:
    """Sources by their file's name without its ending, or as much more as tells them apart."""

    def forms(file: Path) -> list[str]:
        return [
            source_name(file),
            visible(file.name),
            visible(f"{file.parent.name}/{file.name}"),
            visible(file),
        ]

    level = {file: 0 for file, _ in files}
    for _ in range(3):
        taken = Counter(forms(file)[level[file]] for file in level)
        level = {file: at + (taken[forms(file)[at]] > 1) for file, at in level.items()}
    return [Source(forms(file)[level[file]], file, named) for file, named in files]


def source_name(path: Path) -> str:
    """File name without its endings."""
    return visible(_ENDING.sub("", path.name) or path.name)


def _read(source: Source, chunk: int, noted: list[Problem]) -> Iterator[pd.DataFrame]:
    rank = 1
    contents = list(contents_of(source.path))
    for content in contents:
        problems = Problems(visible(content.name.replace(str(source.path), source.path.name, 1)))
        try:
            kind = kind_of(content)
            rows = _rows(kind, content, problems)
            while some := list(islice(rows, chunk)):
                records = as_records(some, source.name, rank)
                records.attrs["kinds"] = {source.name: kind.name}
                yield records
                rank += len(some)
        except DumpError as error:
            if len(contents) == 1:
                noted.extend(problems.listed())
                raise
            problems.add("", "", _without_name(error, Path(content.name)), "it was not read")
        noted.extend(problems.listed())
    if rank == 1 and source.named:
        first = f"; {noted[-1]}" if noted else ""
        raise DumpError(f"{visible(source.path)} holds no paper with a title{first}; {_EXPECTED}")
    if rank == 1:
        noted.append(Problem(source.path.name, "", "", "no paper in it", "leave it out"))


def _rows(kind: Kind, content: Content, problems: Problems) -> Iterator[Row]:
    today = date.today()
    for entry in kind.read(content, problems):
        if (row := row_of(entry, problems, today=today)) is not None:
            yield row


def _without_name(error: Exception, path: Path) -> str:
    return str(error).removeprefix(str(path)).lstrip(" ,:")


def _expand(path: Path, endings: tuple[str, ...]) -> list[tuple[Path, bool]]:
    if path.is_dir():
        found = [
            (file, False)
            for file in sorted(path.iterdir())
            if file.is_file()
            and not file.name.startswith((".", "_"))
            and file.name != "atlas.toml"  # edits to the topics may lie beside the sources
            and file.name.casefold().endswith(endings)
        ]
        if not found:
            raise DumpError(f"{path} holds no papers; {_EXPECTED}")
        return found
    if path.exists():
        return [(path, True)]
    if glob.has_magic(str(path)):
        if matched := sorted(Path(p) for p in glob.glob(str(path), recursive=True) if Path(p).is_file()):
            return [(file, True) for file in matched]
        raise DumpError(f"the pattern {path} matches no file; check it with 'ls'")
    raise DumpError(f"{path} does not exist; give a file, a folder or a pattern such as 'papers/*.jsonl'")

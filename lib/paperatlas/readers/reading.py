"""Any source of papers, recognised by its content, streamed in chunks."""

from __future__ import annotations

import glob
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from paperatlas.errors import DumpError
from paperatlas.prose import visible
from paperatlas.readers import tables
from paperatlas.readers.content import ZIP, Content, contents_of, encoding_of, members_of
from paperatlas.readers.libraries import BIBTEX_ENTRY, bibtex_entries, dialect_of, tagged_entries
from paperatlas.readers.pages import looks_like_page, page_entries
from paperatlas.readers.records import Entry, Problem, Problems, as_records, record_of
from paperatlas.readers.trees import json_entries, xml_entries
from paperatlas.shipped import rows_of

logger = logging.getLogger("paperatlas")
CHUNK = 10_000
PathLike = str | os.PathLike[str]
Row = dict[str, object]


# Who reads which kind of file.
_READERS: dict[str, Callable[[Content, Problems], Iterator[Entry]]] = {
    "search page": page_entries, "table": tables.csv_entries, "workbook": tables.xlsx_entries,
    "Parquet table": tables.parquet_entries, "tagged text": tagged_entries, "BibTeX library": bibtex_entries,
    "JSON": json_entries, "Atom feed": xml_entries, "EndNote library": xml_entries,
}  # fmt: skip
# What a kind is told by: the ending of its name, its first bytes (in hexadecimal digits), or how its text looks.
_KINDS = rows_of("kinds")
_BY_ENDING = {f".{ending}": row["kind"] for row in _KINDS for ending in row["endings"].split()}
_LOOKS = {row["kind"]: re.compile(row["looks"], re.DOTALL) for row in _KINDS if row["looks"]}
_REMEDIES = {row["kind"]: row["remedy"] for row in _KINDS if row["remedy"]}
ENDINGS = (*_BY_ENDING, *(f"{ending}.gz" for ending in _BY_ENDING), ".zip")
"""Names by which sources usually go; what they are, their content says."""
_ENDING = re.compile(rf"({'|'.join(map(re.escape, _BY_ENDING))})?(\.gz|\.zip)?$", re.IGNORECASE)
_EXPECTED = "expected search pages, tables, BibTeX, RIS, PubMed, Web of Science, EndNote, JSON or Atom"


class Source(NamedTuple):
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
        `COLUMNS`: ``dump`` (name of the source), ``rank`` (1-based place among its records), ``title``, ``abstract``
        ("" if there is none), what the source states (``published`` as "YYYY-MM" or "YYYY"), ``line``; and the user's
        own columns. White space is collapsed; markup is taken out, but of search pages.

    Raises
    ------
    AtlasError
        If a path names nothing, a named file is refused, or there is no record at all. A file in a folder, or
        under a pattern, that is of no known kind is a problem, not an error.
    """
    noted: list[Problem] = []
    kinds: dict[str, str] = {}
    rows = _rows_of(find_named(paths), noted, kinds)
    while some := list(islice(rows, chunk)):
        records = as_records(some)
        records.attrs["kinds"] = dict(kinds)
        yield records
    if problems is not None:
        problems.extend(noted)
    elif noted:
        logger.warning("%s%s", noted[0], f" (and {len(noted) - 1} more problems)" if noted[1:] else "")
    if not kinds:
        first = f"; {noted[0]}" if noted else ""
        raise DumpError(f"{_shown(paths)} holds no papers{first}; {_EXPECTED}")


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
    records = pd.concat(tables, ignore_index=True)
    records.attrs = {"problems": problems, "kinds": tables[-1].attrs["kinds"]}
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
        ``dump`` (file name without suffix), ``rank`` (1-based place in the dump), ``title``, ``abstract`` (verbatim but
        for surrounding white space; line breaks are kept) and ``line`` (1-based, of the title). ``attrs["problems"]``
        is a list of `Problem`: every non-blank line is furniture, title, abstract, or in that list. A file that is
        no search page raises a `DumpError`; with ``strict``, the first problem does.
    """
    problems: list[Problem] = []
    pages = find_named(paths, "*.[tT][xX][tT]*")
    rows = [row for source in pages for row in _rows(source, problems, {}, "search page")]
    if strict and problems:
        raise DumpError(f"{problems[0]}; mend that line, or read without strict=True to skip it")
    records = as_records(rows)[["dump", "rank", "title", "abstract", "line"]]
    records.attrs["problems"] = problems
    return records


def find_sources(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """Files that `paths` name, each once, sorted by the names of the sources."""
    files = [source.path for source in find_named(paths) if source.path.is_file()]
    if not files:
        raise DumpError(f"{_shown(paths)} holds no papers, only folders; name these")
    return files


def find_named(paths: PathLike | Iterable[PathLike], of_folders: str = "*") -> list[Source]:
    """Sources that `paths` name, each once, sorted by name; two of one name are told apart."""
    given, files = list(map(Path, _listed(paths))), dict[Path, Path]()
    for path in given:
        for file in _expand(path, of_folders):
            files.setdefault(file.resolve(), file)
    if not files:
        raise DumpError("no source was named; give a file, a folder or a pattern")
    # The file's name without its ending, or as much more as tells two apart.
    names = {file: _ENDING.sub("", file.name) or file.name for file in files.values()}
    for longer in (lambda file: file.name, lambda file: f"{file.parent.name}/{file.name}", str):
        taken = Counter(names.values())
        names = {file: longer(file) if taken[name] > 1 else name for file, name in names.items()}
    return sorted(Source(visible(name, keep=""), file, file in given) for file, name in names.items())


def _expand(path: Path, of_folders: str) -> list[Path]:
    """The files that a path names: itself, those in a folder that fit a pattern, or those that fit it as a pattern."""
    if path.is_dir():
        # Edits to the topics may lie beside the sources.
        found = [file for file in path.glob(of_folders) if not re.match(r"[._]|atlas\.toml$", file.name)]
        lack = "holds no papers"
    elif path.exists():
        return [path]
    else:
        found = [file for file in map(Path, glob.glob(str(path), recursive=True)) if file.is_file()]
        lack = "matches no file" if glob.has_magic(str(path)) else "does not exist"
    if not found:
        raise DumpError(f"{path} {lack}; give files, folders or patterns such as 'papers/*.jsonl'")
    return sorted(found)


def _listed(paths: PathLike | Iterable[PathLike]) -> list[PathLike]:
    return [paths] if isinstance(paths, str | os.PathLike) else list(paths)


def _shown(paths: PathLike | Iterable[PathLike]) -> str:
    return ", ".join(map(str, _listed(paths)))


def _rows_of(sources: Iterable[Source], noted: list[Problem], kinds: dict[str, str]) -> Iterator[Row]:
    """Records of sources one by one; what each source is, is kept in `kinds`, and what cannot be used is `noted`."""
    for source in sources:
        try:
            yield from _rows(source, noted, kinds)
        except DumpError as error:
            if source.named:
                raise
            noted.append(Problem(source.path.name, "", "", *_reason_and_remedy(error, source.path)))


def _rows(source: Source, noted: list[Problem], kinds: dict[str, str], kind: str = "") -> Iterator[Row]:
    today, rank = date.today(), 0
    contents = list(contents_of(source.path))
    folder = visible(source.path.parent / "_", keep="")[:-1]
    for content in contents:
        problems = Problems(content.name.removeprefix(folder))
        try:
            known = kind or kind_of(content)
            for entry in _READERS[known](content, problems):
                if record := record_of(entry, problems, today=today):
                    rank += 1
                    kinds[source.name] = known
                    yield {"dump": source.name, "rank": rank, **record}
        except DumpError as error:
            if len(contents) == 1:
                raise
            problems.add("", "", *_reason_and_remedy(error, Path(content.name)))
        finally:
            noted.extend(problems)
    if not rank and source.named:
        last = f"; {noted[-1]}" if noted else ""
        raise DumpError(f"{visible(source.path)} holds no paper with a title{last}; {_EXPECTED}")
    if not rank:
        noted.append(Problem(source.path.name, "", "", "no paper in it", "leave it out"))


def _reason_and_remedy(error: DumpError, path: Path) -> tuple[str, str]:
    """What an error says of a file beside its name: what is wrong, and what to do."""
    reason, _, remedy = str(error).removeprefix(str(path)).lstrip(" ,:").rpartition("; ")
    return reason.removeprefix("is "), f"{remedy}; nothing more of it was read"


def kind_of(content: Content) -> str:
    """Kind of a source: by its content first, then by its name; one of no known kind is refused."""
    start = content.head()
    if start.startswith(ZIP) and any(member.filename.startswith("xl/") for member in members_of(content)):
        return "workbook"
    begun = (row for row in _KINDS if row["begins"] and start.startswith(bytes.fromhex(row["begins"])))
    kind, head = next((row["kind"] for row in begun), ""), ""
    if not kind:
        head = start.decode(encoding_of([start], content.name), errors="replace").lstrip("\ufeff")
        if not head.strip() and not any(chunk.strip() for chunk in content.chunks()):
            raise DumpError(f"{content.name} is empty; save it again, or leave it out")
        ending = Path(content.name.casefold().removesuffix(".gz")).suffix
        kind = _by_text(head) or _BY_ENDING.get(ending, "")
    if kind in _READERS:
        return kind
    if not kind and looks_like_page(head):
        return "search page"
    begins = f" (it begins {' '.join(head.split())[:60]!r})" if head else ""
    remedy = _REMEDIES.get(kind, f"{_EXPECTED}; save it as one of these")
    raise DumpError(f"{content.name} is {kind or 'of no known kind'}{begins}; {remedy}")


def _by_text(head: str) -> str:
    if dialect_of(head):
        return "tagged text"
    if kind := next((kind for kind, looks in _LOOKS.items() if looks.match(head)), ""):
        return kind
    if (found := BIBTEX_ENTRY.search(head)) and not looks_like_page(head[: found.start()]):
        return "BibTeX library"
    lines = head.splitlines()[: tables.LINES_ABOVE]
    if any(map(tables.SEP.fullmatch, lines[:1])) or any(map(tables.is_header, lines)):
        return "table"
    return ""

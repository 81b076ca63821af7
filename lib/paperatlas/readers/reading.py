"""Any source of papers, chosen by name and content, streamed in chunks."""

from __future__ import annotations

import glob
import gzip
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pandas as pd

from paperatlas.dates.candidates import Problems
from paperatlas.dumps import PathLike, dump_name, parse_dump, read_dumps, read_text
from paperatlas.errors import AtlasError
from paperatlas.readers.bibtex import bibtex_rows
from paperatlas.readers.jsonlines import json_rows
from paperatlas.readers.schema import Row, as_records
from paperatlas.readers.tables import csv_rows, parquet_rows

logger = logging.getLogger("paperatlas")
CHUNK = 10_000

_ENDINGS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".bib": "bibtex",
    ".bibtex": "bibtex",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}
_FEW_BYTES = 4_096


def iter_papers(
    paths: PathLike | Iterable[PathLike],
    *,
    chunk: int = CHUNK,
    problems: list[dict[str, object]] | None = None,
) -> Iterator[pd.DataFrame]:
    """Records of any source, at most `chunk` at a time, with memory for one chunk and no more.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, folders or patterns: arXiv's metadata or other JSON lines (``.json``, ``.jsonl``, ``.gz``),
        Parquet, CSV or TSV, BibTeX, and saved search pages (``.txt``).
    chunk : int
        Records per table at most.
    problems : list, optional
        Receives what could not be used, as plain dicts: ``where`` (file), ``line``, ``expected``, ``found``,
        ``remedy``; at most 50 for a file and one that counts the rest. Without it they are logged.

    Yields
    ------
    DataFrame
        ``dump`` (name of the source), ``rank`` (1-based place among its records), ``title``, ``abstract``,
        ``published`` ("YYYY-MM", "YYYY" or missing), ``arxiv_id``, ``venue`` and ``line``: what
        `paperatlas.build_corpus` takes. White space is collapsed.

    Raises
    ------
    AtlasError
        If a path names nothing, a file is of no known kind or damaged, or it holds no record.
    """
    if chunk < 1:
        raise AtlasError(f"chunk must be at least 1, found {chunk}")
    for path in find_sources(paths):
        noted = Problems(str(path))
        place = 1
        found = _rows(path, noted)
        while rows := list(islice(found, chunk)):
            yield as_records(rows, source_name(path), place)
            place += len(rows)
        if noted.count:
            if problems is not None:
                problems.extend(noted.listed())
            else:
                _warn(noted)
        if place == 1:
            first = "; ".join(f"line {p['line']}: {p['expected']}" for p in islice(noted.listed(), 1))
            raise AtlasError(f"{path} holds no paper with a title and an abstract; {first or 'it is empty'}")


def read_papers(paths: PathLike | Iterable[PathLike]) -> pd.DataFrame:
    """All records of any source in one table, as from `iter_papers`.

    Returns
    -------
    DataFrame
        ``attrs["problems"]`` lists what could not be used.
    """
    problems: list[dict[str, object]] = []
    records = pd.concat(list(iter_papers(paths, problems=problems)), ignore_index=True)
    records.attrs["problems"] = problems
    return records


def read_records(paths: PathLike | Iterable[PathLike]) -> pd.DataFrame:
    """Dumps as `paperatlas.read_dumps` reads them, anything else as `read_papers`."""
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    return read_dumps(given) if all(_is_dumps(Path(path)) for path in given) else read_papers(given)


def find_sources(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """Files that `paths` name, each once, sorted by name.

    Raises
    ------
    AtlasError
        If a path or pattern names nothing, or two files share a name.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    files: dict[Path, Path] = {}
    for path in map(Path, given):
        for file in _expand(path):
            files.setdefault(file.resolve(), file)
    named: dict[str, Path] = {}
    for file in files.values():
        if (other := named.setdefault(source_name(file), file)) is not file:
            raise AtlasError(f"two sources are called {source_name(file)!r}: {other} and {file}; rename one")
    if not named:
        raise AtlasError("no source was named; give a file, a folder or a pattern")
    return [named[name] for name in sorted(named)]


def source_name(path: Path) -> str:
    """File name without its endings; a dump's is that of `paperatlas.read_dumps`."""
    return dump_name(
        Path(re.sub(rf"({'|'.join(map(re.escape, _ENDINGS))})(\.gz)?$", "", path.name, flags=re.I))
    )


def kind_of(path: Path) -> str:
    """``"json"``, ``"parquet"``, ``"csv"``, ``"bibtex"`` or ``"dump"``, by ending, else by content.

    Raises
    ------
    AtlasError
        If the file cannot be read or is empty.
    """
    endings = [ending.casefold() for ending in path.suffixes if ending.casefold() != ".gz"]
    if endings and (kind := _ENDINGS.get(endings[-1])):
        return kind
    if endings and endings[-1] == ".txt":
        return "dump"
    try:
        with path.open("rb") as file:
            start = file.read(_FEW_BYTES)
        if start[:2] == b"\x1f\x8b":
            with gzip.open(path, "rb") as file:
                start = file.read(_FEW_BYTES)
    except (OSError, EOFError) as error:
        raise AtlasError(f"{path} cannot be read: {error}; check the file") from error
    if start[:4] == b"PAR1":
        return "parquet"
    text = start.decode("utf-8-sig", errors="replace").lstrip()
    if not text:
        raise AtlasError(f"{path} is empty; expected papers")
    if text[0] == "{":
        return "json"
    if re.match(r"(%.*\s+)*@\s*\w+\s*[{(]", text):
        return "bibtex"
    header = text.splitlines()[0].casefold()
    return "csv" if "title" in header and re.search(r"[,;\t]", header) else "dump"


def _rows(path: Path, problems: Problems) -> Iterator[Row]:
    reader: dict[str, Callable[..., Iterator[Row]]] = {
        "json": json_rows,
        "parquet": parquet_rows,
        "csv": csv_rows,
        "bibtex": bibtex_rows,
        "dump": _dump_rows,
    }
    return reader[kind_of(path)](path, problems, today=date.today())


def _dump_rows(path: Path, problems: Problems, *, today: date) -> Iterator[Row]:  # noqa: ARG001
    entries, found = parse_dump(read_text(path), file=path.name)
    for problem in found:
        problems.add(problem.line, "a title line and an abstract", problem.text[:60], problem.reason)
    for title, abstract, line in entries:
        yield Row(title, abstract, "", "", "", line)


def _is_dumps(path: Path) -> bool:
    if path.is_dir():
        return any(file.name.casefold().endswith((".txt", ".txt.gz")) for file in path.iterdir())
    if path.is_file() and path.stat().st_size:
        return kind_of(path) == "dump"
    return not {ending.casefold() for ending in path.suffixes} & set(_ENDINGS)


def _expand(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(
            file
            for file in path.iterdir()
            if file.is_file()
            and not file.name.startswith((".", "_"))
            and {ending.casefold() for ending in file.suffixes} & {*_ENDINGS, ".txt"}
        )
        if not found:
            raise AtlasError(
                f"{path} holds no papers; expected files ending in {', '.join(_ENDINGS)} or .txt, plain or .gz"
            )
        return found
    if path.exists():
        return [path]
    if glob.has_magic(str(path)):
        if found := sorted(Path(p) for p in glob.glob(str(path), recursive=True) if Path(p).is_file()):
            return found
        raise AtlasError(f"the pattern {path} matches no file; check it with 'ls'")
    raise AtlasError(f"{path} does not exist; give a file, a folder or a pattern such as 'papers/*.jsonl'")


def _warn(problems: Problems) -> None:
    first = problems.listed()[0]
    logger.warning(
        "%s: %d entries could not be used; the first in line %s: expected %s, found %s",
        problems.where,
        problems.count,
        first["line"],
        first["expected"],
        first["found"],
    )

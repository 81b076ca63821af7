"""Which source of dates a name or a path stands for."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

from paperatlas.dates.candidates import DateSource
from paperatlas.dates.tables import ReferenceTable, TableSource

# Sources without a file, by the names under which a command line or a notebook asks for them.
REFERENCE, ARXIV_API, ARXIV_ANSWERS = "reference table", "arXiv API", "arXiv API, answers on disk"
_JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
_PACKED = b"\x1f\x8b"


def choose_sources(sources: Sequence[DateSource | str | Path] | None) -> list[DateSource]:
    """Sources as objects; the shipped reference table alone for None.

    Raises
    ------
    DateSourceError
        If a path is no source.
    """
    if sources is None:
        return [ReferenceTable()]
    return [_named(source) if isinstance(source, str | Path) else source for source in sources]


def source_from_path(path: str | Path, *, progress: bool = True) -> DateSource:
    """Source for a file: an arXiv snapshot (JSON lines, by ending or content) or a table.

    Raises
    ------
    DateSourceError
        If the file is missing, or neither its ending nor its content is known.
    """
    suffixes = [suffix.casefold() for suffix in Path(path).suffixes]
    last = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    if last in _JSON_SUFFIXES or _starts(Path(path)).lstrip().startswith(b"{"):
        from paperatlas.dates.snapshot import ArxivSnapshot

        return ArxivSnapshot(path, progress=progress)
    return TableSource(path)


def _named(name: str | Path) -> DateSource:
    if name == REFERENCE:
        return ReferenceTable()
    if name in (ARXIV_API, ARXIV_ANSWERS):
        from paperatlas.dates.arxiv_api import ArxivApi

        return ArxivApi(ask=name == ARXIV_API, progress=sys.stderr.isatty())
    # A bar in a log or in a saved notebook is noise; who wants one there passes the source itself.
    return source_from_path(name, progress=sys.stderr.isatty())


def _starts(path: Path) -> bytes:
    """First bytes of a file, unpacked; none if it cannot be read."""
    try:
        with path.open("rb") as file:
            first = file.read(64)
        if first.startswith(_PACKED):
            with gzip.open(path) as packed:
                first = packed.read(64)
    except (OSError, EOFError, zlib.error):
        return b""
    return first

"""Dates from a local copy of arXiv's metadata: one JSON object a line, streamed past the corpus."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO, cast

import pandas as pd

from paperatlas.dates.candidates import Candidate, DateSourceError, Problems, file_state
from paperatlas.dates.published import parse_published

# A metadata line has about 1,600 bytes; one without end is no metadata.
_LONGEST_LINE = 4_000_000
_GZIP = b"\x1f\x8b"


class ArxivSnapshot:
    """The public arXiv metadata file, plain or gzipped, read line by line.

    A paper's month is that of its first version (``versions[0].created``), never ``update_date``, which
    changes with every later edit.

    Parameters
    ----------
    path : str or Path
        JSON lines with ``id``, ``title``, ``abstract`` and ``versions``.
    name : str, optional
        How the snapshot is called in ``date_source``; "arXiv snapshot" by default.
    progress : bool
        Show a progress bar on standard error.
    today : date, optional
        Later dates are refused; the present day by default.

    Raises
    ------
    DateSourceError
        If there is no such file or it is empty; while reading, if the file ends within a compressed block.
        What was read until then is kept.
    """

    asks_for_each = False

    def __init__(
        self,
        path: str | Path,
        *,
        name: str = "arXiv snapshot",
        progress: bool = True,
        today: date | None = None,
    ) -> None:
        self.path = Path(path)
        self.name = name
        self._progress = progress
        self._today = today or date.today()
        if not self.path.is_file():
            raise DateSourceError(f"{self.path}: no such file; expected arXiv metadata as JSON lines")
        if self.path.stat().st_size == 0:
            raise DateSourceError(f"{self.path}, line 1: expected arXiv metadata, found an empty file")

    def candidates(
        self,
        papers: pd.DataFrame,  # noqa: ARG002 - the whole is offered, whatever is asked for
        problems: Problems,
    ) -> Iterator[Candidate]:
        """All dated papers of the snapshot; lines that cannot be used are noted in `problems`."""
        line = 0
        created: dict[str, str] = {}
        for line, raw in self._lines():
            if not raw.strip():
                continue
            try:
                entry = json.loads(raw)
                title, abstract = entry["title"], entry.get("abstract") or ""
                first = entry["versions"][0]["created"]
                # Version dates repeat their day, not their second; the month is kept per "2 Apr 2007".
                day = first[:16]
                if (published := created.get(day)) is None:
                    published = created[day] = parse_published(first, today=self._today)
            except ValueError as error:
                self._note(problems, line, raw, error)
                continue
            except (KeyError, IndexError, TypeError, AttributeError):
                problems.add(
                    line,
                    "an object with id, title, abstract and versions[0].created",
                    _shown(raw),
                    "leave the line out, or fetch the snapshot again",
                )
                continue
            if published and isinstance(title, str) and isinstance(abstract, str):
                yield Candidate(
                    title, published, abstract, str(entry.get("id", "")), _venue(entry), f"line {line}"
                )

    def state(self) -> str:
        """Changes with the file and the day."""
        return file_state(self.path, self.name, self._today)

    def _note(self, problems: Problems, line: int, raw: bytes, error: ValueError) -> None:
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
            cut = not raw.endswith(b"\n")
            problems.add(
                line,
                "a whole JSON object",
                f"a line cut off: {_shown(raw)}" if cut else _shown(raw),
                "fetch the snapshot again; the lines before were used" if cut else "leave the line out",
            )
        else:
            expected, _, found = str(error).partition(", found ")
            problems.add(line, expected.removeprefix("expected "), found, "correct versions[0].created")

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Lines with their 1-based numbers."""
        from tqdm import tqdm

        size = self.path.stat().st_size
        bar = tqdm(
            total=size, unit="B", unit_scale=True, desc=self.name, disable=not self._progress, mininterval=0.5
        )
        line = 0
        with self.path.open("rb") as file, bar:
            packed = file.read(2) == _GZIP
            file.seek(0)
            lines = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
            try:
                while raw := lines.readline(_LONGEST_LINE):
                    line += 1
                    if line % 10_000 == 0:
                        bar.update(file.tell() - bar.n)
                    if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
                        raise DateSourceError(
                            f"{self.path}, line {line}: expected one JSON object a line, found a line of more "
                            f"than {_LONGEST_LINE:,} bytes; write the snapshot as JSON lines"
                        )
                    yield line, raw
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise DateSourceError(
                    f"{self.path}, after line {line}: expected a whole gzip file, found {error}; the lines "
                    "before were used; fetch the snapshot again"
                ) from error
            bar.update(size - bar.n)


def _venue(entry: dict[str, object]) -> str:
    venue = entry.get("journal-ref")
    return " ".join(venue.split()) if isinstance(venue, str) else ""


def _shown(raw: bytes) -> str:
    return repr(raw[:60].decode("utf-8", errors="replace").strip())

"""Dates from a local copy of arXiv's metadata: one JSON object a line, streamed past the corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from paperatlas.dates.candidates import Candidate, Problems, file_state
from paperatlas.dates.json_lines import check_lines, numbered_lines
from paperatlas.dates.published import parse_published


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
        check_lines(self.path)

    def candidates(
        self,
        papers: pd.DataFrame,  # noqa: ARG002 - the whole is offered, whatever is asked for
        problems: Problems,
    ) -> Iterator[Candidate]:
        """All dated papers of the snapshot; lines that cannot be used are noted in `problems`."""
        line = 0
        created: dict[str, str] = {}
        for line, raw in numbered_lines(self.path, self.name, progress=self._progress):
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


def _venue(entry: dict[str, object]) -> str:
    venue = entry.get("journal-ref")
    return " ".join(venue.split()) if isinstance(venue, str) else ""


def _shown(raw: bytes) -> str:
    return repr(raw[:60].decode("utf-8", errors="replace").strip())

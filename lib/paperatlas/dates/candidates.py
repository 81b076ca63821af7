"""What a source of dates offers, and what can go wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pandas as pd

from paperatlas.errors import AtlasError

# A source that is wrong throughout has one fault, not three million; the rest is counted.
MOST_PROBLEMS = 50


class DateSourceError(AtlasError):
    """A source of dates that cannot be read; the message names file and line, or address, and remedy."""


class Candidate(NamedTuple):
    """One dated publication a source knows of; ``published`` is "YYYY-MM" or "YYYY", never empty."""

    title: str
    published: str
    abstract: str = ""
    arxiv_id: str = ""
    venue: str = ""
    where: str = ""


class Problem(NamedTuple):
    """One thing in a source that could not be used."""

    where: str
    line: int
    expected: str
    found: str
    remedy: str


class Problems:
    """The first faults of a source in full, and the number of all."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.count = 0
        self._first: list[Problem] = []

    def add(self, line: int, expected: str, found: str, remedy: str) -> None:
        """Note one fault at a 1-based line (0: the source as a whole)."""
        self.count += 1
        if len(self._first) < MOST_PROBLEMS:
            self._first.append(Problem(self.where, line, expected, found, remedy))

    def listed(self) -> list[dict[str, object]]:
        """Plain dicts; one more at the end stands for those beyond the first ones."""
        rows: list[dict[str, object]] = [dict(problem._asdict()) for problem in self._first]
        if self.count > len(self._first):
            rest = self.count - len(self._first)
            rows.append(
                Problem(self.where, 0, "usable entries", f"{rest} more problems", "see those above")._asdict()
            )
        return rows


def file_state(path: Path, *more: object) -> str:
    """What a source read from a file depends on, without reading it."""
    state = path.stat()
    return repr((str(path.resolve()), state.st_size, state.st_mtime_ns, *map(str, more)))


class DateSource(Protocol):
    """Anything with a name that offers dated publications for papers.

    ``asks_for_each`` says that every paper costs a request, so that only papers without a date are asked. A
    source may have a method ``state`` that returns a text which changes when its answers may; what it found
    is then kept between runs.
    """

    name: str
    asks_for_each: bool

    def candidates(self, papers: pd.DataFrame, problems: Problems) -> Iterator[Candidate]:
        """Publications that may be among `papers` (``paper_id``, ``title``, ``abstract``)."""
        ...
